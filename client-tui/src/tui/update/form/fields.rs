//! Keys within one field.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui_textarea::TextArea;

use crate::tui::{
    model::form::{Body, By, Field, Form, Many, Mark, One},
    update::layers::{insert, type_key},
};

fn focused(form: &mut Form) -> Option<&mut Field> {
    form.fields.get_mut(form.focus)
}

/// Gives a key to the field. What was wrong with it may be right now, so nothing is said about it any more.
pub fn press(form: &mut Form, key: KeyEvent) {
    let Some(field) = focused(form) else { return };
    field.error = None;
    match &mut field.body {
        Body::One(one) => one_key(one, key),
        Body::Many(many) => many_key(many, key),
        Body::Line(input) => {
            type_key(input, key);
        }
        Body::Path(path) => {
            if type_key(&mut path.input, key) {
                path.found.clear();
                path.at = None;
            }
        }
        Body::Text(area) => {
            area.input(key);
        }
    }
}

/// Moves the cursor within a text of several lines; false at its edge, or where there is none.
pub fn within_text(form: &mut Form, key: KeyEvent) -> bool {
    match focused(form).map(|field| &mut field.body) {
        Some(Body::Text(area)) => {
            let place = |area: &TextArea<'_>| area.cursor();
            let before = place(area);
            area.input(key);
            place(area) != before
        }
        Some(Body::One(_) | Body::Many(_) | Body::Line(_) | Body::Path(_)) | None => false,
    }
}

/// Pasted text: as it is into a text of several lines, as one line into a line.
pub fn paste(form: &mut Form, text: &str) {
    let Some(field) = focused(form) else { return };
    let line = || text.trim_end_matches('\n').replace(['\n', '\t'], " ");
    match &mut field.body {
        Body::Line(input) => insert(input, &line()),
        Body::Path(path) => insert(&mut path.input, &line()),
        Body::Text(area) => {
            area.insert_str(text);
        }
        Body::One(_) | Body::Many(_) => return,
    }
    field.error = None;
}

fn one_key(one: &mut One, key: KeyEvent) {
    let len = one.names.len();
    let names = || one.names.iter().map(String::as_str);
    if let Some(at) = moved(one.at, len, key.code)
        .or_else(|| (key.code == KeyCode::Char(' ') && len > 0).then(|| (one.at + 1) % len))
        .or_else(|| begins_with(names(), one.at, key.code))
    {
        one.at = at;
    }
}

fn many_key(many: &mut Many, key: KeyEvent) {
    if key.code == KeyCode::Char(' ') {
        if let Some((_, mark)) = many.names.get_mut(many.at) {
            many.by = By::Hand;
            *mark = match mark {
                Mark::On => Mark::Off,
                Mark::Off => Mark::On,
            };
        }
        return;
    }
    let names = || many.names.iter().map(|(name, _)| name.as_str());
    if let Some(at) = moved(many.at, many.names.len(), key.code)
        .or_else(|| begins_with(names(), many.at, key.code))
    {
        many.at = at;
    }
}

/// Left and right go around; Home and End to the ends.
fn moved(at: usize, len: usize, code: KeyCode) -> Option<usize> {
    let last = len.checked_sub(1)?;
    match code {
        KeyCode::Right if at >= last => Some(0),
        KeyCode::Right => Some(at + 1),
        KeyCode::Left if at == 0 => Some(last),
        KeyCode::Left => Some(at - 1),
        KeyCode::Home => Some(0),
        KeyCode::End => Some(last),
        _ => None,
    }
}

/// The next name that begins with a letter.
fn begins_with<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    at: usize,
    code: KeyCode,
) -> Option<usize> {
    let KeyCode::Char(letter) = code else {
        return None;
    };
    let same = |c: char| c.to_lowercase().eq(letter.to_lowercase());
    let all = || names.clone().enumerate();
    let onward = all().skip(at + 1).chain(all().take(at + 1));
    onward
        .into_iter()
        .find(|(_, name)| name.chars().next().is_some_and(same))
        .map(|(index, _)| index)
}
