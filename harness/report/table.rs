//! The tables that the page, the summary and the console share: what stands in them is decided once.

use super::model::{Activity, Audit, ClientShare, Connections, Latency, Mode, Report, Threshold, Unit};
use super::number::{DASH, count, ms, ms_or_dash, per_s, percent, plain, share};

/// A table of texts; the first column names the row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Headings.
    pub(crate) head: Vec<String>,
    /// Rows, as long as the head.
    pub(crate) rows: Vec<Vec<String>>,
    /// What a row is, where that needs saying.
    pub(crate) note: String,
}

impl Table {
    /// A table with these headings.
    pub(crate) fn with(head: &[&str]) -> Self {
        Self { head: head.iter().map(ToString::to_string).collect(), ..Self::default() }
    }
}

/// Counts of calls and attempts, a row for each activity.
pub(crate) fn activities(first: &str, activities: &[Activity], totals: Option<&Activity>) -> Table {
    let mut table = Table::with(&[
        first,
        "calls",
        "ok",
        "throttled",
        "failed",
        "other",
        "goodput",
        "attempts",
        "throttled attempts",
        "amplification",
        "p50",
        "p99",
        "max",
    ]);
    table.note = "Calls by how they ended; other: timed out, dropped, abandoned, refused. Latencies by the response clock, ok calls.".into();
    let shown = activities.iter().chain(totals.filter(|_| activities.len() > 1));
    table.rows = shown
        .map(|a| {
            let (calls, response) = (&a.calls, &a.calls.response_ms.ok);
            let other = calls.timed_out + calls.dropped + calls.abandoned + calls.refused;
            vec![
                a.name.to_string(),
                count(calls.count),
                share(calls.ok, calls.count),
                count(calls.throttled),
                count(calls.failed),
                count(other),
                per_s(calls.goodput_per_s),
                count(a.attempts.count),
                share(a.attempts.service_ms.throttled.count, a.attempts.count),
                plain(a.retry.amplification),
                ms_or_dash(response.at(0.5)),
                ms_or_dash(response.at(0.99)),
                ms_or_dash(response.max()),
            ]
        })
        .collect();
    table
}

/// Items of batches, a row for each operation that had any.
pub(crate) fn items(report: &Report) -> Table {
    let mut table = Table::with(&["operation", "accepted", "not accepted", "share accepted", "accepted a second"]);
    let seconds = report.duration_s.max(f64::MIN_POSITIVE);
    table.rows = report
        .operations
        .iter()
        .filter(|a| a.calls.items_ok + a.calls.items_failed > 0)
        .map(|a| {
            let (ok, failed) = (a.calls.items_ok, a.calls.items_failed);
            vec![a.name.to_string(), count(ok), count(failed), share(ok, ok + failed), per_s(ok as f64 / seconds)]
        })
        .collect();
    table
}

/// What each client got, the least served first.
pub(crate) fn clients(report: &Report) -> Table {
    const MOST: usize = 50;
    let mut clients = report.clients.clone();
    let served = |c: &ClientShare| if c.calls == 0 { 1.0 } else { c.ok as f64 / c.calls as f64 };
    clients.sort_by(|a, b| served(a).total_cmp(&served(b)).then(a.client.cmp(&b.client)));
    let mut table = Table::with(&["client", "calls", "ok", "attempts", "throttled attempts"]);
    table.note = if clients.len() > MOST {
        format!("The {MOST} least served of {} clients.", clients.len())
    } else {
        "The least served first.".into()
    };
    table.rows = clients
        .iter()
        .take(MOST)
        .map(|c| {
            let (ok, throttled) = (share(c.ok, c.calls), share(c.throttled, c.attempts));
            vec![c.client.to_string(), count(c.calls), ok, count(c.attempts), throttled]
        })
        .collect();
    table
}

