//! The ledger: what of it is read, what keys do there, and how it is kept in step with the feed.
//!
//! The feed's snapshots do not hold the ledger: it is read when it is opened, and again after a snapshot. Changes
//! that come in between are taken over one by one.

use synod_proto::v1::{Change, Deleted, LedgerEntry, ListLedgerResponse, change::Entity};

use super::filter::Matcher;
use crate::{
    render::{Tone, clean},
    tui::{
        keys::Action,
        model::{
            Model, Screen,
            cursor::Motion,
            layer::{Confirm, Layer, Prompt, Purpose},
            ledger::{LedgerPlace, Reader},
            load::Load,
        },
        msg::{Call, Cmd, Scope},
        view::{areas, ledger as view},
    },
};

/// Opens it: on a run of a gate, or its questions, what was decided about its subject, else all of it.
pub fn open(model: &mut Model) -> Vec<Cmd> {
    let scope = match model.screen() {
        Screen::Ledger => return Vec::new(),
        Screen::Run(id) => scope_of(model, id),
        Screen::Questions => {
            let only = model.questions.only.as_ref();
            only.map_or(Scope::All, |run| scope_of(model, run))
        }
        Screen::Runs | Screen::Output | Screen::Events | Screen::Agents => Scope::All,
    };
    model.push(Screen::Ledger);
    if model.ledger.scope != scope || model.ledger.narrower.is_some() {
        model.ledger = LedgerPlace {
            scope,
            ..LedgerPlace::default()
        };
    }
    model.ledger.reader = None;
    read(model)
}

fn scope_of(model: &Model, run: &str) -> Scope {
    let run = model.shown().run(run).filter(|run| run.kind == "gate");
    run.map_or(Scope::All, |run| Scope::Of {
        gate: run.gate.clone(),
        subject: run.subject.clone(),
    })
}

/// After a snapshot: what has changed meanwhile was not told.
pub fn reread(model: &mut Model) -> Vec<Cmd> {
    if model.screens().contains(&Screen::Ledger) {
        read(model)
    } else {
        Vec::new()
    }
}

fn read(model: &mut Model) -> Vec<Cmd> {
    model.ledger.load = Load::Asked;
    let of = model.ledger.scope.clone();
    let page = String::new();
    super::ask(model, Call::Ledger { of, page })
}

/// A page came: the first one is all that is known, others follow what is.
pub fn page(model: &mut Model, of: &Scope, asked: &str, answer: ListLedgerResponse) {
    let place = &mut model.ledger;
    if *of != place.scope {
        return;
    }
    if asked.is_empty() {
        place.entries.clear();
    } else if asked != place.next_page {
        // Of a list that was read anew since.
        return;
    }
    let known: std::collections::HashSet<String> =
        place.entries.iter().map(|entry| entry.id.clone()).collect();
    let fresh = answer.entries.into_iter();
    place
        .entries
        .extend(fresh.filter(|entry| !known.contains(&entry.id)));
    place.next_page = answer.next_page_token;
    place.load = Load::Read;
    place.version += 1;
}

/// It could not be read.
pub fn unread(model: &mut Model, of: &Scope, why: String) {
    if *of == model.ledger.scope {
        model.ledger.load = Load::Failed(why);
    }
}

/// A change of the feed: an entry is new, another one, or gone.
pub fn changed(model: &mut Model, change: &Change) {
    let place = &mut model.ledger;
    match &change.entity {
        Some(Entity::Ledger(entry)) if belongs(&place.scope, entry) => {
            place.entries.retain(|known| known.id != entry.id);
            place.entries.insert(0, entry.clone());
        }
        Some(Entity::Deleted(Deleted { kind, id })) if kind == "ledger" => {
            place.entries.retain(|known| known.id != *id);
        }
        _ => return,
    }
    place.version += 1;
}

fn belongs(scope: &Scope, entry: &LedgerEntry) -> bool {
    match scope {
        Scope::All => true,
        Scope::Of { gate, subject } => entry.gate == *gate && entry.subject == *subject,
    }
}

/// The daemon forgot an entry; the feed tells the same.
pub fn forgotten(model: &mut Model, id: &str) {
    model.ledger.entries.retain(|entry| entry.id != id);
    model.ledger.version += 1;
    super::say(
        model,
        "forgotten: it is asked when it is raised again",
        Tone::Plain,
    );
}

/// What a key does here.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    settle(model);
    let (_, list) = view::areas(areas::of(model).body);
    if let Some(motion) = Motion::of(action, usize::from(list.height.saturating_sub(1))) {
        step(model, motion);
        return Vec::new();
    }
    match action {
        Action::Open => turn_reader(model),
        Action::Forget => {
            let entry = model.ledger.selected().cloned();
            match entry {
                Some(entry) => ask_to_forget(model, &entry),
                None => super::say(model, "nothing is selected", Tone::Plain),
            }
        }
        Action::LedgerScope => return other_scope(model),
        Action::OlderEntries => return older(model),
        Action::RereadLedger => return read(model),
        Action::LedgerRun => {
            let run = model.ledger.selected().map(|entry| entry.run_id.clone());
            if let Some(run) = run.filter(|run| !run.is_empty()) {
                return super::open_run(model, &run);
            }
        }
        Action::Filter => {
            let input = model.ledger.filter.clone().into();
            let purpose = Purpose::Filter;
            model.layers.push(Layer::Prompt(Prompt { purpose, input }));
        }
        _ => {}
    }
    Vec::new()
}

