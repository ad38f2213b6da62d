//! The key map as rows to read: what the help shows, and what the manual prints.

use std::borrow::Cow;

use super::{BINDINGS, Binding, Chord, KeyMap, Place};

/// A line of the list of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The keys; several actions of one row each have one. None: only the palette knows it.
    pub keys: Vec<String>,
    /// What it is called in the configuration and in the palette.
    pub names: String,
    /// What it does.
    pub help: Cow<'static, str>,
}

/// The rows of a place. Numbered actions that have their digits as keys are one row.
pub fn rows(map: &KeyMap, place: Place) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let bindings: Vec<&Binding> = BINDINGS.iter().filter(|b| b.place == place).collect();
    let mut rest = bindings.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let run = numbered(map, rest);
        if run.len() > 2 {
            rows.push(together(run));
            rest = &rest[run.len()..];
        } else {
            rows.push(Row {
                keys: map
                    .chords(first.action)
                    .iter()
                    .map(Chord::to_string)
                    .collect(),
                names: first.action.name().to_owned(),
                help: first.help.into(),
            });
            rest = after;
        }
    }
    rows
}

/// The longest beginning that is `x-1` on key 1, `x-2` on key 2 and so on.
fn numbered<'a>(map: &KeyMap, bindings: &'a [&'static Binding]) -> &'a [&'static Binding] {
    let stem = bindings
        .first()
        .and_then(|first| first.action.name().strip_suffix('1'));
    let Some(stem) = stem else { return &[] };
    let fits = |(binding, number): &(&&Binding, usize)| {
        let name = binding.action.name().strip_prefix(stem);
        let keys = map.chords(binding.action);
        let number = number.to_string();
        name == Some(number.as_str()) && keys.len() == 1 && keys[0].to_string() == number
    };
    let len = bindings.iter().zip(1..).take_while(fits).count();
    &bindings[..len]
}

fn together(run: &[&Binding]) -> Row {
    let len = run.len();
    let word = |text: &str| text.strip_suffix('1').unwrap_or(text).to_owned();
    let (names, help) = run.first().map_or_else(Default::default, |first| {
        (word(first.action.name()), word(first.help))
    });
    Row {
        keys: vec![format!("1–{len}")],
        names: format!("{names}1 … {names}{len}"),
        help: format!("{help}1 to {len}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Action;

    #[test]
    fn every_action_is_in_the_rows_and_digits_share_one() {
        let map = KeyMap::default();
        let rows: Vec<Row> = Place::ALL
            .iter()
            .flat_map(|place| rows(&map, *place))
            .collect();
        assert_eq!(rows.len(), BINDINGS.len() - 8);
        let options = rows
            .iter()
            .find(|row| row.names.starts_with("option"))
            .unwrap();
        assert_eq!(options.keys, ["1–9"]);
        assert_eq!(options.names, "option-1 … option-9");
        assert_eq!(options.help, "answer with option 1 to 9");
    }

    #[test]
    fn a_digit_that_moved_to_another_key_has_its_own_row() {
        let map = KeyMap::with([(Action::Option2, vec!["x".parse().unwrap()])].into()).unwrap();
        let rows = rows(&map, Place::Questions);
        let moved = rows.iter().find(|row| row.names == "option-2").unwrap();
        assert_eq!(moved.keys, ["x"]);
    }
}
