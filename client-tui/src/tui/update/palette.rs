//! The command palette: every action that makes sense here, by its name.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    applies::{applies, option_number},
    filter::Matcher,
    layers::{Then, closes, type_key},
};
use crate::tui::{
    keys::{Action, BINDINGS, Binding, Place},
    model::{Model, cursor::Motion, layer::Palette},
};

/// Moves, and the palette itself: of no use in a list of commands.
fn is_move(action: Action) -> bool {
    use Action as A;
    let in_lists = Binding::of(action).is_some_and(|binding| binding.place == Place::Lists);
    let is_choice = option_number(action).is_some();
    in_lists && !matches!(action, A::Open | A::Filter)
        || is_choice
        || matches!(
            action,
            A::Palette | A::Back | A::PaneLeft | A::PaneRight | A::ScrollLeft | A::ScrollRight
        )
}

/// How what was typed fits a command, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The name has its letters in this order.
    Letters,
    /// The description has every word.
    Described,
    /// The name has it in one piece.
    Contains,
    /// The name begins with it.
    Begins,
    /// It is the name.
    Exact,
}

/// The commands that match what was typed, best first. Of equal ones those of this screen come before the others.
pub fn matching(model: &Model, typed: &str) -> Vec<&'static Binding> {
    let places = model.places();
    let typed = typed.trim();
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let mut matcher = Matcher::new(typed);
    let mut score = |binding: &Binding| {
        let name = binding.action.name();
        let by_name = matcher.score(|| name.to_owned());
        let help = binding.help.to_lowercase();
        let described = words.iter().all(|word| help.contains(word));
        let fit = match by_name {
            Some(_) if name == typed => Fit::Exact,
            Some(_) if name.starts_with(typed) => Fit::Begins,
            Some(_) if name.contains(typed) => Fit::Contains,
            Some(_) | None if described => Fit::Described,
            Some(_) => Fit::Letters,
            None => return None,
        };
        Some((fit, by_name))
    };
    let mut found: Vec<_> = BINDINGS
        .iter()
        .filter(|binding| !is_move(binding.action) && applies(model, binding.action))
        .filter_map(|binding| {
            let at = places.iter().position(|place| *place == binding.place)?;
            Some((std::cmp::Reverse(score(binding)?), at, binding))
        })
        .collect();
    found.sort_by_key(|(score, at, _)| (*score, *at));
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
