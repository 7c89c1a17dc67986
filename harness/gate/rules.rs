//! The rules of a gate: what is compared, how often, and when it fails.

use super::Metric;

/// What decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What is compared; at least one.
    pub metrics: Vec<Metric>,
    /// Pairs at the first look, the warm-up pair not counted.
    pub pairs: u32,
    /// Pairs at the second look, where the first one does not decide; equal to `pairs` where there is only one.
    pub max_pairs: u32,
    /// Whether a metric fails only where it is surely beyond its tolerance, and not where it is surely worse and likely beyond.
    pub strict: bool,
    /// What an undecided gate means.
    pub on_inconclusive: OnInconclusive,
    /// The chance of failing without any difference that is accepted, for all metrics and looks together.
    pub alpha: f64,
    /// Pairs that may be run again because the generator or the machine spoiled them.
    pub spare_pairs: u32,
    /// The seed of the order of runs, and of the runs themselves.
    pub seed: u64,
    /// What is left out at the beginning of each run besides its warm-up.
    pub trim: Trim,
}

/// What is left out at the beginning of each run besides its warm-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trim {
    /// Nothing.
    #[default]
    Nothing,
    /// What MSER-5 finds unsettled: the d that makes Σ (y − ȳ)² / (T − d)² over what is left smallest, at most a third of the run
    /// (White 1997, "An effective truncation heuristic for bias reduction in simulation output").
    Mser5,
}

/// What an undecided gate means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInconclusive {
    /// It passes, and says so.
    #[default]
    Warn,
    /// It does not pass.
    Fail,
    /// It passes.
    Pass,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            metrics: Vec::new(),
            pairs: 8,
            max_pairs: 16,
            strict: false,
            on_inconclusive: OnInconclusive::Warn,
            alpha: 0.05,
            spare_pairs: 8,
            seed: 1,
            trim: Trim::Nothing,
        }
    }
}
