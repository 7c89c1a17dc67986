//! `backoff`: the wait before a retry, in general and for kinds of failures.

use crate::retry::FailureKind;
use crate::retry::backoff::{Backoff, Backoffs, Shape};
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;
use crate::units::{Nanos, Ratio};

/// The part that proportional jitter gives or takes, unless it is said: gRPC's.
const PROPORTION: f64 = 0.2;

/// The waits of a policy in the making: what holds in general, and what is other for a kind of failure. Both are kept, so that a
/// change of the general values reaches the kinds that do not have their own.
pub(super) struct Waits {
    shape: Shape,
    base: Nanos,
    multiplier: f64,
    cap: Nanos,
    step: Option<Nanos>,
    jitter: Option<Ratio>,
    throttling: Kind,
    transient: Kind,
    timeout: Kind,
}

/// What is other for a kind of failure.
#[derive(Clone, Copy, Default)]
struct Kind {
    shape: Option<Shape>,
    base: Option<Nanos>,
    multiplier: Option<f64>,
    cap: Option<Nanos>,
}

impl Waits {
    /// Takes the waits of a preset apart. Those after passing trouble are the general ones.
    pub(super) fn new(backoffs: &Backoffs) -> Self {
        let general = backoffs.transient;
        let proportional = general.shape == Shape::ProportionalJitter;
        Self {
            shape: general.shape,
            base: general.base,
            multiplier: general.multiplier,
            cap: general.cap,
            step: (general.step != general.base).then_some(general.step),
            jitter: proportional.then_some(general.jitter),
            throttling: Kind::apart(&backoffs.throttling, &general),
            transient: Kind::default(),
            timeout: Kind::apart(&backoffs.timeout, &general),
        }
    }

    /// Writes a definition over them.
    pub(super) fn apply(&mut self, written: &written::Backoff, node: &Node, faults: &mut Vec<Fault>) {
        if let Some(shape) = written.shape.map(shape) {
            // A shape that is asked for is meant for every kind.
            self.shape = shape;
            for kind in [&mut self.throttling, &mut self.transient, &mut self.timeout] {
                kind.shape = None;
            }
        }
        self.base = written.base.as_ref().map_or(self.base, |base| base.0);
        self.multiplier = written.multiplier.unwrap_or(self.multiplier);
        self.cap = written.cap.as_ref().map_or(self.cap, |cap| cap.0);
        self.step = written.step.as_ref().map(|step| step.0).or(self.step);
        self.jitter = written.jitter.as_ref().map(|jitter| jitter.0).or(self.jitter);
        for (key, is_there, shape) in [
            ("step", written.step.is_some(), Shape::Linear),
            ("jitter", written.jitter.is_some(), Shape::ProportionalJitter),
        ] {
            if is_there && self.shape != shape {
                let fault = Fault::new(node.key_span(key), format!("`{key}` goes with `type: {}`", shape.word()));
                faults.push(fault.suggest(format!("remove it, or change the type, which is `{}`", self.shape.word())));
            }
        }
        if self.jitter.is_some_and(|jitter| jitter.get() > 1.0) {
            let fault = Fault::new(node.at("jitter").span, "a jitter above 100% would wait for less than no time");
            faults.push(fault.suggest("write at most `100%`"));
        }
        if let Some(kinds) = &written.by_kind {
            self.throttling.apply(kinds.throttling.as_ref());
            self.transient.apply(kinds.transient.as_ref());
            self.timeout.apply(kinds.timeout.as_ref());
        }
        self.check(written, node, faults);
    }

    fn check(&self, written: &written::Backoff, node: &Node, faults: &mut Vec<Fault>) {
        let kinds = written.by_kind.as_ref();
        let general = written.base.is_some() || written.cap.is_some();
        let places = [
            (FailureKind::Throttling, kinds.is_some_and(|kinds| kinds.throttling.is_some())),
            (FailureKind::Transient, kinds.is_some_and(|kinds| kinds.transient.is_some())),
            (FailureKind::Timeout, kinds.is_some_and(|kinds| kinds.timeout.is_some())),
        ];
        let all = self.backoffs();
        for (kind, is_written) in places {
            let backoff = all.of(kind);
            if !(general || is_written) || backoff.shape == Shape::Constant || backoff.cap >= backoff.base {
                continue;
            }
            let place = if is_written { node.at("by_kind").at(kind.word()) } else { node };
            let message = format!("the cap of {} is below the base of {}", backoff.cap, backoff.base);
            let fault = Fault::new(place.get("cap").unwrap_or(place.at("base")).span, message);
            faults.push(fault.suggest("raise the `cap`, or lower the `base`"));
        }
    }

    /// What has come of them.
    pub(super) fn finish(&self) -> Backoffs {
        self.backoffs()
    }

    fn backoffs(&self) -> Backoffs {
        Backoffs {
            throttling: self.with(self.throttling),
            transient: self.with(self.transient),
            timeout: self.with(self.timeout),
        }
    }

    fn with(&self, kind: Kind) -> Backoff {
        let base = kind.base.unwrap_or(self.base);
        let shape = kind.shape.unwrap_or(self.shape);
        let jitter = match shape {
            Shape::ProportionalJitter => self.jitter.or(Ratio::new(PROPORTION).ok()).unwrap_or_default(),
            _ => Ratio::ZERO,
        };
        Backoff {
            shape,
            base,
            multiplier: kind.multiplier.unwrap_or(self.multiplier),
            cap: kind.cap.unwrap_or(self.cap),
            step: self.step.unwrap_or(base),
            jitter,
        }
    }
}

impl Kind {
    /// How a kind's backoff differs from the general one.
    #[expect(clippy::float_cmp, reason = "the very same number, or another one that somebody wrote")]
    fn apart(own: &Backoff, general: &Backoff) -> Self {
        Self {
            shape: (own.shape != general.shape).then_some(own.shape),
            base: (own.base != general.base).then_some(own.base),
            multiplier: (own.multiplier != general.multiplier).then_some(own.multiplier),
            cap: (own.cap != general.cap).then_some(own.cap),
        }
    }

    fn apply(&mut self, written: Option<&written::KindBackoff>) {
        let Some(written) = written else { return };
        self.base = written.base.as_ref().map(|base| base.0).or(self.base);
        self.multiplier = written.multiplier.or(self.multiplier);
        self.cap = written.cap.as_ref().map(|cap| cap.0).or(self.cap);
    }
}

fn shape(written: written::Shape) -> Shape {
    match written {
        written::Shape::Constant => Shape::Constant,
        written::Shape::Linear => Shape::Linear,
        written::Shape::Exponential => Shape::Exponential,
        written::Shape::FullJitter => Shape::FullJitter,
        written::Shape::EqualJitter => Shape::EqualJitter,
        written::Shape::DecorrelatedJitter => Shape::DecorrelatedJitter,
        written::Shape::ProportionalJitter => Shape::ProportionalJitter,
        written::Shape::Fibonacci => Shape::Fibonacci,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::PRESETS;

    #[test]
    fn a_preset_taken_apart_is_the_preset() {
        for (name, _, make) in PRESETS {
            let preset = make();
            assert_eq!(Waits::new(&preset.backoff).finish(), preset.backoff, "{name}");
        }
    }
}
