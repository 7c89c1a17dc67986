//! What is to be measured: every run, how long it will take, and how easily it is done without.

use crate::budget::Planned;
use crate::options::{Options, Theme};
use crate::tools::{Load, Pace, Tool, What};

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) theme: Theme,
    pub(crate) tool: Tool,
    pub(crate) load: Load,
    pub(crate) round: u32,
}

/// The rates of the open loop, in requests a second.
const RATES: [u64; 3] = [1_000, 5_000, 20_000];

/// The rate against the stalling server, in requests a second.
const STALL_RATE: u64 = 500;

/// How many rounds a tool gets at most. The goals name loadline, wrk, oha and wrk2; of the others the order of magnitude is
/// asked, for which few will do.
fn most_rounds(tool: Tool) -> u32 {
    match tool {
        Tool::Loadline | Tool::Wrk | Tool::Oha | Tool::Wrk2 => u32::MAX,
        Tool::H2load | Tool::Hey => 2,
        Tool::K6 | Tool::Locust => 1,
    }
}

/// How long and how much.
struct Sizes {
    closed_seconds: f64,
    open_seconds: u64,
    stall_seconds: u64,
    memory: &'static [u64],
    starts: u32,
}

impl Sizes {
    fn of(options: &Options) -> Self {
        if options.quick {
            let memory = &[20_000, 100_000];
            Self { closed_seconds: 0.5, open_seconds: 1, stall_seconds: 10, memory, starts: 3 }
        } else {
            let memory = &[100_000, 1_000_000, 3_000_000];
            Self { closed_seconds: 2.3, open_seconds: 3, stall_seconds: 20, memory, starts: options.rounds.max(5) * 2 }
        }
    }
}

/// All runs for these tools, in the order in which they are done: rounds are interleaved, so that a machine that is slower for
/// a while is slower for all.
///
/// Memory comes first: a child's peak begins with that of this process, which is smallest then.
pub(crate) fn plan(options: &Options, tools: &[Tool]) -> Vec<Planned<Job>> {
    let sizes = Sizes::of(options);
    let mut all = Vec::new();
    if options.wants(Theme::Memory) {
        memory(&sizes, tools, &mut all);
    }
    let tools_of = |round: u32| tools.iter().copied().filter(move |tool| round < most_rounds(*tool));
    if options.wants(Theme::Start) {
        for round in 0..sizes.starts {
            // A start is short, so there are more of them.
            let tools = tools.iter().copied().filter(|tool| round / 5 < most_rounds(*tool) && tool.has_closed_loop());
            all.extend(tools.map(|tool| start(tool, round)));
        }
    }
    if options.wants(Theme::Closed) {
        for round in 0..options.rounds {
            for what in [What::Thing, What::Batch] {
                let tools = tools_of(round).filter(|tool| tool.has_closed_loop());
                all.extend(tools.map(|tool| closed(&sizes, tool, what, round)));
            }
        }
    }
    if options.wants(Theme::Open) {
        for round in 0..options.rounds {
            for rate in RATES {
                let tools = tools_of(round).filter(|tool| tool.has_open_loop());
                all.extend(tools.map(|tool| open(&sizes, tool, rate, round)));
            }
        }
    }
    if options.wants(Theme::Stall) {
        stalls(&sizes, tools, &mut all);
    }
    all
}

/// How easily a tool's runs are done without, when time is short. loadline alone would be no comparison, so those that the goals
/// name stay as long as it does.
fn rank(tool: Tool) -> u8 {
    match tool {
        Tool::Loadline | Tool::Wrk | Tool::Oha | Tool::Wrk2 => 0,
        Tool::H2load | Tool::Hey | Tool::K6 | Tool::Locust => 2,
    }
}

/// What a run takes beside its load, in seconds.
fn overhead(tool: Tool) -> f64 {
    match tool {
        Tool::Locust => 2.0,
        Tool::K6 => 0.7,
        _ => 0.2,
    }
}

fn things(pace: Pace, connections: u32) -> Load {
    Load { what: What::Thing, pace, connections, latencies: false, corrected: false }
}

fn memory(sizes: &Sizes, tools: &[Tool], all: &mut Vec<Planned<Job>>) {
    for (size, requests) in sizes.memory.iter().enumerate() {
        for tool in tools.iter().copied() {
            let speed = tool.closed_per_second(What::Thing);
            // A slow tool would take minutes, and the largest size is there to show that loadline does not grow.
            let affordable = size == 0 && speed > 5_000 || size == 1 && speed > 10_000 || tool == Tool::Loadline;
            if affordable && tool.has_closed_loop() {
                let load = things(Pace::Closed { requests: *requests }, 64);
                let seconds = *requests as f64 / speed as f64 + overhead(tool);
                let rank = rank(tool) + u8::from(size > 0);
                all.push(Planned { job: Job { theme: Theme::Memory, tool, load, round: 0 }, seconds, rank });
            }
        }
    }
}

fn start(tool: Tool, round: u32) -> Planned<Job> {
    let load = things(Pace::Closed { requests: 1 }, 1);
    let seconds = if tool.counts() { overhead(tool) / 2.0 } else { overhead(tool) + 0.2 };
    Planned { job: Job { theme: Theme::Start, tool, load, round }, seconds, rank: rank(tool) }
}

fn closed(sizes: &Sizes, tool: Tool, what: What, round: u32) -> Planned<Job> {
    // locust spends a second of processor time before its first request; a longer round spreads it.
    let seconds = if tool == Tool::Locust { 3.0 * sizes.closed_seconds } else { sizes.closed_seconds };
    let requests = (tool.closed_per_second(what) as f64 * seconds) as u64;
    let load = Load { what, ..things(Pace::Closed { requests }, 64) };
    // A tool that counts no requests runs for whole seconds.
    let seconds = if tool.counts() { seconds } else { seconds.ceil() };
    Planned {
        job: Job { theme: Theme::Closed, tool, load, round },
        seconds: seconds + overhead(tool),
        rank: rank(tool),
    }
}

fn open(sizes: &Sizes, tool: Tool, rate: u64, round: u32) -> Planned<Job> {
    let load = things(Pace::Open { rate, seconds: sizes.open_seconds }, tool.open_connections());
    let seconds = sizes.open_seconds as f64 + overhead(tool);
    Planned { job: Job { theme: Theme::Open, tool, load, round }, seconds, rank: rank(tool) }
}

/// Each tool once, with many connections; those that count waits for a connection with two as well; oha in both of its ways.
fn stalls(sizes: &Sizes, tools: &[Tool], all: &mut Vec<Planned<Job>>) {
    let pace = Pace::Open { rate: STALL_RATE, seconds: sizes.stall_seconds };
    for tool in tools.iter().copied().filter(|tool| tool.has_open_loop()) {
        let corrects = matches!(tool, Tool::Loadline | Tool::Oha | Tool::Wrk2);
        let mut ways = vec![(tool.open_connections(), corrects)];
        if corrects {
            ways.push((2, true));
        }
        if tool == Tool::Oha {
            ways.push((tool.open_connections(), false));
        }
        for (way, (connections, corrected)) in ways.into_iter().enumerate() {
            // Only oha has to be told.
            let load = Load { latencies: true, corrected: corrected && tool == Tool::Oha, ..things(pace, connections) };
            let rank = if tool == Tool::Loadline { 0 } else { rank(tool) + u8::from(way > 0) };
            let seconds = sizes.stall_seconds as f64 + 0.5 + overhead(tool);
            all.push(Planned { job: Job { theme: Theme::Stall, tool, load, round: 0 }, seconds, rank });
        }
    }
}
