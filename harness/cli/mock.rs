//! `loadline mock`: the embedded service by itself.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc;

use clap::{Args, ValueEnum};

use super::output::{Failure, print, say};
use super::signals;
use crate::engine::HaltSwitch;
use crate::mock::{Limits, MockServer, RequestLog, Settings};
use crate::report::verdict::exit;
use crate::scenario::{self, Source};
use crate::service::config::{Authentication, Credential, Throttling};
use crate::service::{Namespace, ServiceConfig};
use crate::transport::Alarm;
use crate::units::Nanos;

/// Descriptors besides those of connections: standard streams, listeners, timers, the log.
const OTHER_DESCRIPTORS: u64 = 64;

/// How people use it, for the long help.
const EXAMPLES: &str = "\
Examples:
  loadline mock
      Serve with the documented limits on any free port; the first line of output is the address
  loadline mock --listen 127.0.0.1:8080 --unlimited
      Throttle nothing, at a fixed address; then point a client at it:
      aws chime-sdk-meetings create-meeting --endpoint-url http://127.0.0.1:8080 …
  loadline mock scenario.yaml --admin 127.0.0.1:9090 --request-log requests.jsonl
      Serve what the scenario's `mock` describes, with metrics and a line for each request
  loadline mock --set 'mock.faults=[{status: 503, chance: 10%}]' --set mock.region=eu-west-1
      Every key of `mock` can be set without a file
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=secret loadline mock --strict
      Serve only what that key has signed

Fixed limits:
  body         1 MiB; a longer one is answered 413
  head         64 KiB; a longer one is answered 400 in the form of the service, and from
               128 KiB on it is not read to its end and answered 431
  HTTP/2       256 streams on a connection
  unread reply the client is dropped after 60 s

The first Ctrl-C or SIGTERM lets replies under way end, the second ends at once.";

/// What `mock` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Take the service from the `mock` and `limiters` of this scenario; it needs no target and no workloads
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// The address to listen on
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Change a value of the scenario, such as mock.region=eu-west-1 (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// The seed of ids, latencies and faults
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Throttle nothing, and lift the quotas on meetings and attendees
    #[arg(long)]
    unlimited: bool,
    /// Which interface answers where neither host nor base path tells
    #[arg(long)]
    namespace: Option<Interface>,
    /// Serve only what AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY have signed (with AWS_SESSION_TOKEN, if set)
    #[arg(long)]
    strict: bool,
    /// Serve /metrics and /health on this address
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<SocketAddr>,
    /// Append a line of JSON for each request to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    request_log: Option<PathBuf>,
    #[command(flatten)]
    front: FrontFlags,
}

/// What clients may take.
#[derive(Debug, Args)]
#[command(next_help_heading = "What clients may take")]
struct FrontFlags {
    /// Connections at a time; one more is closed at once
    #[arg(long, value_name = "N", default_value = "10000")]
    max_connections: usize,
    /// How long the head of a request may take
    #[arg(long, value_name = "TIME", default_value = "10s")]
    head_timeout: Nanos,
    /// How long the body of a request may take
    #[arg(long, value_name = "TIME", default_value = "30s")]
    body_timeout: Nanos,
    /// How long a connection may be idle
    #[arg(long, value_name = "TIME", default_value = "2m")]
    idle_timeout: Nanos,
    /// How long replies under way may take to end when the service is stopped
    #[arg(long, value_name = "TIME", default_value = "10s")]
    grace: Nanos,
}

/// The two interfaces, as the scenario names them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Interface {
    /// Amazon Chime SDK Meetings
    Meetings,
    /// Amazon Chime, the one before it
    Legacy,
}

