//! One part of the hot path, taken a number of times and no more: for counters of instructions, which criterion is not made for.
//!
//! `all once PART TIMES`; docs/measurements/hot-path.md says how.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use http::HeaderMap;
use loadline::api::{Attempt, Input, Sequence, Values, find_error_code};
use loadline::record::Recorder;
use loadline::stats::LatencyHistogram;

use crate::lane::{self, Loop};
use crate::{request, sim, synthetic, tune};

/// Does what the command line asks for. False where it asks for nothing of this.
pub(crate) fn run() -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [verb, name, times] = arguments.as_slice() else { return false };
    if verb != "once" {
        return false;
    }
    let times = times.parse().expect("the third argument says how often");
    let Some(mut part) = part(name) else { panic!("no part is called `{name}`; take {}", PARTS.join(", ")) };
    part(times);
    true
}

/// What `part` knows.
pub(crate) const PARTS: [&str; 11] = [
    "lane",
    "lane-limited",
    "lane-batch",
    "render-get",
    "render-batch",
    "read-page",
    "read-error",
    "record",
    "histogram",
    "sim",
    "tune",
];

/// A part that is set up, and may be taken any number of times.
pub(crate) type Part = Box<dyn FnMut(u64)>;

/// Sets a part up.
pub(crate) fn part(name: &str) -> Option<Part> {
    Some(match name {
        "lane" => turns(lane::READ),
        "lane-limited" => turns(lane::LIMITED),
        "lane-batch" => turns(lane::BATCH),
        "render-get" => render(lane::LIMITED, None),
        "render-batch" => render(lane::BATCH, Some((0..100).collect())),
        "read-page" => read_page(),
        "read-error" => {
            let (fields, body) =
                (HeaderMap::new(), br#"{"Code":"ThrottledClientException","Message":"Rate exceeded"}"#);
            Box::new(move |times| {
                (0..times).for_each(|_| assert!(find_error_code(&fields, black_box(body)).is_some()));
            })
        }
        "record" => record(),
        "histogram" => {
            let mut histogram = LatencyHistogram::new();
            Box::new(move |times| {
                (0..times).for_each(|n| histogram.record(synthetic::latency(n)));
                black_box(&histogram);
            })
        }
        "sim" => simulate(),
        "tune" => Box::new(|times| _ = black_box(tune::compare(times))),
        _ => return None,
    })
}

fn turns(text: &str) -> Part {
    let mut lane = Loop::new(text);
    Box::new(move |times| (0..times).for_each(|_| lane.turn()))
}

/// An input that nothing but the sequence tells from another.
pub(crate) fn input(items: Option<Rc<[u32]>>) -> Input {
    let values = Values { seed: 42, call: 7, seq: Sequence { first: 1_000_000, stride: 1 }, ..Values::default() };
    Input { exchange: 0, values: Rc::new(values), items, page: None, attempt: Attempt::default() }
}

fn render(text: &str, items: Option<Rc<[u32]>>) -> Part {
    let (plan, input) = (synthetic::plan(text), input(items));
    let mut buffers = request::Buffers::default();
    Box::new(move |times| (0..times).for_each(|_| buffers.fill(&plan.exchanges[0], black_box(&input))))
}

fn read_page() -> Part {
    let (plan, input) = (synthetic::plan(request::LIST), input(None));
    let (fields, page) = (HeaderMap::new(), request::page());
    Box::new(move |times| {
        for _ in 0..times {
            let read = plan.exchanges[0].read(&input, "h:1", 200, &fields, black_box(page.as_bytes()));
            assert_eq!(read.expect("a page").listed, 100);
        }
    })
}

fn record() -> Part {
    let mut recorder = Recorder::new(synthetic::CELLS, synthetic::CLIENTS);
    Box::new(move |times| {
        for n in 0..times {
            recorder.sent(n as usize % synthetic::CELLS, false, true, synthetic::latency(n));
            recorder.attempt(&synthetic::attempt(n));
            recorder.call(&synthetic::call(n));
        }
        black_box(&recorder);
    })
}

/// Each time a hundredth of a second of virtual time: 200 calls, of which nearly half are refused and come again.
fn simulate() -> Part {
    let scenario = sim::THROTTLED.replace("duration: 10s", "duration: 10ms").replace("burst: 1000", "burst: 10");
    let short = Arc::new(synthetic::plan(&scenario));
    Box::new(move |times| {
        for _ in 0..times {
            black_box(sim::simulation(&short).traced().expect("a simulation"));
        }
    })
}
