//! The command palette: every action that makes sense here, by its name.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    filter::Matcher,
    layers::{Then, closes, type_key},
};
use crate::tui::{
    keys::{Action, BINDINGS, Binding},
    model::{Model, cursor::Motion, layer::Palette},
};

/// Names that are moves of a cursor: of no use in a list of commands.
const MOVES: [Action; 10] = [
    Action::Up,
    Action::Down,
    Action::Top,
    Action::Bottom,
    Action::HalfPageUp,
    Action::HalfPageDown,
    Action::PageUp,
    Action::PageDown,
    Action::Palette,
    Action::Back,
];

/// The commands that match what was typed, best first; those of this screen before the others.
pub fn matching(model: &Model, typed: &str) -> Vec<&'static Binding> {
    let places = model.places();
    let mut matcher = Matcher::new(typed);
    let mut found: Vec<(u32, usize, &'static Binding)> = BINDINGS
        .iter()
        .filter(|binding| !MOVES.contains(&binding.action))
        .filter_map(|binding| {
            let at = places.iter().position(|place| *place == binding.place)?;
            let text = || format!("{} {}", binding.action.name(), binding.help);
            Some((matcher.score(text)?, at, binding))
        })
        .collect();
    found.sort_by_key(|(score, at, _)| (std::cmp::Reverse(*score), *at));
    found.into_iter().map(|(_, _, binding)| binding).collect()
}

/// A key while the palette is shown.
pub fn press(model: &mut Model, palette: &mut Palette, key: KeyEvent) -> Then {
    if closes(key) {
        return Then::Close(Vec::new());
    }
    let found = matching(model, palette.input.value());
    match key.code {
        KeyCode::Enter => match found.get(palette.cursor.index) {
            Some(binding) => Then::Act(binding.action),
            None => Then::Stay(Vec::new()),
        },
        KeyCode::Up | KeyCode::BackTab => {
            palette.cursor.step(Motion::Up(1), found.len());
            Then::Stay(Vec::new())
        }
        KeyCode::Down | KeyCode::Tab => {
            palette.cursor.step(Motion::Down(1), found.len());
            Then::Stay(Vec::new())
        }
        _ => {
            if type_key(&mut palette.input, key) {
                palette.cursor.step(Motion::First, found.len());
            }
            Then::Stay(Vec::new())
        }
    }
}
