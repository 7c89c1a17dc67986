//! How the bench talks to the server: lines over a pair of sockets, one question and one answer at a time.
//!
//! The server's end is its standard input. When the bench ends, however it does, the line closes and the server ends too.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use super::tally::{Counts, Tally};

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// It sleeps until something comes.
    Plain,
    /// It never sleeps, so that a stamp does not hold the time that a core takes to wake.
    Spin,
    /// It holds replies back for one second in every five.
    Stall,
}

/// A question of the bench.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Question {
    /// Forget what was counted and behave so from now on.
    Reset(Mode),
    /// What was counted?
    Counts,
    /// When did requests arrive, and when were they answered?
    Stamps,
}

/// The stamps of arrivals and of replies, in nanoseconds of the monotonic clock.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamps {
    pub(crate) arrivals: Vec<u64>,
    pub(crate) replies: Vec<u64>,
}

/// The bench's end.
#[derive(Debug)]
pub(crate) struct Control {
    line: BufReader<UnixStream>,
}

impl Control {
    pub(crate) fn new(line: UnixStream) -> Self {
        Self { line: BufReader::new(line) }
    }

    /// Begins anew, in a mode.
    pub(crate) fn reset(&mut self, mode: Mode) -> io::Result<()> {
        let Counts { .. } = self.ask(Question::Reset(mode))?;
        Ok(())
    }

    /// What was counted since the last reset.
    pub(crate) fn counts(&mut self) -> io::Result<Counts> {
        self.ask(Question::Counts)
    }

    /// The stamps since the last reset.
    pub(crate) fn stamps(&mut self) -> io::Result<Stamps> {
        let [arrivals, replies]: [usize; 2] = self.ask(Question::Stamps)?;
        Ok(Stamps { arrivals: self.numbers(arrivals)?, replies: self.numbers(replies)? })
    }

    fn ask<A: for<'a> Deserialize<'a>>(&mut self, question: Question) -> io::Result<A> {
        write_line(self.line.get_mut(), &question)?;
        let mut answer = String::new();
        if self.line.read_line(&mut answer)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the target server ended early"));
        }
        Ok(serde_json::from_str(&answer)?)
    }

    fn numbers(&mut self, count: usize) -> io::Result<Vec<u64>> {
        let mut bytes = vec![0; count * 8];
        self.line.read_exact(&mut bytes)?;
        Ok(bytes.as_chunks().0.iter().map(|number| u64::from_le_bytes(*number)).collect())
    }
}

/// The server's end: the next question, or `None` where the bench is gone.
pub(crate) fn question(line: &mut BufReader<UnixStream>) -> io::Result<Option<Question>> {
    let mut text = String::new();
    if line.read_line(&mut text)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&text)?))
}

/// The server's answer to a question, from what it counted.
pub(crate) fn answer(line: &mut UnixStream, question: Question, tally: &Tally) -> io::Result<()> {
    if !matches!(question, Question::Stamps) {
        return write_line(line, &tally.counts);
    }
    write_line(line, &[tally.arrivals.len(), tally.replies.len()])?;
    let numbers = tally.arrivals.iter().chain(&tally.replies);
    line.write_all(&numbers.flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>())
}

fn write_line(to: &mut UnixStream, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)
}
