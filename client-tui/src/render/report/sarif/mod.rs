//! The report as SARIF 2.1.0, for code scanning.
//!
//! It carries what the ledger holds, not what one run happened to find: whoever uploads it closes every alert that
//! is not in it. For the same reason there is none of a run that could not decide ([`refused`]).
//!
//! `ruleId` is `<gate>/<kind>`. `partialFingerprints` has our own fingerprint only: `primaryLocationLineHash` is for
//! the uploader to compute, from files we do not have.

mod location;
mod result;
mod rules;

use serde_json::{Value, json};
use synod_proto::v1::Run;

use crate::exit::{Degraded, Exit};

use super::{NAME, REASON, Report, words};
use rules::Rules;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Why there is no such report of a run, and how the caller is to end.
#[must_use]
pub fn refused(run: &Run) -> Option<(Exit, String)> {
    let name = words(&run.name, NAME);
    let no = |exit, why: &str| {
        let said = format!(
            "no SARIF is written of {name}: {why}. An uploaded file without its findings would close every alert"
        );
        Some((exit, said))
    };
    if run.probe {
        return no(
            Exit::Refused,
            "it measures its agents by planted faults and says nothing of the subject",
        );
    }
    match Exit::of_run(&run.state, Degraded::Accepted) {
        Some(Exit::Success | Exit::NeedsAnswer) => None,
        Some(Exit::Failed) if run.state == "rejected" => None,
        Some(Exit::NoQuorum) => no(Exit::NoQuorum, "too few agents gave a valid answer"),
        Some(Exit::DeadlineExceeded) => no(
            Exit::DeadlineExceeded,
            "its deadline passed before it decided",
        ),
        Some(Exit::Cancelled) => no(Exit::Cancelled, "it was cancelled before it decided"),
        Some(exit) => no(exit, "it failed before it decided"),
        None => no(
            Exit::Refused,
            "it is still under way; `synod wait` waits for its end",
        ),
    }
}

/// The report. Only of a run that [`refused`] says nothing about.
#[must_use]
pub fn sarif(report: &Report<'_>) -> String {
    let run = &report.run;
    let mut rules = Rules::of(&run.gate);
    let results = result::results(report, &mut rules);
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Synod",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.table(),
            }},
            "automationDetails": {
                "id": format!("synod/{}/{}/", slug(&run.gate), slug(&report.subject_name())),
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(report)],
            "results": results,
            "properties": {
                "run": words(&run.name, NAME),
                "runId": words(&run.id, NAME),
                "state": words(&run.state, NAME),
                "gateVersion": run.gate_version,
                "gateHash": words(&run.gate_hash, NAME),
                "contentHash": words(&run.content_hash, NAME),
                "trust": run.verdict.as_ref().map(|verdict| words(&verdict.trust, REASON)).unwrap_or_default(),
            },
        }],
    });
    format!("{log:#}\n")
}

/// How the run went: whose voice is missing is told where viewers look for it.
fn invocation(report: &Report<'_>) -> Value {
    let verdict = report.run.verdict.as_ref();
    let missing: Vec<Value> = verdict
        .iter()
        .flat_map(|verdict| &verdict.missing)
        .map(|missing| {
            let detail = match words(&missing.detail, REASON) {
                detail if detail.is_empty() => String::new(),
                detail => format!(": {detail}"),
            };
            let text = format!(
                "{} gave no valid answer: {}{detail}",
                words(&missing.agent, NAME),
                words(&missing.reason, NAME)
            );
            json!({"level": "warning", "message": {"text": result::unlinked(&text)}})
        })
        .collect();
    let mut invocation = json!({
        "executionSuccessful": true,
        "toolExecutionNotifications": missing,
    });
    let times = [
        ("startTimeUtc", report.run.created_at.as_ref()),
        ("endTimeUtc", report.run.ended_at.as_ref()),
    ];
    for (name, at) in times {
        if let Some(at) = at.and_then(crate::render::instant) {
            invocation[name] = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
        }
    }
    invocation
}

/// A name as a piece of an identifier: what could be taken for a separator is none.
fn slug(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let slug: String = name
        .chars()
        .take(80)
        .map(|c| if plain(c) { c } else { '-' })
        .collect();
    match slug.as_str() {
        "" => "-".to_owned(),
        _ => slug,
    }
}
