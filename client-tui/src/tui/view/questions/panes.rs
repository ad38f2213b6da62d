//! Who gets which part of the screen: side by side, one below the other, or one at a time.

use ratatui::layout::Rect;

use crate::tui::model::{Model, questions::Reading};

/// The columns from which on list and question stand side by side.
const WIDE: u16 = 80;
/// The rows from which on they stand one below the other.
const TALL: u16 = 14;

/// The parts; those not shown have no height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    /// How much there is.
    pub head: Rect,
    /// What is said when nothing waits.
    pub notice: Rect,
    /// The list.
    pub list: Rect,
    /// What is between list and question.
    pub rule: Rect,
    /// The selected question.
    pub detail: Rect,
}

/// The parts of a body.
pub fn of(model: &Model, body: Rect) -> Panes {
    let (head, rest) = top(body, 1);
    let words = super::notice(model, body.width).len();
    let most = rest.height / 2;
    let lines = u16::try_from(words).unwrap_or(u16::MAX).min(most);
    let (notice, rest) = top(rest, lines);
    let none = Rect { height: 0, ..rest };
    let panes = Panes {
        head,
        notice,
        list: none,
        rule: none,
        detail: none,
    };
    if model.questions.reading == Reading::Whole {
        return Panes {
            detail: rest,
            ..panes
        };
    }
    if body.width >= WIDE {
        let width = (rest.width * 2 / 5).clamp(32, 64);
        let (list, right) = left(rest, width);
        let (rule, right) = left(right, 1);
        let (_, detail) = left(right, 1);
        return Panes {
            list,
            rule,
            detail,
            ..panes
        };
    }
    if rest.height >= TALL {
        let rows = u16::try_from(model.questions.rows.len()).unwrap_or(u16::MAX);
        let (list, below) = top(rest, rows.clamp(3, rest.height / 3));
        let (rule, detail) = top(below, 1);
        return Panes {
            list,
            rule,
            detail,
            ..panes
        };
    }
    Panes {
        list: rest,
        ..panes
    }
}

fn top(area: Rect, rows: u16) -> (Rect, Rect) {
    let height = rows.min(area.height);
    let rest = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (Rect { height, ..area }, rest)
}

fn left(area: Rect, columns: u16) -> (Rect, Rect) {
    let width = columns.min(area.width);
    let rest = Rect {
        x: area.x + width,
        width: area.width - width,
        ..area
    };
    (Rect { width, ..area }, rest)
}
