//! One run: where keys go in it, and what they ask of the daemon.

mod onward;

use crate::{
    render::{Tone, clean},
    tui::{
        keys::Action,
        model::{
            Model, Screen,
            cursor::Motion,
            known::{Known, Parts},
            layer::{Confirm, Layer},
            past::Past,
            run::{
                Pane, Reader, Reading,
                matrix::Matrix,
                rounds::{Row, Rows},
            },
        },
        msg::{Call, Cmd},
        view::run::{
            detail,
            layout::{self, Layout},
            outcome,
        },
    },
};

pub use onward::ledger_id;

/// A run was opened. Out of the past it is not read: it is as it was.
pub fn enter(model: &mut Model, id: &str) {
    model.run.restart(id);
    let opened = model.screens().iter();
    let opened: Vec<Screen> = opened.cloned().collect();
    model
        .run
        .reading
        .retain(|run, _| opened.contains(&Screen::Run(run.clone())));
    if model.past.is_none() {
        model.run.reading.insert(id.to_owned(), Reading::Asked);
    }
}

/// A run was read whole.
pub fn arrived(model: &mut Model, id: &str) {
    model.run.reading.remove(id);
}

/// A run could not be read.
pub fn unread(model: &mut Model, id: &str, why: &str) {
    if let Some(reading) = model.run.reading.get_mut(id) {
        *reading = Reading::Failed(why.to_owned());
    }
}

/// After a snapshot: runs on the screen and below it are read whole again.
pub fn reread(model: &mut Model) -> Vec<Cmd> {
    let opened = model.screens().iter().filter_map(|screen| match screen {
        Screen::Run(id) => Some(id.clone()),
        _ => None,
    });
    let opened: std::collections::BTreeSet<String> = opened.collect();
    let mut cmds = Vec::new();
    for run in opened {
        model.run.reading.insert(run.clone(), Reading::Asked);
        cmds.extend(super::ask(model, Call::GetRun { run }));
    }
    cmds
}

/// Runs came to their end: of those on the screen and below it the final messages can be read now.
pub fn ended(model: &mut Model, runs: &[String]) -> Vec<Cmd> {
    let spoken = |run: &&String| {
        let parts = model.live.parts(run);
        parts.is_some_and(|parts| parts.structured > 0)
            && model.screens().contains(&Screen::Run((*run).clone()))
    };
    let runs: Vec<String> = runs.iter().filter(spoken).cloned().collect();
    let ask = |run| super::ask(model, Call::GetRun { run });
    runs.into_iter().flat_map(ask).collect()
}

/// After the daemon came back: what could not be read is read again.
pub fn read_again(model: &mut Model) -> Vec<Cmd> {
    let failed = |reading: &Reading| matches!(reading, Reading::Failed(_));
    if model.run.reading.values().any(failed) {
        reread(model)
    } else {
        Vec::new()
    }
}

/// What a key does here.
pub fn act(model: &mut Model, id: &str, action: Action) -> Vec<Cmd> {
    // Several keys may come before a frame.
    settle(model, id);
    let Some(layout) = layout_of(model, id) else {
        return Vec::new();
    };
    if model.run.reader.is_some() {
        if let Some(cmds) = read(model, id, action, &layout) {
            return cmds;
        }
    } else if let Some(motion) = Motion::of(action, page(model, id, &layout)) {
        step(model, id, motion);
        return Vec::new();
    }
    match action {
        Action::PaneLeft => model.run.pane = Some(Pane::Executions),
        Action::PaneRight => model.run.pane = Some(Pane::Findings),
        Action::Open => return open(model, id),
        Action::RunOutput => return output(model),
        Action::RunCancel => return super::runs::cancel(model, id),
        Action::CancelExecution => cancel_execution(model),
        Action::RunRetry => return retry(model, id),
        Action::RunQuestions => return questions(model, id),
        Action::Prompt => return onward::prompt(model),
        Action::RunForget => onward::forget(model),
        Action::CopySession => return copy_session(model),
        Action::Filter => super::say(model, "there is no filter here", Tone::Plain),
        _ => {}
    }
    Vec::new()
}

