//! A tiny server that does as it is told, and worse.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

/// What a server does with a request, once it is read.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends these bytes and reads on.
    Send(Vec<u8>),
    /// Sends these bytes and closes the connection.
    SendAndClose(Vec<u8>),
    /// Breaks the connection off, so that the other side sees a reset.
    Reset,
    /// Never answers.
    Silence,
    /// Sends these bytes, and then a body that never ends.
    Endless(Vec<u8>),
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Act {
    Act::Send(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

pub(crate) fn ok(body: &str) -> Act {
    answer("200 OK", "", body)
}

/// Listens on a port of its own until the test process ends.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    /// One message for each request, as it comes: its head, and its body where that was read.
    pub(crate) requests: mpsc::Receiver<String>,
}

impl Server {
    /// `script` is given the number of the request and its head.
    pub(crate) fn start(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (tell, told) = mpsc::channel();
        let (script, counter) = (Arc::new(script), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                counter.fetch_add(1, Ordering::SeqCst);
                let (script, requests, tell) = (Arc::clone(&script), Arc::clone(&requests), tell.clone());
                thread::spawn(move || serve(stream, &*script, &requests, &tell));
            }
        });
        Self { address, connections, requests: told }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(
    mut stream: TcpStream,
    script: &(impl Fn(usize, &str) -> Act + ?Sized),
    requests: &AtomicUsize,
    tell: &mpsc::Sender<String>,
) {
    while let Some(head) = read_head(&mut stream) {
        let number = requests.fetch_add(1, Ordering::SeqCst);
        let act = script(number, &head);
        // Unread bytes make the system answer with a reset when the socket is closed; so the body stays unread, and
        // the request of a test that wants this has one.
        if matches!(act, Act::Reset) {
            let _ = tell.send(head);
            return;
        }
        let body = read_body(&mut stream, &head);
        let _ = tell.send(head + &String::from_utf8_lossy(&body));
        if !perform(&mut stream, act) {
            return;
        }
    }
}

/// Whether the connection goes on.
fn perform(stream: &mut TcpStream, act: Act) -> bool {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).is_ok(),
        Act::SendAndClose(bytes) => {
            let _ = stream.write_all(&bytes);
            false
        }
        Act::Reset => false,
        Act::Silence => {
            // Until the other side gives up.
            let _ = stream.read(&mut [0; 16]);
            false
        }
        Act::Endless(bytes) => {
            let _ = stream.write_all(&bytes);
            let more = vec![b'x'; 65_536];
            while stream.write_all(&more).is_ok() {}
            false
        }
    }
}

/// One byte at a time, so that nothing of the body is taken.
fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn read_body(stream: &mut TcpStream, head: &str) -> Vec<u8> {
    let length = head.to_ascii_lowercase();
    let length = length.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    body
}
