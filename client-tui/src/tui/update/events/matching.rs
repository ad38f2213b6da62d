//! What matches the filter; only what came since the last frame is looked at, unless the filter is another one.

use synod_proto::v1::Change;

use crate::{
    render::{clean, event},
    tui::{
        model::{
            Model,
            events::{Matched, ring::Entry},
        },
        update::filter::Matcher,
    },
};

/// Holds what came since the last frame against the filter; everything, if that is another one.
pub fn settle(model: &mut Model) {
    let place = &model.events;
    if place.filter.is_empty() {
        model.events.matched = Matched::default();
        return;
    }
    let key = (place.filter.clone(), place.ring.generation());
    let mut matched = std::mem::take(&mut model.events.matched);
    if matched.made_of.as_ref() != Some(&key) {
        matched = Matched {
            made_of: Some(key),
            ..Matched::default()
        };
    }
    let place = &model.events;
    let oldest = place.ring.first();
    while matched.revisions.front().is_some_and(|at| *at < oldest) {
        matched.revisions.pop_front();
    }
    let mut matcher = Matcher::new(&place.filter);
    let start = place.ring.place_of(matched.until + 1);
    for index in start..place.ring.count() {
        let Some(Entry::Change(change, _)) = place.ring.get(index) else {
            continue;
        };
        if matcher.matches(|| text_of(model, index, change)) {
            matched.revisions.push_back(change.revision);
        }
    }
    matched.until = place.ring.newest();
    model.events.matched = matched;
}

fn text_of(model: &Model, index: usize, change: &Change) -> String {
    let run = event::run_of(change).map(|id| run_name(model, id));
    let command = model.events.ring.command_at(index);
    let command = command.map(|changes| event::command(&changes));
    format!(
        "{} {} {} {}",
        run.unwrap_or_default(),
        agent(model, change).unwrap_or_default(),
        command.unwrap_or_default(),
        event::what(change)
    )
}

/// A run's name, safe to show; of one that is not known, the beginning of its id.
pub fn run_name(model: &Model, id: &str) -> String {
    let run = model.shown().run(id).or_else(|| model.live.run(id));
    run.map_or_else(|| crate::render::short(id), |run| clean(&run.name))
}

/// The agent a change is about, safe to show.
pub fn agent(model: &Model, change: &Change) -> Option<String> {
    let named = event::agent_of(change).or_else(|| {
        let id = event::execution_of(change)?;
        let execution = model.shown().execution(id);
        let execution = execution.or_else(|| model.live.execution(id));
        execution.map(|execution| &*execution.agent)
    });
    named.map(clean)
}
