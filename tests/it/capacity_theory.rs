//! Searches for capacity against targets whose capacity is known, in virtual time.

#![expect(clippy::print_stdout, reason = "whoever asks for the tables wants to see them")]

use loadline::capacity::{
    Assert, Class, ConstraintKind, CurvePoint, NoisyTarget, Objective, ObjectiveKind, Outcome, Purpose, Reading, Rules,
    Searched, Session, Step, Tally, Trial, Trouble, Vary, knee, usl,
};
use loadline::units::Nanos;

const CAPACITY: f64 = 800.0;
const LIMIT_S: f64 = 0.3;

fn slow(limit_s: f64) -> Objective {
    let text = format!("p99(response) < {}ms", limit_s * 1e3);
    let expression = text.parse().expect("an expression");
    Objective { expression, kind: ObjectiveKind::Latency { quantile: 0.99, limit_s } }
}

fn throttled() -> Objective {
    let expression: loadline::plan::expression::Expression =
        "ratio(attempts.throttled) < 1%".parse().expect("an expression");
    let measure = expression.measure.clone();
    Objective { expression, kind: ObjectiveKind::Share { measure, limit: 0.01, throttle: true } }
}

/// The first load is another with each seed, over an octave, so that the loads that are tried are not the truth by luck.
fn rules(exceed: f64, seed: u64) -> Rules {
    let start = 35.0 * (seed as f64 * 0.618).fract().exp2();
    Rules { objectives: vec![slow(LIMIT_S)], start, max: 50_000.0, exceed, seed, ..Rules::default() }
}

fn target(rules: &Rules, trouble: Trouble) -> NoisyTarget {
    NoisyTarget::new(rules.objectives.clone(), CAPACITY, LIMIT_S, trouble, rules.seed + 1_000)
}

fn search(rules: &Rules, target: &mut NoisyTarget) -> Searched {
    let mut session = Session::new(rules.clone());
    while let Step::Trial(trial) = session.next() {
        assert!(session.planned_s() > 0.0 && session.planned_s() <= rules.max_duration.as_secs_f64());
        assert!(trial.number < 500, "it does not end");
        session.take(target.read(&trial));
    }
    session.searched()
}

fn searched(rules: &Rules, trouble: Trouble) -> Searched {
    search(rules, &mut target(rules, trouble))
}

/// Doubling and bisection by single trials, as load testers do it that know no noise.
fn by_single_trials(rules: &Rules) -> (f64, f64) {
    let mut target = target(rules, Trouble::None);
    let (mut number, mut seconds) = (0, 0.0);
    let mut good = |load: f64| {
        number += 1;
        let (settle, measure) = (rules.settle, rules.trial);
        let reading = target.read(&Trial { number, purpose: Purpose::Search, load, settle, measure, seed: rules.seed });
        seconds += reading.took_s;
        reading.objectives[0].ok && reading.goodput_per_s >= 0.99 * load
    };
    let mut lower = rules.start;
    while good(lower * 2.0) {
        lower *= 2.0;
    }
    let mut upper = lower * 2.0;
    while upper > lower * 1.01 {
        let middle = (lower * upper).sqrt();
        *(if good(middle) { &mut lower } else { &mut upper }) = middle;
    }
    (lower, seconds)
}

struct Row {
    median: f64,
    p5: f64,
    p95: f64,
    above: f64,
    longest_s: f64,
}

fn row(name: &str, mut answers: Vec<(f64, f64)>) -> Row {
    answers.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| answers[(share * (answers.len() - 1) as f64).round() as usize].0;
    let count = answers.len() as f64;
    let above = answers.iter().filter(|answer| answer.0 > CAPACITY).count() as f64 / count;
    let mean_s = answers.iter().map(|answer| answer.1).sum::<f64>() / count;
    let longest_s = answers.iter().map(|answer| answer.1).fold(0.0, f64::max);
    let row = Row { median: at(0.5), p5: at(0.05), p95: at(0.95), above, longest_s };
    println!(
        "| {name} | {:.0} | {:.0} to {:.0} | {:.1} % | {mean_s:.0} s | {longest_s:.0} s |",
        row.median,
        row.p5,
        row.p95,
        above * 100.0
    );
    row
}

fn two_hundred(exceed: f64) -> Vec<Searched> {
    (1..=200).map(|seed| searched(&rules(exceed, seed), Trouble::None)).collect()
}

fn answers(searches: &[Searched]) -> Vec<(f64, f64)> {
    searches.iter().map(|found| (found.all.bounds.lower.expect("a lower bound"), found.seconds)).collect()
}

