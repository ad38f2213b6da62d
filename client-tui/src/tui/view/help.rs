//! The list of keys, made from the key map.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{areas, text};
use crate::tui::{
    keys::{BINDINGS, Place},
    model::{Model, layer::Help},
};

/// The list as lines: the keys of this screen first.
pub fn lines(model: &Model) -> Vec<Line<'static>> {
    let theme = &model.settings.theme;
    let here = model.places();
    let others = Place::ALL.into_iter().filter(|place| !here.contains(place));
    let mut lines = Vec::new();
    for place in here.iter().copied().chain(others) {
        let bindings = BINDINGS.iter().filter(|binding| binding.place == place);
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(place.to_string(), theme.strong));
        for binding in bindings {
            let keys = model.settings.keys.chords(binding.action);
            let keys = keys
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ");
            let keys = if keys.is_empty() {
                format!(":{}", binding.action.name())
            } else {
                keys
            };
            lines.push(Line::from(vec![
                Span::styled(format!("  {keys:<18} "), theme.accent),
                Span::raw(binding.help),
            ]));
        }
    }
    lines
}

/// The popup.
pub fn draw(model: &Model, help: &Help, frame: &mut Frame, body: Rect) {
    let lines = lines(model);
    let area = areas::popup(body, 76, u16::MAX);
    let inside = text::framed(frame.buffer_mut(), area, "keys", &model.settings.theme);
    for (row, line) in (0..inside.height).zip(lines.iter().skip(help.top)) {
        text::styled(frame.buffer_mut(), inside, row, line);
    }
}
