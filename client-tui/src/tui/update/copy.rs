//! The id or the answer under the cursor, into the terminal's clipboard.

use crate::{
    render::{Tone, clean},
    tui::{
        model::{Model, Screen, runs::RunsPlace},
        msg::Cmd,
    },
};

/// Copies what is under the cursor, and says what it was.
pub fn copy(model: &mut Model) -> Vec<Cmd> {
    let found = match model.screen() {
        Screen::Runs => RunsPlace::run(&model.runs).map(str::to_owned),
        Screen::Run(run) => super::run::to_copy(model, run),
        Screen::Output => super::output::to_copy(model),
        Screen::Questions => super::questions::to_copy(model),
        Screen::Events => super::events::to_copy(model),
        Screen::Agents => super::agents::to_copy(model),
        Screen::Ledger => super::ledger::to_copy(model),
    };
    match found.map(|text| clean(&text)) {
        Some(text) if !text.is_empty() => put(model, text),
        Some(_) | None => {
            super::say(model, "nothing to copy here", Tone::Plain);
            Vec::new()
        }
    }
}

/// Copies text, which must be safe to show, and says what it was.
pub fn put(model: &mut Model, text: String) -> Vec<Cmd> {
    let shown: String = text.chars().take(40).collect();
    super::say(model, format!("copied {shown}"), Tone::Plain);
    vec![Cmd::Copy(text)]
}
