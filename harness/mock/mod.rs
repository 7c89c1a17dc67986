//! The modelled service behind real HTTP.
//!
//! [`MockServer`] runs it on a thread of its own beside a load run; [`serve`] runs it by itself. Either way one thread
//! holds the service, and every decision is the model's: this module only reads and writes HTTP, waits, and damages
//! replies where the model says so.

mod admin;
mod body;
mod collect;
mod credential;
mod fault;
mod front;
mod gauges;
mod namespace;
mod parse;
mod reject;
mod render;
mod request_log;
mod route;
mod server;
mod settings;
mod signature;
mod stats;
#[cfg(test)]
mod tests;
mod watch;
mod wire;

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

pub use front::Front;
pub use request_log::RequestLog;
pub use server::serve;
pub use settings::{Limits, Settings};
pub use stats::MockStats;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

use crate::service::{Service, ServiceConfig};
use crate::units::Nanos;

/// The embedded service. Ends when it is dropped.
#[derive(Debug)]
pub struct MockServer {
    addr: SocketAddr,
    admin_addr: Option<SocketAddr>,
    /// Closing it ends the server.
    commands: Option<UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// What the owner asks of the server's thread; each is answered, so that it has happened when the call returns.
#[derive(Debug)]
enum Command {
    StartEvents(mpsc::Sender<()>),
    Stats(mpsc::Sender<MockStats>),
    /// The last one: it is answered when the last reply is out.
    End(mpsc::Sender<MockStats>),
}

impl MockServer {
    /// Starts the service on that address; port 0 takes any that is free. Requests are accepted from then on.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a configuration that cannot be served; else what binding the address or
    /// starting a thread says.
    pub fn start(config: ServiceConfig, addr: SocketAddr) -> io::Result<Self> {
        Self::start_with(config, addr, Settings::default())
    }

    /// Starts the service with settings of its front.
    ///
    /// # Errors
    /// As [`start`](Self::start); also what binding the administrative port says.
    pub fn start_with(config: ServiceConfig, addr: SocketAddr, settings: Settings) -> io::Result<Self> {
        let service = Service::new(config).map_err(|fault| io::Error::new(io::ErrorKind::InvalidInput, fault))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (listener, admin) = {
            let _inside = runtime.enter();
            (bind(addr)?, settings.admin.map(bind).transpose()?)
        };
        let addr = listener.local_addr()?;
        let admin_addr = admin.as_ref().map(TcpListener::local_addr).transpose()?;
        let (commands, received) = unbounded_channel();
        let thread = thread::Builder::new().name("mock".to_owned()).spawn(move || {
            let front = Rc::new(Front::with(service, settings.limits, settings.request_log));
            run(&runtime, listener, admin, &front, received, settings.grace);
        })?;
        Ok(Self { addr, admin_addr, commands: Some(commands), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where the administrative port listens, if at all.
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin_addr
    }

    /// Starts the clock of the configured events.
    pub fn start_events(&self) {
        self.ask(Command::StartEvents);
    }

    /// What has been answered so far.
    pub fn stats(&self) -> MockStats {
        self.ask(Command::Stats).unwrap_or_default()
    }

    /// Ends the server, and gives the final counts. Replies under way have the grace time of the settings to end; then
    /// every connection is closed.
    pub fn shutdown(mut self) -> MockStats {
        let (sender, last) = mpsc::channel();
        if let Some(commands) = self.commands.take() {
            // Where the thread is gone, so are its counts.
            let _ = commands.send(Command::End(sender));
        }
        self.end();
        last.try_recv().unwrap_or_default()
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

/// Connections that may wait to be accepted. The default of the standard library is 128, and a client that meets a full
/// queue tries again only after a second.
const BACKLOG: u32 = 4_096;

/// Listens, inside of the runtime that will serve.
fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Windows this would let two servers have one port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// The server's thread.
fn run(
    runtime: &Runtime,
    listener: TcpListener,
    admin: Option<TcpListener>,
    front: &Rc<Front>,
    commands: UnboundedReceiver<Command>,
    grace: Nanos,
) {
    let last = Rc::new(RefCell::new(None));
    LocalSet::new().block_on(runtime, async {
        if let Some(admin) = admin {
            tokio::task::spawn_local(admin::serve(admin, Rc::clone(front)));
        }
        let commands = obey(commands, Rc::clone(front), Rc::clone(&last));
        serve(listener, Rc::clone(front), commands, grace).await;
    });
    if let Some(last) = last.take() {
        // An owner that no longer waits for its answer does not need it.
        let _ = mpsc::Sender::send(&last, front.stats());
    }
}

/// Carries out commands until the owner is gone or ends the server.
async fn obey(
    mut commands: UnboundedReceiver<Command>,
    front: Rc<Front>,
    last: Rc<RefCell<Option<mpsc::Sender<MockStats>>>>,
) {
    while let Some(command) = commands.recv().await {
        // An owner that no longer waits for its answer does not need it.
        let _ = match command {
            Command::StartEvents(done) => {
                front.start_events();
                done.send(()).is_ok()
            }
            Command::Stats(stats) => stats.send(front.stats()).is_ok(),
            Command::End(stats) => {
                *last.borrow_mut() = Some(stats);
                return;
            }
        };
    }
}
