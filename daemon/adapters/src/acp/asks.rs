//! From a `session/request_permission` to what people and policies are told. A request may leave out what an earlier
//! update said of the same tool call, so those are remembered.

use std::collections::HashMap;

use serde_json::Value;

use super::bounds::{self, LONGEST_PATH, MOST_PATHS};
use crate::{Choice, ChoiceKind, Permission, Policy, Ruling, ToolKind};

/// Fields of a tool's input that name files, as seen in the agents' own tools.
const PATH_FIELDS: &[&str] = &[
    "file_path",
    "filePath",
    "path",
    "abs_path",
    "absolute_path",
    "notebook_path",
];

/// What was said of a tool call so far.
#[derive(Debug, Clone, Default)]
struct Call {
    kind: Option<ToolKind>,
    title: Option<String>,
    command: Option<String>,
    paths: Paths,
}

/// What a tool call is about.
#[derive(Debug, Clone)]
enum Paths {
    Named(Vec<String>),
    /// More, or longer ones, than anybody could judge.
    Beyond,
}

impl Default for Paths {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl Paths {
    fn name(&mut self, path: &str) {
        let Self::Named(paths) = self else { return };
        if paths.iter().any(|known| known == path) {
            return;
        }
        if paths.len() < MOST_PATHS && path.len() <= LONGEST_PATH {
            paths.push(path.to_owned());
        } else {
            *self = Self::Beyond;
        }
    }
}

/// Tool calls by their id. Each is forgotten when it has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls {
    known: HashMap<String, Call>,
}

impl Calls {
    /// Takes note of a `session/update`.
    pub(super) fn update(&mut self, params: Option<&Value>) {
        let Some(update) = params.map(|params| &params["update"]) else {
            return;
        };
        let is_call = matches!(
            update["sessionUpdate"].as_str(),
            Some("tool_call" | "tool_call_update")
        );
        let Some(id) = update["toolCallId"].as_str().filter(|_| is_call) else {
            return;
        };
        if matches!(update["status"].as_str(), Some("completed" | "failed")) {
            self.known.remove(id);
        } else {
            self.known.entry(id.to_owned()).or_default().merge(update);
        }
    }
}

impl Call {
    /// What is said again counts; what is not said again stays.
    fn merge(&mut self, said: &Value) {
        if let Some(kind) = said["kind"].as_str() {
            self.kind = Some(tool_kind(kind));
        }
        if let Some(title) = text(&said["title"]).or_else(|| text(&said["name"])) {
            self.title = Some(bounds::what(&title));
        }
        let input = &said["rawInput"];
        if let Some(command) = command(&input["command"]) {
            self.command = Some(bounds::what(&command));
        }
        let located = list(&said["locations"]).filter_map(|location| location["path"].as_str());
        let changed = list(&said["content"]).filter_map(|content| content["path"].as_str());
        let named = PATH_FIELDS
            .iter()
            .filter_map(|field| input[*field].as_str());
        for path in located.chain(changed).chain(named) {
            self.paths.name(path);
        }
    }

    /// A command first, whatever the agent calls the tool: codex-acp shows what it takes for reading as "Read foo".
    fn what(&self) -> String {
        match (&self.command, &self.title) {
            (Some(command), Some(title)) if self.hides_its_command() && title != command => {
                bounds::what(&format!("{command} ({title})"))
            }
            (Some(what), _) | (None, Some(what)) => what.clone(),
            (None, None) => "use a tool that it does not name".to_owned(),
        }
    }

    /// Whether a command goes by the name of something else.
    fn hides_its_command(&self) -> bool {
        self.command.is_some()
            && !matches!(self.kind, None | Some(ToolKind::Execute | ToolKind::Other))
    }
}

/// A permission that is asked for.
pub(super) struct Wish {
    /// Whole. With a command in it, it is one to execute that.
    pub(super) permission: Permission,
    /// What the agent calls the tool.
    pub(super) called: ToolKind,
}

impl Wish {
    /// A command is judged as one, and as what the agent calls it: the stricter ruling holds, so that no name makes
    /// it more than either allows.
    pub(super) fn ruling(&self, policy: &Policy, cwd: &str) -> Ruling {
        let as_called = Permission {
            kind: self.called,
            ..self.permission.clone()
        };
        let rulings = [&self.permission, &as_called].map(|asked| policy.rule(asked, cwd));
        if rulings.contains(&Ruling::Deny) {
            Ruling::Deny
        } else if rulings.contains(&Ruling::Ask) {
            Ruling::Ask
        } else {
            Ruling::Allow
        }
    }
}

/// The permission that is asked for, whole: what a policy rules on. An error if the request does not say what it
/// offers, or is about more than can be judged.
pub(super) fn permission(
    id: &str,
    params: Option<&Value>,
    calls: &Calls,
) -> Result<Wish, &'static str> {
    let params = params.ok_or("expected parameters, found none that can be read")?;
    let said = &params["toolCall"];
    let mut call = said["toolCallId"]
        .as_str()
        .and_then(|id| calls.known.get(id).cloned())
        .unwrap_or_default();
    call.merge(said);
    let offered = params["options"].as_array();
    let choices = offered
        .ok_or("expected a list of options, found none")?
        .iter()
        .filter_map(choice);
    let what = call.what();
    let Paths::Named(paths) = call.paths else {
        return Err("expected at most 1000 paths of at most 4096 bytes, found more or longer ones");
    };
    let called = call.kind.unwrap_or_default();
    Ok(Wish {
        permission: Permission {
            request: id.to_owned(),
            what,
            kind: call.command.map_or(called, |_| ToolKind::Execute),
            paths,
            choices: choices.collect(),
        },
        called,
    })
}

/// An option of a kind that is not known is no choice: nobody could tell what it grants.
fn choice(option: &Value) -> Option<Choice> {
    let kind = match option["kind"].as_str()? {
        "allow_once" => ChoiceKind::AllowOnce,
        "allow_always" => ChoiceKind::AllowAlways,
        "reject_once" => ChoiceKind::RejectOnce,
        "reject_always" => ChoiceKind::RejectAlways,
        _ => return None,
    };
    let id = option["optionId"].as_str()?.to_owned();
    Some(Choice {
        name: text(&option["name"]).unwrap_or_else(|| kind.as_str().to_owned()),
        id,
        kind,
    })
}

/// The protocol's words; a word that is not among them is `Other`.
pub(crate) fn tool_kind(word: &str) -> ToolKind {
    match word {
        "read" => ToolKind::Read,
        "edit" => ToolKind::Edit,
        "delete" => ToolKind::Delete,
        "move" => ToolKind::Move,
        "search" => ToolKind::Search,
        "execute" => ToolKind::Execute,
        "think" => ToolKind::Think,
        "fetch" => ToolKind::Fetch,
        "switch_mode" => ToolKind::SwitchMode,
        _ => ToolKind::Other,
    }
}

/// A command line, or the words of one.
fn command(value: &Value) -> Option<String> {
    match value {
        Value::Array(words) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            (!words.is_empty()).then(|| words.join(" "))
        }
        other => text(other),
    }
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
