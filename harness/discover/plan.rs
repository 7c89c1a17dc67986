//! The plan of a discovery and what it costs, before the first request is sent.

use super::Rules;

/// The plan and its cost, a line each stage.
pub fn forecast_words(rules: &Rules) -> Vec<String> {
    let fastest = rules.max_rate.as_per_second();
    let (mut ramp, mut rate, mut steps) = (0.0, 10.0_f64.min(fastest), 1);
    while rate < fastest {
        ramp += rate;
        rate = (2.0 * rate).min(fastest);
        steps += 1;
    }
    ramp += 4.0 * fastest;
    let cap = |count: f64| (count as u64).min(rules.requests);
    let quiet = rules.quiet;
    let mut lines = vec![
        format!(
            "at most {} requests in {} (limits on windows may take 2.2 of their periods more), at most {} but for volleys",
            rules.requests, rules.duration, rules.max_rate
        ),
        format!("baseline: {quiet} of silence, then 5 requests at 2/s"),
        format!(
            "ramp: from {:.0}/s, doubled each second, until 20 are refused: at most {} requests in {} s",
            10.0_f64.min(fastest),
            cap(ramp),
            steps + 3
        ),
        "volleys: as many at the same instant as it takes to tell a limit on concurrent requests, at most 300"
            .to_owned(),
        format!("saturation: four times what is let in, for up to 10 s: at most {} requests", rules.requests / 3),
        "recovery: volleys after three silences, where they are cheap".to_owned(),
        "phases: what the best explanations disagree about, until one is 1000 times likelier and its numbers are known"
            .to_owned(),
        "overcharge: 1.5 times and 10 times the limit, for up to 3 s each".to_owned(),
    ];
    for dimension in &rules.dimensions {
        let (name, count) = (&dimension.name, dimension.variants.len());
        lines.push(format!("scope: {name}, {count} values, the whole burst each"));
    }
    if let Some(cost) = &rules.cost {
        lines.push(format!("cost: {}, {} against {}: at most 300 requests", cost.name, cost.small.1, cost.large.1));
    }
    lines.push("validation: up to 500 requests in 10 s at random rates, predicted before they are sent".to_owned());
    lines.push(
        "it ends early where more than 5% of the requests fail for other reasons, or nothing is let in any more after 12 s of silence"
            .to_owned(),
    );
    lines
}
