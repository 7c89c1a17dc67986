//! Counters of the whole machine that a run is judged by: time that its host took, pages swapped, connections dropped.

use std::fs;
use std::path::{Path, PathBuf};

/// What has changed since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Change {
    /// The share of the machine's time that its host gave to others, in [0, 1].
    pub(super) steal: f64,
    /// Pages moved between memory and swap.
    pub(super) swapped: u64,
    /// Requests to connect that were dropped because a listen backlog was full.
    pub(super) backlog_drops: u64,
}

/// Reads the counters and remembers them.
#[derive(Debug)]
pub(super) struct SystemCounters {
    /// `/proc`, or what stands for it in a test. Where it holds nothing, nothing ever changes.
    folder: PathBuf,
    last: Reading,
}

/// The counters since the machine started.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    stolen: u64,
    ticks: u64,
    swapped: u64,
    backlog_drops: u64,
}

impl SystemCounters {
    /// Looks for the first time.
    pub(super) fn begin(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let last = Reading::after(Reading::default(), &folder);
        Self { folder, last }
    }

    /// What has changed since the last time this was asked.
    pub(super) fn since_last(&mut self) -> Change {
        let now = Reading::after(self.last, &self.folder);
        let last = std::mem::replace(&mut self.last, now);
        let ticks = now.ticks.saturating_sub(last.ticks);
        let stolen = now.stolen.saturating_sub(last.stolen);
        Change {
            steal: if ticks == 0 { 0.0 } else { stolen as f64 / ticks as f64 },
            swapped: now.swapped.saturating_sub(last.swapped),
            backlog_drops: now.backlog_drops.saturating_sub(last.backlog_drops),
        }
    }
}

impl Reading {
    /// Reads what can be read; the rest stays as it was last. A process that is out of descriptors cannot open these files, and
    /// a counter that falls to zero and comes back would seem to have grown by all that the machine has ever counted.
    fn after(last: Self, folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let (stolen, ticks) = text("stat").as_deref().map_or((last.stolen, last.ticks), ticks);
        let swapped = |memory: String| ["pswpin", "pswpout"].map(|name| line(&memory, name)).iter().sum();
        let drops = |network: String| column(&network, "TcpExt:", "ListenDrops");
        Self {
            stolen,
            ticks,
            swapped: text("vmstat").map_or(last.swapped, swapped),
            backlog_drops: text("net/netstat").map_or(last.backlog_drops, drops),
        }
    }
}

/// Ticks stolen and ticks in all, from `/proc/stat`: the eighth number of the first line, and the sum of the first eight.
fn ticks(stat: &str) -> (u64, u64) {
    let words = stat.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
    (ticks.get(7).copied().unwrap_or(0), ticks.iter().sum())
}

/// The number in the line that begins with a name, as in `/proc/vmstat`.
fn line(text: &str, name: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

/// A number of `/proc/net/netstat`, which has a line of names and a line of values for each group.
fn column(text: &str, group: &str, name: &str) -> u64 {
    let mut lines = text.lines().filter(|line| line.starts_with(group)).map(str::split_ascii_whitespace);
    let (Some(mut names), Some(mut values)) = (lines.next(), lines.next()) else { return 0 };
    let place = names.position(|known| known == name);
    place.and_then(|place| values.nth(place)).and_then(|value| value.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, stat: &str, vmstat: &str, netstat: &str) {
        fs::create_dir_all(folder.join("net")).expect("a folder");
        for (name, text) in [("stat", stat), ("vmstat", vmstat), ("net/netstat", netstat)] {
            fs::write(folder.join(name), text).expect("written");
        }
    }

    #[test]
    fn two_looks_tell_what_lay_between_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let netstat = |overflows: u64, drops: u64| {
            format!(
                "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits\nTcpExt: 0 {overflows} {drops} 9\n\
                 IpExt: InNoRoutes ListenDrops\nIpExt: 1 77\n"
            )
        };
        let memory = |inward: u64, outward: u64| format!("pswpin {inward}\npswpout {outward}\npswpin_zero 5\n");
        write(folder.path(), "cpu  100 0 50 800 0 0 0 50 7 0\ncpu0 1 1 1 1\n", &memory(3, 4), &netstat(1, 2));
        let mut counters = SystemCounters::begin(folder.path());
        assert_eq!(counters.since_last(), Change::default());
        write(folder.path(), "cpu  150 0 60 820 0 0 0 70 9 0\n", &memory(10, 5), &netstat(4, 9));
        let change = counters.since_last();
        assert!((change.steal - 0.2).abs() < 1e-12, "20 of 100 ticks: {}", change.steal);
        assert_eq!((change.swapped, change.backlog_drops), (8, 7));
        // What cannot be read for a while has not changed meanwhile.
        for name in ["stat", "vmstat", "net/netstat"] {
            fs::rename(folder.path().join(name), folder.path().join("away")).expect("renamed");
            assert_eq!(counters.since_last(), Change::default(), "{name}");
            fs::rename(folder.path().join("away"), folder.path().join(name)).expect("renamed");
            assert_eq!(counters.since_last(), Change::default(), "{name}");
        }
    }

    #[test]
    fn what_is_not_there_never_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut counters = SystemCounters::begin(folder.path());
        assert_eq!(counters.since_last(), Change::default());
        write(folder.path(), "", "pswpin", "TcpExt: ListenDrops\n");
        assert_eq!(counters.since_last(), Change::default());
    }
}
