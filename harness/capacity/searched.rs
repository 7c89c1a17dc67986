//! Everything that a search leaves behind, for its report.

use super::{Reading, Rules, Trial};

/// A search, done.
#[derive(Clone, Debug, PartialEq)]
pub struct Searched {
    /// By which rules.
    pub rules: Rules,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it is irregular or what it could not tell: sentences.
    pub reasons: Vec<String>,
    /// What all objectives together sustain.
    pub all: Goal,
    /// What each objective alone sustains, in their order.
    pub each: Vec<Goal>,
    /// What is sustained if a latency objective's limit were another: the objective's index, the factor, the bounds that its trials show.
    pub relaxed: Vec<(usize, f64, Bounds)>,
    /// What breaks first, just above the answer.
    pub binding: Option<Constraint>,
    /// What the verification says.
    pub verified: Option<Verified>,
    /// Calls that ended well a second at the lower bound.
    pub goodput_per_s: Option<f64>,
    /// The most that the generator can send, where that was measured.
    pub generator_per_s: Option<f64>,
    /// The lower bound against the load that is expected, less one.
    pub headroom: Option<f64>,
    /// Every trial, in its order.
    pub trials: Vec<Made>,
    /// The curve: one point for each load, its trials added up.
    pub curve: Vec<CurvePoint>,
    /// Indications that rest on a model.
    pub knee: Option<Knee>,
    /// The universal scalability law, where its conditions are met.
    pub usl: Option<Usl>,
    /// Why an indication is missing: sentences.
    pub hidden: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Bounds as narrow as they were asked for, verified.
    Found,
    /// Bounds, and something that speaks against them: time ran out, trials contradict each other, the verification failed twice.
    Irregular,
    /// The highest load that was allowed is sustained.
    AboveMax,
    /// Not even the first load is sustained, nor any below it that was tried.
    BelowStart,
    /// The generator was the bottleneck: the target carries at least the lower bound.
    GeneratorLimited,
    /// The load that was asserted holds.
    Holds,
    /// It does not.
    Breaks,
    /// Neither is sure.
    Inconclusive,
    /// Nothing could be measured.
    Invalid,
    /// Someone stopped it.
    Interrupted,
}

/// Bounds of a load: the highest that is sustained below the smallest that is not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Sustained; `None` where nothing was.
    pub lower: Option<f64>,
    /// Not sustained; `None` where everything was.
    pub upper: Option<f64>,
}

/// What a goal came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goal {
    /// What it asks, as it is written; empty for all together.
    pub what: String,
    /// Its bounds.
    pub bounds: Bounds,
    /// Whether a load above the upper bound was sustained, or one below the lower was not: RFC 9971 calls that irregular.
    pub irregular: bool,
}

/// What breaks first.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Its kind.
    pub kind: ConstraintKind,
    /// What was seen at the upper bound: a sentence.
    pub why: String,
}

/// The kinds of what breaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintKind {
    /// A latency objective.
    Latency,
    /// Calls fail.
    Errors,
    /// The target throttles: 429.
    Throttle,
    /// What is outstanding grows.
    Backlog,
    /// Another objective.
    Objective,
    /// The generator.
    Generator,
}

impl ConstraintKind {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Errors => "errors",
            Self::Throttle => "throttle",
            Self::Backlog => "backlog",
            Self::Objective => "objective",
            Self::Generator => "generator",
        }
    }
}

/// What the verification says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// At which load.
    pub load: f64,
    /// Whether every objective holds with the confidence that was asked for.
    pub ok: bool,
    /// For each objective that counts events: the upper confidence limit of the share of bad ones, and what is allowed.
    pub limits: Vec<Option<(f64, f64)>>,
    /// The statement in words: a sentence.
    pub statement: String,
}

/// A trial that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What was asked.
    pub trial: Trial,
    /// What came of it.
    pub reading: Reading,
    /// Whether it violates any objective, and which constraint it met first.
    pub violates: Option<ConstraintKind>,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// The load: calls a second, or users.
    pub load: f64,
    /// Calls offered a second.
    pub offered_per_s: f64,
    /// Calls that ended well a second.
    pub goodput_per_s: f64,
    /// Calls throttled a second.
    pub throttled_per_s: f64,
    /// Response times in seconds.
    pub mean_s: Option<f64>,
    /// The median.
    pub p50_s: Option<f64>,
    /// The 99th percentile.
    pub p99_s: Option<f64>,
    /// Trials that count, and trials that are void.
    pub trials: (u32, u32),
    /// Of those that count: how many violate an objective.
    pub violations: u32,
}

/// The knee: an indication that moves with the range that was looked at, and no promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    /// The load with the most goodput for each second of mean response (Kleinrock's power).
    pub load: f64,
    /// What Kneedle says; `None` where it finds none.
    pub kneedle: Option<f64>,
}

/// The universal scalability law: X(N) = γN / (1 + σ(N-1) + κN(N-1)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// γ: calls a second of one call at a time.
    pub gamma: f64,
    /// σ: contention.
    pub sigma: f64,
    /// κ: coherency.
    pub kappa: f64,
    /// How well it fits; at least 0.95, or it would not be shown.
    pub r_squared: f64,
    /// The largest goodput that it foresees within twice the largest concurrency that was seen: low, best, high, 95 % by resampling.
    pub peak_per_s: (f64, f64, f64),
}
