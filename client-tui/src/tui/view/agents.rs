//! What is configured, what runs and waits and why, the gates, and the daemon.

mod cells;
mod figures;

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};

use super::{areas, columns::Columns, text};
use crate::tui::{
    keys::Action,
    model::{
        Model,
        agents::{Note, Row, Section},
    },
};

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let buffer = frame.buffer_mut();
    let theme = &model.settings.theme;
    let (area, below) = areas::agents(area);
    text::line(buffer, area, 0, &read(model), theme.faint);
    let list = Rect {
        y: area.y + area.height.min(1),
        height: area.height.saturating_sub(1),
        ..area
    };
    let inner = Rect {
        x: list.x + 2.min(list.width),
        width: list.width.saturating_sub(2),
        ..list
    };
    let of = |section| {
        let hidden = cells::hidden(model, section);
        Columns::without(hidden, cells::columns(section), inner.width)
    };
    let sections = [
        Section::Agents,
        Section::Providers,
        Section::Waiting,
        Section::Gates,
        Section::Figures,
        Section::Recall,
    ];
    let columns = sections.map(of);
    let [agents, providers, waiting, gates, right, recall] = &columns;
    let place = &model.agents;
    let window = place
        .cursor
        .window(place.rows.len(), usize::from(list.height));
    for (row, index) in (0..list.height).zip(window) {
        let here = index == place.cursor.index;
        let style = if here { theme.selected } else { Style::new() };
        if here {
            let whole = Rect {
                y: list.y + row,
                height: 1,
                ..list
            };
            buffer.set_style(whole, style);
            text::line(buffer, list, row, "▸", style);
        }
        match &place.rows[index] {
            Row::Space => {}
            Row::Heading(section, words) => {
                let style = match section {
                    Section::Waiting if model.shown().waiting(words_of(place)).len() > 0 => {
                        theme.strong.patch(theme.warn)
                    }
                    _ => theme.strong,
                };
                text::line(buffer, list, row, words, style);
            }
            Row::Titles(section) => {
                let columns = match section {
                    Section::Agents => agents,
                    Section::Providers => providers,
                    Section::Waiting => waiting,
                    Section::Gates | Section::Daemon => gates,
                    Section::Figures => right,
                    Section::Recall => recall,
                };
                let line = Rect {
                    y: inner.y + row,
                    height: 1,
                    ..inner
                };
                columns.heading(buffer, line, theme.faint);
            }
            Row::Agent(name) => {
                let catalog = model.catalog.agents.as_ref();
                let agent = catalog.and_then(|all| all.agents.iter().find(|a| a.name == *name));
                if let Some(agent) = agent {
                    let cell = |column| cells::agent(model, agent, column);
                    agents.row(buffer, inner, row, style, cell);
                }
            }
            Row::Provider(name) => {
                let cell = |column| cells::provider(model, name, column);
                providers.row(buffer, inner, row, style, cell);
            }
            Row::Waiting(id) => {
                if let Some(execution) = model.shown().execution(id) {
                    let cell = |column| cells::waiting(model, execution, column);
                    waiting.row(buffer, inner, row, style, cell);
                }
            }
            Row::Gate(name) => {
                let catalog = model.catalog.gates.as_ref();
                let gate = catalog.and_then(|all| all.gates.iter().find(|g| g.name == *name));
                if let Some(gate) = gate {
                    let cell = |column| cells::gate(model, gate, column);
                    gates.row(buffer, inner, row, style, cell);
                }
            }
            Row::Figures(of, at) => {
                if let Some(known) = figures::calibration(model, *of, *at) {
                    let cell = |column| figures::cell(model, *of, known, column);
                    right.row(buffer, inner, row, style, cell);
                }
            }
            Row::Recall(at) => {
                if let Some(known) = figures::recalled(model, *at) {
                    let cell = |column| figures::recall(model, known, column);
                    recall.row(buffer, inner, row, style, cell);
                }
            }
            Row::Note(note, words) => {
                let own = match note {
                    Note::Warning => theme.warn,
                    Note::Fact => theme.plain,
                    Note::Aside => theme.faint,
                };
                text::line(buffer, inner, row, words, style.patch(own));
            }
        }
    }
    detail(model, buffer, below);
}

fn words_of(place: &crate::tui::model::agents::AgentsPlace) -> &str {
    place.provider.as_deref().unwrap_or_default()
}

/// When it was read, and how to read it again.
fn read(model: &Model) -> String {
    let key = model.settings.keys.first(Action::Refresh);
    let again = key.map_or_else(String::new, |key| format!("; {key} reads it again"));
    if let Some(past) = &model.past {
        let revision = past.shown().unwrap_or(past.wanted);
        return format!("  configuration as it is now, counts as of revision {revision}");
    }
    match model.agents.read {
        Some(at) => {
            let at = at.to_zoned(model.zone.clone());
            format!("  configuration as of {}{again}", at.strftime("%H:%M:%S"))
        }
        None => format!("  configuration not read yet{again}"),
    }
}

/// What does not fit into the selected row.
fn detail(model: &Model, buffer: &mut Buffer, area: Rect) {
    if area.height < 2 {
        return;
    }
    let Some(row) = model.agents.rows.get(model.agents.cursor.index) else {
        return;
    };
    let Some((title, words)) = cells::detail(model, row) else {
        return;
    };
    let inside = text::pane(buffer, area, &title, model.settings.theme.border);
    let lines = text::wrap(&words, usize::from(inside.width));
    for (row, line) in (0..inside.height).zip(lines) {
        text::line(buffer, inside, row, &line, model.settings.theme.plain);
    }
}
