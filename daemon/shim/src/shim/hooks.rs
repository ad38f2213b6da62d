//! Test hooks: environment variables by which a test delays the shim or kills it at a named step.
//!
//! They are forwarded by [`crate::launch`] from the daemon's environment and removed from the
//! agent's. Without them nothing here does anything.

use std::{ffi::OsString, time::Duration};

use rustix::process::{Signal, getpid, kill_process};

/// Milliseconds to wait before the claim.
pub const DELAY: &str = "SYNOD_TEST_SHIM_DELAY_MS";
/// A [`Step`]'s name: the shim kills itself there.
pub const KILL_AT: &str = "SYNOD_TEST_SHIM_KILL_AT";

/// The places between two facts on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    BeforeClaim,
    AfterClaim,
    AfterSpawn,
    AfterStarted,
    AfterAgentExit,
    BeforeExitJson,
    AfterExitJson,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::BeforeClaim => "before-claim",
            Self::AfterClaim => "after-claim",
            Self::AfterSpawn => "after-spawn",
            Self::AfterStarted => "after-started",
            Self::AfterAgentExit => "after-agent-exit",
            Self::BeforeExitJson => "before-exit-json",
            Self::AfterExitJson => "after-exit-json",
        }
    }
}

/// The hooks set for this process, to be handed on.
pub fn from_environment() -> impl Iterator<Item = (&'static str, OsString)> {
    [DELAY, KILL_AT]
        .into_iter()
        .filter_map(|name| std::env::var_os(name).map(|value| (name, value)))
}

pub fn is_hook(name: &std::ffi::OsStr) -> bool {
    name == DELAY || name == KILL_AT
}

pub fn delay_before_claim() {
    let wanted = std::env::var(DELAY).ok().and_then(|ms| ms.parse().ok());
    if let Some(ms) = wanted {
        std::thread::sleep(Duration::from_millis(ms));
    }
}

pub fn reached(step: Step) {
    if std::env::var_os(KILL_AT).is_some_and(|wanted| wanted == step.name()) {
        // Cannot fail for one's own process, and nothing follows if it succeeds.
        let _ = kill_process(getpid(), Signal::KILL);
    }
}
