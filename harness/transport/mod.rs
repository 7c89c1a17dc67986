//! To the wire and back: how an attempt's input becomes a reply.

mod alarm;
mod asking;
mod first_troubles;
pub mod http1;
mod identity;
mod in_process;
mod io_error;
mod kind;
mod reply;
mod reqwest;
mod signing;
mod told;

pub use alarm::{Alarm, Ring};
pub use asking::Asking;
pub use http1::Http1;
pub use in_process::InProcess;
pub use kind::TransportKind;
pub use reqwest::Wire;
pub use signing::{KeyRing, KeysError, Signer};

use url::Url;

use crate::api::{Input, Reply};
use crate::lane::AttemptId;
use crate::record::{ConnectionRecord, Troubles};
use crate::units::Nanos;

/// Sends attempts. One lane owns one transport, on its own thread; nothing in it is shared with other lanes.
///
/// It is a state machine with one place to wait: whatever can happen to many requests at once is brought about by
/// [`wait`](Self::wait) and told by [`next_reply`](Self::next_reply), so the lane's loop is a loop and nothing else.
pub trait Transport {
    /// Begins an attempt. Its reply stamps when it was begun, when the head came and when the last byte came. Every trouble
    /// is a reply too.
    fn send(&mut self, attempt: AttemptId, input: Input);

    /// Gives an attempt up, and with it its connection. An attempt that is over is not known any more, which is fine.
    fn cancel(&mut self, attempt: AttemptId);

    /// Waits until something has happened, the instant has come or the alarm was rung; may return for no reason.
    fn wait(&mut self, until: Nanos);

    /// The next reply that is there.
    fn next_reply(&mut self) -> Option<(AttemptId, Reply)>;

    /// Ends a wait from another thread.
    fn alarm(&self) -> Alarm;

    /// What connections cost since the last time this was asked; nothing where there are none.
    fn take_connections(&mut self) -> ConnectionRecord {
        ConnectionRecord::default()
    }

    /// An example of each kind of trouble that was met for the first time since this was last asked.
    fn take_troubles(&mut self) -> Troubles {
        Troubles::default()
    }

    /// How much of its waits was spun away on the processor since the last time this was asked: that is no work.
    fn take_spun(&mut self) -> Nanos {
        Nanos::ZERO
    }
}

/// What requests say of who sends them.
const USER_AGENT: &str = concat!("loadline/", env!("CARGO_PKG_VERSION"));

/// Host and port as they stand in a `Host` field: a default port is left out.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Why a transport cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// reqwest refused its configuration, for want of certificates for example.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] ::reqwest::Error),
    /// rustls refused it.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// A method of the catalogue.
    #[error("`{0}` is not an HTTP method; write GET, POST, PUT, PATCH, DELETE or HEAD")]
    Method(String),
    /// No runtime, no event queue or no timer: the system has no descriptors left, as a rule.
    #[error("a lane cannot wait for its sockets; has the process run out of descriptors?")]
    System(#[from] std::io::Error),
}