/// How many of the searches came to each outcome.
fn outcomes(searches: &[Searched]) -> (usize, usize) {
    let count = |outcome| searches.iter().filter(|found| found.outcome == outcome).count();
    (count(Outcome::Found), count(Outcome::Irregular))
}

#[test]
fn two_hundred_searches_to_compare_are_true_and_narrow() {
    println!("| procedure | median | p5 to p95 | above the truth | mean time | longest |");
    row("doubling and bisection, 1 x 10 s", (1..=200).map(|seed| by_single_trials(&rules(0.5, seed))).collect());
    let searches = two_hundred(0.5);
    let row = row("loadline, compare", answers(&searches));
    println!("found, irregular: {:?}", outcomes(&searches));
    assert!((row.median / CAPACITY - 1.0).abs() <= 0.02, "{}", row.median);
    assert!(row.p5 >= 0.95 * CAPACITY && row.p95 <= 1.05 * CAPACITY, "{} to {}", row.p5, row.p95);
    assert!(row.longest_s <= 720.0, "{}", row.longest_s);
}

#[test]
fn two_hundred_searches_to_promise_hardly_ever_promise_too_much() {
    let searches = two_hundred(0.2);
    let row = row("loadline, launch", answers(&searches));
    println!("found, irregular: {:?}", outcomes(&searches));
    assert!(row.above <= 0.05, "{}", row.above);
    assert!(row.median >= 0.85 * CAPACITY, "{}", row.median);
    assert!(row.longest_s <= 720.0, "{}", row.longest_s);
    let first = &searches[0];
    let trials: Vec<String> =
        first.trials.iter().map(|made| format!("{} {}", made.trial.purpose.word(), made.trial.load)).collect();
    let mut reasons: Vec<&str> =
        searches.iter().flat_map(|found| &found.reasons).map(|why| why.get(..40).unwrap_or(why)).collect();
    reasons.sort_unstable();
    for group in reasons.chunk_by(|a, b| a == b) {
        println!("{} x {}…", group.len(), group[0]);
    }
    println!(
        "{}\n{:?} {:?}\n{:?}\n{:?}",
        trials.join(", "),
        first.outcome,
        first.reasons,
        first.verified,
        first.binding
    );
}

#[test]
fn a_token_bucket_is_found_and_named() {
    for seed in 1..=10 {
        let rules = Rules { objectives: vec![slow(LIMIT_S), throttled()], ..rules(0.2, seed) };
        let found = searched(&rules, Trouble::Bucket(100.0));
        let lower = found.all.bounds.lower.expect("a lower bound");
        assert!((lower / CAPACITY - 1.0).abs() <= 0.03, "{seed}: {lower} {:?}", found.reasons);
        let binding = found.binding.expect("something binds");
        assert_eq!(binding.kind, ConstraintKind::Throttle, "{}", binding.why);
        assert!(binding.why.contains("throttled"), "{}", binding.why);
    }
}

/// The share of calls of M/D/1 that wait longer than `waited` services; `load` is the utilisation.
/// Source: C. Crommelin, 1932, as in every book on queues: P(W ≤ t) = (1 − ρ) Σₖ (λ(kD − t))ᵏ / k! · e^(−λ(kD − t)), k up to t/D.
fn longer(load: f64, waited: f64) -> f64 {
    let mut sum = 0.0;
    let mut factorial = 1.0;
    for k in 0..=waited.floor() as i32 {
        factorial *= f64::from(k.max(1));
        let x = load * (f64::from(k) - waited);
        sum += x.powi(k) / factorial * (-x).exp();
    }
    1.0 - (1.0 - load) * sum
}

#[test]
fn one_worker_is_found_where_the_theory_of_queues_puts_it() {
    // A call takes 1 ms, and 1 % may take more than 10 ms, of which it waits 9.
    let (mut low, mut high) = (0.1, 0.999);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        *(if longer(middle, 9.0) > 0.01 { &mut high } else { &mut low }) = middle;
    }
    let truth = low * 1000.0;
    for seed in 1..=5 {
        let rules = Rules { objectives: vec![slow(0.010)], ..rules(0.5, seed) };
        let mut target = NoisyTarget::new(rules.objectives.clone(), 1000.0, 0.010, Trouble::SingleWorker, seed);
        let found = search(&rules, &mut target);
        let lower = found.all.bounds.lower.expect("a lower bound");
        println!("M/D/1: {truth:.0}, found {:?}", found.all.bounds);
        assert!((lower / truth - 1.0).abs() <= 0.05, "{seed}: {lower} of {truth}");
        assert_eq!(found.binding.expect("something binds").kind, ConstraintKind::Latency);
    }
}

