//! The whole bench: find the tools, plan, measure, write.

mod measure;
mod plan;

use std::io::{self, Write as _};

use crate::budget;
use crate::document::{Document, write};
use crate::machine::{Machine, Ticks, own_peak};
use crate::options::{Options, Theme};
use crate::rows::Rows;
use crate::say;
use crate::session::Session;
use crate::tools::{Found, Pace, Tool, What};

use plan::Job;

/// What may be planned, in seconds: under ten minutes in all.
const PLANNED: f64 = 560.0;

/// When everything stops, in seconds.
const BUDGET: f64 = 595.0;

/// Measures what the options ask for, prints the tables and writes them.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let machine = Machine::this();
    let found: Vec<Found> =
        Tool::ALL.into_iter().filter(|tool| options.wants_tool(*tool)).filter_map(Tool::find).collect();
    let tools: Vec<Tool> = found.iter().map(|found| found.tool).collect();
    if !tools.contains(&Tool::Loadline) {
        let say = "loadline is not built: run `cargo build --release`, or say where it is in the variable LOADLINE";
        return Err(io::Error::new(io::ErrorKind::NotFound, say));
    }
    let missing: Vec<Tool> =
        Tool::ALL.into_iter().filter(|tool| options.wants_tool(*tool) && !tools.contains(tool)).collect();
    let (jobs, left) = budget::fit(plan::plan(options, &tools), PLANNED);
    for each in &found {
        say(&format!("peers: {} is {} ({})", each.tool.name(), each.path.display(), each.version));
    }
    say(&format!("peers: {} runs, about {:.0} s; at most {BUDGET:.0} s", jobs.len(), budget::seconds(&jobs)));
    let left: Vec<String> = left.iter().map(|each| name(&each.job)).collect();
    if !left.is_empty() {
        say(&format!("peers: left out, to end in time: {}", left.join("; ")));
    }
    if options.plan {
        return jobs.iter().try_for_each(|each| writeln!(io::stdout(), "{:5.1} s  {}", each.seconds, name(&each.job)));
    }

    let mut session = Session::start(found.clone(), BUDGET)?;
    let before = Ticks::now();
    let mut rows = Rows::default();
    let mut notes = Vec::new();
    let mut floor = None;
    for (number, each) in jobs.iter().enumerate() {
        let name = name(&each.job);
        if session.left() < each.seconds {
            notes.push(format!("{name}: not done, the time was over"));
            continue;
        }
        say(&format!("peers: {:3} of {}, {:3.0} s left  {name}", number + 1, jobs.len(), session.left()));
        if let Err(why) = measure::measure(&each.job, each.seconds, &mut session, &mut rows)? {
            say(&format!("peers: {name}: {why}"));
            notes.push(format!("{name}: {why}"));
        }
        if each.job.theme == Theme::Memory {
            floor = Some(own_peak());
        }
    }
    let seconds = BUDGET - session.left();
    let stolen = Ticks::now().stolen_since(before);
    drop(session);

    let rounds = options.rounds;
    let document =
        Document { machine, found, missing, rounds, quick: options.quick, seconds, stolen, floor, left, notes, rows };
    write(&document, &options.out)
}

/// What a job is, for people.
fn name(job: &Job) -> String {
    let tool = job.tool.name();
    let load = &job.load;
    let round = job.round + 1;
    match (job.theme, load.pace) {
        (Theme::Memory, _) => format!("memory, {tool}, {} requests", load.requests()),
        (Theme::Start, _) => format!("start, {tool}, round {round}"),
        (Theme::Closed, _) => {
            let what = if load.what == What::Thing { "GET" } else { "POST" };
            format!("closed loop, {tool}, {what}, round {round}")
        }
        (Theme::Stall, _) => {
            let corrected = if load.corrected { ", corrected" } else { "" };
            format!("stall, {tool}, {} connections{corrected}", load.connections)
        }
        (Theme::Open, Pace::Open { rate, .. }) => format!("open loop, {tool}, {rate}/s, round {round}"),
        (Theme::Open, Pace::Closed { .. }) => format!("open loop, {tool}, round {round}"),
    }
}
