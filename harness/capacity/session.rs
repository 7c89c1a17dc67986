//! A search under way: which trial comes next, and what is known by now.

use super::goal::{Of, counts};
use super::narrow::{self, Next};
use super::recover::{self, Health};
use super::verify::{self, Stage};
use super::{Bounds, Made, Purpose, Reading, Rules, Searched, Trial, Vary, answer, judge};
use crate::rng::{self, Key};
use crate::units::Nanos;

/// So many void trials in a row end a search: the next would be void as well.
pub(super) const VOID_IN_A_ROW: usize = 2;
/// A generator that sends this much at least is not looked at further.
const CALIBRATED_TO: f64 = 10_000.0;
/// Another objective's own bounds are looked for up to this many times the load that all together sustain.
const OTHERS_UP_TO: f64 = 2.0;
/// How many trials decide over a load, about; for the plan alone.
const TRIALS_A_LOAD: f64 = 4.0;
/// How many more loads a search needs that has not begun: the range and its halves; for the plan alone.
const LOADS: f64 = 6.0;

/// A search under way. It knows no clock and no runner: whoever drives it makes the trials that it asks for.
#[derive(Clone, Debug)]
pub struct Session {
    rules: Rules,
    trials: Vec<Made>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Make a trial and hand over its reading.
    Trial(Trial),
    /// Nothing: the answer stands.
    Done,
}

/// A trial's purpose, load and length.
type Wanted = (Purpose, f64, Nanos);

impl Session {
    /// A search that has not begun.
    pub fn new(rules: Rules) -> Self {
        Self { rules, trials: Vec::new() }
    }

    /// What to do next.
    pub fn next(&self) -> Step {
        let Some((purpose, load, measure)) = self.wanted() else { return Step::Done };
        let settle = if purpose == Purpose::Recover { Nanos::ZERO } else { self.rules.settle };
        let number = self.trials.len() as u32 + 1;
        let key =
            Key { seed: self.rules.seed, purpose: rng::Purpose::Order, client: 1, call: u64::from(number), attempt: 0 };
        Step::Trial(Trial { number, purpose, load, settle, measure, seed: key.bits() })
    }

    /// Takes in the reading of the trial that was asked for.
    ///
    /// A calibration whose reading is void and without calls says that there is none. One that is void and has calls says that the
    /// generator was at its end, and that its goodput is the most that it can send.
    pub fn take(&mut self, reading: Reading) {
        let Step::Trial(trial) = self.next() else { return };
        let judged =
            counts(&reading) && !matches!(trial.purpose, Purpose::Calibrate | Purpose::Idle | Purpose::Recover);
        let violates = if judged { judge::first(&self.rules, &reading) } else { None };
        self.trials.push(Made { trial, reading, violates });
    }

    /// About how long it still takes, in seconds; never more than is left of the longest time.
    pub fn planned_s(&self) -> f64 {
        if self.next() == Step::Done {
            return 0.0;
        }
        let rules = &self.rules;
        let left = self.left_s();
        let (verifications, length) = rules.verify;
        let done = self.trials.iter().filter(|made| made.trial.purpose == Purpose::Verify).count() as f64;
        let verifying = (f64::from(verifications) - done).max(0.0) * (rules.settle + length).as_secs_f64();
        if rules.assert.is_some() || done > 0.0 {
            return verifying.max(self.with_settling(Purpose::Verify, length)).min(left);
        }
        let Bounds { lower, upper } = narrow::bounds(rules, &self.trials, Of::All);
        let loads = match lower.zip(upper) {
            Some((lower, upper)) => ((upper / lower).ln() / (1.0 + rules.width).ln()).max(1.0).log2().ceil() + 1.0,
            None => LOADS,
        };
        (loads * TRIALS_A_LOAD * self.with_settling(Purpose::Search, rules.trial) + verifying).min(left)
    }

    /// What is known by now.
    pub fn searched(&self) -> Searched {
        let over = self.next() == Step::Done;
        answer::searched(&self.rules, &self.trials, self.most(), over)
    }

    fn wanted(&self) -> Option<Wanted> {
        let wanted = self.due()?;
        (self.with_settling(wanted.0, wanted.2) <= self.left_s()).then_some(wanted)
    }

