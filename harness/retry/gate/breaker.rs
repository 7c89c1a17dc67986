//! The circuit breaker.

use super::spec::BreakerSpec;
use super::was_taken;
use crate::retry::Ended;
use crate::units::{Nanos, Ratio};

/// Closed while few enough of the last attempts failed; open, when nothing goes, for a time; then half open: some attempts go, and
/// decide together. Source: resilience4j's `CircuitBreaker` with windows that count calls, as documented and as in
/// `CircuitBreakerStateMachine.java`. As there, an attempt that began before it opened and ends while it is half open is among
/// those that decide. An answer that the request was wrong is no failure of the service.
///
/// With `only_retries` it has no states: retries go while few enough of the last attempts failed. First attempts, which go all the
/// same, are its probes.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    spec: BreakerSpec,
    state: State,
    window: Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Nanos },
    HalfOpen { permits: u32, ended: u32, failed: u32 },
}

impl Breaker {
    pub(super) fn new(spec: BreakerSpec) -> Self {
        Self { spec, state: State::Closed, window: Window::new(spec.window) }
    }

    /// Whether attempts have to ask it; otherwise only retries do.
    pub(super) fn gates_all(&self) -> bool {
        !self.spec.only_retries
    }

    /// Whether an attempt goes; takes a permit where they are counted.
    pub(super) fn lets_pass(&mut self, now: Nanos) -> bool {
        match &mut self.state {
            _ if self.spec.only_retries => true,
            State::Closed => true,
            State::Open { until } if now < *until => false,
            State::Open { .. } => {
                let permits = self.spec.half_open_calls.saturating_sub(1);
                self.state = State::HalfOpen { permits, ended: 0, failed: 0 };
                true
            }
            State::HalfOpen { permits: 0, .. } => false,
            State::HalfOpen { permits, .. } => {
                *permits -= 1;
                true
            }
        }
    }

    /// Whether a retry is out of the question. Only where first attempts always go; otherwise all ask as they are sent.
    pub(super) fn refuses_retries(&self) -> bool {
        self.spec.only_retries && self.window.fails(&self.spec)
    }

    /// Gives back a permit of an attempt of which nothing will be heard.
    pub(super) fn release(&mut self) {
        if let State::HalfOpen { permits, ended, .. } = &mut self.state {
            *permits = (*permits + 1).min(self.spec.half_open_calls.saturating_sub(*ended));
        }
    }

    pub(super) fn end(&mut self, now: Nanos, ended: Ended) {
        let Some(taken) = was_taken(ended) else {
            self.release();
            return;
        };
        match &mut self.state {
            State::Closed => {
                self.window.push(!taken);
                if self.gates_all() && self.window.fails(&self.spec) {
                    self.open(now);
                }
            }
            // Sent before it opened; what is known by then is enough.
            State::Open { .. } => {}
            State::HalfOpen { ended, failed, .. } => {
                *ended += 1;
                *failed += u32::from(!taken);
                if *ended >= self.spec.half_open_calls {
                    if reaches(*failed, *ended, self.spec.failure_rate) {
                        self.open(now);
                    } else {
                        self.state = State::Closed;
                        self.window.clear();
                    }
                }
            }
        }
    }

    fn open(&mut self, now: Nanos) {
        self.state = State::Open { until: now + self.spec.open_for };
    }
}

/// Whether so many failures are too many.
fn reaches(failed: u32, ended: u32, rate: Ratio) -> bool {
    f64::from(failed) >= rate.get() * f64::from(ended)
}

/// Whether the last attempts failed.
#[derive(Clone, Debug)]
struct Window {
    failed: Box<[bool]>,
    next: usize,
    len: u32,
    failures: u32,
}

impl Window {
    fn new(length: u32) -> Self {
        Self { failed: vec![false; length.max(1) as usize].into(), next: 0, len: 0, failures: 0 }
    }

    fn push(&mut self, failed: bool) {
        let old = std::mem::replace(&mut self.failed[self.next], failed);
        self.next = (self.next + 1) % self.failed.len();
        self.failures = self.failures + u32::from(failed) - u32::from(old);
        self.len = (self.len + 1).min(self.failed.len() as u32);
    }

    fn clear(&mut self) {
        self.failed.fill(false);
        (self.next, self.len, self.failures) = (0, 0, 0);
    }

