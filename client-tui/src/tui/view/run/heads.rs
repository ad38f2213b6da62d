//! The headings of the matrix of findings, families over their agents, and what its signs mean.

use ratatui::{buffer::Buffer, layout::Rect};
use unicode_width::UnicodeWidthStr as _;

use super::{
    findings::{slot, within},
    layout::FindingsArea,
    matrix::{Shape, Slot, Voices, headings},
};
use crate::tui::{
    model::run::matrix::{Family, Matrix},
    theme::Theme,
    view::text,
};

/// The headings.
pub fn draw(
    matrix: &Matrix,
    theme: &Theme,
    shape: &Shape,
    buffer: &mut Buffer,
    areas: &FindingsArea,
) {
    let (above, heading) = (within(areas.families), within(areas.heading));
    let mut put = |area: Rect, at: Slot, words: &str| {
        text::line(buffer, slot(area, at), 0, words, theme.faint);
    };
    put(heading, shape.number, " #");
    if shape.severity.width > 1 {
        put(heading, shape.severity, "SEVERITY");
    }
    put(heading, shape.claim, "CLAIM");
    if let Some(at) = shape.agreement {
        put(heading, at, "AGREEMENT");
    }
    let decision = if shape.decision.width < 8 {
        "DECIDED"
    } else {
        "DECISION"
    };
    put(heading, shape.decision, decision);
    match &shape.voices {
        Voices::Agents(slots) => {
            let names: Vec<&str> = matrix.seats.iter().map(|seat| &*seat.name).collect();
            for (at, name) in slots.iter().zip(headings(&names, slots)) {
                put(heading, *at, &name);
            }
            for family in &matrix.families {
                let (Some(first), Some(last)) = (
                    slots.get(family.seats.start),
                    slots.get(family.seats.end.wrapping_sub(1)),
                ) else {
                    continue;
                };
                let span = over(*first, Some(last));
                let name = name(family);
                let rest = usize::from(span.width).saturating_sub(name.width());
                put(above, span, &format!("{name}{}", "─".repeat(rest)));
            }
        }
        Voices::Families(slots) => {
            if let Some(first) = slots.first() {
                put(above, over(*first, slots.last()), "VOICES OF");
            }
            for (at, family) in slots.iter().zip(&matrix.families) {
                put(heading, *at, name(family));
            }
        }
        Voices::Together(at) => put(heading, *at, "VOICES"),
    }
}

/// A family's name, or a sign for agents of which it is not known.
fn name(family: &Family) -> &str {
    if family.name.is_empty() {
        "?"
    } else {
        &family.name
    }
}

/// From one column to another.
fn over(first: Slot, last: Option<&Slot>) -> Slot {
    let end = last.map_or(0, |last| last.x + last.width);
    Slot {
        x: first.x,
        width: end.saturating_sub(first.x),
    }
}

/// What a legend explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legend {
    /// Who raised what.
    Voices,
    /// That, votes and rulings.
    Votes,
}

/// The longest of the legends there is room for.
pub fn legend(theme: &Theme, shape: &Shape, of: Legend, buffer: &mut Buffer, area: Rect) {
    let words: &[&str] = match (&shape.voices, of) {
        (Voices::Agents(_), Legend::Voices) => &[
            "● says so: C critical, I important, m minor, digit its option   · does not   – no valid answer   ≈ maybe the same",
            "●C says critical, I important, m minor, digit: option  – no answer  ≈ same?",
            "● C critical I important m minor  – no answer",
            "●C critical ●I important ●m minor",
        ],
        (Voices::Agents(_), Legend::Votes) => &[
            "●C raised it, critical (I, m), digit its option   y n ? its vote   !y !n the arbiter   – no answer   ≈ maybe the same",
            "●C raised it, critical (I, m), digit: option  y n ? voted  !y !n arbiter",
            "●C raised  y n ? voted  !y !n arbiter",
            "●C raised  y n ? voted",
        ],
        (Voices::Families(_) | Voices::Together(_), Legend::Voices) => &[
            "C critical, I important, m minor   2/3 two of three agents say so   ≈ maybe the same",
            "C critical I important m minor  2/3 agents say so",
            "C critical I important m minor",
        ],
        (Voices::Families(_) | Voices::Together(_), Legend::Votes) => &[
            "C critical, I important, m minor   2/3-1 two of three agents see it, one says no   ≈ maybe the same",
            "C I m how severe  2/3-1 two of three see it, one says no",
            "2/3-1 two of three see it, one not",
        ],
    };
    let area = within(area);
    let fits = |words: &&&str| words.chars().count() <= usize::from(area.width);
    if let Some(words) = words.iter().find(fits) {
        text::line(buffer, area, 0, words, theme.faint);
    }
}
