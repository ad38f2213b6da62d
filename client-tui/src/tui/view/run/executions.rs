//! The executions of a run, one a row, and more of the selected one below.

use std::borrow::Cow;

use jiff::Timestamp;
use prost_types::Duration;
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use synod_proto::v1::{Attempt, Execution, Run, Usage};

use super::{
    head::first_lines,
    layout::{self, Layout, single},
    titles,
    told::{again, all_tokens, told},
};
use crate::{
    render::{age, between, clean, instant, short, span, usage},
    tui::{
        model::{
            Model,
            known::{Parts, Round, Tally},
            run::{
                Pane,
                rounds::{Row, Rows},
            },
        },
        view::{
            columns::{Column, Columns, Fit},
            text,
        },
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

/// The columns, the first as wide as its longest name asks for.
fn columns(widest: usize, now: u16) -> [Column; 11] {
    let agent = u16::try_from(widest).unwrap_or(u16::MAX).clamp(5, 20);
    [
        column("AGENT", agent, 0, Fit::Left),
        column("FAMILY", 8, 7, Fit::Left),
        column("STATE", 10, 0, Fit::Left),
        column("TRY", 3, 4, Fit::Right),
        column("ELAPSED", 7, 2, Fit::Right),
        column("LEFT", 7, 3, Fit::Right),
        column("OUTPUT", 7, 5, Fit::Right),
        column("BYTES", 6, 8, Fit::Right),
        column("TOKENS", 7, 9, Fit::Right),
        column("COST", 8, 10, Fit::Right),
        column("NOW, OR WHY", now, 1, Fit::Grows),
    ]
}

/// The columns of tokens and money: not there where nobody tells.
const TOLD: [usize; 2] = [8, 9];

/// See the module.
pub fn draw(model: &Model, run: &Run, frame: &mut Frame, areas: &Layout) {
    let theme = &model.settings.theme;
    let known = model.shown();
    let buffer = frame.buffer_mut();
    let panes = areas.panes;
    let areas = areas.executions;
    titles::draw(model, run, buffer, areas.title, Pane::Executions, panes);
    let none = Parts::default();
    let parts = known.parts(&run.id).unwrap_or(&none);
    let list = &parts.executions;
    let table = areas.table;
    let inner = Rect {
        x: table.x + 2.min(table.width),
        width: table.width.saturating_sub(2),
        ..table
    };
    let hidden: &[usize] = match known.used_by(&run.id) {
        Some(_) => &[],
        None => &TOLD,
    };
    // What an agent does now is worth more than how much it printed.
    let now = if parts.structured > 0 && inner.width >= 60 {
        24
    } else {
        10
    };
    let columns = columns(model.run.matrix.widest, now);
    let columns = Columns::without(hidden, &columns, inner.width);
    if list.is_empty() {
        return text::line(
            buffer,
            inner,
            1,
            "no agent has been queued yet",
            theme.plain,
        );
    }
    columns.heading(buffer, inner, theme.faint);
    let rows = Rect {
        y: inner.y + inner.height.min(1),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let active = layout::pane(model, run) == Pane::Executions;
    let cursor = &model.run.executions.cursor;
    let shown = Rows::of(&parts.rounds);
    let window = shown.window(*cursor, usize::from(rows.height));
    for (row, at) in (0..rows.height).zip(window) {
        let index = match shown.at(at) {
            Some(Row::Execution(index)) => index,
            Some(Row::Heading(round)) => {
                let words = progress(round, parts.rounds.tally(round));
                text::line(buffer, inner, row + 1, &words, theme.faint);
                continue;
            }
            None => break,
        };
        let Some(execution) = list.get(index).and_then(|id| known.execution(id)) else {
            continue;
        };
        let attempt = known.newest_attempt(&execution.id);
        let cells = Cells {
            model,
            execution,
            attempt: attempt.as_ref(),
            moment: model.moment(),
        };
        let (mark, style) = super::mark(theme, index == cursor.index, active);
        let margin = Rect {
            x: table.x,
            width: 2.min(table.width),
            ..rows
        };
        text::line(buffer, margin, row, mark, style);
        columns.row(buffer, rows, row, style, |column| cells.cell(column));
        if index == cursor.index {
            let about = Rect {
                x: inner.x,
                width: inner.width,
                ..areas.about
            };
            for (row, line) in (0..about.height).zip(cells.about(about.width)) {
                text::styled(buffer, about, row, &line);
            }
        }
    }
}

/// A round, and how far it has come.
fn progress(round: Round, tally: Tally) -> String {
    let title = round.title();
    let mut words = format!("{title}: {} of {} done", tally.done, tally.all);
    for (count, what) in [(tally.running, "at work"), (tally.queued, "waiting")] {
        if count > 0 {
            words = format!("{words}, {count} {what}");
        }
    }
    words
}

struct Cells<'a> {
    model: &'a Model,
    execution: &'a Execution,
    attempt: Option<&'a Attempt>,
    moment: Timestamp,
}

impl Cells<'_> {
    fn cell(&self, column: usize) -> (Cow<'_, str>, Style) {
        let theme = &self.model.settings.theme;
        let dash = (Cow::Borrowed("-"), theme.faint);
        let shown = |words: Option<String>| match words {
            Some(words) => (Cow::Owned(words), theme.plain),
            None => dash.clone(),
        };
        let Execution {
            agent,
            family,
            state,
            ..
        } = self.execution;
        match column {
            0 => (clean(agent).into(), theme.strong),
            1 => (clean(family).into(), theme.faint),
            2 => (clean(state).into(), theme.word(state)),
            3 => shown(self.attempt.map(|attempt| attempt.number.to_string())),
            4 => shown(self.attempt.and_then(|attempt| {
                let (from, to) = (attempt.started_at.as_ref(), attempt.ended_at.as_ref());
                between(from, to, self.moment)
            })),
            5 => match self.left() {
                Some(left) if left > 0 => {
                    let style = if left < 30_000 {
                        theme.warn
                    } else {
                        theme.plain
                    };
                    (span(left).into(), style)
                }
                Some(_) => ("over".into(), theme.bad),
                None => dash,
            },
            6 => shown(self.at_work().and_then(|attempt| {
                let age = age(attempt.last_output_at.as_ref()?, self.moment)?;
                // Two units are for longer times.
                let age = age.split(' ').next().unwrap_or(&age);
                Some(format!("{age} ago"))
            })),
            7 => shown(self.attempt.map(|attempt| size(printed(attempt)))),
            8 => shown(self.used().map(|used| usage::tokens(all_tokens(used)))),
            9 => shown(self.used().and_then(usage::cost)),
            _ => self.now(),
        }
    }

    fn at_work(&self) -> Option<&Attempt> {
        self.attempt.filter(|attempt| attempt.ended_at.is_none())
    }

    /// Milliseconds until the attempt is ended by its time limit.
    fn left(&self) -> Option<i64> {
        let attempt = self.at_work()?;
        let Duration { seconds, nanos } = attempt.timeout.as_ref()?;
        let limit = seconds.saturating_mul(1000) + i64::from(*nanos) / 1_000_000;
        let started = instant(attempt.started_at.as_ref()?)?;
        let ran = self.moment.duration_since(started).as_millis();
        Some(limit.saturating_sub(i64::try_from(ran).unwrap_or(i64::MAX)))
    }

    fn used(&self) -> Option<&Usage> {
        self.attempt?.usage.as_ref()
    }

    /// What it did in a gate's round, else what it does or says, or why it waits or has ended.
    fn now(&self) -> (Cow<'_, str>, Style) {
        match self.done() {
            Some(done) => (done.into(), self.model.settings.theme.faint),
            None => self.last_line(),
        }
    }

    /// What it does or says, or why it waits or has ended.
    fn last_line(&self) -> (Cow<'_, str>, Style) {
        let theme = &self.model.settings.theme;
        let execution = self.execution;
        if let Some(why) = self.why() {
            return (why.into(), theme.plain);
        }
        let said = self.attempt.map(|attempt| self.said(attempt));
        match said {
            Some(line) if !line.is_empty() => (line.into(), theme.plain),
            Some(_) if execution.ended_at.is_some() => ("".into(), theme.plain),
            Some(_) => ("nothing printed yet".into(), theme.faint),
            None => (self.waits().into(), theme.faint),
        }
    }

    /// What it does, or how its final message begins; of a plain command the last line. The lines of a protocol are
    /// for programs.
    fn said(&self, attempt: &Attempt) -> String {
        if !usage::is_structured(self.execution) {
            return clean(usage::activity(attempt));
        }
        if attempt.ended_at.is_none() {
            return clean(&attempt.activity);
        }
        let last = self.model.shown().final_text(&attempt.id);
        last.map_or_else(String::new, |last| clean(last.text.trim()))
    }

    /// What it did in its round: a piece of an answer in JSON would say nothing.
    fn done(&self) -> Option<&'static str> {
        let execution = self.execution;
        let run = self.model.shown().run(&execution.run_id)?;
        if execution.state != "completed" || single(run) {
            return None;
        }
        Some(match Round::of(execution) {
            Round::Answers => "answered",
            Round::Ballot => "voted",
            Round::Arbiter => "ruled",
        })
    }

    fn why(&self) -> Option<String> {
        let execution = self.execution;
        let reason = clean(&execution.reason);
        (execution.ended_at.is_some() && !reason.is_empty() && reason != "completed").then(|| {
            let again = self.attempt.and_then(|attempt| again(self.model, attempt));
            let again = again.map_or_else(String::new, |again| format!(", {again}"));
            match clean(&execution.detail) {
                detail if detail.is_empty() => format!("{reason}{again}"),
                detail => format!("{reason}{again}: {detail}"),
            }
        })
    }

    fn waits(&self) -> String {
        let execution = self.execution;
        if execution.ended_at.is_some() {
            return "never started".to_owned();
        }
        let waits = between(execution.queued_at.as_ref(), None, self.moment);
        let waits = waits.map_or_else(String::new, |waits| format!(" {waits}"));
        match clean(&execution.provider) {
            provider if provider.is_empty() => format!("waits{waits} for a place"),
            provider => format!("waits{waits} for a place at {provider}"),
        }
    }

    /// What the row has no room for.
    fn about(&self, width: u16) -> Vec<Line<'static>> {
        let theme = &self.model.settings.theme;
        let execution = self.execution;
        let mut words = vec![format!(
            "{}, execution {}",
            clean(&execution.agent),
            short(&execution.id)
        )];
        for (label, word) in [("", &execution.family), ("at ", &execution.provider)] {
            if !word.is_empty() {
                words.push(format!("{label}{}", clean(word)));
            }
        }
        if let Some(attempt) = self.attempt {
            if let Some(pid) = attempt.pid.filter(|_| attempt.ended_at.is_none()) {
                words.push(format!("pid {pid}"));
            }
            if let Some(code) = attempt.exit_code {
                words.push(format!("exit code {code}"));
            }
            if let Some(signal) = attempt.signal {
                words.push(format!("signal {signal}"));
            }
            if let Some(bytes) = attempt.error_bytes.filter(|bytes| *bytes > 0) {
                words.push(format!("{} of stderr", size(bytes)));
            }
        }
        let facts = Line::from(Span::styled(words.join(", "), theme.faint));
        let told = self.attempt.map(told);
        let told = told.unwrap_or_default().into_iter();
        let told = told.map(|line| Line::from(Span::styled(line, theme.plain)));
        let (more, _) = self.last_line();
        let style = if self.why().is_some() {
            theme.bad
        } else {
            theme.plain
        };
        // Of a command that ended well, the last line is told by the row.
        let wanted =
            self.why().is_some() || execution.ended_at.is_none() || usage::is_structured(execution);
        let more = if wanted {
            first_lines(&more, width, 1)
        } else {
            Vec::new()
        };
        let more = more
            .into_iter()
            .map(|line| Line::from(Span::styled(line, style)));
        std::iter::once(facts).chain(more).chain(told).collect()
    }
}

/// Bytes an attempt has printed on both streams.
fn printed(attempt: &Attempt) -> u64 {
    let bytes = |bytes: Option<u64>| bytes.unwrap_or_default();
    bytes(attempt.output_bytes).saturating_add(bytes(attempt.error_bytes))
}

/// A count of bytes in at most six columns: `999`, `1.2K`, `34M`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if bytes < 1000 {
        return bytes.to_string();
    }
    let mut unit = 0;
    // In tenths of the unit.
    let mut tenths = bytes / 100;
    while tenths >= 10_000 {
        tenths /= 1000;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or("E");
    if tenths < 100 {
        format!("{}.{}{unit}", tenths / 10, tenths % 10)
    } else {
        format!("{}{unit}", tenths / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_has_at_most_four_characters() {
        let sizes = [
            0,
            999,
            1000,
            1234,
            9_999,
            10_000,
            999_999,
            1_000_000,
            5_300_000_000,
        ];
        assert_eq!(
            sizes.map(size),
            [
                "0", "999", "1.0K", "1.2K", "9.9K", "10K", "999K", "1.0M", "5.3G"
            ]
        );
        assert_eq!(size(u64::MAX), "18E");
    }
}
