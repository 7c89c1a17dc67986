//! Who signs requests, and as what: AWS Signature Version 4.

use std::fmt;

/// How requests are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The signing name of the service, such as `chime`.
    pub service: String,
    /// The region of the credential scope.
    pub region: String,
    /// Where the keys come from.
    pub keys: KeySource,
}

/// Where keys come from. A plan never holds keys that had to be fetched: a check needs neither keys nor a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The scenario names them, by the environment.
    Given(Keys),
    /// The places where AWS's own tools look: environment, profile, web identity, container, instance.
    Chain {
        /// This profile alone.
        profile: Option<String>,
    },
}

/// A pair of keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The access key id.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
    /// What temporary keys come with.
    pub session_token: Option<String>,
}

/// Shows nothing of them.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}
