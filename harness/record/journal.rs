//! The journal: a line for each second, from which everything else is rebuilt.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::interval::Interval;

/// The version of the journal's format; readers refuse others. Version 2 counts more kinds of trouble with the wire than
/// version 1, version 3 more ways in which calls and attempts end.
pub const JOURNAL_VERSION: u32 = 3;

/// The longest line that is read, in bytes; a damaged journal must not take all memory.
const LONGEST_LINE: u64 = 64 << 20;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The first one: everything that is known before the measurement.
    Start(Box<RunStart>),
    /// One second.
    Interval(Box<Interval>),
    /// Something that happened.
    Event(RunEvent),
    /// The last one. Missing after a crash.
    End(Box<RunEnd>),
}

/// A second that stays whose it is: written as [`Line::Interval`] is, without a copy.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Borrowed<'a> {
    Interval(&'a Interval),
}

/// Everything that is known before the measurement.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and no two hang together")]
pub struct RunStart {
    /// See [`JOURNAL_VERSION`].
    pub version: u32,
    /// The tool's version.
    pub tool_version: String,
    /// The commit that it was built from; empty where unknown.
    pub tool_commit: String,
    /// The run's name: that of its folder.
    pub run_id: String,
    /// When the measurement began, by the calendar (RFC 3339); empty where it was simulated.
    pub started_at: String,
    /// The scenario's name.
    pub scenario: String,
    /// What it says it is for.
    pub description: String,
    /// The digest of the scenario as resolved.
    pub digest: String,
    /// The digest of what is sent alone, and not of where to or how it is judged: runs with the same one are comparable. Empty in
    /// journals of programs that knew none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub load_digest: String,
    /// Whether the load or the modelled service is planned to change while it is measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changing: bool,
    /// The scenario as resolved, secrets masked.
    pub resolved: String,
    /// The run's seed.
    pub seed: u64,
    /// Whether the target is the embedded mock.
    pub mock: bool,
    /// The target's address, without credentials and query.
    pub url: String,
    /// The workload and the operation of each cell.
    pub cells: Vec<(String, String)>,
    /// How many clients the load stands for.
    pub clients: u64,
    /// The longest warm-up, in seconds.
    pub warm_up_s: f64,
    /// The thresholds as written.
    pub thresholds: Vec<String>,
    /// Whether an invalid run has to fail.
    pub require_valid: bool,
    /// The machine.
    pub machine: Machine,
    /// Whether the run was made in virtual time against the modelled service. What such a run says is the same on any machine and
    /// at any time: it names no machine, and it has no begin by the calendar.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// The transport's name.
    pub transport: String,
    /// The timer's name.
    pub timer: String,
    /// How many lanes there are.
    pub lanes: u64,
    /// What the machine does not allow, found out before anything was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The machine that a run was made on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system and architecture.
    pub os: String,
    /// The processor's name.
    pub cpu: String,
    /// Cores that the process may use.
    pub cores: u64,
    /// The kernel's version.
    pub kernel: String,
    /// How many files and sockets the process may have open; zero where that is not known.
    #[serde(default)]
    pub open_files: u64,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// When, in seconds from the first arrival.
    pub at_s: f64,
    /// How long, in seconds; `None` for a moment.
    pub for_s: Option<f64>,
    /// What.
    pub what: String,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    /// How long it was measured, from the first arrival to the end of the drain, in seconds.
    pub duration_s: f64,
    /// Someone stopped it.
    pub interrupted: bool,
    /// A cap ended it.
    pub capped: bool,
    /// The expression of `abort_when` that ended it.
    pub aborted_by: Option<String>,
    /// What made the run impossible to finish, after it had begun.
    pub failure: Option<String>,
    /// The audit, where one was made.
    pub audit: Option<AuditLine>,
}

/// What the audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Names whose creation was acknowledged.
    pub acknowledged: u64,
    /// Names whose answer was lost.
    pub indeterminate: u64,
    /// Names that were listed.
    pub listed: u64,
    /// Acknowledged and not listed.
    pub missing: u64,
    /// Listed more than once.
    pub duplicated: u64,
    /// Listed and never sent.
    pub unexpected: u64,
    /// Parents whose listing did not come to its end.
    pub unlisted_parents: u64,
    /// Up to twenty names of each kind: parent, name, what.
    pub differences: Vec<(String, String, String)>,
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file itself.
    #[error("the journal cannot be read")]
    Io(#[from] io::Error),
    /// No first line, or one of another format.
    #[error("this is not a journal of loadline")]
    NotAJournal,
    /// A journal of another version of the program.
    #[error(
        "this journal has version {0}, and this program reads version {JOURNAL_VERSION}: use the program that wrote it"
    )]
    OtherVersion(u32),
    /// A line in the middle is damaged: what follows it cannot be trusted.
    #[error("line {line} of the journal is damaged: {reason}")]
    Damaged {
        /// Which line, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
}

