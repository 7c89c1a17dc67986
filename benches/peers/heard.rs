//! What the tools report of response times, read out of their output.

use serde_json::Value;

use super::figures::Percentiles;

/// loadline: `response` of all calls in `report.json`, in milliseconds.
pub(crate) fn loadline(report: &Value) -> Option<Percentiles> {
    let response = report.pointer("/totals/calls/response_ms/all")?;
    let listed = response.get("percentiles")?.as_array()?;
    let at = |label: &str| listed.iter().find(|each| each["label"] == label)?["value"].as_f64();
    let max = response.get("max")?.as_f64();
    Some(Percentiles { p50: at("p50"), p90: at("p90"), p99: at("p99"), p999: at("p99.9"), max })
}

/// oha with `--output-format json`, which counts in seconds.
pub(crate) fn oha(report: &Value) -> Option<Percentiles> {
    let listed = report.get("latencyPercentiles")?;
    let at = |label: &str| Some(listed.get(label)?.as_f64()? * 1e3);
    let max = report.pointer("/summary/slowest").and_then(Value::as_f64).map(|slowest| slowest * 1e3);
    Some(Percentiles { p50: at("p50"), p90: at("p90"), p99: at("p99"), p999: at("p99.9"), max })
}

/// wrk2 with `--latency`: lines such as ` 99.900%    1.02ms`. Its other table, uncorrected, comes only if asked for.
pub(crate) fn wrk2(text: &str) -> Option<Percentiles> {
    let at = |label: &str| {
        let value = text.lines().find_map(|line| line.trim().strip_prefix(label))?;
        milliseconds(value.trim())
    };
    let found = Percentiles {
        p50: at("50.000%"),
        p90: at("90.000%"),
        p99: at("99.000%"),
        p999: at("99.900%"),
        max: at("100.000%"),
    };
    found.p50.is_some().then_some(found)
}

/// A duration such as `1.02ms`, `970.00us`, `1.00s` or `1.02m` in milliseconds.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 60e3), ("h", 3.6e6)];
    units.iter().find_map(|(unit, scale)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * scale))
}

/// k6 with `--summary-export`, which counts in milliseconds.
pub(crate) fn k6(summary: &Value) -> Option<Percentiles> {
    let listed = summary.pointer("/metrics/http_req_duration")?;
    let at = |label: &str| listed.get(label)?.as_f64();
    Some(Percentiles { p50: at("med"), p90: at("p(90)"), p99: at("p(99)"), p999: at("p(99.9)"), max: at("max") })
}

/// locust's `…_stats.csv`: the line `Aggregated`, in milliseconds, by the names of its columns.
pub(crate) fn locust(table: &str) -> Option<Percentiles> {
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let columns = rows.headers().ok()?.clone();
    let all = rows.records().flatten().find(|row| row.get(1) == Some("Aggregated"))?;
    let at = |name: &str| all.get(columns.iter().position(|column| column == name)?)?.parse().ok();
    Some(Percentiles { p50: at("50%"), p90: at("90%"), p99: at("99%"), p999: at("99.9%"), max: at("100%") })
}

/// hey with `-o csv`: a line for each request, whose first column is its response time in seconds.
pub(crate) fn hey(table: &str) -> Option<Percentiles> {
    let times = table.lines().skip(1).filter_map(|line| line.split(',').next()?.parse::<f64>().ok());
    some(times.map(|seconds| seconds * 1e3).collect())
}

/// h2load with `--log-file`: a line for each request, whose third column is its response time in microseconds.
pub(crate) fn h2load(log: &str) -> Option<Percentiles> {
    let times = log.lines().filter_map(|line| line.split('\t').nth(2)?.trim().parse::<f64>().ok());
    some(times.map(|microseconds| microseconds / 1e3).collect())
}

fn some(samples: Vec<f64>) -> Option<Percentiles> {
    (!samples.is_empty()).then(|| Percentiles::of(samples))
}
