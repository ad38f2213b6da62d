//! The bottom line: the keys that matter here, from the key map.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::text;
use crate::tui::{
    keys::{Action, BINDINGS, Place},
    model::{
        Model, Screen,
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
    let mut hints: Vec<(String, &'static str)> = Vec::new();
    // Output is scrolled like a list, but nothing in it is selected or left out.
    let output = *model.screen() == Screen::Output;
    let places = model.places().into_iter();
    for place in places.filter(|place| !(output && *place == Place::Lists)) {
        for binding in BINDINGS.iter().filter(|binding| binding.place == place) {
            let unfit = match binding.action {
                Action::Filter => *model.screen() == Screen::Agents,
                // Out of the past nothing can be commanded.
                action => model.past.is_some() && commands(action),
            };
            if binding.hint.is_empty() || unfit {
                continue;
            }
            // What is nearer has taken the key.
            if let Some(key) = keys.first(binding.action).map(|key| key.to_string())
                && hints.iter().all(|(known, _)| *known != key)
            {
                hints.push((key, binding.hint));
            }
        }
    }
    hints
}

/// Whether an action changes something at the daemon.
fn commands(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::NewGate
            | A::NewAgent
            | A::NewCommand
            | A::Cancel
            | A::Retry
            | A::RunCancel
            | A::CancelExecution
            | A::RunRetry
            | A::RunQuestions
            | A::Recommended
            | A::OwnAnswer
            | A::MustFix
            | A::Dismiss
            | A::Later
            | A::Duplicate
            | A::Rest
    )
}
