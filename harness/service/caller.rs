//! Who calls: identities as they arrive, and the small numbers that the service knows them by.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// A caller as a front reads it from a request. Text where a person or an SDK chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The access key id of the credential scope; all callers without one share an anonymous account.
    pub account: Option<&'a str>,
    /// The region of the credential scope; the configured one where absent.
    pub region: Option<&'a str>,
    /// Which client it is: its number in process, the peer's address over HTTP.
    pub client: u64,
    /// The value of `X-Api-Key`.
    pub api_key: Option<&'a str>,
}

/// A caller that the service has seen: cheap to copy, good for as many requests as the identity stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Number of the (account, region, namespace).
    pub(super) endpoint: u32,
    /// Number of the account.
    pub(super) account: u32,
    /// Number of the region.
    pub(super) region: u32,
    /// Which client it is.
    pub(super) client: u64,
    /// Digest of the API key; zero without one.
    pub(super) api_key: u64,
}

/// Gives every account, region and endpoint its number.
#[derive(Debug)]
pub(super) struct Directory {
    default_region: Arc<str>,
    accounts: FxHashMap<Arc<str>, u32>,
    regions: FxHashMap<Arc<str>, u32>,
    /// By account and region. The Meetings namespace is the only one served; another one would stand beside the two.
    endpoints: FxHashMap<(u32, u32), u32>,
}

/// What is known of an endpoint that has just been seen for the first time.
pub(super) struct NewEndpoint {
    pub(super) region: Arc<str>,
    pub(super) account_number: u64,
}

impl Directory {
    pub(super) fn new(default_region: &str) -> Self {
        Self {
            default_region: default_region.into(),
            accounts: FxHashMap::default(),
            regions: FxHashMap::default(),
            endpoints: FxHashMap::default(),
        }
    }

    /// The caller behind an identity; and its endpoint where that is new, for the state to make room.
    pub(super) fn look_up(&mut self, identity: &Identity<'_>) -> (Caller, Option<NewEndpoint>) {
        let account_name = identity.account.unwrap_or_default();
        let account = number(&mut self.accounts, account_name);
        let region_name = identity.region.unwrap_or(&self.default_region);
        let region = number(&mut self.regions, region_name);
        let next = u32::try_from(self.endpoints.len()).unwrap_or(u32::MAX);
        let endpoint = *self.endpoints.entry((account, region)).or_insert(next);
        let api_key = identity.api_key.map_or(0, |key| xxh3_64(key.as_bytes()).max(1));
        let new = (endpoint == next)
            .then(|| NewEndpoint { region: region_name.into(), account_number: account_number(account_name) });
        (Caller { endpoint, account, region, client: identity.client, api_key }, new)
    }
}

fn number(known: &mut FxHashMap<Arc<str>, u32>, name: &str) -> u32 {
    if let Some(&number) = known.get(name) {
        return number;
    }
    let number = u32::try_from(known.len()).unwrap_or(u32::MAX);
    known.insert(name.into(), number);
    number
}

/// The 12-digit account number: a function of the access key id, so that it survives a restart.
fn account_number(account: &str) -> u64 {
    xxh3_64(account.as_bytes()) % 1_000_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_regions_are_apart_and_stay_the_same() {
        let mut directory = Directory::new("us-east-1");
        let mut look_up = |account, region| {
            let identity = Identity { account, region, ..Identity::default() };
            let (caller, new) = directory.look_up(&identity);
            (caller.endpoint, new.is_some())
        };
        assert_eq!(look_up(None, None), (0, true));
        assert_eq!(look_up(None, Some("us-east-1")), (0, false));
        assert_eq!(look_up(Some("AKIA1"), None), (1, true));
        assert_eq!(look_up(Some("AKIA1"), Some("eu-west-1")), (2, true));
        assert_eq!(look_up(Some("AKIA1"), None), (1, false));
        assert!(account_number("AKIA1") < 1_000_000_000_000);
    }
}
