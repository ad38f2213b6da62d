//! The list of runs.

use synod_proto::v1::Run;

use crate::{
    render::{Tone, clean},
    tui::{
        keys::Action,
        model::{
            Model, Screen,
            cursor::Motion,
            known::{Group, Known},
            layer::{Confirm, Layer, Prompt, Purpose},
            runs::Row,
        },
        msg::{Call, Cmd},
        view::areas,
    },
};

use super::{filter::Matcher, form};

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    if let Some(motion) = Motion::of(action, height(model)) {
        step(model, motion);
        return Vec::new();
    }
    match action {
        Action::Open => match model.runs.run().map(str::to_owned) {
            Some(id) => super::open_run(model, &id),
            None => older(model),
        },
        Action::Output => match model.runs.run().map(str::to_owned) {
            Some(id) => super::output::open_run(model, &id),
            None => Vec::new(),
        },
        Action::Filter => {
            let input = model.runs.filter.clone().into();
            let purpose = Purpose::Filter;
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
            Vec::new()
        }
        Action::NewGate => form::new_gate(model),
        Action::NewAgent => form::new_agent(model),
        Action::NewCommand => form::new_command(model),
        Action::Cancel => match model.runs.run().map(str::to_owned) {
            Some(id) => cancel(model, &id),
            None => Vec::new(),
        },
        Action::Retry => match model.runs.run().map(str::to_owned) {
            Some(id) => retry(model, &id),
            None => Vec::new(),
        },
        Action::Older => older(model),
        _ => Vec::new(),
    }
}

/// Asks before a run is cancelled.
pub fn cancel(model: &mut Model, id: &str) -> Vec<Cmd> {
    if super::refuse_in_the_past(model) {
        return Vec::new();
    }
    let Some(run) = model.live.run(id) else {
        return Vec::new();
    };
    let name = clean(&run.name);
    if model.live.group(id) == Some(Group::Finished) {
        super::say(
            model,
            format!("{name} is over: there is nothing to cancel"),
            Tone::Plain,
        );
        return Vec::new();
    }
    let tally = model
        .live
        .parts(id)
        .map(|parts| parts.tally)
        .unwrap_or_default();
    let what = match tally.running {
        0 => String::new(),
        1 => "; one agent is ended with all it started".to_owned(),
        n => format!("; {n} agents are ended with all they started"),
    };
    let run = id.to_owned();
    model.layers.push(Layer::Confirm(Confirm {
        question: format!("Cancel {name}{what}?"),
        call: Call::CancelRun { run },
    }));
    Vec::new()
}

/// Asks before the last execution of a run is run once more.
pub fn retry(model: &mut Model, id: &str) -> Vec<Cmd> {
    if super::refuse_in_the_past(model) {
        return Vec::new();
    }
    let parts = model.live.parts(id);
    let executions = parts.map_or(&[][..], |parts| &parts.executions);
    let failed = executions.iter().rev().find(|id| {
        let execution = model.live.execution(id);
        execution.is_some_and(|e| e.ended_at.is_some() && e.state != "completed")
    });
    let Some(execution) = failed.or(executions.last()).cloned() else {
        return Vec::new();
    };
    retry_execution(model, &execution)
}

/// Asks before an execution is run once more.
pub fn retry_execution(model: &mut Model, execution: &str) -> Vec<Cmd> {
    if super::refuse_in_the_past(model) {
        return Vec::new();
    }
    let Some(known) = model.live.execution(execution) else {
        return Vec::new();
    };
    let name = model.live.run(&known.run_id).map(|run| clean(&run.name));
    let (name, agent) = (name.unwrap_or_default(), clean(&known.agent));
    let question = if known.ended_at.is_none() {
        super::say(
            model,
            format!("{agent} of {name} is still at work"),
            Tone::Plain,
        );
        return Vec::new();
    } else {
        format!("Run {agent} of {name} once more?")
    };
    let execution = execution.to_owned();
    model.layers.push(Layer::Confirm(Confirm {
        question,
        call: Call::Retry { execution },
    }));
    Vec::new()
}

fn older(model: &mut Model) -> Vec<Cmd> {
    if model.past.is_some() || model.live.older_runs == 0 {
        return Vec::new();
    }
    let page = model.runs.next_page.clone().unwrap_or_default();
    super::ask(model, Call::ListRuns { page })
}

