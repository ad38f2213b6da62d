//! Gates: the list, and one in full.

use synod_proto::v1::{CheckedGate, Gate};

use super::{
    Look, Tone, clean,
    table::{Cell, table_without},
    wrap,
};

/// Gates, one a line; then what is wrong with those that are refused.
pub fn gates(gates: &[Gate], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = gates
        .iter()
        .map(|gate| {
            vec![
                Cell::plain(clean(&gate.name)),
                Cell::plain(version(gate)),
                Cell::plain(clean(&gate.checkpoint)),
                Cell::plain(clean(&gate.quorum)),
                Cell::plain(from(&gate.origin)),
                match gate.problems.as_slice() {
                    [] => Cell::plain(purpose(gate)),
                    _ => Cell::toned("refused: see below", Tone::Bad),
                },
            ]
        })
        .collect();
    let heading = ["GATE", "VERSION", "CHECKPOINT", "QUORUM", "FROM", "FOR"];
    // What a gate is for may be cut; where it is from tells one's own from the others'.
    let first_to_go = ["QUORUM"];
    let mut text = table_without(&first_to_go, &heading, &rows, look.table_width, look.colour);
    let wrong = gates.iter().filter(|gate| !gate.problems.is_empty());
    for gate in wrong {
        let mut lines = vec![String::new(), String::new(), clean(&gate.origin)];
        lines.extend(marked(&gate.problems, look, Tone::Bad));
        text.push_str(&lines.join("\n"));
    }
    text
}

/// `builtin`, or the end of the path: enough to know whose it is.
fn from(origin: &str) -> String {
    let pieces: Vec<&str> = origin
        .split('/')
        .filter(|piece| !piece.is_empty())
        .collect();
    match pieces.as_slice() {
        [.., scope, folder, file] => clean(&format!("…/{scope}/{folder}/{file}")),
        _ => clean(origin),
    }
}

/// What was checked, file by file.
pub fn checked(gates: &[CheckedGate], look: &Look) -> String {
    if gates.is_empty() {
        return "no gate's file is there; `synod gate new NAME` writes one".to_owned();
    }
    let mut lines = Vec::new();
    for gate in gates {
        let name = match clean(&gate.name) {
            name if name.is_empty() => String::new(),
            name => format!(" ({name})"),
        };
        let (word, tone) = match gate.problems.len() {
            0 => ("is fine".to_owned(), Tone::Good),
            1 => ("has a problem".to_owned(), Tone::Bad),
            n => (format!("has {n} problems"), Tone::Bad),
        };
        let word = look.colour.paint(tone, &word);
        lines.push(format!("{}{name} {word}", clean(&gate.path)));
        lines.extend(marked(&gate.problems, look, Tone::Bad));
        lines.extend(marked(&gate.notes, look, Tone::Faint));
    }
    lines.join("\n")
}

fn marked(sentences: &[String], look: &Look, tone: Tone) -> Vec<String> {
    sentences
        .iter()
        .flat_map(|sentence| wrap::wrap(&clean(sentence), look.width, "  - ", "    "))
        .map(|line| look.colour.paint(tone, &line))
        .collect()
}

/// What it is for, or at least who takes part.
fn purpose(gate: &Gate) -> String {
    if gate.description.is_empty() {
        format!("asks {}", clean(&gate.roster.join(", ")))
    } else {
        clean(&gate.description)
    }
}

