//! The files of a gate of one's own to begin with: another gate under a new name, with what one may
//! want to change said beside it. Text only: who writes the files is elsewhere.

use std::fmt::Write as _;

use synod_consensus::Table;
use synod_consensus::table::{Cell, Row};

use crate::duration;
use crate::error::Fault;
use crate::gate::{Companion, Fallback, GateDef, InputDecl, Presence, Seat};

/// File names and texts, the TOML first. `from` is whose template, schema and settings they have.
pub fn starter_gate(name: &str, from: &GateDef) -> Result<Vec<(String, String)>, Fault> {
    if !crate::agent::is_name(name) {
        return Err(Fault::BadName {
            found: name.to_owned(),
            what: "a gate",
        });
    }
    let mut files = vec![
        (format!("{name}.toml"), toml(name, from)),
        (format!("{name}.md.j2"), from.prompt.text.clone()),
        (format!("{name}.schema.json"), from.schema.text().to_owned()),
    ];
    let further = [
        ("ballot", &from.ballot_prompt),
        ("arbiter", &from.arbiter_prompt),
    ];
    for (round, template) in further {
        if let Some(Companion { text, .. }) = template {
            files.push((format!("{name}.{round}.md.j2"), text.clone()));
        }
    }
    Ok(files)
}

// Writing to a String cannot fail.
fn toml(name: &str, from: &GateDef) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    line(format!(
        "# {name}: begun as {} version {}. Every key is explained in docs/gates.md.",
        from.name, from.version
    ));
    line(
        "# `synod gate check` tells what is wrong. An edit holds from the next submission on."
            .into(),
    );
    line("\n[gate]".into());
    line(format!("name = {}", string(name)));
    line("version = 1 # raise it when you change what the gate asks".into());
    line(match &from.checkpoint {
        Some(checkpoint) => format!("checkpoint = {} # any word", string(checkpoint)),
        None => "# checkpoint = \"before-plan\" # any word".into(),
    });
    line(match &from.description {
        Some(description) => format!("description = {}", string(description)),
        None => "# description = \"What it is for, in a sentence.\"".into(),
    });
    line("\n# Who is asked unless --roster names others: agents, or { agent = \"…\", role = \"…\" }.".into());
    line("# Empty: whoever submits has to name some.".into());
    line(format!("roster = {}", list(from.roster.iter().map(seat))));
    let quorum = from.quorum.to_string();
    let quorum = quorum
        .parse::<u32>()
        .map_or_else(|_| string(&quorum), |n| n.to_string());
    line(format!(
        "quorum = {quorum} # valid answers it needs: a number, or \"majority\""
    ));
    line("\n# Files below the submitted folder, the main one first. limit = \"200KB\" cuts one, visibly.".into());
    line(format!("inputs = {}", list(from.inputs.iter().map(input))));
    line(match from.fallback {
        Fallback::Markdown => {
            "fallback = \"markdown\" # a folder with none of them gives all its *.md files".into()
        }
        Fallback::Nothing => "fallback = \"none\" # a folder with none of them is refused".into(),
    });
    line(format!(
        "\nanswers = {} # or findings, checks, remarks",
        string(from.answers.word())
    ));
    line(format!("prompt = {}", string(&format!("{name}.md.j2"))));
    line(format!(
        "schema = {}",
        string(&format!("{name}.schema.json"))
    ));
    line(format!(
        "\nballot = {} # everybody is asked about everybody's findings",
        from.ballot
    ));
    line(format!(
        "repair = {} # times an invalid answer is sent back, at most",
        from.repair
    ));
    line(match &from.arbiter {
        Some(agent) => format!("arbiter = {}", string(agent)),
        None => "# arbiter = \"AGENT\" # who rules on what stays in dispute".into(),
    });
    line(match from.audit_permille {
        0 => "# audit = 0.1 # share of automatic decisions that is asked all the same".into(),
        share => format!("audit = {}.{:03}", share / 1000, share % 1000),
    });
    if from.ballot_prompt.is_some() {
        line(format!(
            "ballot_prompt = {}",
            string(&format!("{name}.ballot.md.j2"))
        ));
    }
    if from.arbiter_prompt.is_some() {
        line(format!(
            "arbiter_prompt = {}",
            string(&format!("{name}.arbiter.md.j2"))
        ));
    }
    line("\n[gate.deadlines]".into());
    line(format!(
        "partial_after = {} # until then all are waited for; then the quorum is enough",
        string(&duration::format(from.deadlines.partial_after))
    ));
    line(format!(
        "fail_after = {} # then the run ends, whatever is missing",
        string(&duration::format(from.deadlines.fail_after))
    ));
    line("\n# What becomes of a finding, a row at a time; shown is what holds without it:".into());
    table(&mut text, &from.table);
    text
}

/// Rows that differ from the default are written, the others said in comments.
fn table(text: &mut String, table: &Table) {
    let default = Table::default();
    let rows = [
        (
            "confirmed-one-answer",
            table.confirmed_one_answer,
            default.confirmed_one_answer,
        ),
        (
            "confirmed-answers-differ",
            table.confirmed_answers_differ,
            default.confirmed_answers_differ,
        ),
        ("contested", table.contested, default.contested),
        ("unconfirmed", table.unconfirmed, default.unconfirmed),
        ("single-family", table.single_family, default.single_family),
    ];
    let is_own = |(_, row, default): &(&str, Row, Row)| row != default;
    let (own, usual): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_own);
    text.push_str(if own.is_empty() {
        "# [gate.table]\n"
    } else {
        "[gate.table]\n"
    });
    for (name, row, _) in own {
        let _ = writeln!(text, "{name} = {}", cells(row));
    }
    for (name, row, _) in usual {
        let _ = writeln!(text, "# {name} = {}", cells(row));
    }
}

fn cells(row: Row) -> String {
    format!(
        "{{ critical = {}, important = {}, minor = {} }}",
        cell(row.critical),
        cell(row.important),
        cell(row.minor)
    )
}

/// The word as the TOML's reader takes it.
fn cell(cell: Cell) -> String {
    serde_json::json!(cell).to_string()
}

fn seat(seat: &Seat) -> String {
    match &seat.role {
        None => string(&seat.agent),
        Some(role) => format!(
            "{{ agent = {}, role = {} }}",
            string(&seat.agent),
            string(role)
        ),
    }
}

fn input(input: &InputDecl) -> String {
    let mut entry = format!("path = {}", string(&input.path));
    if input.presence == Presence::Required {
        entry.push_str(", required = true");
    }
    if let Some(limit) = input.limit {
        let _ = write!(entry, ", limit = {limit}");
    }
    if let Some(purpose) = &input.purpose {
        let _ = write!(entry, ", purpose = {}", string(purpose));
    }
    format!("{{ {entry} }}")
}

fn list(items: impl Iterator<Item = String>) -> String {
    let mut lines = String::new();
    for item in items {
        let _ = writeln!(lines, "  {item},");
    }
    match lines.as_str() {
        "" => "[]".to_owned(),
        lines => format!("[\n{lines}]"),
    }
}

/// A TOML string with whatever is in it escaped.
fn string(text: &str) -> String {
    toml::Value::from(text).to_string()
}
