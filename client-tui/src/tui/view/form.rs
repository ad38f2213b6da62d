//! Forms: a label and a value for each field, what is wrong with it below. Where there is little room, hints
//! go first, and the field that keys go to stays in sight.

mod hint;
mod rows;

use std::ops::Range;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
    widgets::Widget as _,
};
use tui_input::Input;

use self::{hint::hint, rows::rows_of};
use super::{areas, layers, text};
use crate::{
    render::clean,
    tui::{
        model::{
            Model,
            form::{Body, Form, What},
        },
        theme::Theme,
    },
};

/// Columns of the labels, with the mark before and a space after them.
const LABELS: u16 = 11;
/// Lines of a text field.
const TEXT: u16 = 3;

/// What stands in a row of the form.
enum Row<'a> {
    /// Words.
    Words(Line<'a>),
    /// A line being typed.
    Typed(&'a Input),
    /// Words, and where the terminal's cursor is in them.
    Cursor(Line<'a>, u16),
    /// One of the lines of a text field, the others follow.
    Text(u16),
}

/// Which hints are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hints {
    All,
    Focused,
    None,
}

/// See the module.
pub fn draw(model: &Model, form: &Form, frame: &mut Frame, body: Rect) {
    let theme = &model.settings.theme;
    let widest = areas::popup(body, 84, u16::MAX);
    let width = widest.width.saturating_sub(2);
    let room = widest.height.saturating_sub(2);
    let choices = [Hints::All, Hints::Focused, Hints::None];
    let mut made = choices.into_iter().map(|hints| {
        let paper = Paper::of(model, form, hints, width);
        let rows = paper.height();
        (paper, rows)
    });
    let Some((mut paper, mut rows)) = made.next() else {
        return;
    };
    for other in made {
        if rows <= room {
            break;
        }
        (paper, rows) = other;
    }
    // A text gets the room that nothing else needs.
    let spare = room.saturating_sub(rows).min(9);
    let has_text = form.fields.iter().any(|f| matches!(f.body, Body::Text(_)));
    let grown = if has_text { spare } else { 0 };
    let area = areas::popup(body, 84, rows.saturating_add(grown).saturating_add(2));
    let inside = text::framed(frame.buffer_mut(), area, form.kind.title(), theme);
    paper.draw(form, frame, inside, grown, theme);
}

/// The rows of a form, with the field each belongs to.
struct Paper<'a> {
    rows: Vec<(Option<usize>, Row<'a>)>,
    focus: usize,
}

impl<'a> Paper<'a> {
    fn of(model: &'a Model, form: &'a Form, hints: Hints, width: u16) -> Self {
        let theme = &model.settings.theme;
        let mut rows = Vec::new();
        if let Some(told) = &form.told {
            let words = format!("! {told}");
            let lines = text::wrap(&words, usize::from(width));
            let lines = lines.into_iter().take(4);
            rows.extend(lines.map(|line| (None, Row::Words(Line::styled(line, theme.bad)))));
        }
        for (index, field) in form.fields.iter().enumerate() {
            let here = index == form.focus;
            let room = usize::from(width.saturating_sub(LABELS + 1)).max(8);
            let made = rows_of(field, here, room, theme);
            rows.extend(made.into_iter().map(|row| (Some(index), row)));
            if let Some(error) = &field.error {
                let lines = text::wrap(&format!("! {error}"), room);
                let lines = lines.into_iter().map(|line| Line::styled(line, theme.bad));
                rows.extend(lines.map(|line| (Some(index), Row::Words(line))));
            }
            let wanted = match hints {
                Hints::All => true,
                Hints::Focused => here,
                Hints::None => false,
            };
            if wanted {
                let lines = hint(model, form, field, room);
                let lines = lines
                    .into_iter()
                    .map(|line| Line::styled(line, theme.faint));
                rows.extend(lines.map(|line| (Some(index), Row::Words(line))));
            }
        }
        if form.sent.is_some() {
            let line = Line::styled("starting…", theme.accent);
            rows.push((None, Row::Words(line)));
        }
        Self {
            rows,
            focus: form.focus,
        }
    }

    fn height(&self) -> u16 {
        u16::try_from(self.rows.len()).unwrap_or(u16::MAX)
    }

    /// The rows that are in sight: the first ones, or those around the field that keys go to.
    fn window(&self, height: usize) -> Range<usize> {
        let mine = |(field, _): &(Option<usize>, Row<'_>)| *field == Some(self.focus);
        let first = self.rows.iter().position(mine).unwrap_or(0);
        let after = self.rows.iter().rposition(mine).map_or(0, |last| last + 1);
        let top = after.saturating_sub(height).min(first);
        top..(top + height).min(self.rows.len())
    }

    fn draw(&self, form: &Form, frame: &mut Frame, inside: Rect, grown: u16, theme: &Theme) {
        let room = inside.height.saturating_sub(grown);
        let mut y = inside.y;
        let mut labelled = None;
        for index in self.window(usize::from(room)) {
            let Some((field, row)) = self.rows.get(index) else {
                break;
            };
            let line = Rect {
                y,
                height: 1,
                ..inside
            };
            y += 1;
            let mut at = line;
            if let Some(field) = field.and_then(|index| form.fields.get(index)) {
                let labels = LABELS.min(line.width);
                if labelled != Some(field.what) {
                    labelled = Some(field.what);
                    label(frame, line, field.what, form, theme);
                }
                at.x += labels;
                at.width -= labels;
            }
            match row {
                Row::Words(words) => text::styled(frame.buffer_mut(), at, 0, words),
                Row::Typed(typed) => layers::input(frame, at, typed),
                Row::Cursor(words, column) => {
                    text::styled(frame.buffer_mut(), at, 0, words);
                    if at.width > 0 {
                        let column = (*column).min(at.width - 1);
                        frame.set_cursor_position(Position::new(at.x + column, at.y));
                    }
                }
                Row::Text(line) => {
                    if *line + 1 == TEXT {
                        y += grown;
                    }
                    text_area(form, frame, at, *line, grown, inside);
                }
            }
        }
    }
}

/// The field's name, marked if keys go there.
fn label(frame: &mut Frame, line: Rect, what: What, form: &Form, theme: &Theme) {
    let here = form.fields.get(form.focus).map(|field| field.what) == Some(what);
    let (mark, style) = if here {
        ('▸', theme.strong)
    } else {
        (' ', theme.plain)
    };
    let words = format!("{mark} {}", what.label());
    let line = Rect {
        width: LABELS.min(line.width),
        ..line
    };
    text::line(frame.buffer_mut(), line, 0, &words, style);
}

/// The whole text field is drawn with its first row in sight.
fn text_area(form: &Form, frame: &mut Frame, at: Rect, line: u16, grown: u16, inside: Rect) {
    let area = Rect {
        height: (TEXT - line + grown).min(inside.bottom().saturating_sub(at.y)),
        ..at
    };
    let drawn_above = line > 0 && at.y > inside.y;
    if drawn_above || area.width == 0 || area.height == 0 {
        return;
    }
    let focused = form.fields.get(form.focus).map(|field| &field.body);
    if let Some(Body::Text(text)) = focused {
        text.render(area, frame.buffer_mut());
        return;
    }
    let field = form.fields.iter().find_map(|field| match &field.body {
        Body::Text(text) => Some(text),
        _ => None,
    });
    let lines = field.map_or(&[][..], |text| text.lines());
    let wrapped = lines
        .iter()
        .take(usize::from(area.height))
        .flat_map(|line| text::wrap(&clean(line), usize::from(area.width)));
    for (row, line) in (0..area.height).zip(wrapped) {
        let style = ratatui::style::Style::new();
        text::line(frame.buffer_mut(), area, row, &line, style);
    }
}