/// Every latency of an activity, a row for each clock.
pub(crate) fn clocks(a: &Activity) -> Table {
    let mut table = Table::with(&["clock", "samples", "mean", "p50", "p90", "p95", "p99", "p99.9", "p99.99", "max"]);
    let service = &a.attempts.service_ms;
    let clocks: [(&str, &Latency); 9] = [
        ("response, ok calls", &a.calls.response_ms.ok),
        ("response, all calls", &a.calls.response_ms.all),
        ("service, accepted", &service.success),
        ("service, throttled", &service.throttled),
        ("service, failed", &service.failed),
        ("first byte", &a.attempts.first_byte_ms),
        ("admission", &a.admission_ms),
        ("backoff", &a.retry.backoff_ms),
        ("lag", &a.lag_ms),
    ];
    table.rows = clocks
        .iter()
        .filter(|(_, latency)| latency.count > 0)
        .map(|(clock, latency)| {
            let percentiles = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999].map(|q| well_founded(latency, q));
            [(*clock).to_owned(), count(latency.count), ms_or_dash(latency.mean())]
                .into_iter()
                .chain(percentiles)
                .chain([ms_or_dash(latency.max())])
                .collect()
        })
        .collect();
    if table.rows.iter().flatten().any(|cell| cell.ends_with('*')) {
        table.note = "* fewer than ten samples lie above: an anecdote, not a percentile.".into();
    }
    table
}

/// A percentile, marked where fewer than ten samples lie above it.
fn well_founded(latency: &Latency, q: f64) -> String {
    let Some(value) = latency.at(q) else { return DASH.into() };
    let few = latency.percentiles.iter().any(|p| (p.q - q).abs() < 1e-9 && p.samples_above < 10);
    if few && q > 0.5 { format!("{}*", ms(value)) } else { ms(value) }
}

/// The thresholds and what was observed.
pub(crate) fn thresholds(thresholds: &[Threshold]) -> Table {
    let mut table = Table::with(&["threshold", "observed", "samples", "held"]);
    table.rows = thresholds
        .iter()
        .map(|t| vec![t.expression.to_string(), observed(t), count(t.samples), if t.ok { "yes" } else { "NO" }.into()])
        .collect();
    table
}

/// The observed value of a threshold, in its unit.
pub(crate) fn observed(threshold: &Threshold) -> String {
    threshold.observed.map_or_else(|| "no samples".into(), |value| in_unit(value, threshold.unit))
}

/// A value with its unit.
pub(crate) fn in_unit(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ms => ms(value),
        Unit::Ratio => percent(value),
        Unit::PerS => per_s(value),
        Unit::Count | Unit::Number => plain(value),
    }
}

/// What the audit found.
pub(crate) fn audit(audit: &Audit) -> Table {
    let mut table = Table::with(&["acknowledged", "listed", "missing", "duplicated", "unexpected", "indeterminate"]);
    let numbers =
        [audit.acknowledged, audit.listed, audit.missing, audit.duplicated, audit.unexpected, audit.indeterminate];
    table.rows = vec![numbers.map(count).to_vec()];
    table.note = "Created against listed, after the drain. Indeterminate: the answer to the create was lost.".into();
    table
}

/// Attempts, retries and hints, a row for each operation.
pub(crate) fn retries(report: &Report) -> Table {
    let mut table = Table::with(&[
        "operation",
        "attempts",
        "first",
        "retries",
        "amplification",
        "backoff p50",
        "backoff p99",
        "hints seen",
        "obeyed",
        "accepted after",
        "hedges won",
    ]);
    let all = report.operations.iter().chain((report.operations.len() > 1).then_some(&report.totals));
    table.rows = all
        .map(|a| {
            let (hints, hedges) = (&a.retry.hints, a.attempts.hedges.as_ref());
            vec![
                a.name.to_string(),
                count(a.attempts.count),
                count(a.attempts.first),
                count(a.attempts.count.saturating_sub(a.attempts.first)),
                plain(a.retry.amplification),
                ms_or_dash(a.retry.backoff_ms.at(0.5)),
                ms_or_dash(a.retry.backoff_ms.at(0.99)),
                count(hints.seen),
                count(hints.obeyed),
                share(hints.accepted, hints.obeyed),
                hedges.map_or_else(|| DASH.into(), |h| format!("{} of {}", count(h.won), count(h.sent))),
            ]
        })
        .collect();
    table
}

/// Answers by status and errors by kind, failures of calls by reason.
pub(crate) fn outcomes(totals: &Activity) -> Table {
    let mut table = Table::with(&["what", "which", "count", "share"]);
    let groups = [
        ("attempts answered", &totals.attempts.by_status, totals.attempts.count),
        ("attempts without an answer", &totals.attempts.by_error, totals.attempts.count),
        ("calls that failed", &totals.calls.by_failure, totals.calls.count),
    ];
    for (what, counts, whole) in groups {
        for (which, n) in counts {
            table.rows.push(vec![what.into(), which.to_string(), count(*n), share(*n, whole)]);
        }
    }
    table
}

