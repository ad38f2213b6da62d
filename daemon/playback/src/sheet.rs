//! Later rounds of a gate: which round a prompt is of, and ballots and rulings on the findings that stand in it.
//! The words are those of `docs/gates.md`; who is right about a finding the script says.

use serde_json::{Map, Value, json};

use crate::{
    PlayError,
    answer::{Receipts, own_nonce, put_receipts, read_list},
};

/// The path under which findings stand beside the documents.
const FINDINGS: &str = "findings";

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    First,
    Ballot,
    Arbitration,
}

/// The round a prompt is of. One that sends an answer back is of the round of that answer.
pub fn round_of(prompt: &str) -> Round {
    match items(prompt) {
        None => Round::First,
        Some(items) if items.iter().any(|item| item.get("positions").is_some()) => {
            Round::Arbitration
        }
        Some(_) => Round::Ballot,
    }
}

/// Whether a prompt sends an answer back.
pub fn is_sent_back(prompt: &str) -> bool {
    prompt
        .lines()
        .any(|line| line.starts_with("<<<SYNOD PREVIOUS nonce="))
}

/// `{"receipts": …, "votes": […]}`. `rules` is a JSON list, or the path of a file with one: of each finding the first
/// rule counts whose `claim` stands in the finding's; the rest of the rule is the vote. `same_as` names others by a
/// part of their claims. A finding without a rule is left out.
pub fn vote(prompt: &[u8], rules: &str, receipts: Receipts) -> Result<String, PlayError> {
    let prompt = String::from_utf8_lossy(prompt);
    let items = items(&prompt).ok_or(PlayError::NoFindings)?;
    let rules = read_list(rules)?;
    let mut votes = Vec::new();
    for item in &items {
        let Some(mut vote) = ruled(item, &rules).into_iter().next() else {
            continue;
        };
        if let Some(Value::Array(others)) = vote.get("same_as") {
            let others = others.iter().filter_map(Value::as_str);
            let labels = others.flat_map(|part| labels_of(&items, part));
            let labels: Vec<Value> = labels.filter(|label| *label != item["finding"]).collect();
            vote.insert("same_as".to_owned(), Value::Array(labels));
        }
        votes.push(Value::Object(vote));
    }
    Ok(written(&prompt, "votes", votes, receipts))
}

/// `{"receipts": …, "rulings": […]}` in the same way; but each rule that fits a dispute is a ruling on it, so that it
/// can be ruled on twice. A rule with a `finding` and no `claim` is written as it is.
pub fn rule(prompt: &[u8], rules: &str, receipts: Receipts) -> Result<String, PlayError> {
    let prompt = String::from_utf8_lossy(prompt);
    let items = items(&prompt).ok_or(PlayError::NoFindings)?;
    let rules = read_list(rules)?;
    let mut rulings: Vec<Value> = items
        .iter()
        .flat_map(|item| ruled(item, &rules))
        .map(Value::Object)
        .collect();
    let invented = rules.iter().filter(|rule| rule.get("claim").is_none());
    rulings.extend(invented.cloned());
    Ok(written(&prompt, "rulings", rulings, receipts))
}

fn written(prompt: &str, list: &str, entries: Vec<Value>, receipts: Receipts) -> String {
    let mut answer = Map::new();
    put_receipts(&mut answer, prompt, receipts);
    answer.insert(list.to_owned(), Value::Array(entries));
    format!("{:#}\n", Value::Object(answer))
}

/// What the rules that fit say of a finding, under its name.
fn ruled(item: &Value, rules: &[Value]) -> Vec<Map<String, Value>> {
    let claim = item["claim"].as_str().unwrap_or_default();
    let fitting = rules.iter().filter_map(Value::as_object).filter(|rule| {
        let part = rule.get("claim").and_then(Value::as_str);
        part.is_some_and(|part| claim.contains(part))
    });
    fitting
        .map(|rule| {
            let mut said = rule.clone();
            said.remove("claim");
            said.insert("finding".to_owned(), json!(item["finding"]));
            said
        })
        .collect()
}

fn labels_of(items: &[Value], part: &str) -> Vec<Value> {
    let named = items.iter().filter(|item| {
        let claim = item["claim"].as_str();
        claim.is_some_and(|claim| claim.contains(part))
    });
    named.map(|item| item["finding"].clone()).collect()
}

/// The findings that stand in a prompt; none in one of a first round.
fn items(prompt: &str) -> Option<Vec<Value>> {
    let nonce = own_nonce(prompt)?;
    let begin = format!("<<<SYNOD INPUT nonce={nonce} path=\"{FINDINGS}\" ");
    let end = format!("SYNOD INPUT END nonce={nonce} path=\"{FINDINGS}\" ");
    let mut lines = prompt.lines().skip_while(|line| !line.starts_with(&begin));
    lines.next()?;
    let list: Vec<&str> = lines.take_while(|line| !line.starts_with(&end)).collect();
    serde_json::from_str(&list.join("\n")).ok()
}
