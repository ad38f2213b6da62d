//! What the rounds after the first came to, in words: votes, what the ballot changed, what it cost.

use synod_proto::v1::{Counts, Execution, Finding, Run, Usage};

use super::{clean, instant, span, usage};

/// The part of an execution that votes.
pub const BALLOT: &str = "ballot";
/// The part of an execution that decides disputes.
pub const ARBITER: &str = "arbiter";

/// The votes on a finding: `votes: alice yes, bob no, carol unsure`. None if there was no ballot.
pub fn votes(finding: &Finding) -> Option<String> {
    if finding.ballots.is_empty() {
        return None;
    }
    let votes: Vec<String> = finding
        .ballots
        .iter()
        .map(|cast| format!("{} {}", clean(&cast.agent), clean(&cast.real)))
        .collect();
    Some(format!("votes: {}", votes.join(", ")))
}

/// What an arbiter said about a finding: `judge ruled uphold: …`. None if none said anything.
pub fn ruling(finding: &Finding) -> Option<String> {
    let basis = finding.basis.as_ref().filter(|basis| basis.by == ARBITER)?;
    let reason = match clean(&basis.reason) {
        reason if reason.is_empty() => String::new(),
        reason => format!(": {reason}"),
    };
    Some(format!(
        "arbiter {} ruled {}{reason}",
        clean(&basis.agent),
        clean(&basis.ruling)
    ))
}

/// What the ballot cost and changed: `the ballot cost $0.31 and 41s: 5 questions became 2; 3 confirmed, 1 contested`.
/// None if none was held, or it has not been counted yet.
pub fn ballot(run: &Run) -> Option<String> {
    let verdict = run.verdict.as_ref()?;
    let before = verdict.before_ballot.as_ref()?;
    let after = verdict.after_ballot.or(verdict.counts).unwrap_or_default();
    let parts: Vec<&Execution> = run
        .executions
        .iter()
        .filter(|it| it.part == BALLOT)
        .collect();
    let mut said = vec![change(before, &after)];
    let found: Vec<String> = [
        (after.confirmed, "confirmed"),
        (after.contested, "contested"),
    ]
    .into_iter()
    .filter_map(|(count, word)| count.filter(|n| *n > 0).map(|n| format!("{n} {word}")))
    .collect();
    if !found.is_empty() {
        said.push(found.join(", "));
    }
    if let (Some(valid), Some(asked)) = (verdict.ballots_valid, verdict.ballots_asked)
        && valid < asked
    {
        said.push(format!("{valid} of {asked} ballots valid"));
    }
    Some(format!("the ballot {}: {}", price(&parts), said.join("; ")))
}

fn change(before: &Counts, after: &Counts) -> String {
    let (before, after) = (before.asked(), after.asked());
    let questions = |n: u32| match n {
        1 => "1 question".to_owned(),
        n => format!("{n} questions"),
    };
    if before == after {
        match before {
            0 => "nothing was to be asked before or after it".to_owned(),
            n => format!("{} as before", questions(n)),
        }
    } else {
        format!("{} became {after}", questions(before))
    }
}

/// `cost $0.31 and 41s`, or what of it is known.
fn price(parts: &[&Execution]) -> String {
    let cost = cost(parts);
    let took = took(parts);
    match (cost, took) {
        (Some(cost), Some(took)) => format!("cost {cost} and {took}"),
        (Some(cost), None) => format!("cost {cost}"),
        (None, Some(took)) => format!("took {took}"),
        (None, None) => "was held".to_owned(),
    }
}

fn cost(parts: &[&Execution]) -> Option<String> {
    let told: Vec<&Usage> = parts
        .iter()
        .flat_map(|execution| &execution.attempts)
        .filter_map(|attempt| attempt.usage.as_ref())
        .filter(|used| used.cost_usd.is_some())
        .collect();
    if told.is_empty() {
        return None;
    }
    usage::cost(&Usage {
        cost_usd: Some(told.iter().filter_map(|used| used.cost_usd).sum()),
        estimated: Some(told.iter().any(|used| used.estimated())),
        ..Usage::default()
    })
}

/// From the first that was queued to the last that ended.
fn took(parts: &[&Execution]) -> Option<String> {
    let began = parts
        .iter()
        .filter_map(|it| instant(it.queued_at.as_ref()?))
        .min()?;
    let ended = parts
        .iter()
        .filter_map(|it| instant(it.ended_at.as_ref()?))
        .max()?;
    let millis = ended.duration_since(began).as_millis();
    Some(span(i64::try_from(millis).unwrap_or(i64::MAX)))
}
