//! A server that is told what to do with each connection, byte by byte.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The longest that a server waits for its client: a fault fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Listens on a port of its own until the test process ends.
#[derive(Debug)]
pub(crate) struct RawServer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    notes: Arc<Mutex<Vec<String>>>,
}

/// A connection that was accepted.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) stream: TcpStream,
    /// How many connections came before.
    pub(crate) number: usize,
    notes: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    /// Every connection is served by a thread of its own, and closed when that has ended.
    pub(crate) fn start(serve: impl Fn(&mut Visit) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (connections, notes) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::default()));
        let server = Self { address, connections: Arc::clone(&connections), notes: Arc::clone(&notes) };
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let (serve, notes) = (Arc::clone(&serve), Arc::clone(&notes));
                stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                thread::spawn(move || serve(&mut Visit { stream, number, notes }));
            }
        });
        server
    }

    /// Host and port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections have come so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What its connections have noted so far.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().expect("no thread has panicked with it").clone()
    }
}

impl Visit {
    /// The next request's head, which is read byte by byte so that nothing of the body is taken; `None` where the client
    /// has closed.
    pub(crate) fn head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if self.stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        String::from_utf8(head).ok()
    }

    /// Sends bytes; a client that has gone is no fault.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more is coming, and still reads.
    pub(crate) fn half_close(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads on until the client closes; whether it does within the time.
    pub(crate) fn is_closed_within(&mut self, time: Duration) -> bool {
        let mut sink = [0; 4096];
        self.stream.set_read_timeout(Some(time)).expect("a timeout");
        let closed = loop {
            match self.stream.read(&mut sink) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
                // A reset is a close too.
                Err(_) => break true,
            }
        };
        self.stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        closed
    }

    /// Reads on until the client closes; false where it never does.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.is_closed_within(PATIENCE)
    }

    /// Waits for that long, or until the client closes or says something more. True if it did neither.
    pub(crate) fn is_quiet_for(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).expect("a timeout");
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        matches!(peeked, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Tells the test something.
    pub(crate) fn note(&self, note: impl Into<String>) {
        self.notes.lock().expect("no thread has panicked with it").push(note.into());
    }
}
