//! Forms: opening, closing, keys, and what became of what was sent.
//!
//! Not here: keys within one field (`fields`), continuing a path (`path`), and what the fields come to (`check`).

mod check;
mod fields;
mod path;

#[cfg(test)]
mod tests;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use synod_proto::v1::Gate;

use super::layers::{Then, closes};
use crate::{
    render::Tone,
    tui::{
        model::{
            Catalog, Model,
            form::{Body, By, Form, Kind, Many, Mark, What, checkpoint, chosen_checkpoint},
            layer::Layer,
            link::LinkState,
        },
        msg::{Call, Cmd},
    },
};

pub use check::words;
pub use path::completions;

/// The form for a gate.
pub fn new_gate(model: &mut Model) -> Vec<Cmd> {
    open(model, Kind::Gate)
}

/// The form for an agent.
pub fn new_agent(model: &mut Model) -> Vec<Cmd> {
    open(model, Kind::Agent)
}

/// The form for a command.
pub fn new_command(model: &mut Model) -> Vec<Cmd> {
    open(model, Kind::Command)
}

fn open(model: &mut Model, kind: Kind) -> Vec<Cmd> {
    if super::refuse_in_the_past(model) {
        return Vec::new();
    }
    let mut form = model.drafts.open(kind);
    fill(&mut form, &model.catalog);
    model.layers.push(Layer::Form(form));
    if model.link.state != LinkState::Live {
        return Vec::new();
    }
    // The configuration may be another one since it was read.
    let calls: &[Call] = match kind {
        Kind::Gate => &[Call::Agents, Call::Gates],
        Kind::Agent => &[Call::Agents],
        Kind::Command => &[],
    };
    let ask = |call: &Call| super::ask(model, call.clone());
    calls.iter().flat_map(ask).collect()
}

/// After the configuration was read: what can be chosen may be something else.
pub fn catalog(model: &mut Model) {
    for layer in &mut model.layers {
        if let Layer::Form(form) = layer {
            fill(form, &model.catalog);
        }
    }
}

/// What can be chosen, from the configuration. What was chosen stays chosen.
fn fill(form: &mut Form, catalog: &Catalog) {
    let gates = catalog.gates.iter().flat_map(|answer| &answer.gates);
    let agents = catalog.agents.iter().flat_map(|answer| &answer.agents);
    let agents = agents.map(|agent| agent.name.clone());
    for field in &mut form.fields {
        if let Body::One(one) = &mut field.body {
            match field.what {
                What::Gate => {
                    let flawed = gates.clone().filter(|gate| !gate.problems.is_empty());
                    one.flawed = flawed.map(|gate| gate.name.clone()).collect();
                    let names = gates.clone().map(|gate| gate.name.clone());
                    let is_first = one.names.is_empty();
                    one.replace(names.chain(checkpoints(catalog)).collect());
                    if is_first {
                        let first = one.names.iter().position(|name| name == FIRST);
                        one.at = first.unwrap_or(0);
                    }
                }
                What::Agent => one.replace(agents.clone().collect()),
                _ => {}
            }
        }
    }
    form.want(about(form, catalog));
    let own = own_roster(form, catalog).to_vec();
    if let Some(Body::Many(many)) = form.field_mut(What::Roster).map(|field| &mut field.body) {
        let mut names = own.clone();
        names.extend(agents.filter(|name| !own.contains(name)));
        seat(many, names, &own);
    }
}

/// The gate that is chosen until somebody chooses: it needs nothing but a specification.
const FIRST: &str = "clarify";

/// The field for what the chosen gate is about: a specification, or a change. Of a checkpoint's gates all must be
/// about changes.
fn about(form: &Form, catalog: &Catalog) -> What {
    let chosen = chosen_gates(form, catalog);
    match chosen.as_slice() {
        [] => What::Spec,
        gates if gates.iter().all(|gate| gate.answers == REMARKS) => What::Change,
        [_, ..] => What::Spec,
    }
}

/// What gates about changes answer with.
const REMARKS: &str = "remarks";

/// The chosen gate, or the gates of the chosen checkpoint.
pub fn chosen_gates<'a>(form: &Form, catalog: &'a Catalog) -> Vec<&'a Gate> {
    let Some(chosen) = form.chosen(What::Gate) else {
        return Vec::new();
    };
    let gates = catalog.gates.iter().flat_map(|answer| &answer.gates);
    match chosen_checkpoint(chosen) {
        Some(checkpoint) => gates.filter(|gate| gate.checkpoint == checkpoint).collect(),
        None => gates.filter(|gate| gate.name == chosen).collect(),
    }
}

/// Checkpoints of several gates, as they are chosen: of one gate its own name says as much.
fn checkpoints(catalog: &Catalog) -> Vec<String> {
    let gates = catalog.gates.iter().flat_map(|answer| &answer.gates);
    let mut all: Vec<&str> = gates
        .map(|gate| gate.checkpoint.as_str())
        .filter(|checkpoint| !checkpoint.is_empty())
        .collect();
    all.sort_unstable();
    let several = all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1);
    several
        .filter_map(<[_]>::first)
        .map(|name| checkpoint(name))
        .collect()
}

/// The chosen gate's own roster.
pub fn own_roster<'a>(form: &Form, catalog: &'a Catalog) -> &'a [String] {
    match chosen_gates(form, catalog).as_slice() {
        [gate] => &gate.roster,
        [] | [_, _, ..] => &[],
    }
}

