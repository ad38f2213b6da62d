//! Why a gate cannot be used, in sentences. What is wrong at one place of its TOML is `error`'s.

use synod_consensus::SchemaError;

use crate::error::{ConfigError, Problem, did_you_mean};
use crate::prompt::PromptError;

/// Why a gate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// No gate has this name.
    #[error("unknown gate {found:?}; {}known gates: {known}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// As given.
        found: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
    /// No gate has this checkpoint.
    #[error("no gate has the checkpoint {found:?}; {}known checkpoints: {known}", did_you_mean(.suggestion.as_deref()))]
    NoCheckpoint {
        /// As given.
        found: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
    /// Its TOML is wrong.
    #[error(transparent)]
    Invalid(#[from] ConfigError),
    /// Its template is wrong.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// Its schema is wrong.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Its schema lets answers pass that are not of the gate's shape.
    #[error(
        "schema {schema} does not require `{list}`, the list that answers = {list:?} promises; name it in `required` at the schema's top"
    )]
    ListNotRequired {
        /// The schema's file.
        schema: String,
        /// The list's key.
        list: &'static str,
    },
    /// Two files of one folder say the same name.
    #[error("{first} and {second} both define the gate {name:?}; give one of them another name")]
    Twice {
        /// The name.
        name: String,
        /// A file.
        first: String,
        /// The other.
        second: String,
    },
    /// A folder of gates that is there could not be used: which gate a name means is not known.
    #[error("cannot use the gates in {folder}: {message}")]
    Folder {
        /// The folder.
        folder: String,
        /// What is wrong with it, and what to do.
        message: String,
    },
}

impl GateError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            GateError::Unknown { .. } => "unknown-gate",
            GateError::NoCheckpoint { .. } => "unknown-checkpoint",
            GateError::Invalid(error) => error.code(),
            GateError::Prompt(error) => error.code(),
            GateError::Schema(_) | GateError::ListNotRequired { .. } => "bad-schema",
            GateError::Twice { .. } => "gate-twice",
            GateError::Folder { .. } => "gates-unreadable",
        }
    }

    /// What is wrong, place by place; empty when it is not about places in the TOML.
    pub fn problems(&self) -> &[Problem] {
        match self {
            GateError::Invalid(error) => error.problems(),
            GateError::Unknown { .. }
            | GateError::NoCheckpoint { .. }
            | GateError::Prompt(_)
            | GateError::Schema(_)
            | GateError::ListNotRequired { .. }
            | GateError::Twice { .. }
            | GateError::Folder { .. } => &[],
        }
    }
}
