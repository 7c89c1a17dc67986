//! Tests that need programs from outside: Chromium, nginx, Python with what `.ci/requirements.txt` lists, and the
//! real clients of `tests/clients/`.
//!
//! `.ci/run` installs them. Where one is missing, a test fails and says what to install; none is skipped.

mod ci;
mod clients;
mod hlog;
mod limiters;
#[cfg(feature = "aws")]
mod moto;
mod nginx;
mod page;
mod program;
mod run;
mod schema;

#[path = "../clients/table.rs"]
mod clients_table;
