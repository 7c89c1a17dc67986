//! What a gate found.

/// What came of a metric, or of all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Surely no worse than the tolerance allows.
    Pass,
    /// Surely worse, and by more than the tolerance.
    Fail,
    /// Neither, with as many runs as there were.
    #[default]
    Inconclusive,
    /// Nothing that could be judged.
    Invalid,
}

impl Verdict {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Invalid => "invalid",
        }
    }
}

/// Why a metric has its verdict: each a word that programs may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Passed: the upper bound of the change lies below the tolerance, and a change is not sure.
    WithinTolerance,
    /// Passed: the change is surely real, and surely within the tolerance.
    RealWithinTolerance,
    /// Passed: surely better.
    Better,
    /// Passed by the bound of a share that has almost no events.
    FewEvents,
    /// Failed: surely worse, and the estimate is beyond the tolerance.
    Worse,
    /// Failed under `change: any`: surely different, and the estimate is beyond the tolerance.
    Different,
    /// The interval holds both what would pass and what would fail.
    WideInterval,
    /// Fewer pairs than any bound needs.
    TooFewPairs,
    /// It would have failed, had the runs been comparable: of stored runs from different hosts.
    NotComparable,
    /// One run a side, whose seconds indicate something and prove nothing.
    IndicativeOnly,
    /// A run has no samples of it.
    NoSamples,
    /// A run has too few samples of it.
    TooFewSamples,
    /// A run drifts.
    Drift,
    /// A value that its scale does not have: a latency or a rate of zero.
    NoScale,
    /// No difference between any two runs whatever: these are not measurements.
    ZeroVariance,
    /// The runs were spoiled, so that nothing was looked at.
    RunsInvalid,
}

impl Reason {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::WithinTolerance => "within_tolerance",
            Self::RealWithinTolerance => "real_within_tolerance",
            Self::Better => "better",
            Self::FewEvents => "few_events",
            Self::Worse => "worse",
            Self::Different => "different",
            Self::WideInterval => "wide_interval",
            Self::TooFewPairs => "too_few_pairs",
            Self::NotComparable => "not_comparable",
            Self::IndicativeOnly => "indicative_only",
            Self::NoSamples => "no_samples",
            Self::TooFewSamples => "too_few_samples",
            Self::Drift => "drift",
            Self::NoScale => "no_scale",
            Self::ZeroVariance => "zero_variance",
            Self::RunsInvalid => "runs_invalid",
        }
    }
}

/// How the bounds of a change were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Pairs: Hodges-Lehmann, and the exact distribution of Wilcoxon's signed ranks.
    SignedRank,
    /// Two sets of runs: Hodges-Lehmann, and the exact distribution of the rank sum (Mann and Whitney).
    RankSum,
    /// Few events: the candidate's bound by Clopper and Pearson.
    ClopperPearson,
    /// One run a side: a bootstrap of blocks of seconds, which sees nothing of what differs between runs.
    BlockBootstrap,
}

impl Method {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignedRank => "signed_rank",
            Self::RankSum => "rank_sum",
            Self::ClopperPearson => "clopper_pearson",
            Self::BlockBootstrap => "block_bootstrap",
        }
    }
}

/// A one-sided bound of a difference on a metric's scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Where it is; infinite where the runs are too few for any.
    pub at: f64,
    /// How sure it is: 1 − the chance of being wrong.
    pub confidence: f64,
}

/// What was found of one metric. Differences are on its scale, larger for worse: `Metric::change_of` makes them readable.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricJudged {
    /// What came of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// How the bounds were found.
    pub method: Method,
    /// The median over the baseline's runs, in the unit of the measure.
    pub baseline: Option<f64>,
    /// The same of the candidate's.
    pub candidate: Option<f64>,
    /// The estimated difference (Hodges and Lehmann).
    pub estimate: Option<f64>,
    /// It is surely no lower than this: what fails a metric.
    pub lower: Option<Bound>,
    /// It is surely no higher than this: what passes one.
    pub upper: Option<Bound>,
    /// The difference of each pair that counts, in their order; empty where runs are not paired.
    pub differences: Vec<f64>,
    /// Differences of exactly zero, which the test leaves out and the estimate does not.
    pub zeros: u32,
    /// The standard deviation of the differences.
    pub spread: Option<f64>,
    /// The smallest difference that as many pairs would find nine times out of ten, at this spread.
    pub detectable: Option<f64>,
    /// How many pairs would find a difference of twice the tolerance nine times out of ten, at this spread.
    pub pairs_needed: Option<u32>,
    /// The correlation of each difference with the next.
    pub autocorrelation: Option<f64>,
}

impl MetricJudged {
    /// A metric of which nothing is known yet, and why: invalid until something is.
    pub fn nothing(reason: Reason, method: Method) -> Self {
        Self {
            verdict: Verdict::Invalid,
            reason,
            method,
            baseline: None,
            candidate: None,
            estimate: None,
            lower: None,
            upper: None,
            differences: Vec::new(),
            zeros: 0,
            spread: None,
            detectable: None,
            pairs_needed: None,
            autocorrelation: None,
        }
    }
}

/// One look at the pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// How many pairs there were.
    pub pairs: u32,
    /// The chance of failing without a difference that this look may spend.
    pub alpha: f64,
}

/// What a gate found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// What came of it.
    pub verdict: Verdict,
    /// One for each metric, in their order.
    pub metrics: Vec<MetricJudged>,
    /// Pairs that count (or the runs of the smaller side).
    pub pairs: u32,
    /// The looks that were taken, the last of them decisive.
    pub looks: Vec<Look>,
    /// Pairs that were run again because they were spoiled.
    pub repeated: u32,
    /// Why it is invalid, or what else has to be known, most important first; sentences.
    pub reasons: Vec<String>,
}
