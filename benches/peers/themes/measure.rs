//! One run: the load, what the server saw of it, and the row that it makes.

use std::io;

use crate::options::Theme;
use crate::rows::{Closed, Memory, Open, Rows, Stalled, Start};
use crate::session::{Ran, Session};
use crate::stall::Stall;
use crate::target::control::Mode;
use crate::tools::{Pace, Tool};
use crate::truth;

use super::plan::Job;

/// A run of wrk takes a whole second at least; of its start nothing is left to see after so many seconds.
const START_OF_WRK: f64 = 0.3;

const MIB: f64 = 1024.0 * 1024.0;

/// Does a job and adds its row. `Err` with a reason, in words, where it came to nothing; the bench goes on then.
pub(crate) fn measure(
    job: &Job,
    seconds: f64,
    session: &mut Session,
    rows: &mut Rows,
) -> io::Result<Result<(), String>> {
    let mode = match job.theme {
        Theme::Memory | Theme::Closed | Theme::Start => Mode::Plain,
        Theme::Open => Mode::Spin,
        Theme::Stall => Mode::Stall,
    };
    let cut = job.theme == Theme::Start && job.tool == Tool::Wrk;
    let limit = if cut { START_OF_WRK } else { 4.0 * seconds + 10.0 };
    let ran = session.run(job.tool, &job.load, mode, limit)?;
    if let Some(fault) = fault(&ran, cut) {
        session.rest()?;
        return Ok(Err(format!("{fault}: {}", session.last_words())));
    }
    match job.theme {
        Theme::Memory => rows.memory.push(Memory {
            tool: job.tool,
            planned: job.load.requests(),
            requests: ran.counts.requests(),
            peak_mib: ran.cost.peak as f64 / MIB,
        }),
        Theme::Start => rows.start.push(Start {
            tool: job.tool,
            round: job.round,
            ms: ran.counts.first.saturating_sub(ran.cost.started) as f64 / 1e6,
        }),
        Theme::Closed => rows.closed.push(closed(job, &ran)),
        Theme::Open => match open(job, &ran, session)? {
            Some(row) => rows.open.push(row),
            None => return Ok(Err("too few requests to judge".to_owned())),
        },
        Theme::Stall => {
            let row = stalled(job, &ran, session)?;
            if row.reported.is_none() {
                return Ok(Err(format!("no response times in its output: {}", session.last_words())));
            }
            rows.stall.push(row);
        }
    }
    Ok(Ok(()))
}

/// Why a run does not count.
fn fault(ran: &Ran, cut: bool) -> Option<String> {
    if ran.counts.requests() == 0 {
        Some("it sent nothing".to_owned())
    } else if ran.counts.others > 0 {
        Some(format!("it asked {} times for something else", ran.counts.others))
    } else if cut {
        None
    } else if ran.cost.overdue {
        Some(format!("it was ended after {:.0} s", ran.cost.wall))
    } else {
        match ran.cost.exit {
            Some(0) => None,
            Some(code) => Some(format!("exit {code}")),
            None => Some("a signal ended it".to_owned()),
        }
    }
}

fn closed(job: &Job, ran: &Ran) -> Closed {
    let requests = ran.counts.requests();
    Closed {
        tool: job.tool,
        what: job.load.what,
        round: job.round,
        requests,
        body_bytes: ran.counts.body_bytes / requests.max(1),
        user_s: ran.cost.user,
        system_s: ran.cost.system,
        cpu_us: (ran.cost.user + ran.cost.system) / requests as f64 * 1e6,
        per_second: requests as f64 / ran.counts.span(),
    }
}

fn open(job: &Job, ran: &Ran, session: &mut Session) -> io::Result<Option<Open>> {
    let stamps = session.stamps()?;
    session.rest()?;
    let Pace::Open { rate, .. } = job.load.pace else { return Ok(None) };
    Ok(truth::fidelity(&stamps.arrivals, rate as f64).map(|fidelity| Open {
        tool: job.tool,
        rate,
        round: job.round,
        planned: job.load.requests(),
        sent: ran.counts.requests(),
        rate_error: fidelity.rate_error,
        mean_deviation_us: fidelity.mean_deviation_us,
        cpu_share: (ran.cost.user + ran.cost.system) / ran.counts.span(),
    }))
}

fn stalled(job: &Job, ran: &Ran, session: &mut Session) -> io::Result<Stalled> {
    let stamps = session.stamps()?;
    let Pace::Open { rate, seconds } = job.load.pace else { return Err(io::ErrorKind::InvalidInput.into()) };
    Ok(Stalled {
        tool: job.tool,
        connections: job.load.connections,
        corrected: job.load.corrected,
        planned: job.load.requests(),
        sent: ran.counts.requests(),
        reported: ran.reported,
        truth: truth::stalled(Stall::ONE_IN_FIVE, rate, seconds),
        served: truth::served(&stamps.arrivals, &stamps.replies, rate),
    })
}
