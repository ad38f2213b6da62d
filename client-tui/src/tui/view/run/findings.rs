//! The findings of a run as a matrix: findings down, agents across, families side by side; or what became of a
//! single agent.

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};
use synod_proto::v1::{Finding, Question, Run, Verdict};

use super::{
    cell::{Cells, letter},
    head::first_lines,
    heads::{self, Legend},
    layout::{self, Layout, single},
    lines,
    matrix::{Shape, Slot, Voices},
    outcome, titles,
};
use crate::{
    render::clean,
    tui::{
        model::{
            Model,
            known::Known,
            run::{Pane, Reading, matrix::Matrix},
        },
        theme::Theme,
        view::text,
    },
};

/// Findings that are looked at for votes: of a ballot nearly each has some.
const VOTES_LOOKED_FOR: usize = 64;

/// See the module.
pub fn draw(model: &Model, run: &Run, frame: &mut Frame, layout: &Layout) {
    let theme = &model.settings.theme;
    let areas = &layout.findings;
    let buffer = frame.buffer_mut();
    titles::draw(
        model,
        run,
        buffer,
        areas.title,
        Pane::Findings,
        layout.panes,
    );
    if single(run) {
        let rows = outcome::rows(model, run, areas.rows.width);
        return lines::draw(theme, buffer, areas.rows, &rows, model.run.outcome);
    }
    let known = model.shown();
    let none = Vec::new();
    let list = known.parts(&run.id).map_or(&none, |parts| &parts.findings);
    if list.is_empty() {
        return text::line(
            buffer,
            within(areas.heading),
            0,
            &why_none(model, run),
            theme.plain,
        );
    }
    let shape = Shape::within(
        &model.run.matrix,
        list.len(),
        areas.rows.width.saturating_sub(2),
    );
    heads::draw(&model.run.matrix, theme, &shape, buffer, areas);
    let cursor = &model.run.findings.cursor;
    let active = layout::pane(model, run) == Pane::Findings;
    let window = cursor.window(list.len(), usize::from(areas.rows.height));
    for (row, index) in (0..areas.rows.height).zip(window) {
        let Some(finding) = known.finding(&list[index]) else {
            continue;
        };
        let (mark, style) = super::mark(theme, index == cursor.index, active);
        let line = Rect {
            y: areas.rows.y + row,
            height: 1,
            ..areas.rows
        };
        buffer.set_style(line, style);
        text::line(buffer, line, 0, mark, style);
        let row = Row {
            matrix: &model.run.matrix,
            theme,
            known,
            finding,
            list,
            index,
            area: within(line),
            style,
        };
        row.draw(&shape, buffer);
        if index == cursor.index {
            let about = within(areas.about);
            let lines = first_lines(&row.claim(), about.width, usize::from(about.height));
            for (row, line) in (0..about.height).zip(lines) {
                text::line(buffer, about, row, &line, theme.strong);
            }
        }
    }
    let voted = list.iter().filter_map(|id| known.finding(id));
    let voted = voted
        .take(VOTES_LOOKED_FOR)
        .any(|finding| !finding.ballots.is_empty());
    let rounds = if voted { Legend::Votes } else { Legend::Voices };
    heads::legend(theme, &shape, rounds, buffer, areas.legend);
}

/// An area without the margin for marks.
pub fn within(area: Rect) -> Rect {
    Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// Some columns of an area.
pub fn slot(area: Rect, slot: Slot) -> Rect {
    Rect {
        x: area.x + slot.x,
        width: slot.width,
        ..area
    }
}

/// Why there is no finding to show.
fn why_none(model: &Model, run: &Run) -> String {
    let ended = run.ended_at.is_some();
    let decided = ended || run.state == "awaiting-human";
    let verdict = model.shown().verdict(&run.id);
    let counts = verdict.and_then(|verdict| verdict.counts.as_ref());
    let counted = counts.map_or(0, |counts| {
        let parts = [
            counts.resolved,
            counts.asked,
            counts.watched,
            counts.noted,
            counts.settled,
            counts.arbitrated,
        ];
        parts.into_iter().flatten().sum::<u32>()
    });
    match model.run.reading.get(&run.id) {
        _ if !decided => "none yet: they come when all agents have ended".to_owned(),
        _ if model.past.is_some() && counted > 0 => {
            format!("{counted}, but they cannot be shown as of this revision")
        }
        Some(Reading::Asked) if model.past.is_none() => "reading…".to_owned(),
        Some(Reading::Failed(why)) if model.past.is_none() => format!("could not be read: {why}"),
        Some(_) | None => verdict.map_or_else(|| "none".to_owned(), nothing_found),
    }
}

/// Who found nothing: not those without a valid answer.
fn nothing_found(verdict: &Verdict) -> String {
    match (verdict.answered.len(), verdict.missing.len()) {
        (0, _) => "none: no agent gave a valid answer".to_owned(),
        (_, 0) => "none: the agents found nothing".to_owned(),
        (some, without) => {
            format!("none from the {some} that answered; {without} gave no valid answer")
        }
    }
}

struct Row<'a> {
    matrix: &'a Matrix,
    theme: &'a Theme,
    known: &'a Known,
    finding: &'a Finding,
    list: &'a [String],
    index: usize,
    area: Rect,
    style: Style,
}

