//! The tools: what they are called, where they are, what they can do.

mod command;

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use crate::machine;

pub(crate) use command::{Prepared, prepare};

/// A load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lowercase")]
pub(crate) enum Tool {
    Loadline,
    Wrk,
    Oha,
    H2load,
    Hey,
    Wrk2,
    K6,
    Locust,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    /// `GET /`, answered with 44 bytes.
    Thing,
    /// `POST /batch` of a hundred items, answered with 14 kB.
    Batch,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// The next one when the last one is answered, so many in all.
    Closed { requests: u64 },
    /// At planned instants.
    Open { rate: u64, seconds: u64 },
}

/// A load, as any tool could make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) what: What,
    pub(crate) pace: Pace,
    pub(crate) connections: u32,
    /// Whether single response times are wanted, or their percentiles.
    pub(crate) latencies: bool,
    /// Whether waits before sending count, where the tool leaves the choice.
    pub(crate) corrected: bool,
}

impl Load {
    /// As many requests as are in a schedule, or were asked for.
    pub(crate) fn requests(&self) -> u64 {
        match self.pace {
            Pace::Closed { requests } => requests,
            Pace::Open { rate, seconds } => rate * seconds,
        }
    }
}

/// A tool that is there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) tool: Tool,
    #[serde(skip)]
    pub(crate) path: PathBuf,
    pub(crate) version: String,
}

impl Tool {
    pub(crate) const ALL: [Self; 8] =
        [Self::Loadline, Self::Wrk, Self::Oha, Self::H2load, Self::Hey, Self::Wrk2, Self::K6, Self::Locust];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Loadline => "loadline",
            Self::Wrk => "wrk",
            Self::Oha => "oha",
            Self::H2load => "h2load",
            Self::Hey => "hey",
            Self::Wrk2 => "wrk2",
            Self::K6 => "k6",
            Self::Locust => "locust",
        }
    }

    /// Where the tool is, if it is installed: on the `PATH`, and loadline where cargo built it or the variable `LOADLINE` says.
    pub(crate) fn find(self) -> Option<Found> {
        let path = match self {
            Self::Loadline => Some(loadline()).filter(|path| path.is_file()),
            _ => machine::program(self.name()),
        }?;
        let argument = match self {
            Self::Wrk | Self::Wrk2 => "-v",
            Self::K6 => "version",
            _ => "--version",
        };
        // hey has no option that tells its version, and answers this one with its usage.
        let version = (self != Self::Hey).then(|| machine::version(&path, argument)).flatten();
        Some(Found { tool: self, path, version: version.unwrap_or_else(|| "does not tell its version".to_owned()) })
    }

    /// About how many requests it sends a second in a closed loop, for the plan: how long things will take, and how many
    /// requests fill a round.
    pub(crate) fn closed_per_second(self, what: What) -> u64 {
        let things = match self {
            Self::Loadline | Self::Oha | Self::H2load => 40_000,
            Self::Wrk | Self::Wrk2 => 55_000,
            Self::Hey => 18_000,
            Self::K6 => 7_000,
            Self::Locust => 3_000,
        };
        match what {
            What::Thing => things,
            What::Batch => things * 5 / 8,
        }
    }

    /// Whether it can send so many requests and no more, or only for so many seconds.
    pub(crate) fn counts(self) -> bool {
        !matches!(self, Self::Wrk | Self::Wrk2 | Self::Locust)
    }

    /// wrk2 sends nothing without a rate.
    pub(crate) fn has_closed_loop(self) -> bool {
        self != Self::Wrk2
    }

    /// wrk has no rate.
    pub(crate) fn has_open_loop(self) -> bool {
        self != Self::Wrk
    }

    /// With how many connections it makes an open loop of up to 64: hey and h2load split the rate and the count over their
    /// connections in whole numbers, which 50 divides without remainder.
    pub(crate) fn open_connections(self) -> u32 {
        if matches!(self, Self::Hey | Self::H2load) { 50 } else { 64 }
    }
}

/// The program that cargo built for this bench, in the same profile.
fn loadline() -> PathBuf {
    std::env::var_os("LOADLINE").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_loadline")), PathBuf::from)
}
