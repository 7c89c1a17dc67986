//! What the discoveries are to find: each kind with three parameter sets.

use loadline::discover::{Class, Way};
use loadline::limit::{Align, Kind, Options, Penalty, Steps};
use loadline::units::Nanos;

use super::rate;

/// A limiter to be found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth {
    pub(super) class: Class,
    pub(super) kind: Kind,
    pub(super) options: Options,
    pub(super) way: Way,
}

/// A row of the table: a kind with its parameter sets.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) sets: Vec<Truth>,
}

fn plain(class: Class, kind: Kind) -> Truth {
    Truth { class, kind, options: Options::default(), way: Way::default() }
}

fn row<T: Copy>(name: &'static str, class: Class, sets: [T; 3], kind: impl Fn(T) -> Kind) -> Row {
    Row { name, sets: sets.into_iter().map(|set| plain(class, kind(set))).collect() }
}

fn steps(per_second: f64, interval: Nanos) -> Steps {
    Steps { interval, amount: (per_second * interval.as_secs_f64()).round() as u32 }
}

/// Every kind.
pub(super) fn rows() -> Vec<Row> {
    let seconds = Nanos::from_secs_f64;
    let windows = [(2, 1.0), (30, 5.0), (250, 20.0)];
    let counting = Options { count_rejected: true, ..Options::default() };
    let penal =
        |for_s| Options { penalty: Some(Penalty { lasting: seconds(for_s), extend: false }), ..Options::default() };
    let bucket = |(r, b)| Kind::TokenBucket { rate: rate(r), burst: b, refill: None };
    let stepped = |(r, b, e): (f64, u32, f64)| {
        let steps = steps(r, seconds(e));
        Kind::TokenBucket { rate: rate(r), burst: b, refill: Some(steps) }
    };
    let with = |mut row: Row, name, options: [Options; 3]| {
        row.name = name;
        row.sets.iter_mut().zip(options).for_each(|(set, options)| set.options = options);
        row
    };
    let mut concurrency =
        row("concurrency", Class::Concurrency, [2, 10, 64], |limit| Kind::Concurrency { limit, queue: 0 });
    for (set, service) in concurrency.sets.iter_mut().zip([200, 50, 20]) {
        set.way.service = Nanos::from_millis(service);
    }
    vec![
        row("token bucket", Class::Bucket, [(2.0, 2), (20.0, 25), (100.0, 250)], bucket),
        row("gcra", Class::Bucket, [(5.0, 1), (33.0, 10), (10.0, 100)], |(r, b)| Kind::Gcra {
            rate: rate(r),
            burst: b,
        }),
        row("meter", Class::Bucket, [(3.0, 4), (50.0, 20), (7.0, 60)], |(r, b)| Kind::LeakyMeter {
            rate: rate(r),
            burst: b,
        }),
        row("stepped bucket", Class::SteppedBucket, [(5.0, 10, 1.0), (20.0, 100, 1.0), (4.0, 50, 5.0)], stepped),
        row("shaper", Class::Shaper, [(5.0, 5), (20.0, 10), (50.0, 40)], |(r, q)| Kind::Shaper {
            rate: rate(r),
            queue: q,
        }),
        row("fixed window, epoch", Class::FixedWindow, windows, |(limit, w)| Kind::FixedWindow {
            limit,
            window: seconds(w),
            align: Align::Epoch,
        }),
        row("fixed window, anchored", Class::AnchoredWindow, windows, |(limit, w)| Kind::FixedWindow {
            limit,
            window: seconds(w),
            align: Align::FirstRequest,
        }),
        row("sliding log", Class::SlidingLog, windows, |(limit, w)| Kind::SlidingLog { limit, window: seconds(w) }),
        row("sliding counter", Class::SlidingCounter, windows, |(limit, w)| Kind::SlidingCounter {
            limit,
            window: seconds(w),
        }),
        concurrency,
        with(
            row("bucket, counts refused", Class::Bucket, [(2.0, 5), (20.0, 25), (50.0, 50)], bucket),
            "bucket, counts refused",
            [counting; 3],
        ),
        with(
            row("bucket, penalty", Class::Bucket, [(5.0, 5), (20.0, 25), (50.0, 50)], bucket),
            "bucket, penalty",
            [penal(1.0), penal(2.0), penal(5.0)],
        ),
    ]
}
