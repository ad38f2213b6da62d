//! The section `[tui]` of `config.toml`: theme, mouse, bell, notifications, keys.
//!
//! ```toml
//! [tui]
//! theme = "auto"        # auto, none, 16, 256, truecolor
//! mouse = false         # click and wheel; the terminal's own selection then needs Shift
//! bell = false          # ring when a question opens
//! notify = false        # tell the desktop when a question opens
//!
//! [tui.keys]
//! down = ["j", "ctrl-n"]
//! cancel = "ctrl-x"
//! quit = "q"
//! ```
//!
//! The daemon reads the same file and leaves this section alone.

use std::{collections::BTreeMap, ffi::OsString, io, path::Path};

use serde::Deserialize;

use super::{
    keys::{Action, BINDINGS, Chord, KeyMap},
    theme::{Depth, Theme},
};
use crate::failure::Failure;

/// See the module.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How things look.
    pub theme: Theme,
    /// The keys in force.
    pub keys: KeyMap,
    /// Whether clicks and the wheel are asked for.
    pub mouse: bool,
    /// Whether the bell rings when a question opens.
    pub bell: bool,
    /// Whether the desktop is told when a question opens.
    pub notify: bool,
}

#[derive(Debug, Default, Deserialize)]
struct File {
    tui: Option<Section>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Section {
    theme: Choice,
    mouse: bool,
    bell: bool,
    notify: bool,
    keys: BTreeMap<String, Keys>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "expected a theme: \"auto\", \"none\", \"16\", \"256\" or \"truecolor\"")]
enum Choice {
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(untagged)]
    Depth(Depth),
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a key like \"j\", or a list of keys like [\"j\", \"down\"]"
)]
enum Keys {
    One(String),
    Several(Vec<String>),
}

impl Settings {
    /// What holds without a file.
    pub fn plain(depth: Depth) -> Self {
        Self {
            theme: Theme::of(depth),
            keys: KeyMap::default(),
            mouse: false,
            bell: false,
            notify: false,
        }
    }

    /// Reads the file; a missing one means the defaults.
    pub fn load(file: &Path, var: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let file = file.display();
                return Err(Failure::Input(format!("cannot read {file}: {error}")));
            }
        };
        Self::parse(&text, Depth::of_env(var))
            .map_err(|why| Failure::Input(format!("{}: {why}", file.display())))
    }

    fn parse(text: &str, depth: Depth) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let section = file.tui.unwrap_or_default();
        let mut changed = BTreeMap::new();
        for (name, keys) in section.keys {
            let action = action(&name)?;
            let keys = match keys {
                Keys::One(key) => vec![key],
                Keys::Several(keys) => keys,
            };
            let chords: Result<Vec<Chord>, _> = keys.iter().map(|key| key.parse()).collect();
            let chords = chords.map_err(|error| format!("[tui.keys] {name}: {error}"))?;
            changed.insert(action, chords);
        }
        let depth = match section.theme {
            Choice::Auto => depth,
            Choice::Depth(depth) => depth,
        };
        Ok(Self {
            theme: Theme::of(depth),
            keys: KeyMap::with(changed).map_err(|clash| format!("[tui.keys]: {clash}"))?,
            mouse: section.mouse,
            bell: section.bell,
            notify: section.notify,
        })
    }
}

fn action(name: &str) -> Result<Action, String> {
    let all = || BINDINGS.iter().map(|binding| binding.action);
    all().find(|action| action.name() == name).ok_or_else(|| {
        let near = all().filter(|action| is_near(name, action.name()));
        let near: Vec<&str> = near.map(Action::name).collect();
        let hint = if near.is_empty() {
            // The help cannot be looked at: with this file nothing opens.
            let known: Vec<&str> = all().map(Action::name).collect();
            format!("known ones: {}", known.join(", "))
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        format!("[tui.keys]: expected an action, found {name:?}; {hint}")
    })
}

/// A slip of the fingers, or a word of the name.
fn is_near(found: &str, known: &str) -> bool {
    found
        .split('-')
        .any(|word| known.split('-').any(|other| other == word))
        || strsim::normalized_damerau_levenshtein(found, known) >= 0.6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, says: &str) {
        let error = Settings::parse(text, Depth::None).unwrap_err();
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn keys_and_options_are_read_and_the_rest_of_the_file_is_left_alone() {
        let text = "[agents.x]\nargv = ['y']\n[tui]\ntheme = '256'\nbell = true\n\
                    [tui.keys]\ndown = ['j', 'ctrl-n']\nquit = 'Z'\nolder = []\n";
        let settings = Settings::parse(text, Depth::None).unwrap();
        assert_eq!(settings.theme, Theme::of(Depth::Palette));
        assert!(settings.bell && !settings.mouse);
        assert_eq!(settings.keys.first(Action::Quit), "Z".parse().ok());
        assert_eq!(settings.keys.chords(Action::Down).len(), 2);
        assert!(settings.keys.chords(Action::Older).is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_was_expected() {
        refused("[tui]\ncolour = 3", "unknown field `colour`");
        refused(
            "[tui]\ntheme = 'blue'",
            "expected a theme: \"auto\", \"none\", \"16\"",
        );
        refused("[tui.keys]\nquti = 'q'", "did you mean");
        refused("[tui.keys]\nzzz = 'q'", "known ones: ");
        refused(
            "[tui.keys]\nquit = 'qq'",
            "[tui.keys] quit: expected a key like",
        );
        refused("[tui.keys]\nquit = 3", "expected a key like \"j\"");
        refused("[tui.keys]\nup = 'j'", "expected each key once in lists");
        refused("[tui", "expected");
    }
}