    /// What comes next if there is time.
    fn due(&self) -> Option<Wanted> {
        let rules = &self.rules;
        if self.trials.iter().any(|made| made.reading.fatal.is_some()) {
            return None;
        }
        if let Some(assert) = rules.assert {
            return match verify::stage(rules, &self.trials, narrow::rounded(rules, assert.tried())) {
                Stage::Trial(load) if !self.void(load) => Some((Purpose::Verify, load, rules.verify.1)),
                _ => None,
            };
        }
        let made = |purpose| self.trials.iter().any(|made| made.trial.purpose == purpose);
        if !made(Purpose::Idle) {
            return Some((Purpose::Idle, recover::idle_load(rules), rules.range_trial));
        }
        if !made(Purpose::Calibrate) {
            let load = match rules.vary {
                Vary::Rate => rules.max.min(CALIBRATED_TO.max(rules.start)),
                Vary::Users => rules.max.min((rules.start * 8.0).max(64.0)),
            };
            return Some((Purpose::Calibrate, narrow::rounded(rules, load), rules.range_trial));
        }
        let wanted = self.searching()?;
        if recover::health(&self.trials) == Health::Unknown {
            return Some((Purpose::Recover, recover::idle_load(rules), recover::LOOK));
        }
        // What is void at the lowest load of all is void everywhere.
        (!self.void(wanted.1)).then_some(wanted)
    }

    fn searching(&self) -> Option<Wanted> {
        let rules = &self.rules;
        let most = self.most();
        let (trials, length) = rules.verify;
        let reserved = f64::from(trials) * (rules.settle + length).as_secs_f64();
        let verifying = self.trials.iter().any(|made| made.trial.purpose == Purpose::Verify);
        if !verifying {
            let lower = narrow::bounds(rules, &self.trials, Of::All).lower;
            let next = narrow::next(rules, &self.trials, Of::All, most);
            let asked = match next {
                Next::Range(load) => Some((Purpose::Range, load, rules.range_trial)),
                Next::Search(load) => Some((Purpose::Search, load, rules.trial)),
                Next::Found | Next::AboveMax => None,
                Next::BelowStart => return None,
            };
            // A narrower answer that nobody has verified is worth less than a wider one that holds.
            if let Some(asked) = asked
                && (lower.is_none() || trials == 0 || self.with_settling(asked.0, asked.2) + reserved <= self.left_s())
            {
                return Some(asked);
            }
        }
        let bounds = narrow::bounds(rules, &self.trials, Of::All);
        if trials > 0
            && let Some(lower) = bounds.lower
            && let Stage::Trial(load) = verify::stage(rules, &self.trials, lower)
        {
            return Some((Purpose::Verify, load, length));
        }
        self.others(bounds.upper?.min(most) * OTHERS_UP_TO, most)
    }

    /// The bounds of each objective alone, in what is left of the time.
    fn others(&self, up_to: f64, most: f64) -> Option<Wanted> {
        let rules = &self.rules;
        if rules.objectives.len() < 2 {
            return None;
        }
        (0..rules.objectives.len()).find_map(|index| {
            let up_to = narrow::rounded(rules, up_to.min(most));
            match narrow::next(rules, &self.trials, Of::One(index), up_to) {
                Next::Range(load) => Some((Purpose::Range, load, rules.range_trial)),
                Next::Search(load) => Some((Purpose::Search, load, rules.trial)),
                Next::Found | Next::AboveMax | Next::BelowStart => None,
            }
        })
    }

    /// The highest load that may be tried: what the rules allow, as far as the generator can send it.
    fn most(&self) -> f64 {
        let rules = &self.rules;
        let calibrated = self.trials.iter().find(|made| made.trial.purpose == Purpose::Calibrate);
        let end = calibrated.filter(|made| made.reading.void.is_some() && made.reading.calls > 0);
        let sendable = match (rules.vary, end) {
            (Vary::Rate, Some(made)) => made.reading.goodput_per_s,
            _ => f64::INFINITY,
        };
        let void = answer::void_from(&self.trials).map_or(f64::INFINITY, |load| {
            // The highest load below it that was no trouble.
            let fine = self.trials.iter().filter(|made| counts(&made.reading) && made.trial.load < load);
            fine.map(|made| made.trial.load).fold(0.0, f64::max)
        });
        rules.max.min(sendable).min(void)
    }

    /// Whether trials at a load were void so often that another would be as well.
    fn void(&self, load: f64) -> bool {
        answer::void_from(&self.trials).is_some_and(|from| load >= from)
    }

    fn left_s(&self) -> f64 {
        self.rules.max_duration.as_secs_f64() - answer::seconds(&self.trials)
    }

    /// How long a trial takes, by what those before it took beyond their plan.
    fn with_settling(&self, purpose: Purpose, measure: Nanos) -> f64 {
        let planned = |trial: &Trial| (trial.settle + trial.measure).as_secs_f64();
        let count = self.trials.len().max(1) as f64;
        let beyond = self.trials.iter().map(|made| (made.reading.took_s - planned(&made.trial)).max(0.0)).sum::<f64>();
        let settle = if purpose == Purpose::Recover { Nanos::ZERO } else { self.rules.settle };
        (settle + measure).as_secs_f64() + beyond / count
    }
}
