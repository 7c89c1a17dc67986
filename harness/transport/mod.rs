//! To the wire and back: how an attempt's input becomes a reply.

mod connections;
mod first_troubles;
mod http1;
mod in_process;
mod signing;
mod wire;
mod wire_error;

use std::future::Future;

pub use http1::reply;
pub use in_process::{InProcess, Wait};
pub use signing::{KeyRing, KeysError, Signer};
pub use wire::{Wire, WireSetupError};

use crate::api::{Input, Reply};
use crate::record::{ConnectionRecord, Troubles};

/// Sends attempts. One lane owns one transport; nothing in it is shared with other lanes.
pub trait Transport {
    /// Sends an attempt and waits for its reply, stamping when it was sent, when the head came and when the last byte came.
    /// Every trouble is a reply too. Dropping the future gives the attempt up.
    fn send(&self, input: Input) -> impl Future<Output = Reply> + use<Self>;

    /// What connections cost since the last time this was asked; nothing where there are none.
    fn take_connections(&self) -> ConnectionRecord {
        ConnectionRecord::default()
    }

    /// Examples of what happened to the wire since the last time this was asked; a kind that was told before need not be told again.
    fn take_troubles(&self) -> Troubles {
        Troubles::default()
    }

    /// The transport's name in reports.
    fn name(&self) -> &'static str;
}
