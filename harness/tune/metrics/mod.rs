//! What one run shows of a policy.

mod clients;
mod context;
#[cfg(test)]
pub(super) mod fixture;
mod load;
mod measure;
mod metric;
mod quantile;
mod recovery;
mod spans;

pub use context::{Context, Disturbance};
pub use metric::Metric;
pub(super) use quantile::{median, nearest_rank};
pub(super) use recovery::patience;
pub(super) use spans::Spans;

use crate::retry::Reason;

/// The measures of one run, warm-up left out. Seconds and plain numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Calls that ended.
    pub calls: u64,
    /// Calls that ended well.
    pub successes: u64,
    /// Attempts that were sent.
    pub attempts: u64,
    /// Calls that did not end well, by reason; only reasons that occurred.
    pub lost: Vec<(Reason, u64)>,
    /// Calls by their number of attempts, from one; the last place takes all beyond.
    pub attempts_per_call: [u64; 16],
    /// Successes over calls.
    pub success_ratio: f64,
    /// Open arrivals: successes until the end of arrivals, a second. Closed: successes over the time from the first
    /// begin to the last end.
    pub goodput_per_s: f64,
    /// Goodput over the smaller of the offered rate and what the limit lets through; absent where no limit is known.
    pub goodput_efficiency: Option<f64>,
    /// Calls a second while calls arrived.
    pub offered_per_s: f64,
    /// Attempts over calls.
    pub amplification: f64,
    /// Attempts over successes; infinite without any.
    pub attempts_per_success: f64,
    /// The share of answered attempts that were throttled or failed in passing.
    pub reject_fraction: f64,
    /// Attempts a second while calls arrived.
    pub server_load_per_s: f64,
    /// The most attempts in one aligned second.
    pub peak_load_1s: f64,
    /// Peak over mean load.
    pub peak_to_mean: f64,
    /// Attempts that were no success.
    pub wasted_attempts: u64,
    /// p50, p90, p99 and the maximum of the response of calls that ended well, in seconds.
    pub response_ok_s: [f64; 4],
    /// The same of every call, however it ended.
    pub response_all_s: [f64; 4],
    /// From the first begin to the last end, in seconds.
    pub completion_s: f64,
    /// How long calls went on after the last had arrived, in seconds.
    pub drain_s: f64,
    /// The share of all calls' time that they spent waiting between attempts.
    pub backoff_share: f64,
    /// Jain's index of the clients' success ratios: 1 is equal, 1/N is one client that gets all.
    pub jain: f64,
    /// The worst client's success ratio over the best one's.
    pub fairness_min_max: f64,
    /// The longest time that a client with a call under way went without a success, in seconds.
    pub starvation_s: f64,
    /// The Fano factor of attempts in 100 ms: 1 is Poisson, far above is a herd.
    pub fano: f64,
    /// Accepted over sent, among attempts that waited for a hint of the server; absent where none did.
    pub hint_accuracy: Option<f64>,
    /// What became of the trigger; absent in runs without one.
    pub recovery: Option<Recovery>,
}

/// What a disturbance left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Recovery {
    /// How long the trigger lasted, in seconds.
    pub trigger_s: f64,
    /// From its end until calls met the objective again, in seconds; absent where they did not.
    pub slo_s: Option<f64>,
    /// From its end until goodput was back, in seconds; absent where it did not come back.
    pub goodput_s: Option<f64>,
    /// Whether it recovered and fell back.
    pub relapse: bool,
    /// Attempts a second during the trigger over those before it.
    pub outage_load: f64,
    /// Whether it did not recover although the trigger was gone, with a load well above what was offered.
    pub metastable: bool,
}
