//! `loadline`: a load and throttling test harness.
//!
//! `ARCHITECTURE.md` holds the map; the modules below stand in the order of their dependencies, and each uses only what
//! stands above it. A test keeps that order.

pub mod rng;
pub mod units;

pub mod stats;
pub mod time;

pub mod api;

pub mod limit;
pub mod schedule;

pub mod retry;

pub mod service;

pub mod plan;

pub mod record;

pub mod lane;

pub mod mock;
pub mod transport;

pub mod engine;
pub mod sim;

pub mod runner;

pub mod capacity;
pub mod discover;
pub mod gate;
pub mod tune;

pub mod report;
pub mod scenario;

pub mod cli;
