//! Whether a claim denies, and whether it says that the text has something or lacks it.

use super::vocabulary::Role;

/// A report more than this many words, fillers aside, from its denial is another part of the claim.
const REACH: usize = 6;

/// What a claim says about its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stance {
    /// How often something is denied that is not merely unsaid.
    denials: usize,
    says: Says,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The text lacks something: "not defined", "missing".
    Lacking,
    /// A question, which may say that something is lacking, or that something is the matter.
    Asks,
    /// The text has it: "is defined".
    There,
    /// Neither: it is about the matter itself.
    Matter,
}

impl Stance {
    pub(super) fn against(self, other: Self) -> bool {
        let lacks = |one: Says, two: Says| {
            one == Says::Lacking && matches!(two, Says::There | Says::Matter)
        };
        self.denials != other.denials
            || lacks(self.says, other.says)
            || lacks(other.says, self.says)
    }

    /// Whether it is about a gap, so that it says nothing that could be contradicted.
    pub(super) fn is_gap(self) -> bool {
        match self.says {
            Says::Lacking | Says::Asks => true,
            Says::There | Says::Matter => false,
        }
    }

    /// A denial that reaches a report denies the report, unless it is a command; any other denies
    /// the matter.
    pub(super) fn of(roles: &[Role], asks: bool) -> Self {
        let mut denials = 0;
        let mut lacking = false;
        let mut reports = false;
        let mut wanted = false;
        for (n, role) in roles.iter().enumerate() {
            match role {
                Role::Denies => {
                    let reported = |role: &&Role| matches!(role, Role::Reports | Role::Asks(_));
                    let mut after = roles[n + 1..].iter();
                    let after = after
                        .by_ref()
                        .filter(|role| **role != Role::Filler)
                        .take(REACH);
                    let before = &roles[n.saturating_sub(1)..n];
                    // "Must not be named" is no gap.
                    let commands = before
                        .iter()
                        .any(|role| matches!(role, Role::Must | Role::May | Role::Demands));
                    if !commands
                        && (before == [Role::Reports]
                            || after.into_iter().any(|role| reported(&role)))
                    {
                        lacking = true;
                    } else {
                        denials += 1;
                    }
                }
                Role::Lacks => lacking = true,
                Role::Reports => reports = true,
                Role::Demands | Role::Must => wanted = true,
                Role::Filler
                | Role::May
                | Role::Narrows
                | Role::Asks(_)
                | Role::Topic
                | Role::Points => {}
            }
        }
        let says = match (lacking, reports) {
            (true, _) => Says::Lacking,
            (false, _) if asks => Says::Asks,
            (false, true) if wanted => Says::Lacking,
            (false, true) => Says::There,
            (false, false) => Says::Matter,
        };
        Self { denials, says }
    }
}
