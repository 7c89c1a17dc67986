//! All that stands between a client and the wire, in the order in which it is asked: the breaker, which says no for good, before the
//! throttle, which may make an attempt wait, before the limit on attempts in flight, which holds a place as long as they last.

use super::breaker::Breaker;
use super::concurrency::Concurrency;
use super::throttle::Throttle;
use crate::retry::{Ended, Passage, Policy, Reason};
use crate::units::Nanos;

/// The gates of one client. Only the head of its line asks, so at most one attempt is on its way through them.
#[derive(Clone, Debug)]
pub(in crate::retry) struct Gates {
    breaker: Option<Breaker>,
    throttle: Option<Throttle>,
    concurrency: Option<Concurrency>,
    /// How far the attempt has come that was told to wait.
    behind: Behind,
}

/// Which gates an attempt has behind it; what it took there it keeps while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    Nothing,
    Breaker,
    Throttle,
}

impl Gates {
    /// Those of a policy; `None` where it has none.
    pub(in crate::retry) fn new(policy: &Policy) -> Option<Box<Self>> {
        let gates = Self {
            breaker: policy.breaker.map(Breaker::new),
            throttle: policy.throttle.map(Throttle::new),
            concurrency: policy.concurrency.as_ref().map(Concurrency::new),
            behind: Behind::Nothing,
        };
        let any = gates.breaker.is_some() || gates.throttle.is_some() || gates.concurrency.is_some();
        any.then(|| Box::new(gates))
    }

    /// Whether every attempt has to ask.
    pub(in crate::retry) fn ask_all(&self) -> bool {
        self.throttle.is_some() || self.concurrency.is_some() || self.breaker.as_ref().is_some_and(Breaker::gates_all)
    }

    /// Whether a retry is refused before it waits for anything.
    pub(in crate::retry) fn refuse_retries(&self) -> bool {
        self.breaker.as_ref().is_some_and(Breaker::refuses_retries)
    }

    /// Whether an attempt may pass; see [`Client::pass`](crate::retry::Client::pass).
    pub(in crate::retry) fn pass(&mut self, now: Nanos, asked_before: bool, unit: f64) -> Passage {
        if !asked_before {
            // Whoever was told to wait before has left the line.
            self.take_back(now);
        }
        if self.behind < Behind::Breaker {
            if self.breaker.as_mut().is_some_and(|breaker| !breaker.lets_pass(now)) {
                return Passage::Refused(Reason::CircuitOpen);
            }
            self.behind = Behind::Breaker;
        }
        if self.behind < Behind::Throttle {
            match self.throttle.as_mut().map_or(Passage::Go, |throttle| throttle.pass(now, unit)) {
                Passage::Go => self.behind = Behind::Throttle,
                Passage::Refused(reason) => {
                    self.take_back(now);
                    return Passage::Refused(reason);
                }
                wait @ (Passage::At(_) | Passage::AfterAnother) => return wait,
            }
        }
        if self.concurrency.as_mut().is_some_and(|concurrency| !concurrency.take(now)) {
            return Passage::AfterAnother;
        }
        self.behind = Behind::Nothing;
        Passage::Go
    }

    /// An attempt that passed is over, or will never be sent.
    pub(in crate::retry) fn end(&mut self, now: Nanos, ended: Ended) {
        if let Some(breaker) = &mut self.breaker {
            breaker.end(now, ended);
        }
        if let Some(throttle) = &mut self.throttle {
            throttle.end(now, ended);
        }
        if let Some(concurrency) = &mut self.concurrency {
            concurrency.end(ended);
        }
    }

    /// Takes back what the attempt took that was on its way.
    fn take_back(&mut self, now: Nanos) {
        let behind = std::mem::replace(&mut self.behind, Behind::Nothing);
        if let Some(breaker) = self.breaker.as_mut().filter(|_| behind >= Behind::Breaker) {
            breaker.release();
        }
        if let Some(throttle) = self.throttle.as_mut().filter(|_| behind >= Behind::Throttle) {
            throttle.give_back(now);
        }
    }
}

#[cfg(test)]
#[path = "gates_tests.rs"]
mod tests;
