//! Which request is struck by which fault.

use super::config::{Fault, FaultKind, Window};
use super::operation::OperationKind;
use crate::rng::{Key, Purpose};
use crate::units::{Nanos, Ratio};

/// The configured faults, and how often each has been asked.
#[derive(Debug)]
pub(super) struct Faults {
    list: Vec<(Fault, u64)>,
    seed: u64,
    /// When the clock of the windows began; before, nothing that has a window strikes.
    origin: Option<Nanos>,
    /// Counts the connections; names their draws.
    connections: u64,
}

/// The `client` of the keys that decide over an event's error rate; a configured fault uses its own position.
const ERROR_RATE: u64 = u64::MAX;

impl Faults {
    pub(super) fn new(faults: &[Fault], seed: u64) -> Self {
        Self { list: faults.iter().map(|fault| (fault.clone(), 0)).collect(), seed, origin: None, connections: 0 }
    }

    /// Starts the clock of the windows; again, if it has been started before.
    pub(super) fn start(&mut self, at: Nanos) {
        self.origin = Some(at);
    }

    /// The first fault that strikes the request of that number.
    pub(super) fn strike(&mut self, now: Nanos, operation: OperationKind, request: u64) -> Option<&FaultKind> {
        let (seed, origin) = (self.seed, self.origin);
        let mut struck = None;
        for (index, (fault, asked)) in self.list.iter_mut().enumerate() {
            let meant = fault.operations.is_empty() || fault.operations.contains(&operation);
            let on_requests = !matches!(fault.kind, FaultKind::StallAccept { .. });
            if !meant || !on_requests || rest(fault.during, origin, now).is_none() {
                continue;
            }
            // Every fault counts every request that it is for, whether or not an earlier one has struck.
            *asked += 1;
            let due = fault.every.is_some_and(|every| asked.is_multiple_of(every));
            if struck.is_none() && (due || chance(fault.chance, seed, index as u64, request)) {
                struck = Some(&fault.kind);
            }
        }
        struck
    }

    /// How long the listener lets the next connection wait, and all that come after it.
    pub(super) fn stall_accept(&mut self, now: Nanos) -> Nanos {
        let (seed, origin, connection) = (self.seed, self.origin, self.connections);
        self.connections += 1;
        let mut longest = Nanos::ZERO;
        for (index, (fault, asked)) in self.list.iter_mut().enumerate() {
            let FaultKind::StallAccept { lasts } = fault.kind else { continue };
            let Some(rest) = rest(fault.during, origin, now) else { continue };
            *asked += 1;
            let due = fault.every.is_some_and(|every| asked.is_multiple_of(every));
            if due || chance(fault.chance, seed, index as u64, connection) {
                longest = longest.max(lasts.min(rest));
            }
        }
        longest
    }

    /// Whether an event's error rate strikes the request of that number.
    pub(super) fn errs(&self, rate: Ratio, request: u64) -> bool {
        chance(rate, self.seed, ERROR_RATE, request)
    }
}

/// How much of its window is left to a fault; nothing outside of it.
fn rest(during: Option<Window>, origin: Option<Nanos>, now: Nanos) -> Option<Nanos> {
    let Some(Window { at, lasts }) = during else { return Some(Nanos::MAX) };
    let begin = origin? + at;
    // `Nanos::MAX` is never, even where `now` says so.
    let end = begin + lasts;
    (begin <= now && (now < end || lasts == Nanos::MAX)).then(|| end - now)
}

fn chance(chance: Ratio, seed: u64, client: u64, call: u64) -> bool {
    chance.get() > 0.0 && Key { seed, purpose: Purpose::Fault, client, call, attempt: 0 }.unit() < chance.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::config::WireFault;

    fn fault(chance: f64, every: Option<u64>, kind: WireFault) -> Fault {
        let chance = Ratio::new(chance).expect("a ratio");
        let operations = vec![OperationKind::GetMeeting];
        Fault { operations, chance, every, during: None, kind: FaultKind::Wire(kind) }
    }

    #[test]
    fn a_fault_strikes_its_operations_by_chance_or_by_count() {
        let mut faults = Faults::new(&[fault(0.1, None, WireFault::Stall), fault(0.0, Some(3), WireFault::Garbage)], 1);
        let mut by_chance = 0;
        for request in 0..3_000 {
            assert_eq!(faults.strike(Nanos::ZERO, OperationKind::DeleteMeeting, request), None);
            match faults.strike(Nanos::ZERO, OperationKind::GetMeeting, request) {
                Some(FaultKind::Wire(WireFault::Stall)) => by_chance += 1,
                Some(_) => assert_eq!(request % 3, 2),
                None => assert_ne!(request % 3, 2),
            }
        }
        assert!((240..360).contains(&by_chance), "{by_chance}");
    }

    #[test]
    fn a_window_counts_from_the_start_of_the_events() {
        let window = Window { at: Nanos::from_secs(10), lasts: Nanos::from_secs(5) };
        let mut faults = Faults::new(&[Fault { during: Some(window), ..fault(0.0, Some(2), WireFault::Garbage) }], 1);
        let strikes =
            |faults: &mut Faults, secs| faults.strike(Nanos::from_secs(secs), OperationKind::GetMeeting, 0).is_some();
        assert_eq!([12, 12].map(|now| strikes(&mut faults, now)), [false, false], "not started");
        faults.start(Nanos::from_secs(2));
        // Only what comes inside the window is counted.
        assert_eq!(
            [11, 12, 13, 15, 16, 17].map(|now| strikes(&mut faults, now)),
            [false, false, true, false, true, false]
        );
    }

    #[test]
    fn a_listener_stalls_for_connections_and_not_beyond_the_window() {
        let window = Window { at: Nanos::from_secs(10), lasts: Nanos::from_secs(5) };
        let kind = FaultKind::StallAccept { lasts: Nanos::from_secs(3) };
        let stall = Fault { operations: vec![], chance: Ratio::ZERO, every: Some(1), during: Some(window), kind };
        let mut faults = Faults::new(&[stall], 1);
        faults.start(Nanos::ZERO);
        assert_eq!(faults.strike(Nanos::from_secs(11), OperationKind::GetMeeting, 0), None);
        let waits = [9, 10, 13, 15].map(|now| faults.stall_accept(Nanos::from_secs(now)));
        assert_eq!(waits, [0, 3, 2, 0].map(Nanos::from_secs));
    }
}
