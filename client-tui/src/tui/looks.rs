//! The same screens in each theme: what is said is the same, with and without colours.

use ratatui::style::{Color, Modifier, Style};

use super::{
    fixtures::{buffer, configured, frame, picture, press, three},
    model::Model,
    msg::{LinkNews, Msg},
    settings::Settings,
    theme::{Depth, Theme},
    update::update,
};
use crate::link::Away;

const DEPTHS: [(Depth, &str); 4] = [
    (Depth::None, "none"),
    (Depth::Sixteen, "16"),
    (Depth::Palette, "256"),
    (Depth::True, "truecolor"),
];

/// Keys that lead to every screen and every layer.
const WAYS: [&str; 25] = [
    "",
    "enter",
    "enter l",
    "enter l enter",
    "j enter",
    "o",
    "o /",
    "j j x",
    "/ c",
    "Q",
    "Q e a",
    "Q b",
    "Q u",
    "E",
    "E enter",
    "A",
    "A c",
    "L",
    "enter L",
    "T",
    "T @",
    "? ",
    ":",
    "n ctrl-s",
    "N tab h i",
];

fn shown(depth: Depth, keys: &str) -> Model {
    let mut model = configured(three(), 100, 30);
    model.settings = Settings::plain(depth);
    press(&mut model, keys);
    frame(&mut model);
    model
}

/// The same where agents tell what they do, and ask.
fn spoken(depth: Depth, keys: &str) -> Model {
    let mut model = configured(super::spoken::all(), 100, 30);
    model.settings = Settings::plain(depth);
    press(&mut model, keys);
    frame(&mut model);
    model
}

/// All of them, and a banner, and a toast.
fn all(depth: Depth) -> Vec<(String, Model)> {
    let ways = WAYS
        .iter()
        .map(|keys| ((*keys).to_owned(), shown(depth, keys)));
    let mut all: Vec<(String, Model)> = ways.collect();
    for keys in ["", "enter", "o", "Q", "Q enter", "Q j s"] {
        all.push((format!("spoken {keys}"), spoken(depth, keys)));
    }
    let mut away = shown(depth, "esc esc");
    update(&mut away, Msg::Link(LinkNews::Away(Away::Lost)));
    all.push(("away".to_owned(), away));
    all
}

#[test]
fn without_colour_no_cell_of_any_screen_has_one() {
    for (keys, model) in all(Depth::None) {
        for cell in buffer(&model).content() {
            let plain = cell.fg == Color::Reset && cell.bg == Color::Reset;
            assert!(plain, "after {keys:?}: {cell:?}");
        }
    }
}

#[test]
fn every_theme_says_the_same_with_the_same_signs() {
    let without = all(Depth::None);
    for (depth, name) in DEPTHS {
        for ((keys, model), (_, plain)) in all(depth).iter().zip(&without) {
            let symbols = |model| -> String {
                let buffer = buffer(model);
                buffer
                    .content()
                    .iter()
                    .map(ratatui::buffer::Cell::symbol)
                    .collect()
            };
            assert_eq!(symbols(model), symbols(plain), "{name}, after {keys:?}");
        }
    }
}

#[test]
fn what_is_selected_stands_out_in_every_theme() {
    for (depth, name) in DEPTHS {
        let mut marks = 0;
        for (keys, model) in all(depth) {
            let buffer = buffer(&model);
            for cell in buffer.content().iter().filter(|cell| cell.symbol() == "▸") {
                marks += 1;
                let stands_out = cell.bg != Color::Reset || !cell.modifier.is_empty();
                assert!(stands_out, "{name}, after {keys:?}: {cell:?}");
            }
        }
        assert!(marks > WAYS.len() / 2, "{name}: {marks}");
    }
}

#[test]
fn every_meaning_has_a_look_of_its_own_and_without_colour_a_modifier() {
    for (depth, name) in DEPTHS {
        let theme = Theme::of(depth);
        let of = |style: Style| {
            let colours = style.fg.is_some() || style.bg.is_some();
            (colours, style.add_modifier)
        };
        for (what, style) in [
            ("strong", theme.strong),
            ("faint", theme.faint),
            ("warn", theme.warn),
            ("bad", theme.bad),
            ("accent", theme.accent),
            ("selected", theme.selected),
            ("resting", theme.resting),
            ("bar", theme.bar),
            ("banner", theme.banner),
            ("matched", theme.matched),
        ] {
            let (colours, modifier) = of(style);
            assert!(colours || modifier != Modifier::empty(), "{name}: {what}");
            assert!(depth != Depth::None || !colours, "{name}: {what}");
        }
        assert_ne!(theme.selected, theme.resting, "{name}");
    }
}

#[test]
fn the_themes_look_so() {
    for (depth, name) in DEPTHS {
        let mut model = configured(three(), 80, 16);
        model.settings = Settings::plain(depth);
        press(&mut model, "esc j x");
        insta::assert_snapshot!(format!("theme_{name}"), picture(&model));
    }
}
