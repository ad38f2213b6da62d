//! Results: one for each matter, with who said what and what became of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use synod_proto::v1::Finding;

use super::super::{
    CLAIM, NAME, QUOTE, REASON, Report,
    item::{Item, Source, Standing},
    lines, words,
};
use super::{location, rules::Rules};
use crate::digest;

/// Voices and votes of one result; more are counted.
const VOICES: usize = 32;

pub(super) fn results(report: &Report<'_>, rules: &mut Rules) -> Vec<Value> {
    let mut seen = BTreeMap::new();
    report
        .items()
        .map(|item| one(report, &item, rules, &mut seen))
        .collect()
}

fn one(
    report: &Report<'_>,
    item: &Item<'_>,
    rules: &mut Rules,
    seen: &mut BTreeMap<String, u32>,
) -> Value {
    let (rule, index) = rules.place(&item.kind());
    let mut result = json!({
        "ruleId": rule,
        "ruleIndex": index,
        "level": level(item),
        "message": {"text": message(item)},
        "locations": [location::first(report, item)],
        "partialFingerprints": {"synod/v1": fingerprint(item, seen)},
        // Once one result has suppressions, each says whether it has.
        "suppressions": suppressions(item),
        "properties": properties(report, item),
    });
    let related = related(report, item);
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    let fixes = fixes(report, item);
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    result
}

