//! Which request is struck by which fault.

use super::config::{Fault, FaultKind};
use super::operation::OperationKind;
use crate::rng::{Key, Purpose};
use crate::units::Ratio;

/// The configured faults, and how often each has been asked.
#[derive(Debug)]
pub(super) struct Faults {
    faults: Vec<(Fault, u64)>,
    seed: u64,
}

/// The `client` of the keys that decide over an event's error rate; a configured fault uses its own position.
const ERROR_RATE: u64 = u64::MAX;

impl Faults {
    pub(super) fn new(faults: &[Fault], seed: u64) -> Self {
        Self { faults: faults.iter().map(|fault| (fault.clone(), 0)).collect(), seed }
    }

    /// The first fault that strikes the request of that number.
    pub(super) fn strike(&mut self, operation: OperationKind, request: u64) -> Option<&FaultKind> {
        let seed = self.seed;
        let mut struck = None;
        for (index, (fault, asked)) in self.faults.iter_mut().enumerate() {
            if !fault.operations.is_empty() && !fault.operations.contains(&operation) {
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

    /// Whether an event's error rate strikes the request of that number.
    pub(super) fn errs(&self, rate: Ratio, request: u64) -> bool {
        chance(rate, self.seed, ERROR_RATE, request)
    }
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
        Fault { operations: vec![OperationKind::GetMeeting], chance, every, kind: FaultKind::Wire(kind) }
    }

    #[test]
    fn a_fault_strikes_its_operations_by_chance_or_by_count() {
        let mut faults = Faults::new(&[fault(0.1, None, WireFault::Stall), fault(0.0, Some(3), WireFault::Garbage)], 1);
        let mut by_chance = 0;
        for request in 0..3_000 {
            assert_eq!(faults.strike(OperationKind::DeleteMeeting, request), None);
            match faults.strike(OperationKind::GetMeeting, request) {
                Some(FaultKind::Wire(WireFault::Stall)) => by_chance += 1,
                Some(_) => assert_eq!(request % 3, 2),
                None => assert_ne!(request % 3, 2),
            }
        }
        assert!((240..360).contains(&by_chance), "{by_chance}");
    }
}
