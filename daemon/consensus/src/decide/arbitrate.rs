//! The third round: what an arbiter's rulings make of the findings that were put to it.
//!
//! It settles what the table left to it, under the restraints of any settlement, with an answer that somebody
//! else has proposed. Whatever it leaves out, repeats or may not rule on is asked, and said.

use crate::decide::Policy;
use crate::decide::route::{Case, may_uphold, no_party};
use crate::decide::weigh::Weighed;
use crate::finding::{Agreement, Basis, Decision, Finding};
use crate::ruling::{Arbitration, Ruling};
use crate::text::canonical;
use crate::trust::{Arbitrated, Quorum};

/// Applies the rulings to what the table puts to the arbiter.
pub(super) fn apply(
    weighed: &mut [Weighed<'_>],
    arbitration: &Arbitration,
    quorum: &Quorum,
    policy: &Policy,
    notes: &mut Vec<String>,
) -> Arbitrated {
    let mut counts = Arbitrated {
        agent: arbitration.agent.clone(),
        put: 0,
        ruled: 0,
    };
    for Weighed { finding, case } in weighed {
        match finding.decision {
            Decision::Arbitrate => {}
            Decision::Resolve
            | Decision::Ask
            | Decision::Watch
            | Decision::Note
            | Decision::Settled => continue,
        }
        counts.put += 1;
        let agent = &arbitration.agent;
        match ruling(finding, case, arbitration, quorum, policy) {
            Ok((ruling, decision, answer)) => {
                counts.ruled += 1;
                finding.cell = match decision {
                    Decision::Resolve => format!("{}; upheld by the arbiter {agent}", finding.cell),
                    _ => format!("{}; overruled by the arbiter {agent}", finding.cell),
                };
                finding.decision = decision;
                finding.answer = answer.or(finding.answer.take());
                finding.basis = Some(Basis::Arbiter {
                    agent: agent.clone(),
                    ruling,
                });
            }
            Err(why) => {
                finding.decision = Decision::Ask;
                finding.cell = format!("{}; asked because {why}", finding.cell);
            }
        }
    }
    if let Ok(rulings) = &arbitration.result
        && !rulings.invented.is_empty()
    {
        notes.push(format!(
            "the arbiter {} ruled on labels that were not put to it, which do not count: {}",
            arbitration.agent,
            rulings.invented.join(", ")
        ));
    }
    counts
}

/// The ruling that counts with what it makes of the finding, or why a human is asked.
fn ruling(
    finding: &Finding,
    case: &Case<'_>,
    arbitration: &Arbitration,
    quorum: &Quorum,
    policy: &Policy,
) -> Result<(Ruling, Decision, Option<String>), String> {
    let agent = &arbitration.agent;
    no_party(case, agent, &arbitration.family)?;
    let rulings = arbitration
        .result
        .as_ref()
        .map_err(|fail| format!("the arbiter {agent} gave no valid answer ({})", fail.reason))?;
    if rulings.repeated.contains(&finding.key) {
        return Err(format!("the arbiter {agent} ruled on it more than once"));
    }
    let Some(ruling) = rulings.rulings.get(&finding.key) else {
        return Err(format!("the arbiter {agent} left it out"));
    };
    match ruling {
        Ruling::Abstain { .. } => Err(format!("the arbiter {agent} abstained")),
        // In dispute was the answer: what two families see does not go away by one word.
        Ruling::Overrule { .. } if case.agreement == Agreement::Confirmed => Err(format!(
            "the arbiter {agent} overruled what {} families see",
            case.families.len()
        )),
        Ruling::Overrule { .. } => Ok((ruling.clone(), Decision::Note, None)),
        Ruling::Uphold { answer, .. } => {
            may_uphold(case, quorum, policy)?;
            let form = canonical(answer.as_deref().unwrap_or_default());
            if form.is_empty() {
                return Err(format!("the arbiter {agent} upheld it without an answer"));
            }
            // Two voices stand behind whatever is recorded, the arbiter's and one more.
            let known = finding.options.iter().find(|one| canonical(one) == form);
            match known {
                Some(option) => Ok((ruling.clone(), Decision::Resolve, Some(option.clone()))),
                None => Err(format!(
                    "the arbiter {agent} upheld it with an answer that nobody else has proposed"
                )),
            }
        }
    }
}
