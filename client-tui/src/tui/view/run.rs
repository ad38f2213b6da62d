//! One run: what it is and how far it can be trusted, its executions, and its findings as a matrix; or one
//! finding in full.

pub mod detail;
pub mod layout;
pub mod outcome;

mod cell;
mod executions;
mod findings;
mod head;
mod heads;
pub mod lines;
mod matrix;
mod titles;
mod told;
mod votes;

#[cfg(test)]
pub mod rounds_sample;
#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod tests;

use ratatui::{Frame, layout::Rect, style::Style};

use super::text;
use crate::tui::{
    model::{Model, run::Reading},
    theme::Theme,
};

/// See the module.
pub fn draw(model: &Model, id: &str, frame: &mut Frame, area: Rect) {
    let theme = &model.settings.theme;
    let Some(run) = model.shown().run(id) else {
        let words = match (&model.past, model.run.reading.get(id)) {
            (Some(_), _) => "this run is not there yet at this revision".to_owned(),
            (None, Some(Reading::Asked)) => "reading the run…".to_owned(),
            (None, Some(Reading::Failed(why))) => format!("the run could not be read: {why}"),
            (None, None) => "this run is not known".to_owned(),
        };
        let inner = Rect {
            x: area.x + 2.min(area.width),
            width: area.width.saturating_sub(2),
            ..area
        };
        return text::line(frame.buffer_mut(), inner, 1, &words, theme.plain);
    };
    let layout = layout::within(model, run, area);
    for (row, line) in (0..layout.head.height).zip(head::lines(model, run, area)) {
        text::styled(frame.buffer_mut(), layout.head, row, &line);
    }
    if let Some(reader) = &model.run.reader {
        let buffer = frame.buffer_mut();
        let title = detail::title(model, run, reader, layout.reader.rows);
        text::styled(buffer, layout.reader.title, 0, &title);
        return lines::draw(theme, buffer, layout.reader.rows, &reader.rows, reader.top);
    }
    if layout.executions.title.height > 0 {
        executions::draw(model, run, frame, &layout);
    }
    if layout.findings.title.height > 0 {
        findings::draw(model, run, frame, &layout);
    }
}

/// The sign and the style of a row: selected where keys go, selected elsewhere, or not.
fn mark(theme: &Theme, selected: bool, active: bool) -> (&'static str, Style) {
    match (selected, active) {
        (true, true) => ("▸ ", theme.selected),
        (true, false) => ("▹ ", theme.resting),
        (false, _) => ("  ", Style::new()),
    }
}
