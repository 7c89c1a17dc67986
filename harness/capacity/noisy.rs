//! A target in virtual time whose capacity is known: the truth that searches are tested against.

use super::{Objective, ObjectiveKind, ObjectiveReading, Purpose, Reading, Trial};
use crate::rng::{self, Key};

/// ln 100: the 99th percentile of exponential times over their mean.
const P99: f64 = 4.605_170_185_988_091;
/// How much of its percentile at the capacity the target has at rest.
const AT_REST: f64 = 1.0 / 6.0;
/// Noise stays the same for so long, in seconds.
const BLOCK_S: f64 = 10.0;
/// How long a trial takes beside its load, in seconds: a new setup, and what is left is worked off.
const BESIDE_S: f64 = 0.5;

/// What is peculiar about a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trouble {
    /// Response times grow towards the saturation as in M/M/1.
    None,
    /// A token bucket of the capacity's rate, which holds so many.
    Bucket(f64),
    /// One worker that needs the same time for each call: every call goes through its queue. The saturation is the capacity's field.
    SingleWorker,
    /// Above the capacity it falls ill for so many seconds: five times as slow.
    Sick(f64),
    /// The generator cannot send more than this.
    Generator(f64),
    /// The capacity is multiplied after so many seconds.
    Changing {
        /// When.
        after_s: f64,
        /// By what.
        times: f64,
    },
}

/// A target in virtual time. Its p99 meets `limit_s` at `capacity`; it has a sixth of that at rest, so that a load one per cent higher is about
/// five per cent slower there.
#[derive(Clone, Debug)]
pub struct NoisyTarget {
    /// By what its trials are judged.
    pub objectives: Vec<Objective>,
    /// The truth, calls a second.
    pub capacity: f64,
    /// The latency that it has there, in seconds.
    pub limit_s: f64,
    /// The standard deviation of the logarithm of a trial's p99, for each 10 s.
    pub noise: f64,
    /// The share of blocks of 10 s that are hiccups, and how many times slower those are.
    pub spikes: (f64, f64),
    /// What is peculiar.
    pub trouble: Trouble,
    /// Decides every draw.
    pub seed: u64,
    /// How long it has been used, in seconds.
    clock_s: f64,
    sick_until_s: f64,
    tokens: f64,
}

/// What happened in a block.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    seconds: f64,
    calls: f64,
    p99_s: f64,
}

impl NoisyTarget {
    /// A target with a standard deviation of 20 % and 5 % of hiccups.
    pub fn new(objectives: Vec<Objective>, capacity: f64, limit_s: f64, trouble: Trouble, seed: u64) -> Self {
        let tokens = if let Trouble::Bucket(burst) = trouble { burst } else { 0.0 };
        Self {
            objectives,
            capacity,
            limit_s,
            noise: 0.2,
            spikes: (0.05, 2.5),
            trouble,
            seed,
            clock_s: 0.0,
            sick_until_s: 0.0,
            tokens,
        }
    }

    fn key(&self, trial: &Trial, call: u64, attempt: u64) -> Key {
        Key {
            seed: self.seed ^ trial.seed,
            purpose: rng::Purpose::Latency,
            client: u64::from(trial.number),
            call,
            attempt,
        }
    }

