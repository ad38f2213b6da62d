//! Forms.

use ratatui::{Frame, layout::Rect};

use crate::tui::{model::Model, update::form::Form};

/// See the module.
pub fn draw(_model: &Model, _form: &Form, _frame: &mut Frame, _body: Rect) {}
