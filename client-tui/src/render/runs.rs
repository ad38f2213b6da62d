//! `ps`: runs as a table.

use synod_proto::v1::{Attempt, Run};
use synod_shared::{sanitize, words::ExecutionState};

use super::{
    Look, age, between, short,
    table::{Cell, table},
    tone_of,
};

/// Whose runs the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that have not ended.
    Live,
    /// All of them.
    All,
}

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
    let rows: Vec<Vec<Cell>> = runs.iter().map(|run| row(run, look)).collect();
    let heading = [
        "ID",
        "STATE",
        "AGENTS",
        "ELAPSED",
        "LAST OUTPUT",
        "QUESTIONS",
        "NAME",
    ];
    table(&heading, &rows, look.width, look.colour)
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
        Cell::plain(match open_questions(run) {
            0 => dash(),
            open => open.to_string(),
        }),
        Cell::plain(sanitize::line(&run.name, 200)),
    ]
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
    let open = run.questions.iter().filter(|q| q.state != "settled");
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
