//! How clients fare beside each other.

use rustc_hash::FxHashMap;

use crate::record::CallTrace;
use crate::units::Nanos;

/// What is kept of a client while its calls are gone through in the order of their ends.
#[derive(Debug, Default)]
struct Share {
    calls: u64,
    successes: u64,
    /// Its last success; a wait does not reach back beyond it.
    served: Nanos,
    /// Spans since then in which a call of it was under way, apart from each other and in order.
    hungry: Vec<(Nanos, Nanos)>,
    longest: Nanos,
}

impl Share {
    /// A call that was under way from `due` to `done`, the latest end so far.
    fn add(&mut self, due: Nanos, done: Nanos, ok: bool) {
        self.calls += 1;
        self.successes += u64::from(ok);
        let mut from = due.max(self.served);
        // Spans that touch it are one wait: somebody of this client was waiting all the time.
        while let Some((begin, _)) = self.hungry.pop_if(|(_, end)| *end >= from) {
            from = from.min(begin);
        }
        self.longest = self.longest.max(done - from);
        if ok {
            self.served = done;
            self.hungry.clear();
        } else {
            self.hungry.push((from, done));
        }
    }

    fn ratio(&self) -> f64 {
        self.successes as f64 / self.calls as f64
    }
}

/// How evenly clients were served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fairness {
    /// Jain's index of success ratios (Jain, Chiu and Hawe, DEC-TR-301, 1984).
    pub(super) jain: f64,
    /// The worst ratio over the best.
    pub(super) min_max: f64,
    /// The longest that a client with a call under way went without a success.
    pub(super) starvation: Nanos,
}

/// Measures calls that come in the order of their ends. Clients without a call do not count; where nobody had a
/// success, all are equal.
pub(super) fn fairness<'a>(calls: impl Iterator<Item = &'a CallTrace>) -> Fairness {
    let mut shares: FxHashMap<u32, Share> = FxHashMap::default();
    for call in calls {
        shares.entry(call.client).or_default().add(call.due, call.done, call.is_ok());
    }
    // Summed in the order of clients: a sum of floats depends on it in its last digit.
    let mut ratios: Vec<(u32, f64)> = shares.iter().map(|(client, share)| (*client, share.ratio())).collect();
    ratios.sort_unstable_by_key(|(client, _)| *client);
    let (sum, squares) = ratios.iter().fold((0.0, 0.0), |(sum, squares), (_, x)| (sum + x, squares + x * x));
    let extremes = ratios.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (_, x)| (low.min(*x), high.max(*x)));
    Fairness {
        jain: if squares > 0.0 { sum * sum / (ratios.len() as f64 * squares) } else { 1.0 },
        min_max: if extremes.1 > 0.0 { extremes.0 / extremes.1 } else { 1.0 },
        starvation: shares.values().map(|share| share.longest).max().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starvation(calls: &[(u64, u64, bool)]) -> Nanos {
        let mut share = Share::default();
        for &(due, done, ok) in calls {
            share.add(Nanos::from_secs(due), Nanos::from_secs(done), ok);
        }
        share.longest
    }

    #[test]
    fn a_wait_goes_on_while_any_call_is_under_way_and_ends_with_a_success() {
        let check =
            |calls: &[(u64, u64, bool)], seconds| assert_eq!(starvation(calls), Nanos::from_secs(seconds), "{calls:?}");
        check(&[(0, 3, true)], 3);
        // A pause without a call is no wait.
        check(&[(0, 3, false), (5, 9, false)], 4);
        // One call after another without a gap is one wait.
        check(&[(0, 3, false), (3, 9, false)], 9);
        check(&[(0, 5, false), (4, 9, true)], 9);
        // A long call bridges what looked like two waits.
        check(&[(0, 2, false), (4, 6, false), (1, 10, false)], 10);
        // After a success the wait starts anew, though a call was under way all along.
        check(&[(2, 4, true), (0, 9, false)], 5);
    }
}
