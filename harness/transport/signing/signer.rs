//! One lane's signer.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningParams, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use tokio::sync::watch;

use super::clock::correction;
use super::keys::KeyRing;
use super::{Signature, Unsigned};
use crate::plan::Signing;
use crate::time::WallClock;

/// Signs the requests of one lane. Each attempt is signed anew: a signature is good for a few minutes only, and a retry that
/// repeats one cannot be told from an attack.
#[derive(Debug)]
pub struct Signer {
    signing: Signing,
    settings: SigningSettings,
    /// Where new keys come in.
    fresh: RefCell<watch::Receiver<Credentials>>,
    /// The keys in use.
    keys: RefCell<Credentials>,
    /// What is added to this machine's clock, in seconds.
    offset: Cell<i64>,
}

impl Signer {
    /// A signer with these keys, and with those that follow them.
    pub fn new(keys: &KeyRing, signing: &Signing) -> Self {
        let mut fresh = keys.watch();
        let first = fresh.borrow_and_update().clone();
        Self {
            signing: signing.clone(),
            settings: settings(&signing.service),
            fresh: RefCell::new(fresh),
            keys: RefCell::new(first),
            offset: Cell::new(0),
        }
    }

    /// Signs a request; `None` where it cannot be signed.
    pub(in crate::transport) fn sign(&self, request: &Unsigned<'_>) -> Option<Signature> {
        self.take_fresh_keys();
        let offset = self.offset.get();
        let now = shifted(WallClock::now().system_time(), offset);
        let fields = self.sign_at(request, now)?;
        Some(Signature { fields, offset })
    }

    /// Sets the clock right where a reply says that it was wrong. True where it was, so that the attempt is worth another try.
    pub(in crate::transport) fn correct(&self, used: i64, status: u16, code: Option<&str>, date: Option<&str>) -> bool {
        let offset = correction(used, status, code, date, WallClock::now().unix_seconds());
        if let Some(offset) = offset {
            self.offset.set(offset);
        }
        offset.is_some()
    }

    /// Without a lock while nothing has changed: an atomic number is compared.
    fn take_fresh_keys(&self) {
        let mut fresh = self.fresh.borrow_mut();
        if fresh.has_changed().unwrap_or(false) {
            *self.keys.borrow_mut() = fresh.borrow_and_update().clone();
        }
    }

    fn sign_at(&self, request: &Unsigned<'_>, now: SystemTime) -> Option<Vec<(&'static str, String)>> {
        // An identity is little more than a counted pointer to the keys.
        let identity = self.keys.borrow().clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.signing.region)
            .name(&self.signing.service)
            .time(now)
            .settings(self.settings.clone());
        let parameters = SigningParams::V4(parameters.build().ok()?);
        let body = SignableBody::Bytes(request.body);
        let signable = SignableRequest::new(request.method, request.url, request.fields.iter().copied(), body).ok()?;
        let (instructions, _) = sign(signable, &parameters).ok()?.into_parts();
        let (headers, _) = instructions.into_parts();
        Some(headers.into_iter().map(|header| (header.name(), header.value().to_owned())).collect())
    }
}

fn shifted(now: SystemTime, offset: i64) -> SystemTime {
    let by = Duration::from_secs(offset.unsigned_abs());
    if offset < 0 { now - by } else { now + by }
}

/// S3 takes the path as it comes and wants the body's digest in a header; all others encode the path once more.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" || service.starts_with("s3-") {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    // Proxies add to it, and services do not ask for it.
    settings.excluded_headers.get_or_insert_default().push(Cow::Borrowed("connection"));
    settings
}

#[cfg(test)]
#[path = "signer_tests.rs"]
mod tests;
