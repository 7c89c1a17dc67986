//! The attempts of one call that are on the wire: nearly always one, and with hedging a few.

use crate::retry::AttemptKind;
use crate::units::Nanos;

/// An attempt on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    /// Its number in the lane.
    pub(super) serial: u32,
    /// When it was sent.
    pub(super) sent: Nanos,
    /// Which of its call's attempts it is.
    pub(super) kind: AttemptKind,
    /// Whether a hint of the server decided when it was sent.
    pub(super) after_hint: bool,
}

/// All of a call. The first has its place here; only hedging needs more room than that, and takes it from the heap.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights {
    first: Option<Flight>,
    more: Vec<Flight>,
}

impl Flights {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none() && self.more.is_empty()
    }

    /// Whether this one is among them.
    pub(super) fn contains(&self, serial: u32) -> bool {
        self.first.iter().chain(&self.more).any(|flight| flight.serial == serial)
    }

    /// When this one was sent, if it is among them.
    pub(super) fn sent(&self, serial: u32) -> Option<Nanos> {
        self.first.iter().chain(&self.more).find(|flight| flight.serial == serial).map(|flight| flight.sent)
    }

    /// One more.
    pub(super) fn push(&mut self, flight: Flight) {
        match &mut self.first {
            place @ None => *place = Some(flight),
            Some(_) => self.more.push(flight),
        }
    }

    /// One is over.
    pub(super) fn take(&mut self, serial: u32) -> Option<Flight> {
        if self.first.is_some_and(|flight| flight.serial == serial) {
            return self.first.take();
        }
        let index = self.more.iter().position(|flight| flight.serial == serial)?;
        Some(self.more.swap_remove(index))
    }

    /// Any of them.
    pub(super) fn pop(&mut self) -> Option<Flight> {
        self.first.take().or_else(|| self.more.pop())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_and_by_its_own_number() {
        let mut flights = Flights::default();
        let flight = |serial| Flight { serial, sent: Nanos::ZERO, kind: AttemptKind::Hedge, after_hint: false };
        (1..=3).for_each(|serial| flights.push(flight(serial)));
        assert!(flights.contains(1) && flights.contains(3) && !flights.contains(4));
        assert_eq!(flights.take(1), Some(flight(1)));
        assert_eq!(flights.take(1), None);
        flights.push(flight(4));
        let left: Vec<u32> = std::iter::from_fn(|| flights.pop()).map(|flight| flight.serial).collect();
        assert_eq!((left.len(), flights.is_empty()), (3, true), "{left:?}");
    }
}