/// Asks before an entry is forgotten.
pub fn ask_to_forget(model: &mut Model, entry: &LedgerEntry) {
    if super::refuse_in_the_past(model) {
        return;
    }
    let claim = synod_shared::sanitize::line(&entry.claim, 120);
    model.layers.push(Layer::Confirm(Confirm {
        question: format!(
            "Forget what was decided about “{claim}”? It is asked when it is raised again."
        ),
        call: Call::Forget {
            entry: entry.id.clone(),
        },
    }));
}

fn turn_reader(model: &mut Model) {
    let place = &mut model.ledger;
    place.reader = match (&place.reader, &place.spot.selected) {
        (None, Some(selected)) => Some(Reader {
            entry: selected.clone(),
            ..Reader::default()
        }),
        (Some(_), _) | (None, None) => None,
    };
    settle(model);
}

/// Closes the entry that is read; false if there was none.
pub fn close(model: &mut Model) -> bool {
    model.ledger.reader.take().is_some()
}

/// All of it, or again what it was opened for. Without that, what the selected entry is about.
fn other_scope(model: &mut Model) -> Vec<Cmd> {
    let place = &model.ledger;
    let (scope, narrower) = match &place.scope {
        Scope::Of { .. } => (Scope::All, Some(place.scope.clone())),
        Scope::All => {
            let of_selected = place.selected().map(|entry| Scope::Of {
                gate: entry.gate.clone(),
                subject: entry.subject.clone(),
            });
            let Some(scope) = place.narrower.clone().or(of_selected) else {
                super::say(model, "this is all of it", Tone::Plain);
                return Vec::new();
            };
            (scope, None)
        }
    };
    model.ledger = LedgerPlace {
        scope,
        narrower,
        ..LedgerPlace::default()
    };
    read(model)
}

fn older(model: &mut Model) -> Vec<Cmd> {
    let page = model.ledger.next_page.clone();
    if page.is_empty() {
        super::say(model, "these are all there are", Tone::Plain);
        return Vec::new();
    }
    let of = model.ledger.scope.clone();
    super::ask(model, Call::Ledger { of, page })
}

fn step(model: &mut Model, motion: Motion) {
    let place = &mut model.ledger;
    match &mut place.reader {
        Some(reader) => {
            reader.top = match motion {
                Motion::Up(rows) => reader.top.saturating_sub(rows),
                Motion::Down(rows) => reader.top.saturating_add(rows),
                Motion::First => 0,
                Motion::Last => usize::MAX,
            };
        }
        None => place.spot.step(motion, &place.rows),
    }
    settle(model);
}

/// Makes the list anew if it is another one, and keeps the place within it.
pub fn settle(model: &mut Model) {
    make_rows(&mut model.ledger);
    let (_, list) = view::areas(areas::of(model).body);
    let place = &mut model.ledger;
    place.spot.settle(&place.rows, areas::list_height(list));
    let Some(mut reader) = model.ledger.reader.take() else {
        return;
    };
    let Some(entry) = model.ledger.entry(&reader.entry) else {
        // Forgotten: there is nothing to read any more.
        return;
    };
    let made_of = (model.ledger.version, list.width, view::when(model, entry));
    if reader.made_of.as_ref() != Some(&made_of) {
        reader.rows = view::rows(model, entry, list.width);
        reader.made_of = Some(made_of);
    }
    let last = reader.rows.len().saturating_sub(usize::from(list.height));
    reader.top = reader.top.min(last);
    model.ledger.reader = Some(reader);
}

fn make_rows(place: &mut LedgerPlace) {
    let made_of = (place.version, place.filter.clone());
    if place.made_of.as_ref() == Some(&made_of) {
        return;
    }
    let mut matcher = Matcher::new(&place.filter);
    let listed = place.entries.iter().filter(|entry| {
        matcher.matches(|| {
            let LedgerEntry {
                claim,
                gate,
                subject,
                standing,
                disposition,
                by,
                ..
            } = entry;
            clean(&format!(
                "{claim} {gate} {standing} {disposition} {by} {subject}"
            ))
        })
    });
    place.rows = listed.map(|entry| entry.id.clone()).collect();
    place.made_of = Some(made_of);
}

/// The answer that stands, else the id.
pub fn to_copy(model: &Model) -> Option<String> {
    let entry = model.ledger.selected()?;
    let answer = Some(&entry.answer).filter(|answer| !answer.is_empty());
    Some(answer.unwrap_or(&entry.id).clone())
}

#[cfg(test)]
mod tests;
