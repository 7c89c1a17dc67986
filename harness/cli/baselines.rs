//! Baselines: runs that were put aside under a name, to compare later ones with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::output::Failure;
use crate::report::{JOURNAL, RunFolder};

/// Where they are, below the folder of reports.
const BASELINES: &str = "baselines";

/// Where a baseline is, or would be.
///
/// # Errors
/// A name that some file system would not take, or that would be another folder's.
pub(super) fn path(out: &Path, name: &str) -> Result<PathBuf, Failure> {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 80 || name.starts_with('.') || !name.chars().all(is_fit) {
        let rule = "letters, digits, `-`, `_` and `.`, at most 80 of them, and no dot in front";
        return Err(Failure::Usage(format!("`{name}` cannot be the name of a baseline: use {rule}")));
    }
    Ok(out.join(BASELINES).join(name))
}

/// The names that there are, in the order of the alphabet.
pub(super) fn names(out: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(out.join(BASELINES)) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// Stores a run, or a folder of runs, under a name; an older one of that name is replaced. All is written beside it first, so that there
/// is never half a baseline.
pub(super) fn save(from: &Path, out: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = path(out, name)?;
    let beside = |what: &str| path.with_file_name(format!(".{name}.{what}-{}", std::process::id()));
    let (new, old) = (beside("new"), beside("old"));
    let stored = store(from, &new).and_then(|()| {
        if path.exists() {
            fs::rename(&path, &old)?;
        }
        fs::rename(&new, &path)
    });
    if let Err(source) = stored {
        let _ = fs::remove_dir_all(&new);
        if !path.exists() && old.exists() {
            let _ = fs::rename(&old, &path);
        }
        return Err(Failure::Other(format!("cannot store the baseline `{}`: {source}", path.display()).into()));
    }
    let _ = fs::remove_dir_all(&old);
    Ok(path)
}

fn store(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let runs = RunFolder::all_in(from).map_err(io::Error::other)?;
    for run in runs {
        // A run by itself stays one.
        let folder = if run.path() == from { to.to_owned() } else { to.join(run.run_id()) };
        fs::create_dir_all(&folder)?;
        // The journal is all that comparisons read; the rest is for people.
        for file in [JOURNAL, "report.json", "report.html", "scenario.yaml"] {
            let file = (run.path().join(file), folder.join(file));
            if file.0.is_file() {
                fs::copy(file.0, file.1)?;
            }
        }
    }
    Ok(())
}
