//! Just enough of Rust's lexical structure to read paths: comments, strings and test-only items are blanked out.

use std::fs;
use std::path::Path;

/// A source file.
pub(super) struct Source {
    /// From the package's root, with `/`.
    pub(super) path: String,
    /// As it stands.
    pub(super) text: String,
    /// Without comments and the contents of strings; lines stay where they are.
    pub(super) bare: String,
    /// As `bare`, without test-only items.
    pub(super) code: String,
    /// The modules that are declared for tests alone and live in files of their own.
    test_modules: Vec<String>,
}

impl Source {
    /// Reads a text.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let bare = without_comments_and_strings(text);
        let (code, test_modules) = without_tests(&bare);
        Self { path: path.to_owned(), text: text.to_owned(), bare, code, test_modules }
    }
}

/// Every Rust file below some folders of the package.
pub(super) fn files(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        collect(root, &root.join(folder), &mut found);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("the package's folders can be read") {
        let path = entry.expect("the package's folders can be read").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            let inside = path.strip_prefix(root).expect("inside the package");
            found.push(Source::new(&inside.to_string_lossy().replace('\\', "/"), &text));
        }
    }
}

/// Whether a file is compiled for tests alone.
pub(super) fn is_test_file(path: &str, all: &[Source]) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let stem = name.trim_end_matches(".rs");
    if stem == "tests" || stem.ends_with("_tests") || folder.ends_with("/tests") {
        return true;
    }
    let parents = [format!("{folder}/mod.rs"), format!("{folder}.rs")];
    all.iter().any(|source| parents.contains(&source.path) && source.test_modules.iter().any(|module| module == stem))
}

/// A word or a sign, and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// Words, `::` as one, every other sign by itself.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(length);
            if !text.trim().is_empty() {
                tokens.push(Token { text, line: number + 1 });
            }
            rest = after;
        }
    }
    tokens
}

/// Blanks comments and what stands between quotes.
fn without_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut last = ' ';
    while let Some(first) = rest.chars().next() {
        let in_word = last.is_alphanumeric() || last == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            string(rest)
        } else if let Some(length) = (!in_word).then(|| raw_string(rest)).flatten() {
            length
        } else if let Some(length) = (first == '\'').then(|| character(rest)).flatten() {
            length
        } else {
            out.push(first);
            last = first;
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        last = ' ';
        rest = &rest[length..];
    }
    out
}

/// The length of a block comment, nested ones included.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string with escapes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string, where one begins here.
fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let quoted = body.trim_start_matches('#');
    let hashes = body.len() - quoted.len();
    let quoted = quoted.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - quoted.len();
    Some(quoted.find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// The length of a character literal, where it is one and no lifetime.
fn character(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    if let Some(escape) = inner.strip_prefix('\\') {
        // What follows the backslash may be a quote itself.
        let skipped = escape.chars().next()?.len_utf8();
        return escape[skipped..].find('\'').map(|at| 2 + skipped + at + 1);
    }
    let first = inner.chars().next()?;
    inner[first.len_utf8()..].starts_with('\'').then(|| 2 + first.len_utf8())
}

/// Blanks every item behind `#[cfg(test)]`, and says which modules were declared there without a body.
fn without_tests(bare: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let (mut out, mut modules) = (String::with_capacity(bare.len()), Vec::new());
    let mut rest = bare;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let length = MARK.len() + item(&rest[at + MARK.len()..]);
        let words = tokens(&rest[at..at + length]);
        if let Some(pair) = words.windows(3).find(|words| words[0].text == "mod" && words[2].text == ";") {
            modules.push(pair[1].text.to_owned());
        }
        out.extend(rest[at..at + length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    (out, modules)
}

/// The length of an item, its attributes included: up to its semicolon, or to the brace that closes its body.
fn item(text: &str) -> usize {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 && brackets == 0 {
                    return at + 1;
                }
            }
            ';' if brackets == 0 && braces == 0 => return at + 1,
            _ => {}
        }
    }
    text.len()
}
