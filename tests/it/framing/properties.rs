//! What holds of all bytes, however they are cut.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use loadline::transport::http1::reply::{Decoder, Limits, Progress};

use super::case::{Found, LIMITS, decode, decode_alone};
use super::generate::{Sound, reply};

/// Small limits, so that random bytes meet them.
const TIGHT: Limits = Limits { max_head: 60, max_fields: 3, max_body: 20 };

/// Pieces of replies, of which random heaps come deeper into the decoder than random bytes.
const SCRAPS: &[&str] = &[
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 204 No\r\n",
    "HTTP/1.1 100 C\r\n\r\n",
    "HTTP/1.0 200 OK\n",
    "HTTP/1.1 ",
    "Content-Length: 5\r\n",
    "Content-Length: 3",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "X: y\r\n",
    "\r\n",
    "\n",
    "\r",
    " ",
    ";",
    ":",
    "0\r\n\r\n",
    "0\r\n",
    "3\r\nabc\r\n",
    "5\r\n",
    "hello",
    "ff",
];

fn scraps() -> impl Strategy<Value = Vec<u8>> {
    let scrap = prop_oneof![
        8 => select(SCRAPS).prop_map(|scrap| scrap.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(scrap, 0..14).prop_map(|scraps| scraps.concat())
}

/// The same with a head that is sound, so that the body is reached each time.
fn headed_scraps() -> impl Strategy<Value = Vec<u8>> {
    let head = select(
        &[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "",
        ][..],
    );
    (head, scraps()).prop_map(|(head, rest)| [head.as_bytes(), &rest].concat())
}

/// Cuts bytes at these places.
pub(super) fn cut<'a>(bytes: &'a [u8], places: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = places.iter().map(|place| place.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    let mut from = 0;
    let mut pieces = Vec::new();
    for place in places {
        pieces.push(&bytes[from..place]);
        from = place;
    }
    pieces.push(&bytes[from..]);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_cut_changes_nothing(
        bytes in headed_scraps(),
        places in vec(any::<prop::sample::Index>(), 0..6),
        asked_by_head: bool,
        is_tight: bool,
    ) {
        let limits = if is_tight { TIGHT } else { LIMITS };
        let whole = decode_alone(asked_by_head, limits, [&bytes[..]]);
        prop_assert_eq!(&decode_alone(asked_by_head, limits, cut(&bytes, &places)), &whole);
        prop_assert_eq!(&decode_alone(asked_by_head, limits, bytes.chunks(1)), &whole);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..200), begins_well: bool, asked_by_head: bool) {
        let text = if begins_well { [b"HTTP/1.1 200 OK\r\n", &bytes[..]].concat() } else { bytes };
        if let Ok(found) = decode_alone(asked_by_head, LIMITS, [&text[..]]) {
            prop_assert!(found.used <= text.len());
            prop_assert!(found.body.len() <= found.used);
            prop_assert!((200..1_000).contains(&found.status));
        }
    }

    #[test]
    fn what_was_written_is_read(sound in reply(), places in vec(any::<prop::sample::Index>(), 0..6)) {
        let bytes = sound.bytes();
        let found = decode_alone(sound.asked_by_head, LIMITS, cut(&bytes, &places)).expect("it is sound");
        prop_assert_eq!(found.status, sound.status);
        prop_assert_eq!(&found.body, &sound.body());
        prop_assert_eq!(found.persistence, sound.persistence());
        prop_assert_eq!(found.used, bytes.len());
    }

    #[test]
    fn one_reply_after_another_is_read_off_one_connection(
        sounds in vec(reply().prop_filter("it ends by itself", Sound::ends_by_itself), 1..5),
    ) {
        let mut decoder = Decoder::new(LIMITS);
        for sound in &sounds {
            decoder.begin(sound.asked_by_head);
            let bytes = sound.bytes();
            let found = decode(&mut decoder, [&bytes[..]]).expect("it is sound");
            let expected = Found {
                status: sound.status,
                body: sound.body(),
                persistence: sound.persistence(),
                used: bytes.len(),
            };
            prop_assert_eq!(found, expected);
            prop_assert_eq!(decoder.feed(b"", |_| 0), Ok(Progress::More));
        }
    }

    #[test]
    fn a_reply_that_breaks_off_is_never_taken_for_a_whole_one(
        sound in reply().prop_filter("it ends by itself", Sound::ends_by_itself),
        place: prop::sample::Index,
    ) {
        let bytes = sound.bytes();
        let part = &bytes[..place.index(bytes.len())];
        let error = decode_alone(sound.asked_by_head, LIMITS, [part]).expect_err("something is missing");
        prop_assert_eq!(error.kind(), loadline::api::WireError::Closed);
    }
}
