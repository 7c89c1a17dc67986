//! Connections: accepting them, and running each over HTTP/1.1 or HTTP/2, whichever the client speaks.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;

use http::Version;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use slab::Slab;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::front::Front;
use super::watch::{TICK, Watch};
use super::wire::{Hatch, Wire};
use crate::units::Nanos;

/// How long to leave the listener alone when it has no file descriptor left.
pub(super) const ACCEPT_PAUSE: Nanos = Nanos::from_millis(10);
/// The most that is read of a head before HTTP/1.1 gives up on it. Twice of what the service accepts: a head that is only
/// somewhat too long is read whole, answered in the form of the service, and the connection goes on.
const HEAD_BUFFER: usize = 128 << 10;
/// Streams at a time on a connection of HTTP/2; what a load generator opens by default.
const STREAMS: u32 = 256;
/// The longest head of HTTP/2, told to the client. As long as HTTP/1.1 reads.
const HEADER_LIST: u32 = 128 << 10;
/// Windows of HTTP/2, which bound what a client may send ahead.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 1 << 20;

/// The connections that are there, for the sweep. Owned by [`serve`]; each connection takes itself out when it ends.
#[derive(Debug, Default)]
struct Register {
    connections: RefCell<Slab<(Rc<Watch>, Option<AbortHandle>)>>,
    ticks: Rc<Cell<u32>>,
}

/// A place in the register.
struct Place {
    register: Rc<Register>,
    front: Rc<Front>,
    index: usize,
}

impl Place {
    fn take(register: &Rc<Register>, front: &Rc<Front>) -> (Self, Rc<Watch>) {
        let watch = Watch::new(Rc::clone(&register.ticks));
        let index = register.connections.borrow_mut().insert((Rc::clone(&watch), None));
        let gauges = front.gauges();
        gauges.accepted.add(1);
        gauges.connections.set(gauges.connections.get() + 1);
        (Self { register: Rc::clone(register), front: Rc::clone(front), index }, watch)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.register.connections.borrow_mut().remove(self.index);
        let gauges = self.front.gauges();
        gauges.connections.set(gauges.connections.get() - 1);
    }
}

impl Register {
    /// Ends the connections whose clients take longer than they may, for ever.
    async fn sweep(&self, front: &Front) {
        loop {
            front.wait(TICK).await;
            self.ticks.set(self.ticks.get().wrapping_add(1));
            for (_, (watch, task)) in self.connections.borrow().iter() {
                if watch.is_late(front.limits())
                    && let Some(task) = task
                {
                    front.gauges().late.add(1);
                    task.abort();
                }
            }
        }
    }

    /// Ends the connections that hyper does not have yet; the others it ends in good order.
    fn end_fresh(&self) {
        for (_, (watch, task)) in self.connections.borrow().iter() {
            if watch.is_fresh()
                && let Some(task) = task
            {
                task.abort();
            }
        }
    }
}

/// Serves until `shutdown`, then gives the replies under way `grace` to end, and drops what is left.
///
/// Has to run inside a `LocalSet`: the front is on this thread alone.
pub async fn serve(listener: TcpListener, front: Rc<Front>, shutdown: impl Future<Output = ()>, grace: Nanos) {
    let register = Rc::new(Register::default());
    tokio::select! {
        () = accept(listener, &front, &register, shutdown, grace) => {}
        () = front.drive() => {}
        () = register.sweep(&front) => {}
    }
}

async fn accept(
    listener: TcpListener,
    front: &Rc<Front>,
    register: &Rc<Register>,
    shutdown: impl Future<Output = ()>,
    grace: Nanos,
) {
    let mut connections = JoinSet::new();
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let pause = match &accepted {
            Ok(_) => front.stall_accept(),
            Err(_) => ACCEPT_PAUSE,
        };
        if pause > Nanos::ZERO {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = front.wait(pause) => {}
            }
        }
        let Ok((stream, peer)) = accepted else { continue };
        if connections.len() >= front.limits().connections {
            front.gauges().turned_away.add(1);
            continue;
        }
        let (place, watch) = Place::take(register, front);
        let (index, watcher) = (place.index, graceful.watcher());
        let task = connections.spawn_local(connection(stream, peer, place, watch, watcher));
        if let Some((_, handle)) = register.connections.borrow_mut().get_mut(index) {
            *handle = Some(task);
        }
    }
    drop(listener);
    if grace > Nanos::ZERO {
        register.end_fresh();
        tokio::select! {
            () = graceful.shutdown() => {}
            () = front.wait(grace) => {}
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, place: Place, watch: Rc<Watch>, watcher: Watcher) {
    // Small replies must not wait for each other; where it fails the socket is dead anyway.
    let _ = stream.set_nodelay(true);
    let front = Rc::clone(&place.front);
    let hatch = Hatch::default();
    let mut wire = Wire::new(stream, Rc::clone(&hatch), Rc::clone(&watch), Rc::clone(front.gauges()));
    let Ok(version) = wire.version().await else { return };
    let service = service_fn(move |request| {
        let (front, hatch, watch) = (Rc::clone(&front), Rc::clone(&hatch), Rc::clone(&watch));
        async move { Ok::<_, Infallible>(front.serve(peer, &hatch, &watch, request).await) }
    });
    let io = TokioIo::new(wire);
    // An error is a client that went away, or a fault that was wanted.
    if version == Version::HTTP_2 {
        let mut builder = http2::Builder::new(LocalExecutor);
        builder.max_concurrent_streams(STREAMS).max_header_list_size(HEADER_LIST);
        builder.initial_stream_window_size(STREAM_WINDOW).initial_connection_window_size(CONNECTION_WINDOW);
        let _ = watcher.watch(builder.serve_connection(io, service)).await;
    } else {
        let mut builder = http1::Builder::new();
        // Most replies are small: one copy costs less than the system takes for two pieces.
        builder.max_buf_size(HEAD_BUFFER).writev(false);
        let _ = watcher.watch(builder.serve_connection(io, service)).await;
    }
    // Until here it counts as a connection.
    drop(place);
}

/// Runs HTTP/2 streams on the connection's own thread.
#[derive(Clone, Copy, Debug)]
struct LocalExecutor;

impl<F: Future<Output = ()> + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
