//! The panes' titles: brackets around the one where keys go.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};
use synod_proto::v1::Run;

use super::layout::{self, Panes, single};
use crate::tui::{
    keys::Action,
    model::{Model, run::Pane},
    view::text,
};

/// Of one pane; with both names where there is one pane at a time.
pub fn draw(model: &Model, run: &Run, buffer: &mut Buffer, area: Rect, of: Pane, panes: Panes) {
    if area.height == 0 {
        return;
    }
    let theme = &model.settings.theme;
    let active = layout::pane(model, run);
    let mut spans = Vec::new();
    for pane in [Pane::Executions, Pane::Findings] {
        if pane != of && panes == Panes::Both {
            continue;
        }
        let name = name(model, run, pane);
        if pane == active {
            spans.push(Span::styled(format!("[{name}]"), theme.strong));
            continue;
        }
        spans.push(Span::styled(format!(" {name} "), theme.faint));
        let action = match pane {
            Pane::Executions => Action::PaneLeft,
            Pane::Findings => Action::PaneRight,
        };
        if let Some(key) = model.settings.keys.first(action) {
            spans.push(Span::styled(format!("{key} "), theme.accent));
        }
    }
    text::styled(buffer, area, 0, &Line::from(spans));
}

fn name(model: &Model, run: &Run, pane: Pane) -> String {
    let parts = model.shown().parts(&run.id);
    match pane {
        Pane::Executions => {
            let tally = parts.map(|parts| parts.tally).unwrap_or_default();
            format!("EXECUTIONS ({})", tally.all)
        }
        Pane::Findings if single(run) => "OUTCOME".to_owned(),
        Pane::Findings => match parts.map_or(0, |parts| parts.findings.len()) {
            0 => "FINDINGS".to_owned(),
            count => format!("FINDINGS ({count})"),
        },
    }
}
