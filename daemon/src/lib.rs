//! `synodd`: the daemon around the pure core.
//!
//! ```text
//! rpc ─► submit ─► engine ─► store          (one writer)
//!                    │ └──► feed ─► rpc      (publish after commit)
//!                    └► supervise ─► attempt ─► shim process ─► agent
//! ```
//!
//! The program is also its own shim (`synodd shim DIR`), the rule-based reviewers (`synodd reviewer NAME`)
//! and an agent that plays a script (`synodd fake-agent WORDS`): all branch here before any runtime exists.

pub mod cli;

pub mod serve;

mod adopt;
mod answers;
mod attempt;
mod calibration;
mod clock;
mod engine;
mod feed;
mod probe;
mod review;
mod rpc;
mod store;
mod submit;
mod supervise;
mod tidy;
mod wire;
mod workspace;
