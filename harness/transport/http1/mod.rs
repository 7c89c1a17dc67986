//! Our own HTTP/1.1, made for load: the lane's own connections, no runtime, and next to no work besides the system's.
//!
//! ```text
//! send ─→ an idle connection, or a new one ─→ bytes ─→ socket
//! wait ─→ events ─→ next_reply: read, decode, type ─→ the lane
//! ```
//!
//! A connection has one request at a time, never a pipeline: a reply that waits behind another would be measured as slow. All
//! trouble of a connection ends its attempt by name, and the connection with it.

mod connection;
mod origin;
mod pool;
pub mod reply;
mod request;
mod resolver;
mod spin;
mod stream;
#[cfg(target_os = "linux")]
mod timer;
mod waiting;

use std::collections::VecDeque;
use std::fmt::Display;
use std::io;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use url::Url;

use self::connection::{Connection, Job, Stage};
use self::origin::Origin;
use self::pool::Pool;
use self::reply::{Limits, Progress};
use self::request::Requests;
use self::resolver::Resolver;
use self::stream::Stream;
use self::waiting::{Readiness, Waiting};
use super::first_troubles::FirstTroubles;
use super::io_error::kind_of;
use super::reply::{Received, bytes_to_keep, read};
use super::signing::{KeyRing, Signer};
use super::{Alarm, SetupError, Transport, authority};
use crate::api::{Input, Reply, Stamps, WireError};
use crate::lane::AttemptId;
use crate::plan::Plan;
use crate::record::{ConnectionRecord, Troubles};
use crate::time::MonotonicClock;
use crate::units::Nanos;

/// How much is read at a time; one buffer serves all connections of a lane.
const SCRATCH: usize = 64 << 10;

/// The timer's name in reports.
pub(super) fn timer_name() -> &'static str {
    Waiting::timer_name()
}

/// Sends attempts over connections of its own.
#[derive(Debug)]
pub struct Http1 {
    plan: Arc<Plan>,
    clock: MonotonicClock,
    origin: Origin,
    /// Host and port, which links to further pages must not leave.
    authority: String,
    resolver: Resolver,
    requests: Requests,
    pool: Pool,
    /// Which connection carries an attempt.
    carriers: FxHashMap<AttemptId, usize>,
    /// Attempts that wait for the target's address.
    unresolved: VecDeque<Job>,
    /// Connections that are being made, by the time at which that has to be done: all are given the same time.
    connecting: VecDeque<(Nanos, usize, u64)>,
    waiting: Waiting,
    /// Replies that nobody has asked for yet.
    replies: VecDeque<(AttemptId, Reply)>,
    record: ConnectionRecord,
    troubles: FirstTroubles,
    scratch: Box<[u8]>,
}

