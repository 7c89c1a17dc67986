//! What came back for an attempt, typed; the same whether it came from a socket or from the model.

use serde_json::Value;

use super::cursor::Cursor;
use super::error_code::ErrorCode;
use super::hints::{Claim, Hints};
use super::wire_error::WireError;
use crate::units::Nanos;

/// The reply to one attempt, or why there was none.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status, or what happened to the wire instead.
    pub status: Result<u16, WireError>,
    /// The service's own error code, where the status is no success and it gave one.
    pub error_code: Option<ErrorCode>,
    /// What the service said about when to come back.
    pub hints: Hints,
    /// What was read from a successful reply.
    pub extracted: Extracted,
    /// What it claims of the limit behind it, where the exchange wants to know.
    pub claim: Option<Box<Claim>>,
    /// When it happened.
    pub stamps: Stamps,
}

impl Reply {
    /// A reply that never came.
    pub fn broken(error: WireError, stamps: Stamps) -> Self {
        Self {
            status: Err(error),
            error_code: None,
            hints: Hints::default(),
            extracted: Extracted::default(),
            claim: None,
            stamps,
        }
    }
}

/// What was read from a successful reply, as the exchange wants it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extracted {
    /// One for each capture, null where the reply held nothing there.
    pub captures: Vec<Value>,
    /// The next page, where there is one.
    pub next: Option<Cursor>,
    /// How many items the page listed.
    pub listed: u32,
    /// The batch items that failed.
    pub failed: Vec<FailedItem>,
    /// The names on the page, for the audit.
    pub keys: Vec<String>,
}

/// A batch item that failed inside a successful reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedItem {
    /// Its index in the batch.
    pub index: u32,
    /// The service's error code for it.
    pub code: ErrorCode,
}

/// When things happened to an attempt, by the run's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The request was handed to the connection.
    pub sent: Nanos,
    /// The head of the reply had come.
    pub first_byte: Nanos,
    /// The last byte had come, or the attempt broke.
    pub done: Nanos,
}
