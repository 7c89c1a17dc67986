//! `loadline mock`: the embedded service by itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::sync::watch;

use super::output::{Failure, print, say};
use super::signals;
use crate::engine::{Halt, HaltAt};
use crate::mock::MockServer;
use crate::report::verdict::exit;
use crate::scenario;
use crate::service::ServiceConfig;
use crate::service::config::Throttling;

/// What `mock` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Take the service's configuration from this scenario's `mock` block
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// The address to listen on
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Throttle nothing, and lift the quotas on meetings and attendees
    #[arg(long)]
    unlimited: bool,
}

/// Serves until it is stopped. The first line of standard output is the address.
pub(super) fn mock(arguments: &Arguments) -> Result<u8, Failure> {
    let mut config = match &arguments.scenario {
        None => ServiceConfig::default(),
        Some(path) => {
            let environment = |name: &str| std::env::var(name).ok();
            let invalid = |faults| Failure::Scenario(Box::new(faults));
            let loaded = scenario::read(path, &[], &scenario::Flags::default(), &environment).map_err(invalid)?;
            loaded.plan().map_err(invalid)?.service
        }
    };
    if arguments.unlimited {
        config.throttling = Throttling::Off;
        config.limits.clear();
        (config.quotas.attendees_per_meeting, config.quotas.meetings) = (None, None);
    }
    if !arguments.listen.ip().is_loopback() {
        say("listening beyond this machine: whoever reaches the address can use the service");
    }
    let (halt, _) = watch::channel(Halt::Go);
    let mut stopped = HaltAt::new(&halt, Halt::Everything);
    let server = MockServer::start(config, arguments.listen)?;
    server.start_events();
    print(&format!("http://{}", server.addr()));
    signals::listen(halt)?;
    tokio::runtime::Builder::new_current_thread().build()?.block_on(stopped.reached());
    let stats = server.shutdown();
    for (operation, status, count) in stats.iter() {
        let operation = operation.map_or("unknown", |operation| operation.name());
        say(&format!("{operation} {status}: {count}"));
    }
    say(&format!("{} requests answered", stats.total()));
    Ok(exit::PASS)
}
