//! A client's own throttle, of any kind.

use super::admission_control::AdmissionControl;
use super::cubic::Cubic;
use super::fixed::Fixed;
use super::spec::ThrottleSpec;
use super::sre::Sre;
use crate::retry::{Ended, FailureKind, Passage, Reason};
use crate::units::Nanos;

/// Its state.
#[derive(Clone, Debug)]
pub(super) enum Throttle {
    Sre(Sre),
    AdmissionControl(AdmissionControl),
    Cubic(Cubic),
    Fixed(Fixed),
}

impl Throttle {
    pub(super) fn new(spec: ThrottleSpec) -> Self {
        match spec {
            ThrottleSpec::Sre { k, window } => Self::Sre(Sre::new(k, window)),
            ThrottleSpec::AdmissionControl { threshold, aggression, window, floor, most } => {
                Self::AdmissionControl(AdmissionControl::new(threshold, aggression, window, floor, most))
            }
            ThrottleSpec::Cubic(spec) => Self::Cubic(Cubic::new(spec)),
            ThrottleSpec::Fixed { rate, burst } => Self::Fixed(Fixed::new(rate, burst)),
        }
    }

    /// Lets an attempt go, or says when to ask again, or refuses it. `unit` is a uniform draw in [0, 1).
    pub(super) fn pass(&mut self, now: Nanos, unit: f64) -> Passage {
        let taken = match self {
            Self::Sre(sre) => return drawn(sre.lets_pass(now, unit)),
            Self::AdmissionControl(control) => return drawn(control.lets_pass(now, unit)),
            Self::Cubic(cubic) => cubic.take(now),
            Self::Fixed(fixed) => fixed.take(now),
        };
        taken.map_or_else(Passage::At, |()| Passage::Go)
    }

    /// An attempt that it let go was not sent.
    pub(super) fn give_back(&mut self, now: Nanos) {
        match self {
            Self::Sre(sre) => sre.end(now, Ended::NeverSent),
            Self::AdmissionControl(_) => {}
            Self::Cubic(cubic) => cubic.give_back(now),
            Self::Fixed(fixed) => fixed.give_back(now),
        }
    }

    /// An attempt that it let go is over.
    pub(super) fn end(&mut self, now: Nanos, ended: Ended) {
        match (self, ended) {
            (throttle, Ended::NeverSent) => throttle.give_back(now),
            (Self::Sre(sre), ended) => sre.end(now, ended),
            (Self::AdmissionControl(control), ended) => control.end(now, ended),
            // What was sent has used its token, and taught nothing where nobody waited for the reply.
            (Self::Fixed(_), _) | (Self::Cubic(_), Ended::Cancelled) => {}
            (Self::Cubic(cubic), ended) => {
                cubic.reply(now, matches!(ended, Ended::Failure { kind: FailureKind::Throttling, .. }));
            }
        }
    }
}

fn drawn(goes: bool) -> Passage {
    if goes { Passage::Go } else { Passage::Refused(Reason::ClientThrottle) }
}
