//! Why there is no prompt.

use super::template::TemplateError;

/// Why there is no prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// The template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The template left an input out, or changed it.
    #[error(
        "{file}: the prompt does not hold the input {input} whole; write {{{{ input.fenced }}}} for every input"
    )]
    InputLeftOut {
        /// The template's file.
        file: String,
        /// The input.
        input: String,
    },
    /// The template left out what is asked: the requirements of a checklist, or the findings of a
    /// later round.
    #[error("{file}: the prompt does not hold what is asked; write {{{{ {variable} }}}} once")]
    AskedLeftOut {
        /// The template's file.
        file: String,
        /// The variable that holds it.
        variable: &'static str,
    },
    /// The template shows JSON that would pass for an answer: an agent that only repeats its
    /// prompt must never be counted.
    #[error(
        "{file}: the prompt itself holds an answer that its schema accepts; write <…> for the values of an example"
    )]
    ExampleCounts {
        /// The template's file.
        file: String,
    },
    /// A checklist over nothing would pass whatever the documents say.
    #[error(
        "the gate {gate} checks requirements, and the documents hold none that can be recognised; give them ids, or write them with shall or must"
    )]
    NoRequirements {
        /// The gate.
        gate: String,
    },
    /// The nonce is no nonce.
    #[error("expected a nonce of 16 hex digits, found {found:?}")]
    BadNonce {
        /// As given.
        found: String,
    },
    /// The receipts are not one for each input.
    #[error("expected one receipt such as K7Q2-9XBM-03TD for each input; {input} has {found}")]
    BadReceipt {
        /// The input.
        input: String,
        /// What it has.
        found: String,
    },
    /// An input already holds the nonce or a receipt: by chance, or by someone who could guess.
    #[error("the input {input} holds the prompt's own nonce or a receipt; draw them again")]
    Collision {
        /// The input.
        input: String,
    },
}

impl PromptError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            PromptError::Template(error) => error.code(),
            PromptError::InputLeftOut { .. } => "input-left-out",
            PromptError::AskedLeftOut { .. } => "asked-left-out",
            PromptError::ExampleCounts { .. } => "example-counts",
            PromptError::NoRequirements { .. } => "no-requirements",
            PromptError::BadNonce { .. } => "bad-nonce",
            PromptError::BadReceipt { .. } => "bad-receipt",
            PromptError::Collision { .. } => "nonce-collision",
        }
    }
}