/// Closes the finding that is read; false if there was none.
pub fn close_finding(model: &mut Model) -> bool {
    model.run.reader.take().is_some()
}

/// A click selects a row of one of the two panes; on the selected one, where keys go already, it opens it.
pub fn click(model: &mut Model, id: &str, row: u16) -> Vec<Cmd> {
    settle(model, id);
    let Some(layout) = layout_of(model, id) else {
        return Vec::new();
    };
    if model.run.reader.is_some() {
        return Vec::new();
    }
    let known = shown(model.past.as_ref(), &model.live);
    let Some(parts) = known.parts(id) else {
        return Vec::new();
    };
    let table = layout.executions.table;
    let rows = layout.findings.rows;
    // The first row of the table has the headings.
    let in_table = (table.y.saturating_add(1)..table.bottom()).contains(&row);
    let (clicked, spot, list, index) = if in_table {
        let (spot, page) = (&mut model.run.executions, layout.executions.page());
        let shown = Rows::of(&parts.rounds);
        let line = usize::from(row - table.y - 1);
        let at = shown.at(shown.window(spot.cursor, page).start + line);
        let Some(Row::Execution(index)) = at else {
            return Vec::new();
        };
        (Pane::Executions, spot, &parts.executions, index)
    } else if (rows.y..rows.bottom()).contains(&row) {
        let (spot, page) = (&mut model.run.findings, usize::from(rows.height));
        let list = &parts.findings;
        let first = spot.cursor.window(list.len(), page).start;
        let index = first + usize::from(row - rows.y);
        (Pane::Findings, spot, list, index)
    } else {
        return Vec::new();
    };
    let same = spot.cursor.index == index;
    if let Some(found) = list.get(index) {
        spot.cursor.index = index;
        spot.selected = Some(found.clone());
    }
    let there = index < list.len();
    let had_keys = pane(model, id) == clicked;
    model.run.pane = Some(clicked);
    if same && there && had_keys {
        return open(model, id);
    }
    settle(model, id);
    Vec::new()
}

/// Keeps the place within what there is, and makes anew what other parts ask for.
pub fn settle(model: &mut Model, id: &str) {
    if model.run.of != id {
        model.run.restart(id);
    }
    make_matrix(model, id);
    let Some(layout) = layout_of(model, id) else {
        return;
    };
    let known = shown(model.past.as_ref(), &model.live);
    let none = Parts::default();
    let parts = known.parts(id).unwrap_or(&none);
    let place = &mut model.run;
    let page = layout.executions.page();
    if layout.executions.title.height > 0 {
        let rows = Rows::of(&parts.rounds);
        place.executions.settle_in(&parts.executions, rows, page);
    }
    if layout.findings.title.height > 0 {
        let rows = usize::from(layout.findings.rows.height);
        place.findings.settle(&parts.findings, rows);
    }
    if let Some(run) = known.run(id).filter(|run| layout::single(run)) {
        let rows = layout.findings.rows;
        let len = outcome::rows(model, run, rows.width).len();
        let last = len.saturating_sub(usize::from(rows.height));
        model.run.outcome = model.run.outcome.min(last);
    }
    if let Some(reader) = model.run.reader.take() {
        model.run.reader = settle_reader(model, id, reader, &layout);
    }
}

/// [`Model::shown`], of which the rest of the model can be changed meanwhile.
fn shown<'a>(past: Option<&'a Past>, live: &'a Known) -> &'a Known {
    let past = past.and_then(|past| past.known.as_ref());
    past.unwrap_or(live)
}

fn layout_of(model: &Model, id: &str) -> Option<Layout> {
    let run = model.shown().run(id)?;
    Some(layout::of(model, run))
}

