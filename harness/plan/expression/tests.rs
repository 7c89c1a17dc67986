use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Expression {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn expressions_of_the_manual_are_understood() {
    let check = |text: &str, canonical: &str| assert_eq!(parse(text).to_string(), canonical);
    check("p99(response, ListAttendees) < 3s", "p99(response, ListAttendees) < 3s");
    check("ratio(attempts.throttled, workload=fill) < 1%", "ratio(attempts.throttled, workload=fill) < 1%");
    check("ratio(calls.failed, over=10s) > 50%", "ratio(calls.failed, over=10s) > 50%");
    check("amplification() <= 1.5", "amplification() <= 1.5");
    check("amplification(GetThing)<=1.5", "amplification(GetThing) <= 1.5");
    check("  ratio( calls.ok )>=0.99 ", "ratio(calls.ok) >= 99%");
    check("p99.9(service, outcome=throttled) < 20ms", "p99.9(service, outcome=throttled) < 20ms");
    check("count(attempts.429) == 0", "count(attempts.429) == 0");
    check("rate(calls.ok) > 50/s", "rate(calls.ok) > 50/s");
    check("p99(response, ListAttendees, depth=10-20) < 1s", "p99(response, ListAttendees, depth=10-20) < 1s");
    check("recovery() < 10s", "recovery() < 10s");
    check("count(pages) > 10", "count(pages) > 10");
}

#[test]
fn an_error_names_the_place_and_the_remedy() {
    let messages: Vec<String> = [
        "p99 < 3s",
        "p99(response < 3s",
        "p99() < 3s",
        "p101(response) < 3s",
        "avg(response) < 3s",
        "p99(respnse) < 3s",
        "p99(calls) < 3s",
        "ratio(calls) < 1%",
        "ratio(calls.fail) < 1%",
        "ratio(pages) < 1%",
        "ratio(calls.429) < 1%",
        "count(calls, outcome=ok) > 1",
        "p99(response, workload:fill) < 3s",
        "p99(response, workloud=fill) < 3s",
        "p99(response, over=10) < 3s",
        "p99(response, over=1s, over=2s) < 3s",
        "p99(response, depth=0) < 3s",
        "p99(response,, A) < 3s",
        "p99(response) 3s",
        "p99(response) = 3s",
        "p99(response) <",
        "p99(response) < 3",
        "ratio(calls.ok) > 3s",
        "rate(calls) > 5",
        "amplification() < 150%",
        "",
    ]
    .iter()
    .map(|text| {
        let error = text.parse::<Expression>().expect_err(text);
        let caret = format!("{}{}", " ".repeat(error.at.start), "^".repeat(error.at.len().max(1)));
        format!("{text}\n{caret} {}\n  {}", error.message, error.suggestion.unwrap_or_default())
    })
    .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_measure_alone_is_understood() {
    assert_eq!("p99(response)".parse::<Measure>().expect("a measure").function, Function::Percentile(99.0));
    assert!("p99(response) < 1s".parse::<Measure>().is_err());
}

#[test]
fn nothing_holds_without_samples() {
    for comparison in Comparison::WORDS.map(|(_, comparison)| comparison) {
        assert!(!comparison.holds(f64::NAN, 1.0));
    }
}

fn any_measure() -> impl Strategy<Value = Measure> {
    let latency = (prop::sample::select(&Latency::WORDS[..]), prop::option::of(any::<prop::sample::Index>()));
    let latency_function = prop_oneof![
        Just(Function::Min),
        Just(Function::Mean),
        Just(Function::Max),
        (1_u32..=10_000).prop_map(|hundredths| Function::Percentile(f64::from(hundredths) / 100.0)),
    ];
    let latencies = (latency_function, latency).prop_map(|(function, ((_, latency), index))| {
        let outcomes = latency.outcomes();
        let outcome = index.filter(|_| !outcomes.is_empty()).map(|index| outcomes[index.index(outcomes.len())].1);
        (function, Some(Subject::Latency(latency)), outcome)
    });
    let counted = (
        prop_oneof![Just(Function::Count), Just(Function::Rate), Just(Function::Ratio)],
        prop::sample::select(&Counted::WORDS[..3]),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(function, (_, counted), index)| {
            let outcome = counted.outcomes()[index.index(counted.outcomes().len())].1;
            (function, Some(Subject::Counted(counted, Some(outcome))), None)
        });
    let bare = prop_oneof![Just((Function::Amplification, None, None)), Just((Function::Recovery, None, None))];
    let details = (
        prop::collection::vec("[A-Z][A-Za-z]{0,12}", 0..3),
        prop::option::of("[a-z][a-z0-9-]{0,9}"),
        prop::option::of((1_u32..50, 0_u32..50)),
        prop::option::of(1_u64..1_000_000_000_000),
    );
    (prop_oneof![latencies, counted, bare], details).prop_map(|((function, subject, outcome), details)| {
        let (operations, workload, depth, over) = details;
        let depth = depth.map(|(from, more)| (from, from + more));
        Measure { function, subject, operations, workload, outcome, depth, over: over.map(Nanos::new) }
    })
}

fn any_value(unit: Unit, number: u64) -> Value {
    let fraction = number as f64 / 1e6;
    match unit {
        Unit::Duration => Value::Duration(Nanos::new(number)),
        Unit::Rate => Value::Rate(Rate::per_second(fraction).expect("in range")),
        Unit::Ratio => Value::Ratio(Ratio::new(fraction).expect("in range")),
        Unit::Number => Value::Number(fraction),
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(
        measure in any_measure(),
        comparison in prop::sample::select(&Comparison::WORDS[..]),
        number in 1_u64..1_000_000_000,
    ) {
        let value = any_value(measure.function.unit(), number);
        let expression = Expression { text: String::new(), measure, comparison: comparison.1, value };
        let text = expression.to_string();
        let read: Expression = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(&read.text, &text);
        prop_assert_eq!(Expression { text: String::new(), ..read }, expression);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-z0-9.,()=<>% é/]{0,40}|\\PC{0,40}") {
        if let Err(error) = text.parse::<Expression>() {
            prop_assert!(text.get(error.at.clone()).is_some(), "{:?} in {text:?}", error.at);
        }
    }
}
