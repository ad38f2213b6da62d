//! `ps`: runs as a table.

use synod_proto::v1::{Attempt, Run};
use synod_shared::{sanitize, words::ExecutionState};

use super::{
    Look, age, between, clean, questions, short,
    table::{Cell, table_without},
    tone_of, usage, workspace,
};

/// Whose runs the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that have not ended.
    Live,
    /// All of them.
    All,
}

/// The column that is there only if somebody tells what it cost.
const COST: &str = "COST";

/// Runs, one a line.
pub fn runs(runs: &[Run], which: Which, look: &Look) -> String {
    if runs.is_empty() {
        return match which {
            Which::Live => "no run is under way; `synod ps --all` lists ended ones, \
                            `synod gate run clarify --spec PATH` starts one"
                .to_owned(),
            Which::All => "no run yet; `synod gate run clarify --spec PATH` or \
                           `synod exec -- COMMAND` starts one"
                .to_owned(),
        };
    }
    let mut rows: Vec<Vec<Cell>> = runs.iter().map(|run| row(run, look)).collect();
    let mut heading = vec![
        "ID", "STATE", "AGENTS", "ELAPSED", "OUTPUT", COST, "ASKS", "NAME",
    ];
    if !runs.iter().any(|run| cost(run).is_some())
        && let Some(at) = heading.iter().position(|title| *title == COST)
    {
        // Nobody tells: no column of dashes.
        heading.remove(at);
        for row in &mut rows {
            row.remove(at);
        }
    }
    // As above: most runs work in the folder they were started in.
    if runs.iter().any(|run| !workspace::word(run).is_empty()) {
        let before_name = heading.len() - 1;
        heading.insert(before_name, "WORKSPACE");
        for (row, run) in rows.iter_mut().zip(runs) {
            let word = match workspace::word(run) {
                word if word.is_empty() => "-".to_owned(),
                word => word,
            };
            row.insert(before_name, Cell::plain(word));
        }
    }
    // The name is what the other verbs want: everything but it and the state goes before it is cut.
    let first_to_go = [
        "WORKSPACE",
        "OUTPUT",
        COST,
        "AGENTS",
        "ELAPSED",
        "ASKS",
        "ID",
    ];
    table_without(&first_to_go, &heading, &rows, look.table_width, look.colour)
}

fn row(run: &Run, look: &Look) -> Vec<Cell> {
    let dash = || "-".to_owned();
    let elapsed = between(run.created_at.as_ref(), run.ended_at.as_ref(), look.now);
    let last_output = last_output(run)
        .and_then(|at| age(at, look.now))
        .map_or_else(dash, |age| format!("{age} ago"));
    vec![
        Cell::plain(short(&run.id)),
        Cell::toned(sanitize::line(&run.state, 20), tone_of(&run.state)),
        Cell::plain(format!("{}/{}", done(run), agents(run))),
        Cell::plain(elapsed.unwrap_or_else(dash)),
        Cell::plain(last_output),
        Cell::plain(
            run.usage
                .as_ref()
                .and_then(usage::cost)
                .unwrap_or_else(dash),
        ),
        Cell::plain(match open_questions(run) {
            0 => dash(),
            open => open.to_string(),
        }),
        Cell::plain(clean(&run.name)),
    ]
}

fn cost(run: &Run) -> Option<String> {
    run.usage.as_ref().and_then(usage::cost)
}

/// Executions that have ended.
pub fn done(run: &Run) -> usize {
    let ended = run.executions.iter().filter(|execution| {
        let state = execution.state.parse::<ExecutionState>();
        state.is_ok_and(ExecutionState::is_terminal)
    });
    match run.executions_done {
        Some(done) if run.executions.is_empty() => done as usize,
        _ => ended.count(),
    }
}

/// Executions there are.
pub fn agents(run: &Run) -> usize {
    run.executions.len().max(run.roster.len())
}

/// Questions that nobody has settled.
pub fn open_questions(run: &Run) -> usize {
    let open = run.questions.iter().filter(|q| questions::is_open(q));
    match run.open_questions {
        Some(open) if run.questions.is_empty() => open as usize,
        _ => open.count(),
    }
}

/// When any of its attempts printed last.
pub fn last_output(run: &Run) -> Option<&prost_types::Timestamp> {
    attempts(run)
        .filter_map(|attempt| attempt.last_output_at.as_ref())
        .max_by_key(|at| (at.seconds, at.nanos))
}

/// All attempts of a run.
pub fn attempts(run: &Run) -> impl Iterator<Item = &Attempt> {
    run.executions
        .iter()
        .flat_map(|execution| &execution.attempts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    fn at(table_width: usize) -> String {
        let mut long = samples::running();
        long.name = "clarify/a-change-of-the-checkout".into();
        let look = Look {
            table_width,
            ..samples::look()
        };
        runs(&[samples::asking(), long], Which::Live, &look)
    }

    #[test]
    fn a_narrow_terminal_loses_columns_before_names() {
        let tables = [100, 80, 60, 40].map(at);
        for (table, width) in tables.iter().zip([100, 80, 60, 40]) {
            assert!(table.lines().all(|line| line.chars().count() <= width));
        }
        insta::assert_snapshot!(tables.join("\n\n"));
    }

    #[test]
    fn nothing_is_cut_where_there_is_no_terminal() {
        let mut run = samples::running();
        run.name = "n".repeat(300);
        let look = Look {
            table_width: usize::MAX,
            ..samples::look()
        };
        let table = runs(&[run.clone()], Which::Live, &look);
        assert!(table.ends_with(&run.name) && table.contains("OUTPUT"));
    }
}
