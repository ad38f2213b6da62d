//! The real CLIs, their models replaced by a stand-in on the loopback: what they answer, how they fail, what they
//! leave behind. `just real-agents` installs them at pinned versions; without them every test here says that it is
//! skipped. See `docs/real-agents.md`.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod clis;
mod models;
mod rig;

mod agreement;
mod cancelled;
mod doctor;
mod large;
mod prompts;
mod refused;
mod resumed;
mod survival;
mod usage;
mod worktree;

use clis::Cli;
use rig::{Rig, finding, with};

fn programs() -> synod_tests::Programs {
    synod_tests::programs!()
}