impl Http1 {
    /// A transport to `url`; `keys` are there where the plan says that requests are signed. Makes no connection yet.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(plan: Arc<Plan>, url: &Url, keys: Option<&KeyRing>, clock: MonotonicClock) -> Result<Self, SetupError> {
        let signer = plan.transport.signing.as_ref().zip(keys).map(|(signing, keys)| Signer::new(keys, signing));
        let waiting = Waiting::new(clock)?;
        let origin = Origin::new(url)?;
        Ok(Self {
            requests: Requests::new(Arc::clone(&plan), url, signer)?,
            resolver: Resolver::new(&origin.host, origin.port, clock, waiting.alarm()),
            authority: authority(url),
            origin,
            pool: Pool::default(),
            carriers: FxHashMap::default(),
            unresolved: VecDeque::new(),
            connecting: VecDeque::new(),
            waiting,
            replies: VecDeque::new(),
            record: ConnectionRecord::default(),
            troubles: FirstTroubles::default(),
            scratch: vec![0; SCRATCH].into(),
            plan,
            clock,
        })
    }

    /// Makes a connection for an attempt, to the `tried`-th of the target's addresses.
    fn connect(&mut self, job: Job, since: Nanos, tried: usize) {
        let address = match self.resolver.address(self.clock.now(), tried) {
            Ok(Some(address)) => address,
            Ok(None) if self.resolver.is_waiting() => {
                self.unresolved.push_back(job);
                return;
            }
            Ok(None) => return self.fail(&job, WireError::Refused, &"no address of the target is left to try"),
            Err(error) => return self.fail(&job, WireError::LocalLimit, &error),
        };
        let key = self.pool.next_key();
        let opened = Stream::connect(address, self.origin.tls.as_ref()).and_then(|mut stream| {
            self.waiting.watch(stream.socket(), key)?;
            Ok(stream)
        });
        match opened {
            Err(error) => self.fail(&job, kind_of(&error).unwrap_or(WireError::Other), &error),
            Ok(stream) => {
                let connect_by = since + self.plan.transport.connect_timeout;
                let limits = Limits { max_body: self.plan.transport.max_body, ..Limits::default() };
                self.carriers.insert(job.attempt, key);
                let connection = Connection::new(stream, job, limits, since, connect_by, tried);
                let (key, number) = self.pool.insert(connection);
                self.connecting.push_back((connect_by, key, number));
            }
        }
    }

    /// Goes on with a connection that is being made.
    fn go_on_connecting(&mut self, key: usize) {
        let Some(connection) = self.pool.get_mut(key) else { return };
        let stage = connection.stage;
        let advanced = match stage {
            Stage::Connecting => connection
                .stream
                .is_connected()
                .and_then(|connected| if connected { connection.stream.shake_hands().map(Some) } else { Ok(None) }),
            Stage::ShakingHands | Stage::Open => connection.stream.shake_hands().map(Some),
        };
        match advanced {
            Ok(None) => {}
            Ok(Some(false)) => connection.stage = Stage::ShakingHands,
            Ok(Some(true)) => {
                connection.stage = Stage::Open;
                let (since, tried) = (connection.since, connection.tried);
                self.record.opened(self.clock.now() - since);
                self.resolver.prefer(tried);
                self.request(key);
            }
            Err(error) => self.cannot_connect(key, &error, stage),
        }
    }

    /// Tries the next address, where there is one and nobody has answered yet.
    fn cannot_connect(&mut self, key: usize, error: &io::Error, stage: Stage) {
        self.record.refused += 1;
        let Some(mut connection) = self.pool.remove(key) else { return };
        let Some(job) = connection.job.take() else { return };
        self.carriers.remove(&job.attempt);
        let next = connection.tried + 1;
        let now = self.clock.now();
        let another = stage == Stage::Connecting
            && now < connection.connect_by
            && matches!(self.resolver.address(now, next), Ok(Some(_)));
        if another {
            self.connect(job, connection.since, next);
        } else {
            let unknown = if stage == Stage::Connecting { WireError::Other } else { WireError::Tls };
            self.fail(&job, kind_of(error).unwrap_or(unknown), error);
        }
    }

    /// Sends the request of a connection's attempt.
    fn request(&mut self, key: usize) {
        let Some(connection) = self.pool.get_mut(key) else { return };
        let Some(job) = &mut connection.job else { return };
        let Ok(written) = self.requests.write(&job.input) else {
            self.drop_connection(key, WireError::Other, &"the request cannot be signed");
            return;
        };
        job.signed = written.signed;
        connection.decoder.begin(written.is_head);
        let (head, body) = self.requests.bytes();
        if let Err(error) = connection.send(head, body) {
            connection.give_up_sending(&error);
            self.read(key, true);
        }
    }

    /// Reads what is there for a connection, until its reply is whole or nothing more comes.
    fn read(&mut self, key: usize, ending: bool) {
        loop {
            let Some(connection) = self.pool.get_mut(key) else { return };
            match connection.stream.read(&mut self.scratch) {
                Ok(0) => return self.ended(key, true),
                Ok(count) => {
                    let Some(job) = &mut connection.job else {
                        // Nobody asked: a server that says goodbye, or one that has lost count. It is of no more use.
                        drop(self.pool.remove(key));
                        return;
                    };
                    let exchange = &self.plan.exchanges[job.input.exchange];
                    let bytes = &self.scratch[..count];
                    match connection.decoder.feed(bytes, |status| bytes_to_keep(exchange, status)) {
                        Ok(Progress::Done { used }) => return self.finish(key, used == count && !ending),
                        Ok(Progress::More) => {
                            if job.first_byte.is_none() && connection.decoder.has_head() {
                                job.first_byte = Some(self.clock.now());
                            }
                        }
                        Err(error) => return self.drop_connection(key, error.kind(), &error),
                    }
                    if !ending && count < SCRATCH && connection.stream.is_drained_by_short_read() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A peer that closes without saying so in TLS.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return self.ended(key, false),
                Err(error) => return self.drop_connection(key, kind_of(&error).unwrap_or(WireError::Other), &error),
            }
        }
    }

    /// The peer has closed its side, `properly` or not.
    fn ended(&mut self, key: usize, properly: bool) {
        let Some(connection) = self.pool.get_mut(key) else { return };
        let decoder = &mut connection.decoder;
        match if properly { decoder.close() } else { decoder.cut_off() } {
            Ok(()) if connection.job.is_some() => self.finish(key, false),
            Ok(()) => drop(self.pool.remove(key)),
            Err(error) => {
                let kind = connection.send_error.unwrap_or_else(|| error.kind());
                self.drop_connection(key, kind, &error);
            }
        }
    }

    /// A reply is whole. `reusable`: whether nothing speaks against another request but what the reply itself says.
    fn finish(&mut self, key: usize, reusable: bool) {
        let Some(connection) = self.pool.get_mut(key) else { return };
        let Some(job) = connection.job.take() else { return };
        let done = self.clock.now();
        let stamps = Stamps { sent: job.sent, first_byte: job.first_byte.unwrap_or(done), done };
        let exchange = &self.plan.exchanges[job.input.exchange];
        let signed = self.requests.signer().zip(job.signed);
        let decoder = &connection.decoder;
        let received = Received { status: decoder.status(), fields: decoder, body: decoder.body(), stamps };
        let reply = read(exchange, &job.input, &self.authority, signed, &received, &mut self.troubles);
        if connection.settle(done) && reusable {
            self.pool.rest(key);
        } else {
            drop(self.pool.remove(key));
        }
        self.carriers.remove(&job.attempt);
        self.replies.push_back((job.attempt, reply));
    }

    /// Closes a connection, and fails the attempt that it carried.
    fn drop_connection(&mut self, key: usize, error: WireError, said: &dyn Display) {
        if let Some(job) = self.pool.remove(key).and_then(|connection| connection.job) {
            self.carriers.remove(&job.attempt);
            self.fail(&job, error, said);
        }
    }

    /// Fails an attempt; `said` is what was found out, in words.
    fn fail(&mut self, job: &Job, error: WireError, said: &dyn Display) {
        self.troubles.note(error, || said.to_string());
        let now = self.clock.now();
        let stamps = Stamps { sent: job.sent, first_byte: job.first_byte.unwrap_or(now), done: now };
        self.replies.push_back((job.attempt, Reply::broken(error, stamps)));
    }

    /// Takes the resolver's answer to those who wait for it.
    fn take_addresses(&mut self) {
        let Some(answer) = self.resolver.take_answer() else { return };
        self.record.dns.record(answer.took);
        for job in std::mem::take(&mut self.unresolved) {
            match &answer.found {
                Ok(_) => {
                    let since = self.clock.now();
                    self.connect(job, since, 0);
                }
                Err(error) => self.fail(&job, WireError::Dns, error),
            }
        }
    }

    /// Gives up connections that take too long to be made. When the next one would.
    fn expire(&mut self) -> Nanos {
        while let Some(&(connect_by, key, number)) = self.connecting.front() {
            let unmade = self.pool.get_numbered(key, number).is_some_and(|one| one.stage != Stage::Open);
            if unmade && self.clock.now() < connect_by {
                return connect_by;
            }
            self.connecting.pop_front();
            if unmade {
                self.record.refused += 1;
                let allowed = self.plan.transport.connect_timeout;
                self.drop_connection(key, WireError::ConnectTimeout, &format_args!("no connection within {allowed}"));
            }
        }
        Nanos::MAX
    }

    fn react(&mut self, ready: Readiness) {
        let Some(connection) = self.pool.get_mut(ready.key) else { return };
        if connection.stage != Stage::Open {
            self.go_on_connecting(ready.key);
            return;
        }
        let mut ending = ready.ending;
        if ready.writable
            && connection.wants_to_write()
            && let Err(error) = connection.flush()
        {
            connection.give_up_sending(&error);
            ending = true;
        }
        if ready.readable || ending {
            self.read(ready.key, ending);
        }
    }
}

