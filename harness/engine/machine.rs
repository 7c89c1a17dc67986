//! What is known of the machine that a run is made on.

use std::fs;

use super::room;
use crate::record::Machine;

/// The machine that this process runs on. What cannot be found out is left empty.
pub fn machine() -> Machine {
    let cpu_info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu_info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    Machine {
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        cpu: model.map(|(_, name)| name.trim().to_owned()).unwrap_or_default(),
        cores: cores(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        open_files: room::most_open_files().unwrap_or_default(),
    }
}

/// The cores that this process may use.
pub fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}
