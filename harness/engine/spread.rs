//! Over how many lanes a plan is spread.

use crate::plan::{Drive, Plan, Target};
use crate::retry::Policy;
use crate::schedule::Rhythm;

/// The arrivals a second that one lane is given before another is begun. A lane sends several times as many; what it has in
/// hand keeps it punctual.
const ARRIVALS_A_LANE: f64 = 10_000.0;

/// The users without a pause that one lane is given before another is begun: a few already keep a lane busy.
const BUSY_USERS_A_LANE: u64 = 8;

/// The users that pause whom one lane is given: each is a timer and a connection, and seldom anything to do.
const CALM_USERS_A_LANE: u64 = 2_000;

/// How many lanes generate a plan's load on a machine with so many cores: what the scenario asks for, or as many as the load
/// needs and the cores allow, one of which the embedded service keeps for itself.
///
/// Never more than keep every client in one lane where a client's calls bear on each other, for results depend on the number
/// of clients and never on cores; and never more than have work.
pub fn lane_count(plan: &Plan, cores: u64) -> u64 {
    let wanted = plan.transport.lanes.map_or_else(
        || {
            let own = match plan.target {
                Target::Mock { .. } => cores.saturating_sub(1),
                Target::Url(_) => cores,
            };
            needed(plan).min(own)
        },
        |lanes| u64::from(lanes.get()),
    );
    let most = wanted.min(most_with_work(plan)).max(1);
    if plan.policies.iter().any(Policy::joins_calls) {
        // Arrival n belongs to client n mod clients and to lane n mod lanes: the client has one lane if lanes divide clients.
        (1..=most).rev().find(|lanes| plan.clients.is_multiple_of(*lanes)).unwrap_or(1)
    } else {
        most
    }
}

fn needed(plan: &Plan) -> u64 {
    let arrivals: f64 = plan.workloads.iter().map(|workload| peak(&workload.drive)).sum();
    let users: u64 = plan.workloads.iter().map(|workload| lanes_for_users(&workload.drive)).sum();
    (arrivals / ARRIVALS_A_LANE).ceil() as u64 + users
}

fn peak(drive: &Drive) -> f64 {
    match drive {
        Drive::Open { profile, .. } => profile.peak(),
        Drive::Closed(_) | Drive::Count(_) => 0.0,
    }
}

fn lanes_for_users(drive: &Drive) -> u64 {
    match drive {
        Drive::Open { .. } => 0,
        Drive::Count(iterations) => u64::from(iterations.users).div_ceil(BUSY_USERS_A_LANE),
        Drive::Closed(users) => {
            let (Rhythm::Think(pause) | Rhythm::Pace(pause)) = users.rhythm;
            let a_lane = if pause.as_nanos() == 0 { BUSY_USERS_A_LANE } else { CALM_USERS_A_LANE };
            u64::from(users.count).div_ceil(a_lane)
        }
    }
}

/// A lane without a user has nobody to do its share of a counted workload; a lane without a connection cannot do anything.
fn most_with_work(plan: &Plan) -> u64 {
    let users = plan.workloads.iter().filter_map(|workload| match &workload.drive {
        Drive::Count(iterations) => Some(u64::from(iterations.users)),
        Drive::Open { .. } | Drive::Closed(_) => None,
    });
    users.chain([u64::from(plan.transport.connections.most())]).min().unwrap_or(1)
}
