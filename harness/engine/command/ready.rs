//! Waiting until a server listens.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::Sender;
use std::time::Duration;

use url::Url;

use super::{CommandServer, Event, ServerCommand, ServerError};
use crate::engine::{Halt, HaltSwitch};
use crate::plan::{Refusal, Target};
use crate::transport::Alarm;
use crate::units::Nanos;

/// How long lies between two tries to connect. A refused connection says nothing of when to come back.
const EVERY: Nanos = Nanos::from_millis(20);
/// How long one try may take.
const ONE_TRY: Duration = Duration::from_millis(500);

/// Waits until the server has an address and accepts there.
pub(super) fn wait(
    server: &mut CommandServer,
    command: &ServerCommand,
    halt: &HaltSwitch,
    sender: &Sender<Event>,
) -> Result<Url, ServerError> {
    let sender = sender.clone();
    let alarm = Alarm::new(move || {
        // Nobody waits any more where this fails.
        let _ = sender.send(Event::Halted);
    });
    halt.wake(&alarm);
    let until = server.clock.now() + command.ready_within;
    let mut url = command.url.clone();
    loop {
        if halt.level() == Halt::Everything {
            return Err(ServerError::Stopped { command: server.command.clone() });
        }
        let now = server.clock.now();
        if let Some(url) = &url {
            // Not even a connection is tried where nobody allowed it.
            if let Some(refusal) = Refusal::of(&Target::Url(url.clone()), &command.allowed) {
                return Err(ServerError::Refused { command: server.command.clone(), refusal });
            }
            if is_taken(url) {
                return Ok(url.clone());
            }
        }
        if now >= until {
            return Err(late(server, command, url.as_ref()));
        }
        // Without an address there is nothing to try until it writes something.
        let look_again = if url.is_some() { until.min(now + EVERY) } else { until };
        match server.next(look_again) {
            Some(Event::Address(found)) => url = url.or(Some(found)),
            Some(Event::Ended) => return Err(ended(server)),
            Some(Event::Halted) | None => {}
        }
    }
}

fn ended(server: &mut CommandServer) -> ServerError {
    let status = server.end();
    ServerError::Ended { command: server.command.clone(), status, said: server.said() }
}

fn late(server: &CommandServer, command: &ServerCommand, url: Option<&Url>) -> ServerError {
    let (within, said) = (command.ready_within, server.said());
    let command = server.command.clone();
    match url {
        Some(url) => ServerError::Deaf { command, url: url.to_string(), within, said },
        None => ServerError::Silent { command, within, said },
    }
}

/// Whether someone accepts connections there.
pub(super) fn is_taken(url: &Url) -> bool {
    let Some(port) = url.port_or_known_default() else { return false };
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(url::Host::Ipv4(address)) => vec![(address, port).into()],
        Some(url::Host::Ipv6(address)) => vec![(address, port).into()],
        Some(url::Host::Domain(name)) => (name, port).to_socket_addrs().map(Iterator::collect).unwrap_or_default(),
        None => Vec::new(),
    };
    addresses.iter().any(|address| TcpStream::connect_timeout(address, ONE_TRY).is_ok())
}
