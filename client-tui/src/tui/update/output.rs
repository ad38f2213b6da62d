//! An attempt's output.

use crate::tui::{
    keys::Action,
    model::Model,
    msg::{Cmd, OutputNews},
};

/// Opens the output of a run's newest attempt.
pub fn open_run(_model: &mut Model, _run: &str) -> Vec<Cmd> {
    Vec::new()
}

/// Opens the output of an execution's newest attempt.
pub fn open_execution(_model: &mut Model, _execution: &str) -> Vec<Cmd> {
    Vec::new()
}

/// The screen was left.
pub fn leave(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// What a key does here.
pub fn act(_model: &mut Model, _action: Action) -> Vec<Cmd> {
    Vec::new()
}

/// Bytes, or what became of a wish for some.
pub fn news(_model: &mut Model, _news: OutputNews) -> Vec<Cmd> {
    Vec::new()
}

/// Asks for what is to be seen and not here yet.
pub fn settle(_model: &mut Model) -> Vec<Cmd> {
    Vec::new()
}

/// Looks for text.
pub fn search(_model: &mut Model, _needle: String) -> Vec<Cmd> {
    Vec::new()
}

/// Ends a search; false if there was none.
pub fn clear_search(_model: &mut Model) -> bool {
    false
}

/// What is under the cursor.
pub fn to_copy(_model: &Model) -> Option<String> {
    None
}
