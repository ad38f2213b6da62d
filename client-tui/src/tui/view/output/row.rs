//! One row of output: two columns of marks, then the text.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::tui::{
    model::{
        Model,
        output::{
            pager::Seen,
            rows::{Carried, Row, RowBegins, Wrap, clusters, width},
        },
    },
    theme::Theme,
};

/// Columns of marks.
const MARKS: u16 = 2;

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect, y: u16, seen: &Seen) {
    let Some(row) = seen.row() else { return };
    let theme = &model.settings.theme;
    let place = &model.output;
    let y = area.y + y;
    let at = place.search.as_ref().and_then(|search| search.at);
    let here = at.is_some_and(|spot| {
        spot.segment == seen.laid.segment.start && seen.laid.row_of(spot.byte) == seen.row
    });
    let (mark, style) = match (here, row.begins) {
        (true, _) => ("▸ ", theme.accent),
        (false, RowBegins::Within) => ("↪ ", theme.faint),
        (false, RowBegins::Line) => ("  ", theme.plain),
    };
    buffer.set_stringn(area.x, y, mark, usize::from(area.width.min(MARKS)), style);
    let text = Rect {
        x: area.x + area.width.min(MARKS),
        y,
        width: area.width.saturating_sub(MARKS),
        height: 1,
    };
    let left = match place.wrap {
        Wrap::AtEdge => 0,
        Wrap::No => place.left,
    };
    let room = match place.wrap {
        Wrap::AtEdge => usize::from(text.width),
        Wrap::No => usize::from(text.width.saturating_sub(1)),
    };
    let more = cells(seen, row, left, room, theme, |column, symbol, style| {
        let column = text.x + u16::try_from(column).unwrap_or(u16::MAX - text.x);
        buffer.set_stringn(column, y, symbol, usize::from(text.right() - column), style);
    });
    if more == More::Right && place.wrap == Wrap::No && text.width > 0 {
        buffer.set_stringn(text.right() - 1, y, "›", 1, theme.faint);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    /// All of the rest was drawn.
    No,
    /// There is more to the right.
    Right,
}

/// Puts what lies between two columns; says whether there is more.
fn cells(
    seen: &Seen,
    row: &Row,
    left: usize,
    room: usize,
    theme: &Theme,
    mut put: impl FnMut(usize, &str, Style),
) -> More {
    let text = seen.laid.row_text(row);
    let mut found = seen.laid.found_in(row).iter().peekable();
    let mut column = 0;
    for (place, carried) in clusters(text) {
        let cluster = text.get(place.clone()).unwrap_or_default();
        let at = row.start + place.start;
        while found.peek().is_some_and(|found| found.end <= at) {
            found.next();
        }
        let matched = found
            .peek()
            .is_some_and(|found| found.start < row.start + place.end);
        let style = if matched { theme.matched } else { theme.plain };
        let columns = width(cluster, column);
        let (from, to) = (column, column + columns);
        column = to;
        if to <= left {
            continue;
        }
        if from >= left + room {
            return More::Right;
        }
        let shown = to.min(left + room) - from.max(left);
        let x = from.max(left) - left;
        match (cluster, carried) {
            // Half of a wide character is a hole.
            _ if shown < columns && cluster != "\t" => put(x, &" ".repeat(shown), style),
            ("\t", _) => put(x, &" ".repeat(shown), style),
            (_, Carried::ByCircle) => put(x, &format!("\u{25cc}{cluster}"), style),
            (_, Carried::ByItself) => put(x, cluster, style),
        }
        if to > left + room && cluster != "\t" {
            return More::Right;
        }
    }
    More::No
}
