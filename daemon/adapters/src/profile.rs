//! What each kind of CLI is started with: program, flags for each purpose, how the prompt reaches it, how long that
//! may be, which variables it gets. Data, in `profiles/*.toml`, with the why beside each flag.
//!
//! Not here: finding the program, the user's own argv, and reading what it prints.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;

use crate::{Adapter, trouble::span_ms};

/// How one kind of CLI is started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// As it is looked up in `PATH`; empty where only the user knows it.
    pub program: String,
    /// Flags of every start.
    pub argv: Vec<String>,
    /// Flags of a gate: read only, nobody is asked.
    pub gate_argv: Vec<String>,
    /// Flags of a run: it may write where it works.
    pub run_argv: Vec<String>,
    /// Flags that choose a model, with `{model}` in them.
    pub model_argv: Vec<String>,
    /// What continues a session, with `{session}` in it.
    pub resume_argv: Vec<String>,
    /// What stands last.
    pub end_argv: Vec<String>,
    pub prompt: PromptTransport,
    /// The longest prompt it takes.
    pub prompt_limit: Option<PromptLimit>,
    /// Names of variables that are handed on if the caller has them; a `*` at the end stands for any rest.
    pub env: Vec<String>,
    /// Variables that are set for every start, unless the caller hands on another value.
    pub set_env: BTreeMap<String, String>,
    /// Variables that are set for gates, whatever the caller has: they take its tools away.
    pub gate_env: BTreeMap<String, String>,
    /// Who serves the model, if that is always the same.
    pub provider: Option<String>,
    /// Whose mistakes its model shares, if that is always the same.
    pub family: Option<String>,
    /// How long it may print nothing at all.
    #[serde(deserialize_with = "span")]
    pub first_byte: Option<Duration>,
    pub version: Option<VersionProbe>,
    /// What to do when it is not logged in.
    pub login_hint: Option<String>,
    /// How to get it.
    pub install_hint: Option<String>,
}

/// How the prompt reaches an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptTransport {
    /// On standard input, which is then closed.
    #[default]
    Stdin,
    /// In a file, named after this flag.
    File { flag: String },
    /// As the last word of the command line: 128 KiB at most.
    Argv,
}

/// The longest prompt that a CLI takes: both bounds hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromptLimit {
    pub bytes: Option<u64>,
    /// Unicode scalar values.
    pub chars: Option<u64>,
}

/// How a CLI is asked for its version, and which one these flags were tried with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionProbe {
    pub argv: Vec<String>,
    pub tested: String,
}

/// What an agent is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// To judge: read only, unattended.
    Gate,
    /// To work: it may write where it works.
    Run,
    /// To go on with the work of this session.
    Resume { session: &'a str },
}

/// A profile that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    #[error("expected a profile in TOML: {0}")]
    Malformed(String),
    #[error("expected {placeholder} in {key}, found {found:?}: without it the flag names nothing")]
    NoPlaceholder {
        key: &'static str,
        placeholder: &'static str,
        found: Vec<String>,
    },
}

/// A prompt that is too long for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TooLong {
    #[error(
        "expected a prompt of at most {most} bytes, which is what this agent takes, found {found}: give it less to read"
    )]
    Bytes { most: u64, found: u64 },
    #[error(
        "expected a prompt of at most {most} characters, which is what this agent takes, found {found}: give it less to read"
    )]
    Chars { most: u64, found: u64 },
}

