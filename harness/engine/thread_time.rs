//! What the calling thread has had of the processors, and what it was kept from.

use std::fs;

use crate::units::Nanos;

/// Times of a thread since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ThreadTime {
    /// On a processor.
    pub(super) on_cpu: Nanos,
    /// Ready to run, and waiting for a processor that others had.
    pub(super) starved: Nanos,
}

impl ThreadTime {
    /// Those of the calling thread. What the system does not tell stays as it was last, and is zero at first: a process that is
    /// out of descriptors cannot ask.
    pub(super) fn after(last: Self) -> Self {
        let told = fs::read_to_string("/proc/thread-self/schedstat");
        Self { on_cpu: on_cpu(), starved: told.map_or(last.starved, |told| starved(&told)) }
    }

    /// What has passed since an earlier look.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            on_cpu: self.on_cpu.saturating_sub(earlier.on_cpu),
            starved: self.starved.saturating_sub(earlier.starved),
        }
    }
}

#[cfg(unix)]
fn on_cpu() -> Nanos {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Nanos::from_secs(time.tv_sec as u64) + Nanos::new(time.tv_nsec as u64)
}

/// Unknown on this system: the report says that the lanes were never busy.
#[cfg(not(unix))]
fn on_cpu() -> Nanos {
    Nanos::ZERO
}

/// The second number of Linux's `schedstat` (Documentation/scheduler/sched-stats.rst): nanoseconds on a run queue.
fn starved(schedstat: &str) -> Nanos {
    schedstat.split_ascii_whitespace().nth(1).and_then(|word| word.parse().ok()).map_or(Nanos::ZERO, Nanos::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_three_numbers_are_told_apart() {
        assert_eq!(starved("1607029970 83747422 47\n"), Nanos::new(83_747_422));
        assert_eq!((starved(""), starved("1 x 2")), (Nanos::ZERO, Nanos::ZERO));
    }

    #[test]
    fn work_shows_in_the_time_on_a_processor() {
        let before = ThreadTime::after(ThreadTime::default());
        let mut spent = ThreadTime::default();
        // The clock of a thread moves while the thread does something, so this ends.
        while spent.on_cpu < Nanos::from_millis(1) && cfg!(unix) {
            spent = ThreadTime::after(before).since(before);
        }
        assert_eq!(ThreadTime::default().since(spent), ThreadTime::default());
    }
}