    /// Whether there are enough attempts to judge by, and too many of them failed.
    fn fails(&self, spec: &BreakerSpec) -> bool {
        // A window shorter than what it needs would never judge.
        self.len >= spec.min_calls.min(self.failed.len() as u32) && reaches(self.failures, self.len, spec.failure_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::FailureKind;

    fn breaker(only_retries: bool) -> Breaker {
        Breaker::new(BreakerSpec {
            failure_rate: Ratio::new(0.5).expect("a part"),
            window: 4,
            min_calls: 4,
            open_for: Nanos::from_secs(10),
            half_open_calls: 2,
            only_retries,
        })
    }

    const CLOSED: State = State::Closed;

    fn open(until_s: u64) -> State {
        State::Open { until: Nanos::from_secs(until_s) }
    }

    fn half_open(permits: u32, ended: u32, failed: u32) -> State {
        State::HalfOpen { permits, ended, failed }
    }

    /// What happens, a letter an event: `a` an attempt asks and goes, `n` one asks and does not; `g` one ends well, `t` throttled,
    /// `w` with the answer that the request was wrong, `c` cancelled.
    fn happen(breaker: &mut Breaker, now: Nanos, events: &str) {
        let failed = |kind| Ended::Failure { kind, service: Nanos::ZERO };
        for (number, event) in events.chars().enumerate() {
            match event {
                'a' => assert!(breaker.lets_pass(now), "{events}: {number} goes, {breaker:?}"),
                'n' => assert!(!breaker.lets_pass(now), "{events}: {number} does not go, {breaker:?}"),
                'g' => breaker.end(now, Ended::Success { service: Nanos::ZERO }),
                't' => breaker.end(now, failed(FailureKind::Throttling)),
                'w' => breaker.end(now, failed(FailureKind::Permanent)),
                'c' => breaker.end(now, Ended::Cancelled),
                _ => unreachable!("no such event"),
            }
        }
    }

    #[test]
    fn each_transition() {
        // From a state, at a second, these events lead to a state.
        let table = [
            (CLOSED, 1, "atatat", CLOSED, "three are too few to judge"),
            (CLOSED, 1, "agagatagag", CLOSED, "one in four is below the rate"),
            (CLOSED, 1, "agagatat", open(11), "two in four reach it"),
            (CLOSED, 1, "atatawaw", open(11), "judged when there are enough"),
            (CLOSED, 1, "agagagagatat", open(11), "the oldest drop out of the window"),
            (CLOSED, 1, "atatacagag", open(11), "what nobody waited for does not count"),
            (open(11), 10, "nnn", open(11), "nothing goes"),
            (open(11), 10, "gggg", open(11), "late replies change nothing"),
            (open(11), 11, "a", half_open(1, 0, 0), "the wait is over"),
            (open(11), 11, "aan", half_open(0, 0, 0), "two permits"),
            (open(11), 11, "aancan", half_open(0, 0, 0), "a permit comes back"),
            (open(11), 11, "aagn", half_open(0, 1, 0), "all that were let through decide, not the first"),
            (open(11), 11, "aagg", CLOSED, "well"),
            (open(11), 11, "aagw", CLOSED, "wrong requests are no failures"),
            (open(11), 11, "aagt", open(21), "half is too many again"),
            (open(11), 11, "aaggagagat", CLOSED, "it counts anew once it is closed"),
        ];
        for (from, at_s, events, to, why) in table {
            let mut breaker = breaker(false);
            breaker.state = from;
            happen(&mut breaker, Nanos::from_secs(at_s), events);
            assert_eq!(breaker.state, to, "{events}: {why}");
        }
    }

    #[test]
    fn a_breaker_for_retries_lets_first_attempts_go_and_recovers_by_them() {
        let mut breaker = breaker(true);
        happen(&mut breaker, Nanos::ZERO, "atatat");
        assert!(!breaker.refuses_retries(), "three are too few to judge");
        happen(&mut breaker, Nanos::ZERO, "at");
        assert!(breaker.refuses_retries());
        happen(&mut breaker, Nanos::ZERO, "agag");
        assert!(breaker.refuses_retries(), "half");
        happen(&mut breaker, Nanos::ZERO, "ag");
        assert!(!breaker.refuses_retries());
    }
}
