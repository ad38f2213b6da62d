//! Changes put to the gate `review`: real repositories, real hooks, real verdicts.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod stage;

mod blocking;
mod hooks;
mod reviewing;

use stage::{Stage, remark};
