//! The document: what was measured, on which machine, with which tools, and what is missing.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use serde::Serialize;

use crate::goals;
use crate::machine::Machine;
use crate::rows::Rows;
use crate::table::Table;
use crate::tables;
use crate::tools::{Found, Tool};

/// Everything that is written, as tables and as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    pub(crate) machine: Machine,
    pub(crate) found: Vec<Found>,
    pub(crate) missing: Vec<Tool>,
    pub(crate) rounds: u32,
    pub(crate) quick: bool,
    /// How long it took.
    pub(crate) seconds: f64,
    /// The share of processor time that other guests of the host took meanwhile.
    pub(crate) stolen: f64,
    /// The least peak of memory that could be seen, in MiB.
    pub(crate) floor: Option<f64>,
    /// Runs that were not planned, so that all would end in time.
    pub(crate) left: Vec<String>,
    /// Runs that came to nothing.
    pub(crate) notes: Vec<String>,
    pub(crate) rows: Rows,
}

/// Prints the tables, and writes them and the raw rows.
pub(crate) fn write(document: &Document, path: &Path) -> io::Result<()> {
    let text = render(document);
    io::stdout().write_all(text.as_bytes())?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)?;
    let raw = path.with_extension("json");
    std::fs::write(&raw, serde_json::to_vec_pretty(document)?)?;
    crate::say(&format!("peers: written to {} and {}", path.display(), raw.display()));
    Ok(())
}

fn render(document: &Document) -> String {
    let mut text = head(document);
    let rows = &document.rows;
    let closed = "The kernel's figure for the whole program, its start and its report included, over the requests that the server counted.";
    section(&mut text, "Closed loop", closed, tables::closed(rows));
    let open = "The server's stamps against an even schedule, shifted by the median difference.";
    section(&mut text, "Open loop", open, tables::open(rows));
    let stall = "Milliseconds. The server holds its replies back for one second in every five.";
    section(&mut text, "A server that stalls", stall, tables::stall(rows));
    let floor = document.floor.map_or_else(String::new, |floor| format!("Less than {floor:.1} MiB cannot be seen."));
    section(&mut text, "Memory", &floor, tables::memory(rows));
    section(
        &mut text,
        "Start",
        "From before the program is started until the server has its first request.",
        tables::start(rows),
    );
    section(&mut text, "Goals", "Medians, as above.", goals::table(rows));
    list(&mut text, "Left out, to end in time", &document.left);
    list(&mut text, "Runs that came to nothing", &document.notes);
    text
}

fn head(document: &Document) -> String {
    let Machine { date, processor, cores, kernel, load } = &document.machine;
    let found: Vec<String> =
        document.found.iter().map(|found| format!("{}: {}", found.tool.name(), found.version)).collect();
    let missing: Vec<&str> = document.missing.iter().map(|tool| tool.name()).chain(["k9-load"]).collect();
    let quick = if document.quick { "\nIt was a quick try (`--quick`): the figures mean little.\n" } else { "" };
    format!(
        "# loadline beside its peers\n\n\
         Made by `cargo bench --bench peers` on {date}, in {:.0} s, {} rounds; README.md beside the bench says how to read it.\n{quick}\n\
         * Machine: {processor}, {cores} cores, {kernel}, server on core 0, client on core 1.\n\
         * Quiet: load average {load} at the beginning; {:.2} % of processor time taken by other guests of the host.\n\
         * Tools: {}.\n\
         * Not installed, or without an adapter: {}.\n",
        document.seconds,
        document.rounds,
        document.stolen * 100.0,
        found.join("; "),
        missing.join(", "),
    )
}

fn section(text: &mut String, title: &str, says: &str, table: Option<Table>) {
    if let Some(table) = table {
        let _ = write!(text, "\n## {title}\n\n{says}\n\n{}", table.markdown());
    }
}

fn list(text: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(text, "\n## {title}\n\n");
        for line in lines {
            let _ = writeln!(text, "* {line}");
        }
    }
}
