//! From the target's name to its addresses, without making a lane wait.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use mio::Waker;

use crate::time::MonotonicClock;
use crate::units::Nanos;

/// How long an answer is good for new connections. Services move behind their names, and a load test has to follow them; but
/// a resolver that was asked for each connection would be under load itself.
const FRESH: Nanos = Nanos::from_secs(30);

/// The addresses of one host.
#[derive(Debug)]
pub(super) struct Resolver {
    host: String,
    port: u16,
    clock: MonotonicClock,
    /// Wakes the lane once an answer is there.
    waker: Arc<Waker>,
    addresses: Vec<SocketAddr>,
    /// The address that worked last.
    preferred: usize,
    /// When the addresses were found; `None` for addresses that need no resolver.
    found_at: Option<Nanos>,
    /// A question that is being asked.
    asking: Option<Receiver<Answer>>,
}

/// What a resolver found, and how long it took.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) found: io::Result<Vec<SocketAddr>>,
    pub(super) took: Nanos,
}

impl Resolver {
    pub(super) fn new(host: &str, port: u16, clock: MonotonicClock, waker: Arc<Waker>) -> Self {
        // An address is its own answer.
        let addresses = host.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, port)).into_iter().collect();
        let host = host.to_owned();
        Self { host, port, clock, waker, addresses, preferred: 0, found_at: None, asking: None }
    }

    /// An address to try, the `tried`-th one from the preferred; `None` while none is known, or once all have been tried. Sees
    /// to it that a question is asked where the answer is missing or old.
    pub(super) fn address(&mut self, now: Nanos, tried: usize) -> io::Result<Option<SocketAddr>> {
        let is_old = self.found_at.is_some_and(|at| now > at + FRESH);
        if self.asking.is_none() && (self.addresses.is_empty() || is_old) {
            self.ask()?;
        }
        if tried >= self.addresses.len() {
            return Ok(None);
        }
        Ok(Some(self.addresses[(self.preferred + tried) % self.addresses.len()]))
    }

    /// An address worked.
    pub(super) fn prefer(&mut self, tried: usize) {
        if tried > 0 && !self.addresses.is_empty() {
            self.preferred = (self.preferred + tried) % self.addresses.len();
        }
    }

    /// Whether no address is known yet.
    pub(super) fn is_waiting(&self) -> bool {
        self.addresses.is_empty()
    }

    /// The answer to the last question, once it is there. A failure leaves the addresses that were known before.
    pub(super) fn take_answer(&mut self) -> Option<Answer> {
        let answer = match self.asking.as_ref()?.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Answer { found: Err(io::Error::other("no answer")), took: Nanos::ZERO },
        };
        self.asking = None;
        if let Ok(addresses) = &answer.found {
            self.addresses.clone_from(addresses);
            self.preferred = 0;
        }
        // A failure is an answer too: addresses that are known are good for another while.
        self.found_at = Some(self.clock.now());
        Some(answer)
    }

    /// Asks the system's resolver on a thread of its own: it knows no other way than to block.
    fn ask(&mut self) -> io::Result<()> {
        let (tell, answer) = mpsc::channel();
        let (name, clock, waker) = ((self.host.clone(), self.port), self.clock, Arc::clone(&self.waker));
        thread::Builder::new().name("resolver".into()).spawn(move || {
            let began = clock.now();
            let found = name.to_socket_addrs().map(Vec::from_iter).and_then(|found| {
                if found.is_empty() { Err(io::Error::other("the name has no address")) } else { Ok(found) }
            });
            // A lane that has ended asks for nothing any more.
            if tell.send(Answer { found, took: clock.now() - began }).is_ok() {
                let _ = waker.wake();
            }
        })?;
        self.asking = Some(answer);
        Ok(())
    }
}
