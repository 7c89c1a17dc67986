//! Every probe as a line of JSON, for whoever wants to fit models of their own.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::record::{Sight, Sighting};
use crate::report::text;
use crate::report::{FolderError, RunFolder};
use crate::units::Nanos;

/// The file's name.
const SIGHTINGS: &str = "sightings.jsonl";
/// The longest text of a server's that is kept, in characters.
const LONGEST: usize = 200;

/// Writes every probe as a line, in the order of sending.
///
/// # Errors
/// [`FolderError`] where the file cannot be written.
pub fn write_sightings(folder: &RunFolder, sightings: &[Sighting]) -> Result<(), FolderError> {
    folder.write(SIGHTINGS, |out| sightings.iter().try_for_each(|sighting| write(out, sighting)))
}

fn write(out: &mut dyn Write, sighting: &Sighting) -> io::Result<()> {
    let (saw, status, code) = match &sighting.sight {
        Sight::Accepted => ("accepted", None, None),
        Sight::Throttled { status, code } => ("throttled", Some(*status), code.clone()),
        Sight::Failed(what) => ("failed", None, Some(what.clone())),
        Sight::Broken(what) => ("broken", None, Some(what.clone())),
    };
    let seconds = |span: Option<Nanos>| span.map_or(Value::Null, |span| json!(span.as_secs_f64()));
    let (hints, claim) = (sighting.hints, sighting.claim.unwrap_or_default());
    let mut line = json!({
        "stretch": sighting.stretch,
        "variant": sighting.variant,
        "due_s": sighting.due.as_secs_f64(),
        "sent_s": sighting.sent.as_secs_f64(),
        "done_s": sighting.done.as_secs_f64(),
        "saw": saw,
        "status": status,
        "code": code.map(|code| text::block(&code, LONGEST)),
        "retry_after_s": seconds(hints.retry_after.or(hints.amz_retry_after)),
        "limit": claim.limit,
        "remaining": claim.remaining,
        "reset_s": seconds(claim.reset),
    });
    if let Value::Object(members) = &mut line {
        members.retain(|_, value| !value.is_null());
    }
    writeln!(out, "{line}")
}
