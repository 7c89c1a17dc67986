//! XML replies, read as if they were JSON, so that the same paths, tokens and captures serve services such as S3.
//!
//! The rule: an element with elements inside is an object, by their local names; any other element is its text. Elements of one
//! name in the same parent are an array. Attributes, comments and text between elements are ignored. A list of one is no array
//! by this rule, since XML does not tell it from a single thing: so `[*]` also matches what is no array
//! ([`JsonPath::all_of_xml`](super::path::JsonPath::all_of_xml)).

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

/// The deepest nesting that is read; S3's own replies stay below ten.
const DEEPEST: usize = 64;

/// What is open while a document is read.
#[derive(Default)]
struct Element {
    name: String,
    children: Map<String, Value>,
    text: String,
}

impl Element {
    fn named(name: &[u8]) -> Option<Self> {
        Some(Self { name: std::str::from_utf8(name).ok()?.to_owned(), ..Self::default() })
    }

    fn into_value(self) -> Value {
        if self.children.is_empty() { Value::String(self.text) } else { Value::Object(self.children) }
    }

    fn adopt(&mut self, child: Self) {
        let name = child.name.clone();
        let value = child.into_value();
        match self.children.get_mut(&name) {
            None => {
                self.children.insert(name, value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(single) => {
                let first = single.take();
                *single = Value::Array(vec![first, value]);
            }
        }
    }
}

/// Reads a document, whose root element becomes the only member of the result. `None` where it is not well formed, nested too
/// deeply, or wants an entity of its own: entities that a document defines are never expanded.
pub(super) fn parse(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return None;
                }
                open.push(Element::named(tag.local_name().as_ref())?);
            }
            Event::Empty(tag) => open.last_mut()?.adopt(Element::named(tag.local_name().as_ref())?),
            Event::End(_) => {
                let element = open.pop()?;
                open.last_mut()?.adopt(element);
            }
            Event::Text(piece) => open.last_mut()?.text.push_str(&piece.xml10_content().ok()?),
            Event::CData(piece) => open.last_mut()?.text.push_str(&piece.xml10_content().ok()?),
            Event::GeneralRef(reference) => resolve(&reference, &mut open.last_mut()?.text)?,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let document = open.pop().filter(|_| open.is_empty())?;
    (document.children.len() == 1).then(|| Value::Object(document.children))
}

fn resolve(reference: &BytesRef<'_>, out: &mut String) -> Option<()> {
    match reference.resolve_char_ref().ok()? {
        Some(c) => out.push(c),
        None => out.push_str(resolve_predefined_entity(&reference.decode().ok()?)?),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(xml: &str, expected: Option<&Value>) {
        assert_eq!(parse(xml.as_bytes()).as_ref(), expected, "{xml}");
    }

    #[test]
    fn a_listing_of_s3_becomes_what_its_paths_expect() {
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3/\">\n  <Name>b</Name>\n  \
                   <IsTruncated>true</IsTruncated>\n  <Contents><Key>a</Key><Size>1</Size></Contents>\n  \
                   <Contents><Key>b &amp; &#99;</Key></Contents>\n  <Prefix/>\n</ListBucketResult>";
        let listing = json!({"ListBucketResult": {
            "Name": "b",
            "IsTruncated": "true",
            "Contents": [{"Key": "a", "Size": "1"}, {"Key": "b & c"}],
            "Prefix": "",
        }});
        check(xml, Some(&listing));
    }

    #[test]
    fn names_lose_their_prefix_and_attributes_go() {
        check("<s:a xmlns:s='x'><s:b c='d'>e</s:b></s:a>", Some(&json!({"a": {"b": "e"}})));
        check("<a><![CDATA[<b>]]></a>", Some(&json!({"a": "<b>"})));
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for xml in ["", "text", "<a>", "<a></b>", "<a/><b/>", "{\"a\": 1}", "<a>&nobody;</a>", "<a>&#xFFFFFFFF;</a>"] {
            check(xml, None);
        }
        assert_eq!(parse(b"<a>\xff</a>"), None);
    }

    #[test]
    fn bombs_do_not_go_off() {
        check("<!DOCTYPE a [<!ENTITY b \"boom\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", None);
        check(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)), None);
        let fits = format!("{}x{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        assert!(parse(fits.as_bytes()).is_some());
    }

    proptest! {
        #[test]
        fn no_document_makes_it_panic(text in "[<>&;a-c/!\\[\\]\"'= ?#x0-9-]{0,80}") {
            let _ = parse(text.as_bytes());
        }
    }
}
