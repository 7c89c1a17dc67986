//! Which transport a plan gets.

use crate::plan::{HttpVersion, TransportPlan, WireClient};
use crate::time::timer_name;

/// The ways to the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// Our own HTTP/1.1, made for load.
    Http1,
    /// reqwest, for all that it does better.
    Reqwest,
}

impl TransportKind {
    /// The transport of a plan: our own wherever it can do what is asked for.
    pub fn of(plan: &TransportPlan) -> Self {
        let beyond_ours = plan.version != HttpVersion::Http1 || plan.proxy || plan.redirects || plan.decompress;
        if beyond_ours || plan.client == WireClient::Reqwest { Self::Reqwest } else { Self::Http1 }
    }

    /// Its name in reports.
    pub fn name(self, version: HttpVersion) -> &'static str {
        match (self, version) {
            (Self::Http1, _) => "loadline, HTTP/1.1",
            (Self::Reqwest, HttpVersion::Http1) => "reqwest, HTTP/1.1",
            (Self::Reqwest, HttpVersion::Http2) => "reqwest, HTTP/2",
        }
    }

    /// The name of the timer that its lanes wait by.
    pub fn timer(self) -> String {
        match self {
            Self::Http1 => super::http1::timer_name().to_owned(),
            Self::Reqwest => timer_name(),
        }
    }
}
