//! The TOML of a gate, key by key: what `gate` holds, read and refused with its place.

use std::path::{Component, Path};

use synod_consensus::Table;
use synod_consensus::table::{Cell, Row};
use toml::Spanned;
use toml::de::DeValue;

use crate::agent::check_name;
use crate::document::{At, Problems, Section, as_integer, describe};
use crate::error::Fault;
use crate::gate::{Companion, Deadlines, InputDecl, Presence, Seat};
use crate::gates::GateSource;
use crate::near::nearest;
use crate::quorum::{self, Quorum};

const KEYS: [&str; 14] = [
    "arbiter",
    "audit",
    "ballot",
    "checkpoint",
    "deadlines",
    "inputs",
    "name",
    "prompt",
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
pub(crate) struct Draft {
    pub name: String,
    pub version: u32,
    pub checkpoint: Option<String>,
    pub roster: Vec<Seat>,
    pub quorum: Quorum,
    pub inputs: Vec<InputDecl>,
    pub prompt: Companion,
    pub schema: Companion,
    pub table: Table,
    pub deadlines: Deadlines,
}

/// Reads `[gate]`; `None` when a part it cannot do without is wrong, and then a problem says so.
pub(crate) fn read_gate(
    root: &Section<'_, '_>,
    source: &GateSource,
    problems: &mut Problems<'_>,
) -> Option<Draft> {
    root.only(&["gate"], problems);
    let Some(section) = root.section("gate", problems) else {
        root.missing("gate", "a table, written [gate]", problems);
        return None;
    };
    section.only(&KEYS, problems);
    refuse_what_comes_later(&section, problems);
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
    let roster = read_roster(&section, problems);
    let quorum = read_quorum(&section, roster.as_deref(), problems);
    let inputs = read_inputs(&section, problems);
    let prompt = read_companion("prompt", "prompt template", &section, source, problems);
    let schema = read_companion("schema", "schema", &section, source, problems);
    let table = read_table(&section, problems);
    let deadlines = read_deadlines(&section, problems);
    Some(Draft {
        name: name?.value.to_owned(),
        version: version?,
        checkpoint: checkpoint.map(|at| at.value.to_owned()),
        roster: roster?,
        quorum: quorum?,
        inputs: inputs?,
        prompt: prompt?,
        schema: schema?,
        table,
        deadlines,
    })
}

/// Keys of the plan whose features do not exist yet. "Off" is accepted, so that a gate may say so
/// today; anything else would promise what is not done.
fn refuse_what_comes_later(section: &Section<'_, '_>, problems: &mut Problems<'_>) {
    let mut check = |key: &str, off: &'static str, is_off: fn(&DeValue<'_>) -> bool| {
        let Some(value) = section.raw(key) else {
            return;
        };
        if !is_off(value.get_ref()) {
            let fault = Fault::NotBuilt {
                key: key.to_owned(),
                section: section.title().to_owned(),
                off,
            };
            problems.add(value.span().start, fault);
        }
    };
    check("ballot", "ballot = false", |v| v.as_bool() == Some(false));
    check("repair", "repair = 0", |v| as_integer(v) == Some(0));
    check("arbiter", "arbiter = \"\"", |v| v.as_str() == Some(""));
    check("audit", "audit = 0", |v| {
        as_integer(v) == Some(0)
            || v.as_float()
                .is_some_and(|n| n.as_str().parse() == Ok(0.0_f64))
    });
}

fn read_roster(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Vec<Seat>> {
    let expected =
        r#"an array of agents, each a name or { agent = "…", role = "…" }, nobody twice"#;
    let Some(items) = section.array("roster", expected, problems) else {
        section.missing("roster", expected, problems);
        return None;
    };
    let mut roster: Vec<Seat> = Vec::new();
    for item in items.value {
        let (agent, role) = read_seat(section, item, expected, problems)?;
        check_name(agent, "an agent", problems);
        if roster.iter().any(|seat| seat.agent == agent.value) {
            let found = format!("{:?} a second time", agent.value);
            let at = At {
                offset: agent.offset,
                value: found.as_str(),
            };
            section.refuse("roster", at, expected, problems);
        }
        roster.push(Seat {
            agent: agent.value.to_owned(),
            role,
        });
    }
    if roster.is_empty() {
        let at = At {
            offset: items.offset,
            value: "an empty array",
        };
        section.refuse("roster", at, expected, problems);
        return None;
    }
    Some(roster)
}

fn read_seat<'d>(
    section: &Section<'d, '_>,
    item: &'d Spanned<DeValue<'_>>,
    expected: &str,
    problems: &mut Problems<'_>,
) -> Option<(At<&'d str>, Option<String>)> {
    let offset = item.span().start;
    if let Some(name) = item.get_ref().as_str() {
        return Some((
            At {
                offset,
                value: name,
            },
            None,
        ));
    }
    let Some(seat) = section.inline("roster", item) else {
        let found = describe(item.get_ref());
        let at = At {
            offset,
            value: found.as_str(),
        };
        section.refuse("roster", at, expected, problems);
        return None;
    };
    seat.only(&["agent", "role"], problems);
    let role = seat.string("role", "a sentence for the prompt", problems);
    let Some(agent) = seat.string("agent", "the name of an agent", problems) else {
        seat.missing("agent", "the name of an agent", problems);
        return None;
    };
    Some((agent, role.map(|at| at.value.to_owned())))
}