fn height(model: &Model) -> usize {
    areas::list_height(areas::runs(model, areas::of(model).body).1)
}

fn step(model: &mut Model, motion: Motion) {
    let rows = &model.runs.rows;
    let place = &mut model.runs.cursor;
    let before = place.index;
    place.step(motion, rows.len());
    // Headings are no place to be: on to the next row in the direction of the step, else back.
    let selectable = |index: usize| !matches!(rows.get(index), Some(Row::Heading(..)) | None);
    let down = matches!(motion, Motion::Down(_) | Motion::First);
    let onward: Option<usize> = if down {
        (place.index..rows.len()).find(|index| selectable(*index))
    } else {
        (0..=place.index).rev().find(|index| selectable(*index))
    };
    place.index = onward.unwrap_or(before);
    if place.index <= 1 {
        // The first heading is seen with the first row.
        place.top = 0;
    }
    remember(model);
}

/// Selects a row of the list, if it is one that can be.
pub fn select(model: &mut Model, row: usize) {
    if matches!(model.runs.rows.get(row), Some(Row::Run(_) | Row::Older(_))) {
        model.runs.cursor.index = row;
        remember(model);
    }
}

fn remember(model: &mut Model) {
    model.runs.selected = match model.runs.rows.get(model.runs.cursor.index) {
        Some(Row::Run(id)) => Some(id.clone()),
        Some(Row::Heading(..) | Row::Older(_)) | None => None,
    };
}

/// Makes the rows anew if the list or the filter is another, and keeps the selected run selected.
pub fn settle(model: &mut Model) {
    let height = height(model);
    let known = model.shown();
    let version = if model.runs.filter.is_empty() {
        known.order_version()
    } else {
        known.list_version()
    };
    let made_of = (known.identity(), version, model.runs.filter.clone());
    if model.runs.made_of.as_ref() != Some(&made_of) {
        let rows = rows(known, &model.runs.filter);
        model.runs.rows = rows;
        model.runs.made_of = Some(made_of);
        let wanted = model.runs.selected.clone();
        let rows = &model.runs.rows;
        let is = |row: &Row| matches!(row, Row::Run(id) if Some(id) == wanted.as_ref());
        match rows.iter().position(is) {
            Some(index) => model.runs.cursor.index = index,
            None => step(model, Motion::Up(0)),
        }
        if model.runs.cursor.index == 0 {
            step(model, Motion::Down(0));
        }
    }
    let len = model.runs.rows.len();
    model.runs.cursor.settle(len, height);
}

fn rows(known: &Known, filter: &str) -> Vec<Row> {
    let mut matcher = Matcher::new(filter);
    let mut rows = Vec::with_capacity(known.run_count() + 4);
    let mut heading: Option<(Group, usize)> = None;
    for (group, id) in known.order() {
        // Without a filter no run is looked up: there may be very many.
        let text = || known.run(id).map_or_else(String::new, text_of);
        if !matcher.matches(text) {
            continue;
        }
        match &mut heading {
            Some((known, at)) if *known == group => {
                if let Some(Row::Heading(_, count)) = rows.get_mut(*at) {
                    *count += 1;
                }
            }
            Some(_) | None => {
                heading = Some((group, rows.len()));
                rows.push(Row::Heading(group, 1));
            }
        }
        rows.push(Row::Run(id.clone()));
    }
    if known.older_runs > 0 && filter.is_empty() {
        rows.push(Row::Older(known.older_runs));
    }
    rows
}

/// What a filter is held against.
fn text_of(run: &Run) -> String {
    let what = if run.gate.is_empty() {
        &run.kind
    } else {
        &run.gate
    };
    format!("{} {} {} {}", run.name, run.state, what, run.id)
}

/// After a page of older runs came.
pub fn page(model: &mut Model, answer: synod_proto::v1::ListRunsResponse) {
    let mut added = 0;
    for run in answer.runs {
        if model.live.run(&run.id).is_none() {
            added += 1;
        }
        model.live.merge(run);
    }
    model.live.older_runs = model.live.older_runs.saturating_sub(added);
    model.live.touch();
    if answer.next_page_token.is_empty() {
        model.live.older_runs = 0;
        model.runs.next_page = None;
    } else {
        model.runs.next_page = Some(answer.next_page_token);
    }
    if added == 0 && model.live.older_runs == 0 && *model.screen() == Screen::Runs {
        super::say(model, "that was the oldest", Tone::Plain);
    }
}
