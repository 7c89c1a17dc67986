//! The lean transport for HTTP/1.1.

pub mod reply;
