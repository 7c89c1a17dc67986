//! How much, how fast, for how long.

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::{Line, exact};
use crate::plan::Caps;
use crate::retry::{NONE, preset};
use crate::units::Nanos;

/// How long a line loads its target that says nothing of it.
pub const DEFAULT_DURATION: &str = "10s";

/// How many users go round where nothing is said of them: as many as oha and hey have.
pub const DEFAULT_CONNECTIONS: u32 = 50;

/// The most connections that the grammar allows.
const MOST_CONNECTIONS: u32 = 65_535;

/// More than one machine sends in a second: a closed loop that is bounded in time is not to end by this bound.
const FASTEST: f64 = 1e6;

/// The members of the workload that start its flows.
pub(super) fn drive(line: &Line, desk: &mut Desk) -> Map<String, Value> {
    check(line, desk);
    let mut members = Map::new();
    let users = line.connections.unwrap_or(DEFAULT_CONNECTIONS);
    if let Some(rate) = &line.rate {
        let mut arrivals = json!({"rate": rate.text, "duration": exact(duration(line))});
        if let (None, Some(typed)) = (line.requests, &line.duration) {
            arrivals["duration"] = typed.text.as_str().into();
        }
        if line.poisson {
            arrivals["spacing"] = "poisson".into();
        }
        members.insert("arrivals".into(), arrivals);
    } else if let Some(count) = line.requests {
        members.insert("iterations".into(), json!({"count": count, "users": users}));
    } else {
        let duration = line.duration.as_ref().map_or(DEFAULT_DURATION, |typed| &typed.text);
        members.insert("users".into(), json!({"count": users, "duration": duration}));
    }
    if let Some(warm_up) = &line.warm_up {
        members.insert("warm_up".into(), warm_up.text.as_str().into());
    }
    members
}

fn check(line: &Line, desk: &mut Desk) {
    if line.requests.is_some() && line.duration.is_some() {
        desk.fault("--requests", "a run is bounded by `-n` or by `-d`, not by both", "leave one of the two out");
    }
    if line.requests == Some(0) {
        desk.fault("--requests", "no request at all", "write at least 1");
    }
    if line.connections.is_some_and(|connections| !(1..=MOST_CONNECTIONS).contains(&connections)) {
        let help = format!("write a number from 1 to {MOST_CONNECTIONS}, which is how many ports an address has");
        desk.fault("--connections", "nothing can be sent over so many connections", help);
    }
    if line.poisson && line.rate.is_none() {
        desk.fault("--poisson", "users who wait for replies are not spaced", "add a rate, such as `-r 500/s`");
    }
    if line.poisson && line.requests.is_some() {
        desk.fault(
            "--poisson",
            "random arrivals do not come to an exact number",
            "bound the run by `-d` in place of `-n`",
        );
    }
    if line.duration.as_ref().is_some_and(|typed| typed.value == Nanos::ZERO) {
        desk.fault("--duration", "the duration leaves no time at all", "write for example `-d 30s`");
    }
}

/// How long flows begin; of a rate and a number of requests, the time in which exactly so many fall due.
fn duration(line: &Line) -> Nanos {
    match (&line.rate, line.requests, &line.duration) {
        (Some(rate), Some(count), _) => Nanos::from_secs_f64(count as f64 / rate.value.as_per_second()),
        (_, _, Some(typed)) => typed.value,
        _ => DEFAULT_DURATION.parse().unwrap_or(Nanos::from_secs(10)),
    }
}

/// The caps that what was asked for needs; empty where the usual ones do.
pub(super) fn caps(line: &Line) -> Map<String, Value> {
    let (usual, duration) = (Caps::default(), duration(line));
    let mut caps = Map::new();
    let calls = match (&line.rate, line.requests) {
        (_, Some(count)) => count as f64,
        // Random arrivals may be more than their rate says.
        (Some(rate), None) => rate.value.as_per_second() * duration.as_secs_f64() * 1.1,
        (None, None) => FASTEST * duration.as_secs_f64(),
    };
    let attempts = preset(line.retry.as_deref().unwrap_or(NONE)).map_or(1, |policy| policy.max_attempts);
    let most = (calls * f64::from(attempts)).ceil() as u64;
    if let Some(max) = line.max_requests.or((most > usual.max_requests).then_some(most)) {
        caps.insert("max_requests".into(), max.into());
    }
    let timed = line.rate.is_some() || line.requests.is_none();
    if timed && duration > usual.max_duration {
        caps.insert("max_duration".into(), exact(duration + Nanos::from_secs(60)).into());
    }
    caps
}
