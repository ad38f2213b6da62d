//! Agents and providers.

mod rows;

use synod_proto::v1::GetCalibrationResponse;

use crate::{
    render::Tone,
    tui::{
        keys::Action,
        model::{
            Model,
            agents::{Of, Row, Section},
            cursor::Motion,
            load::Load,
        },
        msg::{Call, Cmd},
        view::areas,
    },
};

/// The screen was opened.
pub fn enter(model: &mut Model) -> Vec<Cmd> {
    model.agents.figures_load = Load::Asked;
    let calls = [
        Call::Agents,
        Call::Gates,
        Call::DaemonStatus,
        Call::Calibration,
    ];
    calls
        .into_iter()
        .flat_map(|call| super::ask(model, call))
        .collect()
}

/// The configuration came.
pub fn read(model: &mut Model) {
    model.agents.read = Some(model.now);
}

/// How often agents were right, as the daemon counts it.
pub fn figures(model: &mut Model, figures: GetCalibrationResponse) {
    model.agents.figures = Some(Box::new(figures));
    model.agents.figures_load = Load::Read;
}

/// That could not be read.
pub fn no_figures(model: &mut Model, why: String) {
    model.agents.figures_load = Load::Failed(why);
}

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    if let Some(motion) = Motion::of(action, height(model)) {
        step(model, motion);
        return Vec::new();
    }
    match action {
        Action::Refresh => enter(model),
        Action::Open => open(model),
        Action::Calibration => {
            to_figures(model);
            Vec::new()
        }
        Action::Filter => {
            super::say(model, "there is no filter here", Tone::Plain);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The run of what waits; of a provider or an agent, to what waits for it.
fn open(model: &mut Model) -> Vec<Cmd> {
    match selected(model) {
        Some(Row::Waiting(execution)) => {
            let run = model.shown().execution(execution);
            match run.map(|execution| execution.run_id.clone()) {
                Some(run) => super::open_run(model, &run),
                None => Vec::new(),
            }
        }
        Some(Row::Provider(_) | Row::Agent(_)) => {
            let rows = &model.agents.rows;
            let first = rows.iter().position(|row| matches!(row, Row::Waiting(_)));
            match first {
                Some(first) => {
                    model.agents.cursor.index = first;
                    remember(model);
                }
                None => super::say(model, "nothing waits there", Tone::Plain),
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// To the first of the figures, with their heading on top.
fn to_figures(model: &mut Model) {
    settle(model);
    let rows = &model.agents.rows;
    let heading = |row: &Row| matches!(row, Row::Heading(Section::Figures, _));
    let Some(heading) = rows.iter().position(heading) else {
        return;
    };
    let first = rows.iter().skip(heading).position(Row::is_place);
    model.agents.cursor.index = heading + first.unwrap_or(0);
    model.agents.cursor.top = heading;
    remember(model);
}

fn height(model: &Model) -> usize {
    areas::list_height(areas::agents(areas::of(model).body).0)
}

fn selected(model: &Model) -> Option<&Row> {
    model.agents.rows.get(model.agents.cursor.index)
}

fn step(model: &mut Model, motion: Motion) {
    let rows = &model.agents.rows;
    let cursor = &mut model.agents.cursor;
    let before = cursor.index;
    cursor.step(motion, rows.len());
    let place = |index: &usize| rows.get(*index).is_some_and(Row::is_place);
    let down = matches!(motion, Motion::Down(_) | Motion::First);
    let onward = if down {
        (cursor.index..rows.len()).find(place)
    } else {
        (0..=cursor.index).rev().find(place)
    };
    cursor.index = onward.unwrap_or(before);
    // What stands above the first row is seen with it.
    if (0..cursor.index).all(|index| !place(&index)) {
        cursor.top = 0;
    }
    remember(model);
}

/// What is selected says whose waiting executions are listed.
fn remember(model: &mut Model) {
    let selected = selected(model).cloned();
    match &selected {
        Some(Row::Provider(name)) => model.agents.provider = Some(name.clone()),
        Some(Row::Agent(name)) => {
            let catalog = model.catalog.agents.as_ref();
            let agent = catalog.and_then(|all| all.agents.iter().find(|a| a.name == *name));
            model.agents.provider = agent.map(|agent| agent.provider.clone());
        }
        _ => {}
    }
    model.agents.selected = selected;
}

/// Makes the rows anew: there are a few hundred at most. Keeps the selected one selected.
pub fn settle(model: &mut Model) {
    if model.agents.provider.is_none() {
        model.agents.provider = rows::fullest(model);
    }
    model.agents.rows = rows::rows(model);
    let rows = &model.agents.rows;
    let wanted = model.agents.selected.as_ref();
    let found = wanted.and_then(|wanted| rows.iter().position(|row| row == wanted));
    match found {
        Some(index) => {
            let cursor = &mut model.agents.cursor;
            cursor.top = (cursor.top + index).saturating_sub(cursor.index);
            cursor.index = index;
        }
        None if rows
            .get(model.agents.cursor.index)
            .is_some_and(Row::is_place) =>
        {
            model.agents.selected = rows.get(model.agents.cursor.index).cloned();
        }
        None => step(model, Motion::Down(0)),
    }
    let (height, len) = (height(model), model.agents.rows.len());
    model.agents.cursor.settle(len, height);
}

/// What is under the cursor.
pub fn to_copy(model: &Model) -> Option<String> {
    match selected(model)? {
        Row::Agent(name) | Row::Provider(name) | Row::Gate(name) => Some(name.clone()),
        Row::Waiting(execution) => Some(execution.clone()),
        Row::Figures(of, at) => {
            let figures = model.agents.figures.as_ref()?;
            let all = match of {
                Of::Agent => &figures.agents,
                Of::Family => &figures.families,
            };
            Some(all.get(*at)?.name.clone())
        }
        Row::Recall(at) => {
            let figures = model.agents.figures.as_ref()?;
            Some(figures.recall.get(*at)?.agent.clone())
        }
        Row::Note(_, words) => Some(words.clone()),
        Row::Space | Row::Heading(..) | Row::Titles(_) => None,
    }
}

#[cfg(test)]
mod tests;
