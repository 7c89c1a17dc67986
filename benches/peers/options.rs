//! What may stand after `cargo bench --bench peers --`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::tools::Tool;

/// Measure loadline beside its peers, against a server of its own on loopback.
#[derive(Debug, Parser)]
#[command(name = "peers")]
pub(crate) struct Options {
    /// How many interleaved rounds to take medians of
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub(crate) rounds: u32,
    /// Measure these themes alone
    #[arg(long, value_name = "THEMES", value_delimiter = ',')]
    pub(crate) only: Vec<Theme>,
    /// Measure these tools alone, beside loadline
    #[arg(long, value_name = "TOOLS", value_delimiter = ',')]
    pub(crate) tools: Vec<Tool>,
    /// Take a fraction of the time, to see that everything works; the numbers mean little
    #[arg(long)]
    pub(crate) quick: bool,
    /// End within so many seconds, and leave out what does not fit
    #[arg(long, value_name = "SECONDS", default_value_t = 595, value_parser = clap::value_parser!(u32).range(10..=86_400))]
    pub(crate) budget: u32,
    /// The document to write; the raw rows go beside it, as JSON
    #[arg(long, value_name = "FILE", default_value = "benches/peers/RESULTS.md")]
    pub(crate) out: PathBuf,
    /// Print what would be done, and end
    #[arg(long)]
    pub(crate) plan: bool,
    /// Said by cargo
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Theme {
    Memory,
    Start,
    Closed,
    Open,
    Stall,
}

impl Options {
    pub(crate) fn wants(&self, theme: Theme) -> bool {
        self.only.is_empty() || self.only.contains(&theme)
    }

    /// loadline is always measured: the others are held against it.
    pub(crate) fn wants_tool(&self, tool: Tool) -> bool {
        self.tools.is_empty() || tool == Tool::Loadline || self.tools.contains(&tool)
    }
}
