//! The replies, made once.

use super::reader::Asked;

/// What `GET /` is answered with: 44 bytes.
pub(crate) const THING: &str = r#"{"id":"5f0c2a7e91","name":"peers","ok":true}"#;

/// How many items a batch has.
pub(crate) const ITEMS: usize = 100;

/// The reply to `POST /batch`: an entry of 139 bytes for each of a hundred items, and no errors; 14 kB.
pub(crate) fn batch() -> String {
    let entry = |number: usize| {
        let key = format!("{number:02}");
        format!(
            r#"{{"ExternalUserId":"user-00000000{key}","AttendeeId":"0b71c6d2-55aa-4f0e-9d3c-2f6a8e19{key}7d","JoinToken":"{}"}}"#,
            "QXR0ZW5kZWU0".repeat(3)
        )
    };
    let entries: Vec<String> = (0..ITEMS).map(entry).collect();
    format!(r#"{{"Attendees":[{}],"Errors":[]}}"#, entries.join(","))
}

/// The bytes of every reply.
pub(crate) struct Replies {
    thing: Vec<u8>,
    batch: Vec<u8>,
    other: Vec<u8>,
}

impl Replies {
    pub(crate) fn new() -> Self {
        let reply = |status: &str, body: &str| {
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            (head + body).into_bytes()
        };
        Self { thing: reply("200 OK", THING), batch: reply("200 OK", &batch()), other: reply("404 Not Found", "{}") }
    }

    pub(crate) fn to(&self, asked: Asked) -> &[u8] {
        match asked {
            Asked::Thing => &self.thing,
            Asked::Batch => &self.batch,
            Asked::Other => &self.other,
        }
    }
}
