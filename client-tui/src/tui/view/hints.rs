//! The bottom line: the keys that matter here, from the key map.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::text;
use crate::tui::{
    keys::BINDINGS,
    model::{
        Model,
        layer::{Layer, Purpose},
    },
};

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    buffer.set_style(area, theme.bar);
    let mut spans = vec![Span::raw(" ")];
    for (key, words) in hints(model) {
        spans.push(Span::styled(key, theme.bar.patch(theme.accent)));
        spans.push(Span::raw(format!(" {words}  ")));
    }
    text::styled(buffer, area, 0, &Line::from(spans).style(theme.bar));
}

fn hints(model: &Model) -> Vec<(String, &'static str)> {
    let fixed = |keys: &[(&str, &'static str)]| {
        let own = |(key, words): &(&str, &'static str)| ((*key).to_owned(), *words);
        keys.iter().map(own).collect()
    };
    match model.layers.last() {
        None => of_screen(model),
        Some(Layer::Help(_)) => fixed(&[("j k", "scroll"), ("esc", "close")]),
        Some(Layer::Confirm(_)) => fixed(&[("y", "yes"), ("n", "no")]),
        Some(Layer::Menu(_)) => fixed(&[("1-9 enter", "choose"), ("esc", "close")]),
        Some(Layer::Editor(_)) => fixed(&[("ctrl-s", "send"), ("esc", "close, keeping the draft")]),
        Some(Layer::Palette(_)) => {
            fixed(&[("enter", "do it"), ("↑ ↓", "choose"), ("esc", "close")])
        }
        Some(Layer::Form(_)) => fixed(&[
            ("tab", "next field, or complete"),
            ("ctrl-s", "start"),
            ("esc", "close"),
        ]),
        Some(Layer::Prompt(prompt)) => match prompt.purpose {
            Purpose::Filter => fixed(&[("enter", "keep"), ("esc", "show all")]),
            Purpose::Search => fixed(&[("enter", "search"), ("esc", "close")]),
            Purpose::Revision => fixed(&[("enter", "go there"), ("esc", "close")]),
        },
    }
}

fn of_screen(model: &Model) -> Vec<(String, &'static str)> {
    let keys = &model.settings.keys;
    let mut hints = Vec::new();
    for place in model.places() {
        for binding in BINDINGS.iter().filter(|binding| binding.place == place) {
            if let Some(key) = keys
                .first(binding.action)
                .filter(|_| !binding.hint.is_empty())
            {
                hints.push((key.to_string(), binding.hint));
            }
        }
    }
    hints
}
