//! What a user sees, what the lane does in virtual time, and what the repository promises of itself.

mod both_ways;
mod capacity_theory;
mod cli_ci;
mod cli_compare;
mod cli_crash;
mod cli_discover;
#[cfg(unix)]
mod cli_gate;
mod cli_input;
mod cli_mock;
mod cli_output;
mod cli_quick;
mod cli_target;
mod cli_tune;
mod discover_theory;
mod facts;
mod framing;
mod fuzz_corpus;
mod gate_calibration;
mod gate_theory;
mod gate_verdicts;
mod lane_clients;
mod lane_flows;
mod lane_limits;
mod lane_schedule;
mod lanes;
mod mock_process;
mod mock_robust;
mod order;
#[cfg(unix)]
mod peers;
mod prober;
mod program;
mod raw_server;
mod retry_policies;
#[cfg(feature = "aws")]
mod same_scenario;
mod sdk_rust;
mod server;
#[cfg(feature = "aws")]
mod signing;
mod simulate;
mod simulate_theory;
mod tune_core;
mod validity;
mod virtual_time;
mod wire_framing;
mod wire_machine;
mod wire_servers;
mod wire_tls;

#[path = "../clients/table.rs"]
mod clients_table;
