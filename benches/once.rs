//! One part of the hot path, taken a number of times and no more: for counters of instructions, which criterion is not made for.
//!
//! `all once PART TIMES`; docs/measurements/hot-path.md says how.

use std::hint::black_box;
use std::rc::Rc;

use http::HeaderMap;
use loadline::api::{Attempt, Input, Sequence, Values, find_error_code};
use loadline::record::Recorder;
use loadline::stats::LatencyHistogram;

use crate::lane::{self, Loop};
use crate::{request, synthetic, tune};

/// Does what the command line asks for. False where it asks for nothing of this.
pub(crate) fn run() -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [verb, part, times] = arguments.as_slice() else { return false };
    if verb != "once" {
        return false;
    }
    let times = times.parse().expect("the third argument says how often");
    match part.as_str() {
        "lane" => turns(lane::READ, times),
        "lane-limited" => turns(lane::LIMITED, times),
        "lane-batch" => turns(lane::BATCH, times),
        "render-get" => render(lane::LIMITED, None, times),
        "render-batch" => render(lane::BATCH, Some((0..100).collect()), times),
        "read-page" => read_page(times),
        "read-error" => {
            let (fields, body) =
                (HeaderMap::new(), br#"{"Code":"ThrottledClientException","Message":"Rate exceeded"}"#);
            (0..times).for_each(|_| assert!(find_error_code(&fields, black_box(body)).is_some()));
        }
        "record" => record(times),
        "histogram" => {
            let mut histogram = LatencyHistogram::new();
            (0..times).for_each(|n| histogram.record(synthetic::latency(n)));
            black_box(histogram);
        }
        "tune" => _ = black_box(tune::compare(times)),
        other => panic!(
            "no part is called `{other}`; take lane, lane-limited, lane-batch, render-get, render-batch, read-page, \
             read-error, record, histogram or tune"
        ),
    }
    true
}

fn turns(text: &str, times: u64) {
    let mut lane = Loop::new(text);
    (0..times).for_each(|_| lane.turn());
}

/// An input that nothing but the sequence tells from another.
pub(crate) fn input(items: Option<Rc<[u32]>>) -> Input {
    let values = Values { seed: 42, call: 7, seq: Sequence { first: 1_000_000, stride: 1 }, ..Values::default() };
    Input { exchange: 0, values: Rc::new(values), items, page: None, attempt: Attempt::default() }
}

fn render(text: &str, items: Option<Rc<[u32]>>, times: u64) {
    let (plan, input) = (synthetic::plan(text), input(items));
    let mut buffers = request::Buffers::default();
    (0..times).for_each(|_| buffers.fill(&plan.exchanges[0], black_box(&input)));
}

fn read_page(times: u64) {
    let (plan, input) = (synthetic::plan(request::LIST), input(None));
    let (fields, page) = (HeaderMap::new(), request::page());
    for _ in 0..times {
        let read = plan.exchanges[0].read(&input, "h:1", 200, &fields, black_box(page.as_bytes()));
        assert_eq!(read.expect("a page").listed, 100);
    }
}

fn record(times: u64) {
    let mut recorder = Recorder::new(synthetic::CELLS, synthetic::CLIENTS);
    for n in 0..times {
        recorder.sent(n as usize % synthetic::CELLS, false, true, synthetic::latency(n));
        recorder.attempt(&synthetic::attempt(n));
        recorder.call(&synthetic::call(n));
    }
    black_box(recorder);
}
