//! What is configured and what is submitted, read before anything durable happens:
//! `config.toml`, gate definitions, the subject of a gate run, and the prompt made of them.
//!
//! It reads files and nothing else: no clock, no randomness (a prompt's nonce and receipts come
//! in as arguments), no processes, no environment, no database. What an answer *means* belongs
//! to `synod-consensus`; when something runs belongs to the engine.

pub mod agent;
pub mod config;
pub mod limits;
mod prices;
pub mod profiles;
pub mod provider;
pub mod retention;
pub mod starter;

pub mod gate;
pub mod gates;
pub mod quorum;

pub mod subject;

pub mod cut;
pub mod fence;
pub mod prompt;
pub mod receipt;

pub mod error;

pub mod duration;
pub mod size;

mod digest;
mod document;
mod money;
mod near;
mod rosters;
mod text_file;

pub use agent::{
    Agent, AgentLimits, CommandError, Isolation, Kind, Origin, Program, Recording, Speed,
};
pub use config::{Config, RosterError};
pub use error::{ConfigError, Fault, Problem};
pub use gate::{
    Agents, Deadlines, Fallback, GateDef, GateError, InputDecl, Patience, Presence, RESERVED, Seat,
    table_file,
};
pub use gates::{
    Checked, Found, GateDir, GateOrigin, GateSource, Gates, check_file, check_folder,
    repository_gates, starter_gate, user_gates,
};
pub use limits::Limits;
pub use profiles::Profiles;
pub use prompt::{
    BallotItem, Check, Checklist, Dispute, Position, PromptError, Requirement, render,
    render_arbitration, render_ballot, render_repair,
};
pub use provider::Provider;
pub use quorum::{Quorum, QuorumError};
pub use receipt::{nonce_from, receipt_from};
pub use retention::Retention;
pub use subject::{Input, Subject, SubjectError};