impl Row<'_> {
    fn draw(&self, shape: &Shape, buffer: &mut Buffer) {
        let theme = self.theme;
        let finding = self.finding;
        let mut put = |at: Slot, words: &str, own: Style| {
            text::line(buffer, slot(self.area, at), 0, words, self.style.patch(own));
        };
        let number = format!("{:>1$}", self.index + 1, usize::from(shape.number.width));
        put(shape.number, &number, theme.faint);
        let severity = clean(&finding.severity);
        if shape.severity.width > 1 {
            put(shape.severity, &severity, theme.word(&severity));
        } else {
            put(shape.severity, letter(&severity), theme.word(&severity));
        }
        put(shape.claim, &self.claim(), theme.plain);
        let blind = self.known.is_blind(&finding.id);
        if let Some(at) = shape.agreement {
            let agreement = if blind {
                "blind".to_owned()
            } else {
                clean(&finding.agreement)
            };
            put(at, &agreement, theme.word(&agreement));
        }
        let (decision, own) = self.decision(shape.decision.width);
        put(shape.decision, &decision, own);
        // Who says so is not told before whoever is asked blind has answered.
        if blind {
            return;
        }
        let cells = Cells {
            matrix: self.matrix,
            theme,
            known: self.known,
            finding,
        };
        let said = cells.said();
        match &shape.voices {
            Voices::Agents(slots) => {
                for ((column, at), said) in slots.iter().enumerate().zip(&said) {
                    let (words, own) = cells.of(column, *said);
                    put(*at, &words, own);
                }
            }
            Voices::Families(slots) => {
                for (at, family) in slots.iter().zip(&self.matrix.families) {
                    let of_family = said.get(family.seats.clone()).unwrap_or_default();
                    let (words, own) = cells.share(of_family);
                    put(*at, &words, own);
                }
            }
            Voices::Together(at) => {
                let (words, own) = cells.share(&said);
                put(*at, &words, own);
            }
        }
    }

    /// The claim, after the numbers of findings that may be the same.
    fn claim(&self) -> String {
        let finding = self.finding;
        let linked: Vec<String> = finding
            .possibly_same
            .iter()
            .filter_map(|id| self.list.iter().position(|other| other == id))
            .map(|index| (index + 1).to_string())
            .collect();
        let link = match linked.as_slice() {
            [] => String::new(),
            rows => format!("≈{} ", rows.join(",")),
        };
        format!("{link}{}", clean(&finding.text))
    }

    /// What was decided and, where a human is asked, how that stands.
    fn decision(&self, width: u16) -> (String, Style) {
        let theme = self.theme;
        let decision = clean(&self.finding.decision);
        let question = self.known.question(&self.finding.id);
        match question.map(|question| (question, standing(question))) {
            Some((question, state)) => {
                let style = match (&*question.state, &*question.disposition) {
                    ("settled", "must-fix") => theme.bad,
                    ("settled", _) => theme.good,
                    _ => theme.warn,
                };
                let words = format!("{decision}: {state}");
                // What was said tells that a human was asked.
                let room = usize::from(width) >= words.chars().count();
                let both = room && question.state != "settled";
                (if both { words } else { state }, style)
            }
            None => match self.finding.basis.as_ref() {
                Some(basis) if basis.by == "arbiter" => {
                    (ruled(&basis.ruling, decision), theme.plain)
                }
                Some(_) | None if decision == "settled" => (decision, theme.good),
                Some(_) | None => (decision, theme.plain),
            },
        }
    }
}

/// What an arbiter made of it, in a word; of one that could not tell, the decision.
fn ruled(ruling: &str, decision: String) -> String {
    match ruling {
        "uphold" => "upheld".to_owned(),
        "overrule" => "overruled".to_owned(),
        _ => decision,
    }
}

/// How a question stands: open, put off, or what was said.
fn standing(question: &Question) -> String {
    match (&*question.state, &*question.disposition) {
        ("settled", "must-fix") => "must fix".to_owned(),
        ("settled", "dismiss") => "not an issue".to_owned(),
        ("settled", "duplicate") => "the same".to_owned(),
        ("settled", "answer") => {
            let options = &question.options;
            let option = options.iter().position(|option| *option == question.answer);
            option.map_or_else(
                || "answered".to_owned(),
                |index| format!("option {}", index + 1),
            )
        }
        ("later", _) => "put off".to_owned(),
        (state, _) => clean(state),
    }
}
