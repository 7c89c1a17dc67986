//! From what was typed to a task: a scenario file, or an address as `quick` takes it.

use std::path::Path;

use super::Arguments;
use crate::cli::output::Failure;
use crate::scenario::quick::{self, Line};
use crate::scenario::{self, DiscoverFlags, DiscoverTask, Faults, Flags, Input, Loaded, source};

impl Arguments {
    /// Everything that is to be done.
    pub(super) fn task(&self) -> Result<DiscoverTask, Failure> {
        let loaded = if self.is_file() { self.file()? } else { self.address()? };
        loaded.discover().map_err(faults)
    }

    /// A file is what is there, or what is called like one: a typing error in its name is not an address.
    fn is_file(&self) -> bool {
        let path = Path::new(&self.what);
        path.is_file() || path.extension().is_some_and(|it| it == "yaml" || it == "yml")
    }

    fn file(&self) -> Result<Loaded, Failure> {
        let given = [
            ("--method", self.method.is_some()),
            ("--header", !self.headers.is_empty()),
            ("--body", self.body.is_some()),
        ];
        if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
            return Err(Failure::Usage(format!("{name} goes with an address; a scenario says itself what is sent")));
        }
        let flags = Flags {
            target: self.target.clone(),
            seed: self.seed,
            allow_hosts: self.allow_hosts.clone(),
            discover: self.flags(self.operation.clone()),
            ..Flags::default()
        };
        let environment = |name: &str| std::env::var(name).ok();
        scenario::read(Path::new(&self.what), &self.overrides, &flags, &environment).map_err(faults)
    }

    fn address(&self) -> Result<Loaded, Failure> {
        if self.operation.is_some() || self.target.is_some() {
            return Err(Failure::Usage(
                "--operation and --target go with a scenario; here the address is all there is".into(),
            ));
        }
        let method = self.method.as_ref().map(|method| method.to_uppercase());
        let line = Line {
            url: self.what.clone(),
            requests: Some(1),
            method: method.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            allow_hosts: self.allow_hosts.clone(),
            seed: self.seed,
            ..Line::default()
        };
        let written = quick::write(&line).map_err(faults)?;
        let source = source::text("this line as a scenario", written.text.clone().into_bytes()).map_err(faults)?;
        let environment = |name: &str| {
            let typed = written.secrets.iter().find(|(known, _)| known == name);
            typed.map(|(_, value)| value.clone()).or_else(|| std::env::var(name).ok())
        };
        // Who types a method or a body has named what is to be sent.
        let named = method.or_else(|| self.body.as_ref().map(|_| "POST".to_owned()));
        let named = named.map(|method| method[..1].to_owned() + &method[1..].to_ascii_lowercase());
        let flags = Flags { discover: self.flags(named), ..Flags::default() };
        let (folder, overrides) = (Path::new(""), &self.overrides[..]);
        let input = Input { source: &source, folder, overrides, flags: &flags, environment: &environment };
        scenario::load(input).map_err(faults)
    }

    fn flags(&self, operation: Option<String>) -> DiscoverFlags {
        DiscoverFlags {
            operation,
            requests: self.requests,
            duration: self.duration,
            max_rate: self.max_rate,
            quiet: self.pause,
            dimensions: self.dimensions.clone(),
            cost: self.cost.clone(),
        }
    }
}

fn faults(faults: Faults) -> Failure {
    Failure::Scenario(Box::new(faults))
}
