//! One connection of the server: bytes in, requests out, replies in, bytes out.

use std::io::{ErrorKind, Read, Write};

use mio::net::TcpStream;

use super::reader::{Reader, Request};

/// Whether a connection is still good for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Closed,
}

/// A connection that was accepted.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Tells it from another one that took its place in the list.
    pub(crate) serial: u64,
    reader: Reader,
    /// The rest of a reply that the kernel had no room for.
    unsent: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, serial: u64) -> Self {
        Self { stream, serial, reader: Reader::default(), unsent: Vec::new() }
    }

    /// Reads what has come, and adds the requests that are now whole.
    ///
    /// A read that does not fill `room` has emptied the socket; the kernel tells of what comes after it, so a second read only
    /// to be told so is spared.
    pub(crate) fn receive(&mut self, room: &mut [u8], whole: &mut Vec<Request>) -> State {
        loop {
            match self.stream.read(room) {
                Ok(0) => return State::Closed,
                Ok(length) => {
                    if self.reader.feed(&room[..length], whole).is_err() {
                        return State::Closed;
                    }
                    if length < room.len() {
                        return State::Open;
                    }
                }
                Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return State::Open,
                Err(_) => return State::Closed,
            }
        }
    }

    /// Sends a reply, or keeps what the kernel has no room for now.
    pub(crate) fn send(&mut self, mut reply: &[u8]) -> State {
        if self.unsent.is_empty() {
            match write(&mut self.stream, reply) {
                Some(written) => reply = &reply[written..],
                None => return State::Closed,
            }
        }
        self.unsent.extend_from_slice(reply);
        State::Open
    }

    /// Sends what was kept.
    pub(crate) fn flush(&mut self) -> State {
        if self.unsent.is_empty() {
            return State::Open;
        }
        match write(&mut self.stream, &self.unsent) {
            Some(written) => {
                self.unsent.drain(..written);
                State::Open
            }
            None => State::Closed,
        }
    }
}

/// Writes as much as there is room for; `None` where the connection is gone.
fn write(stream: &mut TcpStream, bytes: &[u8]) -> Option<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match stream.write(&bytes[written..]) {
            Ok(0) => return None,
            Ok(length) => written += length,
            Err(fault) if fault.kind() == ErrorKind::Interrupted => {}
            Err(fault) if fault.kind() == ErrorKind::WouldBlock => return Some(written),
            Err(_) => return None,
        }
    }
    Some(written)
}
