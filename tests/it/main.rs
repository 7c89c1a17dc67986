//! What a user sees, and what the lane does in virtual time.

mod cli_crash;
mod cli_input;
mod cli_mock;
mod cli_output;
mod cli_target;
mod lane_flows;
mod lane_limits;
mod lane_schedule;
mod program;
mod server;
mod virtual_time;
