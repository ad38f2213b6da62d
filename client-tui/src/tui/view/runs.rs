//! The list of runs.

use std::borrow::Cow;

use jiff::Timestamp;
use ratatui::{Frame, layout::Rect, style::Style};
use synod_proto::v1::Run;

use super::{
    areas,
    columns::{Column, Columns, Fit},
    text,
};
use crate::{
    render::{age, between, clean, questions::is_open, usage},
    tui::{
        keys::Action,
        model::{
            Model,
            activity::{Activity, SLOTS},
            known::{Group, Known, Parts, Round},
            runs::Row,
        },
    },
};

/// The column of money: not there where nobody tells.
const COST: usize = 7;

const COLUMNS: [Column; 9] = [
    Column {
        title: "NAME",
        width: 18,
        goes: 0,
        fit: Fit::Grows,
    },
    Column {
        title: "GATE",
        width: 9,
        goes: 6,
        fit: Fit::Left,
    },
    Column {
        title: "STATE",
        width: 15,
        goes: 1,
        fit: Fit::Left,
    },
    Column {
        title: "AGENTS",
        width: 7,
        goes: 2,
        fit: Fit::Right,
    },
    Column {
        title: "ELAPSED",
        width: 7,
        goes: 3,
        fit: Fit::Right,
    },
    Column {
        title: "OUTPUT",
        width: 10,
        goes: 5,
        fit: Fit::Right,
    },
    Column {
        title: "ASKS",
        width: 4,
        goes: 4,
        fit: Fit::Right,
    },
    Column {
        title: "COST",
        width: 8,
        goes: 7,
        fit: Fit::Right,
    },
    Column {
        title: "ACTIVITY",
        width: SLOTS as u16,
        goes: 8,
        fit: Fit::Left,
    },
];

/// See the module.
pub fn draw(model: &Model, frame: &mut Frame, area: Rect) {
    let theme = &model.settings.theme;
    let (filter, area) = areas::runs(model, area);
    if filter.height > 0 {
        let back = model.settings.keys.first(Action::Back);
        let back = back.map_or_else(String::new, |key| format!("; {key} shows all again"));
        let older = match model.shown().older_runs {
            0 => String::new(),
            n => format!(" ({n} older ones are not searched)"),
        };
        let words = format!(" filter: {}{older}{back}", clean(&model.runs.filter));
        text::line(frame.buffer_mut(), filter, 0, &words, theme.accent);
    }
    let hidden: &[usize] = if model.shown().tells_cost() {
        &[]
    } else {
        &[COST]
    };
    let columns = Columns::without(hidden, &COLUMNS, area.width.saturating_sub(2));
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let buffer = frame.buffer_mut();
    columns.heading(buffer, inner, theme.faint);
    let list = Rect {
        y: inner.y + inner.height.min(1),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    if model.runs.rows.is_empty() {
        return empty(model, frame, list);
    }
    let known = model.shown();
    let window = model
        .runs
        .cursor
        .window(model.runs.rows.len(), usize::from(list.height));
    for (row, index) in (0..list.height).zip(window) {
        match &model.runs.rows[index] {
            Row::Heading(group, count) => {
                let whole = Rect {
                    x: area.x,
                    width: area.width,
                    ..list
                };
                let all = match (group, model.runs.rows.last()) {
                    (Group::Finished, Some(Row::Older(older))) => {
                        format!(" of {}", *count as u64 + older)
                    }
                    (Group::NeedsYou | Group::Live | Group::Finished, _) => String::new(),
                };
                let words = format!("{} ({count}{all})", group.title().to_uppercase());
                let style = match group {
                    Group::NeedsYou => theme.strong.patch(theme.warn),
                    Group::Live | Group::Finished => theme.strong,
                };
                text::line(buffer, whole, row, &words, style);
            }
            Row::Older(count) => {
                let here = index == model.runs.cursor.index;
                let style = if here { theme.selected } else { theme.faint };
                let key = model.settings.keys.first(Action::Older);
                let key = key.map_or_else(String::new, |key| format!("; {key} shows more"));
                text::line(
                    buffer,
                    list,
                    row,
                    &format!("{count} older ones{key}"),
                    style,
                );
            }
            Row::Run(id) => {
                let Some(run) = known.run(id) else { continue };
                let here = index == model.runs.cursor.index;
                let style = if here { theme.selected } else { Style::new() };
                let cells = Cells {
                    model,
                    known,
                    run,
                    moment: model.moment(),
                };
                if here {
                    let mark = Rect {
                        x: area.x,
                        width: 2.min(area.width),
                        ..list
                    };
                    text::line(buffer, mark, row, "▸ ", style);
                }
                columns.row(buffer, list, row, style, |column| cells.cell(column));
            }
        }
    }
}

struct Cells<'a> {
    model: &'a Model,
    known: &'a Known,
    run: &'a Run,
    moment: Timestamp,
}

