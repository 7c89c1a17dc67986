//! A line of JSON for each request, written by a thread of its own: a slow disk or a full pipe must not slow the service.

use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};
use std::{fmt, io};

use serde_json::{Value, json};

use crate::service::attendees::id::Id;
use crate::service::{Namespace, OperationKind};
use crate::time::WallClock;
use crate::units::Nanos;

/// How many lines may wait for the writer; more are dropped, and counted.
const WAITING: usize = 65_536;

/// A log that requests are written to. Dropping it writes what still waits.
pub struct RequestLog {
    /// `None` only while it is dropped.
    lines: Option<SyncSender<Entry>>,
    writer: Option<JoinHandle<()>>,
    lost: Arc<AtomicU64>,
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").field("lost", &self.lost).finish_non_exhaustive()
    }
}

/// What is told of a request. Never a secret, a signature or a body.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) at: WallClock,
    pub(super) peer: SocketAddr,
    pub(super) request_id: Id,
    pub(super) method: http::Method,
    pub(super) path: String,
    pub(super) operation: Option<OperationKind>,
    pub(super) namespace: Namespace,
    /// The access key id of a readable scope.
    pub(super) account: Option<String>,
    pub(super) status: u16,
    pub(super) error_type: Option<String>,
    /// What was done to the reply on its way.
    pub(super) fault: Option<String>,
    pub(super) duration: Nanos,
    pub(super) bytes_in: usize,
    pub(super) bytes_out: usize,
    /// `amz-sdk-invocation-id`: the same for all attempts of a call.
    pub(super) invocation: Option<String>,
    /// `amz-sdk-request`: which attempt it is.
    pub(super) attempt: Option<String>,
}

impl RequestLog {
    /// A log into that writer.
    ///
    /// # Errors
    /// Those of starting a thread.
    pub fn new(out: Box<dyn Write + Send>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&lost);
        let writer =
            thread::Builder::new().name("request-log".to_owned()).spawn(move || write(out, &receiver, &counter))?;
        Ok(Self { lines: Some(sender), writer: Some(writer), lost })
    }

    /// Adds a line, or counts it as lost where the writer does not keep up. Never waits.
    pub(super) fn add(&self, entry: Entry) {
        if self.lines.as_ref().is_none_or(|lines| lines.try_send(entry).is_err()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many lines were lost so far.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // A panic there has been printed already.
            let _ = writer.join();
        }
    }
}

/// The writer's thread. Flushes when nothing waits, so that a quiet service has its last line in the file.
fn write(out: Box<dyn Write + Send>, entries: &Receiver<Entry>, lost: &AtomicU64) {
    let mut out = BufWriter::with_capacity(64 << 10, out);
    loop {
        let entry = match entries.try_recv() {
            Ok(entry) => Ok(entry),
            Err(TryRecvError::Empty) => {
                // What cannot be written is noticed with the next line.
                let _ = out.flush();
                entries.recv().map_err(|_| ())
            }
            Err(TryRecvError::Disconnected) => Err(()),
        };
        let Ok(entry) = entry else { break };
        if serde_json::to_writer(&mut out, &entry.json())
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
            .is_err()
        {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    let _ = out.flush();
}

impl Entry {
    fn json(&self) -> Value {
        let mut line = json!({
            "time": self.at.rfc3339(),
            "peer": self.peer.to_string(),
            "request_id": self.request_id.to_string(),
            "method": self.method.as_str(),
            "path": self.path,
            "operation": self.operation.map(OperationKind::name),
            "namespace": match self.namespace {
                Namespace::Meetings => "meetings",
                Namespace::Legacy => "legacy",
            },
            "account": self.account,
            "status": self.status,
            "error_type": self.error_type,
            "fault": self.fault,
            "duration_ms": self.duration.as_nanos() as f64 / 1e6,
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
            "amz-sdk-invocation-id": self.invocation,
            "amz-sdk-request": self.attempt,
        });
        if let Value::Object(members) = &mut line {
            members.retain(|_, value| !value.is_null());
        }
        line
    }
}
