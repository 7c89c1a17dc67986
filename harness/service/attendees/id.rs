//! Identifiers: GUIDs that are functions of the seed, so that the same run hands out the same ones.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

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
    ///
    /// Its first six bytes are the number in disguise, so that no index is needed to find the number again.
    pub(crate) fn of_attendee(seed: u64, meeting: u64, sequence: u64) -> Self {
        let mut bytes = Key { seed, purpose: Purpose::ServiceId, client: meeting, call: sequence, attempt: 1 }.uuid();
        let disguised = Disguise::of(seed, meeting).put_on(sequence);
        bytes[..6].copy_from_slice(&disguised.to_be_bytes()[2..]);
        Self(bytes)
    }

    /// The number that [`of_attendee`](Self::of_attendee) made this identifier from, if it did.
    pub(crate) fn sequence(self, seed: u64, meeting: u64) -> Option<u64> {
        let mut disguised = [0; 8];
        disguised[2..].copy_from_slice(&self.0[..6]);
        let sequence = Disguise::of(seed, meeting).take_off(u64::from_be_bytes(disguised));
        (Self::of_attendee(seed, meeting, sequence) == self).then_some(sequence)
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

    /// Prints into a buffer: a page of a hundred attendees prints three hundred of these.
    pub(super) fn print(self, text: &mut [u8; LENGTH]) -> &str {
        *text = [b'-'; LENGTH];
        for (&byte, &place) in self.0.iter().zip(&PLACES) {
            text[place] = HEX[usize::from(byte >> 4)];
            text[place + 1] = HEX[usize::from(byte & 0xf)];
        }
        // Only ASCII has been written.
        std::str::from_utf8(text).unwrap_or_default()
    }
}

/// The length of an identifier's text.
pub(super) const LENGTH: usize = 36;
/// Where each byte's two digits stand.
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// A permutation of the numbers below 2⁴⁸. It hides that attendees are numbered from 0; it is not cryptography.
struct Disguise {
    key: u64,
}

/// The numbers that a [`Disguise`] permutes have so many bits.
const BITS: u32 = 48;
const MASK: u64 = (1 << BITS) - 1;
/// Any odd number has an inverse modulo a power of two; this one's bits are spread.
const FACTOR: u64 = 0x9e37_79b9_7f4b;
const INVERSE: u64 = inverse(FACTOR);

/// Newton's iteration doubles the number of right bits: 3, 6, 12, 24, 48, 96.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut round = 0;
    while round < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse & MASK
}

impl Disguise {
    fn of(seed: u64, meeting: u64) -> Self {
        let key = Key { seed, purpose: Purpose::ServiceId, client: meeting, call: 0, attempt: 4 }.bits();
        Self { key: key & MASK }
    }

    fn put_on(&self, number: u64) -> u64 {
        let once = Self::fold((number ^ self.key).wrapping_mul(FACTOR) & MASK);
        Self::fold(once.wrapping_mul(FACTOR) & MASK)
    }

    fn take_off(&self, disguised: u64) -> u64 {
        let once = Self::fold(disguised).wrapping_mul(INVERSE) & MASK;
        (Self::fold(once).wrapping_mul(INVERSE) & MASK) ^ self.key
    }

    /// Its own inverse: what is shifted by half of the bits, twice, is gone.
    const fn fold(number: u64) -> u64 {
        number ^ (number >> (BITS / 2))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.print(&mut [0; LENGTH]))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.print(&mut [0; LENGTH]))
    }
}

/// A text that is not `8-4-4-4-12` hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a GUID; write 8-4-4-4-12 hexadecimal digits")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let text: &[u8; LENGTH] = text.as_bytes().try_into().map_err(|_| NotAnId)?;
        if [8, 13, 18, 23].iter().any(|&place| text[place] != b'-') {
            return Err(NotAnId);
        }
        let digit = |place: usize| char::from(text[place]).to_digit(16).ok_or(NotAnId);
        let mut bytes = [0; 16];
        for (byte, &place) in bytes.iter_mut().zip(&PLACES) {
            *byte = (digit(place)? << 4 | digit(place + 1)?) as u8;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::format_uuid;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn an_attendees_id_tells_its_number_and_no_other_id_does(
            seed: u64, meeting: u64, sequence in 0_u64..1 << 48, bit in 0_usize..128,
        ) {
            let id = Id::of_attendee(seed, meeting, sequence);
            prop_assert_eq!(id.sequence(seed, meeting), Some(sequence));
            prop_assert_eq!(id.sequence(seed, meeting.wrapping_add(1)), None);
            let mut altered = id;
            altered.0[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(altered.sequence(seed, meeting), None);
        }
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