/// Serves until it is stopped. The first line of standard output is the address, the second the administrative one.
pub(super) fn mock(arguments: &Arguments) -> Result<u8, Failure> {
    let config = config(arguments)?;
    for address in [Some(arguments.listen), arguments.admin].into_iter().flatten() {
        if !address.ip().is_loopback() {
            say(&format!("listening on {address}, beyond this machine: whoever reaches it can use the service"));
        }
    }
    let front = &arguments.front;
    let limits = Limits {
        connections: front.max_connections,
        head_timeout: front.head_timeout,
        body_timeout: front.body_timeout,
        idle_timeout: front.idle_timeout,
        ..Limits::default()
    };
    raise_descriptors(front.max_connections);
    let request_log = arguments.request_log.as_ref().map(open_log).transpose()?;
    let settings = Settings { limits, grace: front.grace, admin: arguments.admin, request_log };
    let halt = HaltSwitch::new();
    let (tell, stopped) = mpsc::channel();
    let alarm = Alarm::new(move || {
        // A receiver that is gone has been told before.
        let _ = tell.send(());
    });
    halt.wake(&alarm);
    let server = MockServer::start_with(config, arguments.listen, settings)?;
    server.start_events();
    // Before the address is told: whoever reads it may send a signal next.
    signals::listen(halt, signals::GRACE)?;
    print(&format!("http://{}", server.addr()));
    if let Some(admin) = server.admin_addr() {
        print(&format!("http://{admin}/metrics"));
    }
    // The alarm holds the sender, so there is always someone who may still tell.
    let _ = stopped.recv();
    let stats = server.shutdown();
    for (operation, status, count) in stats.iter() {
        let operation = operation.map_or("unknown", |operation| operation.name());
        say(&format!("{operation} {status}: {count}"));
    }
    say(&format!("{} requests answered", stats.total()));
    Ok(exit::PASS)
}

/// The service that the arguments describe.
fn config(arguments: &Arguments) -> Result<ServiceConfig, Failure> {
    let environment = |name: &str| std::env::var(name).ok();
    let invalid = |faults| Failure::Scenario(Box::new(faults));
    let flags = scenario::Flags { seed: arguments.seed, ..scenario::Flags::default() };
    let loaded = if let Some(path) = &arguments.scenario {
        scenario::read(path, &arguments.overrides, &flags, &environment)
    } else {
        let source = Source { name: "(no file)".to_owned(), text: "name: mock\n".to_owned() };
        let overrides = &arguments.overrides;
        let folder = PathBuf::new();
        scenario::load(scenario::Input {
            source: &source,
            folder: &folder,
            overrides,
            flags: &flags,
            environment: &environment,
        })
    };
    let mut config = loaded.map_err(invalid)?.service().map_err(invalid)?;
    if arguments.unlimited {
        config.throttling = Throttling::Off;
        config.limits.clear();
        (config.quotas.attendees_per_meeting, config.quotas.meetings) = (None, None);
    }
    match arguments.namespace {
        None => {}
        Some(Interface::Meetings) => config.namespace = Namespace::Meetings,
        Some(Interface::Legacy) => config.namespace = Namespace::Legacy,
    }
    if arguments.strict {
        config.authentication = strict(&environment)?;
    }
    Ok(config)
}

/// The key of the environment, under the names that AWS's own tools read.
fn strict(environment: scenario::Environment<'_>) -> Result<Authentication, Failure> {
    let needed = |name: &str| {
        environment(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("--strict needs a key: export {name}=…"))
        })
    };
    let credential = Credential {
        access_key: needed("AWS_ACCESS_KEY_ID")?,
        secret_key: needed("AWS_SECRET_ACCESS_KEY")?,
        session_token: environment("AWS_SESSION_TOKEN").filter(|token| !token.is_empty()),
        deny: Vec::new(),
    };
    Ok(Authentication::Strict(vec![credential]))
}

fn open_log(path: &PathBuf) -> io::Result<RequestLog> {
    let out: Box<dyn Write + Send> = if path.as_os_str() == "-" {
        Box::new(io::stdout())
    } else {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Box::new(file.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?)
    };
    RequestLog::new(out)
}

/// Asks the system for as many files as there may be connections.
#[cfg(unix)]
fn raise_descriptors(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = connections as u64 + OTHER_DESCRIPTORS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let most = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    if raised.is_err() || most < wanted {
        let have = if raised.is_ok() { Some(most) } else { limit.current };
        let fit = have.unwrap_or_default().saturating_sub(OTHER_DESCRIPTORS);
        say(&format!(
            "the system lets this process open so few files that only {fit} connections fit; raise `ulimit -n`"
        ));
    }
}

/// Windows counts no files.
#[cfg(not(unix))]
fn raise_descriptors(_: usize) {}
