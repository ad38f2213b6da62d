//! The questions.

use crate::tui::{keys::Action, model::Model, msg::Cmd};

/// The screen was opened: for all runs, or for one.
pub fn enter(_model: &mut Model, _run: Option<String>) -> Vec<Cmd> {
    Vec::new()
}

/// What a key does here.
pub fn act(_model: &mut Model, _action: Action) -> Vec<Cmd> {
    Vec::new()
}

/// After a snapshot: what it left out is read again.
pub fn reread(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// Keeps the place within what there is.
pub fn settle(_model: &mut Model) {}

/// Shows only what matches.
pub fn filter(_model: &mut Model, _typed: String) {}

/// Shows everything again; false if there was no filter.
pub fn clear_filter(_model: &mut Model) -> bool {
    false
}

/// An answer was sent.
pub fn sent(_model: &mut Model, _question: &str) {}

/// An answer was taken.
pub fn settled(_model: &mut Model, _question: &str) {}

/// An answer was refused.
pub fn refused(_model: &mut Model, _question: &str) {}

/// What is under the cursor.
pub fn to_copy(_model: &Model) -> Option<String> {
    None
}
