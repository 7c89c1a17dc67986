//! The target: a server that costs little, knows what it was asked and when, and stalls on request.
//!
//! One thread, one readiness queue, one read and one write for each request. It runs in a process of its own, so that its
//! processor time and memory are in no tool's figures.

pub(crate) mod connection;
pub(crate) mod control;
pub(crate) mod reader;
pub(crate) mod reply;
pub(crate) mod tally;

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mio::net::TcpListener;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use slab::Slab;

use super::clock;
use super::stall::Stall;
use connection::{Connection, State};
use control::{Mode, Question};
use reader::{Asked, Request};
use reply::Replies;
use tally::Tally;

const LISTENER: Token = Token(usize::MAX - 1);
const CONTROL: Token = Token(usize::MAX - 2);

/// A reply that waits for the end of a stall.
struct Held {
    until: u64,
    connection: usize,
    serial: u64,
    asked: Asked,
}

/// Serves until the control line closes.
pub(crate) fn serve(listener: TcpListener, control: UnixStream) -> io::Result<()> {
    Target::new(listener, control)?.serve()
}

struct Target {
    poll: Poll,
    listener: TcpListener,
    control: BufReader<UnixStream>,
    connections: Slab<Connection>,
    /// How many connections were accepted in all.
    serial: u64,
    tally: Tally,
    mode: Mode,
    /// Replies that wait for the end of a stall, in the order of their requests, which is that of their ends too.
    held: VecDeque<Held>,
    replies: Replies,
    /// What a read fills; one for all connections.
    room: Vec<u8>,
    /// The requests of one read; kept for its memory.
    whole: Vec<Request>,
}

impl Target {
    fn new(mut listener: TcpListener, control: UnixStream) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        poll.registry().register(&mut SourceFd(&control.as_raw_fd()), CONTROL, Interest::READABLE)?;
        Ok(Self {
            poll,
            listener,
            control: BufReader::new(control),
            connections: Slab::new(),
            serial: 0,
            tally: Tally::new(),
            mode: Mode::Plain,
            held: VecDeque::new(),
            replies: Replies::new(),
            room: vec![0; 64 * 1024],
            whole: Vec::new(),
        })
    }

    fn serve(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            match self.poll.poll(&mut events, self.timeout()) {
                Err(fault) if fault.kind() != io::ErrorKind::Interrupted => return Err(fault),
                _ => {}
            }
            self.release();
            for event in &events {
                match event.token() {
                    LISTENER => self.accept()?,
                    CONTROL => {
                        let Some(question) = control::question(&mut self.control)? else { return Ok(()) };
                        if let Question::Reset(mode) = question {
                            self.tally.reset();
                            self.held.clear();
                            self.mode = mode;
                        }
                        control::answer(self.control.get_mut(), question, &self.tally)?;
                    }
                    Token(index) => self.turn(index, event.is_readable(), event.is_writable()),
                }
            }
        }
    }

    /// How long to wait for the next event: until shortly before the next reply is let go, because the kernel counts in whole
    /// milliseconds here, and in spinning mode not at all.
    fn timeout(&self) -> Option<Duration> {
        const SHORTLY: u64 = 2_000_000;
        match self.mode {
            Mode::Spin => Some(Duration::ZERO),
            Mode::Plain | Mode::Stall => {
                let next = self.held.front()?;
                Some(Duration::from_nanos(next.until.saturating_sub(clock::now() + SHORTLY)))
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                // A client that has gone again.
                Err(fault) if fault.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                Err(fault) => return Err(fault),
            };
            stream.set_nodelay(true)?;
            let entry = self.connections.vacant_entry();
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, Token(entry.key()), interest)?;
            self.serial += 1;
            self.tally.counts.connections += 1;
            entry.insert(Connection::new(stream, self.serial));
        }
    }

    /// What a connection has to read and to write.
    fn turn(&mut self, index: usize, readable: bool, writable: bool) {
        // An event may be left over from a connection that was closed in the same round.
        let Some(connection) = self.connections.get_mut(index) else { return };
        let mut state = if writable { connection.flush() } else { State::Open };
        if readable && state == State::Open {
            self.whole.clear();
            state = connection.receive(&mut self.room, &mut self.whole);
            for request in &self.whole {
                let now = clock::now();
                self.tally.arrived(*request, now);
                let stalled = match self.mode {
                    Mode::Stall => Stall::ONE_IN_FIVE.held(now - self.tally.counts.first),
                    Mode::Plain | Mode::Spin => 0,
                };
                if stalled > 0 {
                    let held = Held {
                        until: now + stalled,
                        connection: index,
                        serial: connection.serial,
                        asked: request.asked,
                    };
                    self.held.push_back(held);
                } else if connection.send(self.replies.to(request.asked)) == State::Closed {
                    state = State::Closed;
                } else {
                    self.tally.replied(now);
                }
            }
        }
        if state == State::Closed {
            self.connections.remove(index);
        }
    }

    /// Sends the replies whose stall is over.
    fn release(&mut self) {
        while let Some(next) = self.held.front() {
            let now = clock::now();
            if next.until > now {
                return;
            }
            let connection = self.connections.get_mut(next.connection).filter(|each| each.serial == next.serial);
            if let Some(connection) = connection
                && connection.send(self.replies.to(next.asked)) == State::Open
            {
                self.tally.replied(now);
            }
            self.held.pop_front();
        }
    }
}
