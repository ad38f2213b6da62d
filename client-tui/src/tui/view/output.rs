//! An attempt's output: what it is, its rows, and where in it they stand.

mod foot;
mod head;
mod row;

use ratatui::{Frame, layout::Rect};
use synod_proto::v1::Attempt;

use super::{areas, text};
use crate::tui::{
    keys::Action,
    model::{
        Model,
        output::{Tail, Target},
    },
    msg::Stream,
    update::{shown_attempt, shown_size},
};

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
    let attempt = shown_attempt(model);
    if attempt.is_none() && place.stream != Stream::Prompt {
        return Some(not_started(model, target.execution.as_deref()));
    }
    if let Some(why) = place.failed.as_ref() {
        // What was read before stays readable; the line below says why there is no more.
        if place.pager.window().is_empty() {
            let what = match place.stream {
                Stream::Stdout | Stream::Stderr | Stream::Transcript => "output",
                Stream::Prompt => "prompt",
            };
            return Some(format!("the {what} cannot be read: {why}"));
        }
    }
    if place.stream == Stream::Prompt && place.pager.end() == 0 {
        let whole = matches!(place.tail, Tail::Complete(_));
        return Some(
            if whole {
                "It was given nothing."
            } else {
                "reading…"
            }
            .to_owned(),
        );
    }
    if let Some(attempt) = attempt.filter(|_| place.pager.end() == 0) {
        let words = nothing_yet(model, &attempt);
        return Some(words + &elsewhere(model, target, &attempt));
    }
    let reading = place.pager.window().is_empty();
    reading.then(|| "reading…".to_owned())
}

fn nothing_yet(model: &Model, attempt: &Attempt) -> String {
    let name = match model.output.stream {
        Stream::Stdout => "printed to standard output",
        Stream::Stderr => "printed to standard error",
        Stream::Transcript => "said or done",
        Stream::Prompt => "given to it",
    };
    if attempt.ended_at.is_some() {
        format!("Nothing was {name}.")
    } else if model.past.is_some() {
        format!("Nothing had been {name} yet.")
    } else {
        format!("Waiting for output: nothing was {name} yet.")
    }
}

/// Where there is something to read, and how many times a key leads there.
fn elsewhere(model: &Model, target: &Target, attempt: &Attempt) -> String {
    let execution = target.execution.as_deref();
    let execution = execution.and_then(|id| model.shown().execution(id));
    let key = model.settings.keys.first(Action::OtherStream);
    let (Some(execution), Some(key)) = (execution, key) else {
        return String::new();
    };
    let first = Stream::first_of(execution);
    let mut words = String::new();
    let mut stream = model.output.stream.after(first);
    let mut keys = key.to_string();
    // There are three at most.
    for _ in 0..2 {
        if stream == model.output.stream {
            break;
        }
        let name = match stream {
            Stream::Stdout => "standard output",
            Stream::Stderr => "standard error",
            Stream::Transcript => "the transcript",
            Stream::Prompt => "the prompt",
        };
        let bytes = shown_size(attempt, stream);
        if bytes > 0 {
            let bytes = foot::grouped(bytes);
            words = format!("{words}\n{keys} shows {name}: {bytes} bytes.");
        }
        keys = format!("{keys} {key}");
        stream = stream.after(first);
    }
    words
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
