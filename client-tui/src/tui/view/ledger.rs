//! The ledger: what was decided about the matters of gates and subjects until their text changes, as a list, or one
//! entry in full.

use std::borrow::Cow;

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};
use synod_proto::v1::{LedgerEntry, Located};

use super::{
    columns::{Column, Columns, Fit},
    questions::detail::sign,
    run::lines::{self, Lines},
    text,
};
use crate::{
    render::{Tone, age, clean, instant, short, tone_of},
    tui::{
        keys::Action,
        model::{Model, load::Load, run::TextRow},
        msg::Scope,
        update::events::run_name,
    },
};

const fn column(title: &'static str, width: u16, goes: u8, fit: Fit) -> Column {
    Column {
        title,
        width,
        goes,
        fit,
    }
}

const COLUMNS: [Column; 7] = [
    column("", 2, 0, Fit::Left),
    column("STANDING", 8, 2, Fit::Left),
    column("SAID", 12, 1, Fit::Left),
    column("CLAIM", 14, 0, Fit::Grows),
    column("GATE", 9, 3, Fit::Left),
    column("BY", 8, 4, Fit::Left),
    column("AGO", 8, 5, Fit::Right),
];

/// The gate, where there is only one.
const GATE: usize = 4;

/// The line that says what is shown, and the rest: the list with its headings, or the entry that is read.
pub fn areas(body: Rect) -> (Rect, Rect) {
    let height = body.height.min(1);
    let rest = Rect {
        y: body.y + height,
        height: body.height - height,
        ..body
    };
    (Rect { height, ..body }, rest)
}

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let theme = &model.settings.theme;
    let place = &model.ledger;
    let (head, list) = areas(area);
    let buffer = frame.buffer_mut();
    text::line(buffer, head, 0, &title(model, list), theme.strong);
    if let Some(reader) = &place.reader {
        return lines::draw(theme, buffer, list, &reader.rows, reader.top);
    }
    let inner = Rect {
        x: list.x + 2.min(list.width),
        width: list.width.saturating_sub(2),
        ..list
    };
    let Some(words) = nothing(model) else {
        return entries(model, buffer, list, inner);
    };
    for (row, line) in (1..inner.height).zip(text::wrap(&words, usize::from(inner.width))) {
        text::line(buffer, inner, row, &line, theme.plain);
    }
}

fn entries(model: &Model, buffer: &mut Buffer, list: Rect, inner: Rect) {
    let theme = &model.settings.theme;
    let place = &model.ledger;
    let hidden: &[usize] = match place.scope {
        Scope::All => &[],
        Scope::Of { .. } => &[GATE],
    };
    let columns = Columns::without(hidden, &COLUMNS, inner.width);
    columns.heading(buffer, inner, theme.faint);
    let rows = Rect {
        y: inner.y + inner.height.min(1),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let cursor = &place.spot.cursor;
    let window = cursor.window(place.rows.len(), usize::from(rows.height));
    for (row, index) in (0..rows.height).zip(window) {
        let Some(entry) = place.rows.get(index).and_then(|id| place.entry(id)) else {
            continue;
        };
        let here = index == cursor.index;
        let style = if here { theme.selected } else { Style::new() };
        if here {
            text::line(buffer, list, row + 1, "▸ ", style);
        }
        columns.row(buffer, rows, row, style, |column| {
            cell(model, entry, column)
        });
    }
}

/// Whose decisions, how many, and how much of an entry is to be seen.
fn title(model: &Model, list: Rect) -> String {
    let place = &model.ledger;
    let more = if place.next_page.is_empty() { "" } else { "+" };
    let count = format!("({}{more})", place.entries.len());
    let filter = match clean(&place.filter) {
        filter if filter.is_empty() => String::new(),
        filter => format!(" · filter: {filter}"),
    };
    let past = if model.past.is_some() {
        ", as it is now"
    } else {
        ""
    };
    let read = place.reader.as_ref().map(|reader| {
        let (len, height) = (reader.rows.len(), usize::from(list.height));
        let end = (reader.top + height).min(len);
        if len > height {
            format!("  lines {}–{end} of {len}", reader.top + 1)
        } else {
            String::new()
        }
    });
    match (&place.scope, read) {
        (_, Some(lines)) => format!("Ledger, one entry{past}{lines}"),
        (Scope::All, None) => format!("Ledger {count} of all gates{past}{filter}"),
        (Scope::Of { gate, subject }, None) => {
            let (gate, subject) = (clean(gate), clean(subject));
            format!("Ledger {count} of {gate}{past}, {subject}{filter}")
        }
    }
}

/// Why there is nothing to list.
fn nothing(model: &Model) -> Option<String> {
    let place = &model.ledger;
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    match &place.load {
        Load::Failed(why) => {
            let again = key(Action::RereadLedger);
            Some(format!(
                "the ledger could not be read: {why}\n{again} tries again"
            ))
        }
        Load::Unread | Load::Asked if place.entries.is_empty() => Some("reading…".to_owned()),
        _ if !place.rows.is_empty() => None,
        _ if !place.filter.is_empty() => {
            Some(format!("nothing matches {:?}", clean(&place.filter)))
        }
        _ => {
            let all = match place.scope {
                Scope::All => String::new(),
                Scope::Of { .. } => format!("\n{} shows all of it", key(Action::LedgerScope)),
            };
            Some(format!(
                "nothing was decided here yet: answers to questions, what was resolved and what is watched stand here until their text changes{all}"
            ))
        }
    }
}

fn cell<'a>(model: &Model, entry: &LedgerEntry, column: usize) -> (Cow<'a, str>, Style) {
    let theme = &model.settings.theme;
    match column {
        0 => (sign(&entry.severity).into(), theme.word(&entry.severity)),
        1 => (clean(&entry.standing).into(), tone(theme, entry)),
        2 => (said(entry).into(), theme.plain),
        3 => (clean(&entry.claim).into(), theme.plain),
        GATE => (clean(&entry.gate).into(), theme.faint),
        5 => match clean(&entry.by) {
            by if by.is_empty() => ("-".into(), theme.faint),
            by => (by.into(), theme.plain),
        },
        _ => {
            let age = entry.at.as_ref().and_then(|at| age(at, model.moment()));
            (age.unwrap_or_default().into(), theme.faint)
        }
    }
}

