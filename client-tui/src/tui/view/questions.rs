//! The questions: a list of what waits, and beside it, below it or instead of it the selected one in full.

pub mod detail;
pub mod due;
pub mod panes;
pub mod permission;

mod list;

#[cfg(test)]
mod tests;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::text;
use crate::{
    render::clean,
    tui::{
        keys::Action,
        model::{
            Model,
            known::Group,
            questions::{Reading, Settled},
        },
    },
};

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let theme = &model.settings.theme;
    let panes = panes::of(model, area);
    let buffer = frame.buffer_mut();
    head(model, buffer, panes.head);
    for (row, words) in (0..panes.notice.height).zip(notice(model, panes.notice.width)) {
        text::line(buffer, panes.notice, row, &words, theme.plain);
    }
    list::draw(model, buffer, panes.list);
    rule(model, buffer, panes.rule);
    reading(model, buffer, panes.detail);
}

/// How much waits, and what else is or is not in the list.
fn head(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    let place = &model.questions;
    let counts = place.counts;
    let mut words = vec![Span::styled(
        format!("Questions ({})", counts.waiting),
        theme.strong,
    )];
    let known = model.shown();
    if let Some(run) = place.only.as_ref().and_then(|id| known.run(id)) {
        words.push(Span::styled(
            format!(" of {}", clean(&run.name)),
            theme.strong,
        ));
    }
    if !place.filter.is_empty() {
        let text = format!(" · filter: {}", clean(&place.filter));
        words.push(Span::styled(text, theme.warn));
    }
    if counts.put_off > 0 {
        words.push(Span::styled(
            format!(" · {} put off", counts.put_off),
            theme.plain,
        ));
    }
    if counts.settled > 0 {
        let what = match place.settled {
            Settled::Hidden => "shows",
            Settled::Shown => "hides",
        };
        let text = format!(
            " · {} settled{}",
            counts.settled,
            key(model, Action::Settled, what)
        );
        words.push(Span::styled(text, theme.faint));
    }
    text::styled(buffer, area, 0, &Line::from(words));
}

/// `, KEY does something`, if there is a key.
fn key(model: &Model, action: Action, does: &str) -> String {
    let key = model.settings.keys.first(action);
    key.map_or_else(String::new, |key| format!(", {key} {does}"))
}

/// What is said when nothing waits: of the run looked at how it ended, and what else there is to do. Empty if
/// something does.
pub fn notice(model: &Model, width: u16) -> Vec<String> {
    let place = &model.questions;
    let known = model.shown();
    if place.reading == Reading::Whole {
        return Vec::new();
    }
    if place.rows.is_empty() && !place.filter.is_empty() {
        let back = key(model, Action::Back, "shows all again");
        let text = format!("nothing matches {:?}{back}", clean(&place.filter));
        return text::wrap(&text, usize::from(width));
    }
    if place.counts.waiting > 0 {
        return Vec::new();
    }
    let mut sentences = Vec::new();
    let about = place.only.as_ref().or(place.done_with.as_ref());
    match about.and_then(|id| known.run(id)) {
        Some(about) => {
            let name = clean(&about.name);
            let parts = known.parts(&about.id);
            let asked = parts.is_some_and(|parts| !parts.questions.is_empty());
            let asked = if place.counts.put_off > 0 {
                format!("All that {name} still asks was put off")
            } else if asked {
                format!("Nothing of {name} waits for you")
            } else {
                format!("{name} asks nothing")
            };
            let state = clean(&about.state);
            sentences.push(match known.group(&about.id) {
                Some(Group::Finished) => {
                    let reason = match clean(&about.reason) {
                        reason if reason.is_empty() || reason == state => String::new(),
                        reason => format!(" ({reason})"),
                    };
                    format!("{asked}. The run is over: {state}{reason}.")
                }
                Some(Group::NeedsYou | Group::Live) | None => {
                    format!("{asked}; the run is {state}.")
                }
            });
            if let Some(verdict) = known.verdict(&about.id) {
                sentences.push(clean(&verdict.trust));
            }
        }
        None => sentences.push("Nothing waits for you.".to_owned()),
    }
    if place.counts.put_off > 0 {
        sentences.push(format!(
            "{} put off can still be answered.",
            place.counts.put_off
        ));
    }
    let wrapped = |text: &String| text::wrap(text, usize::from(width));
    sentences.iter().flat_map(wrapped).collect()
}

fn rule(model: &Model, buffer: &mut Buffer, area: Rect) {
    let sign = if area.width == 1 { "│" } else { "─" };
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            buffer.set_string(x, y, sign, model.settings.theme.border);
        }
    }
}

/// The selected question; the last line says that there is more.
fn reading(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    let place = &model.questions;
    let room = usize::from(area.height);
    let below = place.lines.len().saturating_sub(place.top + room);
    let shown = place.lines.iter().skip(place.top);
    for (row, line) in (0..area.height).zip(shown) {
        text::styled(buffer, area, row, line);
    }
    let Some(last) = area.height.checked_sub(1) else {
        return;
    };
    let mark = |words: String, row: u16, buffer: &mut Buffer| {
        let line = Rect {
            y: area.y + row,
            height: 1,
            ..area
        };
        buffer.set_stringn(
            line.x,
            line.y,
            " ".repeat(usize::from(line.width)),
            usize::from(line.width),
            theme.plain,
        );
        text::line(buffer, line, 0, &words, theme.faint);
    };
    let (up, down) = match place.reading {
        Reading::List => (Action::ScrollUp, Action::ScrollDown),
        Reading::Whole => (Action::Up, Action::Down),
    };
    if below > 0 && room > 1 {
        // The line that makes way for this one is below as well.
        mark(
            format!("↓ {} more{}", below + 1, key(model, down, "scrolls")),
            last,
            buffer,
        );
    }
    if place.top > 0 && room > 2 {
        mark(
            format!("↑ {} above{}", place.top + 1, key(model, up, "scrolls")),
            0,
            buffer,
        );
    }
}