impl Profile {
    /// The profile that is shipped for an adapter.
    #[must_use]
    pub fn of(adapter: Adapter) -> &'static Self {
        static SHIPPED: LazyLock<BTreeMap<Adapter, Profile>> = LazyLock::new(|| {
            // A test reads each of them: none is malformed.
            let read = |adapter: &Adapter| {
                (
                    *adapter,
                    Profile::parse(shipped(*adapter)).unwrap_or_default(),
                )
            };
            Adapter::ALL.iter().map(read).collect()
        });
        static NONE: LazyLock<Profile> = LazyLock::new(Profile::default);
        SHIPPED.get(&adapter).unwrap_or(&NONE)
    }

    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self =
            toml::from_str(text).map_err(|error| ProfileError::Malformed(error.to_string()))?;
        let placed = [
            ("model_argv", "{model}", &profile.model_argv),
            ("resume_argv", "{session}", &profile.resume_argv),
        ];
        for (key, placeholder, argv) in placed {
            if !argv.is_empty() && !argv.iter().any(|word| word.contains(placeholder)) {
                return Err(ProfileError::NoPlaceholder {
                    key,
                    placeholder,
                    found: argv.clone(),
                });
            }
        }
        Ok(profile)
    }

    /// Program and flags for a purpose; see [`Profile::flags`].
    #[must_use]
    pub fn command(
        &self,
        purpose: Purpose<'_>,
        model: Option<&str>,
        args: &[String],
    ) -> Vec<String> {
        let mut words = vec![self.program.clone()];
        words.extend(self.flags(purpose, model, args));
        words
    }

    /// The flags alone, for a program of the user's. `args` are the user's own flags: after those of the profile, and
    /// before what continues a session, because that may be a subcommand.
    #[must_use]
    pub fn flags(&self, purpose: Purpose<'_>, model: Option<&str>, args: &[String]) -> Vec<String> {
        let mut words = self.argv.clone();
        match purpose {
            Purpose::Gate => words.extend_from_slice(&self.gate_argv),
            Purpose::Run | Purpose::Resume { .. } => words.extend_from_slice(&self.run_argv),
        }
        if let Some(model) = model {
            words.extend(filled(&self.model_argv, "{model}", model));
        }
        words.extend_from_slice(args);
        if let Purpose::Resume { session } = purpose {
            words.extend(filled(&self.resume_argv, "{session}", session));
        }
        words.extend_from_slice(&self.end_argv);
        words
    }

    /// Whether a variable of the caller's is handed on.
    #[must_use]
    pub fn hands_on(&self, name: &str) -> bool {
        self.env
            .iter()
            .any(|allowed| match allowed.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == allowed,
            })
    }

    /// Whether a prompt is short enough.
    pub fn admits(&self, prompt: &str) -> Result<(), TooLong> {
        let limit = self.prompt_limit.unwrap_or_default();
        let bytes = prompt.len() as u64;
        if let Some(most) = limit.bytes.filter(|most| bytes > *most) {
            return Err(TooLong::Bytes { most, found: bytes });
        }
        // There are never more characters than bytes: most prompts need no counting.
        if let Some(most) = limit.chars.filter(|most| bytes > *most) {
            let found = prompt.chars().count() as u64;
            if found > most {
                return Err(TooLong::Chars { most, found });
            }
        }
        Ok(())
    }
}

fn filled<'a>(
    argv: &'a [String],
    placeholder: &'a str,
    value: &'a str,
) -> impl Iterator<Item = String> + 'a {
    argv.iter()
        .map(move |word| word.replace(placeholder, value))
}

const fn shipped(adapter: Adapter) -> &'static str {
    match adapter {
        Adapter::Command => include_str!("profiles/command.toml"),
        Adapter::Claude => include_str!("profiles/claude.toml"),
        Adapter::Codex => include_str!("profiles/codex.toml"),
        Adapter::Gemini => include_str!("profiles/gemini.toml"),
        Adapter::Opencode => include_str!("profiles/opencode.toml"),
        Adapter::Acp => include_str!("profiles/acp.toml"),
    }
}

/// A span of time as it is written in a file: `90s`, `2m`.
fn span<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(reader)?;
    match span_ms(&text) {
        Some(ms) => Ok(Some(Duration::from_millis(ms))),
        None => Err(D::Error::custom(format!(
            "expected a span of time like \"90s\" or \"2m\", found {text:?}"
        ))),
    }
}

#[cfg(test)]
mod tests;
