//! What a true simulation shows of retries: the five facts of docs/retries.md, each as a test.

use std::path::Path;
use std::sync::Arc;

use loadline::plan::Plan;
use loadline::record::{AttemptOutcome, Trace};
use loadline::report::tune::{Exhibit, Heights, plate};
use loadline::scenario::{self, Flags};
use loadline::sim::{Network, Simulation};
use loadline::units::Nanos;

/// A scenario of the chapter under a policy, with what else is set, simulated.
pub(crate) fn simulate(file: &str, policy: &str, set: &[&str]) -> Trace {
    let path = Path::new("docs/retries").join(file);
    let mut overrides = vec![format!("retry={policy}")];
    overrides.extend(set.iter().map(|&argument| argument.to_owned()));
    let loaded = scenario::read(&path, &overrides, &Flags::default(), &|_| None);
    let plan: Arc<Plan> = Arc::new(loaded.and_then(|loaded| loaded.plan()).unwrap_or_else(|faults| panic!("{faults}")));
    let simulation = Simulation { plan, network: Network::default(), trace: true };
    simulation.run(|_| {}).expect("a simulation").trace.expect("a trace was asked for")
}

/// Compares a figure of the chapter with what the simulation gives today. `LOADLINE_FIGURES=write` renews it.
fn figure(name: &str, title: &str, exhibits: &[(&str, &Trace, f64)], heights: Heights) {
    let exhibits: Vec<Exhibit<'_>> =
        exhibits.iter().map(|&(caption, trace, limit)| Exhibit { caption, trace, limit_per_s: Some(limit) }).collect();
    let (drawn, path) = (plate(title, &exhibits, heights), Path::new("docs/figures").join(format!("{name}.svg")));
    if std::env::var_os("LOADLINE_FIGURES").is_some_and(|wish| wish == "write") {
        std::fs::write(&path, &drawn).expect("the figure is written");
    }
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(shipped == drawn, "{} is out of date: LOADLINE_FIGURES=write cargo test --test it facts", path.display());
}

/// The last call's end, in seconds.
fn completion_s(trace: &Trace) -> f64 {
    trace.calls.iter().map(|call| call.done).max().unwrap_or_default().as_secs_f64()
}

/// The attempts sent, and those accepted, in each second.
fn by_second(trace: &Trace) -> Vec<(u64, u64)> {
    let mut seconds = Vec::new();
    for attempt in &trace.attempts {
        let second = attempt.sent.as_secs_f64() as usize;
        seconds.resize(seconds.len().max(second + 1), (0, 0));
        seconds[second].0 += 1;
        seconds[second].1 += u64::from(attempt.outcome == AttemptOutcome::Success);
    }
    seconds
}

/// Calls due in a span of seconds, and those of them that ended well within `limit`.
fn calls_due(trace: &Trace, from_s: u64, to_s: u64, limit: Nanos) -> (u64, u64) {
    let (from, to) = (Nanos::from_secs(from_s), Nanos::from_secs(to_s));
    let due = trace.calls.iter().filter(|call| (from..to).contains(&call.due));
    due.fold((0, 0), |(all, good), call| (all + 1, good + u64::from(call.is_ok() && call.response() <= limit)))
}

/// Attempts a second in a span of seconds.
fn load(trace: &Trace, from_s: u64, to_s: u64) -> f64 {
    let (from, to) = (Nanos::from_secs(from_s), Nanos::from_secs(to_s));
    let sent = trace.attempts.iter().filter(|attempt| (from..to).contains(&attempt.sent)).count();
    sent as f64 / (to_s - from_s) as f64
}

/// Successes a second in a span of seconds, by the end of the call.
fn goodput(trace: &Trace, from_s: u64, to_s: u64) -> f64 {
    let (from, to) = (Nanos::from_secs(from_s), Nanos::from_secs(to_s));
    let good = trace.calls.iter().filter(|call| call.is_ok() && (from..to).contains(&call.done)).count();
    good as f64 / (to_s - from_s) as f64
}

#[test]
fn without_jitter_clients_stay_in_lock_step_and_waste_what_refills_between_their_waves() {
    // 200 calls against 20 at once and 20 a second: nobody can be done before nine seconds.
    let ideal = 9.0;
    let (lock_step, jittered) =
        (simulate("lock-step.yaml", "lock-step", &[]), simulate("lock-step.yaml", "jittered", &[]));
    let (slow, fast) = (completion_s(&lock_step), completion_s(&jittered));
    assert!(slow > 5.0 * ideal, "{slow}");
    assert!(fast < 4.0 * ideal && fast * 2.0 < slow, "{fast}");
    let (sent, accepted) = by_second(&lock_step)[0];
    assert!(sent > 500 && accepted < 60, "{sent} attempts in one second, {accepted} accepted");
    let exhibits = [("exponential, no jitter", &lock_step, 20.0), ("full jitter", &jittered, 20.0)];
    figure(
        "lock-step",
        "Two hundred clients at once, without and with jitter; cut off at 160/s",
        &exhibits,
        Heights::UpTo(160.0),
    );
}

