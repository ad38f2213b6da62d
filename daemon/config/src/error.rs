//! What may be wrong in a file that configures something, and the sentence that says so.
//! One [`Problem`] is one line for the reader: file, line, what was expected, what was found,
//! what to do. Errors of subjects and prompts live beside them.

use std::fmt;
use std::path::PathBuf;

use crate::text_file::ReadError;

/// Why `config.toml` (or a gate's TOML) was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It could not be read.
    #[error("cannot use {}: {}", .0.path.display(), .0)]
    Unreadable(ReadError),
    /// A profile beside it was refused.
    #[error("{}: {message}", .path.display())]
    Profile {
        /// The profile's file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// It was read, and these problems were found, in the order of their lines; never empty.
    #[error("{}", sentences(.0))]
    Invalid(Vec<Problem>),
}

impl ConfigError {
    /// A stable kebab-case name; for several problems, that of the first.
    pub fn code(&self) -> &'static str {
        match self {
            ConfigError::Unreadable(error) => error.code(),
            ConfigError::Profile { .. } => "bad-profile",
            ConfigError::Invalid(problems) => problems
                .first()
                .map_or("invalid", |problem| problem.fault.code()),
        }
    }

    /// The problems found, empty when the file could not be read at all.
    pub fn problems(&self) -> &[Problem] {
        match self {
            ConfigError::Unreadable(_) | ConfigError::Profile { .. } => &[],
            ConfigError::Invalid(problems) => problems,
        }
    }
}

fn sentences(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}

/// One thing wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as the reader knows it.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.fault)
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is not TOML.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// The parser's words.
        message: String,
    },
    /// A key nobody reads.
    #[error("unknown key {key:?} in {section}; {}known keys: {known}", did_you_mean(.suggestion.as_deref()))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// Where, such as `[agents.alice]`.
        section: String,
        /// The nearest known key.
        suggestion: Option<String>,
        /// All known keys, separated by commas.
        known: String,
    },
    /// A name with a dot, written without quotes, so that TOML reads it as two.
    #[error(
        "unknown key {key:?} in {section}; known keys: {known}; if the name has a dot in it, quote it: [{quoted}]"
    )]
    UnquotedDot {
        /// The part after the dot.
        key: String,
        /// Where, such as `[agents.gpt-5]`.
        section: String,
        /// All known keys, separated by commas.
        known: String,
        /// The header as it was probably meant.
        quoted: String,
    },
    /// A value of the wrong type or outside what is allowed.
    #[error("{key} in {section} must be {expected}; found {found}")]
    Value {
        /// The key.
        key: String,
        /// Where.
        section: String,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A key that must be there.
    #[error("{key} is missing in {section}; expected {expected}")]
    MissingKey {
        /// The key.
        key: String,
        /// Where.
        section: String,
        /// What it should hold.
        expected: String,
    },
    /// An adapter that does not exist.
    #[error("unknown adapter {found:?} in {section}; {}known adapters: {known}", did_you_mean(.suggestion.as_deref()))]
    UnknownAdapter {
        /// As written.
        found: String,
        /// Where.
        section: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
    /// A key that has no effect for the adapter of its agent.
    #[error("{key} in {section} means nothing for adapter {adapter:?}: {why}")]
    PointlessKey {
        /// The key.
        key: String,
        /// Where.
        section: String,
        /// The adapter.
        adapter: &'static str,
        /// Why, and what to do.
        why: &'static str,
    },
    /// The name of an agent that ships with the program.
    #[error("[agents.{name}] takes the name of a built-in agent; give yours another name")]
    BuiltinName {
        /// The name.
        name: String,
    },
    /// A roster's name that an agent has: `--roster NAME` could mean either.
    #[error("the roster {name:?} has the name of an agent; give it another name")]
    RosterNamedAsAgent {
        /// The name.
        name: String,
    },
    /// One agent would have two votes.
    #[error("{name:?} is named twice in {section}; name each agent once")]
    AgentTwice {
        /// The agent.
        name: String,
        /// Where, such as `the roster "all"`.
        section: String,
    },
    /// A model's name that no model can have.
    #[error(
        "{found:?} is not the name of a model; expected 1 to 128 characters without white space, `*` for any"
    )]
    BadPattern {
        /// As written.
        found: String,
    },
    /// A name that could not be used on a command line or in a path.
    #[error(
        "{found:?} is not a usable name for {what}; expected 1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit"
    )]
    BadName {
        /// The name.
        found: String,
        /// What it names, such as `an agent`.
        what: &'static str,
    },
    /// A file beside a gate that is there and cannot be used.
    #[error("cannot use the {what} {found:?} in {section}: {message}")]
    Companion {
        /// What it should be, such as `prompt template`.
        what: &'static str,
        /// As written.
        found: String,
        /// Where.
        section: String,
        /// What is wrong with the file, and what to do.
        message: String,
    },
    /// Something refers to a thing that is not there.
    #[error("unknown {what} {found:?} in {section}; {}known: {known}", did_you_mean(.suggestion.as_deref()))]
    UnknownReference {
        /// What it should be, such as `prompt template`.
        what: &'static str,
        /// As written.
        found: String,
        /// Where.
        section: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All known ones, separated by commas.
        known: String,
    },
}

impl Fault {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::Syntax { .. } => "not-toml",
            Fault::UnknownKey { .. } | Fault::UnquotedDot { .. } => "unknown-key",
            Fault::Value { .. } => "bad-value",
            Fault::MissingKey { .. } => "missing-key",
            Fault::UnknownAdapter { .. } => "unknown-adapter",
            Fault::PointlessKey { .. } => "pointless-key",
            Fault::RosterNamedAsAgent { .. } => "roster-named-as-agent",
            Fault::AgentTwice { .. } => "agent-twice",
            Fault::BuiltinName { .. } => "builtin-name",
            Fault::BadName { .. } => "bad-name",
            Fault::BadPattern { .. } => "bad-pattern",
            Fault::Companion { .. } => "bad-companion",
            Fault::UnknownReference { .. } => "unknown-reference",
        }
    }
}

/// `did you mean "x"? ` or nothing.
pub(crate) fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("did you mean {name:?}? "))
}