impl<'a> Cells<'a> {
    fn cell(&self, column: usize) -> (Cow<'a, str>, Style) {
        let theme = &self.model.settings.theme;
        let parts = self.known.parts(&self.run.id);
        let live = self.known.group(&self.run.id) == Some(Group::Live);
        let dash = || Cow::Borrowed("-");
        match column {
            0 => (clean(&self.run.name).into(), theme.strong),
            1 => {
                let gate = if self.run.gate.is_empty() {
                    &self.run.kind
                } else {
                    &self.run.gate
                };
                (clean(gate).into(), theme.faint)
            }
            2 => {
                // Which round it is in says more than that it is under way.
                let round = &self.run.round;
                let word = match self.run.state.as_str() {
                    "executing" if !round.is_empty() => clean(round),
                    state => clean(state),
                };
                (word.into(), theme.word(&self.run.state))
            }
            3 => {
                let answers = |parts: &Parts| parts.rounds.tally(Round::Answers);
                let tally = parts.map(answers).unwrap_or_default();
                let all = (tally.all as usize).max(self.run.roster.len());
                (format!("{}/{all}", tally.done).into(), theme.plain)
            }
            4 => {
                let (from, to) = (self.run.created_at.as_ref(), self.run.ended_at.as_ref());
                let elapsed = between(from, to, self.moment);
                (elapsed.map_or_else(dash, Cow::Owned), theme.plain)
            }
            5 => {
                // Where nobody works any more, the age of the last output says nothing.
                let last = parts.and_then(|parts| parts.last_output).filter(|_| live);
                let age = last.and_then(|at| age(&to_proto(at), self.moment));
                (
                    age.map_or_else(dash, |age| format!("{age} ago").into()),
                    theme.plain,
                )
            }
            6 => {
                let open = open_questions(self.known, self.run);
                let style = if open > 0 { theme.warn } else { theme.plain };
                let words = if open > 0 {
                    open.to_string().into()
                } else {
                    dash()
                };
                (words, style)
            }
            COST => {
                let used = self.known.used_by(&self.run.id);
                let cost = used.as_ref().and_then(usage::cost);
                (cost.map_or_else(dash, Cow::Owned), theme.plain)
            }
            _ => {
                let activity = parts.filter(|_| live).map(|parts| &parts.activity);
                let line = activity.map_or_else(String::new, |of| sparkline(of, self.moment));
                (line.into(), theme.accent)
            }
        }
    }
}

/// Questions of a run that nobody has settled or withdrawn.
pub fn open_questions(known: &Known, run: &Run) -> usize {
    let parts = known
        .parts(&run.id)
        .filter(|parts| !parts.questions.is_empty());
    match parts {
        Some(parts) => parts
            .questions
            .iter()
            .filter(|id| known.question(id).is_some_and(is_open))
            .count(),
        None => run.open_questions.unwrap_or(0) as usize,
    }
}

/// A moment for the functions of `render`, which read the wire's.
pub fn to_proto(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}

/// Bars, the highest for the busiest slot.
fn sparkline(activity: &Activity, moment: Timestamp) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let slots = activity.until(moment);
    let most = slots.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    slots
        .iter()
        .map(|bytes| match bytes {
            0 => ' ',
            bytes => {
                let bar = u128::from(*bytes) * 7 / u128::from(most);
                BARS[usize::try_from(bar).unwrap_or(7)]
            }
        })
        .collect()
}

