//! Connections: accepting them, and running each over HTTP/1.1 or HTTP/2, whichever the client speaks.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;

use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::body::wait;
use super::front::Front;
use super::wire::{Hatch, Wire};
use crate::units::Nanos;

/// How long to leave the listener alone when it has no file descriptor left.
const ACCEPT_PAUSE: Nanos = Nanos::from_millis(10);

/// Serves until `shutdown`, then gives the replies under way `grace` to end, and drops what is left.
///
/// Has to run inside a `LocalSet`: the front is on this thread alone.
pub async fn serve(listener: TcpListener, front: Rc<Front>, shutdown: impl Future<Output = ()>, grace: Nanos) {
    let mut connections = JoinSet::new();
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn_local(connection(stream, peer, Rc::clone(&front), graceful.watcher()));
                }
                Err(_) => wait(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    if grace > Nanos::ZERO {
        tokio::select! {
            () = graceful.shutdown() => {}
            () = wait(grace) => {}
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, front: Rc<Front>, watcher: Watcher) {
    // Small replies must not wait for each other; where it fails the socket is dead anyway.
    let _ = stream.set_nodelay(true);
    let hatch = Hatch::default();
    let wire = Wire::new(stream, Rc::clone(&hatch));
    let service = service_fn(move |request| {
        let (front, hatch) = (Rc::clone(&front), Rc::clone(&hatch));
        async move { Ok::<_, Infallible>(front.serve(peer, &hatch, request).await) }
    });
    let builder = auto::Builder::new(LocalExecutor);
    // An error is a client that went away, or a fault that was wanted.
    let _ = watcher.watch(builder.serve_connection(TokioIo::new(wire), service).into_owned()).await;
}

/// Runs HTTP/2 streams on the connection's own thread.
#[derive(Clone, Copy, Debug)]
struct LocalExecutor;

impl<F: Future<Output = ()> + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
