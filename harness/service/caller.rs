//! Who calls: identities as they arrive, and the small numbers that the service knows them by.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// One of the two interfaces of the attendees service. Nothing is shared between them: neither state nor buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// Amazon Chime SDK Meetings, `chime-sdk-meetings`, API version 2021-07-15.
    #[default]
    Meetings,
    /// The one before it: Amazon Chime, `chime`, API version 2018-05-01.
    Legacy,
}

/// The one region of the legacy namespace.
const LEGACY_REGION: &str = "us-east-1";

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
    /// The namespace that the request names; the configured one where it does not tell.
    pub namespace: Option<Namespace>,
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
    /// The namespace that is spoken.
    pub(super) namespace: Namespace,
}

impl Caller {
    /// The namespace that is spoken.
    pub const fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// The same account, spoken for by another client.
    pub const fn of_client(self, client: u64) -> Self {
        Self { client, ..self }
    }
}

/// Gives every account, region and endpoint its number.
#[derive(Debug)]
pub(super) struct Directory {
    default_region: Arc<str>,
    default_namespace: Namespace,
    accounts: FxHashMap<Arc<str>, u32>,
    regions: FxHashMap<Arc<str>, u32>,
    /// By account, region and namespace.
    endpoints: FxHashMap<(u32, u32, Namespace), u32>,
}

/// What is known of an endpoint that has just been seen for the first time.
pub(super) struct NewEndpoint {
    pub(super) region: Arc<str>,
    pub(super) account_number: u64,
}

impl Directory {
    pub(super) fn new(default_region: &str, default_namespace: Namespace) -> Self {
        Self {
            default_region: default_region.into(),
            default_namespace,
            accounts: FxHashMap::default(),
            regions: FxHashMap::default(),
            endpoints: FxHashMap::default(),
        }
    }

    /// The caller behind an identity; and its endpoint where that is new, for the state to make room.
    pub(super) fn look_up(&mut self, identity: &Identity<'_>) -> (Caller, Option<NewEndpoint>) {
        let account_name = identity.account.unwrap_or_default();
        let account = number(&mut self.accounts, account_name);
        let namespace = identity.namespace.unwrap_or(self.default_namespace);
        let region_name = match namespace {
            Namespace::Meetings => identity.region.unwrap_or(&self.default_region),
            Namespace::Legacy => LEGACY_REGION,
        };
        let region = number(&mut self.regions, region_name);
        let next = u32::try_from(self.endpoints.len()).unwrap_or(u32::MAX);
        let endpoint = *self.endpoints.entry((account, region, namespace)).or_insert(next);
        let api_key = identity.api_key.map_or(0, |key| xxh3_64(key.as_bytes()).max(1));
        let new = (endpoint == next)
            .then(|| NewEndpoint { region: region_name.into(), account_number: account_number(account_name) });
        (Caller { endpoint, account, region, client: identity.client, api_key, namespace }, new)
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
    fn accounts_regions_and_namespaces_are_apart_and_stay_the_same() {
        let mut directory = Directory::new("us-east-1", Namespace::Meetings);
        let mut look_up_in = |namespace, account, region| {
            let identity = Identity { account, region, namespace, ..Identity::default() };
            let (caller, new) = directory.look_up(&identity);
            (caller.endpoint, new.is_some())
        };
        let legacy = Some(Namespace::Legacy);
        assert_eq!(look_up_in(None, None, None), (0, true));
        assert_eq!(look_up_in(Some(Namespace::Meetings), None, None), (0, false));
        assert_eq!(look_up_in(legacy, None, Some("eu-west-1")), (1, true));
        assert_eq!(look_up_in(legacy, None, Some("us-west-2")), (1, false), "the legacy namespace has one region");
        let mut look_up = |account, region| look_up_in(None, account, region);
        assert_eq!(look_up(None, Some("us-east-1")), (0, false));
        assert_eq!(look_up(Some("AKIA1"), None), (2, true));
        assert_eq!(look_up(Some("AKIA1"), Some("eu-west-1")), (3, true));
        assert_eq!(look_up(Some("AKIA1"), None), (2, false));
        assert!(account_number("AKIA1") < 1_000_000_000_000);
    }
}