    /// Makes a trial.
    pub fn read(&mut self, trial: &Trial) -> Reading {
        let (settle, measure) = (trial.settle.as_secs_f64(), trial.measure.as_secs_f64());
        let took_s = settle + measure + BESIDE_S;
        let calls = (trial.load * measure).round();
        let mut reading = Reading {
            offered_per_s: trial.load,
            sent_per_s: trial.load,
            goodput_per_s: trial.load,
            calls: calls as u64,
            measured_s: measure,
            took_s,
            amplification: 1.0,
            run_id: format!("{:02}-{}", trial.number, trial.purpose.word()),
            ..Reading::default()
        };
        if let Trouble::Generator(most) = self.trouble
            && trial.load > most
        {
            reading.void = Some("the generator was late: lag p99 80 ms".into());
            reading.goodput_per_s = most * 1.1;
        }
        if trial.purpose == Purpose::Calibrate {
            self.clock_s += took_s;
            return reading;
        }
        let (throttled, slower) = (self.throttled(trial, settle + measure), self.slower());
        reading.throttled = throttled;
        let accepted = trial.load * (1.0 - throttled);
        let saturation = self.saturation();
        reading.goodput_per_s = reading.goodput_per_s.min(accepted).min(saturation);
        if matches!(self.trouble, Trouble::SingleWorker) {
            self.worked(trial, &mut reading);
        } else {
            self.modelled(trial, slower, &mut reading);
        }
        if let Trouble::Sick(seconds) = self.trouble
            && trial.load > self.now()
        {
            self.sick_until_s = self.clock_s + took_s + seconds;
        }
        self.clock_s += took_s;
        reading
    }

    /// The capacity at this time.
    fn now(&self) -> f64 {
        match self.trouble {
            Trouble::Changing { after_s, times } if self.clock_s >= after_s => self.capacity * times,
            _ => self.capacity,
        }
    }

    fn saturation(&self) -> f64 {
        match self.trouble {
            Trouble::Bucket(_) => f64::INFINITY,
            Trouble::SingleWorker => self.capacity,
            _ => self.now() / (1.0 - AT_REST),
        }
    }

    fn slower(&self) -> f64 {
        if self.clock_s < self.sick_until_s { 5.0 } else { 1.0 }
    }

    /// The share that a bucket lets not through; it refills between trials as well.
    fn throttled(&mut self, trial: &Trial, seconds: f64) -> f64 {
        let Trouble::Bucket(burst) = self.trouble else { return 0.0 };
        let wanted = trial.load * seconds;
        let there = self.tokens + self.capacity * seconds;
        self.tokens = (there - wanted).clamp(0.0, burst) + self.capacity * BESIDE_S;
        self.tokens = self.tokens.min(burst);
        (1.0 - there / wanted).max(0.0)
    }

    fn modelled(&self, trial: &Trial, slower: f64, reading: &mut Reading) {
        let measure = trial.measure.as_secs_f64();
        let count = (measure / BLOCK_S).ceil().max(1.0) as u64;
        let free = (1.0 - trial.load / self.saturation()).max(0.005);
        let blocks: Vec<Block> = (0..count)
            .map(|index| {
                let draw = self.key(trial, index, 0).normal();
                let hiccup = self.key(trial, index, 1).unit() < self.spikes.0;
                let times = libm::exp(self.noise * draw) * if hiccup { self.spikes.1 } else { 1.0 };
                let seconds = (measure - index as f64 * BLOCK_S).min(BLOCK_S);
                Block { seconds, calls: trial.load * seconds, p99_s: self.limit_s * AT_REST / free * slower * times }
            })
            .collect();
        let calls: f64 = blocks.iter().map(|block| block.calls).sum();
        let p99_s = blocks.iter().map(|block| block.p99_s * block.calls).sum::<f64>() / calls;
        reading.p99_s = Some(p99_s);
        reading.mean_s = Some(p99_s / P99);
        reading.p50_s = Some(p99_s / P99 * std::f64::consts::LN_2);
        let grows = (trial.load - self.saturation()).max(0.0);
        let waiting = trial.load * p99_s / P99;
        reading.outstanding = (0..measure as u64)
            .map(|second| {
                let noise = self.key(trial, second, 2).normal() * waiting.sqrt();
                (waiting + noise + grows * (second as f64 + trial.settle.as_secs_f64())).max(0.0)
            })
            .collect();
        reading.objectives =
            (0..self.objectives.len()).map(|index| self.judged(index, trial, &blocks, reading)).collect();
    }

