//! Into the chain of a change, about in it, and out of it. What it is made of is in `tree`.

use crate::{
    render::event,
    tui::{
        model::{
            Model,
            events::{
                Follow, Row,
                chain::{Chain, Is, Line},
                ring::Entry,
            },
        },
        msg::Cmd,
    },
};

use super::{PAGE, height, older, read, tree};

/// Opens the chain of a change; reads what a row says is not here.
pub fn open(model: &mut Model) -> Vec<Cmd> {
    let place = &mut model.events;
    match place.row(place.cursor.index) {
        Some(Row::Earlier) => return older(model),
        Some(Row::Entry(_, Entry::Jump(first, last))) => {
            let until = *last;
            let since = (first - 1).max(until.saturating_sub(PAGE));
            return read(model, since, until);
        }
        Some(Row::Entry(_, Entry::Change(change, _))) => {
            let execution = event::execution_of(change).map(str::to_owned);
            let run = event::run_of(change).map(str::to_owned);
            place.chain = Some(Chain {
                run,
                event: change.revision,
                unfolded: execution.into_iter().collect(),
                ..Chain::default()
            });
            place.follow = Follow::Still;
            place.selected = place.revision_at(place.cursor.index);
        }
        None => return Vec::new(),
    }
    settle(model);
    Vec::new()
}

/// Enter in a chain: an agent's steps, what is missing, or back to everything.
pub fn enter(model: &mut Model) -> Vec<Cmd> {
    let Some(chain) = &mut model.events.chain else {
        return Vec::new();
    };
    let line = chain.lines.get(chain.cursor.index);
    match line.map(|line| &line.is) {
        Some(Is::Folded(id)) => {
            chain.unfolded.insert(id.clone());
            chain.made_of = None;
        }
        Some(Is::Unfolded(id)) => {
            let id = id.clone();
            chain.unfolded.remove(&id);
            chain.made_of = None;
        }
        Some(Is::Missing) => return older(model),
        Some(Is::Step | Is::Event) | None => model.events.chain = None,
    }
    Vec::new()
}

/// Makes the chain anew if something of its run came.
pub fn settle(model: &mut Model) {
    let height = height(model);
    let place = &mut model.events;
    let Some(chain) = &mut place.chain else {
        return;
    };
    let ring = &place.ring;
    let key = (ring.generation(), ring.first(), ring.newest(), place.until);
    let stale = match chain.made_of {
        None => true,
        Some((generation, first, newest, until)) => {
            let concerns = |entry: &Entry| match entry {
                Entry::Change(change, _) => event::run_of(change) == chain.run.as_deref(),
                Entry::Jump(..) => false,
            };
            let new = || ring.from(ring.place_of(newest + 1)).any(concerns);
            (generation, until) != (key.0, key.3) || first != key.1 || new()
        }
    };
    if stale {
        let first_time = chain.lines.is_empty();
        let was = chain.lines.get(chain.cursor.index).cloned();
        chain.lines = tree::lines(ring, chain, place.until);
        let event = |line: &Line| line.is == Is::Event;
        let at = if first_time {
            chain.lines.iter().position(event)
        } else {
            // The same line, wherever it is now.
            was.and_then(|was| {
                chain
                    .lines
                    .iter()
                    .position(|line| (line.depth, line.revisions) == (was.depth, was.revisions))
            })
        };
        if let Some(at) = at {
            chain.cursor.index = at;
        }
    }
    chain.made_of = Some(key);
    chain.cursor.settle(chain.lines.len(), height);
}
