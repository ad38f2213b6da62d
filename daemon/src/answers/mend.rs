//! Sending an invalid answer back: the next attempt's prompt, with the validator's words.

use synod_config::render_repair;
use synod_core::entity::{Attempt, Execution};

use super::read::output;
use crate::{attempt::Launcher, submit::keep};

/// Keeps the prompt of the next attempt. Done twice it is the same prompt.
pub fn send_back(
    launcher: &Launcher,
    execution: &Execution,
    attempt: &Attempt,
) -> Result<(), String> {
    let (dir, said) =
        output(launcher, execution.agent.adapter, attempt).map_err(|invalid| invalid.detail)?;
    let asked = std::fs::read(dir.prompt())
        .map_err(|error| format!("{}: {error}", dir.prompt().display()))?;
    // What was sent back once is not sent back within what is sent back again: the first prompt is the work.
    let first = keep::prompt(&launcher.paths, execution.id, 1)
        .ok()
        .filter(|first| !first.is_empty())
        .unwrap_or(asked);
    let first = String::from_utf8_lossy(&first);
    let prompt =
        render_repair(&first, &execution.detail, &said).map_err(|error| error.to_string())?;
    let next = attempt.number.saturating_add(1);
    keep::mended_prompt(&launcher.paths, execution.id, next, prompt.as_bytes())
        .map_err(|error| error.to_string())
}
