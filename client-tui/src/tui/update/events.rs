//! The feed.

mod chain;
mod matching;
mod tree;

pub use matching::{agent, run_name};

use synod_proto::v1::{Change, Snapshot};

use crate::{
    render::{Tone, event},
    tui::{
        keys::Action,
        model::{
            Model,
            cursor::Motion,
            events::{
                Before, EventsPlace, Follow, Row,
                ring::{Entry, Ring},
            },
            known::Known,
            layer::{Layer, Prompt, Purpose},
            link::LinkState,
        },
        msg::{Call, Cmd},
        view::areas,
    },
};

/// Changes asked for at once.
const PAGE: u64 = 500;

/// The screen was opened.
pub fn enter(model: &mut Model) -> Vec<Cmd> {
    bound(model);
    let place = &model.events;
    // The row for what is not here, at most: nothing of the past that is looked at.
    let little = place.ring.generation() == 0 || place.rows() <= 1;
    let missing = place.missing_before() > 0 && place.before == Before::More;
    if little && missing && matches!(model.link.state, LinkState::Live) {
        return older(model);
    }
    Vec::new()
}

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    if let Some(motion) = Motion::of(action, height(model)) {
        step(model, motion);
        return Vec::new();
    }
    match action {
        Action::Chain if model.events.chain.is_some() => chain::enter(model),
        Action::Chain => chain::open(model),
        Action::FollowEvents => {
            model.events.chain = None;
            step(model, Motion::Last);
            Vec::new()
        }
        Action::OlderEvents => older(model),
        Action::EventRun => match run(model) {
            Some(id) => super::open_run(model, &id),
            None => Vec::new(),
        },
        Action::Filter => {
            model.events.chain = None;
            let input = model.events.filter.clone().into();
            let purpose = Purpose::Filter;
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn height(model: &Model) -> usize {
    areas::list_height(areas::of(model).body)
}

fn step(model: &mut Model, motion: Motion) {
    let place = &mut model.events;
    if let Some(chain) = &mut place.chain {
        chain.cursor.step(motion, chain.lines.len());
        return;
    }
    let len = place.rows();
    place.cursor.step(motion, len);
    let at_end = place.cursor.index + 1 >= len;
    let onward = matches!(motion, Motion::Down(_) | Motion::Last);
    place.follow = if at_end && onward {
        Follow::Newest
    } else {
        Follow::Still
    };
    place.selected = place.revision_at(place.cursor.index);
}

/// The change under the cursor.
fn selected(place: &EventsPlace) -> Option<&Change> {
    match place.row(place.cursor.index)? {
        Row::Entry(_, Entry::Change(change, _)) => Some(change),
        Row::Entry(_, Entry::Jump(..)) | Row::Earlier => None,
    }
}

/// The run under the cursor.
fn run(model: &Model) -> Option<String> {
    let place = &model.events;
    match &place.chain {
        Some(chain) => chain.run.clone(),
        None => selected(place).and_then(event::run_of).map(str::to_owned),
    }
}

/// Asks for what came before that which is shown.
fn older(model: &mut Model) -> Vec<Cmd> {
    let until = model.events.missing_before();
    if until == 0 {
        if model.events.ring.newest() > 0 {
            super::say(model, "that was the first of all changes", Tone::Plain);
        }
        return Vec::new();
    }
    if !model.events.ring.has_room() {
        let most = Ring::most();
        let text = format!("no more than {most} changes are kept here; `synod events` shows all");
        super::say(model, text, Tone::Warn);
        return Vec::new();
    }
    read(model, until.saturating_sub(PAGE), until)
}

fn read(model: &mut Model, since: u64, until: u64) -> Vec<Cmd> {
    if model.events.asked.is_some() {
        return Vec::new();
    }
    if matches!(model.link.state, LinkState::Away { .. }) {
        super::say(
            model,
            "no daemon: earlier changes cannot be read now",
            Tone::Warn,
        );
        return Vec::new();
    }
    model.events.asked = Some((since, until));
    let feed_id = model.live.feed_id().to_owned();
    super::ask(
        model,
        Call::History {
            feed_id,
            since,
            until,
        },
    )
}

/// Keeps the place within what there is.
pub fn settle(model: &mut Model) {
    bound(model);
    matching::settle(model);
    let height = height(model);
    let place = &mut model.events;
    let len = place.rows();
    let index = match (place.follow, place.selected) {
        (Follow::Newest, _) => len.saturating_sub(1),
        (Follow::Still, Some(revision)) => place.row_of(revision),
        (Follow::Still, None) => place.cursor.index,
    };
    // The selected row stays where it is on the screen when others come or go above it.
    let top = place.cursor.top + index;
    place.cursor.top = top.saturating_sub(place.cursor.index);
    place.cursor.index = index;
    place.cursor.settle(len, height);
    if place.follow == Follow::Newest {
        place.selected = place.revision_at(place.cursor.index);
    }
    chain::settle(model);
}

/// Of the past only what had happened then.
fn bound(model: &mut Model) {
    let past = model.past.as_ref().and_then(|past| past.known.as_ref());
    model.events.until = past.map(Known::revision);
}

/// A change came; `model.live` does not know it yet.
pub fn push(model: &mut Model, change: &Change) {
    model.events.ring.push(change);
}

/// A snapshot came: changes between are not known here.
pub fn jumped(model: &mut Model, snapshot: &Snapshot) {
    // A revision that is lower than those known is one of another feed, whatever the cause says.
    if snapshot.cause == "other-feed" || snapshot.revision < model.events.ring.newest() {
        forget(model);
    }
    model.events.ring.jump(snapshot.revision);
}

/// All changes known are another database's.
pub fn forget(model: &mut Model) {
    let place = &mut model.events;
    place.ring.forget();
    place.chain = None;
    place.selected = None;
    place.follow = Follow::Newest;
    place.asked = None;
    place.before = Before::More;
}

/// Changes came that were before those known, oldest first.
pub fn history(model: &mut Model, changes: Vec<Change>) {
    let place = &mut model.events;
    // Not asked for: the feed is another one by now.
    if place.asked.take().is_none() {
        return;
    }
    if changes.is_empty() {
        place.before = Before::Nothing;
        super::say(model, "the daemon keeps nothing earlier", Tone::Plain);
        return;
    }
    place.before = Before::More;
    place.ring.insert(changes);
}

/// Older changes cannot be had.
pub fn no_history(model: &mut Model, why: String) {
    model.events.asked = None;
    super::say(model, why.clone(), Tone::Bad);
    model.events.before = Before::Unread(why);
}

/// Shows only what matches.
pub fn filter(model: &mut Model, typed: String) {
    model.events.filter = typed;
    model.events.follow = Follow::Newest;
}

/// Shows everything again, of the feed instead of one chain first; false if there was no filter.
pub fn clear_filter(model: &mut Model) -> bool {
    if model.events.chain.take().is_some() {
        return true;
    }
    !std::mem::take(&mut model.events.filter).is_empty()
}

/// What is under the cursor.
pub fn to_copy(model: &Model) -> Option<String> {
    match &model.events.chain {
        Some(chain) => chain.run.clone(),
        None => selected(&model.events)
            .and_then(event::id_of)
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
