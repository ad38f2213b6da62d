//! What earlier runs decided, laid over what this one would: settled matters are not asked again, watched ones are.
//!
//! A human's word stands until the text changes. What was settled without one is settled for what it was then: not
//! for a matter that is graver now, needs a human, or stands nowhere.

use std::collections::BTreeSet;

use crate::answer::Resolvability;
use crate::decide::ground::Ground;
use crate::decide::weigh::Weighed;
use crate::finding::{Basis, Decision, Finding};
use crate::inject;
use crate::ledger::{Block, Entry, Meetings, Said, Standing, Terms};
use crate::settle::Disposition;

/// The ledger, prepared for the inputs of this run.
pub(crate) struct Memory<'a> {
    terms: Vec<Terms<'a>>,
    run: &'a str,
}

impl<'a> Memory<'a> {
    pub(crate) fn of(ledger: &'a [Entry], ground: &Ground, content: &str, run: &'a str) -> Self {
        let stands = |block: &Block| ground.find(block).is_some();
        let mut entries: Vec<&Entry> = ledger.iter().collect();
        // An id has one entry; should there be two, their order must still not matter.
        entries.sort_by_cached_key(|entry| (entry.id.clone(), format!("{entry:?}")));
        Self {
            terms: entries
                .into_iter()
                .map(|entry| Terms::of(entry, stands, content))
                .collect(),
            run,
        }
    }

    /// Entries that let nothing pass while their text stands: what must be fixed, and what is still asked.
    pub(crate) fn holding(&self) -> Vec<&'a Entry> {
        let due = self.terms.iter().filter(|terms| terms.binds());
        let mut due: Vec<&Entry> = due
            .map(|terms| terms.of)
            .filter(|entry| entry.standing.holds())
            .collect();
        due.sort_by(|a, b| a.id.cmp(&b.id));
        due.dedup_by(|a, b| a.id == b.id);
        due
    }

    /// Lays the ledger over the first round's findings.
    pub(crate) fn apply(&self, weighed: &mut [Weighed<'_>]) -> Meetings<'a> {
        self.meet(weighed, Meetings::none())
    }

    /// As `apply`, once a ballot has joined some of them. The others have met what they met before; what was joined
    /// was watched if a part of it was.
    pub(crate) fn apply_again(
        &self,
        weighed: &mut [Weighed<'_>],
        first: &Meetings<'a>,
    ) -> Meetings<'a> {
        let keys: BTreeSet<String> = weighed.iter().map(|one| one.finding.key.clone()).collect();
        let met = self.meet(weighed, first.of_those(|key| keys.contains(key)));
        for Weighed { finding, .. } in weighed {
            if finding.met.is_some() {
                continue;
            }
            let parts = finding.merged.iter();
            let known: Vec<&Entry> = parts.filter_map(|key| first.with(key)).collect();
            let watched = known.iter().find(|entry| match entry.standing {
                Standing::Watched { .. } | Standing::Asked { .. } => true,
                Standing::Settled { .. } | Standing::Resolved { .. } => false,
            });
            if let Some(entry) = watched {
                self.lay(finding, entry);
            }
        }
        met
    }

    fn meet(&self, weighed: &mut [Weighed<'_>], kept: Meetings<'a>) -> Meetings<'a> {
        let said: Vec<Said<'_>> = weighed.iter().map(|one| Said::of(&one.finding)).collect();
        let met = Meetings::of(&self.terms, &said, kept);
        for Weighed { finding, .. } in weighed {
            if let Some(entry) = met.with(&finding.key) {
                self.lay(finding, entry);
            }
        }
        met
    }

    /// As `apply`, for findings by rule. Instructions to reviewers are asked about in every run.
    pub(crate) fn apply_to_rules(&self, findings: &mut [Finding]) -> Meetings<'a> {
        let said: Vec<Said<'_>> = findings.iter().map(Said::of).collect();
        let met = Meetings::of(&self.terms, &said, Meetings::none());
        let open = |finding: &&mut Finding| finding.kind != inject::KIND;
        for finding in findings.iter_mut().filter(open) {
            if let Some(entry) = met.with(&finding.key) {
                self.lay(finding, entry);
            }
        }
        met
    }

    fn lay(&self, finding: &mut Finding, entry: &Entry) {
        finding.met = Some(entry.id.clone());
        let pre_existing = finding.located.as_ref().is_some_and(|l| l.pre_existing);
        match &entry.standing {
            // What the change does not touch never blocks it.
            Standing::Settled { .. } if pre_existing && entry.standing.must_fix() => {
                finding.cell = format!("{}; to be fixed since an earlier run", finding.cell);
            }
            Standing::Settled { disposition, .. } => {
                settle(
                    finding,
                    entry,
                    &format!("settled earlier ({})", words(disposition)),
                );
            }
            Standing::Resolved { .. } => match uncovered(finding, entry) {
                None => settle(finding, entry, "resolved earlier without a human"),
                Some(why) => {
                    finding.cell =
                        format!("{}; resolved in an earlier run, but {why}", finding.cell);
                }
            },
            Standing::Asked { .. } => {
                if !pre_existing && finding.decision != Decision::Ask {
                    finding.decision = Decision::Ask;
                    finding.cell = format!(
                        "{}; asked because an earlier run asks about it, and nobody has answered",
                        finding.cell
                    );
                }
            }
            Standing::Watched { families, .. } => {
                let again = entry.run != self.run
                    || finding.families.iter().any(|one| !families.contains(one));
                let quiet = match finding.decision {
                    Decision::Watch | Decision::Note => true,
                    Decision::Resolve | Decision::Ask | Decision::Arbitrate | Decision::Settled => {
                        false
                    }
                };
                if again && quiet && !pre_existing {
                    finding.decision = Decision::Ask;
                    finding.cell = format!(
                        "{}; asked because it was watched since an earlier run and is raised again",
                        finding.cell
                    );
                }
            }
        }
    }
}

fn settle(finding: &mut Finding, entry: &Entry, how: &str) {
    finding.decision = Decision::Settled;
    finding.cell = format!("{how}; the text it is about has not changed");
    finding.basis = Some(Basis::Ledger {
        entry: Box::new(entry.clone()),
    });
}

/// Why an automatic decision of an earlier run does not cover a finding of this one.
fn uncovered(finding: &Finding, entry: &Entry) -> Option<&'static str> {
    if finding.severity > entry.severity {
        Some("it was less grave then")
    } else if finding.resolvability == Resolvability::NeedHuman {
        Some("a voice says it needs a human")
    } else if finding.unanchored {
        Some("none of its quotes stands in an input")
    } else {
        None
    }
}

fn words(disposition: &Disposition) -> &'static str {
    match disposition {
        Disposition::Answer(_) | Disposition::Option(_) => "answered",
        Disposition::MustFix => "to be fixed",
        Disposition::Dismiss => "not an issue",
        Disposition::Later => "postponed",
        Disposition::DuplicateOf(_) => "a duplicate",
    }
}
