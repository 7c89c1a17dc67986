//! Room for connections: the descriptors that the process may have, and the machine's local ports.

use std::fs;

use crate::plan::{Connections, HttpVersion, Target, TransportPlan};

/// Descriptors that are not for connections: the journal and the reports, each lane's queue, timer and alarm, the resolver.
const RESERVE: u64 = 64;

/// What macOS grants where a limit is said to be infinite (`OPEN_MAX` in its `sys/syslimits.h`).
const MACOS_MOST: u64 = 10_240;

/// How many connections there is room for. `None` is what the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Files and sockets that the process may have open.
    pub files: Option<u64>,
    /// Local ports for connections to one address.
    pub ports: Option<u64>,
}

/// What a plan has to do without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// The most connections that can be open at a time, where that is fewer than the plan has.
    pub connections: Option<u32>,
    /// What lacks and what to do about it, in clauses.
    pub notes: Vec<String>,
}

/// Raises the limit of open files as far as this process may, and looks what room there is.
pub fn make_room() -> Room {
    raise_limit();
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok();
    Room { files: most_open_files(), ports: range.as_deref().and_then(ports_in) }
}

impl Room {
    /// What a plan has to do without, by its target and its transport.
    pub fn fit(&self, target: &Target, transport: &TransportPlan) -> Fit {
        let wanted = transport.connections.most();
        let was_asked_for = matches!(transport.connections, Connections::AtMost(_));
        // HTTP/2 puts all requests on a few connections.
        if transport.version == HttpVersion::Http2 {
            return Fit::default();
        }
        // Both ends of a connection to the embedded mock are in this process.
        let each = if matches!(target, Target::Mock { .. }) { 2 } else { 1 };
        let mut fit = Fit::default();
        if let Some(files) = self.files {
            let most = (files.saturating_sub(RESERVE) / each).max(1);
            if most < u64::from(wanted) {
                fit.connections = u32::try_from(most).ok();
                if was_asked_for {
                    fit.notes.push(format!(
                        "this process may open {files} files and sockets, too few for {wanted} connections, so at most {most} \
                         will be open at a time; raise the limit with `ulimit -n`"
                    ));
                }
            }
        }
        if let Some(ports) = self.ports.filter(|ports| was_asked_for && *ports < u64::from(wanted)) {
            fit.notes.push(format!(
                "this machine has {ports} local ports for connections to one address, fewer than the {wanted} connections that the \
                 plan may open; widen net.ipv4.ip_local_port_range, or lower `transport.connections`"
            ));
        }
        fit
    }
}

/// How many ports lie in a range such as `32768 60999`.
fn ports_in(range: &str) -> Option<u64> {
    let mut ends = range.split_ascii_whitespace().map(str::parse::<u64>);
    let (Some(Ok(first)), Some(Ok(last))) = (ends.next(), ends.next()) else { return None };
    (first <= last).then(|| last - first + 1)
}

/// How many files and sockets this process may have open; `None` where that is not known or not limited.
#[cfg(unix)]
pub(super) fn most_open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

/// Other systems do not limit this in a way that can be asked for.
#[cfg(not(unix))]
pub(super) fn most_open_files() -> Option<u64> {
    None
}

/// Shells grant 1,024 by default, for the sake of programs that use `select`; what a process may have is the hard limit.
#[cfg(unix)]
fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    for current in [limit.maximum, Some(MACOS_MOST)] {
        let more = limit.current.is_some_and(|now| current.is_none_or(|wanted| now < wanted));
        if !more || setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum }).is_ok() {
            return;
        }
    }
}

#[cfg(not(unix))]
fn raise_limit() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(room: Room, connections: u32, version: HttpVersion) -> Fit {
        let target = Target::Url("http://127.0.0.1:9".parse().expect("a URL"));
        let connections = Connections::AtMost(connections);
        room.fit(&target, &TransportPlan { version, connections, ..TransportPlan::default() })
    }

    #[test]
    fn what_was_left_to_us_is_fitted_without_a_word() {
        let target = Target::Url("http://127.0.0.1:9".parse().expect("a URL"));
        let fit = Room { files: Some(1_064), ports: Some(10) }.fit(&target, &TransportPlan::default());
        assert_eq!(fit, Fit { connections: Some(1_000), notes: Vec::new() });
    }

    #[test]
    fn a_plan_that_fits_needs_no_word() {
        let plenty = Room { files: Some(20_000), ports: Some(28_232) };
        assert_eq!(fit(plenty, 10_000, HttpVersion::Http1), Fit::default());
        assert_eq!(fit(Room::default(), 65_535, HttpVersion::Http1), Fit::default());
        let little = Room { files: Some(100), ports: Some(10) };
        assert_eq!(fit(little, 1_000, HttpVersion::Http2), Fit::default());
    }

    #[test]
    fn too_few_files_and_ports_are_named_with_what_to_do() {
        let without = fit(Room { files: Some(1_064), ports: Some(2_000) }, 3_000, HttpVersion::Http1);
        assert_eq!((without.connections, without.notes.len()), (Some(1_000), 2));
        assert!(without.notes[0].contains("1064 files") && without.notes[0].contains("ulimit -n"), "{without:?}");
        assert!(
            without.notes[1].contains("2000 local ports") && without.notes[1].contains("ip_local_port_range"),
            "{without:?}"
        );
        // There is always one connection to try.
        assert_eq!(fit(Room { files: Some(3), ports: None }, 2, HttpVersion::Http1).connections, Some(1));
    }

    #[test]
    fn the_range_of_ports_is_read_with_both_its_ends() {
        assert_eq!(ports_in("32768\t60999\n"), Some(28_232));
        assert_eq!((ports_in(""), ports_in("9 8"), ports_in("a b")), (None, None, None));
    }

    #[cfg(unix)]
    #[test]
    fn making_room_reaches_the_hard_limit_and_never_lowers() {
        use rustix::process::{Resource, getrlimit};

        let before = getrlimit(Resource::Nofile);
        let room = make_room();
        let after = getrlimit(Resource::Nofile);
        assert_eq!(after.maximum, before.maximum);
        assert_eq!(room.files, after.current);
        assert!(before.current.is_none_or(|before| after.current.is_none_or(|after| after >= before)));
        assert!(cfg!(not(target_os = "linux")) || after.current == after.maximum);
    }
}