/// One gate.
pub fn gate(gate: &Gate, look: &Look) -> String {
    let mut lines = vec![look.colour.paint(Tone::Strong, &clean(&gate.name))];
    if !gate.description.is_empty() {
        lines.extend(wrap::indented(&clean(&gate.description), look.width, 2));
    }
    let mut field = |title: &str, value: String| {
        if !value.is_empty() {
            let first = format!("  {title:10} ");
            lines.extend(wrap::wrap(&value, look.width, &first, &" ".repeat(13)));
        }
    };
    field("version", version(gate));
    field("checkpoint", clean(&gate.checkpoint));
    // One that could not be read says nothing about it.
    field(
        "roster",
        match gate.roster.as_slice() {
            [] if gate.problems.is_empty() => {
                "none of its own: --roster names who is asked".to_owned()
            }
            roster => clean(&roster.join(", ")),
        },
    );
    field("quorum", clean(&gate.quorum));
    field("inputs", clean(&gate.inputs.join(", ")));
    field("from", clean(&gate.origin));
    field("answers", clean(&gate.answers));
    field("rounds", rounds(gate));
    field("audit", audit(gate.audit_permille));
    field("hash", clean(&gate.hash));
    let name = clean(&gate.name);
    if !gate.problems.is_empty() {
        lines.push(look.colour.paint(Tone::Bad, "  refused:"));
        lines.extend(marked(&gate.problems, look, Tone::Bad));
    }
    lines.push(String::new());
    // A gate whose answers are remarks is about a change.
    let about = match gate.answers.as_str() {
        "remarks" => "--diff RANGE",
        _ => "--spec PATH",
    };
    lines.push(format!(
        "its files: synod gate show {name} --toml (--prompt, --schema)"
    ));
    if gate.problems.is_empty() {
        let roster = if gate.roster.is_empty() {
            " --roster A,B"
        } else {
            ""
        };
        lines.push(format!("to run it: synod gate run {name} {about}{roster}"));
    }
    lines.join("\n")
}

/// Of a gate that could not be read none is known.
fn version(gate: &Gate) -> String {
    match gate.version {
        0 => "-".to_owned(),
        version => version.to_string(),
    }
}

/// The rounds after the first, and what is done with invalid answers.
fn rounds(gate: &Gate) -> String {
    let mut said = Vec::new();
    if gate.ballot {
        said.push("a ballot".to_owned());
    }
    if !gate.arbiter.is_empty() {
        said.push(format!("{} decides disputes", clean(&gate.arbiter)));
    }
    match gate.repair {
        0 => {}
        1 => said.push("an invalid answer is sent back once".to_owned()),
        times => said.push(format!("an invalid answer is sent back {times} times")),
    }
    said.join(", ")
}

fn audit(permille: u32) -> String {
    match permille {
        0 => String::new(),
        share if share % 10 == 0 => {
            format!("{} % of automatic decisions are asked blind", share / 10)
        }
        share => format!(
            "{}.{} % of automatic decisions are asked blind",
            share / 10,
            share % 10
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_gate_is_shown_in_a_list_and_in_full() {
        let look = samples::look();
        let known = [samples::gate()];
        insta::assert_snapshot!(format!(
            "{}\n\n{}",
            gates(&known, &look),
            gate(&known[0], &look)
        ));
    }

    #[test]
    fn what_is_wrong_with_a_gate_stands_below_it() {
        let look = samples::look();
        let mut wrong = samples::gate();
        wrong.name = "style".into();
        wrong.origin = "/home/ada/shop/.synod/gates/style.toml".into();
        wrong.problems = vec!["line 4: unknown key `rooster`; known are roster, quorum, inputs; did you mean `roster`?".into()];
        wrong.ballot = true;
        wrong.arbiter = "judge".into();
        wrong.repair = 1;
        wrong.audit_permille = 100;
        let checked = [
            CheckedGate {
                path: wrong.origin.clone(),
                name: "style".into(),
                problems: wrong.problems.clone(),
                notes: Vec::new(),
            },
            CheckedGate {
                path: "/home/ada/.config/synod/gates/mine.toml".into(),
                name: "mine".into(),
                notes: vec!["it replaces the built-in gate of this name".into()],
                ..CheckedGate::default()
            },
        ];
        insta::assert_snapshot!(format!(
            "{}\n\n{}\n\n{}",
            gates(&[samples::gate(), wrong.clone()], &look),
            gate(&wrong, &look),
            super::checked(&checked, &look)
        ));
    }
}
