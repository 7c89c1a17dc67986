//! What `gate --calibrate` found, as a file of its own for programs.

use std::fs;
use std::io;

use serde_json::{Value, json};

use crate::gate::{Calibration, Gated, Metric, NoiseLine, calibrate as noise};
use crate::report::{FolderError, RunFolder};

/// The file's name in the folder.
const NAME: &str = "gate-calibration.json";

/// Tells the noise, and writes it down.
///
/// # Errors
/// [`FolderError::Io`].
pub(super) fn calibrate(folder: &RunFolder, gated: &Gated) -> Result<Calibration, FolderError> {
    let found = noise(&gated.rules, &gated.runs);
    let path = folder.path().join(NAME);
    let text = format!("{:#}\n", written(gated, &found));
    fs::write(&path, text).map_err(|source: io::Error| FolderError::Io { doing: "write", path, source })?;
    Ok(found)
}

fn written(gated: &Gated, found: &Calibration) -> Value {
    let metrics = gated.rules.metrics.iter().zip(&found.metrics).map(|(metric, line)| of_metric(metric, line));
    json!({
        "schema_version": "1.0",
        "what": gated.sides[0].what,
        "host": gated.sides[0].fingerprint,
        "tool_version": gated.sides[0].tool_version,
        "pairs": gated.judged.pairs,
        "metrics": metrics.collect::<Vec<_>>(),
        "advice": found.advice,
    })
}

/// Shares are shares of the baseline, or points where the measure is itself a share.
fn of_metric(metric: &Metric, line: &NoiseLine) -> Value {
    let detectable = line
        .detectable
        .iter()
        .map(|&(pairs, difference)| json!({"pairs": pairs, "change": metric.change_of(difference).abs()}));
    json!({
        "metric": metric.text,
        "spread": line.spread,
        "autocorrelation": line.autocorrelation,
        "detectable": detectable.collect::<Vec<_>>(),
        "pairs": line.pairs,
        "tolerance": line.tolerance,
    })
}
