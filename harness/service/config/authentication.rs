//! Whose signatures are good.

use std::fmt;

use crate::service::operation::OperationKind;

/// Whether requests have to be signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authentication {
    /// Requests are served without a signature, or with a wrong one; a readable scope names the account.
    #[default]
    Lenient,
    /// Only requests that one of these has signed are served.
    Strict(Vec<Credential>),
}

/// A key that signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The access key id; names the account, and is no secret.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
    /// The session token, where the key is a temporary one.
    pub session_token: Option<String>,
    /// Operations that it may not use.
    pub deny: Vec<OperationKind>,
}

/// Says whose it is, and nothing of its secrets.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("access_key", &self.access_key)
            .field("deny", &self.deny)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_prints_no_secret() {
        let credential = Credential {
            access_key: "AKIA1".to_owned(),
            secret_key: "hunter2".to_owned(),
            session_token: Some("hunter3".to_owned()),
            deny: vec![],
        };
        let text = format!("{credential:?}");
        assert!(text.contains("AKIA1") && !text.contains("hunter"), "{text}");
    }
}
