//! Keys: given by the scenario, or found where AWS's own tools find them, and fetched again before they end.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::KeysError;
use crate::plan::{KeySource, Signing};
use crate::time::WallClock;

/// How long a run waits for its first keys.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long before their end keys are fetched again, unless their whole life is shorter than twice that.
const MARGIN: Duration = Duration::from_secs(300);

/// How long to wait after a fetch that failed, and the least between two fetches.
const PAUSE: Duration = Duration::from_secs(10);

/// The keys of a run. Clones share them; when the last is gone, the thread that fetches new ones ends.
#[derive(Clone, Debug)]
pub struct KeyRing {
    keys: watch::Receiver<Credentials>,
    /// Says why new keys could not be fetched, for whoever asks next.
    trouble: Arc<Mutex<Option<String>>>,
    /// Dropped with the last clone, which the keeper notices.
    _stop: Option<mpsc::Sender<()>>,
}

impl KeyRing {
    /// Fetches the first keys.
    ///
    /// # Errors
    /// [`KeysError`], which says where keys were looked for.
    pub fn open(signing: &Signing) -> Result<Self, KeysError> {
        let profile = match &signing.keys {
            KeySource::Given(keys) => {
                let keys = Credentials::new(
                    keys.access_key.clone(),
                    keys.secret_key.clone(),
                    keys.session_token.clone(),
                    None,
                    "scenario",
                );
                return Ok(Self { keys: watch::channel(keys).1, trouble: Arc::default(), _stop: None });
            }
            KeySource::Chain { profile } => profile.clone(),
        };
        let tried = tried(profile.as_deref());
        let source = Source { region: signing.region.clone(), profile };
        let trouble = Arc::default();
        let (stop, stopped) = mpsc::channel();
        let (tell, told) = mpsc::sync_channel(1);
        let keeper = Keeper { source, trouble: Arc::clone(&trouble), stopped };
        thread::Builder::new()
            .name("credentials".to_owned())
            .spawn(move || keeper.run(&tell))
            .map_err(|error| KeysError::Thread(error.to_string()))?;
        match told.recv_timeout(PATIENCE) {
            Ok(Ok(keys)) => Ok(Self { keys, trouble, _stop: Some(stop) }),
            Ok(Err(said)) => Err(KeysError::NotFound { tried, said }),
            Err(_) => Err(KeysError::TooSlow { tried, seconds: PATIENCE.as_secs() }),
        }
    }

    /// What kept new keys from being fetched since this was asked last.
    pub fn take_trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The text with the keys in use taken out of it: a service may repeat what it was sent.
    pub fn mask(&self, text: &str) -> String {
        let keys = self.keys.borrow();
        let secrets = [Some(keys.secret_access_key()), keys.session_token()].into_iter().flatten();
        secrets.filter(|secret| !secret.is_empty()).fold(text.to_owned(), |text, secret| text.replace(secret, "(key)"))
    }

    pub(super) fn watch(&self) -> watch::Receiver<Credentials> {
        self.keys.clone()
    }
}

fn tried(profile: Option<&str>) -> String {
    match profile {
        Some(profile) => format!("looked into the profile `{profile}` of ~/.aws/config and ~/.aws/credentials"),
        None => "looked into the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), the profile that AWS_PROFILE names or \
                 `default`, web identity, and the metadata services of containers and instances"
            .to_owned(),
    }
}

/// Where keys are looked for.
#[derive(Debug)]
struct Source {
    region: String,
    profile: Option<String>,
}

impl Source {
    async fn connect(&self) -> SharedCredentialsProvider {
        let region = Region::new(self.region.clone());
        let client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let config = ProviderConfig::default().with_http_client(client).with_region(Some(region.clone()));
        if let Some(name) = &self.profile {
            let profile = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(name).build();
            return SharedCredentialsProvider::new(profile);
        }
        let chain = DefaultCredentialsChain::builder().configure(config).region(region).build().await;
        SharedCredentialsProvider::new(chain)
    }
}

/// The first keys, or why there are none.
type First = Result<watch::Receiver<Credentials>, String>;

/// The thread that fetches keys. It has a runtime of its own, so that no fetch ever stands in the way of the load.
struct Keeper {
    source: Source,
    trouble: Arc<Mutex<Option<String>>>,
    stopped: mpsc::Receiver<()>,
}

impl Keeper {
    fn run(self, tell: &mpsc::SyncSender<First>) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = tell.send(Err(error.to_string()));
                return;
            }
        };
        let provider = runtime.block_on(self.source.connect());
        match runtime.block_on(provider.provide_credentials()) {
            Ok(keys) => {
                let (publish, published) = watch::channel(keys);
                // Nobody waits any more: the run was given up.
                if tell.send(Ok(published)).is_ok() {
                    self.keep(&runtime, &provider, &publish);
                }
            }
            Err(error) => {
                let _ = tell.send(Err(causes(&error)));
            }
        }
    }

    /// Fetches new keys for as long as the present ones have an end and somebody uses them.
    fn keep(&self, runtime: &Runtime, provider: &SharedCredentialsProvider, publish: &watch::Sender<Credentials>) {
        let mut failed = false;
        loop {
            let Some(end) = publish.borrow().expiry() else { return };
            let left = end.duration_since(WallClock::now().system_time()).unwrap_or_default();
            match self.stopped.recv_timeout(pause(left, failed)) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
            match runtime.block_on(provider.provide_credentials()) {
                Ok(keys) => {
                    failed = false;
                    publish.send_replace(keys);
                }
                Err(error) => {
                    failed = true;
                    let said = format!("the AWS credentials cannot be renewed: {}", causes(&error));
                    *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
                }
            }
        }
    }
}

/// How long to wait before the next fetch, with keys that have so much life left.
fn pause(left: Duration, failed: bool) -> Duration {
    let early = left.saturating_sub(MARGIN.min(left / 2));
    if failed || left.is_zero() { early.max(PAUSE) } else { early.max(Duration::from_secs(1)) }
}

/// An error with its causes. Sources keep what is secret out of their messages.
fn causes(error: &CredentialsError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        text.push_str(": ");
        text.push_str(&current.to_string());
        cause = current.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fetched_well_before_their_end() {
        let seconds = Duration::from_secs;
        assert_eq!(pause(seconds(3_600), false), seconds(3_300));
        assert_eq!(pause(seconds(100), false), seconds(50));
        assert_eq!(pause(seconds(1), false), seconds(1), "but not all the time");
        assert_eq!(pause(seconds(100), true), seconds(50));
        assert_eq!(pause(seconds(4), true), PAUSE);
        assert_eq!(pause(Duration::ZERO, false), PAUSE);
    }
}
