//! Ending a run before its time.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::transport::{Alarm, Ring};

/// How far a run has to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Halt {
    /// Not at all.
    #[default]
    Go,
    /// The measurement ends; the audit and the teardown are still made.
    Measurement,
    /// Everything ends: someone asked for it.
    Everything,
}

impl Halt {
    fn from_level(level: u8) -> Self {
        match level {
            0 => Self::Go,
            1 => Self::Measurement,
            _ => Self::Everything,
        }
    }
}

/// Ends a run early; whoever holds a clone may raise it. It never goes back.
///
/// Looking at it is one atomic load, so a lane looks at every turn; a lane that waits is woken by its alarm.
#[derive(Clone, Debug, Default)]
pub struct HaltSwitch {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    level: AtomicU8,
    /// Whoever waits; gone with the wait that owns it.
    alarms: Mutex<Vec<Weak<Ring>>>,
}

impl HaltSwitch {
    /// A switch that nobody has raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far the run has to stop.
    pub fn level(&self) -> Halt {
        Halt::from_level(self.inner.level.load(Ordering::Acquire))
    }

    /// Raises the halt to a level, never lowers it, and wakes whoever waits.
    pub fn raise(&self, level: Halt) {
        self.inner.level.fetch_max(level as u8, Ordering::AcqRel);
        let alarms = self.inner.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        alarms.iter().filter_map(Weak::upgrade).for_each(|ring| ring());
    }

    /// Rings an alarm at every rise from here on, for as long as someone keeps the alarm.
    pub fn wake(&self, alarm: &Alarm) {
        let mut alarms = self.inner.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        alarms.retain(|ring| ring.strong_count() > 0);
        alarms.push(alarm.downgrade());
    }

    /// A switch of its own for one run of several: it follows this one upwards for as long as the alarm is kept, and not the other way,
    /// so that an `abort_when` ends one run and not all that come after it.
    pub fn follower(&self) -> (Self, Alarm) {
        let own = Self::new();
        let follower = own.clone();
        let alarm = Alarm::new(move || follower.raise(Halt::Everything));
        self.wake(&alarm);
        // It may have been raised before anybody listened.
        own.raise(self.level());
        (own, alarm)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn it_never_goes_back_and_wakes_only_those_who_still_wait() {
        let switch = HaltSwitch::new();
        let rung = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&rung);
        let alarm = Alarm::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        switch.wake(&alarm);
        assert_eq!(switch.level(), Halt::Go);
        switch.raise(Halt::Everything);
        switch.raise(Halt::Measurement);
        assert_eq!((switch.level(), rung.load(Ordering::Relaxed)), (Halt::Everything, 2));
        drop(alarm);
        switch.raise(Halt::Everything);
        assert_eq!(rung.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_follower_rises_with_its_leader_and_never_raises_it() {
        let leader = HaltSwitch::new();
        let (first, _link) = leader.follower();
        first.raise(Halt::Measurement);
        assert_eq!((leader.level(), first.level()), (Halt::Go, Halt::Measurement));
        let (second, _link) = leader.follower();
        leader.raise(Halt::Everything);
        assert_eq!((first.level(), second.level()), (Halt::Everything, Halt::Everything));
        let (late, _link) = leader.follower();
        assert_eq!(late.level(), Halt::Everything);
    }
}
