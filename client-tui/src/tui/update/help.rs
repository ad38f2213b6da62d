//! The list of keys.

use crossterm::event::{KeyCode, KeyEvent};

use super::layers::{Then, closes};
use crate::tui::{
    keys::{Action, Place},
    model::{
        Model,
        cursor::{Cursor, Motion},
        layer::Help,
    },
    view::{areas, help},
};

/// A key while the list is shown.
pub fn press(model: &Model, layer: &mut Help, key: KeyEvent) -> Then {
    let places = [Place::Lists, Place::Everywhere];
    let action = model.settings.keys.action(&places, key);
    let quits = matches!(action, Some(Action::Help | Action::Back | Action::Quit));
    if closes(key) || quits || key.code == KeyCode::Enter {
        return Then::Close(Vec::new());
    }
    let page = areas::popup_height(model);
    let len = help::lines(model, help::width(model)).len();
    if let Some(motion) = action.and_then(|action| Motion::of(action, page)) {
        // Scrolled, not selected: the cursor stands at the top line.
        let mut cursor = Cursor {
            index: layer.top,
            top: 0,
        };
        cursor.step(motion, len);
        layer.top = cursor.index.min(len.saturating_sub(page));
    }
    Then::Stay(Vec::new())
}
