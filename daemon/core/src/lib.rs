//! The pure decisions of the daemon: what happens next.
//!
//! No IO, no clock, no randomness, no async: the time and fresh ids come in as arguments. What a set of
//! answers *means* is decided next door, in `synod-consensus`, as purely.
//!
//! ```text
//! inputs ─► decide(&state, input, now) ─► entities ─► one transaction ─► plan(&state, now) ─► effects
//! ```

pub mod entity;
pub mod input;
pub mod time;
pub mod workspace;

pub mod state;

pub mod adopt;
pub mod decide;
pub mod plan;

pub use decide::finding_id;
