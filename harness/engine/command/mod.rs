//! A server that a command starts, for one run: started, asked for its address, watched, and ended with everything that it
//! started itself.
//!
//! It is started afresh for every run, on purpose. Two starts of one program differ, by the layout of their memory, by the order
//! in which their threads came up, by what was warm: that is a part of the noise between runs, and a comparison that started
//! each side once would take it for a difference.

mod address;
mod group;
mod output;
mod ready;
#[cfg(all(test, unix))]
mod tests;

use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use url::Url;

use super::HaltSwitch;
use crate::plan::{Refusal, Secrets, Target};
use crate::time::MonotonicClock;
use crate::units::Nanos;
use output::Output;

pub use group::kill_servers;

/// How long a server may take to end once it is told to.
const GRACE: Nanos = Nanos::from_secs(5);

/// How to start a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCommand {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Where it listens; `None` where it prints that.
    pub url: Option<Url>,
    /// How long it may take until it listens.
    pub ready_within: Nanos,
    /// The hosts besides this machine that it may say it is on.
    pub allowed: Vec<String>,
    /// What must not be shown of the command, and of what it prints.
    pub secrets: Secrets,
}

/// Why a server is not there.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No such program, or none that may be run.
    #[error("`{command}` cannot be started")]
    Start {
        /// The command.
        command: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It ended by itself.
    #[error("`{command}` ended before it listened ({status}){said}")]
    Ended {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// What it said last.
        said: String,
    },
    /// It said nothing that is an address.
    #[error(
        "`{command}` printed no address within {within}: let it print `http://HOST:PORT`, or give the side a `url` as well{said}"
    )]
    Silent {
        /// The command.
        command: String,
        /// How long it was waited for.
        within: Nanos,
        /// What it said last.
        said: String,
    },
    /// Nobody answers where it should.
    #[error("`{command}` did not listen on {url} within {within}: raise `ready_within`, or correct the `url`{said}")]
    Deaf {
        /// The command.
        command: String,
        /// Where.
        url: String,
        /// How long it was waited for.
        within: Nanos,
        /// What it said last.
        said: String,
    },
    /// Someone else is there.
    #[error(
        "something listens on {url} already, and would be measured in place of `{command}`: end it, or change the `url`"
    )]
    Occupied {
        /// The command.
        command: String,
        /// Where.
        url: String,
    },
    /// It says that it is where nothing may be sent.
    #[error("`{command}` is not on this machine: {refusal}")]
    Refused {
        /// The command.
        command: String,
        /// Where it says it is.
        refusal: Refusal,
    },
    /// Someone stopped all of it.
    #[error("`{command}` was stopped before it listened")]
    Stopped {
        /// The command.
        command: String,
    },
}

/// What a server's threads tell.
#[derive(Debug)]
enum Event {
    /// It wrote an address.
    Address(Url),
    /// It ended.
    Ended,
    /// Someone stops all of it.
    Halted,
}

/// A server that runs. Dropping it ends it, and everything that it started.
#[derive(Debug)]
pub struct CommandServer {
    child: Child,
    events: Receiver<Event>,
    output: Arc<Output>,
    clock: MonotonicClock,
    url: Option<Url>,
    command: String,
    grace: Nanos,
    has_ended: bool,
    /// How it ended, once it is gone and its number may be another's.
    status: Option<String>,
}

impl ServerCommand {
    /// The command as people write it, without what nobody may see.
    pub fn shown(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        let quoted = words.map(|word| {
            if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"') {
                format!("'{}'", word.replace('\'', r"'\''"))
            } else {
                word.clone()
            }
        });
        self.secrets.mask(&quoted.collect::<Vec<_>>().join(" "))
    }

    /// Starts it and waits until it listens; `halt` gives up the wait.
    ///
    /// # Errors
    /// [`ServerError`], with the command, how it ended and what it said last. Nothing of it runs any more then.
    pub fn start(&self, halt: &HaltSwitch) -> Result<CommandServer, ServerError> {
        if let Some(url) = &self.url
            && Refusal::of(&Target::Url(url.clone()), &self.allowed).is_none()
            && ready::is_taken(url)
        {
            return Err(ServerError::Occupied { command: self.shown(), url: url.to_string() });
        }
        let (sender, events) = channel();
        let mut server = self.spawn(&sender, events)?;
        let url = ready::wait(&mut server, self, halt, &sender)?;
        server.url = Some(url);
        Ok(server)
    }

    fn spawn(&self, sender: &Sender<Event>, events: Receiver<Event>) -> Result<CommandServer, ServerError> {
        let failed = |source| ServerError::Start { command: self.shown(), source };
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        group::lead(&mut command);
        let child = command.spawn().map_err(failed)?;
        group::register(child.id());
        let output = Arc::new(Output::new(self.secrets.clone()));
        // From here on dropping it ends the process, whatever goes wrong below.
        let mut server = CommandServer {
            child,
            events,
            output: Arc::clone(&output),
            clock: MonotonicClock::start(),
            url: None,
            command: self.shown(),
            grace: GRACE,
            has_ended: false,
            status: None,
        };
        // The threads end with the pipes and the process. They are not waited for: a process that left the group could hold a pipe
        // for ever.
        let thread = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(failed)
        };
        if let Some(out) = server.child.stdout.take() {
            let (output, sender) = (Arc::clone(&output), sender.clone());
            thread("server-stdout", Box::new(move || output.read(out, &sender)))?;
        }
        if let Some(err) = server.child.stderr.take() {
            let sender = sender.clone();
            thread("server-stderr", Box::new(move || output.read(err, &sender)))?;
        }
        let (id, sender) = (server.child.id(), sender.clone());
        thread(
            "server-end",
            Box::new(move || {
                if group::wait_for_end(id) {
                    // Nobody may be listening any more, which is as well.
                    let _ = sender.send(Event::Ended);
                }
            }),
        )?;
        Ok(server)
    }
}

impl CommandServer {
    /// Where it listens.
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// How it ended, where it did so by itself.
    pub fn ended(&mut self) -> Option<String> {
        while let Ok(event) = self.events.try_recv() {
            self.has_ended |= matches!(event, Event::Ended);
        }
        self.has_ended.then(|| self.end())
    }

    /// What it said last, for an error.
    fn said(&self) -> String {
        self.output.tail()
    }

    /// Waits for the next thing that it tells; `None` at the deadline.
    fn next(&mut self, until: Nanos) -> Option<Event> {
        let left = until.saturating_sub(self.clock.now());
        let event = self.events.recv_timeout(left.into()).ok()?;
        self.has_ended |= matches!(event, Event::Ended);
        Some(event)
    }

    /// Ends it with everything that it started: politely first, and then not. Gives how it ended.
    fn end(&mut self) -> String {
        if let Some(status) = &self.status {
            return status.clone();
        }
        if !self.has_ended {
            group::terminate(&mut self.child);
            let until = self.clock.now() + self.grace;
            while !self.has_ended && self.clock.now() < until {
                let _ = self.next(until);
            }
        }
        // Also where it ended by itself: what it started may still run. Its own number is taken until `wait` gives it back, so that
        // this cannot meet a stranger.
        group::kill(&mut self.child);
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
        group::forget(self.child.id());
        self.status = Some(status.clone());
        status
    }
}

impl Drop for CommandServer {
    fn drop(&mut self) {
        self.end();
    }
}
