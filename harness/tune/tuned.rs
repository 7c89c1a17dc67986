//! What came of a comparison: everything that a report shows of it.

use super::metrics::{Metric, Metrics};
use super::task::{Arrivals, Weights};
use crate::retry::Reason;

/// A mean over seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error; zero where there is but one run.
    pub error: f64,
    /// Over how many runs.
    pub runs: u32,
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// The answer.
    pub verdict: Verdict,
    /// Advice that is no retry policy, the most important first.
    pub advice: Vec<Advice>,
    /// Every candidate under every model of arrivals, in the order of their places.
    pub rows: Vec<Row>,
    /// The weights of the score.
    pub weights: Weights,
    /// The winner and two contrasts, each closely looked at.
    pub portraits: Vec<Portrait>,
    /// Whether the verdict holds when the world is a little different.
    pub stability: Vec<Stability>,
    /// How much each swept field moves the score of what it was swept for, the largest first.
    pub knobs: Vec<Knob>,
    /// Requirements that nothing meets, each with what came closest; empty where something meets all.
    pub unmet: Vec<Unmet>,
    /// What the simulations rest on.
    pub credibility: Credibility,
    /// Real runs beside what was predicted; empty where none were made.
    pub confirmations: Vec<Confirmation>,
    /// What it took.
    pub cost: Cost,
}

/// The answer in words, and what it rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// One sentence: the winner, its figures with their errors, and the second best.
    pub sentence: String,
    /// The winner's name; `None` where nothing meets the requirements, or where nothing is throttled.
    pub winner: Option<String>,
    /// The second best.
    pub runner_up: Option<String>,
    /// How sure it is that the winner's score is above the second's, in [0.5, 1); `None` without a second.
    pub confidence: Option<f64>,
    /// Whether the target throttled or failed at all: where it did not, all policies are the same.
    pub throttled: bool,
    /// The winner's definition, to be pasted into a scenario.
    pub yaml: String,
}

/// Advice that is no retry policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// In a few words.
    pub headline: String,
    /// In one or two sentences, with numbers.
    pub text: String,
}

/// A candidate under a model of arrivals.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The candidate's name.
    pub name: String,
    /// The policy that it was made from.
    pub base: String,
    /// What a sweep has set.
    pub swept: Vec<(String, String)>,
    /// Under which arrivals.
    pub arrivals: Arrivals,
    /// Where it stands.
    pub standing: Standing,
    /// The score, in [0, 1]; the higher the better.
    pub score: Estimate,
    /// The measures, in the order of [`Metric`]; without those that no run has anything to show for.
    pub metrics: Vec<(Metric, Estimate)>,
    /// What became of each trigger, in the order of their lengths.
    pub recoveries: Vec<Recovered>,
    /// The shortest trigger that it does not recover from, in seconds; infinite where it recovers from all that were tried, absent
    /// where none was tried.
    pub vulnerable_s: Option<f64>,
    /// The requirements that it fails.
    pub fails: Vec<Failing>,
    /// Its definition, to be pasted into a scenario.
    pub yaml: String,
}

/// Where a candidate stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its place, from 1.
    pub place: u32,
    /// Why it is there.
    pub kind: Place,
    /// Whether its score cannot be told from that of the one before it.
    pub tied: bool,
}

/// What kind of place it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing is better in every respect.
    Pareto,
    /// This one is at least as good in every respect, and better in one.
    Dominated {
        /// Its name.
        by: String,
    },
    /// It does not recover from a trigger.
    Metastable,
    /// It fails a requirement.
    FailsRequirement,
}

/// What became of a trigger, over all seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovered {
    /// How long it lasted, in seconds.
    pub trigger_s: f64,
    /// The median time to meet the objective again, in seconds; infinite where most did not.
    pub slo_s: f64,
    /// The median time until goodput was back, in seconds; infinite where it mostly did not come back.
    pub goodput_s: f64,
    /// Attempts during the trigger over those before.
    pub outage_load: f64,
    /// The share of seeds that relapsed.
    pub relapsed: f64,
    /// The share of seeds that were metastable.
    pub metastable: f64,
}

