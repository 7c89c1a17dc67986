//! A stand-in until the real session is merged: it makes the pairs and judges nothing. Take the other side of any conflict.
#![allow(missing_docs, reason = "it goes")]
use super::*;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub number: u32,
    pub again: u32,
    pub first: Side,
    pub seed: u64,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Pair(Pair),
    Done,
}
pub struct Session {
    rules: Rules,
    n: u32,
}
impl Session {
    pub fn new(rules: Rules) -> Self {
        Self { rules, n: 0 }
    }
    pub fn next(&self) -> Step {
        if self.n > self.rules.pairs {
            Step::Done
        } else {
            Step::Pair(Pair {
                number: self.n,
                again: 0,
                first: if self.n % 2 == 0 { Side::Baseline } else { Side::Candidate },
                seed: self.rules.seed + u64::from(self.n),
            })
        }
    }
    pub fn take(&mut self, _runs: [Run; 2]) {
        self.n += 1;
    }
    pub fn judged(&self) -> Judged {
        Judged::default()
    }
}
pub fn calibrate(_rules: &Rules, _runs: &[Run]) -> Calibration {
    Calibration::default()
}
