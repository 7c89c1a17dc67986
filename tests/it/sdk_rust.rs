//! The AWS SDK for Rust against the mock: a client that was written without us in mind.
//!
//! `tests/clients/` holds the same for clients in other languages, which have to be installed first.

mod errors;
mod faults;
mod operations;
mod paging;
mod retries;
mod signatures;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_chimesdkmeetings::Client;
use aws_sdk_chimesdkmeetings::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_chimesdkmeetings::config::timeout::TimeoutConfig;
use aws_sdk_chimesdkmeetings::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_chimesdkmeetings::types::Meeting;
use loadline::mock::MockServer;
use loadline::service::config::{Fault, FaultKind, Quotas, Throttling};
use loadline::service::{OperationKind, ServiceConfig};
use loadline::units::Ratio;

/// A meeting that is never made.
const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// Keys that open nothing.
const ACCESS_KEY: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "not-a-secret";

/// A service without limits on rate and number.
fn unlimited() -> ServiceConfig {
    let quotas = Quotas { attendees_per_meeting: None, meetings: None };
    ServiceConfig { throttling: Throttling::Off, quotas, ..ServiceConfig::default() }
}

/// Strikes every n-th request for an operation.
fn striking(operation: OperationKind, every: u64, kind: FaultKind) -> ServiceConfig {
    let fault = Fault { operations: vec![operation], chance: Ratio::ZERO, every: Some(every), during: None, kind };
    ServiceConfig { faults: vec![fault], ..unlimited() }
}

/// Answers every request for an operation with an error.
fn answering(operation: OperationKind, status: u16, error_code: &'static str) -> ServiceConfig {
    striking(operation, 1, FaultKind::Status { status, error_code: Cow::Borrowed(error_code) })
}

fn start(config: ServiceConfig) -> MockServer {
    MockServer::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port")
}

/// The SDK's own way to retry, with short waits.
fn retrying(attempts: u32) -> RetryConfig {
    let (first, longest) = (Duration::from_millis(20), Duration::from_millis(400));
    RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(first).with_max_backoff(longest)
}

/// A client as people would make it.
fn client(mock: &MockServer, retries: RetryConfig) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    // Only so that a fault in the mock fails the test instead of hanging it.
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(30)).build();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(format!("http://{}", mock.addr()))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "tests"))
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retries)
        // Otherwise all tests of this process would share one budget of retries.
        .retry_partition(RetryPartition::custom("test").build())
        .build();
    Client::from_conf(config)
}

/// A service without limits, and a client that tries once.
fn plain() -> (MockServer, Client) {
    let mock = start(unlimited());
    let client = client(&mock, RetryConfig::disabled());
    (mock, client)
}

async fn create_meeting(client: &Client, name: &str) -> Meeting {
    let call = client.create_meeting().client_request_token(name).media_region("us-east-1").external_meeting_id(name);
    call.send().await.expect("a meeting").meeting.expect("an answer holds it")
}

/// What every meeting has.
fn id(meeting: &Meeting) -> &str {
    meeting.meeting_id().expect("a meeting has an id")
}
