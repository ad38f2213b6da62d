//! The prompts of the second and third rounds: everybody's findings put to everybody, and what is in
//! dispute put to an arbiter. What votes and rulings come to is `synod-consensus`'s.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::Value;
use serde_json::json;
use synod_consensus::Real;

use crate::gate::{Companion, GateDef, RESERVED};
use crate::subject::Subject;

use super::documents::{Codes, Documents};
use super::template::expand;
use super::{PromptError, gate_value};

/// Version of the ballot's template; raised with each change of it.
pub const BALLOT_VERSION: u32 = 1;

/// Version of the arbitration's template; raised with each change of it.
pub const ARBITRATION_VERSION: u32 = 1;

/// What the template of a later round may use.
pub(super) const VARIABLES: [&str; 10] = [
    "count",
    "findings.fenced",
    "findings.path",
    "gate.answers",
    "gate.checkpoint",
    "gate.name",
    "gate.version",
    "inputs",
    "nonce",
    "schema",
];

static BALLOT: LazyLock<Companion> = LazyLock::new(|| Companion {
    name: "ballot.md.j2".to_owned(),
    file: "ballot.md.j2".to_owned(),
    text: include_str!("../builtin/ballot.md.j2").to_owned(),
});

static ARBITRATION: LazyLock<Companion> = LazyLock::new(|| Companion {
    name: "arbitration.md.j2".to_owned(),
    file: "arbitration.md.j2".to_owned(),
    text: include_str!("../builtin/arbitration.md.j2").to_owned(),
});

/// One finding as a ballot shows it: nothing of who raised it, how many did, or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotItem {
    /// Its name on this ballot: `F1`, or `D1` before an arbiter.
    pub label: String,
    /// Its kind.
    pub kind: String,
    /// What is claimed.
    pub claim: String,
    /// What it is about: paths and verbatim pieces.
    pub quotes: Vec<(String, String)>,
    /// Answers to choose from.
    pub options: Vec<String>,
}

/// A finding in dispute, with what each side says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The finding.
    pub item: BallotItem,
    /// The sides, in an order that says nothing.
    pub positions: Vec<Position>,
}

/// One side of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Whether this side sees the matter.
    pub real: Real,
    /// What it would answer.
    pub answers: Vec<String>,
    /// Why.
    pub reasons: Vec<String>,
}

/// The prompt of a ballot. `schema` is the text of the ballot's schema; `receipts` has one entry for
/// each input by its path, and one for the findings under [`RESERVED`].
pub fn render_ballot(
    gate: &GateDef,
    subject: &Subject,
    items: &[BallotItem],
    schema: &str,
    nonce: &str,
    receipts: &BTreeMap<String, String>,
) -> Result<String, PromptError> {
    let template = gate.ballot_prompt.as_ref().unwrap_or(&BALLOT);
    let items: Vec<serde_json::Value> = items.iter().map(item_json).collect();
    let codes = Codes { nonce, receipts };
    render_round(gate, subject, template, &items, schema, codes)
}

/// The prompt of an arbitration; arguments as for [`render_ballot`].
pub fn render_arbitration(
    gate: &GateDef,
    subject: &Subject,
    disputes: &[Dispute],
    schema: &str,
    nonce: &str,
    receipts: &BTreeMap<String, String>,
) -> Result<String, PromptError> {
    let template = gate.arbiter_prompt.as_ref().unwrap_or(&ARBITRATION);
    let items: Vec<serde_json::Value> = disputes.iter().map(dispute_json).collect();
    let codes = Codes { nonce, receipts };
    render_round(gate, subject, template, &items, schema, codes)
}

fn render_round(
    gate: &GateDef,
    subject: &Subject,
    template: &Companion,
    items: &[serde_json::Value],
    schema: &str,
    codes: Codes<'_>,
) -> Result<String, PromptError> {
    let text = lines(items);
    let documents = Documents::fence(gate, subject, &[(RESERVED, &text)], codes)?;
    let (inputs, findings) = documents.split_last();
    let context = Value::from_pairs([
        ("gate", gate_value(gate)),
        ("nonce", Value::from(codes.nonce)),
        ("schema", Value::from(schema.trim_end())),
        ("inputs", inputs),
        ("findings", findings),
        ("count", Value::from(items.len())),
    ]);
    let prompt = expand(template, context)?;
    documents.must_stand_in(prompt, &template.file)
}

/// A JSON array with one item a line: what is in a string cannot leave its line.
fn lines(items: &[serde_json::Value]) -> String {
    let items: Vec<String> = items.iter().map(serde_json::Value::to_string).collect();
    format!("[\n{}\n]\n", items.join(",\n"))
}

fn item_json(item: &BallotItem) -> serde_json::Value {
    let quotes: Vec<serde_json::Value> = item
        .quotes
        .iter()
        .map(|(path, text)| json!({ "path": path, "text": text }))
        .collect();
    json!({
        "finding": item.label,
        "kind": item.kind,
        "claim": item.claim,
        "quotes": quotes,
        "options": item.options,
    })
}

fn dispute_json(dispute: &Dispute) -> serde_json::Value {
    let positions: Vec<serde_json::Value> = dispute
        .positions
        .iter()
        .map(|side| {
            json!({
                "real": side.real.word(),
                "answers": side.answers,
                "reasons": side.reasons,
            })
        })
        .collect();
    let mut value = item_json(&dispute.item);
    value["positions"] = positions.into();
    value
}
