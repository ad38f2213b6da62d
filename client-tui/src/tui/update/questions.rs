//! The questions: which are looked at, and what keys do there.
//!
//! | part | owns |
//! |---|---|
//! | `rows` | the list: parts, runs, sections, order |
//! | `settle` | list, cursor and text kept in step with what is known; moving on |
//! | `answer` | what is said to a question, and to the rest of them |
//! | `editor` | an answer in one's own words |
//! | `permission` | what is said to an agent that asks to be allowed something |
//! | `held` | a key held down answers once |

mod answer;
mod editor;
mod held;
mod permission;
mod rows;
mod settle;

#[cfg(test)]
mod tests;

pub use answer::{refused, sent, taken};
pub use editor::{editor_key, keeps_unsent};
pub use permission::selected_permission;
pub use settle::settle;

use ratatui::layout::Position;

use crate::tui::{
    keys::Action,
    model::{
        Model, Screen,
        cursor::{Cursor, Motion},
        known::Group,
        layer::{Layer, Prompt, Purpose},
        questions::{Part, Reading, Row},
    },
    msg::{Call, Cmd, Said},
    view::{areas, questions::panes},
};

/// Most runs that are read whole at once, because a snapshot left their questions out.
const READ_AT_ONCE: usize = 32;

/// The screen was opened: for all runs, or for one.
pub fn enter(model: &mut Model, run: Option<String>) -> Vec<Cmd> {
    let place = &mut model.questions;
    if place.only != run {
        place.filter.clear();
        place.rows.clear();
        place.cursor = Cursor::default();
        place.held = None;
        place.made_of = None;
        place.only = run;
    }
    place.reading = Reading::List;
    place.done_with = None;
    read_missing(model)
}

/// After a snapshot: what it left out is read again.
pub fn reread(model: &mut Model) -> Vec<Cmd> {
    if *model.screen() == Screen::Questions {
        read_missing(model)
    } else {
        Vec::new()
    }
}

/// Asks for the questions that are not known: a snapshot leaves out the parts of ended runs, and of large ones.
fn read_missing(model: &mut Model) -> Vec<Cmd> {
    if model.past.is_some() {
        return Vec::new();
    }
    let known = &model.live;
    let runs: Vec<String> = match &model.questions.only {
        Some(run) => vec![run.clone()],
        None => known
            .runs()
            .take_while(|(group, _)| *group != Group::Finished)
            .filter(|(_, run)| {
                let told = run.open_questions.unwrap_or(0) as usize;
                told > waiting_of(model, &run.id).len()
            })
            .map(|(_, run)| run.id.clone())
            .take(READ_AT_ONCE)
            .collect(),
    };
    let ask = |run| super::ask(model, Call::GetRun { run });
    runs.into_iter().flat_map(ask).collect()
}

/// The ids of a run's questions that wait, put off or not.
fn waiting_of(model: &Model, run: &str) -> Vec<String> {
    let known = &model.live;
    let questions = known.parts(run).map_or(&[][..], |parts| &parts.questions);
    let waits = |id: &&String| known.question(id).is_some_and(|q| known.waits(q));
    questions.iter().filter(waits).cloned().collect()
}

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    // Whoever does something here has seen how it stands.
    model.questions.beaten = None;
    let panes = panes::of(model, areas::of(model).body);
    let page = match model.questions.reading {
        Reading::List => usize::from(panes.list.height),
        // Less the two lines that tell how much is above and below: no line is passed over.
        Reading::Whole => usize::from(panes.detail.height.saturating_sub(2)),
    };
    if let Some(motion) = Motion::of(action, page) {
        match model.questions.reading {
            Reading::List => step(model, motion),
            Reading::Whole => scroll(model, motion),
        }
        return Vec::new();
    }
    match action {
        Action::Open if selected_permission(model).is_some() => {
            if !held::is_held(model, action) {
                permission::choose(model);
            }
        }
        Action::Open => {
            let reading = match model.questions.reading {
                Reading::List if model.questions.selected.is_some() => Reading::Whole,
                Reading::List | Reading::Whole => Reading::List,
            };
            model.questions.reading = reading;
        }
        Action::Filter => {
            let input = model.questions.filter.clone().into();
            let purpose = Purpose::Filter;
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
        }
        Action::Settled => model.questions.settled = model.questions.settled.other(),
        Action::ScrollDown => scroll(model, Motion::Down(1)),
        Action::ScrollUp => scroll(model, Motion::Up(1)),
        Action::NextQuestion => next(model, Way::On),
        Action::PreviousQuestion => next(model, Way::Back),
        Action::QuestionRun => {
            let known = model.shown();
            let selected = model.questions.selected.as_ref();
            let run = selected
                .and_then(|id| known.question(id))
                .map(|q| &q.run_id);
            if let Some(run) = run.or(model.questions.only.as_ref()).cloned() {
                return super::open_run(model, &run);
            }
        }
        Action::OwnAnswer | Action::Duplicate | Action::MustFix | Action::Recommended
            if permission::refuse_of_permission(model) => {}
        Action::OwnAnswer => editor::open(model),
        Action::Duplicate => answer::duplicate(model),
        Action::Rest => answer::rest(model),
        _ => return answer_by(model, action),
    }
    Vec::new()
}

