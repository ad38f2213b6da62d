//! The shape `findings`: matters found in documents.

use serde_json::Value;

use super::{Answer, Quote, RawFinding, Resolvability, Severity, items};
use crate::schema::Mismatch;

pub(super) fn read(value: &Value) -> Result<Answer, Mismatch> {
    let findings = items(value, "findings")?
        .iter()
        .enumerate()
        .map(|(n, item)| finding(n, item));
    Ok(Answer {
        findings: findings.collect::<Result<_, _>>()?,
        cleared: Vec::new(),
    })
}

fn finding(n: usize, item: &Value) -> Result<RawFinding, Mismatch> {
    let at = |key: &str| format!("/findings/{n}/{key}");
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let must = |key: &str| text(key).ok_or_else(|| Mismatch::at(at(key), "string", item.get(key)));
    let severity = match must("severity")?.as_str() {
        "critical" => Severity::Critical,
        "important" => Severity::Important,
        "minor" => Severity::Minor,
        _ => {
            let expected = "critical, important or minor";
            return Err(Mismatch::at(at("severity"), expected, item.get("severity")));
        }
    };
    let resolvability = match must("resolvability")?.as_str() {
        "auto-fix" => Resolvability::AutoFix,
        "suggest-fix" => Resolvability::SuggestFix,
        "need-human" => Resolvability::NeedHuman,
        _ => {
            let expected = "auto-fix, suggest-fix or need-human";
            return Err(Mismatch::at(
                at("resolvability"),
                expected,
                item.get("resolvability"),
            ));
        }
    };
    let list = |key: &str| {
        item.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    Ok(RawFinding {
        kind: must("kind")?,
        claim: must("claim")?,
        severity,
        resolvability,
        answer: text("answer"),
        options: list("options")
            .filter_map(|o| o.as_str().map(str::to_owned))
            .collect(),
        reasoning: reasoning(item),
        suggested_fix: text("suggested_fix"),
        quotes: list("quotes")
            .filter_map(|quote| {
                Some(Quote {
                    path: quote.get("path").and_then(Value::as_str).map(str::to_owned),
                    text: quote.get("text")?.as_str()?.to_owned(),
                })
            })
            .collect(),
        about: text("about"),
        matter: None,
        place: None,
    })
}

/// With what was suggested, if that is no text: it is shown, and cannot stand in a document's place.
fn reasoning(item: &Value) -> Option<String> {
    let said = item.get("reasoning").and_then(Value::as_str);
    let shown = match item.get("suggested_fix") {
        None | Some(Value::Null | Value::String(_)) => None,
        Some(other) => Some(format!("suggested: {other}")),
    };
    match (said, shown) {
        (Some(said), Some(shown)) => Some(format!("{said}\n{shown}")),
        (None, shown) => shown,
        (Some(said), None) => Some(said.to_owned()),
    }
}
