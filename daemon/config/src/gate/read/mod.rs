//! The TOML of a gate, key by key: what `gate` holds, read and refused with its place.

use synod_consensus::{Shape, Table};

use crate::agent::check_name;
use crate::document::{Problems, Section};
use crate::gate::{Agents, Companion, Deadlines, Fallback, InputDecl, Patience, Seat};
use crate::gates::GateSource;
use crate::quorum::Quorum;

mod companion;
mod inputs;
mod roster;
mod rounds;
mod shape;
mod table;

pub use table::table_file;

pub use inputs::RESERVED;

use rounds::Rounds;

const KEYS: [&str; 20] = [
    "answers",
    "arbiter",
    "arbiter_prompt",
    "audit",
    "ballot",
    "ballot_prompt",
    "checkpoint",
    "deadlines",
    "description",
    "fallback",
    "inputs",
    "name",
    "prompt",
    "questions",
    "quorum",
    "repair",
    "roster",
    "schema",
    "table",
    "version",
];

/// No limit that anyone meets; a date written as a version stays below it.
const MOST_VERSIONS: u32 = 999_999_999;

/// What the TOML says, before its template and schema are compiled.
pub(super) struct Draft {
    pub name: String,
    pub version: u32,
    pub checkpoint: Option<String>,
    pub description: Option<String>,
    pub roster: Vec<Seat>,
    pub quorum: Quorum,
    pub inputs: Vec<InputDecl>,
    pub fallback: Fallback,
    pub answers: Shape,
    pub prompt: Companion,
    pub schema: Companion,
    pub rounds: Rounds,
    pub table: Table,
    pub deadlines: Deadlines,
    pub patience: Patience,
}

/// Reads `[gate]`; `None` when a part it cannot do without is wrong, and then a problem says so.
pub(super) fn read_gate(
    root: &Section<'_, '_>,
    source: &GateSource,
    agents: Agents<'_>,
    problems: &mut Problems<'_>,
) -> Option<Draft> {
    root.only(&["gate"], problems);
    let Some(section) = root.section("gate", problems) else {
        root.missing("gate", "a table, written [gate]", problems);
        return None;
    };
    section.only(&KEYS, problems);
    let name = section.string("name", "the gate's name", problems);
    match name {
        Some(name) => check_name(name, "a gate", problems),
        None => section.missing("name", "the gate's name", problems),
    }
    let version = section.integer("version", 1..=MOST_VERSIONS, problems);
    if version.is_none() {
        section.missing("version", "a whole number from 1", problems);
    }
    let checkpoint = section.string("checkpoint", "a word such as \"before-plan\"", problems);
    let description = section.string("description", "what it is for, in a sentence", problems);
    let roster = roster::read_roster(&section, agents, problems);
    let quorum = roster::read_quorum(&section, roster.as_deref(), problems);
    let inputs = inputs::read_inputs(&section, problems);
    let fallback = inputs::read_fallback(&section, inputs.as_deref().unwrap_or(&[]), problems);
    let answers = shape::read_shape(&section, problems);
    let prompt = companion::read_companion("prompt", "prompt template", &section, source, problems);
    let schema = companion::read_companion("schema", "schema", &section, source, problems);
    let rounds = rounds::read_rounds(&section, source, agents, problems);
    let table = table::read_table(&section, problems);
    let deadlines = table::read_deadlines(&section, problems);
    let patience = table::read_patience(&section, problems);
    Some(Draft {
        name: name?.value.to_owned(),
        version: version?,
        checkpoint: checkpoint.map(|at| at.value.to_owned()),
        description: description.map(|at| at.value.to_owned()),
        roster: roster?,
        quorum: quorum?,
        inputs: inputs?,
        fallback,
        answers,
        prompt: prompt?,
        schema: schema?,
        rounds,
        table,
        deadlines,
        patience,
    })
}
