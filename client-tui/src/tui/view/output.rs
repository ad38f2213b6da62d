//! The screen of this name.

use ratatui::{Frame, layout::Rect};

use crate::tui::model::Model;

/// See the module.
pub fn draw(_model: &Model, _frame: &mut Frame, _area: Rect) {}