fn empty(model: &Model, frame: &mut Frame, area: Rect) {
    let theme = &model.settings.theme;
    let keys = &model.settings.keys;
    let key = |action| {
        keys.first(action)
            .map_or_else(String::new, |key| key.to_string())
    };
    let lines = if !model.runs.filter.is_empty() {
        vec![format!(
            "nothing matches {:?}; {} shows all again",
            model.runs.filter,
            key(Action::Back)
        )]
    } else if model.past.is_none() && model.live.feed_id().is_empty() {
        vec!["nothing is known yet".to_owned()]
    } else {
        vec![
            "No run yet.".to_owned(),
            String::new(),
            format!(
                "{}   puts a specification to a gate: three reviewers that need no model read it",
                key(Action::NewGate)
            ),
            format!(
                "{}   gives a configured agent a prompt",
                key(Action::NewAgent)
            ),
            format!(
                "{}   runs any command, kept and watched",
                key(Action::NewCommand)
            ),
            format!("{}   shows all keys", key(Action::Help)),
        ]
    };
    for (row, line) in (1..area.height).zip(lines) {
        text::line(frame.buffer_mut(), area, row, &line, theme.plain);
    }
}

#[cfg(test)]
mod tests {
    use synod_proto::v1::{AttemptProgress, change::Entity};

    use super::*;
    use crate::{
        render::samples,
        tui::{
            fixtures::{blank, changes, frame, knowing, picture, press, screen, three, type_text},
            update::update,
        },
    };

    /// Three runs, one of them printing for half a minute.
    fn printing(columns: u16, rows: u16) -> Model {
        let mut model = knowing(three(), columns, rows);
        let attempt = samples::running().executions[0].attempts[0].clone();
        for second in 0..30_u64 {
            let progress = AttemptProgress {
                attempt_id: attempt.id.clone(),
                execution_id: attempt.execution_id.clone(),
                run_id: attempt.run_id.clone(),
                output_bytes: 2_000 + second * second * 40,
                last_output_at: Some(samples::at(70 + second as i64)),
                ..AttemptProgress::default()
            };
            let mut news = changes(&model, vec![Entity::Progress(progress)]);
            if let crate::tui::msg::Msg::Link(crate::tui::msg::LinkNews::Changes(changes)) =
                &mut news
            {
                changes[0].at = Some(samples::at(70 + second as i64));
            }
            update(&mut model, news);
        }
        frame(&mut model);
        model
    }

    #[test]
    fn runs_at_80_by_24() {
        insta::assert_snapshot!(picture(&printing(80, 24)));
    }

    #[test]
    fn runs_at_120_by_40() {
        insta::assert_snapshot!(picture(&printing(120, 40)));
    }

    #[test]
    fn runs_at_40_by_10() {
        insta::assert_snapshot!(picture(&printing(40, 10)));
    }

    #[test]
    fn an_empty_list_says_what_can_be_done() {
        let mut model = knowing(Vec::new(), 80, 24);
        insta::assert_snapshot!("no_runs", screen(&model));
        model = knowing(three(), 80, 24);
        press(&mut model, "/");
        type_text(&mut model, "zzz");
        frame(&mut model);
        let screen = screen(&model);
        assert!(
            screen.contains("nothing matches \"zzz\"; esc shows all again"),
            "{screen}"
        );
        assert!(crate::tui::fixtures::screen(&blank(80, 24)).contains("nothing is known yet"));
    }

    /// O13
    #[test]
    fn a_name_cannot_move_the_cursor() {
        let mut run = samples::running();
        run.name = "\u{1b}[2Jowned\u{1b}]0;x\u{7}\u{202e}".into();
        let buffer = crate::tui::fixtures::buffer(&knowing(vec![run], 80, 24));
        let text: String = buffer
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert!(
            text.contains("owned<U+202E>") && !text.contains(char::is_control),
            "{text}"
        );
    }
}