#[test]
fn a_target_that_stays_sick_is_waited_for_and_named() {
    let short = searched(&rules(0.5, 3), Trouble::Sick(12.0));
    assert!(short.trials.iter().any(|made| made.trial.purpose == Purpose::Recover));
    let lower = short.all.bounds.lower.expect("a lower bound");
    assert!((lower / CAPACITY - 1.0).abs() <= 0.08, "{lower}: without waiting it would be half of it");
    assert!(!short.reasons.iter().any(|reason| reason.contains("sick")), "{:?}", short.reasons);
    let long = searched(&rules(0.5, 3), Trouble::Sick(120.0));
    assert_eq!(long.outcome, Outcome::Irregular);
    assert!(long.reasons.iter().any(|reason| reason.contains("stays sick after overload")), "{:?}", long.reasons);
}

#[test]
fn a_generator_at_its_end_is_no_target_at_its_end() {
    let found = searched(&rules(0.2, 1), Trouble::Generator(500.0));
    assert_eq!(found.outcome, Outcome::GeneratorLimited, "{:?}", found.reasons);
    let lower = found.all.bounds.lower.expect("a lower bound");
    assert!((300.0..=500.0).contains(&lower), "{lower}");
    assert_eq!(found.binding.expect("something binds").kind, ConstraintKind::Generator);
    let most = searched(&Rules { max: 400.0, ..rules(0.2, 1) }, Trouble::None);
    assert_eq!(most.outcome, Outcome::AboveMax, "{:?}", most.reasons);
    assert_eq!(most.all.bounds.lower, Some(400.0));
    let none = searched(&Rules { objectives: vec![slow(0.001)], ..rules(0.2, 1) }, Trouble::None);
    assert_eq!(none.outcome, Outcome::BelowStart, "{:?}", none.reasons);
}

#[test]
fn a_start_above_the_capacity_is_halved() {
    let found = searched(&Rules { start: 3_000.0, ..rules(0.5, 5) }, Trouble::None);
    let lower = found.all.bounds.lower.expect("a lower bound");
    assert!((lower / CAPACITY - 1.0).abs() <= 0.08, "{lower}");
}

#[test]
fn time_that_is_too_short_leaves_what_is_known() {
    let rules = Rules { max_duration: Nanos::from_secs(180), ..rules(0.2, 1) };
    let found = searched(&rules, Trouble::None);
    assert_eq!(found.outcome, Outcome::Irregular);
    assert!(found.seconds <= 180.0, "{}", found.seconds);
    assert!(found.all.bounds.lower.is_some(), "{:?}", found.all);
    let changing = searched(&Rules { seed: 2, ..rules }, Trouble::Changing { after_s: 60.0, times: 0.5 });
    assert!(changing.all.bounds.lower.is_none_or(|lower| lower <= CAPACITY), "{:?}", changing.all);
}

#[test]
fn what_is_asserted_holds_breaks_or_is_open() {
    let asked = |load: f64, seed: u64| {
        let assert = Some(Assert { load, margin: 0.3 });
        searched(&Rules { assert, ..rules(0.2, seed) }, Trouble::None)
    };
    for seed in 1..=20 {
        let holds = asked(300.0, seed);
        assert_eq!(holds.outcome, Outcome::Holds, "{:?}", holds.verified);
        assert_eq!(holds.trials.len(), 3);
        assert!((holds.headroom.expect("headroom") - 0.3).abs() < 1e-9);
        let breaks = asked(700.0, seed);
        assert_eq!(breaks.outcome, Outcome::Breaks, "{:?}", breaks.verified);
    }
    let few = asked(1.0, 1);
    assert_eq!(few.outcome, Outcome::Inconclusive, "{:?}", few.verified);
    assert!(few.reasons[0].contains("too few"), "{:?}", few.reasons);
}

#[test]
fn users_are_whole() {
    let rules = Rules { vary: Vary::Users, start: 4.0, max: 5_000.0, ..rules(0.5, 4) };
    let found = searched(&rules, Trouble::None);
    assert!(found.trials.iter().all(|made| made.trial.load.fract() == 0.0));
    assert!((found.all.bounds.lower.expect("a lower bound") / CAPACITY - 1.0).abs() <= 0.08, "{:?}", found.all);
}

