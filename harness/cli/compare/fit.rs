//! Whether stored runs may be compared at all, before any number is looked at.

use super::Stored;
use crate::cli::output::Failure;
use crate::record::RunStart;

/// Refuses a run that stands on both sides, or twice on one: it would agree with itself, and seem to prove something.
pub(super) fn same_runs(sides: &[Stored; 2]) -> Result<(), Failure> {
    let all = || sides.iter().flat_map(|side| side.folders.iter().zip(&side.starts));
    for (index, (folder, start)) in all().enumerate() {
        for (other, earlier) in all().take(index) {
            if is_same(start, earlier) {
                let (first, second) = (other.path().display(), folder.path().display());
                return Err(Failure::Usage(format!(
                    "`{first}` and `{second}` are the same run: compare runs that were made apart"
                )));
            }
        }
    }
    Ok(())
}

/// Whether two journals tell of one run, wherever they lie. A simulation has no time by the calendar, and tells the same again whenever it is
/// made.
fn is_same(one: &RunStart, other: &RunStart) -> bool {
    let identity = |start: &RunStart| {
        (start.run_id.clone(), start.started_at.clone(), start.digest.clone(), start.seed, start.simulated)
    };
    identity(one) == identity(other)
}

/// Why these runs cannot be compared; empty where they can.
pub(super) fn obstacles(sides: &[Stored; 2]) -> Vec<String> {
    let first = &sides[0].starts[0];
    let mut reasons: Vec<String> = Vec::new();
    let all = sides.iter().flat_map(|side| side.folders.iter().zip(&side.starts));
    for (folder, start) in all {
        let Some(reason) = obstacle(first, start) else { continue };
        reasons.push(format!("`{}` cannot be compared with the first run: {reason}", folder.path().display()));
    }
    reasons
}

fn obstacle(first: &RunStart, start: &RunStart) -> Option<String> {
    let mode = |start: &RunStart| if start.simulated { "simulated" } else { "live" };
    if first.simulated != start.simulated {
        return Some(format!("that one is {} and this one is {}; compare runs of one kind", mode(first), mode(start)));
    }
    if load(first, start) != load(start, first) {
        return Some(format!(
            "another load was sent (scenario {} there, {} here); run the same scenario on both sides",
            named(first),
            named(start)
        ));
    }
    if first.cells != start.cells {
        return Some("it calls other operations; run the same scenario on both sides".to_owned());
    }
    if first.tool_version != start.tool_version {
        return Some(format!(
            "that one was made by loadline {} and this one by {}, which may measure otherwise; make the baseline again",
            first.tool_version, start.tool_version
        ));
    }
    None
}

/// What tells the load of a run: its own digest, or that of the whole scenario where either of the two journals has no other.
fn load<'a>(start: &'a RunStart, other: &RunStart) -> &'a str {
    if start.load_digest.is_empty() || other.load_digest.is_empty() { &start.digest } else { &start.load_digest }
}

fn named(start: &RunStart) -> String {
    let digest = if start.load_digest.is_empty() { &start.digest } else { &start.load_digest };
    format!("`{}`, load {}", start.scenario, digest.get(..8).unwrap_or(digest))
}

/// What has to be known of a comparison of stored runs: it can claim less than pairs can.
pub(super) fn notes(sides: &[Stored; 2], same_host: bool) -> Vec<String> {
    let mut notes = vec![
        "the sides were run at different times: what changed on the machine in between counts as the candidate's; `loadline gate` runs \
         them in turn"
            .to_owned(),
    ];
    let [base, candidate] = sides.each_ref().map(|side| side.starts.len() as u64);
    if (base, candidate) == (1, 1) {
        notes.push(
            "one run a side shows nothing of how runs differ: the interval is made of its seconds, is too narrow, and fails or passes \
             nothing; `--runs 5` makes a set"
                .to_owned(),
        );
    } else {
        notes.push(format!(
            "with {base} and {candidate} runs the smallest chance of a false alarm that can be told is 1 in {}",
            choose(base + candidate, base)
        ));
    }
    if !same_host {
        notes.push(
            "the runs were made on different machines, so that no regression is failed here: make both sides on one machine".to_owned(),
        );
    }
    let starts = || sides.iter().flat_map(|side| &side.starts);
    if starts().any(|start| start.tool_commit != sides[0].starts[0].tool_commit) {
        notes.push("the runs were made by different builds of loadline".to_owned());
    }
    if starts().any(|start| start.load_digest.is_empty()) {
        notes.push("a journal has no digest of its load, so that whole scenarios had to be the same".to_owned());
    }
    notes
}

/// How many ways there are to choose k of n, or as many as can be counted.
fn choose(n: u64, k: u64) -> u64 {
    (0..k.min(n - k)).fold(1_u64, |ways, index| ways.saturating_mul(n - index) / (index + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> RunStart {
        RunStart {
            tool_version: "1.0.0".into(),
            run_id: "a".into(),
            scenario: "s".into(),
            digest: "d".into(),
            load_digest: "l".into(),
            started_at: "then".into(),
            ..RunStart::default()
        }
    }

    fn told(change: impl FnOnce(&mut RunStart)) -> String {
        let mut other = start();
        change(&mut other);
        obstacle(&start(), &other).unwrap_or_default()
    }

    #[test]
    fn only_the_same_load_by_the_same_program_is_compared() {
        assert_eq!(told(|_| {}), "");
        assert_eq!(told(|other| other.digest = "else".into()), "", "where the load is the same, the rest may differ");
        assert!(
            told(|other| other.load_digest = "else".into())
                .starts_with("another load was sent (scenario `s`, load l there")
        );
        assert!(told(|other| other.simulated = true).starts_with("that one is live and this one is simulated"));
        assert!(told(|other| other.cells = vec![("a".into(), "b".into())]).starts_with("it calls other operations"));
        assert!(told(|other| other.tool_version = "2.0.0".into()).contains("make the baseline again"));
        assert_eq!(told(|other| other.load_digest = String::new()), "", "an older journal with the same scenario");
        let older = told(|other| (other.load_digest, other.digest) = (String::new(), "else".into()));
        assert!(older.starts_with("another load was sent"), "{older}");
    }

    #[test]
    fn a_copy_of_a_run_is_that_run() {
        let other = RunStart { started_at: "now".into(), ..start() };
        assert!(is_same(&start(), &start()) && !is_same(&start(), &other));
    }

    #[test]
    fn as_many_ways_as_there_are() {
        assert_eq!([choose(10, 5), choose(8, 4), choose(6, 1), choose(200, 100)], [252, 70, 6, u64::MAX / 100]);
    }
}
