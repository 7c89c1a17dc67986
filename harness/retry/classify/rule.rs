//! Exceptions from the usual classification.

use super::{Facts, FailureKind};
use crate::api::{Noted, StatusSet, WireError};

/// What a rule says of the attempts that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It succeeded, whatever its status is.
    Success,
    /// It failed so.
    Failure(FailureKind),
}

/// One exception to the default classification. Every condition that is given must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The statuses it is for.
    pub statuses: Option<StatusSet>,
    /// The error code it is for.
    pub code: Option<Box<str>>,
    /// The header fields of which the reply has at least one.
    pub headers: Option<Noted>,
    /// The wire errors it is for.
    pub wire: Option<Vec<WireError>>,
    /// What such an attempt is.
    pub verdict: Verdict,
}

impl Rule {
    /// A rule without conditions, for others to be made from.
    pub const fn always(verdict: Verdict) -> Self {
        Self { statuses: None, code: None, headers: None, wire: None, verdict }
    }

    pub(super) fn fits(&self, facts: &Facts<'_>) -> bool {
        let status = self.statuses.is_none_or(|set| facts.status.is_ok_and(|status| set.contains(status)));
        let code = self.code.as_deref().is_none_or(|code| facts.code == Some(code));
        let headers = self.headers.is_none_or(|headers| headers.meets(facts.noted));
        let wire = self.wire.as_ref().is_none_or(|wire| facts.status.is_err_and(|error| wire.contains(&error)));
        status && code && headers && wire
    }
}
