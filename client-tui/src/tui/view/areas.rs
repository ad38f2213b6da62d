//! Who gets which part of the terminal. `update` asks too: how far a page is depends on it.

use ratatui::layout::Rect;

use super::bar;
use crate::tui::model::{Model, Screen};

/// The least that anything can be shown in: columns, rows.
pub const LEAST: (u16, u16) = (20, 5);

/// The parts, from top to bottom; those not needed have no height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// The screens' names, and the link.
    pub tabs: Rect,
    /// The daemon, its queue and providers.
    pub status: Rect,
    /// What is wrong.
    pub banner: Rect,
    /// Where in the past.
    pub scrubber: Rect,
    /// The screen.
    pub body: Rect,
    /// The keys that matter here.
    pub hints: Rect,
}

/// The parts of the terminal as it is.
pub fn of(model: &Model) -> Areas {
    within(model, Rect::new(0, 0, model.size.0, model.size.1))
}

/// The parts of an area.
pub fn within(model: &Model, size: Rect) -> Areas {
    let mut rest = size;
    let mut take = |rows: u16| {
        let rows = rows.min(rest.height);
        let part = Rect {
            height: rows,
            ..rest
        };
        rest.y += rows;
        rest.height -= rows;
        part
    };
    let roomy = size.height >= 12;
    let tabs = take(1);
    let status = take(u16::from(roomy));
    let wrong = bar::banner_lines(model, size.width, size.height).len();
    let banner = take(u16::try_from(wrong).unwrap_or(1));
    let scrubber = take(u16::from(model.past.is_some()));
    let body = take(rest_of(size, tabs, status, banner, scrubber));
    let hints = take(1);
    Areas {
        tabs,
        status,
        banner,
        scrubber,
        body,
        hints,
    }
}

fn rest_of(size: Rect, tabs: Rect, status: Rect, banner: Rect, scrubber: Rect) -> u16 {
    let used = tabs.height + status.height + banner.height + scrubber.height + 1;
    size.height.saturating_sub(used)
}

/// The list of runs: a line that tells what is filtered, if anything is, and below it the list with its heading.
pub fn runs(model: &Model, body: Rect) -> (Rect, Rect) {
    let line = u16::from(!model.runs.filter.is_empty() && body.height >= 4);
    let list = Rect {
        y: body.y + line,
        height: body.height - line,
        ..body
    };
    (
        Rect {
            height: line,
            ..body
        },
        list,
    )
}

/// Rows of a list with a heading line above it.
pub fn list_height(body: Rect) -> usize {
    usize::from(body.height.saturating_sub(1))
}

/// The list of agents, and below it what does not fit into its rows, where there is room for that.
pub fn agents(body: Rect) -> (Rect, Rect) {
    let below = if body.height >= 16 { 5 } else { 0 };
    let list = Rect {
        height: body.height - below,
        ..body
    };
    let below = Rect {
        y: list.bottom(),
        height: below,
        ..body
    };
    (list, below)
}

/// The output's parts: a line that says what it is, the text, a line that says where in it. The text's first two
/// columns are for marks.
pub fn output(body: Rect) -> (Rect, Rect, Rect) {
    let head = u16::from(body.height >= 5);
    let foot = u16::from(body.height >= 3);
    let text = body.height - head - foot;
    let part = |y, height| Rect { y, height, ..body };
    (
        part(body.y, head),
        part(body.y + head, text),
        part(body.y + head + text, foot),
    )
}

/// Lines inside a large popup.
pub fn popup_height(model: &Model) -> usize {
    usize::from(
        popup(of(model).body, u16::MAX, u16::MAX)
            .height
            .saturating_sub(2),
    )
}

/// A popup in the middle, at most so large, frame included.
pub fn popup(body: Rect, columns: u16, rows: u16) -> Rect {
    // Narrow terminals have no columns to give away.
    let margin = if body.width < 60 { 0 } else { 2 };
    let width = columns.min(body.width.saturating_sub(margin));
    let height = rows.min(body.height);
    Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y + (body.height - height) / 2,
        width,
        height,
    }
}

/// The tabs with their columns.
pub fn tab_columns(tabs: Rect) -> impl Iterator<Item = (Screen, Rect)> {
    let mut x = tabs.x;
    Screen::ROOTS.into_iter().map_while(move |screen| {
        let width = u16::try_from(screen.title().len()).unwrap_or(0) + 2;
        let area = Rect { x, width, ..tabs };
        x += width;
        (x <= tabs.right()).then_some((screen, area))
    })
}

/// The screen whose name stands in this column.
pub fn tab_at(tabs: Rect, column: u16) -> Option<Screen> {
    tab_columns(tabs)
        .find(|(_, area)| (area.left()..area.right()).contains(&column))
        .map(|(screen, _)| screen)
}
