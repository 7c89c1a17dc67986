//! Every kind against a plain model of itself, and against closed forms where there are any.

mod adaptive;
mod closed_form;
mod concurrency;
mod model;
mod options;

use super::*;
use crate::units::{Nanos, Rate};

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a valid rate")
}

fn ms(millis: u64) -> Nanos {
    Nanos::from_millis(millis)
}

fn limiter(kind: Kind) -> Limiter {
    Limiter::new(kind, Options::default(), Place::default())
}

fn accept(limiter: &mut Limiter, now: Nanos, cost: u32) -> bool {
    let accepted = limiter.check(now, cost).is_ok();
    if accepted {
        limiter.charge(now, cost);
    } else {
        limiter.refuse(now, cost, true);
    }
    accepted
}
