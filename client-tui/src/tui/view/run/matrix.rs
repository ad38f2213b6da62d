//! How the matrix of findings fits into a width: claims grow, agents have a column each as long as that is
//! possible, else each family has one, else all have one together. What matters least goes first.

use unicode_width::UnicodeWidthStr as _;

use crate::tui::{
    model::run::matrix::{Family, Matrix},
    view::text,
};

/// First terminal column and width of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slot {
    /// The first column.
    pub x: u16,
    /// How many.
    pub width: u16,
}

/// How voices are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voices {
    /// A column for each agent.
    Agents(Vec<Slot>),
    /// One for each family: how many of how many.
    Families(Vec<Slot>),
    /// One for all.
    Together(Slot),
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The row's number.
    pub number: Slot,
    /// The severity: a word where there is room for it, else a letter.
    pub severity: Slot,
    /// The claim.
    pub claim: Slot,
    /// The voices.
    pub voices: Voices,
    /// The agreement, where there is room for it.
    pub agreement: Option<Slot>,
    /// The decision, and how its question stands.
    pub decision: Slot,
}

const AGREEMENT: u16 = 13;
/// Room for all agreements but the longest.
const AGREEMENT_SHORT: u16 = 11;
const DECISION: u16 = 12;
/// Room for the state of a question, or a decision alone.
const DECISION_SHORT: u16 = 8;
/// Below this there are no words for severities.
const WORDS: u16 = 100;
/// The most a family's name widens the column of its only agent.
const FAMILY: usize = 8;
/// The least an agent's column takes: a sign, a letter, a digit.
const CELL: u16 = 3;

struct Plan {
    claim: u16,
    agreement: u16,
    decision: u16,
    names: std::ops::RangeInclusive<u16>,
}

impl Shape {
    /// For so many findings in so many columns.
    pub fn within(matrix: &Matrix, findings: usize, width: u16) -> Self {
        let digits = u16::try_from(findings.max(1).ilog10() + 1)
            .unwrap_or(2)
            .max(2);
        let severity = if width >= WORDS { 9 } else { 1 };
        let lead = digits + severity + 2;
        let plan = |claim, agreement, decision, names| Plan {
            claim,
            agreement,
            decision,
            names,
        };
        let plans = [
            plan(width * 2 / 5, AGREEMENT, DECISION, 5..=14),
            plan(24, AGREEMENT, DECISION, 4..=6),
            plan(24, AGREEMENT_SHORT, DECISION, 4..=8),
            plan(22, AGREEMENT_SHORT, DECISION, CELL..=4),
            plan(18, 0, DECISION, CELL..=6),
            plan(12, 0, DECISION_SHORT, CELL..=5),
        ];
        for Plan {
            claim,
            agreement,
            decision,
            names,
        } in plans
        {
            let fixed = lead + claim + tail(agreement, decision);
            let Some(room) = width.checked_sub(fixed) else {
                continue;
            };
            for cap in names.rev() {
                if let Some(widths) = agents(matrix, cap, room) {
                    return Self::put(
                        digits,
                        severity,
                        width,
                        &widths,
                        Voices::Agents,
                        agreement,
                        decision,
                    );
                }
            }
        }
        for (claim, agreement, decision) in [
            (24, AGREEMENT, DECISION),
            (18, 0, DECISION),
            (12, 0, DECISION_SHORT),
        ] {
            let fixed = lead + claim + tail(agreement, decision);
            let widths = families(matrix, width.saturating_sub(fixed));
            if let Some(widths) = widths.filter(|_| width > fixed) {
                return Self::put(
                    digits,
                    severity,
                    width,
                    &widths,
                    Voices::Families,
                    agreement,
                    decision,
                );
            }
        }
        let together =
            |slots: Vec<Slot>| Voices::Together(slots.first().copied().unwrap_or_default());
        let (agreement, decision) = if width >= 72 {
            (AGREEMENT, DECISION)
        } else {
            (0, DECISION_SHORT)
        };
        Self::put(digits, severity, width, &[7], together, agreement, decision)
    }

    fn put(
        digits: u16,
        severity: u16,
        width: u16,
        voices: &[u16],
        kind: impl Fn(Vec<Slot>) -> Voices,
        agreement: u16,
        decision: u16,
    ) -> Self {
        let taken = voices
            .iter()
            .fold(0, |sum: u16, width| sum.saturating_add(width + 1));
        let lead = digits + severity + 2;
        let claim = width
            .saturating_sub(lead + tail(agreement, decision))
            .saturating_sub(taken);
        let mut x = 0;
        let mut take = |columns: u16| {
            let slot = Slot {
                x,
                width: columns.min(width.saturating_sub(x)),
            };
            x = x.saturating_add(columns + 1).min(width);
            slot
        };
        let (number, severity, claim) = (take(digits), take(severity), take(claim));
        let slots: Vec<Slot> = voices.iter().map(|width| take(*width)).collect();
        let agreement = (agreement > 0).then(|| take(agreement));
        Self {
            number,
            severity,
            claim,
            voices: kind(slots),
            agreement,
            decision: take(decision),
        }
    }
}

/// Columns after the voices, with the spaces before them.
fn tail(agreement: u16, decision: u16) -> u16 {
    let agreement = if agreement > 0 { agreement + 1 } else { 0 };
    1 + agreement + decision
}

