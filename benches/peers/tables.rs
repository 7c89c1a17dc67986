//! The tables of the document, one a theme.

use crate::figures::{Percentiles, ratio};
use crate::goals;
use crate::rows::{Open, Rows};
use crate::table::{Table, cell, signed_percent, thousands};
use crate::tools::{Tool, What};

/// Processor time for each request, in a closed loop.
pub(crate) fn closed(rows: &Rows) -> Option<Table> {
    let tools = measured(&rows.closed, |row| row.tool)?;
    let mut table = Table::new(&[
        "closed loop, 64 connections",
        "GET, CPU µs",
        "× wrk",
        "× oha",
        "user µs",
        "requests/s",
        "POST, CPU µs",
        "× wrk",
        "× oha",
        "user µs",
        "requests/s",
    ]);
    for tool in tools {
        let mut cells = vec![tool.name().to_owned()];
        for what in [What::Thing, What::Batch] {
            let cpu = |tool| rows.closed(tool, what, |row| row.cpu_us);
            let user = rows.closed(tool, what, |row| row.user_s / row.requests as f64 * 1e6);
            cells.push(cell(cpu(tool), 2));
            cells.push(cell(ratio(cpu(tool), cpu(Tool::Wrk)), 2));
            cells.push(cell(ratio(cpu(tool), cpu(Tool::Oha)), 2));
            cells.push(cell(user, 2));
            let speed = rows.closed(tool, what, |row| row.per_second);
            cells.push(speed.map_or_else(|| cell(None, 0), |speed| thousands(speed as u64)));
        }
        table.row(cells);
    }
    Some(table)
}

/// How closely arrivals kept to their schedule, in an open loop.
pub(crate) fn open(rows: &Rows) -> Option<Table> {
    let tools = measured(&rows.open, |row| row.tool)?;
    let rates = Rows::each(&rows.open, |row| row.rate);
    let head = ["open loop", "rate", "sent", "rate error", "mean deviation, µs", "× best of oha, wrk2", "CPU"];
    let mut table = Table::new(&head);
    for rate in rates {
        for tool in tools.iter().copied() {
            let Some(sent) = rows.sent(tool, rate) else { continue };
            let kept = |figure: fn(&Open) -> f64| rows.kept(tool, rate, figure);
            let deviation = kept(|row| row.mean_deviation_us);
            let processor = kept(|row| row.cpu_share);
            table.row(vec![
                tool.name().to_owned(),
                format!("{}/s", thousands(rate)),
                // Decimals tell 99.97 % from all.
                format!("{:.2} %", sent * 100.0),
                signed_percent(kept(|row| row.rate_error), 3),
                cell(deviation, 1),
                cell(ratio(deviation, rows.best_deviation(rate)), 2),
                processor.map_or_else(|| cell(None, 0), |share| format!("{:.0} %", share * 100.0)),
            ]);
        }
    }
    Some(table)
}

/// What the tools report of the stalling server.
pub(crate) fn stall(rows: &Rows) -> Option<Table> {
    let first = rows.stall.first()?;
    let labels = ["p50", "p90", "p99", "p99.9", "max"];
    let head = ["stalled server, 500/s", "connections", "sent", "of"];
    let errors = labels[1..].iter().map(|label| format!("error of {label}"));
    let columns: Vec<String> =
        head.iter().map(ToString::to_string).chain(labels.map(str::to_owned)).chain(errors).collect();
    let mut table = Table::new(&columns);
    let figures = |percentiles: &Percentiles| percentiles.all().map(|figure| cell(figure, 1)).to_vec();
    let dash = || cell(None, 0);
    let head = vec!["truth, by the schedule".to_owned(), dash(), thousands(first.planned), thousands(first.planned)];
    table.row([head, figures(&first.truth), vec![dash(); 4]].concat());
    for row in &rows.stall {
        let name = match (row.tool, row.corrected) {
            (Tool::Oha, true) => "oha, corrected",
            (Tool::Oha, false) => "oha, not corrected",
            (tool, _) => tool.name(),
        };
        let head = vec![name.to_owned(), row.connections.to_string(), thousands(row.sent), thousands(row.planned)];
        let reported = row.reported.as_ref().map_or_else(|| vec![dash(); 5], figures);
        let errors = (1..5).map(|index| signed_percent(goals::error(row, index), 2)).collect();
        table.row([head, reported, errors].concat());
        if row.tool == Tool::Loadline {
            let head = vec!["– as it was served".to_owned(), row.connections.to_string(), dash(), dash()];
            table.row([head, figures(&row.served), vec![dash(); 4]].concat());
        }
    }
    Some(table)
}

/// Peak memory.
pub(crate) fn memory(rows: &Rows) -> Option<Table> {
    let tools = measured(&rows.memory, |row| row.tool)?;
    let sizes = Rows::each(&rows.memory, |row| row.planned);
    let head = sizes.iter().map(|size| format!("MiB at {}", thousands(*size)));
    let columns: Vec<String> = std::iter::once("peak memory".to_owned()).chain(head).collect();
    let mut table = Table::new(&columns);
    for tool in tools {
        let peaks = sizes.iter().map(|size| {
            let peak = rows.peak(tool, *size);
            let figure = cell(peak.map(|row| row.peak_mib), 1);
            // What a tool without a count sent instead.
            let other = peak.filter(|row| !tool.counts() || row.requests != row.planned);
            other.map_or_else(|| figure.clone(), |row| format!("{figure} (sent {})", thousands(row.requests)))
        });
        table.row(std::iter::once(tool.name().to_owned()).chain(peaks).collect());
    }
    Some(table)
}

/// Time to the first request.
pub(crate) fn start(rows: &Rows) -> Option<Table> {
    let tools = measured(&rows.start, |row| row.tool)?;
    let mut table = Table::new(&["start to first request", "median, ms", "fastest", "slowest", "runs"]);
    for tool in tools {
        let all = rows.starts(tool);
        let fastest = all.iter().copied().min_by(f64::total_cmp);
        let slowest = all.iter().copied().max_by(f64::total_cmp);
        let figures = [rows.start(tool), fastest, slowest].map(|figure| cell(figure, 1));
        table.row([vec![tool.name().to_owned()], figures.to_vec(), vec![all.len().to_string()]].concat());
    }
    Some(table)
}

/// The tools of which there are rows, loadline first; `None` where there are no rows.
fn measured<R>(rows: &[R], tool: impl Fn(&R) -> Tool) -> Option<Vec<Tool>> {
    let tools = Rows::each(rows, tool);
    (!tools.is_empty()).then_some(tools)
}
