//! `loadline mock` as a process of its own, and a client that speaks in bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::loadline;

/// The longest that any read may take: a fault in the mock fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A meeting that does not exist.
pub(crate) const ABSENT: &str = "/meetings/00000000-0000-4000-8000-000000000000";

/// The mock, with its administrative port. Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Mock {
    child: Child,
    pub(crate) address: String,
    admin: String,
}

impl Mock {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(loadline().args(["mock", "--admin", "127.0.0.1:0"]).args(arguments))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut host = || {
            let line = lines.next().expect("a line").expect("text");
            line.trim_start_matches("http://").trim_end_matches("/metrics").to_owned()
        };
        let (address, admin) = (host(), host());
        Self { child, address, admin }
    }

    pub(crate) fn client(&self) -> Client {
        Client::to(&self.address)
    }

    /// Asks the administrative port.
    pub(crate) fn admin(&self, path: &str) -> Reply {
        let mut client = Client::to(&self.admin);
        client.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        client.reply()
    }

    /// What `/metrics` says, by name and labels.
    pub(crate) fn metrics(&self) -> BTreeMap<String, f64> {
        let text = self.admin("/metrics").body;
        let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            (name.trim_start_matches("loadline_mock_").to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
        });
        samples.collect()
    }

    /// One number of `/metrics`, where it is whole.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.metrics()[name] as u64
    }

    /// How many requests it has answered, by its own account.
    pub(crate) fn answered(&self) -> u64 {
        let metrics = self.metrics();
        metrics.iter().filter(|(name, _)| name.starts_with("requests_total")).map(|(_, count)| *count as u64).sum()
    }

    /// The most memory that it ever had resident, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the mock lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    /// Waits for the end: its exit code, and what it said on standard error.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
        (self.child.wait().expect("it ends").code(), said)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Client(pub(crate) TcpStream);

/// A reply as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Self(stream)
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).expect("the mock reads");
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        self.reply()
    }

    pub(crate) fn post(&mut self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        let body = body.as_ref();
        self.send(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len()));
        self.send(body);
        self.reply()
    }

    pub(crate) fn reply(&mut self) -> Reply {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte).unwrap_or_else(|fault| {
                panic!("{fault} after {}", String::from_utf8_lossy(&head));
            });
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).expect("a whole body");
        Reply { status, head, body: String::from_utf8(body).expect("text") }
    }

    /// Nothing comes any more, whether in good order or by a reset.
    pub(crate) fn ends(&mut self) {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest)),
            Err(fault) => assert_eq!(fault.kind(), ErrorKind::ConnectionReset),
        }
    }
}
