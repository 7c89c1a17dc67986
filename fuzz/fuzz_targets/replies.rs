//! The lean transport's decoder of replies, from bytes to status and body.
//!
//! `cargo fuzz run -s none replies -- -max_total_time=60`

#![no_main]

#[path = "../read.rs"]
mod read;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    read::read(input);
});
