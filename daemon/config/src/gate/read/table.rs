//! `[gate.table]`, `[gate.deadlines]`, `[gate.questions]`: what happens to a finding, when the gate ends, and how long
//! people may take.

use std::path::Path;

use synod_consensus::Table;
use synod_consensus::table::{Cell, Families, Row};

use crate::document::{At, Problems, Section, read_document};
use crate::error::ConfigError;
use crate::gate::{Deadlines, Patience};

/// No limit that anyone meets.
const MOST_FAMILIES: u32 = 99;

/// Whole rows only: half a row would mix two tables in one line of reasoning.
pub(super) fn read_table(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Table {
    match section.section("table", problems) {
        Some(rows) => read_rows(&rows, problems),
        None => Table::default(),
    }
}

/// A decision table in a file of its own, its rows at the top: what a verdict is computed again by.
pub fn table_file(file: &Path, toml: &str) -> Result<Table, ConfigError> {
    read_document(file, toml, read_rows)
}

fn read_rows(rows: &Section<'_, '_>, problems: &mut Problems<'_>) -> Table {
    let mut table = Table::default();
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
    let mut names = slots.each_ref().map(|(name, _)| *name).to_vec();
    names.push("families");
    names.sort_unstable();
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
    if let Some(families) = rows.section("families", problems) {
        table.families = read_families(&families, problems);
    }
    table
}

/// How many families it takes to settle something; what is left out is as in the default.
fn read_families(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Families {
    section.only(&["critical", "important", "minor"], problems);
    let default = Families::default();
    let mut read = |key: &str, default: usize| {
        section
            .integer(key, 2..=MOST_FAMILIES, problems)
            .map_or(default, |count| count as usize)
    };
    Families {
        critical: read("critical", default.critical),
        important: read("important", default.important),
        minor: read("minor", default.minor),
    }
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

pub(super) fn read_deadlines(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Deadlines {
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

pub(super) fn read_patience(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Patience {
    let Some(table) = section.section("questions", problems) else {
        return Patience::default();
    };
    table.only(&["due_after", "remind_after"], problems);
    Patience {
        remind_after: table.duration("remind_after", problems).map(|at| at.value),
        due_after: table.duration("due_after", problems).map(|at| at.value),
    }
}