fn make_matrix(model: &mut Model, id: &str) {
    let known = model.shown();
    let Some(parts) = known.parts(id) else { return };
    let made_of = (known.identity(), parts.shape);
    if model.run.made_of == Some(made_of) {
        return;
    }
    let executions = parts.executions.iter().filter_map(|id| known.execution(id));
    let findings = parts.findings.iter().filter_map(|id| known.finding(id));
    model.run.matrix = Matrix::of(executions, findings);
    model.run.made_of = Some(made_of);
}

/// The lines of the finding, made anew if it or its question is another; none if there is no such finding.
fn settle_reader(model: &Model, id: &str, mut reader: Reader, layout: &Layout) -> Option<Reader> {
    let known = model.shown();
    let (run, finding) = (known.run(id)?, known.finding(&reader.finding)?);
    let shape = known.parts(id).map_or(0, |parts| parts.shape);
    let question = known.question(&finding.id).map_or(0, |q| q.revision);
    let area = layout.reader.rows;
    let made_of = (known.identity(), shape, question, area.width);
    if reader.made_of != Some(made_of) {
        reader.rows = detail::rows(model, run, finding, area.width);
        reader.made_of = Some(made_of);
    }
    let last = reader.rows.len().saturating_sub(usize::from(area.height));
    reader.top = reader.top.min(last);
    Some(reader)
}

fn pane(model: &Model, id: &str) -> Pane {
    let run = model.shown().run(id);
    run.map_or(Pane::Executions, |run| layout::pane(model, run))
}

/// Rows of the pane where keys go.
fn page(model: &Model, id: &str, layout: &Layout) -> usize {
    match pane(model, id) {
        Pane::Executions => layout.executions.page(),
        Pane::Findings => usize::from(layout.findings.rows.height),
    }
}

fn step(model: &mut Model, id: &str, motion: Motion) {
    let pane = pane(model, id);
    model.run.pane = Some(pane);
    let single = model.shown().run(id).is_some_and(layout::single);
    let known = shown(model.past.as_ref(), &model.live);
    let Some(parts) = known.parts(id) else { return };
    match pane {
        Pane::Executions => model.run.executions.step(motion, &parts.executions),
        Pane::Findings if single => model.run.outcome = scrolled(model.run.outcome, motion),
        Pane::Findings => model.run.findings.step(motion, &parts.findings),
    }
    settle(model, id);
}

/// A first line after a motion; the next frame keeps it within the text.
fn scrolled(top: usize, motion: Motion) -> usize {
    match motion {
        Motion::Up(rows) => top.saturating_sub(rows),
        Motion::Down(rows) => top.saturating_add(rows),
        Motion::First => 0,
        Motion::Last => usize::MAX,
    }
}

/// What a key does while a finding is read; none: what it does otherwise.
fn read(model: &mut Model, id: &str, action: Action, layout: &Layout) -> Option<Vec<Cmd>> {
    let page = usize::from(layout.reader.rows.height);
    if let Some(motion) = Motion::of(action, page) {
        if let Some(reader) = &mut model.run.reader {
            reader.top = scrolled(reader.top, motion);
        }
        settle(model, id);
        return Some(Vec::new());
    }
    let motion = match action {
        Action::PaneLeft => Motion::Up(1),
        Action::PaneRight => Motion::Down(1),
        Action::Open => return Some(Vec::new()),
        _ => return None,
    };
    let known = shown(model.past.as_ref(), &model.live);
    if let Some(parts) = known.parts(id) {
        model.run.findings.step(motion, &parts.findings);
    }
    open_finding(model, id);
    Some(Vec::new())
}

fn open(model: &mut Model, id: &str) -> Vec<Cmd> {
    let single = model.shown().run(id).is_some_and(layout::single);
    match pane(model, id) {
        Pane::Findings if !single => {
            open_finding(model, id);
            Vec::new()
        }
        Pane::Executions | Pane::Findings => output(model),
    }
}