fn tone(theme: &crate::tui::theme::Theme, entry: &LedgerEntry) -> Style {
    match (entry.standing.as_str(), entry.disposition.as_str()) {
        ("settled", "must-fix") => theme.bad,
        ("settled" | "resolved", _) => theme.good,
        _ => theme.warn,
    }
}

/// What was said, in a word or two.
fn said(entry: &LedgerEntry) -> String {
    match entry.disposition.as_str() {
        "must-fix" => "must fix".to_owned(),
        "dismiss" => "not an issue".to_owned(),
        "duplicate" => "the same".to_owned(),
        "answer" => "answered".to_owned(),
        "" => "-".to_owned(),
        other => clean(other),
    }
}

/// How it stands, as a sentence: by whom, from where, when, in which run.
pub fn sentence(model: &Model, entry: &LedgerEntry) -> String {
    let who = match (clean(&entry.by), clean(&entry.from)) {
        (by, _) if by.is_empty() => String::new(),
        (by, from) if from.is_empty() => format!(" by {by}"),
        (by, from) => format!(" by {by} ({from})"),
    };
    let what = match said(entry) {
        said if said == "-" => String::new(),
        said => format!(": {said}"),
    };
    let bulk = if entry.bulk {
        ", together with others"
    } else {
        ""
    };
    let run = match entry.run_id.as_str() {
        "" => String::new(),
        id => format!(", in {}", run_name(model, id)),
    };
    let standing = clean(&entry.standing);
    format!("{standing}{who}{what}{bulk}{}{run}", when(model, entry))
}

/// When, by the clock and how long ago.
pub fn when(model: &Model, entry: &LedgerEntry) -> String {
    let Some(at) = entry.at.as_ref() else {
        return String::new();
    };
    let by_clock = instant(at).map(|at| at.to_zoned(model.zone.clone()));
    let by_clock = by_clock.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let age = age(at, model.moment()).map(|age| format!(" ({age} ago)"));
    let by_clock = by_clock.map(|at| format!(", {at}"));
    format!(
        "{}{}",
        by_clock.unwrap_or_default(),
        age.unwrap_or_default()
    )
}

/// Where something stands in a diff: `src/pay.rs:10–12`, of which side if it is the old one.
pub fn located(at: &Located) -> String {
    let lines = if at.last > at.first {
        format!("{}–{}", at.first, at.last)
    } else {
        at.first.to_string()
    };
    let side = match at.side.as_str() {
        "old" => " (before the change)",
        _ => "",
    };
    format!("{}:{lines}{side}", clean(&at.path))
}

/// Everything about an entry, for so many columns.
pub fn rows(model: &Model, entry: &LedgerEntry, width: u16) -> Vec<TextRow> {
    let mut lines = Lines::new(width);
    lines.whole(&clean(&entry.claim), Tone::Strong);
    lines.whole("", Tone::Plain);
    let standing = match (entry.standing.as_str(), entry.disposition.as_str()) {
        ("settled", "must-fix") => Tone::Bad,
        ("settled" | "resolved", _) => Tone::Good,
        _ => Tone::Warn,
    };
    lines.add("stands", &sentence(model, entry), standing);
    if !entry.answer.is_empty() {
        lines.add(
            "answer",
            &super::run::detail::paragraph(&entry.answer),
            Tone::Strong,
        );
    }
    lines.add(
        "severity",
        &clean(&entry.severity),
        tone_of(&entry.severity),
    );
    lines.add("kind", &clean(&entry.kind), Tone::Plain);
    lines.add("gate", &clean(&entry.gate), Tone::Plain);
    lines.add("subject", &clean(&entry.subject), Tone::Plain);
    for (number, path) in entry.paths.iter().enumerate() {
        let label = if number == 0 { "about" } else { "" };
        lines.add(label, &clean(path), Tone::Plain);
    }
    if !entry.quote.is_empty() {
        let quote = super::run::detail::paragraph(&entry.quote);
        lines.add("quote", &format!("“{quote}”"), Tone::Plain);
    }
    if let Some(at) = &entry.located {
        lines.add("in the diff", &located(at), Tone::Plain);
        if !at.fingerprint.is_empty() {
            lines.add("fingerprint", &clean(&at.fingerprint), Tone::Faint);
        }
    }
    lines.add("id", &short(&entry.id), Tone::Faint);
    lines.whole("", Tone::Plain);
    let until = "It holds until the text it is about changes";
    let key = model.settings.keys.first(Action::Forget);
    let key = key.map_or_else(String::new, |key| format!("; {key} forgets it"));
    lines.whole(&format!("{until}{key}."), Tone::Faint);
    lines.rows
}
