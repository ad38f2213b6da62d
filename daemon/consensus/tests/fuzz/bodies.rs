//! What must hold for any bytes: called by the properties here, and by the targets in `fuzz/`.
//!
//! Each body takes bytes and panics when something does not hold. Where the bytes come from is
//! not its business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use synod_consensus::cluster::{Claim, Merging, cluster};
use synod_consensus::extract::extract_counted;
use synod_consensus::{Corpus, Input, Quote, RawFinding, Resolvability, Schema, Severity, inject};

/// The receipt code that a valid answer repeats.
pub const CODE: &str = "R-7f3a";

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Schema::clarify().unwrap())
}

/// O7, O8: any output, and any prompt, give an answer that stands in the output and fits the
/// schema, or a typed reason; no byte is looked at more than 16 times.
pub fn extraction(output: &[u8], prompt: Option<&[u8]>) {
    let receipts = BTreeMap::from([("spec.md".to_owned(), CODE.to_owned())]);
    let (result, examined) = extract_counted(output, schema(), &receipts, prompt);
    let most = 16 * output.len() + 16;
    assert!(examined <= most, "{examined} of {}", output.len());
    match result {
        Ok(found) => {
            let stands: serde_json::Value = serde_json::from_slice(&output[found.range]).unwrap();
            assert_eq!(stands, found.value);
            schema().check(&found.value).unwrap();
            assert_eq!(found.value["receipts"]["spec.md"], CODE);
        }
        Err(invalid) => {
            let known = [
                "no-json",
                "schema-mismatch",
                "no-receipt",
                "echo-of-prompt",
                "output-limit",
            ];
            assert!(known.contains(&invalid.reason()));
            assert!(invalid.to_string().len() < 2000, "a reason is short");
        }
    }
}

/// O15: what is found in an input is quoted from it, and how much is said stays bounded.
pub fn injection(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let found = inject::scan(synod_consensus::Shape::Findings, "spec.md", &text);
    assert!(found.len() <= 100, "{}", found.len());
    for finding in &found {
        assert_eq!(finding.severity, Severity::Critical);
        for quote in &finding.quotes {
            assert!(text.contains(&quote.text));
        }
    }
}

/// O12: every claim is in one group, no group has two claims of one agent, the order of arrival
/// changes nothing, and anchors are words of the input.
pub fn matching(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (input, rest) = text.split_once('\u{1e}').unwrap_or((&text, &text));
    let inputs = [Input {
        path: "spec.md".into(),
        text: input.into(),
    }];
    let corpus = Corpus::new(&inputs);
    let findings: Vec<RawFinding> = rest.split('\u{1f}').take(24).map(finding).collect();
    let mut claims: Vec<Claim<'_>> = findings
        .iter()
        .enumerate()
        .map(|(n, finding)| Claim {
            member: n % 3,
            finding,
            anchors: corpus.resolve(finding),
            hash: finding.canonical_hash(),
        })
        .collect();
    for anchor in claims.iter().flat_map(|claim| &claim.anchors) {
        assert_eq!(input[anchor.start..anchor.end], anchor.quote);
    }
    let groups = grouped(&claims);
    // The order that `decide` gives them is one of content; here it must not matter where two
    // agents do not say exactly the same.
    let contents: BTreeSet<&str> = claims.iter().map(|claim| claim.hash.as_str()).collect();
    if contents.len() == claims.len() {
        claims.reverse();
        assert_eq!(groups, grouped(&claims));
    }
}

fn grouped(claims: &[Claim<'_>]) -> BTreeSet<Vec<String>> {
    let clusters = cluster(claims);
    assert_eq!(clusters.merging, Merging::Done);
    let mut seen: Vec<usize> = clusters.groups.iter().flatten().copied().collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..claims.len()));
    for link in &clusters.links {
        assert!(claims[link.a].member != claims[link.b].member && link.similarity <= 1000);
    }
    let names = clusters.groups.iter().map(|group| {
        let members: BTreeSet<usize> = group.iter().map(|&n| claims[n].member).collect();
        assert_eq!(members.len(), group.len(), "two claims of one agent");
        let mut names: Vec<String> = group.iter().map(|&n| claims[n].hash.clone()).collect();
        names.sort();
        names
    });
    names.collect()
}

/// A finding out of "claim|quote|about".
fn finding(text: &str) -> RawFinding {
    let mut parts = text.splitn(3, '|');
    let claim = parts.next().unwrap_or_default().to_owned();
    let quote = parts.next().map(|text| Quote {
        path: None,
        text: text.into(),
    });
    RawFinding {
        kind: "ambiguity".into(),
        claim,
        severity: Severity::Minor,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: quote.into_iter().collect(),
        about: parts.next().map(str::to_owned),
        matter: None,
        place: None,
    }
}
