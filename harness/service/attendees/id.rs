//! Identifiers: GUIDs that are functions of the seed, so that the same run hands out the same ones.

use std::fmt;
use std::str::FromStr;

use crate::rng::{Key, Purpose};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A meeting's or an attendee's identifier. Prints in lower case; reads either case, because ids are compared without
/// regard to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// The identifier of a meeting; `serial` counts the meetings of the whole service.
    pub(crate) fn of_meeting(seed: u64, serial: u64) -> Self {
        Self(Key { seed, purpose: Purpose::ServiceId, client: serial, call: 0, attempt: 0 }.uuid())
    }

    /// The identifier of an attendee; `sequence` counts those of its meeting.
    pub(crate) fn of_attendee(seed: u64, meeting: u64, sequence: u64) -> Self {
        Self(Key { seed, purpose: Purpose::ServiceId, client: meeting, call: sequence, attempt: 1 }.uuid())
    }

    /// The second half of an attendee's join token.
    pub(crate) fn of_join_token(seed: u64, meeting: u64, sequence: u64) -> Self {
        Self(Key { seed, purpose: Purpose::ServiceId, client: meeting, call: sequence, attempt: 2 }.uuid())
    }

    /// The identifier of an answer, as `x-amzn-RequestId` carries it.
    pub fn of_request(seed: u64, serial: u64) -> Self {
        Self(Key { seed, purpose: Purpose::ServiceId, client: 0, call: serial, attempt: 3 }.uuid())
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By a table: a page of a hundred attendees prints four hundred of these.
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        for (place, digit) in places.zip(digits) {
            text[place] = HEX[usize::from(digit)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// A text that is not `8-4-4-4-12` hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a GUID; write 8-4-4-4-12 hexadecimal digits")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 36 {
            return Err(NotAnId);
        }
        let mut bytes = [0; 16];
        let mut digits = 0;
        for (index, character) in text.bytes().enumerate() {
            if matches!(index, 8 | 13 | 18 | 23) {
                if character != b'-' {
                    return Err(NotAnId);
                }
                continue;
            }
            let digit = char::from(character).to_digit(16).ok_or(NotAnId)? as u8;
            bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
            digits += 1;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::format_uuid;

    #[test]
    fn ids_survive_printing_in_either_case() {
        let id = Id::of_attendee(1, 2, 3);
        assert_eq!(id.to_string(), format_uuid(id.0));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
    }

    #[test]
    fn what_is_not_a_guid_is_refused() {
        let id = Id::of_meeting(1, 2).to_string();
        for bad in ["", "x", &id[1..], &format!("{id}0"), &id.replace('-', "0"), &id.replacen(&id[..1], "g", 1)] {
            assert_eq!(bad.parse::<Id>(), Err(NotAnId), "{bad}");
        }
        assert_eq!("ééééééééééééééééé-".parse::<Id>(), Err(NotAnId));
    }

    #[test]
    fn different_things_have_different_ids() {
        let ids = [
            Id::of_meeting(1, 2),
            Id::of_attendee(1, 2, 0),
            Id::of_join_token(1, 2, 0),
            Id::of_attendee(1, 2, 1),
            Id::of_request(1, 2),
            Id::of_meeting(2, 2),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id));
        }
    }
}
