//! Tests that need programs from outside: Chromium, and Python with `check-jsonschema` and `hdrhistogram`.
//!
//! `.ci/run` installs them. Where one is missing, a test fails and says what to install; none is skipped.

mod hlog;
mod nginx;
mod page;
mod program;
mod run;
mod schema;
