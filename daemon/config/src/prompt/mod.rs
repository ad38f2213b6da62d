//! From a gate and a subject to the exact bytes an agent is given. Pure: the same arguments give
//! the same prompt. It does not draw the nonce and receipts, nor store or send anything.

use std::collections::BTreeMap;

use minijinja::Value;
use synod_consensus::Shape;

use crate::gate::GateDef;
use crate::subject::Subject;

mod documents;
mod error;
mod repair;
mod rounds;
mod sample;
mod template;

pub use error::PromptError;
pub use repair::{REPAIR_VERSION, render_repair};
pub use rounds::{
    ARBITRATION_VERSION, BALLOT_VERSION, BallotItem, Dispute, Position, render_arbitration,
    render_ballot,
};
pub use template::TemplateError;

pub(crate) use sample::check;

use documents::{Codes, Documents};
use template::{expand, value_or_none};

/// What the template of a first round may use.
const VARIABLES: [&str; 11] = [
    "checks",
    "gate.answers",
    "gate.checkpoint",
    "gate.name",
    "gate.version",
    "inputs",
    "nonce",
    "requirements",
    "requirements_fenced",
    "role",
    "schema",
];

/// A requirement that a checklist asks about, as the daemon enumerated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in answers; no two have the same.
    pub id: String,
    /// The document it stands in.
    pub path: String,
    /// Its words.
    pub text: String,
}

/// A yes-or-no question that a checklist asks of each requirement; *yes* is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name in answers.
    pub id: String,
    /// The question.
    pub question: String,
}

/// What a gate of checks asks: every question of every requirement. Other gates ask nothing of this
/// kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checklist {
    /// The questions.
    pub checks: Vec<Check>,
    /// The requirements.
    pub requirements: Vec<Requirement>,
}

/// The prompt for one agent.
///
/// `checklist` is empty but for gates whose answers are checks. `receipts` has
/// one entry for each input, by its path. Inputs are values to the template and are never read as
/// one, whatever stands in them.
pub fn render(
    gate: &GateDef,
    role: Option<&str>,
    subject: &Subject,
    checklist: &Checklist,
    nonce: &str,
    receipts: &BTreeMap<String, String>,
) -> Result<String, PromptError> {
    let documents = Documents::fence(gate, subject, &[], Codes { nonce, receipts })?;
    let requirements = &checklist.requirements;
    let asked = fence_requirements(requirements, nonce);
    let context = Value::from_pairs([
        ("gate", gate_value(gate)),
        ("role", value_or_none(role)),
        ("nonce", Value::from(nonce)),
        ("schema", Value::from(gate.schema.text().trim_end())),
        ("inputs", documents.value()),
        ("checks", checklist.checks.iter().map(check_value).collect()),
        (
            "requirements",
            requirements.iter().map(requirement_value).collect(),
        ),
        ("requirements_fenced", Value::from(&asked)),
    ]);
    let file = &gate.prompt.file;
    let prompt = documents.must_stand_in(expand(&gate.prompt, context)?, file)?;
    if gate.answers == Shape::Checks {
        if requirements.is_empty() {
            return Err(PromptError::NoRequirements {
                gate: gate.name.clone(),
            });
        }
        if !prompt.contains(&asked) {
            return Err(PromptError::AskedLeftOut {
                file: file.clone(),
                variable: "requirements_fenced",
            });
        }
    }
    Ok(prompt)
}

/// One JSON object a line between two lines with the nonce: a requirement's words are the
/// documents', so they are data here as they are there. No receipt: they stand in the documents.
fn fence_requirements(requirements: &[Requirement], nonce: &str) -> String {
    let lines: String = requirements
        .iter()
        .map(|one| {
            let (id, path, text) = (&one.id, &one.path, &one.text);
            serde_json::json!({ "requirement": id, "path": path, "text": text }).to_string() + "\n"
        })
        .collect();
    format!(
        "<<<SYNOD REQUIREMENTS nonce={nonce} count={}\n{lines}SYNOD REQUIREMENTS END nonce={nonce}>>>\n",
        requirements.len()
    )
}

fn requirement_value(requirement: &Requirement) -> Value {
    Value::from_pairs([
        ("id", Value::from(&requirement.id)),
        ("path", Value::from(&requirement.path)),
        ("text", Value::from(&requirement.text)),
    ])
}

fn check_value(check: &Check) -> Value {
    Value::from_pairs([
        ("id", Value::from(&check.id)),
        ("question", Value::from(&check.question)),
    ])
}

fn gate_value(gate: &GateDef) -> Value {
    Value::from_pairs([
        ("answers", Value::from(gate.answers.word())),
        ("name", Value::from(&gate.name)),
        ("version", Value::from(gate.version)),
        ("checkpoint", value_or_none(gate.checkpoint.as_deref())),
    ])
}
