//! From what a client has read to a typed reply; the same for every client.

use super::first_troubles::FirstTroubles;
use super::signing::Signer;
use crate::api::{Claim, Exchange, Extracted, Fields, Hints, Input, Reply, Stamps, WireError, find_error_code};
use crate::retry::{CLOCK_CORRECTED, read_claim, read_hints};
use crate::time::WallClock;

/// The longest body of an error reply that is searched for the service's error code, in bytes.
const LONGEST_ERROR: u64 = 64 << 10;

/// A reply as it was read, before anyone has looked for a meaning in it.
pub(super) struct Received<'a> {
    pub(super) status: u16,
    pub(super) fields: &'a dyn Fields,
    pub(super) body: &'a [u8],
    pub(super) stamps: Stamps,
}

/// How many bytes of a body are worth keeping. One that nobody reads is still taken off the wire, so that the connection can
/// be used again and the last byte is measured.
pub(super) fn bytes_to_keep(exchange: &Exchange, status: u16) -> u64 {
    match (exchange.success.contains(status), exchange.wants.needs_body()) {
        (true, true) => u64::MAX,
        (true, false) => 0,
        (false, _) => LONGEST_ERROR,
    }
}

/// Reads what the exchange wants. `authority` is the target's own, which links must not leave; `signed` is the signer with what
/// it had added to the clock, where the request was signed.
pub(super) fn read(
    exchange: &Exchange,
    input: &Input,
    authority: &str,
    signed: Option<(&Signer, i64)>,
    received: &Received<'_>,
    troubles: &mut FirstTroubles,
) -> Reply {
    let Received { status, fields, body, stamps } = *received;
    if exchange.success.contains(status) {
        return match exchange.read(input, authority, status, fields, body) {
            Ok(extracted) => {
                let hints = Hints::default();
                Reply { status: Ok(status), error_code: None, hints, extracted, claim: claim(exchange, fields), stamps }
            }
            Err(error) => {
                troubles.note(WireError::BadBody, || error.to_string());
                Reply::broken(WireError::BadBody, stamps)
            }
        };
    }
    let mut error_code = find_error_code(fields, body);
    if let Some((signer, used)) = signed
        && signer.correct(used, status, error_code.as_deref(), fields.get("date"))
    {
        error_code = Some(CLOCK_CORRECTED.into());
    }
    let hints = read_hints(fields, &exchange.wants.noted, || WallClock::now().unix_seconds());
    let claim = claim(exchange, fields);
    Reply { status: Ok(status), error_code, hints, extracted: Extracted::default(), claim, stamps }
}

/// What the fields claim of a limit, for an exchange that wants to know.
fn claim(exchange: &Exchange, fields: &dyn Fields) -> Option<Box<Claim>> {
    let claim = exchange.wants.claims.then(|| read_claim(fields, || WallClock::now().unix_seconds()))?;
    claim.says_anything().then(|| Box::new(claim))
}
