//! The whole bench: find the tools, plan, measure, write.

mod measure;
mod plan;

use std::io::{self, Write as _};

use crate::budget::{Planned, fit, seconds as planned_seconds};
use crate::document::{Document, write};
use crate::machine::{Machine, Ticks, own_peak};
use crate::options::{Options, Theme};
use crate::rows::Rows;
use crate::say;
use crate::session::Session;
use crate::tools::{Found, Pace, Tool, What};

use plan::Job;

/// The share of the time that may be planned; the rest is for runs that take longer than expected.
const PLANNED: f64 = 0.94;

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
    let budget = f64::from(options.budget);
    let (jobs, left) = fit(plan::plan(options, &tools), budget * PLANNED);
    for each in &found {
        say(&format!("peers: {} is {} ({})", each.tool.name(), each.path.display(), each.version));
    }
    say(&format!("peers: {} runs, about {:.0} s; at most {budget:.0} s", jobs.len(), planned_seconds(&jobs)));
    let left = grouped(&left);
    if !left.is_empty() {
        say(&format!("peers: left out, to end in time: {}", left.join("; ")));
    }
    if options.plan {
        return jobs.iter().try_for_each(|each| writeln!(io::stdout(), "{:5.1} s  {}", each.seconds, name(&each.job)));
    }

    let mut session = Session::start(found.clone(), budget)?;
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
    let seconds = budget - session.left();
    let stolen = Ticks::now().stolen_since(before);
    drop(session);

    let rounds = options.rounds;
    let document =
        Document { machine, found, missing, rounds, quick: options.quick, seconds, stolen, floor, left, notes, rows };
    write(&document, &options.out)
}

/// Jobs in few words: rounds of the same are told by their number.
fn grouped(jobs: &[Planned<Job>]) -> Vec<String> {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for each in jobs {
        let name = name(&each.job);
        let name = name.split(", round").next().unwrap_or(&name);
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => groups.push((name.to_owned(), 1)),
        }
    }
    let text = |(name, count): (String, usize)| if count == 1 { name } else { format!("{name}, {count} rounds") };
    groups.into_iter().map(text).collect()
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
