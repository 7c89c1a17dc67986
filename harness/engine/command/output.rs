//! What a server writes: looked through for its address, and the end of it kept for errors.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use super::{Event, address};
use crate::plan::Secrets;

/// How many lines are kept.
const LINES: usize = 12;
/// How much is kept of a line, in bytes; the rest of it is read and dropped.
const LINE: usize = 2_000;

/// What was written, on both streams together.
#[derive(Debug)]
pub(super) struct Output {
    secrets: Secrets,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    is_found: bool,
}

impl Output {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self { secrets, kept: Mutex::default() }
    }

    /// Reads a stream to its end, so that the server never waits for us, and tells the first address in it.
    pub(super) fn read(&self, mut stream: impl Read, events: &Sender<Event>) {
        let (mut chunk, mut line) = ([0; 4_096], Vec::new());
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => {
                    for &byte in &chunk[..length] {
                        if byte == b'\n' {
                            self.line(&line, events);
                            line.clear();
                        } else if line.len() < LINE {
                            line.push(byte);
                        }
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        if !line.is_empty() {
            self.line(&line, events);
        }
    }

    fn line(&self, bytes: &[u8], events: &Sender<Event>) {
        let text = address::plain(&String::from_utf8_lossy(bytes));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.is_found
            && let Some(url) = address::find(&text)
        {
            kept.is_found = true;
            // Nobody waits for it any more where this fails.
            let _ = events.send(Event::Address(url));
        }
        if !text.trim().is_empty() {
            if kept.lines.len() == LINES {
                kept.lines.pop_front();
            }
            kept.lines.push_back(text);
        }
    }

    /// The last lines, as an error ends with them.
    pub(super) fn tail(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.lines.is_empty() {
            return "; it wrote nothing".to_owned();
        }
        let lines: Vec<String> = kept.lines.iter().map(|line| self.secrets.mask(line.trim_end())).collect();
        format!("; the last that it wrote: {}", lines.join(" | "))
    }
}