/// Absent is a majority: a roster of one is as good a citizen as a roster of five.
fn read_quorum(
    section: &Section<'_, '_>,
    roster: Option<&[Seat]>,
    problems: &mut Problems<'_>,
) -> Option<Quorum> {
    let expected = match roster {
        Some(seats) => format!("{}, at most the roster's {}", quorum::EXPECTED, seats.len()),
        None => quorum::EXPECTED.to_owned(),
    };
    if section.raw("quorum").is_none() {
        return Some(Quorum::Majority);
    }
    let read = section.read("quorum", &expected, problems, |value| {
        let quorum = match value {
            DeValue::String(text) if text == "majority" => Quorum::Majority,
            _ => Quorum::Count(u32::try_from(as_integer(value)?).ok()?),
        };
        let size = roster.map_or(usize::MAX, <[Seat]>::len);
        quorum.of(size).is_ok().then_some(quorum)
    })?;
    Some(read.value)
}

fn read_inputs(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Vec<InputDecl>> {
    let expected = r#"an array of files, such as [{ path = "spec.md", required = true }]"#;
    let Some(items) = section.array("inputs", expected, problems) else {
        section.missing("inputs", expected, problems);
        return None;
    };
    let mut inputs: Vec<InputDecl> = Vec::new();
    for item in items.value {
        let Some(entry) = section.inline("inputs", item) else {
            let found = describe(item.get_ref());
            let at = At {
                offset: item.span().start,
                value: found.as_str(),
            };
            section.refuse("inputs", at, expected, problems);
            return None;
        };
        entry.only(&["path", "required"], problems);
        let path_expected = "a path below the subject's folder, each once";
        let path = entry.read("path", path_expected, problems, |value| {
            value
                .as_str()
                .filter(|path| is_below(path) && inputs.iter().all(|known| known.path != *path))
        });
        if path.is_none() {
            entry.missing("path", path_expected, problems);
        }
        let required = entry.read("required", "true or false", problems, DeValue::as_bool);
        inputs.push(InputDecl {
            path: path?.value.to_owned(),
            presence: if required.is_some_and(|at| at.value) {
                Presence::Required
            } else {
                Presence::Optional
            },
        });
    }
    if inputs.is_empty() {
        let at = At {
            offset: items.offset,
            value: "an empty array",
        };
        section.refuse("inputs", at, expected, problems);
        return None;
    }
    Some(inputs)
}

/// A gate in a repository must not read outside the subject.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\0')
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

fn read_companion(
    key: &str,
    what: &'static str,
    section: &Section<'_, '_>,
    source: &GateSource,
    problems: &mut Problems<'_>,
) -> Option<Companion> {
    let expected = format!("the file name of a {what}");
    let Some(name) = section.string(key, &expected, problems) else {
        section.missing(key, &expected, problems);
        return None;
    };
    if let Some(text) = source.companions.get(name.value) {
        return Some(Companion {
            name: name.value.to_owned(),
            text: text.clone(),
        });
    }
    let known = || source.companions.keys().map(String::as_str);
    let fault = Fault::UnknownReference {
        what,
        found: name.value.to_owned(),
        section: section.title().to_owned(),
        suggestion: nearest(name.value, known()),
        known: known().collect::<Vec<_>>().join(", "),
    };
    problems.add(name.offset, fault);
    None
}

/// Whole rows only: half a row would mix two tables in one line of reasoning.
fn read_table(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Table {
    let mut table = Table::default();
    let Some(rows) = section.section("table", problems) else {
        return table;
    };
    let mut slots = [
        (
            "confirmed-answers-differ",
            &mut table.confirmed_answers_differ,
        ),
        ("confirmed-one-answer", &mut table.confirmed_one_answer),
        ("contested", &mut table.contested),
        ("single-family", &mut table.single_family),
        ("unconfirmed", &mut table.unconfirmed),
    ];
    let names = slots.each_ref().map(|(name, _)| *name);
    rows.only(&names, problems);
    for (name, slot) in &mut slots {
        if let Some(row) = rows.section(name, problems) {
            row.only(&["critical", "important", "minor"], problems);
            let critical = read_cell("critical", &row, problems);
            let important = read_cell("important", &row, problems);
            let minor = read_cell("minor", &row, problems);
            if let (Some(critical), Some(important), Some(minor)) = (critical, important, minor) {
                **slot = Row {
                    critical,
                    important,
                    minor,
                };
            }
        }
    }
    table
}

fn read_cell(key: &str, row: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Cell> {
    let expected =
        "one of ask, ask-preselected, resolve, resolve-if-unanimous, arbitrate, watch, note";
    let cell = row.read(key, expected, problems, |value| {
        let word = value.as_str()?;
        serde_json::from_value(serde_json::Value::from(word)).ok()
    });
    if cell.is_none() {
        row.missing(key, expected, problems);
    }
    Some(cell?.value)
}

fn read_deadlines(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Deadlines {
    let default = Deadlines::default();
    let Some(table) = section.section("deadlines", problems) else {
        return default;
    };
    table.only(&["fail_after", "partial_after"], problems);
    let partial = table.duration("partial_after", problems);
    let fail = table.duration("fail_after", problems);
    let partial_after = partial.map_or(default.partial_after, |at| at.value);
    let fail_after = fail.map_or(default.fail_after.max(partial_after), |at| at.value);
    if fail_after < partial_after {
        let offset = fail.map_or(table.offset(), |at| at.offset);
        let found = crate::duration::format(fail_after);
        let at = At {
            offset,
            value: found.as_str(),
        };
        let partial_after = crate::duration::format(partial_after);
        let expected = format!("at least partial_after, which is {partial_after}");
        table.refuse("fail_after", at, &expected, problems);
    }
    Deadlines {
        partial_after: partial_after.min(fail_after),
        fail_after,
    }
}
