//! From a row and a column of the table to a decision, with the restraints no table lifts.
//!
//! What the table settles, a missing voice, a missing anchor or a need for a human unsettles.
//! Nothing here ever turns ask into resolve.

use crate::answer::{Resolvability, Severity};
use crate::decide::{Arbiter, Policy};
use crate::finding::{Agreement, Decision};
use crate::table::{Cell, RowName};
use crate::trust::Quorum;

/// What is known about a matter when it is routed.
pub(crate) struct Case<'a> {
    pub(crate) agreement: Agreement,
    /// Two families propose the same answer and none another.
    pub(crate) one_answer: bool,
    pub(crate) severity: Severity,
    pub(crate) resolvability: Resolvability,
    pub(crate) anchored: bool,
    /// Families that see it.
    pub(crate) families: &'a [&'a str],
    /// Families that took a side, seeing it or denying it.
    pub(crate) parties: &'a [&'a str],
}

impl Case<'_> {
    fn row(&self) -> RowName {
        match (self.agreement, self.one_answer) {
            (Agreement::Confirmed, true) => RowName::ConfirmedOneAnswer,
            (Agreement::Confirmed, false) => RowName::ConfirmedAnswersDiffer,
            (Agreement::Contested, _) => RowName::Contested,
            (Agreement::Unconfirmed, _) => RowName::Unconfirmed,
            (Agreement::SingleFamily, _) => RowName::SingleFamily,
        }
    }
}

/// The decision, and the cell with what changed it.
pub(crate) fn route(case: &Case<'_>, quorum: &Quorum, policy: &Policy) -> (Decision, String) {
    let row = case.row();
    let cell = policy.table.cell(row, case.severity);
    let place = format!(
        "{} × {}: {}",
        row.words(),
        case.severity.word(),
        cell.words()
    );
    match decision(case, cell, quorum, policy.arbiter.as_ref()) {
        Ok(decision) => (decision, place),
        Err(restraint) => (Decision::Ask, format!("{place}; asked because {restraint}")),
    }
}

/// `Err` is the restraint that makes it a question.
fn decision(
    case: &Case<'_>,
    cell: Cell,
    quorum: &Quorum,
    arbiter: Option<&Arbiter>,
) -> Result<Decision, String> {
    match cell {
        Cell::Ask | Cell::AskPreselected => Ok(Decision::Ask),
        Cell::Watch => Ok(Decision::Watch),
        Cell::Note => Ok(Decision::Note),
        Cell::Resolve => {
            may_settle(case, quorum)?;
            Ok(Decision::Resolve)
        }
        Cell::ResolveIfUnanimous => {
            may_settle(case, quorum)?;
            let silent = quorum
                .families
                .iter()
                .find(|family| !case.families.contains(&family.as_str()));
            match silent {
                None => Ok(Decision::Resolve),
                Some(family) => Err(format!("family {family} did not raise it")),
            }
        }
        Cell::Arbitrate => {
            no_human_needed(case)?;
            match arbiter {
                None => Err("the gate has no arbiter".to_owned()),
                Some(arbiter) if case.parties.contains(&arbiter.family.as_str()) => Err(format!(
                    "the arbiter {} is of family {}, a party to it",
                    arbiter.agent, arbiter.family
                )),
                Some(_) => Ok(Decision::Arbitrate),
            }
        }
    }
}

fn may_settle(case: &Case<'_>, quorum: &Quorum) -> Result<(), String> {
    no_human_needed(case)?;
    if !case.anchored {
        return Err("it is unanchored: none of its quotes stands in an input".to_owned());
    }
    if case.families.len() < 2 {
        return Err("two families must see it to settle it without a human".to_owned());
    }
    if !quorum.is_whole() {
        let names: Vec<&str> = quorum.missing.iter().map(|m| m.agent.as_str()).collect();
        let who = if names.is_empty() {
            "a member".to_owned()
        } else {
            names.join(", ")
        };
        return Err(format!("{who} of the roster gave no valid answer"));
    }
    // A gate's own table may say resolve where there is nothing to record.
    if !case.one_answer {
        return Err("there is no common answer to record".to_owned());
    }
    Ok(())
}

fn no_human_needed(case: &Case<'_>) -> Result<(), String> {
    match case.resolvability {
        Resolvability::NeedHuman => Err("a voice says it needs a human".to_owned()),
        Resolvability::AutoFix | Resolvability::SuggestFix => Ok(()),
    }
}
