//! What stands in for the signer in a build without the feature `aws`: types that have no value.

use super::{KeysError, Signature, Unsigned};
use crate::plan::Signing;

/// Keys that cannot be.
#[derive(Clone, Debug)]
pub enum KeyRing {}

impl KeyRing {
    /// Says that this build cannot sign.
    ///
    /// # Errors
    /// Always [`KeysError::NotBuilt`].
    pub fn open(_signing: &Signing) -> Result<Self, KeysError> {
        Err(KeysError::NotBuilt)
    }

    /// There is nobody to ask.
    pub fn take_trouble(&self) -> Option<String> {
        match *self {}
    }

    /// There is nothing to hide.
    pub fn mask(&self, _text: &str) -> String {
        match *self {}
    }
}

/// A signer that cannot be.
#[derive(Debug)]
pub enum Signer {}

impl Signer {
    /// There are no keys to make it of.
    pub fn new(keys: &KeyRing, _signing: &Signing) -> Self {
        match *keys {}
    }

    pub(in crate::transport) fn sign(&self, _request: &Unsigned<'_>) -> Option<Signature> {
        match *self {}
    }

    pub(in crate::transport) fn correct(
        &self,
        _used: i64,
        _status: u16,
        _code: Option<&str>,
        _date: Option<&str>,
    ) -> bool {
        match *self {}
    }
}
