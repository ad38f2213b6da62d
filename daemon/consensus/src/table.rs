//! The decision table as data: what happens to a finding, by agreement and severity.
//!
//! The restraints that no table may lift (two families, the whole roster, anchors, need-human)
//! are in `decide`, not here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::Severity;
use crate::decide::Outcome;
use crate::finding::{Decision, Finding};

/// What a cell of the table says. Written in gate files by these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    Ask,
    /// Ask, with the common answer already chosen.
    AskPreselected,
    Resolve,
    /// Resolve when every family sees it, it is anchored and nobody says need-human; else ask.
    ResolveIfUnanimous,
    /// Put to the arbiter; without one that is no party to the dispute, ask.
    Arbitrate,
    Watch,
    Note,
}

impl Cell {
    pub fn words(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::AskPreselected => "ask, preselected",
            Self::Resolve => "resolve",
            Self::ResolveIfUnanimous => {
                "resolve if all families see it, anchored, nobody need-human; else ask"
            }
            Self::Arbitrate => "arbitrate, else ask",
            Self::Watch => "watch",
            Self::Note => "note",
        }
    }
}

/// The rows: how far the families agree, with confirmation split by whether they give one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowName {
    ConfirmedOneAnswer,
    /// Answers differ, or no two families propose one.
    ConfirmedAnswersDiffer,
    Contested,
    Unconfirmed,
    SingleFamily,
}

impl RowName {
    pub const ALL: [Self; 5] = [
        Self::ConfirmedOneAnswer,
        Self::ConfirmedAnswersDiffer,
        Self::Contested,
        Self::Unconfirmed,
        Self::SingleFamily,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::ConfirmedOneAnswer => "confirmed, one answer",
            Self::ConfirmedAnswersDiffer => "confirmed, no one answer",
            Self::Contested => "contested",
            Self::Unconfirmed => "unconfirmed",
            Self::SingleFamily => "single family",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub critical: Cell,
    pub important: Cell,
    pub minor: Cell,
}

impl Row {
    const fn new(critical: Cell, important: Cell, minor: Cell) -> Self {
        Self {
            critical,
            important,
            minor,
        }
    }
}

/// How many families must see a matter before the table settles it without a human; never fewer than two, whatever
/// stands here.
///
/// The defaults keep wrong settlements within 2 % of important and 5 % of minor ones, with families that are right
/// four times in five, whose errors correlate by 0.45, and of whose matters half are real (docs/consensus.md,
/// figure 3). Who has measured better families may ask for fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Families {
    pub critical: usize,
    pub important: usize,
    pub minor: usize,
}

impl Families {
    /// Two are enough: nothing but the restraints that no table lifts.
    pub const TWO: Self = Self {
        critical: 2,
        important: 2,
        minor: 2,
    };

    pub fn of(self, severity: Severity) -> usize {
        match severity {
            Severity::Critical => self.critical,
            Severity::Important => self.important,
            Severity::Minor => self.minor,
        }
    }
}

impl Default for Families {
    fn default() -> Self {
        Self {
            critical: 7,
            important: 7,
            minor: 5,
        }
    }
}

/// A gate may replace whole rows; what it leaves out is as in the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Table {
    pub confirmed_one_answer: Row,
    pub confirmed_answers_differ: Row,
    pub contested: Row,
    pub unconfirmed: Row,
    pub single_family: Row,
    /// What it takes to settle anything in any of them.
    pub families: Families,
}

impl Default for Table {
    fn default() -> Self {
        use Cell::{Arbitrate, Ask, AskPreselected, Note, Resolve, ResolveIfUnanimous, Watch};
        Self {
            confirmed_one_answer: Row::new(AskPreselected, ResolveIfUnanimous, Resolve),
            confirmed_answers_differ: Row::new(Ask, Arbitrate, Note),
            contested: Row::new(Ask, Arbitrate, Note),
            unconfirmed: Row::new(Ask, Watch, Note),
            single_family: Row::new(Ask, Ask, Note),
            families: Families::default(),
        }
    }
}

impl Table {
    pub fn cell(&self, row: RowName, severity: Severity) -> Cell {
        let row = match row {
            RowName::ConfirmedOneAnswer => self.confirmed_one_answer,
            RowName::ConfirmedAnswersDiffer => self.confirmed_answers_differ,
            RowName::Contested => self.contested,
            RowName::Unconfirmed => self.unconfirmed,
            RowName::SingleFamily => self.single_family,
        };
        match severity {
            Severity::Critical => row.critical,
            Severity::Important => row.important,
            Severity::Minor => row.minor,
        }
    }
}

/// A finding that another table decides in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub key: String,
    pub text: String,
    pub severity: Severity,
    pub before: Verdict,
    pub after: Verdict,
}

/// What one table says about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub decision: Decision,
    pub cell: String,
}

/// What another table changed: two outcomes of the same evidence, in the order of the first.
pub fn compare(before: &Outcome, after: &Outcome) -> Vec<Changed> {
    let others: BTreeMap<&str, &Finding> = after
        .findings
        .iter()
        .map(|finding| (finding.key.as_str(), finding))
        .collect();
    let verdict = |finding: &Finding| Verdict {
        decision: finding.decision,
        cell: finding.cell.clone(),
    };
    let changed = before.findings.iter().filter_map(|finding| {
        let other = others.get(finding.key.as_str())?;
        (finding.decision != other.decision).then(|| Changed {
            key: finding.key.clone(),
            text: finding.text.clone(),
            severity: finding.severity,
            before: verdict(finding),
            after: verdict(other),
        })
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_table_is_the_published_one() {
        let line = |row: &RowName| {
            let of = |severity| Table::default().cell(*row, severity).words();
            let (critical, important, minor) = (
                of(Severity::Critical),
                of(Severity::Important),
                of(Severity::Minor),
            );
            format!("{} | {critical} | {important} | {minor}", row.words())
        };
        let text = RowName::ALL.iter().map(line).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(text, @"
        confirmed, one answer | ask, preselected | resolve if all families see it, anchored, nobody need-human; else ask | resolve
        confirmed, no one answer | ask | arbitrate, else ask | note
        contested | ask | arbitrate, else ask | note
        unconfirmed | ask | watch | note
        single family | ask | ask | note
        ");
    }

    #[test]
    fn a_gate_may_replace_one_row_and_misspelt_rows_are_refused() {
        let json = r#"{"unconfirmed": {"critical": "ask", "important": "ask", "minor": "watch"}}"#;
        let table: Table = serde_json::from_str(json).unwrap();
        assert_eq!(
            table.cell(RowName::Unconfirmed, Severity::Minor),
            Cell::Watch
        );
        assert_eq!(table.contested, Table::default().contested);
        assert!(serde_json::from_str::<Table>(r#"{"unconfirmd": {}}"#).is_err());
        assert!(serde_json::from_str::<Row>(r#"{"critical": "pass"}"#).is_err());
    }
}
