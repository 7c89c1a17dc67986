//! Tests that need programs from outside: Chromium, and Python with `check-jsonschema`, `hdrhistogram` and `moto`; nginx.
//!
//! `.ci/run` installs them. Where one is missing, a test fails and says what to install; none is skipped.

mod hlog;
#[cfg(feature = "aws")]
mod moto;
mod nginx;
mod page;
mod program;
mod run;
mod schema;
