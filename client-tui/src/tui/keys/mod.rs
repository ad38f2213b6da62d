//! The key map: one table says what each key does, what it is called in the configuration, what the help says
//! and what the hint line shows. Nothing else knows a key.
//!
//! Not here: what an action does (`update`), and keys typed into a field, which are text.

mod chord;
mod rows;
mod table;

#[cfg(test)]
mod manual;

pub use chord::{Chord, ChordError};
pub use rows::rows;
pub use table::{Action, BINDINGS, Binding, Place};

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;

/// The keys in force: the table's own, or what the settings say instead.
#[derive(Debug, Clone)]
pub struct KeyMap {
    keys: BTreeMap<(Place, Chord), Action>,
    chords: BTreeMap<Action, Vec<Chord>>,
}

/// Two actions want the same key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected each key once {place}, found {chord} for both {first:?} and {second:?}; give one of them another key"
)]
pub struct Clash {
    place: Place,
    chord: Chord,
    first: &'static str,
    second: &'static str,
}

impl Default for KeyMap {
    fn default() -> Self {
        let chords = BINDINGS
            .iter()
            .map(|binding| (binding.action, binding.default_chords()))
            .collect();
        // The table's own keys do not clash: a test says so.
        Self::of(chords).unwrap_or_else(|_| Self {
            keys: BTreeMap::new(),
            chords: BTreeMap::new(),
        })
    }
}

impl KeyMap {
    /// The table's keys, with other ones for some actions. An empty list takes an action's keys away.
    ///
    /// # Errors
    /// A key that means two things in one place, and one that would take another action's key away on some
    /// screens: what the table itself does on purpose, nobody does by accident.
    pub fn with(changed: BTreeMap<Action, Vec<Chord>>) -> Result<Self, Clash> {
        let mut chords = Self::default().chords;
        for (action, keys) in &changed {
            chords.insert(*action, keys.clone());
        }
        let map = Self::of(chords)?;
        for binding in BINDINGS.iter().filter(|b| changed.contains_key(&b.action)) {
            for chord in map.chords(binding.action) {
                let other = BINDINGS.iter().find(|other| {
                    other.action != binding.action
                        && other.place.meets(binding.place)
                        && map.chords(other.action).contains(chord)
                });
                if let Some(other) = other {
                    return Err(Clash {
                        place: binding.place,
                        chord: *chord,
                        first: other.action.name(),
                        second: binding.action.name(),
                    });
                }
            }
        }
        Ok(map)
    }

    fn of(chords: BTreeMap<Action, Vec<Chord>>) -> Result<Self, Clash> {
        let mut keys: BTreeMap<(Place, Chord), Action> = BTreeMap::new();
        for binding in BINDINGS {
            for chord in chords.get(&binding.action).into_iter().flatten() {
                if let Some(first) = keys.insert((binding.place, *chord), binding.action) {
                    return Err(Clash {
                        place: binding.place,
                        chord: *chord,
                        first: first.name(),
                        second: binding.action.name(),
                    });
                }
            }
        }
        Ok(Self { keys, chords })
    }

    /// What a key means: the first of these places that knows it says so.
    pub fn action(&self, places: &[Place], key: KeyEvent) -> Option<Action> {
        let chord = Chord::of(key)?;
        places
            .iter()
            .find_map(|place| self.keys.get(&(*place, chord)).copied())
    }

    /// The keys of an action.
    pub fn chords(&self, action: Action) -> &[Chord] {
        self.chords.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The first key of an action, for hints.
    pub fn first(&self, action: Action) -> Option<Chord> {
        self.chords(action).first().copied()
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn the_tables_own_keys_do_not_clash_and_every_action_is_in_it_once() {
        let map = KeyMap::of(
            BINDINGS
                .iter()
                .map(|binding| (binding.action, binding.default_chords()))
                .collect(),
        );
        assert!(map.is_ok(), "{map:?}");
        let mut names: Vec<&str> = BINDINGS.iter().map(|b| b.action.name()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_place_goes_before_everywhere() {
        let map = KeyMap::default();
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let places = [Place::Runs, Place::Lists, Place::Everywhere];
        assert_eq!(
            map.action(&places, key(KeyCode::Char('j'))),
            Some(Action::Down)
        );
        assert_eq!(
            map.action(&places, key(KeyCode::Char('q'))),
            Some(Action::Quit)
        );
        assert_eq!(
            map.action(&places, key(KeyCode::Char('x'))),
            Some(Action::Cancel)
        );
        assert_eq!(map.action(&places, key(KeyCode::F(12))), None);
    }

    #[test]
    fn a_key_may_be_changed_and_a_clash_is_named() {
        let chord = |text: &str| text.parse::<Chord>().unwrap();
        let map = KeyMap::with([(Action::Down, vec![chord("ctrl-n")])].into()).unwrap();
        assert_eq!(map.first(Action::Down), Some(chord("ctrl-n")));
        for (action, key) in [
            (Action::Cancel, "j"),
            (Action::Down, "n"),
            (Action::Quit, "x"),
        ] {
            assert!(KeyMap::with([(action, vec![chord(key)])].into()).is_err());
        }
        let swapped = [
            (Action::Cancel, vec![chord("r")]),
            (Action::Retry, vec![chord("x")]),
        ];
        assert!(KeyMap::with(swapped.into()).is_ok());
        let clash = KeyMap::with([(Action::Down, vec![chord("k")])].into()).unwrap_err();
        assert_eq!(
            clash.to_string(),
            "expected each key once in lists, found k for both \"up\" and \"down\"; give one of them another key"
        );
    }
}
