//! A discovery as decisions: which stretch of probes comes next, given what the others showed.

use super::book::Book;
use super::choose::{Asked, choose, ends};
use super::cost::Costs;
use super::judge;
use super::pace::{is_window, pace};
use super::scope::Scopes;
use super::stretches::{at, even, random, stretch, volley};
use super::{Answer, Class, Discovered, Fit, RecoveryPoint, Rules, Validation, explain, explain_class, forecast};
use crate::plan::{Shot, Stretch};
use crate::record::Sighting;
use crate::units::Nanos;

/// A discovery that runs: whoever drives it sends the stretches and gives back what came of them.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) book: Book,
    course: Course,
    step: Step,
    /// The explanations so far, the best first.
    pub(super) fits: Vec<Fit>,
    /// What ended it early.
    pub(super) ended: Option<(Answer, String)>,
    asked: Asked,
    /// Whether nothing that can be asked tells the best two apart, or narrows the best any further.
    pub(super) stuck: bool,
    /// Whether the best was clear and its numbers known before the budget ended.
    pub(super) settled: bool,
    /// Whether rates and volleys went as far as the rules allow without a refusal.
    pub(super) reached_top: bool,
    /// The stretches that are volleys after silences, with these.
    recoveries: Vec<(u32, f64)>,
    proof: Proof,
    /// The stretch of the validation, and the explanation that forecasts it: the one that was best before it was sent.
    forecast: Option<(u32, Fit)>,
    pub(super) scopes: Scopes,
    pub(super) costs: Costs,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send this, and give back what came of it.
    Stretch(Stretch),
    /// Nothing more.
    Done,
}

/// How far the proof of the best explanation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// No forecast has failed.
    First,
    /// The first has failed: another may be made.
    Failed,
    /// Another was made, and it is the last.
    Second,
}

/// Where a discovery stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Course {
    Baseline,
    /// At this rate next; `held` counts stretches at the highest.
    Ramp {
        rate: f64,
        held: u32,
    },
    /// No rate was refused: so many at once next.
    Swell {
        size: u64,
    },
    /// How many volleys there were.
    Volleys {
        done: u32,
        size: u64,
    },
    /// What was sent, and how often lone requests had to be sent to be let in at all.
    Saturation {
        rate: f64,
        lone: u32,
    },
    /// A lone request after this silence, after saturation at this rate.
    Lone {
        gap: f64,
        rate: f64,
        lone: u32,
    },
    Recovery {
        index: usize,
    },
    Phases {
        rounds: u32,
    },
    Overcharge {
        part: u32,
    },
    Scope,
    Cost,
    Validation,
    Over,
}

/// Odds of 1000 to 1.
const CLEAR: f64 = 6.9;
/// Fewer predictions that came true are no proof.
const FORESEEN: f64 = 0.8;
/// The last rounds of questions.
const ROUNDS: u32 = 14;
/// After a silence of so many seconds any limiter that is looked for lets someone in.
const BAN_GAP_S: f64 = 12.0;

impl Session {
    /// A discovery that has sent nothing. `epoch` is the time since the Unix epoch at its instant zero.
    pub fn new(rules: Rules, epoch: Nanos) -> Self {
        let mut session = Self {
            scopes: Scopes::new(&rules),
            costs: Costs::new(&rules),
            book: Book::new(rules, epoch),
            course: Course::Baseline,
            step: Step::Done,
            fits: Vec::new(),
            ended: None,
            asked: Vec::new(),
            stuck: false,
            settled: false,
            reached_top: false,
            recoveries: Vec::new(),
            proof: Proof::First,
            forecast: None,
        };
        session.proceed();
        session
    }

    /// What to do now.
    pub fn next(&self, _now: Nanos) -> Step {
        self.step.clone()
    }