/// Widths of the agents' columns if none is wider than `cap`; none if they need more room.
fn agents(matrix: &Matrix, cap: u16, room: u16) -> Option<Vec<u16>> {
    if matrix.seats.len() > usize::from(room / (CELL + 1)) {
        return None;
    }
    let widths: Vec<u16> = (0..)
        .zip(&matrix.seats)
        .map(|(at, seat)| {
            let widest = seat.name.width().max(family_over(matrix, at));
            u16::try_from(widest).unwrap_or(cap).clamp(CELL, cap)
        })
        .collect();
    fits(&widths, room).then_some(widths)
}

/// Columns that the family's name over a seat wants, where the family has no other to stand over.
fn family_over(matrix: &Matrix, seat: usize) -> usize {
    let alone = |family: &&Family| family.seats == (seat..seat + 1);
    let family = matrix.families.iter().find(alone);
    family.map_or(0, |family| family.name.width().min(FAMILY))
}

fn families(matrix: &Matrix, room: u16) -> Option<Vec<u16>> {
    if matrix.families.len() > usize::from(room / 6) {
        return None;
    }
    let widths: Vec<u16> = matrix
        .families
        .iter()
        .map(|family| u16::try_from(family.name.width()).unwrap_or(9).clamp(5, 9))
        .collect();
    fits(&widths, room).then_some(widths)
}

fn fits(widths: &[u16], room: u16) -> bool {
    widths
        .iter()
        .map(|width| u32::from(*width) + 1)
        .sum::<u32>()
        <= u32::from(room)
}

/// Names cut to their columns such that no two look alike: where beginnings are the same, what differs follows
/// the first letter.
pub fn headings(names: &[&str], slots: &[Slot]) -> Vec<String> {
    let short = |name: &str, width: u16| -> String {
        let mut columns = 0;
        name.chars()
            .take_while(|c| {
                columns += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
                columns <= usize::from(width)
            })
            .collect()
    };
    let whole: Vec<String> = names
        .iter()
        .zip(slots)
        .map(|(name, slot)| short(name, slot.width))
        .collect();
    let alike =
        |shown: &[String], at: usize| shown.iter().filter(|other| **other == shown[at]).count() > 1;
    let told_apart: Vec<String> = (0..whole.len())
        .map(|at| {
            if !alike(&whole, at) {
                return whole[at].clone();
            }
            let others =
                (0..whole.len()).filter(|other| *other != at && whole[*other] == whole[at]);
            let same = others
                .map(|other| common(names[at], names[other]))
                .max()
                .unwrap_or(0);
            let first: String = names[at].chars().take(1).collect();
            let rest: String = names[at]
                .chars()
                .skip(same)
                .skip_while(|c| !c.is_alphanumeric())
                .collect();
            short(&format!("{first}{rest}"), slots[at].width)
        })
        .collect();
    (0..told_apart.len())
        .map(|at| {
            if alike(&told_apart, at) {
                // Its place among all: the last resort.
                text::cut(&format!("a{}", at + 1), usize::from(slots[at].width)).into_owned()
            } else {
                told_apart[at].clone()
            }
        })
        .collect()
}

/// Characters two names begin with alike.
fn common(one: &str, other: &str) -> usize {
    one.chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count()
}

#[cfg(test)]
mod tests {
    use synod_proto::v1::Execution;

    use super::*;

    fn matrix(agents: usize) -> Matrix {
        let executions: Vec<Execution> = (0..agents)
            .map(|n| Execution {
                id: format!("e{n}"),
                agent: format!("reviewer-{n}"),
                family: format!("family-{}", n % 3),
                position: u32::try_from(n).ok(),
                ..Execution::default()
            })
            .collect();
        Matrix::of(executions.iter(), std::iter::empty())
    }

    #[test]
    fn agents_are_condensed_to_families_and_these_to_one_column() {
        let shape = |agents, width| Shape::within(&matrix(agents), 12, width);
        assert!(matches!(shape(3, 78).voices, Voices::Agents(slots) if slots.len() == 3));
        assert!(matches!(shape(3, 38).voices, Voices::Agents(_)));
        assert!(matches!(shape(30, 118).voices, Voices::Families(slots) if slots.len() == 3));
        assert!(matches!(shape(30, 38).voices, Voices::Together(_)));
        assert!(matches!(shape(10_000, 498).voices, Voices::Families(_)));
    }

    #[test]
    fn nothing_stands_beyond_the_width_and_the_claim_is_never_without_room() {
        for agents in [0, 1, 3, 7, 30] {
            for width in 0..300 {
                let shape = Shape::within(&matrix(agents), 12, width);
                let slots = match &shape.voices {
                    Voices::Agents(slots) | Voices::Families(slots) => slots.clone(),
                    Voices::Together(slot) => vec![*slot],
                };
                let all = [shape.number, shape.claim, shape.decision];
                for slot in all.iter().chain(&slots).chain(&shape.agreement) {
                    assert!(
                        slot.x + slot.width <= width,
                        "{agents} in {width}: {shape:?}"
                    );
                }
                assert!(
                    width < 40 || shape.claim.width >= 12,
                    "{agents} in {width}: {shape:?}"
                );
            }
        }
    }

    #[test]
    fn short_headings_can_be_told_apart() {
        let slots = [Slot { x: 0, width: 4 }; 4];
        let shown = headings(&["claude-opus", "claude-sonnet", "gemini", "code"], &slots);
        assert_eq!(shown, ["copu", "cson", "gemi", "code"]);
        let shown = headings(&["same", "same", "b", "c"], &slots);
        assert_eq!(shown, ["a1", "a2", "b", "c"]);
    }
}
