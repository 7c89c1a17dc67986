//! Where something stands in what the user wrote.

/// A range of bytes in one of the [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Index into [`Sources`].
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte; equal to `start` where only a position is known.
    pub end: u32,
}

impl Span {
    /// From byte offsets. Texts are at most 1 MiB, so 32 bits always suffice.
    pub fn new(source: u32, start: usize, end: usize) -> Self {
        Self { source, start: start as u32, end: end.max(start) as u32 }
    }

    /// The part of this span that starts `from` bytes into it and is `len` bytes long, kept inside.
    pub fn part(self, from: usize, len: usize) -> Self {
        let start = (self.start + from as u32).min(self.end);
        Self { start, end: (start + len as u32).min(self.end), ..self }
    }
}

/// One text that the user wrote: the scenario, an API catalogue, a `--set` argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What to call it in a message: a path, or the flag's name.
    pub name: String,
    /// The text; empty where the file could not be read.
    pub text: String,
}

/// Every text that a fault may point into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text and returns its index.
    pub fn add(&mut self, source: Source) -> u32 {
        self.0.push(source);
        (self.0.len() - 1) as u32
    }

    /// The text that a span points into.
    pub fn get(&self, index: u32) -> Option<&Source> {
        self.0.get(index as usize)
    }

    /// What the span covers; empty where it points outside.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Line and column, both from 1, the column in characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let Some(before) = self.get(span.source).and_then(|source| source.text.get(..span.start as usize)) else {
            return (1, 1);
        };
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}
