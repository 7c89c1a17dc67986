//! The parts of the hot path behind HTTP, so that `loadline gate` judges them like any other service.
//!
//! `all serve` prints its address and answers `GET /PART/TIMES` when it has taken a part that often: how long a reply takes is what
//! the part costs. benches/served/gate has two versions of it judged.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;

use crate::once::{PARTS, Part, part};

/// The most that one request may ask for, so that a slip of the pen ends with an error and not with a day of work.
const MOST: u64 = 1_000_000;

/// Serves until it is ended, if the command line asks for it. False where it asks for nothing of this.
pub(crate) fn run() -> bool {
    let asked = std::env::args().nth(1).is_some_and(|verb| verb == "serve");
    if asked {
        serve().expect("a port of loopback");
    }
    asked
}

fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
    // One part at a time: two at once would measure how the machine shares its cores.
    let turn = Mutex::new(());
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let stream = stream?;
            scope.spawn(|| {
                // Who asks may hang up at any time.
                let _ = converse(stream, &turn);
            });
        }
        Ok(())
    })
}

/// Answers the requests of a connection. Parts live as long as it does: setting them up is not what is measured, and the first
/// request to each bears it, which falls into the warm-up.
fn converse(mut stream: TcpStream, turn: &Mutex<()>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut parts = HashMap::new();
    while let Some(first) = lines.next().transpose()? {
        // Requests are GETs without a body; their head ends with an empty line.
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let (status, body) = match take(&first, &mut parts, turn) {
            Ok(()) => ("200 OK", String::new()),
            Err(fault) => ("404 Not Found", fault),
        };
        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
    }
    Ok(())
}

/// Takes the part that a request line names, as often as it says.
fn take(line: &str, parts: &mut HashMap<String, Part>, turn: &Mutex<()>) -> Result<(), String> {
    let usage = || format!("ask for GET /PART/TIMES with a part of {} and at most {MOST} times", PARTS.join(", "));
    let mut path = line.strip_prefix("GET /").and_then(|rest| rest.split(' ').next()).ok_or_else(usage)?.split('/');
    let (Some(name), Some(times), None) = (path.next(), path.next(), path.next()) else { return Err(usage()) };
    let times = times.parse().ok().filter(|times| *times <= MOST).ok_or_else(usage)?;
    if !parts.contains_key(name) {
        parts.insert(name.to_owned(), part(name).ok_or_else(usage)?);
    }
    let taken = parts.get_mut(name).ok_or_else(usage)?;
    let _turn = turn.lock().map_err(|_| "an earlier request has panicked".to_owned())?;
    taken(times);
    Ok(())
}
