//! A limiter of any kind, with the options that all kinds share.

use super::kind::{Kind, Quota, State};
use crate::rng::{Key, Purpose};
use crate::units::{Nanos, Ratio};

/// The options that all kinds share. The default is a limiter that charges what it accepts and decides rightly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Whether a rejected request is charged, too, as far as there is anything left to take. A client that does not slow
    /// down is then not let in again.
    pub count_rejected: bool,
    /// A time of denial after each denial.
    pub penalty: Option<Penalty>,
    /// The chance that the limiter decides wrongly, as best-effort distributed ones do; at most one.
    pub noise: Ratio,
}

/// A time of denial after a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Penalty {
    /// How long everything is denied.
    pub lasting: Nanos,
    /// Whether each denial starts the time again.
    pub extend: bool,
}

/// Where a limiter stands among others, and in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The run's seed, for noise.
    pub seed: u64,
    /// Tells it from every other limiter, for noise.
    pub identity: u64,
    /// The time since the epoch at the instant zero, for windows that are aligned with it.
    pub epoch: Nanos,
}

/// A limiter of any kind.
///
/// It is asked with [`check`](Self::check). Then it is told what became of the request: [`charge`](Self::charge) if that was
/// let in, [`refuse`](Self::refuse) if not. One that minds when requests end hears that from [`finish`](Self::finish), or
/// [`release`](Self::release) where nothing was done.
///
/// The times that it is given must not go back.
#[derive(Clone, Debug)]
pub struct Limiter {
    state: State,
    options: Options,
    place: Place,
    /// The end of a penalty.
    denies_until: Nanos,
    /// Counts what it was told; names the draws of its noise.
    decisions: u64,
}

impl Limiter {
    /// A limiter to which nothing has come yet.
    pub fn new(kind: Kind, options: Options, place: Place) -> Self {
        let state = State::new(kind, place.epoch);
        Self { state, options, place, denies_until: Nanos::ZERO, decisions: 0 }
    }

    /// Whether a request of that cost would be accepted at `now`; takes nothing and changes no decision.
    ///
    /// # Errors
    /// The shortest wait after which it would be accepted if nothing else came; [`Nanos::MAX`] if it never would.
    pub fn check(&mut self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let verdict = self.judge(now, cost);
        if self.errs(now) {
            // A wrong denial has no reason that would ever end: the next decision is another throw of the dice.
            return if verdict.is_ok() { Err(Nanos::new(1)) } else { Ok(()) };
        }
        verdict
    }

    /// The shortest wait after which a request that was refused would be accepted, the penalty of that included.
    pub fn wait(&mut self, now: Nanos, cost: u32) -> Nanos {
        self.judge(now, cost).err().unwrap_or(Nanos::new(1))
    }

    fn judge(&mut self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let verdict = self.state.check(now, cost);
        if now >= self.denies_until {
            return verdict;
        }
        let left = self.denies_until - now;
        Err(verdict.err().map_or(left, |wait| wait.max(left)))
    }

    /// Takes the cost of a request that is let in, or what there is of it. Gives how long the request is held back.
    pub fn charge(&mut self, now: Nanos, cost: u32) -> Nanos {
        self.decisions += 1;
        self.state.charge(now, cost)
    }

    /// Hears that a request was turned away; `denied` says whether this limiter was among those that denied it.
    pub fn refuse(&mut self, now: Nanos, cost: u32, denied: bool) {
        self.decisions += 1;
        if self.options.count_rejected {
            self.state.charge_rejected(now, cost);
        }
        if let Some(Penalty { lasting, extend }) = self.options.penalty
            && denied
            && (extend || now >= self.denies_until)
        {
            self.denies_until = now + lasting;
        }
    }

    /// How long a request that was let in waits for its place, now that its work begins.
    pub fn begin(&mut self, now: Nanos) -> Nanos {
        match &mut self.state {
            State::Concurrency(concurrency) => concurrency.begin(now),
            _ => Nanos::ZERO,
        }
    }

    /// Hears when a request that was let in ends. `dropped` is one that found no room further on.
    pub fn finish(&mut self, now: Nanos, end: Nanos, dropped: bool) {
        match &mut self.state {
            State::Concurrency(concurrency) => concurrency.finish(now, end),
            State::Adaptive(adaptive) => adaptive.finish(now, end, dropped),
            _ => {}
        }
    }

    /// Hears that nothing was done with a request that was let in. Its place is free again; a token is gone, as with a
    /// service that throttles before it looks.
    pub fn release(&mut self, now: Nanos) {
        match &mut self.state {
            State::Concurrency(concurrency) => concurrency.finish(now, now),
            State::Adaptive(adaptive) => adaptive.release(),
            _ => {}
        }
    }

    /// Changes its parameters from `now` on; `to` is of the kind that it is.
    pub fn change(&mut self, now: Nanos, to: Kind) {
        self.state.change(now, to);
    }

    /// Whether it decides like a new one, so that it may be forgotten.
    pub fn is_fresh(&mut self, now: Nanos) -> bool {
        now >= self.denies_until && self.state.is_fresh(now)
    }

    /// How much of the limit is left.
    pub fn quota(&mut self, now: Nanos) -> Quota {
        self.state.quota(now)
    }

    /// Whether this decision is wrong. The instant is part of the key, because a limiter that was forgotten counts anew.
    fn errs(&self, now: Nanos) -> bool {
        let Place { seed, identity, .. } = self.place;
        let (purpose, call) = (Purpose::LimiterNoise, now.as_nanos());
        let key = Key { seed, purpose, client: identity, call, attempt: self.decisions };
        self.options.noise > Ratio::ZERO && key.unit() < self.options.noise.get()
    }
}
