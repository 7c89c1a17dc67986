//! The mock's parser and router, from method, path, headers and body to the reply.
//!
//! `cargo fuzz run -s none requests -- -max_total_time=60`

#![no_main]

#[path = "../replay.rs"]
mod replay;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    replay::replay(input);
});
