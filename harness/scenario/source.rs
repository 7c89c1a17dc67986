//! Reading a file into text, with a clear fault for every way in which that can fail.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::fault::{Fault, Faults};
use super::place::{Source, Sources, Span};

/// The longest file that is read, in bytes. A scenario is written by hand; anything longer is a wrong file.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// Reads a scenario or a catalogue.
///
/// # Errors
/// A missing or unreadable file, a directory, a file that is empty, over [`MAX_BYTES`], or not UTF-8.
pub fn read(path: &Path) -> Result<Source, Faults> {
    let name = path.display().to_string();
    let fault = |message: String| Faults::unreadable(&name, message);
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => fault("there is no such file".to_owned()),
        _ => fault(format!("the file cannot be opened: {error}")),
    })?;
    let metadata = file.metadata().map_err(|error| fault(format!("the file cannot be read: {error}")))?;
    if metadata.is_dir() {
        return Err(fault("this is a directory; name a scenario file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(fault(too_long(metadata.len())));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The size of a pipe is not known beforehand, so the limit is kept while reading, too.
    file.by_ref()
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fault(format!("the file cannot be read: {error}")))?;
    text(&name, bytes)
}

/// The text of a file whose bytes are at hand. A byte order mark is dropped.
///
/// # Errors
/// As [`read`], without those of the file system.
pub fn text(name: &str, bytes: Vec<u8>) -> Result<Source, Faults> {
    let fault = |message: String| Faults::unreadable(name, message);
    if bytes.len() as u64 > MAX_BYTES {
        return Err(fault(too_long(bytes.len() as u64)));
    }
    let text =
        String::from_utf8(bytes).map_err(|error| not_utf8(name, error.as_bytes(), error.utf8_error().valid_up_to()))?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.trim().is_empty() {
        return Err(fault("the file is empty".to_owned()));
    }
    Ok(Source { name: name.to_owned(), text })
}

fn too_long(bytes: u64) -> String {
    format!("the file has {bytes} bytes; a scenario may have at most {MAX_BYTES}")
}

fn not_utf8(name: &str, bytes: &[u8], valid_up_to: usize) -> Faults {
    let line = String::from_utf8_lossy(&bytes[..valid_up_to]).matches('\n').count() + 1;
    let message = format!("the file is not UTF-8: byte {valid_up_to}, on line {line}, starts no character");
    let mut sources = Sources::default();
    let text = String::from_utf8_lossy(bytes).into_owned();
    let source = sources.add(Source { name: name.to_owned(), text });
    // Up to here both texts are the same; the replacement character that follows has three bytes.
    let place = Span::new(source, valid_up_to, valid_up_to + 3);
    Faults::new(sources, vec![Fault::new(place, message).suggest("save the file as UTF-8")], &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(faults: Result<Source, Faults>) -> String {
        faults.expect_err("a fault").to_string()
    }

    #[test]
    fn every_way_to_fail_has_its_message() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("big.yaml");
        std::fs::write(&path, vec![b'#'; 10_000_000]).expect("written");
        assert!(message(read(&path)).contains("10000000 bytes"));
        assert!(message(read(&folder.path().join("none.yaml"))).contains("no such file"));
        assert!(message(read(folder.path())).contains("directory"));
        assert!(message(text("a.yaml", b" \n".to_vec())).contains("empty"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_shown_with_their_line() {
        insta::assert_snapshot!(message(text("latin.yaml", b"name: x\ndescription: caf\xe9 noir\n".to_vec())));
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let source = text("a.yaml", "\u{feff}name: x".as_bytes().to_vec()).expect("text");
        assert_eq!(source.text, "name: x");
    }
}
