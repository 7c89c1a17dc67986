//! The fully resolved run.

pub mod expression;