/// By severity while something is to be done or seen; what needs nothing of anybody is a note.
fn level(item: &Item<'_>) -> &'static str {
    if item.located().is_some_and(|located| located.pre_existing) {
        return "note";
    }
    match item.standing {
        Standing::Open
        | Standing::MustFix
        | Standing::Watched
        | Standing::Dismissed
        | Standing::Duplicate => match item.severity() {
            "critical" => "error",
            "minor" => "note",
            _ => "warning",
        },
        Standing::Answered | Standing::Resolved | Standing::Noted => "note",
    }
}

fn message(item: &Item<'_>) -> String {
    let answer = item.answer();
    let claim = item.claim();
    let text = match (item.standing, answer.is_empty()) {
        (Standing::MustFix, _) => format!("{claim} To be fixed, by a human's word."),
        (_, true) | (Standing::Duplicate, false) => claim,
        (Standing::Open, false) => format!("{claim} Recommended: {answer}"),
        (_, false) => format!("{claim} Answer: {answer}"),
    };
    unlinked(&text)
}

/// Viewers turn `[words](target)` into a link: words of an agent get none.
pub(super) fn unlinked(text: &str) -> String {
    text.replace("](", "] (")
}

/// What a finding is called from run to run. The daemon's own word for remarks on a diff; of documents the same over
/// kind, path and the quoted text. What is equal in all of that is told apart by its turn.
fn fingerprint(item: &Item<'_>, seen: &mut BTreeMap<String, u32>) -> String {
    let base = match item.fingerprint() {
        "" => of_quote(item),
        own => words(own, NAME),
    };
    let turn = seen.entry(base.clone()).or_default();
    *turn += 1;
    match *turn {
        1 => base,
        turn => format!("{base}:{turn}"),
    }
}

fn of_quote(item: &Item<'_>) -> String {
    let said = match item.first_quote() {
        // Without a place only the claim is left to tell it by.
        "" => item.claim(),
        quote => quote.to_owned(),
    };
    let bare: String = said.split_whitespace().collect();
    let parts = [item.kind(), item.path().to_owned(), bare].join("\0");
    digest::sha256(parts.as_bytes())
}

fn suppressions(item: &Item<'_>) -> Vec<Value> {
    let said = match item.standing {
        Standing::Dismissed => "not an issue",
        Standing::Duplicate => "a duplicate of another finding",
        Standing::Open
        | Standing::MustFix
        | Standing::Answered
        | Standing::Resolved
        | Standing::Watched
        | Standing::Noted => return Vec::new(),
    };
    let by = match item.decided_by() {
        by if by.is_empty() => String::new(),
        by => format!(", {by}"),
    };
    vec![json!({
        "kind": "external",
        "status": "accepted",
        "justification": format!("{said}{by}"),
    })]
}

/// The finding's other places, then the places of findings that may be the same or say otherwise.
fn related(report: &Report<'_>, item: &Item<'_>) -> Vec<Value> {
    let Source::Found { finding, .. } = item.source else {
        return Vec::new();
    };
    let mut related: Vec<Value> = location::others(report, item)
        .into_iter()
        .map(|mut place| {
            place["message"] = json!({"text": "also here"});
            place
        })
        .collect();
    let linked = |other: &&Finding| finding.possibly_same.contains(&other.id);
    for other in report.run.findings.iter().filter(linked) {
        let other = Item::found(other, None, None);
        let mut place = location::first(report, &other);
        let text = format!("may be the same matter: {}", other.claim());
        place["message"] = json!({"text": unlinked(&text)});
        related.push(place);
    }
    for (id, place) in (1..).zip(&mut related) {
        place["id"] = json!(id);
    }
    related
}

fn fixes(report: &Report<'_>, item: &Item<'_>) -> Vec<Value> {
    let done = !matches!(
        item.standing,
        Standing::Open | Standing::MustFix | Standing::Answered | Standing::Resolved
    );
    let Source::Found { finding, .. } = item.source else {
        return Vec::new();
    };
    if done {
        return Vec::new();
    }
    let mut texts: Vec<(&str, &str)> = Vec::new();
    for voice in &finding.voices {
        let known = texts.iter().any(|(_, text)| *text == voice.suggested_fix);
        // A text that would have to be cut is no fix.
        if !voice.suggested_fix.is_empty() && !known && voice.suggested_fix.len() <= QUOTE {
            texts.push((&voice.agent, &voice.suggested_fix));
        }
    }
    texts
        .into_iter()
        .filter_map(|(agent, text)| {
            // Lines are replaced up to the newline of the last.
            let text = match item.located() {
                Some(_) => text.strip_suffix('\n').unwrap_or(text),
                None => text,
            };
            let region = location::replaced(report, item, text)?;
            Some(json!({
                "description": {"text": format!("suggested by {}", words(agent, NAME))},
                "artifactChanges": [{
                    "artifactLocation": location::artifact(report, item.path()),
                    "replacements": [{
                        "deletedRegion": region,
                        "insertedContent": {"text": lines(text, QUOTE)},
                    }],
                }],
            }))
        })
        .collect()
}

fn properties(report: &Report<'_>, item: &Item<'_>) -> Value {
    let mut properties = json!({
        "standing": item.standing.word(),
        "severity": words(item.severity(), NAME),
        "why": item.why(),
        "answer": item.answer(),
        "decidedBy": item.decided_by(),
    });
    if !item.ledger_id().is_empty() {
        properties["ledgerId"] = words(item.ledger_id(), NAME).into();
    }
    if let Some(located) = item.located() {
        properties["side"] = words(&located.side, NAME).into();
        properties["preExisting"] = located.pre_existing.into();
    }
    match item.source {
        Source::Found { finding, .. } => of_finding(finding, &mut properties),
        Source::Left { entry, .. } => {
            properties["foundInRun"] = words(&entry.run_id, NAME).into();
        }
    }
    properties["run"] = words(&report.run.id, NAME).into();
    properties
}

fn of_finding(finding: &Finding, properties: &mut Value) {
    properties["finding"] = words(&finding.id, NAME).into();
    properties["agreement"] = words(&finding.agreement, NAME).into();
    properties["decision"] = words(&finding.decision, NAME).into();
    properties["resolvability"] = words(&finding.resolvability, NAME).into();
    if !finding.matter.is_empty() {
        properties["matter"] = words(&finding.matter, NAME).into();
    }
    let voices = finding.voices.iter().take(VOICES).map(|voice| {
        json!({
            "agent": words(&voice.agent, NAME),
            "family": words(&voice.family, NAME),
            "severity": words(&voice.severity, NAME),
            "answer": words(&voice.answer, CLAIM),
            "reasoning": words(&voice.reasoning, REASON),
        })
    });
    properties["voices"] = voices.collect();
    let ballots = finding.ballots.iter().take(VOICES).map(|cast| {
        json!({
            "agent": words(&cast.agent, NAME),
            "family": words(&cast.family, NAME),
            "real": words(&cast.real, NAME),
            "answer": words(&cast.answer, CLAIM),
        })
    });
    properties["ballots"] = ballots.collect();
    let more = finding.voices.len().saturating_sub(VOICES);
    if more > 0 {
        properties["moreVoices"] = more.into();
    }
}