fn open_finding(model: &mut Model, id: &str) {
    model.run.pane = Some(Pane::Findings);
    let Some(finding) = model.run.findings.selected.clone() else {
        return;
    };
    let same = model.run.reader.as_ref();
    if same.is_none_or(|reader| reader.finding != finding) {
        model.run.reader = Some(Reader {
            finding,
            ..Reader::default()
        });
    }
    settle(model, id);
}

fn output(model: &mut Model) -> Vec<Cmd> {
    if let Some(execution) = selected(model) {
        super::output::open_execution(model, &execution)
    } else {
        super::say(model, "no agent has been queued yet", Tone::Plain);
        Vec::new()
    }
}

/// The selected execution; the first one where that pane was never seen.
fn selected(model: &Model) -> Option<String> {
    let parts = model.shown().parts(&model.run.of)?;
    let place = &model.run.executions;
    let known = |id: &&String| parts.executions.contains(*id);
    let chosen = place.selected.as_ref().filter(known);
    chosen.or(parts.executions.first()).cloned()
}

/// Asks before one execution is cancelled.
fn cancel_execution(model: &mut Model) {
    if super::refuse_in_the_past(model) {
        return;
    }
    let Some(known) = selected(model).and_then(|id| model.live.execution(&id)) else {
        return;
    };
    let agent = clean(&known.agent);
    if known.ended_at.is_some() {
        let words = format!("{agent} has ended: there is nothing to cancel");
        return super::say(model, words, Tone::Plain);
    }
    let execution = known.id.clone();
    model.layers.push(Layer::Confirm(Confirm {
        question: format!("Cancel {agent} alone? The run goes on without its answer."),
        call: Call::CancelExecution { execution },
    }));
}

fn retry(model: &mut Model, id: &str) -> Vec<Cmd> {
    match (pane(model, id), selected(model)) {
        (Pane::Executions, Some(execution)) => super::runs::retry_execution(model, &execution),
        (Pane::Executions, None) => Vec::new(),
        // No execution is under the cursor: the one that failed last.
        (Pane::Findings, _) => super::runs::retry(model, id),
    }
}

fn questions(model: &mut Model, id: &str) -> Vec<Cmd> {
    let known = model.shown();
    let single = known.run(id).is_some_and(layout::single);
    let asks = known
        .parts(id)
        .is_some_and(|parts| !parts.questions.is_empty());
    if single && !asks {
        super::say(model, "it asks nothing", Tone::Plain);
        return Vec::new();
    }
    model.push(Screen::Questions);
    super::questions::enter(model, Some(id.to_owned()))
}

/// The session id of the selected execution's newest attempt.
fn copy_session(model: &mut Model) -> Vec<Cmd> {
    let known = model.shown();
    let attempt = selected(model).and_then(|execution| known.newest_attempt(&execution));
    let session = attempt.map(|attempt| clean(&attempt.session_id));
    let Some(session) = session.filter(|session| !session.is_empty()) else {
        super::say(model, "this agent has told no session", Tone::Plain);
        return Vec::new();
    };
    super::copy::put(model, session)
}

/// What is under the cursor: an execution's id, a finding's; while one is read, its answer if it has one.
pub fn to_copy(model: &Model, id: &str) -> Option<String> {
    if let Some(reader) = &model.run.reader {
        let finding = model.shown().finding(&reader.finding)?;
        let blind = model.shown().is_blind(&finding.id);
        let answer = Some(&finding.answer).filter(|answer| !answer.is_empty() && !blind);
        return Some(answer.unwrap_or(&finding.id).clone());
    }
    let under = match pane(model, id) {
        Pane::Executions => model.run.executions.selected.clone(),
        Pane::Findings => model.run.findings.selected.clone(),
    };
    under.or_else(|| Some(model.shown().run(id)?.id.clone()))
}

#[cfg(test)]
mod tests;
