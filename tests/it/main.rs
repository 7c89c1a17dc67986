//! What a user sees, and what the lane does in virtual time.

mod lane_flows;
mod lane_limits;
mod lane_schedule;
mod virtual_time;
