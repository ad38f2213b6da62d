//! What one seat says of one finding, in three columns: that it raised it, its vote, its ruling, or why nothing.

use ratatui::style::Style;
use synod_proto::v1::{Cast, Finding, Voice};

use crate::{
    render::clean,
    tui::{
        model::{known::Known, run::matrix::Matrix},
        theme::Theme,
    },
};

/// A finding, and who could say something of it.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    /// Who sits where.
    pub matrix: &'a Matrix,
    /// How it looks.
    pub theme: &'a Theme,
    /// What is known of the executions.
    pub known: &'a Known,
    /// The finding.
    pub finding: &'a Finding,
}

impl<'a> Cells<'a> {
    /// What each seat says: that it raised it, else its vote; an arbiter's ruling goes before both.
    pub fn said(&self) -> Vec<Said<'a>> {
        let finding = self.finding;
        let mut said = vec![Said::Nothing; self.matrix.seats.len()];
        let votes = finding.ballots.iter();
        let votes = votes.map(|cast| (self.matrix.column_of_vote(cast), Said::Voted(cast)));
        let voices = finding.voices.iter();
        let voices = voices.map(|voice| (self.matrix.column(voice), Said::Raised(voice)));
        let basis = finding.basis.as_ref().filter(|basis| basis.by == "arbiter");
        let ruling = basis.map(|basis| {
            let column = self.matrix.column_of_arbiter(&basis.agent);
            (column, Said::Ruled(&basis.ruling))
        });
        for (column, word) in votes.chain(voices).chain(ruling) {
            if let Some(cell) = column.and_then(|column| said.get_mut(column)) {
                *cell = word;
            }
        }
        said
    }

    /// A sign and a letter: the agent's voice or vote, with the number of the option it answers; or why there is none.
    pub fn of(&self, column: usize, said: Said<'_>) -> (String, Style) {
        let theme = self.theme;
        let option = |answer: &str| {
            let options = &self.finding.options;
            let option = options.iter().position(|option| option == answer);
            let option = option.filter(|index| *index < 9);
            option.map_or_else(String::new, |index| (index + 1).to_string())
        };
        match said {
            Said::Raised(voice) => {
                let severity = clean(&voice.severity);
                let words = format!("●{}{}", letter(&severity), option(&voice.answer));
                (words, theme.word(&severity))
            }
            Said::Voted(cast) => {
                let words = format!("{}{}", vote(&cast.real), option(&cast.answer));
                (words, vote_style(theme, &cast.real))
            }
            Said::Ruled(ruling) => (format!("!{}", vote(ruling)), vote_style(theme, ruling)),
            Said::Nothing => self.silent(column),
        }
    }

    /// Why a seat says nothing: it has not come to its end, it has no valid answer, or it does not say so.
    fn silent(&self, column: usize) -> (String, Style) {
        let theme = self.theme;
        let seat = self.matrix.seats.get(column);
        let of = |id: Option<&String>| id.and_then(|id| self.known.execution(id));
        let answer = of(seat.and_then(|seat| seat.execution.as_ref()));
        let at_work = |id| of(id).is_some_and(|execution| execution.ended_at.is_none());
        match answer {
            Some(execution) if execution.ended_at.is_none() => ("…".to_owned(), theme.faint),
            Some(execution) if execution.state != "completed" => ("–".to_owned(), theme.bad),
            _ if at_work(seat.and_then(|seat| seat.ballot.as_ref())) => {
                ("…".to_owned(), theme.faint)
            }
            None if seat.is_some_and(|seat| seat.arbiter.is_some()) => {
                let asked = self.finding.decision == "arbitrate";
                let asked = asked && at_work(seat.and_then(|seat| seat.arbiter.as_ref()));
                (if asked { "…" } else { "" }.to_owned(), theme.faint)
            }
            Some(_) | None => ("·".to_owned(), theme.faint),
        }
    }

    /// How many of these seats see it, of how many that could; and how many say no.
    pub fn share(&self, said: &[Said<'_>]) -> (String, Style) {
        let sees = |said: &&Said<'_>| match said {
            Said::Raised(_) => true,
            Said::Voted(cast) => cast.real == "yes",
            Said::Ruled(_) | Said::Nothing => false,
        };
        let denies = |said: &&Said<'_>| matches!(said, Said::Voted(cast) if cast.real == "no");
        let (yes, no) = (
            said.iter().filter(sees).count(),
            said.iter().filter(denies).count(),
        );
        let style = match (yes, no) {
            (0, 0) => self.theme.faint,
            (_, 0) => self.theme.plain,
            (_, _) => self.theme.warn,
        };
        let no = if no == 0 {
            String::new()
        } else {
            format!("-{no}")
        };
        (format!("{yes}/{}{no}", said.len()), style)
    }
}

/// What a seat says of a finding.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// It raised it.
    Raised(&'a Voice),
    /// It was asked about it.
    Voted(&'a Cast),
    /// It was to decide.
    Ruled(&'a str),
    /// Nothing.
    Nothing,
}

/// A vote, or a ruling, in one letter that every terminal has.
pub fn vote(word: &str) -> &'static str {
    match word {
        "yes" | "uphold" => "y",
        "no" | "overrule" => "n",
        _ => "?",
    }
}

fn vote_style(theme: &Theme, word: &str) -> Style {
    match vote(word) {
        "y" => theme.good,
        "n" => theme.warn,
        _ => theme.faint,
    }
}

/// A severity in one letter.
pub fn letter(severity: &str) -> &'static str {
    match severity {
        "critical" => "C",
        "important" => "I",
        "minor" => "m",
        _ => "?",
    }
}