#[test]
fn under_lasting_overload_every_policy_has_the_goodput_of_the_limit_and_differs_in_load() {
    let mut loads = Vec::new();
    for policy in ["none", "lock-step", "jittered", "budgeted", "aws-standard-2.1"] {
        let trace = simulate("overload.yaml", policy, &[]);
        // The first ten seconds still spend the burst.
        let good = goodput(&trace, 10, 60);
        assert!((good - 50.0).abs() < 1.5, "{policy}: {good}");
        loads.push((policy, load(&trace, 10, 60), completion_s(&trace)));
    }
    let of = |name| loads.iter().find(|(policy, ..)| *policy == name).map_or(0.0, |(_, load, _)| *load);
    assert!(of("none") < 62.0, "{loads:?}");
    assert!(of("jittered") > 1.3 * of("none"), "{loads:?}");
    assert!(of("budgeted") < of("jittered"), "{loads:?}");
    let of = |policy| simulate("overload.yaml", policy, &[]);
    let (none, jittered, budgeted) = (of("none"), of("jittered"), of("budgeted"));
    let exhibits = [
        ("no retries", &none, 50.0),
        ("six attempts, full jitter", &jittered, 50.0),
        ("the same, with a budget", &budgeted, 50.0),
    ];
    figure("overload", "Sixty calls a second against a limit of fifty", &exhibits, Heights::Common);
}

#[test]
fn unlimited_retries_multiply_an_outage_and_outlast_it_while_a_quota_loses_its_calls_and_is_back_at_once() {
    let slo = Nanos::from_secs(1);
    let (unlimited, quota) =
        (simulate("outage.yaml", "unlimited", &[]), simulate("outage.yaml", "aws-standard-2.1", &[]));
    // The outage lasts from 20 s to 30 s.
    let times = |trace: &Trace| load(trace, 21, 30) / load(trace, 5, 20);
    assert!((5.0..7.0).contains(&times(&unlimited)), "{}", times(&unlimited));
    assert!(times(&quota) < 3.0, "{}", times(&quota));
    // From when on 99 of 100 calls meet the objective again.
    let back = |trace: &Trace| {
        (30..95).find(|&from| {
            let (all, good) = calls_due(trace, from, from + 5, slo);
            good as f64 >= 0.99 * all as f64
        })
    };
    assert_eq!(back(&quota), Some(30));
    assert!(back(&unlimited).is_some_and(|second| (45..70).contains(&second)), "{:?}", back(&unlimited));
    let lost = |trace: &Trace| {
        let (all, good) = calls_due(trace, 20, 30, Nanos::MAX);
        all - good
    };
    assert_eq!(lost(&unlimited), 0);
    assert!(lost(&quota) > 400, "{}", lost(&quota));
    let exhibits = [("retries without a limit", &unlimited, 70.0), ("AWS standard mode 2.1", &quota, 70.0)];
    figure("outage", "Ten seconds of outage, and what comes after", &exhibits, Heights::Common);
}

#[test]
fn behind_a_limiter_that_counts_rejects_unlimited_retries_never_recover() {
    let after = |policy| {
        let trace = simulate("counted.yaml", policy, &[]);
        (load(&trace, 70, 100) / load(&trace, 5, 20), goodput(&trace, 70, 100) / goodput(&trace, 5, 20))
    };
    let (load, good) = after("unlimited");
    assert!(load > 10.0 && good == 0.0, "70 s after the outage: {load} times the load, {good} of the goodput");
    for policy in ["none", "aws-standard-2.1", "budgeted"] {
        let (load, good) = after(policy);
        assert!((0.9..1.1).contains(&load) && (0.9..1.1).contains(&good), "{policy}: {load} {good}");
    }
    let of = |policy| simulate("counted.yaml", policy, &[]);
    let (unlimited, budgeted) = (of("unlimited"), of("budgeted"));
    let exhibits = [("retries without a limit", &unlimited, 60.0), ("with a budget of one in ten", &budgeted, 60.0)];
    figure("counted", "The same outage behind a limiter that counts what it rejects", &exhibits, Heights::Own);
}

#[test]
fn a_fixed_delay_looks_best_where_the_burst_happens_to_be_the_rate_times_the_delay() {
    let of = |policy: &str, set: &[&str]| completion_s(&simulate("lock-step.yaml", policy, set));
    // 20 at once, 20 a second, and a wave each second: every wave is let in whole, and no jitter can be as good.
    let (fixed, jittered) = (of("every-second", &[]), of("jittered", &[]));
    assert!((fixed - 9.0).abs() < 0.1 && jittered > 1.5 * fixed, "{fixed} {jittered}");
    // A fifth less burst or more rate, and it wastes as much as it seemed to save; its best is a coincidence.
    for (set, ideal) in [("limiters.shared.burst=16", 9.2), ("limiters.shared.rate=24/s", 7.5)] {
        let fixed = of("every-second", &[set]);
        assert!(fixed > 1.15 * ideal, "{set}: {fixed}");
    }
    for delay in ["800ms", "1200ms"] {
        let fixed = of("every-second", &[&format!("policies.every-second.backoff.base={delay}")]);
        assert!(fixed > 9.5, "{delay}: {fixed}");
    }
    let of = |policy: &str, set: &[&str]| simulate("lock-step.yaml", policy, set);
    let (fits, short, jittered) =
        (of("every-second", &[]), of("every-second", &["limiters.shared.burst=16"]), of("jittered", &[]));
    let exhibits = [
        ("every second, burst 20", &fits, 20.0),
        ("every second, burst 16", &short, 20.0),
        ("full jitter, burst 20", &jittered, 20.0),
    ];
    figure(
        "coincidence",
        "A fixed delay that fits the bucket, one that does not, and jitter; cut off at 200/s",
        &exhibits,
        Heights::UpTo(200.0),
    );
}
