//! What loadline is to reach, beside what it reached.

use crate::figures::ratio;
use crate::rows::{Rows, Stalled};
use crate::table::Table;
use crate::tools::{Tool, What};

/// A figure that must not be larger than its bounds.
struct Goal {
    what: String,
    reach: f64,
    beat: f64,
    now: Option<f64>,
    /// How a figure of this goal is written.
    form: fn(f64) -> String,
}

/// The goals that the rows have something to say of, or nothing where there are none.
pub(crate) fn table(rows: &Rows) -> Option<Table> {
    let goals: Vec<Goal> = all(rows).into_iter().filter(|goal| goal.now.is_some()).collect();
    if goals.is_empty() {
        return None;
    }
    let mut table = Table::new(&["goal, at most", "reach", "then beat", "now", "reached"]);
    for goal in goals {
        let Some(now) = goal.now else { continue };
        let word = if now <= goal.beat {
            "beaten"
        } else if now <= goal.reach {
            "reached"
        } else {
            "missed"
        };
        let cells = [goal.reach, goal.beat, now].map(goal.form);
        table.row([vec![goal.what], cells.to_vec(), vec![word.to_owned()]].concat());
    }
    Some(table)
}

fn all(rows: &Rows) -> Vec<Goal> {
    let times = |figure: f64| format!("{figure:.2} ×");
    let percent = |figure: f64| format!("{:.3} %", figure * 100.0);
    let cpu = |tool, what| rows.closed(tool, what, |row| row.cpu_us);
    let beside = |tool, what| ratio(cpu(Tool::Loadline, what), cpu(tool, what));
    let mut goals = Vec::new();
    for (tool, what, reach, beat) in [
        (Tool::Wrk, What::Thing, 1.15, 1.0),
        (Tool::Wrk, What::Batch, 1.3, 1.15),
        (Tool::Oha, What::Thing, 0.8, 0.7),
        (Tool::K6, What::Thing, 0.12, 0.1),
        (Tool::Locust, What::Thing, 0.06, 0.05),
    ] {
        let kind = if what == What::Thing { "GET" } else { "POST of 100 patched items" };
        let what_for = format!("CPU for each {kind}, beside {}", tool.name());
        goals.push(Goal { what: what_for, reach, beat, now: beside(tool, what), form: times });
    }
    for rate in Rows::each(&rows.open, |row| row.rate) {
        let unsent = rows.sent(Tool::Loadline, rate).map(|sent| (1.0 - sent).abs());
        goals.push(Goal { what: format!("not sent at {rate}/s"), reach: 0.0, beat: 0.0, now: unsent, form: percent });
        let error = rows.kept(Tool::Loadline, rate, |row| row.rate_error.abs());
        goals.push(Goal {
            what: format!("rate error at {rate}/s"),
            reach: 1e-3,
            beat: 2e-4,
            now: error,
            form: percent,
        });
        let deviation = rows.kept(Tool::Loadline, rate, |row| row.mean_deviation_us);
        let beside = ratio(deviation, rows.best_deviation(rate));
        let what = format!("mean deviation at {rate}/s, beside the best peer");
        goals.push(Goal { what, reach: 0.3, beat: 0.1, now: beside, form: times });
    }
    for row in rows.stall.iter().filter(|row| row.tool == Tool::Loadline) {
        let error = |index: usize| error(row, index).map(f64::abs);
        let names = ["p90", "p99", "p99.9", "max"];
        for (index, name) in names.into_iter().enumerate() {
            let (reach, beat) = if name == "p90" { (0.02, 0.007) } else { (0.007, 0.003) };
            let what = format!("stalled server, {} connections, error of {name}", row.connections);
            goals.push(Goal { what, reach, beat, now: error(index + 1), form: percent });
        }
    }
    let sizes: Vec<f64> = {
        let mut own: Vec<_> = rows.memory.iter().filter(|row| row.tool == Tool::Loadline).collect();
        own.sort_by_key(|row| row.planned);
        own.iter().map(|row| row.peak_mib).collect()
    };
    if let [first, .., last] = sizes[..] {
        let form = |figure: f64| format!("{figure:+.1} MiB");
        let what = "peak memory, most requests against fewest".to_owned();
        goals.push(Goal { what, reach: 2.0, beat: 0.5, now: Some(last - first), form });
    }
    let form = |figure: f64| format!("{figure:.1} ms");
    goals.push(Goal {
        what: "start to first request".to_owned(),
        reach: 17.0,
        beat: 8.0,
        now: rows.start(Tool::Loadline),
        form,
    });
    goals
}

/// How far a reported percentile is from the truth, as a share of it; by its place in `Percentiles::all`.
pub(crate) fn error(row: &Stalled, index: usize) -> Option<f64> {
    let (reported, truth) = (row.reported?.all()[index]?, row.truth.all()[index]?);
    (truth > 0.0).then(|| reported / truth - 1.0)
}
