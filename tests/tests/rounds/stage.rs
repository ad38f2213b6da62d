//! What agents say in each round, as scripts.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::cast::Ended;

use crate::{finding, with};

/// What FR-1 lacks, in the words of most tests.
pub const TIME: &str = "FR-1 gives no time for quickly.";
pub const QUICKLY: &str = "answer a search quickly";

/// That matter, with the answer `200 ms`.
pub fn time(severity: &str) -> Value {
    with(
        finding(TIME, severity, QUICKLY),
        json!({"answer": "200 ms"}),
    )
}

/// A script that says this in the first round, and that in the ballot.
pub fn says(answer: &Value, votes: &Value) -> Vec<String> {
    let mut script = in_round("first", &["answer", &answer.to_string()]);
    script.extend(in_round("ballot", &["vote", &votes.to_string()]));
    script
}

/// Words that are played in this round alone.
pub fn in_round(round: &str, words: &[&str]) -> Vec<String> {
    let mut script = vec!["in", round, "["];
    script.extend(words);
    script.push("]");
    script.into_iter().map(str::to_owned).collect()
}

/// A vote on every finding whose claim holds this.
pub fn vote(claim: &str, real: &str) -> Value {
    json!({"claim": claim, "real": real})
}

pub fn yes_with(claim: &str, answer: &str) -> Value {
    json!({"claim": claim, "real": "yes", "answer": answer})
}

/// The run's executions of a round, by agent; the first round has no name.
pub fn of_part<'a>(run: &'a v1::Run, part: &str) -> Vec<&'a v1::Execution> {
    let mut found: Vec<&v1::Execution> = run
        .executions
        .iter()
        .filter(|one| one.part == part)
        .collect();
    found.sort_by(|a, b| a.agent.cmp(&b.agent));
    found
}

pub fn agents(executions: &[&v1::Execution]) -> Vec<String> {
    executions.iter().map(|one| one.agent.clone()).collect()
}

pub fn routed(finding: &v1::Finding) -> (&str, &str) {
    (&finding.agreement, &finding.decision)
}

/// Who voted what.
pub fn votes(finding: &v1::Finding) -> Vec<(&str, &str)> {
    let cast = finding.ballots.iter();
    cast.map(|cast| (cast.agent.as_str(), cast.real.as_str()))
        .collect()
}

#[track_caller]
pub fn verdict(ended: &Ended) -> &v1::Verdict {
    ended.run.verdict.as_ref().expect("a verdict")
}