/// Writes one line and hands it to the system.
///
/// # Errors
/// Those of the writer: a full disk, a folder that is gone.
pub fn write_line(writer: &mut dyn Write, line: &Line) -> io::Result<()> {
    write_json(writer, line)
}

/// Writes a second, as [`write_line`] does, without making it a line first.
///
/// # Errors
/// Those of the writer.
pub fn write_interval(writer: &mut dyn Write, interval: &Interval) -> io::Result<()> {
    write_json(writer, &Borrowed::Interval(interval))
}

fn write_json(writer: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *writer, line)?;
    writer.write_all(b"\n")?;
    writer.flush()
}

/// Reads a journal line by line. A last line that was cut off by a crash is passed over; one in the middle is an error.
///
/// # Errors
/// [`JournalError`].
pub fn read_lines(mut reader: impl BufRead, mut each: impl FnMut(Line)) -> Result<(), JournalError> {
    let mut number = 0;
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = io::Read::take(&mut reader, LONGEST_LINE).read_until(b'\n', &mut text)?;
        if read == 0 {
            return if number == 0 { Err(JournalError::NotAJournal) } else { Ok(()) };
        }
        number += 1;
        let whole = text.last() == Some(&b'\n');
        match serde_json::from_slice::<Line>(&text) {
            Ok(Line::Start(start)) if number == 1 && start.version == JOURNAL_VERSION => each(Line::Start(start)),
            Ok(Line::Start(start)) if number == 1 => return Err(JournalError::OtherVersion(start.version)),
            _ if number == 1 => return Err(JournalError::NotAJournal),
            Ok(line) => each(line),
            Err(_) if !whole => return Ok(()),
            Err(error) => return Err(JournalError::Damaged { line: number, reason: error.to_string() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Vec<u8> {
        let mut bytes = Vec::new();
        let start = RunStart { version: JOURNAL_VERSION, scenario: "s".into(), ..RunStart::default() };
        write_line(&mut bytes, &Line::Start(Box::new(start))).expect("memory");
        for index in 0..3 {
            let interval = Interval { index, ..Interval::new(1, 1) };
            write_line(&mut bytes, &Line::Interval(Box::new(interval))).expect("memory");
        }
        bytes
    }

    fn seconds(bytes: &[u8]) -> Result<Vec<u64>, JournalError> {
        let mut seen = Vec::new();
        read_lines(bytes, |line| {
            if let Line::Interval(interval) = line {
                seen.push(interval.index);
            }
        })?;
        Ok(seen)
    }

    #[test]
    fn a_journal_that_was_cut_anywhere_gives_every_full_second() {
        let whole = journal();
        let first_line = whole.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
        for cut in first_line..=whole.len() {
            let full = whole[..cut].split(|byte| *byte == b'\n').count() as u64 - 2;
            let seen = seconds(&whole[..cut]).expect("readable");
            // A last line that lacks nothing but its line feed counts as well.
            assert!(seen.len() as u64 == full || seen.len() as u64 == full + 1, "cut at {cut}: {seen:?}");
        }
    }

    #[test]
    fn damage_in_the_middle_and_foreign_files_are_refused() {
        let mut bytes = journal();
        let middle = bytes.iter().position(|byte| *byte == b'\n').expect("a line") + 3;
        bytes[middle] = b'#';
        assert!(matches!(seconds(&bytes), Err(JournalError::Damaged { line: 2, .. })));
        assert!(matches!(seconds(b""), Err(JournalError::NotAJournal)));
        assert!(matches!(seconds(b"{}\n"), Err(JournalError::NotAJournal)));
        assert!(matches!(seconds(b"\xff\xfe"), Err(JournalError::NotAJournal)));
    }

    #[test]
    fn a_journal_of_another_version_is_refused_by_name() {
        let (mine, older) = (format!("\"version\":{JOURNAL_VERSION}"), "\"version\":1");
        let text = String::from_utf8(journal()).expect("UTF-8").replacen(&mine, older, 1);
        let refused = seconds(text.as_bytes()).expect_err("another version");
        assert!(matches!(refused, JournalError::OtherVersion(1)));
        assert!(refused.to_string().contains("version 1"), "{refused}");
    }
}