    /// The stage that runs.
    pub fn stage(&self) -> &'static str {
        self.book.stages.last().map_or("baseline", |stage| stage.name)
    }

    /// Takes what came of the stretch.
    pub fn take(&mut self, now: Nanos, sightings: Vec<Sighting>) {
        self.book.take(now, sightings);
        self.learn();
        self.proceed();
    }

    /// What is known so far.
    pub fn discovered(&self) -> Discovered {
        judge::discovered(self)
    }

    /// Requests and seconds that are kept for what follows the limiter itself.
    fn keep(&self) -> (u64, f64) {
        let burst = self.fits.first().map_or(20.0, |fit| pace(fit.kind).burst) as u64;
        let (scope, cost) = (self.scopes.needs(burst), self.costs.needs());
        (scope.0 + cost.0 + 100, scope.1 + cost.1 + 10.0)
    }

    /// Fits anew those classes that have a chance; the others stay as far behind as they were. All are fitted anew where none explains
    /// what was seen.
    fn look(&mut self) {
        let log = self.book.log();
        let best = self.fits.first().map_or(0.0, |fit| fit.evidence);
        let behind: Vec<f64> = self.fits.iter().map(|fit| best - fit.evidence).collect();
        for (fit, _) in self.fits.iter_mut().zip(&behind).filter(|(_, behind)| **behind < 60.0) {
            // What has no explanation any more is the last of all.
            *fit = explain_class(&log, fit.class).unwrap_or(Fit { evidence: f64::NEG_INFINITY, ..fit.clone() });
        }
        let fresh = self.fits.iter().zip(&behind).filter(|(_, behind)| **behind < 60.0).map(|(fit, _)| fit);
        let leader = fresh.max_by(|one, other| one.evidence.total_cmp(&other.evidence));
        match leader.map(|fit| (fit.evidence, judge::unexplained(fit))) {
            Some((best, wrong)) if wrong < 0.005 => {
                for (fit, behind) in self.fits.iter_mut().zip(&behind).filter(|(_, behind)| **behind >= 60.0) {
                    fit.evidence = best - behind;
                }
                self.fits.retain(|fit| fit.evidence.is_finite());
                self.fits.sort_by(|one, other| other.evidence.total_cmp(&one.evidence));
            }
            _ => self.fits = explain(&log),
        }
        // Only windows may take longer, and so only what is no doubt one.
        let first = self.fits.iter().take(if self.is_clear() { 1 } else { 2 });
        let windows = first.clone().all(|fit| is_window(fit.kind));
        let longest = first.map(|fit| pace(fit.kind).period).fold(0.0, f64::max);
        self.book.extra = Nanos::from_secs_f64(if windows { 2.2 * longest.min(60.0) } else { 0.0 });
    }

    /// Whether the best is far ahead of the next.
    pub(super) fn is_clear(&self) -> bool {
        match self.fits.as_slice() {
            [] => false,
            [_] => true,
            [best, next, ..] => best.evidence - next.evidence >= CLEAR,
        }
    }

    /// Draws conclusions from the last stretch.
    fn learn(&mut self) {
        let book = &self.book;
        let trouble = book.all.iter().filter(|seen| seen.is_trouble()).count();
        if trouble >= 3 && trouble * 20 > book.all.len() {
            self.end(Answer::Failing, judge::failing(book));
            return;
        }
        let accepted = book.last().iter().filter(|seen| seen.is_accepted()).count();
        let throttled = book.throttled();
        let fastest = book.rules.max_rate.as_per_second();
        self.course = match self.course {
            Course::Baseline => Course::Ramp { rate: 10.0_f64.min(fastest), held: 0 },
            Course::Ramp { .. } if throttled >= 20 => self.after_ramp(),
            Course::Ramp { rate, held } if rate < fastest => Course::Ramp { rate: (2.0 * rate).min(fastest), held },
            Course::Ramp { rate, held: 0 } => Course::Ramp { rate, held: 1 },
            Course::Ramp { .. } if throttled > 0 => self.after_ramp(),
            Course::Ramp { .. } => Course::Swell { size: 64 },
            Course::Swell { size } if accepted as u64 == size && size < 256 => Course::Swell { size: 2 * size },
            Course::Swell { size } if throttled > 0 => Course::Volleys { done: 1, size },
            Course::Swell { size } => {
                self.reached_top = size >= 256;
                Course::Over
            }
            Course::Volleys { done: 0, size } if accepted as u64 == size && size < 300 => {
                Course::Volleys { done: 0, size: 2 * size }
            }
            Course::Volleys { done: 0, size } => Course::Volleys { done: 1, size },
            Course::Volleys { .. } => self.after_volleys(),
            Course::Saturation { rate, lone } => self.after_chunk(rate, lone),
            Course::Lone { rate, lone, .. } if accepted > 0 => Course::Saturation { rate, lone: lone + 1 },
            Course::Lone { gap, .. } if gap >= BAN_GAP_S => {
                let dead = book.dead_s();
                self.end(Answer::Banned, judge::banned(gap, dead));
                return;
            }
            Course::Lone { gap, rate, lone } => Course::Lone { gap: 1.6 * gap, rate, lone },
            Course::Recovery { index } => {
                self.recoveries.push((self.book.stretches - 1, self.last_silence()));
                Course::Recovery { index: index + 1 }
            }
            Course::Phases { rounds } => {
                self.look();
                Course::Phases { rounds: rounds + 1 }
            }
            Course::Overcharge { part } => Course::Overcharge { part: part + 1 },
            Course::Scope => {
                self.scopes.take(&self.book);
                Course::Scope
            }
            Course::Cost => {
                self.costs.take(&self.book, self.fits.first());
                Course::Cost
            }
            Course::Validation => {
                let right = self.validated().and_then(|validation| validation.agreement()).unwrap_or(1.0);
                self.look();
                if right < FORESEEN && self.proof == Proof::First {
                    // What did not come true is the best of evidence: once more it is asked, and predicted.
                    self.proof = Proof::Failed;
                    (self.stuck, self.settled) = (false, false);
                    Course::Phases { rounds: 0 }
                } else {
                    Course::Over
                }
            }
            Course::Over => Course::Over,
        };
    }

    /// The silence before the last stretch.
    fn last_silence(&self) -> f64 {
        match &self.step {
            Step::Stretch(stretch) => stretch.quiet.as_secs_f64(),
            Step::Done => 0.0,
        }
    }

    fn end(&mut self, answer: Answer, why: String) {
        self.ended = Some((answer, why));
        self.course = Course::Over;
    }

    fn after_ramp(&mut self) -> Course {
        match judge::busy(&self.book) {
            // Refused although fewer were under way than had been before: no limit on how many there are at the same time.
            Some((accepted, refused)) if f64::from(refused) < 0.98 * f64::from(accepted) - 0.5 => self.saturate(),
            Some((accepted, _)) => Course::Volleys { done: 0, size: (2 * u64::from(accepted) + 2).clamp(4, 300) },
            None => self.saturate(),
        }
    }

    fn after_volleys(&mut self) -> Course {
        if judge::busy(&self.book).is_some_and(|(accepted, refused)| refused + 1 >= accepted) {
            self.look();
            if self.fits.first().is_some_and(|fit| fit.class == Class::Concurrency && fit.violations == 0) {
                return Course::Phases { rounds: 0 };
            }
        }
        self.saturate()
    }

    fn saturate(&self) -> Course {
        let rate = judge::tail_rate(&self.book);
        Course::Saturation { rate: self.four_times(rate), lone: 0 }
    }

    fn four_times(&self, rate: f64) -> f64 {
        let fastest = self.book.rules.max_rate.as_per_second();
        (4.0 * rate).clamp(20.0_f64.min(fastest), fastest)
    }

    fn after_chunk(&mut self, rate: f64, lone: u32) -> Course {
        let last = self.book.last();
        let accepted = last.iter().filter(|seen| seen.is_accepted()).count() as f64;
        let stage = self.book.stages.last();
        let (begun, spent) = stage.map_or((0.0, 0), |stage| (stage.span_s.0, stage.requests));
        let lasted = self.book.now.as_secs_f64() - begun;
        let here = self.book.plain.iter().filter(|seen| seen.sent.as_secs_f64() >= begun && seen.is_accepted()).count();
        if accepted == 0.0 && lone < 2 && self.book.dead_s() > 1.5 {
            return Course::Lone { gap: 2.0 / rate, rate, lone };
        }
        let enough = lasted >= 10.0 || here >= 60 && lasted >= 3.0 || spent * 3 >= self.book.rules.requests;
        if enough || lone >= 2 {
            self.look();
            return Course::Recovery { index: 0 };
        }
        Course::Saturation { rate: self.four_times(accepted / CHUNK_S), lone }
    }

    /// Finds what comes next.
    fn proceed(&mut self) {
        loop {
            if self.course == Course::Over {
                self.step = Step::Done;
                return;
            }
            let proposed = self.propose().and_then(|stretch| self.book.afford(stretch));
            if let Some(stretch) = proposed {
                self.step = Step::Stretch(stretch);
                return;
            }
            self.course = match self.course {
                Course::Recovery { .. } => Course::Phases { rounds: 0 },
                Course::Phases { .. } if self.proof == Proof::Failed => Course::Validation,
                Course::Phases { .. } => Course::Overcharge { part: 0 },
                Course::Overcharge { .. } => Course::Scope,
                Course::Scope => Course::Cost,
                Course::Cost => Course::Validation,
                Course::Validation | Course::Over => Course::Over,
                _ => {
                    // Nothing is left to spend.
                    if self.fits.is_empty() && self.book.throttled() > 0 {
                        self.look();
                    }
                    Course::Over
                }
            };
        }
    }

    /// The next stretch of the present part; `None` where that has nothing more to ask.
    fn propose(&mut self) -> Option<Stretch> {
        let seed = self.book.rules.seed;
        match self.course {
            Course::Baseline => {
                self.book.stage("baseline", "how long a quiet request takes, and what its reply says of a limit");
                // Not at even distances: windows and steps are, and would meet them.
                Some(stretch(self.book.rules.quiet, at([0.0, 0.53, 1.09, 1.46, 2.07])))
            }
            Course::Ramp { rate, held } => {
                self.book.stage("ramp", "up to the first refusals, or to the highest rate that is allowed");
                let span = if held > 0 { 2.0 } else { 1.0 };
                let mut stretch = stretch(Nanos::from_millis(10), even(rate, span, Nanos::ZERO, seed));
                stretch.until.throttled = Some(20_u64.saturating_sub(self.book.throttled()) as u32);
                Some(stretch)
            }
            Course::Swell { size } => {
                self.book.stage("volleys", "no rate was refused: more and more at the same instant");
                Some(stretch(Nanos::from_millis(500), volley(size, Nanos::ZERO)))
            }
            Course::Volleys { done, size } => {
                self.book.stage("volleys", "whether it is the number at the same time that is refused, or the rate");
                let service = judge::service(&self.book);
                let quiet = Nanos::from_millis(300).max(service.scale(3.0));
                if done == 0 {
                    return Some(stretch(quiet, volley(size, Nanos::ZERO)));
                }
                // Again before the first replies: whoever counts what is under way has no place yet, a fast bucket has; and after them, when all
                // places are free again. Then one by one.
                let seconds = service.as_secs_f64();
                let mut shots = volley(size, Nanos::ZERO);
                shots.extend(volley(size / 3 + 1, service.scale(0.35)));
                shots.extend(volley(size / 2 + 1, service.scale(3.0)));
                shots.extend(at((0..10).map(|index| seconds * (6.0 + 2.5 * f64::from(index)))));
                Some(stretch(quiet, shots))
            }
            Course::Saturation { rate, .. } => {
                self.book.stage("saturation", "more than is let in, to see how places come back");
                let from = Nanos::from_millis(5);
                Some(stretch(from, even(rate, CHUNK_S, Nanos::ZERO, seed ^ u64::from(self.book.stretches))))
            }
            Course::Lone { gap, .. } => Some(stretch(Nanos::from_secs_f64(gap), volley(1, Nanos::ZERO))),
            Course::Recovery { index } => self.recovery(index),
            Course::Phases { rounds } => self.phases(rounds),
            Course::Overcharge { part } => self.overcharge(part),
            Course::Scope => {
                let next = self.scopes.next(&self.book, self.fits.first()?);
                next.inspect(|_| self.book.stage("scope", "which requests share a bucket"))
            }
            Course::Cost => {
                let next = self.costs.next(&self.book, self.fits.first()?);
                next.inspect(|_| self.book.stage("cost", "whether some requests cost more than others"))
            }
            Course::Validation => self.validation(),
            Course::Over => None,
        }
    }

    /// A volley after a silence, as long as both are cheap.
    fn recovery(&mut self, index: usize) -> Option<Stretch> {
        let pace = pace(self.fits.first()?.kind);
        let part = *[0.25, 0.5, 1.0].get(index)?;
        let silence = (part * pace.period).max(0.05);
        let count = ((pace.rate.min(1e4) * silence).min(pace.burst) * 1.1).ceil() as u64 + 3;
        let keep = self.keep();
        let dear = count * 5 > self.book.requests_left().saturating_sub(keep.0)
            || silence * 4.0 > self.book.seconds_left() - keep.1;
        if dear || pace.period <= 0.0 {
            return None;
        }
        self.book.stage("recovery", "how much comes back in a silence");
        Some(stretch(Nanos::from_secs_f64(silence), volley(count, Nanos::ZERO)))
    }

    /// What the best two explanations disagree about, or the two ends of what the best one leaves open.
    fn phases(&mut self, rounds: u32) -> Option<Stretch> {
        let keep = self.keep();
        if rounds >= ROUNDS {
            return None;
        }
        if rounds == 0 {
            self.look();
        }
        let best = self.fits.first()?.clone();
        let pair = if self.is_clear() {
            judge::loosest(&best).map(|parameter| ends(&best, &parameter))
        } else {
            self.fits.get(1).map(|next| (best.clone(), next.clone()))
        };
        let Some((one, other)) = pair else {
            self.settled = true;
            return None;
        };
        let Some((place, chosen)) = choose(&self.book, &one, &other, keep, &self.asked) else {
            self.stuck = true;
            return None;
        };
        self.asked.push(place);
        self.book
            .stage("phases", "where the best explanations, or the ends of the best one, predict different answers");
        Some(chosen)
    }

    /// Far more than is let in, and hardly more: whether refused requests are charged, too, and whether a refusal is followed
    /// by a time of refusals.
    fn overcharge(&mut self, part: u32) -> Option<Stretch> {
        let best = self.fits.first()?;
        let pace = pace(best.kind);
        let (keep, fastest) = (self.keep(), self.book.rules.max_rate.as_per_second());
        let multiple = *[1.5, 10.0].get(part as usize)?;
        let rate = (multiple * pace.rate).min(fastest);
        let span = (20.0 / pace.rate).clamp(1.0, 3.0);
        let count = (rate * span) as u64;
        if !pace.rate.is_finite() || count * 4 > self.book.requests_left().saturating_sub(keep.0) {
            return None;
        }
        if span * 3.0 > self.book.seconds_left() - keep.1 {
            return None;
        }
        self.book.stage("overcharge", "whether refused requests are charged, too");
        Some(stretch(Nanos::from_millis(5), even(rate, span, Nanos::ZERO, self.book.rules.seed + 7)))
    }

    /// Requests that nobody has planned for, forecast before they are sent.
    fn validation(&mut self) -> Option<Stretch> {
        if self.forecast.is_some() && self.proof != Proof::Failed {
            return None;
        }
        self.look();
        let best = self.fits.first()?;
        let pace = pace(best.kind);
        let (seed, left) = (self.book.rules.seed, self.book.requests_left());
        // Other requests may have used the bucket, too, of which the models know nothing: until it is as new.
        let others = self.book.last().iter().any(|seen| seen.variant != 0);
        let quiet = if others { (2.5 * pace.period).min(self.book.seconds_left() - 5.0).clamp(0.1, 12.0) } else { 0.1 };
        let span = (self.book.seconds_left() - quiet - 0.1).min(10.0);
        let quiet = Nanos::from_secs_f64(quiet);
        if span < 1.0 || left < 10 {
            return None;
        }
        let shots = if pace.rate.is_finite() {
            let fastest = self.book.rules.max_rate.as_per_second();
            let count = (1.5 * pace.rate * span).min(0.5 * fastest * span).max(10.0) as u64;
            random(count.min(left).min(500), span, seed + u64::from(self.proof == Proof::Failed))
        } else {
            let gap = judge::service(&self.book).scale(4.0).max(Nanos::from_millis(200));
            let size = |index: u64| ((index % 4 + 1) as f64 * 0.5 * pace.burst).ceil() as u64;
            (0..4).flat_map(|index| volley(size(index), gap * index)).collect()
        };
        let planned = self.book.afford(stretch(quiet, shots))?;
        self.forecast = Some((self.book.stretches, best.clone()));
        if self.proof == Proof::Failed {
            self.proof = Proof::Second;
        }
        self.book.stage("validation", "requests at random, whose answers were predicted before they were sent");
        Some(planned)
    }

    /// How the forecast came out.
    pub(super) fn validated(&self) -> Option<Validation> {
        let (number, fit) = self.forecast.as_ref()?;
        let seen = self.book.all.iter().filter(|seen| seen.stretch == *number);
        // The forecast knows what was seen before, and the instants at which requests left: on a busy machine those are not quite the
        // planned ones. Of the answers it knows none.
        let before = self.book.plain.partition_point(|seen| seen.stretch < *number);
        let shots: Vec<Shot> = seen.clone().map(|seen| Shot { at: seen.sent, variant: seen.variant }).collect();
        let says = forecast(fit, &self.book.log_of(&self.book.plain[..before]), Nanos::ZERO, &shots);
        let mut validation = Validation::default();
        let mut pairs: Vec<(Nanos, bool, bool)> = seen
            .zip(says)
            .filter(|(seen, _)| !seen.is_trouble())
            .map(|(seen, says)| (seen.sent, says, seen.is_accepted()))
            .collect();
        // Which of those at the same instant comes first nobody knows: only how many are let in was predicted.
        let near = self.book.timing().1;
        for together in pairs.chunk_by_mut(|one, other| other.0.saturating_sub(one.0) <= near) {
            let (mut says, mut seen): (Vec<bool>, Vec<bool>) =
                together.iter().map(|(_, says, seen)| (*says, *seen)).unzip();
            says.sort_unstable();
            seen.sort_unstable();
            for (accept, accepted) in says.into_iter().zip(seen) {
                let of = if accept { &mut validation.predicted_accept } else { &mut validation.predicted_reject };
                *(if accept == accepted { &mut of.0 } else { &mut of.1 }) += 1;
            }
        }
        validation.agreement().map(|_| validation)
    }

    /// The volleys after silences, and what the best explanation says of them.
    pub(super) fn recovery_points(&self) -> Vec<RecoveryPoint> {
        let point = |&(number, silence_s): &(u32, f64)| {
            let begin = self.book.plain.partition_point(|seen| seen.stretch < number);
            let end = self.book.plain.partition_point(|seen| seen.stretch <= number);
            let volley = &self.book.plain[begin..end];
            let accepted = volley.iter().filter(|seen| seen.is_accepted()).count() as u64;
            let first = volley.first()?;
            let shots = super::stretches::volley(volley.len() as u64, Nanos::ZERO);
            let log = self.book.log_of(&self.book.plain[..begin]);
            let says = |fit: &Fit| forecast(fit, &log, first.sent, &shots).iter().filter(|accept| **accept).count();
            Some(RecoveryPoint { silence_s, accepted, predicted: self.fits.first().map(|fit| says(fit) as u64) })
        };
        self.recoveries.iter().filter_map(point).collect()
    }
}

/// Saturation is looked at so often, in seconds.
const CHUNK_S: f64 = 2.0;
