//! `loadline`: a load and throttling test harness.
//!
//! `ARCHITECTURE.md` holds the map; the modules below stand in the order of their dependencies, and each uses only what
//! stands above it. A test keeps that order.

pub mod rng;
pub mod units;

pub mod report;
