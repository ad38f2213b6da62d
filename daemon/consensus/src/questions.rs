//! In which order questions are put, and under which headings.
//!
//! Display only: what is left for later or not shown is open all the same (`settle`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::anchor::Corpus;
use crate::answer::Resolvability;
use crate::finding::Finding;
use crate::record::TrackRecord;
use crate::settle::{Disposition, Standing, standing};

/// 100·severity + 30·confirming families + 10·need-human. Severity is the median of the voices,
/// 1 to 3; families are weighed once enough is known of them.
pub fn rank(finding: &Finding, record: &TrackRecord) -> i64 {
    let human = match finding.resolvability {
        Resolvability::NeedHuman => 10,
        Resolvability::AutoFix | Resolvability::SuggestFix => 0,
    };
    i64::from(finding.severity_rank) + record.points(&finding.families) + human
}

/// Questions of one section of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub path: Option<String>,
    /// Absent above the first heading, and for what is anchored nowhere.
    pub heading: Option<String>,
    /// Keys of findings, the most urgent first.
    pub keys: Vec<String>,
}

/// Keys of the open questions as they are to be put: most urgent first, what was postponed last.
/// `findings` as `decide` ordered them.
pub fn order(findings: &[Finding], answers: &BTreeMap<String, Disposition>) -> Vec<String> {
    let (later, now): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .filter(|f| standing(f, findings, answers) == Standing::Open)
        .partition(|f| matches!(answers.get(&f.key), Some(Disposition::Later)));
    now.into_iter()
        .chain(later)
        .map(|finding| finding.key.clone())
        .collect()
}

/// The same questions by section. A section stands where its most urgent question does.
pub fn sections(findings: &[Finding], order: &[String], corpus: &Corpus) -> Vec<Section> {
    let by_key: BTreeMap<&str, &Finding> = findings.iter().map(|f| (f.key.as_str(), f)).collect();
    let mut sections: Vec<Section> = Vec::new();
    for finding in order.iter().filter_map(|key| by_key.get(key.as_str())) {
        let anchor = finding.anchors.first();
        let path = anchor.map(|anchor| anchor.path.clone());
        let heading = anchor
            .and_then(|a| corpus.heading_of(a))
            .map(|h| h.title.clone());
        let known = sections
            .iter_mut()
            .find(|s| s.path == path && s.heading == heading);
        match known {
            Some(section) => section.keys.push(finding.key.clone()),
            None => sections.push(Section {
                path,
                heading,
                keys: vec![finding.key.clone()],
            }),
        }
    }
    sections
}
