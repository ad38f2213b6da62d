//! Before each frame: the list, the cursor and the text of the selected question are brought in step with what
//! is known, each only if what it is made of changed.
//!
//! An answer given here moves on to the next question that waits. One given elsewhere does not: what somebody
//! looks at stays where it is.

use std::collections::BTreeSet;

use synod_shared::sanitize;

use super::rows::{part_of, rows};
use crate::{
    render::{Tone, clean},
    tui::{
        model::{
            Model, Screen,
            cursor::Motion,
            known::Group,
            questions::{LinesOf, MadeOf, Part, Row, SentReply},
        },
        view::{
            areas,
            questions::{detail, due::due, panes},
        },
    },
};

/// Whether the selected question was settled from here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moving {
    On,
    Staying,
}

/// See the module.
pub fn settle(model: &mut Model) {
    if *model.screens() == [Screen::Questions] {
        // Back from a run's own questions: this one is about all runs.
        model.questions.only = None;
    }
    let (mut moving, answered) = take_in(model);
    if is_beaten(model) {
        moving = Moving::On;
    }
    hold(model, moving);
    withdrawn(model);
    make_rows(model, moving);
    tell_of_last(model, answered);
    let panes = panes::of(model, areas::of(model).body);
    let len = model.questions.rows.len();
    model
        .questions
        .cursor
        .settle(len, usize::from(panes.list.height));
    make_lines(model, panes.detail.width);
    let place = &mut model.questions;
    let room = usize::from(panes.detail.height);
    place.top = place.top.min(place.lines.len().saturating_sub(room));
    if room > 0 && place.top + room >= place.lines.len() {
        place.read = place.lines_of.as_ref().map(|of| of.question.clone());
    }
}

/// Answers that were taken and that the feed tells of are under way no more.
fn take_in(model: &mut Model) -> (Moving, BTreeSet<String>) {
    let mut moving = Moving::Staying;
    let mut runs = BTreeSet::new();
    let live = &model.live;
    let place = &mut model.questions;
    let (drafts, selected) = (&mut place.drafts, &place.selected);
    place.sent.retain(|id, sent| {
        let Some(question) = live.question(id) else {
            return false;
        };
        let told = question.revision > sent.revision && question.state != "open";
        if !told || sent.reply == SentReply::Awaited {
            return true;
        }
        if question.state == "settled" {
            drafts.remove(id);
        }
        if selected.as_ref() == Some(id) {
            moving = Moving::On;
        }
        runs.insert(question.run_id.clone());
        false
    });
    (moving, runs)
}

/// Whether somebody else was faster with the selected question than the answer that was sent from here: there is
/// nothing left to do about it.
fn is_beaten(model: &mut Model) -> bool {
    let place = &mut model.questions;
    if place.beaten.is_none() || place.beaten != place.selected {
        place.beaten = None;
        return false;
    }
    let settled = |id: &String| {
        let question = model.live.question(id);
        question.is_some_and(|question| question.state == "settled")
    };
    let beaten = place.beaten.as_ref().is_some_and(settled);
    if beaten {
        place.beaten = None;
    }
    beaten
}

/// What is selected stays where it is when it is settled elsewhere, or while an answer is under way.
fn hold(model: &mut Model, moving: Moving) {
    let place = &model.questions;
    let held = match place.rows.get(place.cursor.index) {
        Some(Row::Question(part, id))
            if moving == Moving::Staying && place.selected.as_ref() == Some(id) =>
        {
            let known = model.shown();
            let natural = known.question(id).map(|question| part_of(known, question));
            let gone = known.question(id).is_some_and(|q| q.state == "withdrawn");
            let stays = (natural == Some(Part::Settled) && !gone) || place.sent.contains_key(id);
            (natural.is_some() && natural != Some(*part) && stays).then(|| (*part, id.clone()))
        }
        Some(_) | None => None,
    };
    model.questions.held = held;
}

/// What is looked at was withdrawn: it is said, for it goes, and something else comes under the cursor.
fn withdrawn(model: &mut Model) {
    let place = &model.questions;
    let Some(Row::Question(Part::Waiting | Part::PutOff, id)) = place.rows.get(place.cursor.index)
    else {
        return;
    };
    let looked_at = place.selected.as_ref() == Some(id) && !place.sent.contains_key(id);
    if !looked_at || model.past.is_some() {
        return;
    }
    let asked = model.live.question(id).filter(|q| q.state == "withdrawn");
    let Some(asked) = asked.and_then(|question| question.permission.as_ref()) else {
        return;
    };
    let (agent, what) = (clean(&asked.agent), sanitize::line(&asked.what, 40));
    let text = format!("{agent} does not wait for permission any more: {what}");
    model.questions.shifted = Some(model.now);
    super::super::say(model, text, Tone::Warn);
}

