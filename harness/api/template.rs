//! Texts with holes, as people write them.

use super::fit::Fit;
use super::hole::{Context, Hole};

/// Why a template cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` without `}}}}` in `{0}`")]
    Unclosed(String),
    /// `random` with anything but two whole numbers in order.
    #[error("`{0}` needs two whole numbers, the smaller one first, such as `random(1, 100)`")]
    BadRandom(String),
    /// A name that nothing defines.
    #[error("nothing here is called `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The names that could have been meant.
        known: Vec<String>,
    },
}

/// A text with holes.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// What stands there.
    Text(Box<str>),
    /// What is put there.
    Hole(Hole),
}

impl Template {
    /// A text without holes.
    pub fn literal(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self { pieces: vec![Piece::Text(text.into())] } }
    }

    /// A single hole.
    pub fn hole(hole: Hole) -> Self {
        Self { pieces: vec![Piece::Hole(hole)] }
    }

    /// Compiles `text {{ name }} text`. `seq`, `uuid`, `user`, `item` and `random(a, b)` are known here, and a text in quotes
    /// stands for itself: `{{ "{{" }}` is how two braces are written. Every other name is given to `resolve`. `holes` numbers the draws of a step, so that two of them differ.
    ///
    /// # Errors
    /// [`TemplateError`], or whatever `resolve` says of a name.
    pub fn parse(
        text: &str,
        holes: &mut u32,
        resolve: &mut dyn FnMut(&str) -> Result<Self, TemplateError>,
    ) -> Result<Self, TemplateError> {
        let mut template = Self::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) = after.split_once("}}").ok_or_else(|| TemplateError::Unclosed(text.to_owned()))?;
            template.append(Self::literal(before));
            template.append(Self::parse_hole(inside.trim(), holes, resolve)?);
            rest = after;
        }
        template.append(Self::literal(rest));
        Ok(template)
    }

    fn parse_hole(
        name: &str,
        holes: &mut u32,
        resolve: &mut dyn FnMut(&str) -> Result<Self, TemplateError>,
    ) -> Result<Self, TemplateError> {
        let mut fresh = || {
            *holes += 1;
            *holes
        };
        Ok(Self::hole(match name {
            "seq" => Hole::Seq,
            "uuid" => Hole::Uuid(fresh()),
            "user" => Hole::User,
            "item" => Hole::Item,
            _ => {
                if let Some(text) = quoted(name) {
                    return Ok(Self::literal(text));
                }
                let Some(arguments) = name.strip_prefix("random(").and_then(|rest| rest.strip_suffix(')')) else {
                    return resolve(name);
                };
                let bad = || TemplateError::BadRandom(name.to_owned());
                let (low, high) = arguments.split_once(',').ok_or_else(bad)?;
                let low: i64 = low.trim().parse().map_err(|_| bad())?;
                let high: i64 = high.trim().parse().map_err(|_| bad())?;
                if low > high {
                    return Err(bad());
                }
                Hole::Random { hole: fresh(), low, high }
            }
        }))
    }

    /// Puts another template behind this one.
    pub fn append(&mut self, other: Self) {
        for piece in other.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(text)) => *last = format!("{last}{text}").into(),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// The text, where there is no hole in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// The text and the holes, in order.
    pub(super) fn parts(&self) -> &[Piece] {
        &self.pieces
    }

    /// The hole, where there is nothing else.
    pub(super) fn as_hole(&self) -> Option<&Hole> {
        match self.pieces.as_slice() {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// Writes the filled text. Returns false, having written a part, where a hole has nothing to be filled with.
    pub fn write(&self, context: &Context<'_>, out: &mut String) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Text(text) => {
                out.push_str(text);
                true
            }
            Piece::Hole(hole) => hole.write(context, Fit::Plain, out),
        })
    }

    /// The filled text, or `None` where a hole has nothing to be filled with.
    pub fn fill(&self, context: &Context<'_>) -> Option<String> {
        let mut text = String::new();
        self.write(context, &mut text).then_some(text)
    }
}

/// The text between the quotes, where a hole is a text in quotes.
fn quoted(name: &str) -> Option<&str> {
    let inside = |quote| name.strip_prefix(quote)?.strip_suffix(quote).filter(|text| !text.contains(quote));
    inside('"').or_else(|| inside('\''))
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
