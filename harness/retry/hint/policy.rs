//! How far a hint is believed.

use super::headers::HintHeaders;
use crate::api::{Hints, Pushback};
use crate::units::{Nanos, Ratio};

/// How far a hint is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintUse {
    /// Not at all.
    Ignore,
    /// The wait is at least the hint.
    AtLeast,
    /// The wait is the hint.
    Exact,
    /// The wait is the hint, but not shorter than the own backoff and not longer than it plus `add`: the rule of AWS's
    /// standard mode 2.1 with `add` = 5 s.
    Clamp {
        /// How much longer than the own backoff the wait may get.
        add: Nanos,
    },
}

/// What a policy does with hints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HintPolicy {
    /// How far they are believed.
    pub mode: HintUse,
    /// A hint above this is cut to it: a server that confuses seconds with an epoch must not stop a client for 50 years.
    pub max: Nanos,
    /// How much is added on top, uniform in [0, min(1 s, jitter · hint)): without it every client returns at the same
    /// instant.
    pub jitter: Ratio,
    /// Which header fields count.
    pub headers: HintHeaders,
}

/// What the hint that counts says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing that counts.
    Nothing,
    /// Come back after that long.
    Wait(Nanos),
    /// Do not come back.
    Stop,
}

impl HintPolicy {
    /// The longest hint that counts in full, unless a policy says otherwise.
    pub const MAX: Nanos = Nanos::from_secs(60);

    /// The most that jitter adds.
    const MOST_JITTER: Nanos = Nanos::from_secs(1);

    /// Reads nothing.
    pub const IGNORE: Self =
        Self { mode: HintUse::Ignore, max: Self::MAX, jitter: Ratio::ZERO, headers: HintHeaders::ALL };

    /// The hint that counts: the first of the field names in the order of [`HintHeader`](super::HintHeader) that this policy listens
    /// to, cut to `max`.
    pub fn pick(&self, hints: &Hints) -> Said {
        if self.mode == HintUse::Ignore {
            return Said::Nothing;
        }
        match self.headers.iter().find_map(|header| header.of(hints)) {
            Some(Pushback::Wait(hint)) => Said::Wait(hint.min(self.max)),
            Some(Pushback::Stop) => Said::Stop,
            None => Said::Nothing,
        }
    }

    /// The wait, given the own backoff, the hint that counts, and a uniform draw in [0, 1).
    pub fn wait(&self, backoff: Nanos, hint: Nanos, unit: f64) -> Nanos {
        let wait = match self.mode {
            HintUse::Ignore => return backoff,
            HintUse::AtLeast => hint.max(backoff),
            HintUse::Exact => hint,
            HintUse::Clamp { add } => hint.clamp(backoff, backoff + add),
        };
        let spread = hint.scale(self.jitter.get()).min(Self::MOST_JITTER);
        wait + spread.scale(unit)
    }

    /// The longest wait that any hint makes of an own backoff of at most this.
    pub fn longest(&self, backoff: Nanos) -> Nanos {
        self.wait(backoff, self.max, 1.0).max(backoff)
    }
}
