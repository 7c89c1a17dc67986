//! Discoveries of limiters that are known, in virtual time: is the kind right, are the numbers, do the intervals hold the truth?
//!
//! Every kind with three parameter sets. By default each set meets a few seeds, so that the tests stay quick without optimisation;
//! `LOADLINE_SEEDS=20 cargo test --release --test it discover_theory -- --nocapture` runs twenty of each and prints the tables.

#![expect(clippy::print_stdout, reason = "whoever asks for the tables wants to see them")]

mod bad_input;
mod extras;
mod kinds;
mod matrix;

use loadline::discover::{Discovered, KnownTarget, Rules, Session, Step};
use loadline::limit::Kind;
use loadline::runner::Prober;
use loadline::units::Rate;

pub(crate) fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate above zero")
}

pub(crate) fn bucket(per_second: f64, burst: u32) -> Kind {
    Kind::TokenBucket { rate: rate(per_second), burst, refill: None }
}

/// Runs a discovery to its end.
pub(crate) fn discover(rules: Rules, target: &mut KnownTarget) -> Discovered {
    let mut session = Session::new(rules, target.epoch());
    let mut stretches = 0;
    while let Step::Stretch(stretch) = session.next(target.now()) {
        let Ok(seen) = target.probe(&stretch);
        session.take(target.now(), seen);
        stretches += 1;
        assert!(stretches < 500, "a discovery ends");
    }
    session.discovered()
}
