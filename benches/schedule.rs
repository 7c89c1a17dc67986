//! The next arrival of an open workload.

use criterion::{Criterion, Throughput};
use loadline::schedule::{Arrivals, Profile, Spacing, Stage, Stripe};
use loadline::units::{Nanos, Rate};

pub(crate) fn bench(criterion: &mut Criterion) {
    let hours = Nanos::from_secs(100 * 3_600);
    let constant = Profile::constant(Rate::per_second(100_000.0).expect("in range"), hours);
    let ramp = Profile::staged(vec![Stage { from: 1.0, to: 100_000.0, over: hours }]).expect("valid");
    let mut group = criterion.benchmark_group("schedule");
    group.throughput(Throughput::Elements(1));
    for (name, profile, spacing) in [
        ("even", &constant, Spacing::Even),
        ("Poisson", &constant, Spacing::Poisson),
        ("Poisson on a ramp", &ramp, Spacing::Poisson),
    ] {
        let mut arrivals = Arrivals::new(profile.clone(), spacing, Stripe::WHOLE, 42, 0);
        group.bench_function(name, |bencher| bencher.iter(|| arrivals.next().expect("the schedule is long")));
    }
    group.finish();
}
