//! What `loadline tune` would do, counted before anything is simulated or sent: what `loadline check` prints of the block `tune`.

use std::fmt;

use super::lower::tune::{Size, count};
use crate::plan::Plan;
use crate::record::planned_duration;
use crate::tune::{Confirm, Task};
use crate::units::Nanos;

/// What a comparison will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TuneForecast {
    size: Size,
    /// Whether it is refused without `--yes` or `--max-runs`.
    unusual: bool,
    real: Option<RealRuns>,
}

/// The real runs that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RealRuns {
    candidates: u64,
    runs: u32,
    /// How long the load of one lasts; `None` where that depends on the target.
    load: Option<Nanos>,
    max_requests: u64,
}

impl TuneForecast {
    /// Of a comparison that may be made as it is.
    pub(super) fn usual(size: Size, task: &Task) -> Self {
        let real = task.confirm.map(|confirm| RealRuns::of(confirm, size, &task.plan));
        Self { size, unusual: false, real }
    }

    /// Of one that is refused unless someone insists.
    pub(super) fn unusual(size: Size) -> Self {
        Self { size, unusual: true, real: None }
    }
}

impl RealRuns {
    fn of(confirm: Confirm, size: Size, plan: &Plan) -> Self {
        // Beside the best runs one more, for contrast.
        let candidates = (u64::from(confirm.top) + 1).min(size.candidates);
        Self { candidates, runs: confirm.runs, load: planned_duration(plan), max_requests: plan.caps.max_requests }
    }
}

impl fmt::Display for TuneForecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { candidates, arrivals, seeds, runs } = self.size;
        writeln!(f, "tune")?;
        writeln!(f, "  candidates   {}", count(candidates))?;
        write!(f, "  simulations  at most {}: ", count(self.size.simulations()))?;
        write!(f, "{arrivals} {} of arrivals, {} seeds", plural(arrivals, "model"), count(seeds.into()))?;
        match runs - 1 {
            0 => writeln!(f)?,
            lengths => writeln!(f, ", with {lengths} {} of the trigger and without", plural(lengths, "length"))?,
        }
        if self.unusual {
            writeln!(
                f,
                "  refused      without `--yes`, which makes them all, or `--max-runs N`, which takes fewer seeds"
            )?;
        }
        if let Some(real) = &self.real {
            let all = real.candidates * u64::from(real.runs);
            write!(f, "  confirm      {all} real {}", plural(all, "run"))?;
            match real.load {
                Some(load) => write!(f, ", {} of load in all", load * all)?,
                None => write!(f, ", as long as the target takes")?,
            }
            writeln!(f, ", at most {} requests each", count(real.max_requests))?;
        }
        Ok(())
    }
}

fn plural(number: u64, word: &str) -> String {
    if number == 1 { word.to_owned() } else { format!("{word}s") }
}