fn make_rows(model: &mut Model, moving: Moving) {
    let known = model.shown();
    let place = &model.questions;
    let made_of = MadeOf {
        state: (
            known.identity(),
            known.question_version(),
            model.past.is_some(),
        ),
        only: place.only.clone(),
        filter: place.filter.clone(),
        settled: place.settled,
        held: place.held.clone(),
    };
    if place.made_of.as_ref() == Some(&made_of) {
        return;
    }
    let next = match moving {
        Moving::On => next(model),
        Moving::Staying => None,
    };
    let (rows, counts) = rows(known, &made_of);
    let place = &mut model.questions;
    place.rows = rows;
    place.counts = counts;
    place.made_of = Some(made_of);
    if next.is_some() {
        place.selected = next;
    }
    let wanted = place.selected.as_ref();
    let is = |row: &Row| matches!(row, Row::Question(_, id) if Some(id) == wanted);
    if let Some(index) = place.rows.iter().position(is) {
        return super::select(model, index);
    }
    model.questions.selected = None;
    super::step(model, Motion::Up(0));
    if model.questions.selected.is_none() {
        super::step(model, Motion::Down(0));
    }
}

/// The question that waits after the selected one in the list, or else the first one that does.
fn next(model: &Model) -> Option<String> {
    let place = &model.questions;
    let known = model.shown();
    let waits = |row: &Row| match row {
        Row::Question(_, id) => {
            let question = known.question(id)?;
            let waits = part_of(known, question) == Part::Waiting;
            (waits && !place.sent.contains_key(id)).then(|| id.clone())
        }
        Row::Run(..) | Row::Section(_) => None,
    };
    let (before, after) = place
        .rows
        .split_at(place.cursor.index.min(place.rows.len()));
    after.iter().chain(before).find_map(waits)
}

/// Says that a run's last question was settled here, and how the run ended if it has.
fn tell_of_last(model: &mut Model, answered: BTreeSet<String>) {
    for id in answered {
        if !super::waiting_of(model, &id).is_empty() {
            continue;
        }
        let Some(run) = model.live.run(&id) else {
            continue;
        };
        let name = clean(&run.name);
        let end = match model.live.group(&id) {
            Some(Group::Finished) => format!(": it ended {}", clean(&run.state)),
            Some(Group::NeedsYou | Group::Live) | None => String::new(),
        };
        if model.questions.counts.waiting > 0 {
            let text = format!("that was the last question of {name}{end}");
            super::super::say(model, text, Tone::Plain);
        }
        model.questions.done_with = Some(id);
    }
}

/// Makes the text of the selected question anew if it is another one.
fn make_lines(model: &mut Model, width: u16) {
    let known = model.shown();
    let place = &model.questions;
    let Some(question) = place.selected.as_ref().and_then(|id| known.question(id)) else {
        model.questions.lines.clear();
        model.questions.lines_of = None;
        return;
    };
    let finding = known.finding(&question.finding_id);
    let run = known.run(&question.run_id);
    let lines_of = LinesOf {
        question: (
            question.id.clone(),
            question.revision,
            finding.map_or(0, |finding| finding.revision),
        ),
        content_hash: question.content_hash.clone(),
        state: (
            known.identity(),
            model.past.is_some(),
            run.map(|run| run.state.clone()).unwrap_or_default(),
        ),
        width,
        ago: {
            let due = due(model, question).map(|due| due.whole);
            detail::when(model, question) + &due.unwrap_or_default()
        },
        mark: place.mark(&question.id).filter(|_| model.past.is_none()),
    };
    if place.lines_of.as_ref() == Some(&lines_of) {
        return;
    }
    let lines = detail::lines(model, question, width);
    let place = &mut model.questions;
    let same = |of: &LinesOf| of.question.0 == lines_of.question.0;
    if !place.lines_of.as_ref().is_some_and(same) {
        place.top = 0;
    }
    place.lines = lines;
    place.lines_of = Some(lines_of);
}
