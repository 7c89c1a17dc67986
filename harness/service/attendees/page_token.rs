//! Page tokens: where a page ended, sealed so that no one can alter it or carry it elsewhere.
//!
//! A token holds the sequence number of the last entry, never an offset: what is created or deleted meanwhile makes no
//! attendee appear twice or go missing. The seal is a keyed check sum over number, listing and endpoint. It keeps honest
//! clients from guessing; it is not cryptography, and a mock needs none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::id::Id;
use crate::service::answer::ServiceError;

/// Number and seal.
const LENGTH: usize = 8 + 16;

/// What a token is valid for: one listing, made by one service for one endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal {
    /// The service's seed.
    pub(super) seed: u64,
    /// The number of the endpoint: account, region and namespace.
    pub(super) endpoint: u32,
    /// What is listed.
    pub(super) listing: Listing,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// The attendees of a meeting.
    Attendees(Id),
    /// The meetings of an endpoint.
    Meetings,
}

impl Seal {
    /// The token for a page that ended with that sequence number.
    pub(super) fn seal(self, last: u64) -> String {
        let check = self.check_sum(last);
        let mut bytes = [0; LENGTH];
        // The number is hidden under the check sum, so that no client is tempted to count with it.
        bytes[..8].copy_from_slice(&(last ^ check as u64).to_be_bytes());
        bytes[8..].copy_from_slice(&check.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where a page begins: after the entry that a token names; at the start without one, or with an empty one.
    pub(super) fn cursor(self, next_token: Option<&str>) -> Result<Option<u64>, ServiceError> {
        match next_token.filter(|token| !token.is_empty()) {
            None => Ok(None),
            Some(token) => {
                let last = self.open(token).ok_or_else(|| ServiceError::bad_request("The NextToken is not valid"))?;
                Ok(Some(last))
            }
        }
    }

    /// The sequence number in a token; none where the token is not one that [`seal`](Self::seal) made for this listing.
    fn open(self, token: &str) -> Option<u64> {
        let bytes: [u8; LENGTH] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let check = u128::from_be_bytes(bytes[8..].try_into().ok()?);
        let last = u64::from_be_bytes(bytes[..8].try_into().ok()?) ^ check as u64;
        (self.check_sum(last) == check).then_some(last)
    }

    fn check_sum(self, last: u64) -> u128 {
        let mut bytes = [0; 8 + 4 + 1 + 16];
        bytes[..8].copy_from_slice(&last.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.endpoint.to_be_bytes());
        if let Listing::Attendees(meeting) = self.listing {
            bytes[12] = 1;
            bytes[13..].copy_from_slice(meeting.as_bytes());
        }
        xxh3_128_with_seed(&bytes, self.seed ^ 0x7061_6765_746f_6b65)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal() -> Seal {
        Seal { seed: 7, endpoint: 3, listing: Listing::Attendees(Id::of_meeting(7, 1)) }
    }

    #[test]
    fn a_token_is_safe_in_a_url_and_short() {
        let token = seal().seal(41);
        assert!(token.len() <= 4096);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "{token}");
    }

    #[test]
    fn a_token_opens_only_where_it_was_made() {
        let token = seal().seal(41);
        assert_eq!(seal().open(&token), Some(41));
        let elsewhere = [
            Seal { seed: 8, ..seal() },
            Seal { endpoint: 4, ..seal() },
            Seal { listing: Listing::Attendees(Id::of_meeting(7, 2)), ..seal() },
            Seal { listing: Listing::Meetings, ..seal() },
        ];
        for other in elsewhere {
            assert_eq!(other.open(&token), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn garbage_and_alterations_do_not_open(text in "\\PC{0,40}", at in 0_usize..32, letter in "[A-Za-z0-9_-]") {
            prop_assert_eq!(seal().open(&text), None);
            let token = seal().seal(41);
            let mut altered = token.clone();
            altered.replace_range(at..=at, &letter);
            prop_assert_eq!(seal().open(&altered).is_some(), altered == token);
        }
    }
}
