//! Faults as people read them: file, line, column, the line itself and a caret.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::fault::Fault;
use super::place::{Source, Sources, Span};

/// Beyond this many, more faults only scroll the first ones away.
const SHOWN: usize = 50;

/// How much of a long line stays after the last character that a caret stands under.
const TAIL: usize = 120;

pub(super) fn render(sources: &Sources, faults: &[Fault], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for fault in faults.iter().take(SHOWN) {
        out.push_str(&one(sources, fault, &renderer));
        out.push_str("\n\n");
    }
    match faults.len() {
        0 | 1 => out.truncate(out.trim_end().len()),
        n if n > SHOWN => {
            let _ = write!(out, "{n} faults; the first {SHOWN} are shown");
        }
        n => {
            let _ = write!(out, "{n} faults");
        }
    }
    out
}

fn one(sources: &Sources, fault: &Fault, renderer: &Renderer) -> String {
    let title = Level::ERROR.primary_title(clean(&fault.message));
    let mut group = match sources.get(fault.place.source) {
        Some(source) if source.text.is_empty() => Group::with_title(title).element(Origin::path(clean(&source.name))),
        Some(source) => snippets(sources, source, fault).into_iter().fold(Group::with_title(title), Group::element),
        None => Group::with_title(title),
    };
    if let Some(suggestion) = &fault.suggestion {
        group = group.element(Level::HELP.message(clean(suggestion)));
    }
    renderer.render(&[group])
}

/// The line of the fault; and the line of what it relates to, in the order of the text.
fn snippets<'a>(
    sources: &Sources,
    source: &Source,
    fault: &Fault,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut snippets = vec![snippet(sources, source, fault.place, None)];
    if let Some((place, label)) = &fault.related
        && let Some(source) = sources.get(place.source)
    {
        snippets.push(snippet(sources, source, *place, Some(label)));
    }
    snippets
}

fn snippet<'a>(
    sources: &Sources,
    source: &Source,
    place: Span,
    label: Option<&str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (line, range) = visible_line(&source.text, place);
    let (number, _) = sources.line_column(place);
    let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
    Snippet::source(line)
        .path(clean(&source.name))
        .line_start(number)
        .annotation(kind.span(range).label(label.map(clean)))
}

/// The line in which the span starts, harmless and not endless, and where in it the span lies.
fn visible_line(text: &str, span: Span) -> (String, Range<usize>) {
    let start = floor(text, span.start as usize);
    let end = floor(text, span.end as usize);
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let mut line = String::new();
    let (mut from, mut to) = (None, None);
    for (offset, char) in text[first..last].char_indices() {
        let offset = first + offset;
        if offset >= end && offset > start {
            to = to.or(Some(line.len()));
            if offset > end + TAIL {
                line.push('…');
                break;
            }
        }
        if offset >= start {
            from = from.or(Some(line.len()));
        }
        line.push(harmless(char));
    }
    let to = to.unwrap_or(line.len());
    // A caret past the end of the line stands where the missing text would begin.
    let from = from.unwrap_or(line.len());
    (line, from..to.max(from))
}

fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|&candidate| text.is_char_boundary(candidate)).unwrap_or(0)
}

fn clean(text: &str) -> String {
    text.chars().map(harmless).collect()
}

/// Control characters and those that reorder a line on a screen become a replacement character; a tab becomes a space.
pub(super) fn harmless(char: char) -> char {
    match char {
        '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        char if char.is_control() => '\u{fffd}',
        char => char,
    }
}
