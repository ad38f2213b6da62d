//! The bottom line: the keys that matter here, from the key map. A hint is whole or not there; the keys that
//! lead out and to all others always are.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr as _;

use super::text;
use crate::tui::{
    keys::{Action, BINDINGS, Binding, Chord, KeyMap},
    model::{
        Model, Screen,
        form::{Body, Form},
        layer::{Layer, Purpose},
    },
    update::{applies, selected_permission},
};

type Hint = (String, &'static str);

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    buffer.set_style(area, theme.bar);
    let (hints, last) = match model.layers.last() {
        None => (of_screen(model), always(&model.settings.keys)),
        Some(layer) => (of_layer(layer), Vec::new()),
    };
    let width = |(key, words): &Hint| key.width() + words.width() + 3;
    let mut left = usize::from(area.width).saturating_sub(last.iter().map(width).sum());
    let fitting = hints.into_iter().filter(|hint| {
        let fits = width(hint) <= left;
        if fits {
            left -= width(hint);
        }
        fits
    });
    let mut spans = Vec::new();
    for (key, words) in fitting.chain(last) {
        spans.push(Span::raw(" "));
        spans.push(Span::styled(key, theme.bar.patch(theme.accent)));
        spans.push(Span::raw(format!(" {words} ")));
    }
    text::styled(buffer, area, 0, &Line::from(spans).style(theme.bar));
}

/// The keys of the screen, most particular first.
fn of_screen(model: &Model) -> Vec<Hint> {
    let keys = &model.settings.keys;
    let mut hints = Vec::new();
    let mut taken: Vec<Chord> = Vec::new();
    for place in model.places() {
        let here = || BINDINGS.iter().filter(|binding| binding.place == place);
        for binding in here().filter(|binding| !LAST.contains(&binding.action)) {
            // What is nearer has taken the key.
            let free = keys
                .first(binding.action)
                .filter(|key| !taken.contains(key));
            if free.is_some() && applies(model, binding.action) {
                let words = words(model, binding);
                hints.extend(hint(keys, binding).map(|(key, _)| (key, words)));
            }
        }
        taken.extend(here().flat_map(|binding| keys.chords(binding.action)));
    }
    hints
}

/// What a key does here; to a permission some do something else than to a finding's question.
fn words(model: &Model, binding: &Binding) -> &'static str {
    let permission = *model.screen() == Screen::Questions && selected_permission(model).is_some();
    match binding.action {
        Action::Open if permission => "choose",
        Action::Dismiss if permission => "refuse",
        _ => binding.hint,
    }
}

const LAST: [Action; 2] = [Action::Help, Action::Quit];

fn always(keys: &KeyMap) -> Vec<Hint> {
    let bindings = LAST.into_iter().filter_map(Binding::of);
    bindings.filter_map(|binding| hint(keys, binding)).collect()
}

fn hint(keys: &KeyMap, binding: &Binding) -> Option<Hint> {
    let key = keys.first(binding.action)?;
    (!binding.hint.is_empty()).then(|| (key.to_string(), binding.hint))
}

fn of_layer(layer: &Layer) -> Vec<Hint> {
    let keys: &[(&str, &'static str)] = match layer {
        Layer::Help(_) => &[("j k", "scroll"), ("esc", "close")],
        Layer::Confirm(_) => &[("y", "yes"), ("n", "no")],
        Layer::Menu(_) => &[("1-9 enter", "choose"), ("esc", "close")],
        Layer::Editor(_) => &[("ctrl-s", "send"), ("esc", "close, keeping the draft")],
        Layer::Palette(_) => &[("enter", "do it"), ("↑ ↓", "choose"), ("esc", "close")],
        Layer::Form(form) => return of_form(form),
        Layer::Prompt(prompt) => match prompt.purpose {
            Purpose::Filter => &[("enter", "keep"), ("esc", "show all")],
            Purpose::Search => &[("enter", "search"), ("esc", "close")],
            Purpose::Revision => &[("enter", "go there"), ("esc", "close")],
        },
    };
    let own = |(key, words): &(&str, &'static str)| ((*key).to_owned(), *words);
    keys.iter().map(own).collect()
}

fn of_form(form: &Form) -> Vec<Hint> {
    let field = form.fields.get(form.focus).map(|field| &field.body);
    let own: &[(&str, &'static str)] = match field {
        Some(Body::One(_)) => &[("← →", "choose"), ("tab", "next")],
        Some(Body::Many(_)) => &[("space", "mark"), ("← →", "move"), ("tab", "next")],
        Some(Body::Path(path)) if !path.found.is_empty() => {
            &[("tab", "choose"), ("enter", "take it")]
        }
        Some(Body::Path(_)) => &[("tab", "complete"), ("↓", "next")],
        Some(Body::Line(_) | Body::Text(_)) | None => &[("tab", "next")],
    };
    let all = [("ctrl-s", "start"), ("esc", "close")];
    let hints = all.iter().chain(own);
    hints
        .map(|(key, words)| ((*key).to_owned(), *words))
        .collect()
}
