//! Gathers findings without letting a huge input become a huge answer.
//!
//! Rules offer what they see; what will not be shown is counted, not built.

use crate::answer::{Finding, Kind, Resolvability, Severity};
use crate::rule::{Rule, Rules};

/// More than this nobody reads; the rest is counted in one last finding.
pub(crate) const MOST: usize = 200;

/// Where a finding stands: input, byte offset, rule. Answers are in this order.
pub(crate) type Position = (usize, usize, Rule);

#[derive(Debug)]
pub(crate) struct Collector<'a> {
    rules: &'a Rules,
    kept: [Vec<(Position, Finding)>; 3],
    seen: usize,
}

impl Collector<'_> {
    pub(crate) fn of(rules: &Rules) -> Collector<'_> {
        Collector {
            rules,
            kept: Default::default(),
            seen: 0,
        }
    }

    /// Takes a finding of the rule in `position`, if that rule speaks in this review.
    pub(crate) fn offer(
        &mut self,
        severity: Severity,
        position: Position,
        make: impl FnOnce() -> Finding,
    ) {
        if !self.rules.has(position.2) {
            return;
        }
        self.seen += 1;
        let kept = &mut self.kept[severity as usize];
        if kept.len() < MOST {
            kept.push((position, make()));
        }
    }

    /// The most severe [`MOST`] findings in document order, and a word about the rest.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let mut shown: Vec<(Position, Finding)> =
            self.kept.into_iter().flatten().take(MOST).collect();
        shown.sort_by_key(|((input, offset, rule), _)| (*input, *offset, rule.name()));
        let mut findings: Vec<Finding> = shown.into_iter().map(|(_, finding)| finding).collect();
        let rest = self.seen - findings.len();
        if rest > 0 {
            findings.push(Finding {
                kind: Kind::Scope,
                claim: format!(
                    "{rest} more findings of these rules are not shown; the {MOST} most severe are"
                ),
                severity: Severity::Minor,
                resolvability: Resolvability::NeedHuman,
                answer: None,
                options: Vec::new(),
                reasoning: format!(
                    "rule limit: a reviewer reports at most {MOST} findings; mend these and run it again"
                ),
                suggested_fix: None,
                quotes: Vec::new(),
                about: None,
            });
        }
        findings
    }
}
