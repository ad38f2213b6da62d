//! The list of keys, made from the key map.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr as _;

use super::{areas, text};
use crate::tui::{
    keys::{Place, rows},
    model::{Model, layer::Help},
};

/// Columns of the popup, its frame included.
const WIDTH: u16 = 76;

/// Columns inside the popup.
pub fn width(model: &Model) -> u16 {
    let popup = areas::popup(areas::of(model).body, WIDTH, u16::MAX);
    popup.width.saturating_sub(2)
}

/// The list as lines of so many columns: the keys of this screen first, those of lists and of every screen
/// next, and then those of other screens. What does not fit beside its keys goes on below.
pub fn lines(model: &Model, width: u16) -> Vec<Line<'static>> {
    let theme = &model.settings.theme;
    let here = model.places();
    let others = Place::ALL.into_iter().filter(|place| !here.contains(place));
    let width = usize::from(width);
    // Keys beside their words, with two columns before and two between.
    let keys_width = (width / 3).min(19);
    let help_width = width.saturating_sub(keys_width + 4).max(8);
    let mut lines = Vec::new();
    for place in here.iter().copied().chain(others) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(place.to_string(), theme.strong));
        for row in rows(&model.settings.keys, place) {
            let keys = if row.keys.is_empty() {
                format!(":{}", row.names)
            } else {
                row.keys.join(" ")
            };
            let mut helps = text::wrap(&row.help, help_width).into_iter();
            if keys.width() > keys_width {
                lines.push(Line::styled(format!("  {keys}"), theme.accent));
            } else {
                let gap = " ".repeat(keys_width - keys.width());
                lines.push(Line::from(vec![
                    Span::styled(format!("  {keys}{gap}  "), theme.accent),
                    Span::raw(helps.next().unwrap_or_default()),
                ]));
            }
            let indent = " ".repeat(keys_width + 4);
            lines.extend(helps.map(|help| Line::raw(format!("{indent}{help}"))));
        }
    }
    lines
}

/// The popup.
pub fn draw(model: &Model, help: &Help, frame: &mut Frame, body: Rect) {
    let area = areas::popup(body, WIDTH, u16::MAX);
    let lines = lines(model, area.width.saturating_sub(2));
    let shown = usize::from(area.height.saturating_sub(2));
    let top = help.top.min(lines.len().saturating_sub(shown));
    let title = if lines.len() > shown {
        let last = (top + shown).min(lines.len());
        format!("keys, {} to {last} of {} lines", top + 1, lines.len())
    } else {
        "keys".to_owned()
    };
    let inside = text::framed(frame.buffer_mut(), area, &title, &model.settings.theme);
    for (row, line) in (0..inside.height).zip(lines.iter().skip(top)) {
        text::styled(frame.buffer_mut(), inside, row, line);
    }
}
