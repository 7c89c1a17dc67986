//! What is wrong with a scenario: all of it at once, each fault with its place.

use std::fmt;

use super::place::{Source, Sources, Span};
use super::render;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Span,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub suggestion: Option<String>,
    /// A second place that belongs to it, with a label: the first of two equal keys, say.
    pub related: Option<(Span, String)>,
}

impl Fault {
    /// A fault without a suggestion.
    pub fn new(place: Span, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), suggestion: None, related: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn suggest(self, suggestion: impl Into<String>) -> Self {
        Self { suggestion: Some(suggestion.into()), ..self }
    }

    /// Adds the nearest of the valid words, or else all of them where they are few.
    #[must_use]
    pub fn suggest_word<'a>(self, written: &str, valid: impl IntoIterator<Item = &'a str>) -> Self {
        let valid: Vec<&str> = valid.into_iter().collect();
        match nearest(written, valid.iter().copied()) {
            Some(word) => self.suggest(format!("did you mean `{word}`?")),
            None if valid.is_empty() => self,
            None => self.suggest(format!("valid here: {}", list(&valid))),
        }
    }

    /// Adds a second place.
    #[must_use]
    pub fn relate(self, place: Span, label: impl Into<String>) -> Self {
        Self { related: Some((place, label.into())), ..self }
    }
}

/// Everything that is wrong with a scenario, in the order of the text, with the texts themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    sources: Sources,
    list: Vec<Fault>,
}

impl std::error::Error for Faults {}

impl Faults {
    /// Sorts the faults by place and drops repeated ones. `secrets` are texts that must not be printed, with what to
    /// print in their place.
    pub fn new(sources: Sources, mut list: Vec<Fault>, secrets: &[(String, String)]) -> Self {
        for (value, shown) in secrets {
            for fault in &mut list {
                fault.message = masked(&fault.message, value, shown);
                fault.suggestion = fault.suggestion.take().map(|text| masked(&text, value, shown));
            }
        }
        list.sort_by(|a, b| (a.place, &a.message).cmp(&(b.place, &b.message)));
        list.dedup();
        Self { sources, list }
    }

    /// A single fault about a file that could not be read at all.
    pub fn unreadable(name: &str, message: impl Into<String>) -> Self {
        let mut sources = Sources::default();
        sources.add(Source { name: name.to_owned(), text: String::new() });
        Self::new(sources, vec![Fault::new(Span::default(), message)], &[])
    }

    /// The faults, sorted by place.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// The texts that the faults point into.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The message that people read: each fault with file name, line, column, the line itself and a caret.
    pub fn render(&self, colour: bool) -> String {
        render::render(&self.sources, &self.list, colour)
    }
}

/// The plain rendering.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// The text without the secret, or any longer beginning of it: an excerpt may have cut it.
fn masked(text: &str, secret: &str, shown: &str) -> String {
    let start: String = secret.chars().take(8).collect();
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(&start).filter(|_| !start.is_empty()) {
        let (before, found) = rest.split_at(at);
        let same = found.chars().zip(secret.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        out.push_str(before);
        out.push_str(shown);
        rest = &found[same..];
    }
    out + rest
}

/// The valid word that is nearest to what was written, if any is near: at most a third of its letters wrong.
pub(crate) fn nearest<'a>(written: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A pasted novel is no typing error, and the distance costs the product of the lengths.
    if written.len() > 80 {
        return None;
    }
    let simple = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let written = simple(written);
    let distance = |word: &str| {
        let word = simple(word);
        // A beginning of the word, or the word and more, is most likely meant.
        let begun = written.len().min(word.len()) >= 3 && (word.starts_with(&written) || written.starts_with(&word));
        if begun { 1 } else { strsim::damerau_levenshtein(&written, &word) }
    };
    let (distance, word) =
        valid.into_iter().map(|word| (distance(word), word)).min_by_key(|&(distance, _)| distance)?;
    // Of a word of one or two letters nothing is left once a letter is wrong.
    let letters = word.chars().count();
    let allowed = if letters < 3 { 0 } else { letters / 3 };
    (distance <= allowed).then_some(word)
}

/// Words in backticks, with commas; cut after twenty.
pub(crate) fn list(words: &[&str]) -> String {
    let mut text = words.iter().take(20).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    if words.len() > 20 {
        text.push_str(", …");
    }
    text
}

/// Text from a file as a message may show it: control characters gone, cut to 60 characters.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(60).map(render::harmless).collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_one_that_was_probably_meant() {
        let words = ["duration", "rate", "stages", "attempt_timeout"];
        let check = |written, near| assert_eq!(nearest(written, words), near, "{written}");
        check("dutation", Some("duration"));
        check("Rate", Some("rate"));
        check("attempt-timeout", Some("attempt_timeout"));
        check("elephant", None);
        check("", None);
    }

    #[test]
    fn an_excerpt_is_short_and_harmless() {
        assert_eq!(excerpt("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(excerpt(&"x".repeat(100)).chars().count(), 61);
    }

    #[test]
    fn a_secret_is_not_printed() {
        let fault = Fault::new(Span::default(), "no policy `hunter2-secret`").suggest("not hunter2-secret");
        let secrets = [("hunter2-secret".to_owned(), "${env:TOKEN}".to_owned())];
        let text = Faults::new(Sources::default(), vec![fault], &secrets).to_string();
        assert!(!text.contains("hunter2") && text.contains("${env:TOKEN}"), "{text}");
        // An excerpt of something longer, cut within the secret.
        let cut = masked("no `Bearer hunter2-sec…`", "hunter2-secret", "${env:TOKEN}");
        assert_eq!(cut, "no `Bearer ${env:TOKEN}…`");
    }
}
