//! `update(&mut Model, Msg) -> Vec<Cmd>`: what a key or a piece of news changes. Pure: the clock comes in with
//! `Msg::Frame`, everything that is to be done outside goes out as a command.
//!
//! A key goes to the topmost layer, else by the key map to the screen. Each screen's own part is in the file of
//! its name.

mod applies;
mod copy;
mod everywhere;
mod filter;
mod layers;
mod link;
mod mouse;
mod reply;

mod agents;
pub mod events;
pub mod form;
mod help;
mod ledger;
mod output;
mod palette;
mod past;
mod questions;
mod run;
mod runs;

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{
    keys::Action,
    model::{Model, Screen, link::LinkState},
    msg::{Call, Cmd, Msg},
};
use crate::render::Tone;

/// See the module.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Cmd> {
    match msg {
        Msg::Key(key) => press(model, key),
        Msg::Paste(text) => layers::paste(model, &text),
        Msg::Mouse(event) => everywhere::mouse(model, event),
        Msg::Resize(columns, rows) => {
            model.size = (columns, rows);
            Vec::new()
        }
        Msg::Link(news) => link::news(model, news),
        Msg::Reply(reply) => reply::reply(model, *reply),
        Msg::Output(news) => output::news(model, news),
        Msg::Completions { typed, paths } => form::completions(model, &typed, paths),
        Msg::Frame(now) => frame(model, now),
    }
}

fn press(model: &mut Model, key: KeyEvent) -> Vec<Cmd> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    if !model.layers.is_empty() {
        return layers::press(model, key);
    }
    match model.settings.keys.action(&model.places(), key) {
        Some(action) => act(model, action),
        None => Vec::new(),
    }
}

/// Does what an action says, on this screen. Also what the palette calls.
pub fn act(model: &mut Model, action: Action) -> Vec<Cmd> {
    if let Some(cmds) = everywhere::act(model, action) {
        return cmds;
    }
    if let Some(cmds) = past::act(model, action) {
        return cmds;
    }
    match model.screen().clone() {
        Screen::Runs => runs::act(model, action),
        Screen::Run(id) => run::act(model, &id, action),
        Screen::Output => output::act(model, action),
        Screen::Questions => questions::act(model, action),
        Screen::Events => events::act(model, action),
        Screen::Agents => agents::act(model, action),
        Screen::Ledger => ledger::act(model, action),
    }
}

/// Time passes; lists whose content changed are made anew, and what is on the screen is kept on it.
fn frame(model: &mut Model, now: jiff::Timestamp) -> Vec<Cmd> {
    model.now = now;
    model.toasts.expire(now);
    match model.screen().clone() {
        Screen::Runs => runs::settle(model),
        Screen::Run(id) => run::settle(model, &id),
        Screen::Output => return output::settle(model),
        Screen::Questions => questions::settle(model),
        Screen::Events => events::settle(model),
        Screen::Agents => agents::settle(model),
        Screen::Ledger => ledger::settle(model),
    }
    Vec::new()
}

/// Asks the daemon something that changes nothing there.
fn ask(model: &mut Model, call: Call) -> Vec<Cmd> {
    model.waiting += 1;
    vec![Cmd::Call(call)]
}

/// Commands the daemon: not out of the past, and only if there is one.
fn command(model: &mut Model, call: Call) -> Vec<Cmd> {
    if refuse_in_the_past(model) || refuse_without_a_daemon(model) {
        return Vec::new();
    }
    questions::sent(model, &call);
    ask(model, call)
}

/// Whether nobody is there to be commanded; says so. What is typed is not kept for later: who knows when.
fn refuse_without_a_daemon(model: &mut Model) -> bool {
    let why = match model.link.state {
        LinkState::Live => return false,
        LinkState::Connecting => "not connected yet",
        LinkState::Away { .. } => "no daemon",
        LinkState::OtherProtocol { .. } => "the daemon speaks another protocol",
        LinkState::Refused(_) => "the daemon refuses this connection",
    };
    say(model, format!("{why}: nothing was sent"), Tone::Bad);
    true
}

/// Whether the past is shown; says that nothing can be commanded there.
fn refuse_in_the_past(model: &mut Model) -> bool {
    let past = model.past.is_some();
    if past {
        let back = model.settings.keys.first(Action::TimeTravel);
        let back = back.map_or_else(String::new, |key| format!("; {key} returns to now"));
        say(
            model,
            format!("this is the past: nothing can be changed there{back}"),
            Tone::Warn,
        );
    }
    past
}

/// Shows a line for a while. `text` must be safe to show.
fn say(model: &mut Model, text: impl Into<String>, tone: Tone) {
    let now = model.now;
    model.toasts.add(text, tone, now);
}

/// Opens a run, and reads it whole: the feed's snapshot may have left out its findings.
fn open_run(model: &mut Model, id: &str) -> Vec<Cmd> {
    model.push(Screen::Run(id.to_owned()));
    run::enter(model, id);
    if model.past.is_some() {
        return Vec::new();
    }
    ask(model, Call::GetRun { run: id.to_owned() })
}

pub use applies::applies;
pub use output::{attempt as shown_attempt, size as shown_size};
pub use palette::matching as palette_matches;
pub use questions::selected_permission;

#[cfg(test)]
mod frame_tests;
#[cfg(test)]
mod tests;
