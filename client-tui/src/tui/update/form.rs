//! Forms: what to start.

use crossterm::event::KeyEvent;

use super::layers::Then;
use crate::tui::{model::Model, msg::Cmd};

/// Fields to fill in.
#[derive(Debug, Default)]
pub struct Form {}

impl Form {
    /// Pasted text goes into the field.
    pub fn paste(&mut self, _text: &str) -> Vec<Cmd> {
        Vec::new()
    }
}

/// The form for a gate.
pub fn new_gate(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// The form for an agent.
pub fn new_agent(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// The form for a command.
pub fn new_command(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// Names that continue a path.
pub fn completions(_model: &mut Model, _typed: &str, _paths: Vec<String>) -> Vec<Cmd> {
    Vec::new()
}

/// A key while the form is shown.
pub fn press(_model: &mut Model, _form: &mut Form, _key: KeyEvent) -> Then {
    Then::Close(Vec::new())
}