/// A requirement that a candidate fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Failing {
    /// As it was written.
    pub requirement: String,
    /// What was seen instead, in the units of the expression; NaN where there was nothing to see.
    pub seen: f64,
}

/// A requirement that nothing meets.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmet {
    /// As it was written; several that hold one by one and not together stand side by side.
    pub requirement: String,
    /// What came closest.
    pub closest: String,
    /// What was seen of it.
    pub seen: f64,
    /// What blocks it, in one sentence.
    pub why: String,
}

/// A candidate, closely looked at: one seed of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Portrait {
    /// The candidate's name.
    pub name: String,
    /// Why it is shown: "the winner", "no jitter".
    pub role: String,
    /// Under which arrivals.
    pub arrivals: Arrivals,
    /// One sentence a cause: "no jitter: 732 attempts in one second, 20 accepted".
    pub causes: Vec<String>,
    /// Where its calls were lost.
    pub losses: Vec<Loss>,
    /// The shares of its calls' time spent waiting between attempts, at the server and on the way, and anywhere else.
    pub time: [f64; 3],
    /// The measures of that seed.
    pub metrics: Metrics,
    /// Load and goodput over time, in equal steps.
    pub figure: Vec<FigurePoint>,
    /// The length of such a step, in seconds.
    pub step_s: f64,
}

/// Calls lost for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The reason.
    pub reason: Reason,
    /// How many.
    pub calls: u64,
}

/// A step of a portrait's figure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FigurePoint {
    /// Its begin, in seconds.
    pub at_s: f64,
    /// Attempts a second.
    pub load: f64,
    /// Calls that ended well, a second.
    pub goodput: f64,
    /// Calls that fell due, a second.
    pub offered: f64,
    /// What the limit lets through, a second; absent where none is known.
    pub limit: Option<f64>,
}

/// The verdict under another circumstance.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// What is different.
    pub shift: Shift,
    /// By which factor; absent for the other model of arrivals.
    pub factor: Option<f64>,
    /// Who wins then.
    pub winner: String,
    /// The place of the verdict's winner then.
    pub place_of_winner: u32,
    /// The success ratio of the verdict's winner then.
    pub success_ratio: f64,
}

/// What is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// The rate of arrivals, or the number of users.
    Load,
    /// The rate of the limit.
    Limit,
    /// Its burst.
    Burst,
    /// The number of clients.
    Clients,
    /// The round trip.
    RoundTrip,
    /// The model of arrivals.
    Arrivals,
}

/// How much a swept field matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// The field, with its policy: `polite.backoff.base`.
    pub path: String,
    /// Its values as written, each with the mean score of the candidates that have it.
    pub scores: Vec<(String, f64)>,
    /// The best less the worst.
    pub swing: f64,
}

/// What the simulations rest on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Credibility {
    /// The limit, in words: "token bucket of 10/s, burst 20, for each account and operation".
    pub limit: String,
    /// What the limit lets through for good, in calls a second; absent where none is known.
    pub limit_per_s: Option<f64>,
    /// The offered rate, in calls a second.
    pub offered_per_s: f64,
    /// The round trip that was assumed, in seconds.
    pub round_trip_s: f64,
    /// The first seed.
    pub seed: u64,
    /// The fewest and the most seeds that a candidate got.
    pub seeds: (u32, u32),
}

/// Real runs of one candidate beside what was predicted.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    /// The candidate's name.
    pub name: String,
    /// Why it was run: "the winner", "the runner-up", "the contrast".
    pub role: String,
    /// How many real and how many simulated runs.
    pub runs: (u32, u32),
    /// Predicted beside measured.
    pub comparisons: Vec<Comparison>,
}

/// One measure, predicted and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared: `success_ratio`, `p99`.
    pub what: String,
    /// What was predicted.
    pub predicted: f64,
    /// What was measured.
    pub measured: f64,
    /// How far they may lie apart, in words: "±2 %".
    pub tolerance: String,
    /// Whether they do not lie further apart.
    pub within: bool,
}

/// What a comparison took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Simulations.
    pub simulations: u64,
    /// Attempts in them.
    pub attempts: u64,
    /// Seconds of real time; a fact of the machine, and the only one here.
    pub wall_s: f64,
}
