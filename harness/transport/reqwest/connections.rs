//! How long it took to get connections, as far as reqwest shows it: resolving names apart, and all of connecting.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower_layer::Layer;
use tower_service::Service;

use crate::record::ConnectionRecord;
use crate::time::MonotonicClock;

/// Notes what connections cost. Touched once a connection, never by a request on one that is there; so a lock will do.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    clock: MonotonicClock,
    record: Arc<Mutex<ConnectionRecord>>,
}

impl Connections {
    pub(super) fn new(clock: MonotonicClock) -> Self {
        Self { clock, record: Arc::default() }
    }

    /// What was noted since the last time.
    pub(super) fn take(&self) -> ConnectionRecord {
        std::mem::take(&mut *self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: impl FnOnce(&mut ConnectionRecord)) {
        note(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The system's resolver, timed.
impl Resolve for Connections {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let began = this.clock.now();
            // Port 0 is replaced by the URL's own.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Vec::from_iter);
            let took = this.clock.now() - began;
            this.note(|record| record.dns.record(took));
            let addresses: Addrs = Box::new(found.map_err(DnsError)?.into_iter());
            Ok(addresses)
        })
    }
}

/// A name that has no address; a type of its own, so that it is told apart from other trouble.
#[derive(Debug, thiserror::Error)]
#[error("the name cannot be resolved")]
pub(super) struct DnsError(#[source] std::io::Error);

impl<S> Layer<S> for Connections {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed { inner, connections: self.clone() }
    }
}

/// A connector, timed: name, TCP and TLS together.
#[derive(Clone, Debug)]
pub(super) struct Timed<S> {
    inner: S,
    connections: Connections,
}

impl<S, R> Service<R> for Timed<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connections = self.connections.clone();
        let began = connections.clock.now();
        let connecting = self.inner.call(request);
        Box::pin(async move {
            let connection = connecting.await;
            let took = connections.clock.now() - began;
            connections.note(|record| match &connection {
                Ok(_) => record.opened(took),
                Err(_) => record.refused += 1,
            });
            connection
        })
    }
}
