//! What a discovery tells besides the limiter: scope, cost, hints, a forecast that came true.

use loadline::discover::{Answer, Class, CostProbe, Dimension, KnownTarget, Rules, Sharing, Way, limiters_yaml};
use loadline::limit::{Kind, Options};

use super::{bucket, discover};

#[test]
fn a_bucket_is_told_in_words_numbers_and_yaml() {
    let mut target = KnownTarget::new(5, Way::default()).limited(bucket(20.0, 25), Options::default());
    let found = discover(Rules::default(), &mut target);
    assert_eq!(found.answer, Answer::Identified, "{:?}", found.reasons);
    assert_eq!(found.limiters[0].fit.class, Class::Bucket);
    for stage in &found.stages {
        println!(
            "{:<12} {:6.2} to {:6.2} s, {:4} requests: {}",
            stage.name, stage.span_s.0, stage.span_s.1, stage.requests, stage.why
        );
    }
    for line in &found.evidence {
        println!("- {line}");
    }
    println!("{:?}\n{:?}\n{}", found.validation, found.limiters[0].fit.parameters, limiters_yaml(&found));
    let agreement = found.validation.and_then(|validation| validation.agreement()).expect("it was validated");
    assert!(agreement >= 0.98, "{agreement}");
    assert!(found.evidence[0].starts_with("25 were let in at once, then one every"), "{:?}", found.evidence);
    assert_eq!(found.stages.iter().map(|stage| stage.requests).sum::<u64>(), found.requests);
    assert!(found.recovery.iter().all(|point| point.predicted.is_some_and(|said| said.abs_diff(point.accepted) <= 1)));
}

#[test]
fn requests_that_share_a_bucket_are_told_from_those_that_do_not() {
    let dimensions = vec![
        Dimension { name: "header.X-Api-Key".to_owned(), variants: vec![0, 1] },
        Dimension { name: "path".to_owned(), variants: vec![0, 2] },
    ];
    let rules = Rules { dimensions, ..Rules::default() };
    let mut target =
        KnownTarget::new(5, Way::default()).limited_by(bucket(20.0, 25), Options::default(), &[0, 1, 0], &[]);
    let found = discover(rules, &mut target);
    let sharing: Vec<Sharing> = found.scope.iter().map(|line| line.sharing).collect();
    assert_eq!(sharing, [Sharing::Separate, Sharing::Shared], "{:?}", found.scope);
    assert_eq!(found.limiters[0].scope, ["api_key"]);
}

#[test]
fn keys_below_a_larger_bucket_are_a_hierarchy() {
    let dimensions = vec![Dimension { name: "header.X-Api-Key".to_owned(), variants: vec![0, 1, 2] }];
    let rules = Rules { dimensions, ..Rules::default() };
    let mut target = KnownTarget::new(5, Way::default())
        .limited_by(bucket(10.0, 20), Options::default(), &[0, 1, 2], &[])
        .limited(bucket(40.0, 45), Options::default());
    let found = discover(rules, &mut target);
    assert_eq!(found.scope[0].sharing, Sharing::Hierarchy, "{:?}", found.scope);
}

#[test]
fn a_cost_is_told_from_none_and_from_two_buckets() {
    let cost = Some(CostProbe { name: "query.count".to_owned(), small: (0, 1), large: (1, 10) });
    let rules = Rules { cost, ..Rules::default() };
    let run = |mut target: KnownTarget| discover(rules.clone(), &mut target);
    let new = || KnownTarget::new(5, Way::default());

    let one = run(new().limited(bucket(10.0, 20), Options::default()));
    assert_eq!(one.limiters.iter().map(|limiter| limiter.cost.clone()).collect::<Vec<_>>(), [None]);

    let carried = run(new().limited_by(bucket(20.0, 100), Options::default(), &[], &[1, 10]));
    let costs: Vec<_> = carried.limiters.iter().map(|limiter| limiter.cost.as_deref()).collect();
    assert_eq!(costs, [Some("query.count")]);

    // As EC2 has it: a bucket for requests, and one for what they carry.
    let both = run(new().limited(bucket(10.0, 20), Options::default()).limited_by(
        bucket(30.0, 100),
        Options::default(),
        &[],
        &[1, 10],
    ));
    let names: Vec<_> = both.limiters.iter().map(|limiter| (limiter.name.as_str(), limiter.cost.as_deref())).collect();
    assert_eq!(names, [("requests", None), ("resources", Some("query.count"))], "{:?}", both.reasons);
    let Kind::TokenBucket { rate, burst, .. } = both.limiters[1].fit.kind else { panic!("{:?}", both.limiters[1]) };
    assert!((rate.as_per_second() - 30.0).abs() < 1.5, "{rate}");
    assert!((95..=110).contains(&burst), "{burst}");
}