/// What happened meanwhile.
pub(crate) fn events(report: &Report) -> Table {
    let mut table = Table::with(&["at", "for", "what"]);
    let span = super::number::span_s;
    table.rows = report
        .events
        .iter()
        .map(|e| vec![span(e.at_s), e.for_s.map_or_else(|| DASH.into(), span), e.what.to_string()])
        .collect();
    table
}

/// How the generator did.
pub(crate) fn validity(report: &Report) -> Table {
    let v = &report.validity;
    let mut table =
        Table::with(&["offered", "sent", "dropped", "lag p50", "lag p99", "lag max", "busiest lane", "stolen"]);
    table.rows = vec![vec![
        per_s(v.offered_per_s),
        per_s(v.sent_per_s),
        count(v.dropped),
        ms_or_dash(v.lag_ms.at(0.5)),
        ms_or_dash(v.lag_ms.at(0.99)),
        ms_or_dash(v.lag_ms.max()),
        percent(v.cpu_ratio),
        percent(v.steal_ratio),
    ]];
    table
}

/// What the generator's verdict on itself was made of.
pub(crate) fn checks(report: &Report) -> Table {
    let mut table = Table::with(&["checked", "found", "seen", "suspect above", "invalid above"]);
    let checks = &report.validity.checks;
    table.rows = checks
        .iter()
        .map(|c| {
            let limit = |value| in_unit(value, c.unit);
            let word = super::story::validity_word(c.verdict);
            let invalid = c.invalid_above.map_or_else(|| DASH.into(), limit);
            vec![c.name.to_string(), word.to_owned(), limit(c.observed), limit(c.suspect_above), invalid]
        })
        .collect();
    if !checks.is_empty() {
        table.note = "Warm-up left out. The thresholds and their reasons: docs/validity.md.".into();
    }
    table
}

/// What happened to the wire, and what to do about it.
pub(crate) fn wire_errors(report: &Report) -> Table {
    let mut table = Table::with(&["error", "attempts", "an example", "what to do"]);
    table.rows = report
        .wire_errors
        .iter()
        .map(|trouble| {
            let example = trouble.example.as_ref().map_or_else(|| DASH.to_owned(), ToString::to_string);
            vec![trouble.kind.to_string(), count(trouble.count), example, trouble.advice.to_string()]
        })
        .collect();
    table
}

/// Where and how the run was made.
pub(crate) fn environment(report: &Report) -> Table {
    let (e, g) = (&report.environment, &report.engine);
    let mut table = Table::with(&["what", "value"]);
    let connections = &g.connections;
    let rows: [(&str, String); 15] = [
        ("run", report.run_id.to_string()),
        ("started", report.started_at.to_string()),
        ("seed", report.seed.to_string()),
        ("scenario digest", report.scenario.digest.to_string()),
        ("warm-up left out", super::number::span_s(report.warm_up_s)),
        ("operating system", e.os.to_string()),
        ("kernel", e.kernel.to_string()),
        ("processor", e.cpu.to_string()),
        ("cores", e.cores.to_string()),
        ("fingerprint", e.fingerprint.to_string()),
        ("transport", g.transport.to_string()),
        ("timer", g.timer.to_string()),
        ("lanes, clients", format!("{}, {}", g.lanes, g.clients)),
        ("connections", connections_made(connections)),
        ("tool", format!("{} {} {}", report.tool.name, report.tool.version, report.tool.commit)),
    ];
    // What a simulation has none of: a begin by the calendar, a machine, connections.
    let live = report.mode == Mode::Live;
    let machine = ["started", "operating system", "kernel", "processor", "cores", "fingerprint", "connections"];
    let rows = rows.into_iter().filter(|(what, _)| live || !machine.contains(what));
    table.rows = rows.map(|(what, value)| vec![what.to_owned(), value]).collect();
    table
}

fn connections_made(connections: &Connections) -> String {
    if connections.opened + connections.refused == 0 {
        return "not timed: a plain connection to an address".to_owned();
    }
    let connect = ms_or_dash(connections.connect_ms.at(0.5));
    let slow =
        if connections.slow > 0 { format!(", {} took 1 s or longer", count(connections.slow)) } else { String::new() };
    format!("{} made, p50 {connect}{slow}, {} failed", count(connections.opened), count(connections.refused))
}
