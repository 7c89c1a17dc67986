//! What is to be compared.

use std::sync::Arc;

use crate::plan::Plan;
use crate::plan::expression::Expression;
use crate::retry::Policy;
use crate::service::config::Change;
use crate::sim::Network;
use crate::units::Nanos;

/// A comparison of retry policies.
#[derive(Clone, Debug)]
pub struct Task {
    /// The scenario. Each candidate takes the place of the policy of every step that is measured.
    pub plan: Arc<Plan>,
    /// What is compared; at least one, names unique.
    pub candidates: Vec<Candidate>,
    /// Under which models of arrivals; at least one, each at most once.
    pub arrivals: Vec<Arrivals>,
    /// The most simulations that each candidate gets under each model of arrivals; at least 1.
    pub seeds: u32,
    /// A disturbance whose recovery is measured.
    pub trigger: Option<Trigger>,
    /// What a candidate must keep to be ranked.
    pub require: Vec<Expression>,
    /// How much each measure counts.
    pub weights: Weights,
    /// Real runs of the best.
    pub confirm: Option<Confirm>,
    /// What lies between the clients and the service.
    pub network: Network,
}

/// One policy, or one point of a sweep.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its name: the policy's, and behind it what the sweep has set.
    pub name: String,
    /// The name of the policy that it was made from.
    pub base: String,
    /// What the sweep has set: paths without the policy's name, and values as written.
    pub swept: Vec<(String, String)>,
    /// The policy.
    pub policy: Policy,
    /// Its definition, to be pasted into a scenario.
    pub yaml: String,
}

/// A model of arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// Calls fall due whatever becomes of the ones before.
    Open,
    /// Users who wait for the end of a call before they begin the next.
    Closed,
}

/// A disturbance.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// What changes.
    pub set: Vec<Change>,
    /// When it begins; after a third of the run where it is not said.
    pub at: Option<Nanos>,
    /// How long it lasts; each is tried. At least one.
    pub lasting: Vec<Nanos>,
}

/// How much each measure counts for the score; zero leaves it out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// The share of calls that succeed.
    pub success_ratio: f64,
    /// The 99th percentile of the response of calls that succeed.
    pub p99: f64,
    /// Attempts for each call.
    pub amplification: f64,
    /// The time to recover from the trigger.
    pub recovery: f64,
    /// Jain's index over clients.
    pub fairness: f64,
}

impl Default for Weights {
    /// What the user wanted counts most.
    fn default() -> Self {
        Self { success_ratio: 4.0, p99: 2.0, amplification: 2.0, recovery: 1.0, fairness: 1.0 }
    }
}

/// Real runs of the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// How many of the best; at least 1.
    pub top: u32,
    /// How many runs of each; at least 1.
    pub runs: u32,
}