/// Answers, if this is a key that does.
fn answer_by(model: &mut Model, action: Action) -> Vec<Cmd> {
    if held::is_held(model, action) {
        return Vec::new();
    }
    let cmds = match action {
        Action::Recommended => answer::recommended(model),
        Action::MustFix => answer::say(model, Said::MustFix),
        Action::Dismiss => permission::dismiss(model),
        Action::Later => answer::say(model, Said::Later),
        _ => match option(action) {
            Some(number) => answer::option(model, number),
            None => return Vec::new(),
        },
    };
    held::by_key(model, action, cmds)
}

/// The option that an action picks, counted from 1.
const fn option(action: Action) -> Option<u32> {
    Some(match action {
        Action::Option1 => 1,
        Action::Option2 => 2,
        Action::Option3 => 3,
        Action::Option4 => 4,
        Action::Option5 => 5,
        Action::Option6 => 6,
        Action::Option7 => 7,
        Action::Option8 => 8,
        Action::Option9 => 9,
        _ => return None,
    })
}

/// Which way to the next question.
#[derive(Clone, Copy)]
enum Way {
    On,
    Back,
}

fn step(model: &mut Model, motion: Motion) {
    let place = &mut model.questions;
    let before = place.cursor.index;
    place.cursor.step(motion, place.rows.len());
    // Headings are no place to be: on to the next row in the direction of the step, else back.
    let at = place.cursor.index;
    let selectable = |index: &usize| place.question_at(*index).is_some();
    let onward = match motion {
        Motion::Down(_) | Motion::First => (at..place.rows.len()).find(selectable),
        Motion::Up(_) | Motion::Last => (0..=at).rev().find(selectable),
    };
    select(model, onward.unwrap_or(before));
}

/// Selects a row, if it is one that can be.
fn select(model: &mut Model, row: usize) {
    let place = &mut model.questions;
    let Some(id) = place.question_at(row).map(str::to_owned) else {
        return;
    };
    place.cursor.index = row;
    let heading = |row: &Row| !matches!(row, Row::Question(..));
    if place.rows[..row].iter().all(heading) {
        // The headings above the first question are seen with it.
        place.cursor.top = 0;
    }
    place.selected = Some(id);
}

/// A click on a row of the list selects it; on the selected one it opens it.
pub fn click(model: &mut Model, column: u16, row: u16) -> Vec<Cmd> {
    let list = panes::of(model, areas::of(model).body).list;
    if !list.contains(Position::new(column, row)) {
        return Vec::new();
    }
    let place = &model.questions;
    let window = place
        .cursor
        .window(place.rows.len(), usize::from(list.height));
    let index = window.start + usize::from(row - list.y);
    if index == place.cursor.index {
        return act(model, Action::Open);
    }
    select(model, index);
    Vec::new()
}

/// Moves the text of the question that is read. `settle` keeps it within what there is.
fn scroll(model: &mut Model, motion: Motion) {
    let place = &mut model.questions;
    let mut cursor = Cursor {
        index: place.top,
        top: 0,
    };
    cursor.step(motion, place.lines.len());
    place.top = cursor.index;
}

/// To the next question that waits, or the one before.
fn next(model: &mut Model, way: Way) {
    let place = &model.questions;
    let waits = |row: &usize| matches!(place.rows.get(*row), Some(Row::Question(Part::Waiting, _)));
    let at = place.cursor.index;
    let found = match way {
        Way::On => (at + 1..place.rows.len()).find(waits),
        Way::Back => (0..at).rev().find(waits),
    };
    match found {
        Some(row) => select(model, row),
        None => super::say(
            model,
            "no other question waits that way",
            crate::render::Tone::Plain,
        ),
    }
}

/// Shows only what matches.
pub fn filter(model: &mut Model, typed: String) {
    model.questions.filter = typed;
}

/// Back to the list, else shows everything again; false if there was nothing to go back from.
pub fn clear_filter(model: &mut Model) -> bool {
    let place = &mut model.questions;
    match place.reading {
        Reading::Whole => {
            place.reading = Reading::List;
            true
        }
        Reading::List => !std::mem::take(&mut place.filter).is_empty(),
    }
}

/// What was written for the selected question and came too late, else the answer that was given to it, else the
/// recommended one.
pub fn to_copy(model: &Model) -> Option<String> {
    let question = model.shown().question(model.questions.selected.as_ref()?)?;
    let draft = model.questions.drafts.get(&question.id);
    let draft = draft.filter(|_| !model.shown().waits(question));
    let recommended = Some(&question.recommended).filter(|_| !question.audit);
    let answers = [draft, Some(&question.answer), recommended];
    answers
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
        .cloned()
}
