//! The six questions that are asked about every requirement. Each is answered by yes, no or "does not apply".
//!
//! No scores: of 269 real ones from 0 to 10, 98 % lay between 6 and 10. How answers are read is `answer`'s.

use crate::answer::Severity;

/// One binary check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Stable; the kind of a finding that says no.
    pub id: &'static str,
    /// What is asked, so that a yes is in order.
    pub question: &'static str,
    /// What a no says, after the requirement's id.
    pub fault: &'static str,
    pub severity: Severity,
}

pub const CHECKS: [Check; 6] = [
    Check {
        id: "one-obligation",
        question: "Does it state exactly one obligation?",
        fault: "it does not state exactly one obligation",
        severity: Severity::Minor,
    },
    Check {
        id: "actor",
        question: "Does it name who or what has to act?",
        fault: "it does not name who or what has to act",
        severity: Severity::Important,
    },
    Check {
        id: "trigger",
        question: "Does it state the trigger or the condition under which it applies?",
        fault: "it does not state the trigger or the condition under which it applies",
        severity: Severity::Important,
    },
    Check {
        id: "measurable",
        question: "Does it state a measurable criterion, with a unit where it has a number?",
        fault: "it states no measurable criterion, or a number without a unit",
        severity: Severity::Important,
    },
    Check {
        id: "failure-behaviour",
        question: "Does it state what happens when it cannot be met?",
        fault: "it does not state what happens when it cannot be met",
        severity: Severity::Important,
    },
    Check {
        id: "terms-defined",
        question: "Is every term in it defined, or plain language?",
        fault: "it uses a term that is neither defined nor plain language",
        severity: Severity::Minor,
    },
];

impl Check {
    /// Case and white space around do not matter; nothing else is guessed.
    pub fn named(id: &str) -> Option<&'static Self> {
        CHECKS
            .iter()
            .find(|check| check.id.eq_ignore_ascii_case(id.trim()))
    }
}