    fn judged(&self, index: usize, trial: &Trial, blocks: &[Block], reading: &Reading) -> ObjectiveReading {
        match self.objectives[index].kind {
            ObjectiveKind::Latency { quantile, limit_s } => {
                let slow = |(at, block): (usize, &Block)| {
                    let share = libm::exp(-limit_s * P99 / block.p99_s);
                    let spread = (block.calls * share * (1.0 - share)).sqrt();
                    let draw = self.key(trial, at as u64, 3 + index as u64).normal();
                    (block.calls * share + spread * draw).round().clamp(0.0, block.calls)
                };
                let bad: Vec<f64> = blocks.iter().enumerate().map(slow).collect();
                let of: f64 = blocks.iter().map(|block| block.calls).sum();
                let all: f64 = bad.iter().sum();
                ObjectiveReading {
                    value: reading.p99_s,
                    bad: all as u64,
                    of: of.round() as u64,
                    dispersion: dispersed(blocks, &bad, all / of),
                    ok: all <= (1.0 - quantile) * of,
                }
            }
            ObjectiveKind::Share { limit, throttle, .. } => {
                let share = if throttle { reading.throttled } else { reading.failed };
                let bad = (share * reading.calls as f64).round() as u64;
                ObjectiveReading { value: Some(share), bad, of: reading.calls, dispersion: 1.0, ok: share < limit }
            }
            ObjectiveKind::Value => ObjectiveReading { value: None, bad: 0, of: 0, dispersion: 1.0, ok: true },
        }
    }

    /// One worker, call by call: Lindley's recursion with Poisson's arrivals, from an empty queue.
    fn worked(&self, trial: &Trial, reading: &mut Reading) {
        let (settle, measure) = (trial.settle.as_secs_f64(), trial.measure.as_secs_f64());
        let work_s = 1.0 / self.capacity;
        let (mut at, mut free_at) = (0.0, 0.0_f64);
        let mut responses = Vec::new();
        let mut outstanding = Vec::new();
        let mut ended = 0_u64;
        for call in 0.. {
            at += self.key(trial, call, 9).exponential() / trial.load;
            if at >= settle + measure {
                break;
            }
            while (outstanding.len() as f64) < at - settle {
                outstanding.push(((free_at - settle - outstanding.len() as f64).max(0.0) * self.capacity).ceil());
            }
            free_at = free_at.max(at) + work_s;
            if at >= settle {
                responses.push(free_at - at);
                ended += u64::from(free_at <= settle + measure + 20.0 * work_s);
            }
        }
        let count = responses.len();
        reading.calls = count as u64;
        reading.offered_per_s = count as f64 / measure;
        reading.goodput_per_s = ended as f64 / measure;
        reading.outstanding = outstanding;
        responses.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| responses.get(((count as f64 * share).ceil() as usize).saturating_sub(1)).copied();
        reading.mean_s = (count > 0).then(|| responses.iter().sum::<f64>() / count as f64);
        reading.p50_s = at(0.5);
        reading.p99_s = at(0.99);
        reading.objectives = self
            .objectives
            .iter()
            .map(|objective| match objective.kind {
                ObjectiveKind::Latency { quantile, limit_s } => {
                    let bad = count - responses.partition_point(|response| *response <= limit_s);
                    let ok = bad as f64 <= (1.0 - quantile) * count as f64;
                    ObjectiveReading { value: at(quantile), bad: bad as u64, of: count as u64, dispersion: 1.0, ok }
                }
                _ => ObjectiveReading {
                    value: Some(0.0),
                    of: count as u64,
                    dispersion: 1.0,
                    ok: true,
                    ..Default::default()
                },
            })
            .collect();
    }
}

/// How much more the seconds of these blocks vary than independent calls would: each block's own seconds do not, and blocks do.
fn dispersed(blocks: &[Block], bad: &[f64], share: f64) -> f64 {
    let free = share * (1.0 - share);
    let seconds: f64 = blocks.iter().map(|block| block.seconds).sum();
    if free <= 0.0 || seconds <= 1.0 {
        return 1.0;
    }
    let off = |(block, bad): (&Block, &f64)| (bad - block.calls * share).powi(2) / (block.calls * free);
    let between: f64 = blocks.iter().zip(bad).map(off).sum();
    1.0 + between / (seconds - 1.0)
}
