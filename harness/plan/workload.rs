//! Workloads: what is sent, when, and in which order.

use crate::schedule::{Profile, Spacing, Users};
use crate::units::Nanos;

/// One source of load.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name, unique in the scenario.
    pub name: String,
    /// What makes it start flows.
    pub drive: Drive,
    /// When it begins, from the begin of the measurement.
    pub start: Nanos,
    /// How long from its begin it is left out of results.
    pub warm_up: Nanos,
    /// What happens to arrivals that cannot be sent at once.
    pub overload: Overload,
    /// What an arrival does; one of them, chosen by weight. At least one.
    pub flows: Vec<Flow>,
}

impl Workload {
    /// Tells the workloads of a run apart, in whatever phase they are: each has steps of its own, and each step an exchange.
    pub fn key(&self) -> u64 {
        self.flows.first().and_then(|flow| flow.steps.first()).map_or(0, |step| step.exchange as u64)
    }
}

/// What makes a workload start flows.
#[derive(Clone, Debug, PartialEq)]
pub enum Drive {
    /// The open model: arrivals by a schedule, whatever the target does.
    Open {
        /// The rate over time.
        profile: Profile,
        /// How arrivals are spread within it.
        spacing: Spacing,
    },
    /// The closed model: users who go round.
    Closed(Users),
    /// A number of flows, by so many users at once.
    Count(Iterations),
}

/// A number of flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iterations {
    /// How many in all.
    pub count: u64,
    /// How many at once; at least 1.
    pub users: u32,
}

impl Drive {
    /// How long new flows are started; `None` where that depends on the target's speed.
    pub fn duration(&self) -> Option<Nanos> {
        match self {
            Self::Open { profile, .. } => Some(profile.duration()),
            Self::Closed(users) => Some(users.duration),
            Self::Count(_) => None,
        }
    }
}

/// What happens to an arrival that cannot be sent at once, because the client's own limiter or the connection cap says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overload {
    /// How many calls may wait; one more is dropped and counted. Zero drops whatever cannot be sent at once.
    pub queue: u32,
}

/// A sequence of steps with captured values of its own.
#[derive(Clone, Debug)]
pub struct Flow {
    /// How often it is chosen, relative to the others.
    pub weight: u32,
    /// In order; the flow ends early where one fails.
    pub steps: Vec<Step>,
    /// How many captured values it holds.
    pub slots: usize,
}

/// One step of a flow: a call, or a walk over pages.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its exchange, which also names its cell.
    pub exchange: usize,
    /// Its retry policy.
    pub policy: usize,
    /// Its per-operation limiter.
    pub limiter: Option<usize>,
    /// The size of its batch.
    pub batch: Option<u32>,
    /// Its walk over pages.
    pub paginate: Option<Paginate>,
    /// What its templates take from the flow, the pools and the data files; fixed when a call starts.
    pub locals: Vec<Local>,
    /// Where captured values go, one for each capture of the exchange.
    pub sinks: Vec<Sink>,
    /// Whether it draws from the run's sequence.
    pub uses_seq: bool,
    /// Whether what it creates or lists is audited.
    pub audited: bool,
}

/// A walk over pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paginate {
    /// The most pages of one walk; one that has more fails by name.
    pub max_pages: u32,
}

/// A value that is fixed when a call starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    /// A value captured earlier in the flow.
    Capture {
        /// The flow's slot.
        slot: usize,
    },
    /// A member of a pool.
    Pool {
        /// The pool.
        pool: usize,
        /// Which member.
        pick: Pick,
    },
    /// A cell of the flow's row of a data file.
    Cell {
        /// The data file.
        feeder: usize,
        /// The column.
        column: usize,
    },
}

/// Which member of a pool is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The next one, round and round.
    Next,
    /// Any one, all equally likely.
    Random,
}

/// Where a captured value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// Into the flow; a reply without it fails the call.
    Slot(usize),
    /// Into a pool; each member of an array on its own.
    Pool(usize),
}
