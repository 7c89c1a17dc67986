//! What is known of the machine: for the report, and for the verdict on the generator itself.

use std::fs;

use crate::record::Machine;
use crate::units::Nanos;

/// The machine that this process runs on. What cannot be found out is left empty.
pub fn machine() -> Machine {
    let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu_info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    Machine {
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cpu: model.map(|(_, name)| name.trim().to_owned()).unwrap_or_default(),
        cores: cores(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
    }
}

/// The cores that this process may use.
pub fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}

/// The processor time that this thread has used.
#[cfg(unix)]
pub(super) fn thread_cpu_time() -> Nanos {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Nanos::from_secs(time.tv_sec as u64) + Nanos::new(time.tv_nsec as u64)
}

/// Unknown on this system: the report says that the lanes were never busy.
#[cfg(not(unix))]
pub(super) fn thread_cpu_time() -> Nanos {
    Nanos::ZERO
}

/// The time that the machine's host gave to others, from `/proc/stat`; always zero where there is none.
#[derive(Debug)]
pub(super) struct Steal {
    last: (u64, u64),
}

impl Steal {
    pub(super) fn begin() -> Self {
        Self { last: read_stat() }
    }

    /// The share since the last time this was asked, in [0, 1].
    pub(super) fn since_last(&mut self) -> f64 {
        let now = read_stat();
        let (stolen, all) = (now.0.saturating_sub(self.last.0), now.1.saturating_sub(self.last.1));
        self.last = now;
        if all == 0 { 0.0 } else { stolen as f64 / all as f64 }
    }
}

/// Ticks stolen and ticks in all, since the machine started: the eighth number of the first line, and its sum.
fn read_stat() -> (u64, u64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = text.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1);
    let ticks: Vec<u64> = ticks.take(8).filter_map(|word| word.parse().ok()).collect();
    (ticks.get(7).copied().unwrap_or(0), ticks.iter().sum())
}