impl Transport for Http1 {
    fn send(&mut self, attempt: AttemptId, input: Input) {
        let sent = self.clock.now();
        let job = Job::new(attempt, input, sent);
        let idle = self.pool.take_idle(sent);
        match idle.and_then(|key| Some((key, self.pool.get_mut(key)?))) {
            None => self.connect(job, sent, 0),
            Some((key, connection)) => {
                connection.job = Some(job);
                self.carriers.insert(attempt, key);
                self.request(key);
            }
        }
    }

    fn cancel(&mut self, attempt: AttemptId) {
        match self.carriers.remove(&attempt) {
            Some(key) => drop(self.pool.remove(key)),
            None => self.unresolved.retain(|job| job.attempt != attempt),
        }
    }

    fn wait(&mut self, until: Nanos) {
        let until = until.min(self.expire());
        if self.replies.is_empty() {
            self.waiting.wait(until);
        }
        if self.waiting.take_rung() {
            self.take_addresses();
        }
    }

    fn next_reply(&mut self) -> Option<(AttemptId, Reply)> {
        // One event at a time: the lane hears of a reply before the next one is read.
        while self.replies.is_empty() {
            let ready = self.waiting.next()?;
            self.react(ready);
        }
        self.replies.pop_front()
    }

    fn alarm(&self) -> Alarm {
        let waker = self.waiting.alarm();
        Alarm::new(move || {
            // A queue that is gone waits no more.
            let _ = waker.wake();
        })
    }

    fn take_connections(&mut self) -> ConnectionRecord {
        std::mem::take(&mut self.record)
    }

    fn take_troubles(&mut self) -> Troubles {
        self.troubles.take()
    }

    fn take_spun(&mut self) -> Nanos {
        self.waiting.take_spun()
    }
}
