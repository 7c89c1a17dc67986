//! What no discovery can find out: each has a name, and a sentence that says what to do.

use loadline::discover::{Answer, Discovered, KnownTarget, Rules, Way};
use loadline::limit::Options;
use loadline::units::{Nanos, Ratio};

use super::{bucket, discover};

fn target(per_second: f64, burst: u32, options: Options) -> KnownTarget {
    KnownTarget::new(3, Way::default()).limited(bucket(per_second, burst), options)
}

#[track_caller]
fn answers(found: &Discovered, answer: Answer, words: &str) {
    println!("{:?}, {} requests, {:.0} s: {:?}", found.answer, found.requests, found.seconds, found.reasons);
    assert_eq!(found.answer, answer, "{:?} {:?}", found.reasons, found.limiters);
    assert!(found.reasons.iter().any(|why| why.contains(words)), "{words:?} in {:?}", found.reasons);
}

#[test]
fn no_limiter_is_said_with_the_rate_up_to_which_there_is_none() {
    let found = discover(Rules::default(), &mut KnownTarget::new(3, Way::default()));
    answers(&found, Answer::NoLimiter, "no request was refused up to 200/s");
    assert!(found.limiters.is_empty());
    assert!(found.requests <= 2_000 && found.seconds <= 90.0);
}

#[test]
fn a_limiter_that_changes_is_not_given_one_number() {
    let mut target = target(20.0, 20, Options::default()).changing(Nanos::from_secs(25), vec![bucket(8.0, 20)]);
    let found = discover(Rules::default(), &mut target);
    answers(&found, Answer::Changing, "changed while it was looked at");
    assert!(found.limiters.is_empty());
}

#[test]
fn a_noisy_limiter_is_found_with_its_share_of_wrong_decisions() {
    let noise = Ratio::new(0.03).expect("a ratio");
    let found = discover(Rules::default(), &mut target(20.0, 20, Options { noise, ..Options::default() }));
    assert_eq!(found.answer, Answer::Identified, "{:?}", found.reasons);
    let fit = &found.limiters[0].fit;
    assert!((0.01..0.08).contains(&fit.options.noise.get()), "{:?}", fit.options);
    assert!(found.evidence.iter().any(|line| line.contains("decisions are wrong")), "{:?}", found.evidence);
}

#[test]
fn errors_that_are_no_throttles_end_it() {
    let found = discover(Rules::default(), &mut target(20.0, 20, Options::default()).failing(0.3));
    answers(&found, Answer::Failing, "failed for other reasons than throttling");
    assert!(found.requests < 100, "{}", found.requests);
}

#[test]
fn a_latency_above_the_spacing_gives_no_false_confidence() {
    let way = Way { round_trip: Nanos::from_millis(900), ..Way::default() };
    let found = discover(Rules::default(), &mut KnownTarget::new(3, way).limited(bucket(50.0, 5), Options::default()));
    println!("{:?} {:?} {:?}", found.answer, found.reasons, found.limiters);
    assert!(matches!(found.answer, Answer::TooSlow | Answer::CannotTell | Answer::BudgetSpent), "{:?}", found.answer);
    assert!(!found.reasons.is_empty());
}

#[test]
fn a_target_that_bans_is_left_alone() {
    let mut target = target(20.0, 20, Options::default()).banning(60, Nanos::from_secs(3_600));
    let found = discover(Rules::default(), &mut target);
    answers(&found, Answer::Banned, "shut this client out");
    let dead = found.sightings.iter().rev().take_while(|seen| seen.is_throttled()).count();
    assert!(dead < 400, "{dead} requests were sent at a closed door");
}

#[test]
fn a_budget_that_is_too_small_says_so() {
    let rules = Rules { requests: 40, ..Rules::default() };
    let found = discover(rules, &mut target(20.0, 250, Options::default()));
    answers(&found, Answer::BudgetSpent, "the budget ended before anything was refused");
    assert!(found.requests <= 40);
    let rules = Rules { requests: 45, ..Rules::default() };
    let found = discover(rules, &mut target(5.0, 5, Options::default()));
    println!("{:?} {:?} {:?}", found.answer, found.reasons, found.limiters);
    assert_eq!(found.answer, Answer::BudgetSpent, "{:?}", found.limiters);
}
