//! What holds on every screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};

use super::{agents, copy, events, ledger, past, questions};
use crate::{
    render::Tone,
    tui::{
        keys::Action,
        model::{
            Model, Screen,
            layer::{Help, Layer, Palette},
            link::LinkState,
        },
        msg::Cmd,
    },
};

/// Does it, if it is one of these actions.
pub fn act(model: &mut Model, action: Action) -> Option<Vec<Cmd>> {
    Some(match action {
        Action::Quit if questions::keeps_unsent(model) => Vec::new(),
        Action::Quit => vec![Cmd::Quit],
        Action::Suspend => vec![Cmd::Suspend],
        Action::Repaint => vec![Cmd::Repaint],
        Action::Help => {
            model.layers.push(Layer::Help(Help::default()));
            Vec::new()
        }
        Action::Palette => {
            model.layers.push(Layer::Palette(Palette::default()));
            Vec::new()
        }
        Action::Back => back(model),
        Action::NextScreen => turn(model, 1),
        Action::PreviousScreen => turn(model, Screen::ROOTS.len() - 1),
        Action::GoRuns => go(model, Screen::Runs),
        Action::GoQuestions => go(model, Screen::Questions),
        Action::GoEvents => go(model, Screen::Events),
        Action::GoAgents => go(model, Screen::Agents),
        Action::GoLedger => ledger::open(model),
        Action::TimeTravel => past::toggle(model),
        Action::Copy => copy::copy(model),
        Action::StartDaemon if matches!(model.link.state, LinkState::Away { .. }) => {
            vec![Cmd::StartDaemon]
        }
        Action::StartDaemon => {
            super::say(model, "a daemon is already there", Tone::Plain);
            Vec::new()
        }
        _ => return None,
    })
}

/// To one of the screens Tab goes through.
pub fn go(model: &mut Model, screen: Screen) -> Vec<Cmd> {
    let left_output = model.screens().contains(&Screen::Output);
    model.go(screen.clone());
    let mut cmds = if left_output {
        super::output::leave(model)
    } else {
        Vec::new()
    };
    cmds.extend(match screen {
        Screen::Questions => questions::enter(model, None),
        Screen::Events => events::enter(model),
        Screen::Agents => agents::enter(model),
        Screen::Runs | Screen::Run(_) | Screen::Output | Screen::Ledger => Vec::new(),
    });
    cmds
}

fn turn(model: &mut Model, by: usize) -> Vec<Cmd> {
    let root = model.screens().first().unwrap_or(&Screen::Runs);
    let at = Screen::ROOTS
        .iter()
        .position(|screen| screen == root)
        .unwrap_or(0);
    go(
        model,
        Screen::ROOTS[(at + by) % Screen::ROOTS.len()].clone(),
    )
}

/// A filter goes first, then the screen; at the bottom the past. Never the program.
fn back(model: &mut Model) -> Vec<Cmd> {
    if super::layers::clear_filter(model) {
        return Vec::new();
    }
    let leaving = model.screen().clone();
    let read = match leaving {
        Screen::Run(_) => super::run::close_finding(model),
        Screen::Ledger => ledger::close(model),
        Screen::Runs | Screen::Output | Screen::Questions | Screen::Events | Screen::Agents => {
            false
        }
    };
    if read {
        return Vec::new();
    }
    if model.pop() {
        return match leaving {
            Screen::Output => super::output::leave(model),
            _ => Vec::new(),
        };
    }
    if model.past.is_some() {
        return past::toggle(model);
    }
    if leaving == Screen::Runs {
        let key = model.settings.keys.first(Action::Quit);
        if let Some(key) = key {
            super::say(
                model,
                format!("nothing to go back to; {key} leaves"),
                Tone::Plain,
            );
        }
        return Vec::new();
    }
    go(model, Screen::Runs)
}

/// The wheel moves what has the keys; a click goes to a tab, selects a row and, on the selected one, opens it.
pub fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Cmd> {
    let (action, code) = match event.kind {
        MouseEventKind::ScrollUp => (Action::Up, KeyCode::Up),
        MouseEventKind::ScrollDown => (Action::Down, KeyCode::Down),
        _ => return super::mouse::click(model, event),
    };
    if !model.layers.is_empty() {
        return super::layers::press(model, KeyEvent::new(code, KeyModifiers::NONE));
    }
    let mut cmds = Vec::new();
    for _ in 0..3 {
        cmds.extend(super::act(model, action));
    }
    cmds
}
