//! The model of the service: state, limiters, latency, workers and faults. `now` goes in, an answer comes out.

pub mod config;
mod operation;

pub use config::ServiceConfig;
pub use operation::OperationKind;
