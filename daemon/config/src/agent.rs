//! `[agents.NAME]`: a configured way to run one CLI, and the three agents that ship with the
//! program. It starts nothing and looks at no binary: that is the attempt's business.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::near::nearest;
use crate::provider::LOCAL;

/// How long an attempt may take when nothing else is said.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(30);

/// The family of agents that say nothing about theirs: one voice together.
pub const UNKNOWN_FAMILY: &str = "unknown";

/// The family of the rule-based reviewers.
pub const RULES_FAMILY: &str = "rules";

/// The agents that ship with the program, in the order they are shown.
pub const BUILTIN: [&str; 3] = ["ambiguity", "testability", "consistency"];

/// A configured way to run one CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// What a roster calls it.
    pub name: String,
    /// How it is spoken to.
    pub adapter: Adapter,
    /// Program and arguments; never empty, no NUL, no shell.
    pub argv: Vec<String>,
    /// Names of environment variables handed on from the caller's environment.
    pub env: Vec<String>,
    /// Who serves the model: the unit of limits.
    pub provider: String,
    /// Whose mistakes it shares, if that was said; see [`Agent::family`].
    pub family: Option<String>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// Where it runs; absent is the folder of the subject or of the caller.
    pub cwd: Option<PathBuf>,
    /// Who defined it.
    pub origin: Origin,
}

/// How an agent is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adapter {
    /// The prompt on standard input, then closed; the answer on standard output.
    Command,
}

/// Who defined an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It ships with the program.
    Builtin,
    /// It stands in `config.toml`.
    User,
}

/// Adapters of the plan that do not exist yet.
const PLANNED_ADAPTERS: [&str; 5] = ["acp", "claude", "codex", "gemini", "opencode"];

impl Agent {
    const KEYS: [&str; 7] = [
        "adapter", "argv", "cwd", "env", "family", "provider", "timeout",
    ];

    /// The family that counts: what was said, else [`UNKNOWN_FAMILY`].
    pub fn family(&self) -> &str {
        self.family.as_deref().unwrap_or(UNKNOWN_FAMILY)
    }

    /// One of [`BUILTIN`]: a rule-based reviewer, run from the daemon's own binary.
    pub(crate) fn builtin(name: &str, synodd: &str) -> Agent {
        Agent {
            name: name.to_owned(),
            adapter: Adapter::Command,
            argv: vec![synodd.to_owned(), "reviewer".to_owned(), name.to_owned()],
            env: Vec::new(),
            provider: LOCAL.to_owned(),
            family: Some(RULES_FAMILY.to_owned()),
            timeout: DEFAULT_TIMEOUT,
            cwd: None,
            origin: Origin::Builtin,
        }
    }

    /// Reads `[agents.NAME]`; `None` when a part it cannot do without is wrong, and then a
    /// problem says so.
    pub(crate) fn read(
        name: At<&str>,
        section: &Section<'_, '_>,
        problems: &mut Problems<'_>,
    ) -> Option<Agent> {
        if BUILTIN.contains(&name.value) {
            let name_taken = Fault::BuiltinName {
                name: name.value.to_owned(),
            };
            problems.add(name.offset, name_taken);
        }
        check_name(name, "an agent", problems);
        section.only(&Self::KEYS, problems);
        let adapter = read_adapter(section, problems);
        let argv = read_argv(section, problems);
        let env = read_env(section, problems);
        let provider = read_label("provider", "a provider", section, problems);
        let family = read_label("family", "a family", section, problems);
        let timeout = section.duration("timeout", problems);
        let cwd = read_cwd(section, problems);
        Some(Agent {
            name: name.value.to_owned(),
            adapter: adapter?,
            argv: argv?,
            env,
            provider: provider.unwrap_or_else(|| LOCAL.to_owned()),
            family,
            timeout: timeout.map_or(DEFAULT_TIMEOUT, |at| at.value),
            cwd,
            origin: Origin::User,
        })
    }
}

/// Names are typed on command lines, stand in comma lists and in the names of directories.
pub(crate) fn check_name(name: At<&str>, what: &'static str, problems: &mut Problems<'_>) {
    let starts_well = name.value.starts_with(|c: char| c.is_ascii_alphanumeric());
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !starts_well || name.value.len() > 64 || !name.value.chars().all(fits) {
        let found = name.value.to_owned();
        problems.add(name.offset, Fault::BadName { found, what });
    }
}

fn read_adapter(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Adapter> {
    let expected = r#"the name of an adapter: "command""#;
    let Some(name) = section.string("adapter", expected, problems) else {
        section.missing("adapter", r#"adapter = "command""#, problems);
        return None;
    };
    if name.value == "command" {
        return Some(Adapter::Command);
    }
    let found = name.value.to_owned();
    let section = section.title().to_owned();
    let fault = if PLANNED_ADAPTERS.contains(&name.value) {
        Fault::AdapterNotBuilt { found, section }
    } else {
        Fault::UnknownAdapter {
            suggestion: nearest(name.value, ["command"]),
            found,
            section,
        }
    };
    problems.add(name.offset, fault);
    None
}

fn read_argv(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    let expected = r#"an array of strings, the program first, such as ["my-agent", "--json"]"#;
    let Some(argv) = section.strings("argv", expected, problems) else {
        section.missing("argv", expected, problems);
        return None;
    };
    let refuse = |offset, found: &str, problems: &mut Problems<'_>| {
        let at = At {
            offset,
            value: found,
        };
        section.refuse("argv", at, expected, problems);
        None
    };
    let Some(program) = argv.value.first() else {
        return refuse(argv.offset, "an empty array", problems);
    };
    if program.value.is_empty() {
        return refuse(program.offset, "an empty program name", problems);
    }
    if let Some(bad) = argv.value.iter().find(|arg| arg.value.contains('\0')) {
        let found = "a NUL character, which no argument can hold";
        return refuse(bad.offset, found, problems);
    }
    Some(argv.value.iter().map(|arg| arg.value.to_owned()).collect())
}

fn read_env(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Vec<String> {
    let expected = "an array of names of environment variables, whose values come from the caller, \
                    such as [\"API_KEY\"]";
    let Some(names) = section.strings("env", expected, problems) else {
        return Vec::new();
    };
    let mut env: Vec<String> = Vec::new();
    for name in &names.value {
        let usable = !name.value.is_empty()
            && !name.value.starts_with(|c: char| c.is_ascii_digit())
            && name
                .value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !usable {
            // Not the value of what may be NAME=secret.
            let shown = name.value.split('=').next().unwrap_or_default();
            let found = if name.value.contains('=') {
                format!("a value beside the name {shown:?}")
            } else {
                format!("{shown:?}")
            };
            let at = At {
                offset: name.offset,
                value: found.as_str(),
            };
            section.refuse("env", at, expected, problems);
        } else if !env.iter().any(|known| known == name.value) {
            env.push(name.value.to_owned());
        }
    }
    env
}

/// A provider or a family: a name of its own, or of many agents.
fn read_label(
    key: &str,
    what: &'static str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let label = section.string(key, &format!("the name of {what}"), problems)?;
    check_name(label, what, problems);
    Some(label.value.to_owned())
}

fn read_cwd(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<PathBuf> {
    // The daemon's own folder is nobody's idea of "here", so a relative path has no meaning.
    let expected = "an absolute path of a folder";
    let cwd = section.read("cwd", expected, problems, |value| {
        value
            .as_str()
            .filter(|text| Path::new(text).is_absolute() && !text.contains('\0'))
    })?;
    Some(PathBuf::from(cwd.value))
}
