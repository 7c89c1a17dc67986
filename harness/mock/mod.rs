//! The modelled service behind real HTTP.
//!
//! [`MockServer`] runs it on a thread of its own beside a load run; [`serve`] runs it by itself. Either way one thread
//! holds the service, and every decision is the model's: this module only reads and writes HTTP, waits, and damages
//! replies where the model says so.

mod amounts;
mod body;
mod credential;
mod fault;
mod front;
mod parse;
mod reject;
mod render;
mod route;
mod server;
mod stats;
#[cfg(test)]
mod tests;
mod wire;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

pub use front::Front;
pub use server::serve;
pub use stats::MockStats;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

use crate::service::{Service, ServiceConfig};
use crate::units::Nanos;

/// The embedded service. Ends when it is dropped.
#[derive(Debug)]
pub struct MockServer {
    addr: SocketAddr,
    /// Closing it ends the server.
    commands: Option<UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// What the owner asks of the server's thread; each is answered, so that it has happened when the call returns.
#[derive(Debug)]
enum Command {
    StartEvents(mpsc::Sender<()>),
    Stats(mpsc::Sender<MockStats>),
}

impl MockServer {
    /// Starts the service on that address; port 0 takes any that is free. Requests are accepted from then on.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a configuration that cannot be served; else what binding the address or
    /// starting a thread says.
    pub fn start(config: ServiceConfig, addr: SocketAddr) -> io::Result<Self> {
        let service = Service::new(config).map_err(|fault| io::Error::new(io::ErrorKind::InvalidInput, fault))?;
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (commands, received) = unbounded_channel();
        let thread = thread::Builder::new()
            .name("mock".to_owned())
            .spawn(move || run(&runtime, listener, Front::new(service), received))?;
        Ok(Self { addr, commands: Some(commands), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Starts the clock of the configured events.
    pub fn start_events(&self) {
        self.ask(Command::StartEvents);
    }

    /// What has been answered so far.
    pub fn stats(&self) -> MockStats {
        self.ask(Command::Stats).unwrap_or_default()
    }

    /// Ends the server and every connection, and gives the final counts.
    pub fn shutdown(mut self) -> MockStats {
        let stats = self.stats();
        self.end();
        stats
    }

    fn ask<T>(&self, command: impl FnOnce(mpsc::Sender<T>) -> Command) -> Option<T> {
        let (sender, receiver) = mpsc::channel();
        self.commands.as_ref()?.send(command(sender)).ok()?;
        receiver.recv().ok()
    }

    fn end(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already, and must not become a second one here.
            let _ = thread.join();
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.end();
    }
}

/// The server's thread.
fn run(runtime: &Runtime, listener: TcpListener, front: Front, commands: UnboundedReceiver<Command>) {
    let front = Rc::new(front);
    LocalSet::new().block_on(runtime, async {
        // Only fails where the process has no descriptor left for the reactor; then every connection is refused.
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        serve(listener, Rc::clone(&front), obey(commands, &front), Nanos::ZERO).await;
    });
}

/// Carries out commands until the owner is gone.
async fn obey(mut commands: UnboundedReceiver<Command>, front: &Front) {
    while let Some(command) = commands.recv().await {
        // An owner that no longer waits for its answer does not need it.
        let _ = match command {
            Command::StartEvents(done) => {
                front.start_events();
                done.send(()).is_ok()
            }
            Command::Stats(stats) => stats.send(front.stats()).is_ok(),
        };
    }
}
