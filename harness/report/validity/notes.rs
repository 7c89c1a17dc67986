//! What was found besides: no fault of the generator's, but of use to whoever reads the numbers.

use super::super::number::{count, ms};
use super::super::text::Text;
use super::measures::Measures;
use crate::record::RunLog;
use crate::units::Nanos;

/// Where half of the connections opened faster than this, those that took a second or more had to ask again.
const QUICK_CONNECT: Nanos = Nanos::from_millis(500);

const BACKLOG: &str = "raise the target's listen backlog (its own setting and net.core.somaxconn), or let users come in more \
                       slowly";

/// The notes of a run.
pub(super) fn notes(log: &RunLog, seen: &Measures) -> Vec<Text> {
    let mut notes: Vec<Text> = log.start.notes.iter().map(|note| note.as_str().into()).collect();
    let local = is_local(log);
    if local && seen.backlog_drops > 0 {
        let drops = count(seen.backlog_drops);
        notes.push(
            format!("this machine dropped {drops} requests to connect at a full listen backlog; {BACKLOG}").into(),
        );
    }
    let connections = &log.summary.connections;
    let (slow, opened) = (connections.slow, connections.opened);
    if let Some(half) = connections.connect.quantile(0.5).filter(|half| slow > 0 && *half < QUICK_CONNECT) {
        let of_all = format!("{} of {} connections", count(slow), count(opened));
        let half = ms(half.as_millis_f64());
        let told = format!("{of_all} took 1 s or longer to open and half of them at most {half}");
        let why = "requests to connect were dropped and sent again after 1, 3 or 7 s";
        notes.push(format!("{told}: {why}; {BACKLOG}").into());
    }
    notes
}

/// Whether the target is on this machine, so that the machine's own counters tell of it.
fn is_local(log: &RunLog) -> bool {
    let host = url::Url::parse(&log.start.url).ok();
    log.start.mock
        || host.is_some_and(|url| match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        })
}
