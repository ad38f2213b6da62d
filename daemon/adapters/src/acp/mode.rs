//! Which mode a session is put into, by what its agent offers.

use serde_json::Value;

/// The mode that is wanted when nobody said which.
const DEFAULT: &str = "default";

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
    wanted: Option<&'a str>,
    session: &'a Value,
) -> Result<Option<Setting<'a>>, String> {
    let wanted = wanted.unwrap_or(DEFAULT);
    let modes = listed(&session["modes"]["availableModes"], "id");
    if modes.contains(&wanted) {
        return Ok(Some(Setting::Mode(wanted)));
    }
    let option = session["configOptions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|option| option["category"] == "mode" || option["id"] == "mode");
    let offered = option.map(|option| listed(&option["options"], "value"));
    if let (Some(option), Some(offered)) = (option, &offered)
        && offered.contains(&wanted)
        && let Some(id) = option["id"].as_str()
    {
        return Ok(Some(Setting::Option { id, value: wanted }));
    }
    if wanted == DEFAULT {
        return Ok(None);
    }
    let known = [modes, offered.unwrap_or_default()].concat();
    Err(if known.is_empty() {
        format!(
            "expected an agent with a mode {wanted:?}, found one without modes: remove the mode from its configuration"
        )
    } else {
        format!(
            "expected an agent with a mode {wanted:?}, found {}: name one of these in its configuration",
            known.join(", ")
        )
    })
}

fn listed<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry[field].as_str())
        .collect()
}
