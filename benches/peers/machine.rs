//! The machine that was measured on, and the programs that it has.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What stands at the head of the document.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    /// The load average of the last minute when the bench began; on a quiet machine it is near zero.
    pub(crate) load: String,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let line = |path: &str| read_to_string(path).unwrap_or_default().trim().to_owned();
        let cpus = line("/proc/cpuinfo");
        let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Self {
            date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            processor: model.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            cores: cores(),
            kernel: format!("{} {}", line("/proc/sys/kernel/ostype"), line("/proc/sys/kernel/osrelease")),
            load: line("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

/// Processor time of all cores since the machine started, in ticks: what another guest of the host took from us, and all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ticks {
    stolen: u64,
    all: u64,
}

impl Ticks {
    pub(crate) fn now() -> Self {
        let text = read_to_string("/proc/stat").unwrap_or_default();
        let ticks = |line: &str| line.split_whitespace().filter_map(|field| field.parse().ok()).collect::<Vec<u64>>();
        let all = text.lines().next().map(ticks).unwrap_or_default();
        // user, nice, system, idle, iowait, irq, softirq, steal; what guests used is part of `user` already.
        Self { stolen: all.get(7).copied().unwrap_or_default(), all: all.iter().take(8).sum() }
    }

    /// The share of processor time since an earlier moment that was taken from this machine.
    pub(crate) fn stolen_since(self, earlier: Self) -> f64 {
        (self.stolen - earlier.stolen) as f64 / (self.all - earlier.all).max(1) as f64
    }
}

/// How many cores this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The most memory that this process has held, in MiB. A child begins with it as its own peak, because it shares the memory of
/// this process until it becomes another program; so it is the least that can be measured.
pub(crate) fn own_peak() -> f64 {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    peak.unwrap_or_default() / 1024.0
}

/// The path of a program, as a shell would find it.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The first line that a program says of its version which is not empty.
pub(crate) fn version(program: &Path, argument: &str) -> Option<String> {
    let said = Command::new(program).arg(argument).output().ok()?;
    let text = [said.stdout, said.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let line = text.lines().map(str::trim).find(|line| line.chars().any(|c| c.is_ascii_digit()))?;
    // Where it was built and with what is not asked.
    let end = [" from ", " [", " ("].iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len());
    Some(line[..end].to_owned())
}
