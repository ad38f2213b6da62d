//! One run.

use crate::tui::{keys::Action, model::Model, msg::Cmd};

/// A run was opened.
pub fn enter(model: &mut Model, _id: &str) {
    model.run = crate::tui::model::run::RunPlace::default();
}

/// What a key does here.
pub fn act(_model: &mut Model, _id: &str, _action: Action) -> Vec<Cmd> {
    Vec::new()
}

/// Keeps the place within what there is.
pub fn settle(_model: &mut Model, _id: &str) {}

/// After a snapshot: the run on the screen is read whole again.
pub fn reread(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// What is under the cursor.
pub fn to_copy(model: &Model, id: &str) -> Option<String> {
    model.shown().run(id).map(|run| run.id.clone())
}