#[test]
fn loads_are_classified_by_the_rule_of_the_rfc() {
    let long = |good_long: f64, bad_long: f64| Tally { good_long, bad_long, ..Tally::default() };
    // Of 60 s, half may be bad: 30 s are too few to decide against, and 30 s good ones are enough.
    assert_eq!(long(0.0, 30.0).class(60.0, 0.5), Class::Undecided);
    assert_eq!(long(0.0, 40.0).class(60.0, 0.5), Class::Upper);
    assert_eq!(long(30.0, 0.0).class(60.0, 0.5), Class::Lower);
    assert_eq!(long(20.0, 30.0).class(60.0, 0.5), Class::Undecided);
    assert_eq!(long(30.0, 30.0).class(60.0, 0.5), Class::Lower);
    // A fifth: 12 s.
    assert_eq!(long(0.0, 10.0).class(60.0, 0.2), Class::Undecided);
    assert_eq!(long(0.0, 20.0).class(60.0, 0.2), Class::Upper);
    assert_eq!(long(40.0, 0.0).class(60.0, 0.2), Class::Undecided);
    assert_eq!(long(50.0, 10.0).class(60.0, 0.2), Class::Lower);
    // More than the sum: 80 s, of which 16 s may be bad.
    assert_eq!(long(60.0, 20.0).class(60.0, 0.2), Class::Upper);
    // Short trials never make a lower bound, and bad ones count beyond what good ones make up for: 40 − 30 · 0.5 / 0.5.
    let short = Tally { good_short: 90.0, ..Tally::default() };
    assert_eq!(short.class(60.0, 0.5), Class::Undecided);
    let mixed = Tally { good_short: 30.0, bad_short: 40.0, bad_long: 20.0, ..Tally::default() };
    assert_eq!(mixed.class(60.0, 0.5), Class::Undecided);
    assert_eq!(Tally { bad_long: 30.0, ..mixed }.class(60.0, 0.5), Class::Upper);
}

fn point(load: f64, goodput_per_s: f64, mean_s: f64) -> CurvePoint {
    CurvePoint { load, goodput_per_s, mean_s: Some(mean_s), trials: (3, 0), ..CurvePoint::default() }
}

#[test]
fn the_scalability_law_is_found_in_exact_data_and_hidden_otherwise() {
    let (gamma, sigma, kappa) = (100.0, 0.05, 0.001);
    let law = |n: f64| gamma * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0));
    let curve: Vec<CurvePoint> = [1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0].map(|n| point(n, law(n), n / law(n))).to_vec();
    let found = usl(&curve, 1).expect("a law");
    assert!((found.gamma - gamma).abs() < 1e-6 && (found.sigma - sigma).abs() < 1e-8, "{found:?}");
    assert!((found.kappa - kappa).abs() < 1e-9 && found.r_squared > 0.999_999, "{found:?}");
    let peak = law(((1.0 - sigma) / kappa).sqrt());
    assert!((found.peak_per_s.1 - peak).abs() < 1e-6 * peak, "{found:?} {peak}");
    // Concurrency to 8 was seen: nothing is said beyond 16.
    let short: Vec<CurvePoint> = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0].map(|n| point(n, law(n), n / law(n))).to_vec();
    let near = usl(&short, 1).expect("a law");
    assert!((near.peak_per_s.1 - law(16.0)).abs() < 1e-6 * peak, "{near:?}");
    assert!(usl(&curve[..5], 1).is_err_and(|why| why.contains("needs 6")));
    assert!(
        usl(&[12.0, 13.0, 14.0, 15.0, 16.0, 17.0].map(|n| point(n, law(n), n / law(n))), 1)
            .is_err_and(|why| why.contains("span"))
    );
    let knee = knee(&[1.0, 2.0, 4.0, 8.0, 40.0, 80.0].map(|n| point(n, law(n), n / law(n)))).expect("a knee");
    assert!((knee.load - 8.0).abs() < 1e-9, "{knee:?}");
}

#[test]
fn nothing_measured_is_no_answer() {
    let mut session = Session::new(rules(0.2, 1));
    assert_eq!(session.searched().outcome, Outcome::Invalid);
    session.take(Reading { fatal: Some("nothing answered".into()), ..Reading::default() });
    assert_eq!(session.next(), Step::Done);
    let searched = session.searched();
    assert_eq!(searched.outcome, Outcome::Invalid);
    assert!(searched.reasons.iter().any(|reason| reason == "nothing answered"), "{:?}", searched.reasons);
}
