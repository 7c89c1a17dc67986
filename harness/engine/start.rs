//! The common begin of all lanes of a phase.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::time::MonotonicClock;
use crate::units::Nanos;

/// Lets lanes begin at the same instant, as soon as each of them is set up: no head start has to be guessed, and none is
/// waited for in vain.
#[derive(Debug)]
pub(super) struct CommonStart {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// So many lanes are not set up yet.
    Waiting(usize),
    /// They began.
    Begun(Nanos),
    /// One of them cannot be set up, so none begins.
    Failed,
}

impl CommonStart {
    pub(super) fn new(lanes: usize) -> Self {
        Self { state: Mutex::new(State::Waiting(lanes)), changed: Condvar::new() }
    }

    /// This lane is set up: waits for the others. The common begin, or `None` where one of them failed.
    pub(super) fn wait(&self, clock: MonotonicClock) -> Option<Nanos> {
        self.change(|state| match state {
            State::Waiting(1) => State::Begun(clock.now()),
            State::Waiting(missing) => State::Waiting(missing - 1),
            other => other,
        });
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |state: &mut State| matches!(state, State::Waiting(_));
        let state = self.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner);
        begin_of(*state)
    }

    /// A lane cannot be set up: nobody begins.
    pub(super) fn fail(&self) {
        self.change(|_| State::Failed);
    }

    /// When the lanes began; `None` where they did not.
    pub(super) fn begin(&self) -> Option<Nanos> {
        begin_of(*self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(State) -> State) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = change(*state);
        self.changed.notify_all();
    }
}

fn begin_of(state: State) -> Option<Nanos> {
    match state {
        State::Begun(begin) => Some(begin),
        State::Waiting(_) | State::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn lanes_begin_together_or_not_at_all() {
        let clock = MonotonicClock::start();
        for failing in [None, Some(1)] {
            let start = CommonStart::new(3);
            let begins: Vec<Option<Nanos>> = thread::scope(|scope| {
                let start = &start;
                let lane = |lane| {
                    if failing == Some(lane) {
                        start.fail();
                        None
                    } else {
                        start.wait(clock)
                    }
                };
                let lanes: Vec<_> = (0..3).map(|index| scope.spawn(move || lane(index))).collect();
                lanes.into_iter().map(|lane| lane.join().expect("it does not panic")).collect()
            });
            assert!(begins.iter().all(|begin| *begin == start.begin()), "{begins:?}");
            assert_eq!(begins[0].is_some(), failing.is_none());
        }
    }
}
