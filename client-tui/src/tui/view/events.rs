//! The feed: one row a change, or the chain of one of them.

mod chain;

use std::borrow::Cow;

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};
use synod_proto::v1::Change;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{
    columns::{Column, Columns, Fit},
    text,
};
use crate::{
    render::{event, instant},
    tui::{
        keys::Action,
        model::{
            Model,
            events::{Before, Follow, Row, ring::Entry},
        },
        update::events::{agent, run_name},
    },
};

/// Columns of a run's name.
const fn run_columns(width: u16) -> u16 {
    if width >= 72 { 20 } else { 12 }
}

const fn columns(width: u16) -> [Column; 5] {
    [
        Column {
            title: "REV",
            width: 7,
            goes: 2,
            fit: Fit::Right,
        },
        Column {
            title: "TIME",
            width: 12,
            goes: 3,
            fit: Fit::Left,
        },
        Column {
            title: "RUN",
            width: run_columns(width),
            goes: 1,
            fit: Fit::Left,
        },
        Column {
            title: "AGENT",
            width: 14,
            goes: 4,
            fit: Fit::Left,
        },
        Column {
            title: "WHAT",
            width: if width >= 72 { 34 } else { 24 },
            goes: 0,
            fit: Fit::Grows,
        },
    ]
}
const AGENT: usize = 3;

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let buffer = frame.buffer_mut();
    if let Some(chain) = &model.events.chain {
        return chain::draw(model, chain, buffer, area);
    }
    let theme = &model.settings.theme;
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let columns = Columns::within(&columns(area.width), inner.width);
    columns.heading(buffer, inner, theme.faint);
    standing(model, buffer, area);
    let list = Rect {
        y: inner.y + inner.height.min(1),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let place = &model.events;
    let len = place.rows();
    if len == 0 {
        return empty(model, buffer, list);
    }
    let window = place.cursor.window(len, usize::from(list.height));
    for (row, index) in (0..list.height).zip(window) {
        let here = index == place.cursor.index;
        let style = if here { theme.selected } else { Style::new() };
        if here {
            let mark = Rect {
                x: area.x,
                width: 2.min(area.width),
                ..list
            };
            text::line(buffer, mark, row, "▸ ", style);
        }
        match place.row(index) {
            Some(Row::Earlier) => whole(buffer, list, row, &earlier(model), aside(model, here)),
            Some(Row::Entry(_, Entry::Jump(first, last))) => {
                let key = key(model, Action::Chain);
                let words = format!(
                    "resynced: revisions {first}–{last} are not shown here; {key} loads them"
                );
                whole(buffer, list, row, &words, aside(model, here));
            }
            Some(Row::Entry(at, Entry::Change(change, _))) => {
                let cell = |column| cell(model, at, change, column, &columns);
                columns.row(buffer, list, row, style, cell);
            }
            None => {}
        }
    }
}

fn aside(model: &Model, here: bool) -> Style {
    let theme = &model.settings.theme;
    if here { theme.selected } else { theme.faint }
}

fn whole(buffer: &mut Buffer, list: Rect, row: u16, words: &str, style: Style) {
    let line = Rect {
        y: list.y + row,
        height: 1,
        ..list
    };
    buffer.set_style(line, style);
    text::line(buffer, list, row, words, style);
}

fn cell<'a>(
    model: &Model,
    at: usize,
    change: &'a Change,
    column: usize,
    columns: &Columns,
) -> (Cow<'a, str>, Style) {
    let theme = &model.settings.theme;
    let run_columns = run_columns(model.size.0);
    match column {
        0 => (change.revision.to_string().into(), theme.faint),
        1 => {
            let at = change.at.as_ref().and_then(instant);
            let at = at.map(|at| {
                let at = at.to_zoned(model.zone.clone());
                at.strftime("%H:%M:%S%.3f").to_string()
            });
            (at.unwrap_or_default().into(), theme.faint)
        }
        2 => {
            let name = event::run_of(change).map(|id| run_name(model, id));
            let name = name.unwrap_or_else(|| "-".to_owned());
            (tail(name, run_columns).into(), theme.strong)
        }
        AGENT => {
            let agent = agent(model, change);
            (agent.unwrap_or_default().into(), theme.plain)
        }
        _ => {
            if let Some(changes) = model.events.ring.command_at(at) {
                // Only what is one may stand for a command: a sign says the same as the style.
                let words = format!("» {}", event::command(&changes));
                return (words.into(), theme.strong);
            }
            let what = event::what(change);
            let agent = if columns.has(AGENT) {
                None
            } else {
                agent(model, change)
            };
            let words = match agent {
                Some(agent) => format!("{agent}: {what}"),
                None => what,
            };
            (words.into(), theme.word(event::state_of(change)))
        }
    }
}

/// The end of a name that is too long: that is where names differ.
fn tail(name: String, columns: u16) -> String {
    let too_many = name.width().saturating_sub(usize::from(columns));
    if too_many == 0 {
        return name;
    }
    let mut left = 0;
    let kept = name.chars().skip_while(|c| {
        let skip = left <= too_many;
        left += c.width().unwrap_or(0);
        skip
    });
    format!("…{}", kept.collect::<String>())
}

fn key(model: &Model, action: Action) -> String {
    let key = model.settings.keys.first(action);
    key.map_or_else(|| action.name().to_owned(), |key| key.to_string())
}

fn earlier(model: &Model) -> String {
    if model.events.asked.is_some() {
        return "reading earlier changes…".to_owned();
    }
    let upto = model.events.missing_before();
    let key = key(model, Action::OlderEvents);
    match &model.events.before {
        Before::More | Before::Nothing => {
            format!("earlier changes, up to revision {upto}, are not loaded: {key}")
        }
        Before::Unread(why) => {
            format!("earlier changes could not be read ({why}): {key} tries again")
        }
    }
}

/// In the heading, to the right: whether the newest is followed, and what is filtered.
fn standing(model: &Model, buffer: &mut Buffer, area: Rect) {
    let place = &model.events;
    let follow = match place.follow {
        Follow::Newest if place.until.is_some() => String::new(),
        Follow::Newest => "following".to_owned(),
        Follow::Still => {
            let newer = place.rows().saturating_sub(place.cursor.index + 1);
            let key = key(model, Action::FollowEvents);
            match place.until {
                Some(_) => String::new(),
                None => format!("{newer} newer, {key}: follow"),
            }
        }
    };
    let words = match &*place.filter {
        "" => follow,
        filter => format!("filter “{}”  {follow}", crate::render::clean(filter)),
    };
    let width = u16::try_from(words.width()).unwrap_or(u16::MAX);
    let Some(x) = area.right().checked_sub(width.saturating_add(1)) else {
        return;
    };
    if x < area.x + 26 || width == 0 {
        return;
    }
    let here = Rect {
        x: x - 1,
        width: width + 2,
        ..area
    };
    text::line(
        buffer,
        here,
        0,
        &format!(" {words} "),
        model.settings.theme.accent,
    );
}

fn empty(model: &Model, buffer: &mut Buffer, area: Rect) {
    let words = if model.events.filter.is_empty() {
        "nothing has happened yet".to_owned()
    } else {
        let key = key(model, Action::Back);
        format!("nothing matches; {key} shows all again")
    };
    text::line(buffer, area, 1, &words, model.settings.theme.plain);
}
