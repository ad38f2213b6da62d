//! Gates: the list, and one in full.

use synod_proto::v1::Gate;

use super::{
    Look, Tone, clean,
    table::{Cell, table},
    wrap,
};

/// Gates, one a line.
pub fn gates(gates: &[Gate], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = gates
        .iter()
        .map(|gate| {
            vec![
                Cell::plain(clean(&gate.name)),
                Cell::plain(gate.version.to_string()),
                Cell::plain(clean(&gate.checkpoint)),
                Cell::plain(clean(&gate.quorum)),
                Cell::plain(purpose(gate)),
            ]
        })
        .collect();
    let heading = ["GATE", "VERSION", "CHECKPOINT", "QUORUM", "FOR"];
    table(&heading, &rows, look.table_width, look.colour)
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
    field("version", gate.version.to_string());
    field("checkpoint", clean(&gate.checkpoint));
    field("roster", clean(&gate.roster.join(", ")));
    field("quorum", clean(&gate.quorum));
    field("inputs", clean(&gate.inputs.join(", ")));
    field("from", clean(&gate.origin));
    let name = clean(&gate.name);
    lines.push(String::new());
    lines.push(format!(
        "its definition: synod gate show {name} --toml\nto run it: synod gate run {name} --spec PATH"
    ));
    lines.join("\n")
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
}
