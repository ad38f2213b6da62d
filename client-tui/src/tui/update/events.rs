//! The feed.

use synod_proto::v1::{Change, Snapshot};

use crate::tui::{keys::Action, model::Model, msg::Cmd};

/// The screen was opened.
pub fn enter(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// What a key does here.
pub fn act(_model: &mut Model, _action: Action) -> Vec<Cmd> {
    Vec::new()
}

/// Keeps the place within what there is.
pub fn settle(_model: &mut Model) {}

/// A change came; `model.live` does not know it yet.
pub fn push(_model: &mut Model, _change: &Change) {}

/// A snapshot came: changes between are not known here.
pub fn jumped(_model: &mut Model, _snapshot: &Snapshot) {}

/// Changes came that were before those known, oldest first.
pub fn history(_model: &mut Model, _changes: Vec<Change>) {}

/// Older changes cannot be had.
pub fn no_history(_model: &mut Model, _why: String) {}

/// Shows only what matches.
pub fn filter(_model: &mut Model, _typed: String) {}

/// Shows everything again; false if there was no filter.
pub fn clear_filter(_model: &mut Model) -> bool {
    false
}

/// What is under the cursor.
pub fn to_copy(_model: &Model) -> Option<String> {
    None
}