/// Other names to mark. Marks made by hand stay; else the gate's own are marked.
fn seat(many: &mut Many, names: Vec<String>, own: &[String]) {
    let marked = match many.by {
        By::Form => own.to_vec(),
        By::Hand => many.marked(),
    };
    // The same name stays under the cursor, unless nobody has been here yet and the list is another one.
    let same = many.names.iter().map(|(name, _)| name).eq(&names);
    let at = many.names.get(many.at).map(|(name, _)| name);
    let at = names.iter().position(|name| Some(name) == at);
    many.at = at.filter(|_| same || many.by == By::Hand).unwrap_or(0);
    let mark = |name: &String| {
        if marked.contains(name) {
            Mark::On
        } else {
            Mark::Off
        }
    };
    many.names = names
        .into_iter()
        .map(|name| {
            let mark = mark(&name);
            (name, mark)
        })
        .collect();
}

/// A key while the form is shown.
pub fn press(model: &mut Model, form: &mut Form, key: KeyEvent) -> Then {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.code == KeyCode::Esc && path::close(form) {
        return Then::Stay(Vec::new());
    }
    if closes(key) {
        let form = std::mem::replace(form, Form::empty(form.kind));
        model.drafts.keep(form);
        return Then::Close(Vec::new());
    }
    let cmds = match key.code {
        KeyCode::Char('s') if ctrl => start(model, form),
        KeyCode::Tab => match path::tab(form) {
            Some(cmds) => cmds,
            None => turn(form, Turn::Next),
        },
        KeyCode::BackTab if path::step(form, Turn::Previous) => Vec::new(),
        KeyCode::BackTab => turn(form, Turn::Previous),
        KeyCode::Enter => enter(model, form, key),
        KeyCode::Up => vertical(form, key, Turn::Previous),
        KeyCode::Down => vertical(form, key, Turn::Next),
        _ => {
            fields::press(form, key);
            // Another gate has another roster.
            fill(form, &model.catalog);
            Vec::new()
        }
    };
    Then::Stay(cmds)
}

/// A way through the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// On.
    Next,
    /// Back.
    Previous,
}

fn turn(form: &mut Form, way: Turn) -> Vec<Cmd> {
    path::close(form);
    let len = form.fields.len().max(1);
    form.focus = match way {
        Turn::Next => (form.focus + 1) % len,
        Turn::Previous => (form.focus + len - 1) % len,
    };
    Vec::new()
}

/// Up and down go through paths to choose from, lines of a text, and fields.
fn vertical(form: &mut Form, key: KeyEvent, way: Turn) -> Vec<Cmd> {
    if path::step(form, way) || fields::within_text(form, key) {
        return Vec::new();
    }
    turn(form, way)
}

/// Enter chooses a path, breaks a line of a text, goes on to the next field, and starts where there is nothing
/// more to type.
fn enter(model: &mut Model, form: &mut Form, key: KeyEvent) -> Vec<Cmd> {
    if path::choose(form) {
        return Vec::new();
    }
    let is_line = |body: &Body| matches!(body, Body::Line(_) | Body::Path(_));
    let last_line = form.fields.iter().rposition(|field| is_line(&field.body));
    match form.fields.get(form.focus).map(|field| &field.body) {
        Some(Body::Text(_)) => {
            fields::press(form, key);
            Vec::new()
        }
        Some(_) if Some(form.focus) == last_line || form.focus + 1 == form.fields.len() => {
            start(model, form)
        }
        Some(_) | None => turn(form, Turn::Next),
    }
}

/// Sends what the fields say, or says beside them what is wrong. The form stays until the daemon has answered.
fn start(model: &mut Model, form: &mut Form) -> Vec<Cmd> {
    path::close(form);
    if form.sent.is_some() {
        return Vec::new();
    }
    for field in &mut form.fields {
        field.error = None;
    }
    match check::call(form, &model.catalog) {
        Ok(call) => {
            let cmds = super::command(model, call.clone());
            // Refused at once, which was said: then nothing is on its way.
            if !cmds.is_empty() {
                form.sent = Some(call);
                form.told = None;
            }
            cmds
        }
        Err(wrong) => {
            for (what, why) in wrong.into_iter().rev() {
                let Some(at) = form.fields.iter().position(|field| field.what == what) else {
                    continue;
                };
                form.focus = at;
                form.fields[at].error = Some(why);
            }
            Vec::new()
        }
    }
}

/// Something was started (or an equal run attached to): the form has done its work.
pub fn started(model: &mut Model, call: &Call) {
    model.layers.retain(|layer| match layer {
        Layer::Form(form) => form.sent.as_ref() != Some(call),
        _ => true,
    });
    model.drafts.drop_sender(call);
}

/// The daemon refused: the form says why, and keeps what was typed. A form that was closed meanwhile says so
/// when it is opened again.
pub fn refused(model: &mut Model, call: &Call, why: String) {
    let mut shown = model.layers.iter_mut().filter_map(|layer| match layer {
        Layer::Form(form) if form.sent.as_ref() == Some(call) => Some(form.as_mut()),
        _ => None,
    });
    if let Some(form) = shown.next() {
        form.sent = None;
        form.told = Some(why);
        return;
    }
    if let Some(draft) = model.drafts.sender(call) {
        draft.sent = None;
        draft.told = Some(why.clone());
    }
    super::say(model, why, Tone::Bad);
}

impl Form {
    /// Pasted text goes into the field.
    pub fn paste(&mut self, text: &str) -> Vec<Cmd> {
        path::close(self);
        fields::paste(self, text);
        Vec::new()
    }
}
