//! Which mode a session is put into, by what its agent offers.

use serde_json::Value;

/// What most agents call the mode that asks before it does something.
const DEFAULT: &str = "default";
/// The names of modes that change nothing unasked, the strictest first.
const UNWRITING: [&str; 3] = ["read-only", "plan", DEFAULT];

/// The mode an agent shall work in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mode {
    /// Its `default` if it has one (some begin in a mode that runs commands unasked), else the one it begins in.
    #[default]
    Usual,
    /// For judging: `read-only`, `plan` or `default`, whichever it has first. An agent with none of them does not
    /// begin: it would never ask, so nothing would be denied.
    Unwriting,
    /// By the agent's own name. It must be on its list; only of an agent without any modes `default` is the one it
    /// begins in.
    Named(String),
}

/// How a mode is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting<'a> {
    /// `session/set_mode`.
    Mode(&'a str),
    /// `session/set_config_option`: for agents that list their modes among their options only (opencode).
    Option { id: &'a str, value: &'a str },
}

/// How to set the wanted mode in a session that was answered with `session`. Nothing if there is nothing to set; a
/// sentence if the agent does not have it: work that was meant to be read-only must not begin in another mode.
pub(super) fn setting<'a>(
    wanted: &'a Mode,
    session: &'a Value,
) -> Result<Option<Setting<'a>>, String> {
    let offered = Offered::by(session);
    match wanted {
        Mode::Usual => Ok(offered.setting(DEFAULT)),
        Mode::Unwriting => UNWRITING
            .iter()
            .find_map(|mode| offered.setting(mode))
            .map(Some)
            .ok_or_else(|| offered.cannot_judge()),
        Mode::Named(name) => match offered.setting(name) {
            Some(setting) => Ok(Some(setting)),
            None if name == DEFAULT && offered.is_empty() => Ok(None),
            None => Err(offered.lacks(name)),
        },
    }
}

/// The modes of an agent.
struct Offered<'a> {
    modes: Vec<&'a str>,
    /// The option that stands for the mode, and its values.
    option: Option<(&'a str, Vec<&'a str>)>,
}

impl<'a> Offered<'a> {
    fn by(session: &'a Value) -> Self {
        let option = session["configOptions"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|option| option["category"] == "mode" || option["id"] == "mode");
        Self {
            modes: listed(&session["modes"]["availableModes"], "id"),
            option: option.and_then(|option| {
                Some((option["id"].as_str()?, listed(&option["options"], "value")))
            }),
        }
    }

    fn setting<'n: 'a>(&self, name: &'n str) -> Option<Setting<'a>> {
        if self.modes.contains(&name) {
            return Some(Setting::Mode(name));
        }
        let (id, values) = self.option.as_ref()?;
        values
            .contains(&name)
            .then_some(Setting::Option { id, value: name })
    }

    fn is_empty(&self) -> bool {
        self.names().is_empty()
    }

    fn names(&self) -> String {
        let mut names = self.modes.clone();
        for name in self.option.iter().flat_map(|(_, values)| values) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        names.join(", ")
    }

    fn lacks(&self, name: &str) -> String {
        if self.is_empty() {
            format!(
                "expected an agent with a mode {name:?}, found one without modes: remove the mode from its configuration"
            )
        } else {
            format!(
                "expected an agent with a mode {name:?}, found {}: name one of these in its configuration",
                self.names()
            )
        }
    }

    fn cannot_judge(&self) -> String {
        let wanted = UNWRITING.join(", ");
        if self.is_empty() {
            format!(
                "expected an agent with a mode that changes nothing unasked ({wanted}), found one without modes: a gate is read-only; if it asks before it writes or runs anything, say so with mode = \"{DEFAULT}\" in its configuration"
            )
        } else {
            format!(
                "expected an agent with a mode that changes nothing unasked ({wanted}), found {}: a gate is read-only; name one of these that is, with mode = \"…\" in its configuration",
                self.names()
            )
        }
    }
}

fn listed<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry[field].as_str())
        .collect()
}
