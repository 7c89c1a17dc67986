//! The members of a JSON object, taken one by one; what is absent or mistyped is noted, and the reading goes on.

use std::borrow::Cow;

use super::constraints::NOT_NULL;
use super::json::Json;
use super::violations::Violations;

/// No list that the model permits is much longer.
const USUAL_LIST: usize = 250;

/// The members of a JSON object, and where it stands in the request.
#[derive(Clone, Copy)]
pub(super) struct Members<'a, 'p> {
    pub(super) map: &'a [(Cow<'a, str>, Json<'a>)],
    /// In lower camel case, with a dot at its end; empty for the whole body.
    pub(super) path: &'p str,
}

impl<'a> Members<'a, '_> {
    /// A member; `null` is absent.
    fn get(self, name: &str) -> Option<&'a Json<'a>> {
        let (_, value) = self.map.iter().find(|(known, _)| known == name)?;
        (*value != Json::Null).then_some(value)
    }

    fn place(self, name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        format!("{}{}{}", self.path, first.map(String::from).unwrap_or_default(), letters.as_str())
    }

    /// Notes the member where it is not there.
    pub(super) fn missing(self, name: &str, found: &mut Violations) {
        if self.get(name).is_none() {
            found.add(None, self.place(name), NOT_NULL);
        }
    }

    fn mistyped(self, name: &str, wanted: &str, found: &mut Violations) {
        found.add(None, self.place(name), format_args!("Member must be {wanted}"));
    }

    pub(super) fn text(self, name: &str, found: &mut Violations) -> Option<&'a str> {
        let text = self.get(name)?.as_text();
        if text.is_none() {
            self.mistyped(name, "a string", found);
        }
        text
    }

    pub(super) fn required(self, name: &str, found: &mut Violations) -> &'a str {
        self.missing(name, found);
        self.text(name, found).unwrap_or_default()
    }

    pub(super) fn integer(self, name: &str, found: &mut Violations) -> Option<i64> {
        let Json::Integer(number) = self.get(name)? else {
            self.mistyped(name, "an integer", found);
            return None;
        };
        Some(*number)
    }

    pub(super) fn choice<T: Copy>(self, name: &str, choices: &[(&str, T)], found: &mut Violations) -> Option<T> {
        let text = self.text(name, found)?;
        let chosen = choices.iter().find(|(known, _)| *known == text).map(|&(_, value)| value);
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            let constraint = format_args!("Member must satisfy enum value set: [{}]", names.join(", ")).to_string();
            found.add(Some(text), self.place(name), constraint);
        }
        chosen
    }

    pub(super) fn object<T>(
        self,
        name: &str,
        found: &mut Violations,
        read: impl FnOnce(Members<'a, '_>, &mut Violations) -> T,
    ) -> Option<T> {
        let Json::Object(map) = self.get(name)? else {
            self.mistyped(name, "an object", found);
            return None;
        };
        Some(read(Members { map, path: &format!("{}.", self.place(name)) }, found))
    }

    fn list(self, name: &str, found: &mut Violations) -> Option<&'a [Json<'a>]> {
        let Json::List(items) = self.get(name)? else {
            self.mistyped(name, "a list", found);
            return None;
        };
        Some(items)
    }

    pub(super) fn texts(self, name: &str, found: &mut Violations) -> Option<Vec<&'a str>> {
        let items = self.list(name, found)?.iter().enumerate();
        let text = |(index, item): (usize, &'a Json<'a>)| {
            item.as_text().unwrap_or_else(|| {
                self.mistyped(&format!("{name}.{}.member", index + 1), "a string", found);
                ""
            })
        };
        Some(items.map(text).collect())
    }

    pub(super) fn objects<T>(
        self,
        name: &str,
        found: &mut Violations,
        mut read: impl FnMut(Members<'a, '_>, &mut Violations) -> T,
    ) -> Option<Vec<T>> {
        let items = self.list(name, found)?;
        let mut objects = Vec::with_capacity(items.len().min(USUAL_LIST));
        for (index, item) in items.iter().enumerate() {
            let Json::Object(map) = item else {
                self.mistyped(&format!("{name}.{}.member", index + 1), "an object", found);
                continue;
            };
            let mut within = Violations::default();
            let value = read(Members { map, path: "" }, &mut within);
            if within.is_empty() {
                objects.push(value);
            } else {
                // The path of an item is only spelled out where something is wrong with it.
                let path = format!("{}.{}.member.", self.place(name), index + 1);
                objects.push(read(Members { map, path: &path }, found));
            }
        }
        Some(objects)
    }
}
