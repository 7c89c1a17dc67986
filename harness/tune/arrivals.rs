//! The same load under the other model of arrivals.

use super::demand;
use super::task::Arrivals;
use crate::plan::{Drive, Plan, Workload};
use crate::schedule::{Profile, Rhythm, Spacing, Stage, Users};
use crate::units::Nanos;

/// The model of arrivals that a plan has by itself: open where all of its measured workloads are.
pub fn own(plan: &Plan) -> Arrivals {
    let open = plan.workloads.iter().all(|workload| matches!(workload.drive, Drive::Open { .. }));
    if open { Arrivals::Open } else { Arrivals::Closed }
}

/// The drive of a workload under a model of arrivals; `call` is how long a call takes that nobody turns away.
///
/// * Open to closed: as many users as there are clients, each beginning a round every `clients / rate`, evenly apart:
///   the same rate is offered as long as no call takes longer than that.
/// * Closed to open: the rate that the users would offer if every call took `call`, at random; of a number of flows,
///   all of them at that rate, evenly.
pub(super) fn drive(workload: &Workload, arrivals: Arrivals, clients: u64, call: Nanos) -> Drive {
    let rate = demand::flow_rate(workload, call);
    match (&workload.drive, arrivals) {
        (Drive::Open { profile, .. }, Arrivals::Closed) => {
            let count = clients.clamp(1, u64::from(u32::MAX)) as u32;
            let pace = Nanos::from_secs_f64(f64::from(count) / rate);
            Drive::Closed(Users { count, duration: profile.duration(), rhythm: Rhythm::Pace(pace), ramp: pace })
        }
        (Drive::Closed(users), Arrivals::Open) => {
            open(rate, users.duration, Spacing::Poisson).unwrap_or_else(|| workload.drive.clone())
        }
        (Drive::Count(iterations), Arrivals::Open) => {
            let over = Nanos::from_secs_f64(iterations.count as f64 / rate).max(Nanos::from_micros(1));
            open(iterations.count as f64 / over.as_secs_f64(), over, Spacing::Even)
                .unwrap_or_else(|| workload.drive.clone())
        }
        (drive, _) => drive.clone(),
    }
}

/// `None` where nobody would ever come.
fn open(per_s: f64, over: Nanos, spacing: Spacing) -> Option<Drive> {
    let profile = Profile::staged(vec![Stage { from: per_s, to: per_s, over }]).ok()?;
    Some(Drive::Open { profile, spacing })
}

#[cfg(test)]
#[path = "arrivals_tests.rs"]
mod tests;
