//! The list of questions.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use synod_proto::v1::Question;

use super::{detail, due::due, permission};
use crate::{
    render::clean,
    tui::{
        model::{
            Model,
            questions::{Mark, Part, Row},
        },
        view::{
            columns::{Column, Columns, Fit},
            text,
        },
    },
};

const COLUMNS: [Column; 3] = [
    Column {
        title: "",
        width: 2,
        goes: 0,
        fit: Fit::Left,
    },
    Column {
        title: "",
        width: 9,
        goes: 1,
        fit: Fit::Left,
    },
    Column {
        title: "",
        width: 20,
        goes: 0,
        fit: Fit::Grows,
    },
];

/// See the module.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.settings.theme;
    let place = &model.questions;
    let known = model.shown();
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let columns = Columns::within(&COLUMNS, inner.width);
    let window = place
        .cursor
        .window(place.rows.len(), usize::from(area.height));
    for (row, index) in (0..area.height).zip(window) {
        match &place.rows[index] {
            Row::Run(part, run, count) => {
                let name = clean(known.run(run).map_or("", |run| &run.name));
                let (words, style) = match part {
                    Part::Waiting => (format!("{name} ({count})"), theme.strong),
                    Part::PutOff => (format!("PUT OFF {name} ({count})"), theme.strong),
                    Part::Settled => (format!("SETTLED {name} ({count})"), theme.faint),
                };
                text::line(buffer, area, row, &words, style);
            }
            Row::Section(section) => {
                let section = match clean(section) {
                    section if section.is_empty() => "no place in the text".to_owned(),
                    section => section,
                };
                let area = Rect {
                    x: area.x + 1.min(area.width),
                    width: area.width.saturating_sub(1),
                    ..area
                };
                text::line(buffer, area, row, &section, theme.faint);
            }
            Row::Question(_, id) => {
                let Some(question) = known.question(id) else {
                    continue;
                };
                let here = index == place.cursor.index;
                let style = if here { theme.selected } else { Style::new() };
                if here {
                    text::line(buffer, area, row, "▸ ", style);
                }
                columns.row(buffer, inner, row, style, |column| {
                    cell(model, question, column)
                });
            }
        }
    }
}

fn cell<'a>(model: &'a Model, question: &'a Question, column: usize) -> (Cow<'a, str>, Style) {
    let theme = &model.settings.theme;
    let severity = question.severity.as_str();
    match column {
        0 if question.permission.is_some() => (permission::SIGN.into(), theme.warn),
        1 if question.permission.is_some() => (permission::word(question).into(), theme.warn),
        0 => (detail::sign(severity).into(), theme.word(severity)),
        1 => (clean(severity).into(), theme.word(severity)),
        _ => {
            let claim = match &question.permission {
                Some(asked) => clean(&asked.what),
                None => clean(&question.text),
            };
            let waits = model.shown().waits(question);
            let mark = model.questions.mark(&question.id);
            let mark = mark.filter(|_| model.past.is_none());
            match mark {
                Some(Mark::Sending) => (format!("sending… {claim}").into(), theme.warn),
                _ if question.state == "withdrawn" => {
                    (format!("withdrawn: {claim}").into(), theme.faint)
                }
                _ if question.state == "settled" => (format!("✓ {claim}").into(), theme.faint),
                _ if !waits => (format!("not asked any more: {claim}").into(), theme.faint),
                Some(Mark::Draft) => (format!("draft: {claim}").into(), theme.plain),
                None => match due(model, question) {
                    Some(due) if due.over => (format!("{}: {claim}", due.brief).into(), theme.bad),
                    Some(due) if !due.brief.is_empty() => {
                        (format!("{}: {claim}", due.brief).into(), theme.plain)
                    }
                    Some(_) | None => (claim.into(), theme.plain),
                },
            }
        }
    }
}
