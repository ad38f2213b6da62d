//! Agents and providers.

use crate::tui::{
    keys::Action,
    model::Model,
    msg::{Call, Cmd},
};

/// The screen was opened.
pub fn enter(model: &mut Model) -> Vec<Cmd> {
    super::ask(model, Call::Agents)
}

/// What a key does here.
pub fn act(_model: &mut Model, _action: Action) -> Vec<Cmd> {
    Vec::new()
}

/// Keeps the place within what there is.
pub fn settle(_model: &mut Model) {}

/// What is under the cursor.
pub fn to_copy(_model: &Model) -> Option<String> {
    None
}
