//! From a row and a column of the table to a decision, with the restraints no table lifts.
//!
//! What the table settles, a missing voice, a missing anchor or a need for a human unsettles.
//! Nothing here ever turns ask into resolve.

use crate::answer::{Resolvability, Severity};
use crate::decide::Policy;
use crate::finding::{Agreement, Decision};
use crate::table::{Cell, RowName};
use crate::trust::Quorum;

/// What is known about a matter when it is routed.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) agreement: Agreement,
    /// Two families propose the same answer and none another.
    pub(crate) one_answer: bool,
    pub(crate) severity: Severity,
    pub(crate) resolvability: Resolvability,
    pub(crate) anchored: bool,
    /// Families that see it.
    pub(crate) families: Vec<&'a str>,
    /// Families in which somebody took a side, seeing it or denying it.
    pub(crate) parties: Vec<&'a str>,
    /// Agents that raised it and then voted against it.
    pub(crate) taken_back: Vec<&'a str>,
    /// It is about lines that the change does not touch.
    pub(crate) pre_existing: bool,
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
    if case.pre_existing {
        let words = "about lines that the change does not touch: noted, whatever the table says";
        return (Decision::Note, words.to_owned());
    }
    let row = case.row();
    let cell = policy.table.cell(row, case.severity);
    let place = format!(
        "{} × {}: {}",
        row.words(),
        case.severity.word(),
        cell.words()
    );
    match decision(case, cell, quorum, policy) {
        Ok(decision) => (decision, place),
        Err(restraint) => (Decision::Ask, format!("{place}; asked because {restraint}")),
    }
}

/// `Err` is the restraint that makes it a question.
fn decision(
    case: &Case<'_>,
    cell: Cell,
    quorum: &Quorum,
    policy: &Policy,
) -> Result<Decision, String> {
    match cell {
        Cell::Ask | Cell::AskPreselected => Ok(Decision::Ask),
        Cell::Watch => Ok(Decision::Watch),
        Cell::Note => Ok(Decision::Note),
        Cell::Resolve => {
            may_settle(case, quorum, policy)?;
            Ok(Decision::Resolve)
        }
        Cell::ResolveIfUnanimous => {
            may_settle(case, quorum, policy)?;
            let silent = quorum
                .families
                .iter()
                .find(|family| !case.families.contains(&family.as_str()));
            match silent {
                None => Ok(Decision::Resolve),
                Some(family) => Err(format!("family {family} does not see it")),
            }
        }
        Cell::Arbitrate => {
            no_human_needed(case)?;
            match &policy.arbiter {
                None => Err("the gate has no arbiter".to_owned()),
                Some(arbiter) => {
                    no_party(case, &arbiter.agent, &arbiter.family)?;
                    Ok(Decision::Arbitrate)
                }
            }
        }
    }
}

fn may_settle(case: &Case<'_>, quorum: &Quorum, policy: &Policy) -> Result<(), String> {
    let seen_by = case.families.len();
    may_record(case, seen_by, quorum)?;
    enough_see_it(case, seen_by, policy)?;
    // A gate's own table may say resolve where there is nothing to record.
    if !case.one_answer {
        return Err("there is no common answer to record".to_owned());
    }
    Ok(())
}

/// An arbiter is a family of its own: its word is one more for the matter, and no more than that.
pub(crate) fn may_uphold(case: &Case<'_>, quorum: &Quorum, policy: &Policy) -> Result<(), String> {
    let seen_by = case.families.len() + 1;
    may_record(case, seen_by, quorum)?;
    enough_see_it(case, seen_by, policy)
}

/// Families err together: of few that agree, too many agree on a mistake.
fn enough_see_it(case: &Case<'_>, seen_by: usize, policy: &Policy) -> Result<(), String> {
    let needed = policy.table.families.of(case.severity);
    if seen_by >= needed {
        return Ok(());
    }
    let severity = case.severity.word();
    let ask = "must see it to settle it without a human";
    Err(format!(
        "it is {severity}, and {needed} families {ask}: {seen_by} do"
    ))
}

pub(crate) fn no_party(case: &Case<'_>, agent: &str, family: &str) -> Result<(), String> {
    if case.parties.contains(&family) {
        return Err(format!(
            "the arbiter {agent} is of family {family}, a party to it"
        ));
    }
    Ok(())
}

/// What no table and no arbiter lifts.
fn may_record(case: &Case<'_>, seen_by: usize, quorum: &Quorum) -> Result<(), String> {
    no_human_needed(case)?;
    if !case.anchored {
        return Err("it is unanchored: none of its quotes stands in an input".to_owned());
    }
    if seen_by < 2 {
        return Err("two families must see it to settle it without a human".to_owned());
    }
    if let Some(agent) = case.taken_back.first() {
        return Err(format!("{agent}, who raised it, voted against it"));
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
    Ok(())
}

fn no_human_needed(case: &Case<'_>) -> Result<(), String> {
    match case.resolvability {
        Resolvability::NeedHuman => Err("a voice says it needs a human".to_owned()),
        Resolvability::AutoFix | Resolvability::SuggestFix => Ok(()),
    }
}
