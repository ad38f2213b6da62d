//! An attempt's output: what it is, its rows, and where in it they stand.

mod foot;
mod head;
mod row;

use ratatui::{Frame, layout::Rect};

use super::{areas, text};
use crate::tui::{keys::Action, model::Model, msg::Stream, update::shown_attempt};

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let (head, body, foot) = areas::output(area);
    let buffer = frame.buffer_mut();
    head::draw(model, buffer, head);
    foot::draw(model, buffer, foot);
    match nothing_to_show(model) {
        Some(words) => {
            let theme = &model.settings.theme;
            let lines = text::wrap(&words, usize::from(body.width.saturating_sub(2)));
            let inner = Rect {
                x: body.x + 2.min(body.width),
                width: body.width.saturating_sub(2),
                ..body
            };
            let first = u16::from(body.height > 2);
            for (row, line) in (first..body.height).zip(lines) {
                text::line(buffer, inner, row, &line, theme.plain);
            }
        }
        None => {
            for (y, seen) in (0..body.height).zip(model.output.pager.window()) {
                row::draw(model, buffer, body, y, seen);
            }
        }
    }
}

/// Why there is no row to draw.
fn nothing_to_show(model: &Model) -> Option<String> {
    let place = &model.output;
    let Some(target) = &place.target else {
        return Some("no output was chosen".to_owned());
    };
    let Some(attempt) = shown_attempt(model) else {
        return Some(not_started(model, target.execution.as_deref()));
    };
    if let Some(why) = place.failed.as_ref() {
        // What was read before stays readable; the line below says why there is no more.
        if place.pager.window().is_empty() {
            return Some(format!("the output cannot be read: {why}"));
        }
    }
    if place.pager.end() == 0 {
        let (name, other, bytes) = match place.stream {
            Stream::Stdout => ("standard output", "standard error", attempt.error_bytes),
            Stream::Stderr => ("standard error", "standard output", attempt.output_bytes),
        };
        let mut words = if attempt.ended_at.is_some() {
            format!("Nothing was printed to {name}.")
        } else if model.past.is_some() {
            format!("Nothing had been printed to {name} yet.")
        } else {
            format!("Waiting for output: nothing was printed to {name} yet.")
        };
        let key = model.settings.keys.first(Action::OtherStream);
        if let (Some(bytes), Some(key)) = (bytes.filter(|bytes| *bytes > 0), key) {
            let bytes = foot::grouped(bytes);
            words = format!("{words}\n{key} shows {other}: {bytes} bytes.");
        }
        return Some(words);
    }
    let reading = place.pager.window().is_empty();
    reading.then(|| "reading…".to_owned())
}

fn not_started(model: &Model, execution: Option<&str>) -> String {
    let known = model.shown();
    let state = execution.and_then(|id| known.execution(id));
    let state = state.map(|execution| crate::render::clean(&execution.state));
    let past = if model.past.is_some() {
        " at this revision"
    } else {
        ""
    };
    match state {
        Some(state) => format!("Not started yet{past} ({state}): there is no output."),
        None if model.past.is_none() && model.waiting > 0 => "reading…".to_owned(),
        None => format!("Nothing of it was started yet{past}: there is no output."),
    }
}
