//! Clicks, where the settings ask for them.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::tui::{
    keys::Action,
    model::{Model, Screen},
    msg::Cmd,
    view::areas,
};

/// A click on a tab goes there; on a row of the list it selects the row, on the selected row it opens it.
pub fn click(model: &mut Model, event: MouseEvent) -> Vec<Cmd> {
    if event.kind != MouseEventKind::Down(MouseButton::Left) || !model.layers.is_empty() {
        return Vec::new();
    }
    let areas = areas::of(model);
    if event.row == areas.tabs.y {
        return match areas::tab_at(areas.tabs, event.column) {
            Some(screen) => super::everywhere::go(model, screen),
            None => Vec::new(),
        };
    }
    let inside = (areas.body.top()..areas.body.bottom()).contains(&event.row);
    if !inside {
        return Vec::new();
    }
    match model.screen().clone() {
        Screen::Runs => {
            let (_, list) = areas::runs(model, areas.body);
            runs(model, list, event.row)
        }
        Screen::Run(id) => super::run::click(model, &id, event.row),
        Screen::Questions => super::questions::click(model, event.column, event.row),
        Screen::Output | Screen::Events | Screen::Agents | Screen::Ledger => Vec::new(),
    }
}

fn runs(model: &mut Model, body: Rect, at: u16) -> Vec<Cmd> {
    let height = areas::list_height(body);
    let Some(line) = at.checked_sub(body.y + 1).map(usize::from) else {
        return Vec::new();
    };
    let row = model
        .runs
        .cursor
        .window(model.runs.rows.len(), height)
        .start
        + line;
    if row == model.runs.cursor.index {
        return super::act(model, Action::Open);
    }
    super::runs::select(model, row);
    Vec::new()
}
