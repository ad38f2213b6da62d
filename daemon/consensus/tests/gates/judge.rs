//! What a gate must not hide, and whether it does.

use std::collections::BTreeMap;

use synod_consensus::settle::settle;
use synod_consensus::{Decision, Evidence, Finding, Outcome, RunEnd, Severity, Standing};

use crate::Figures;
use crate::world::World;

/// What a gate must not hide.
#[derive(Default)]
pub struct Truth {
    /// Valid answers that count towards the quorum.
    pub counting: usize,
    pub families: Vec<&'static str>,
    pub whole: bool,
    pub critical: usize,
    pub important: usize,
    pub raw: usize,
}

/// Counts what came of it, and whether it may.
pub fn judge(
    world: &World,
    evidence: &Evidence,
    outcome: &Outcome,
    truth: &Truth,
    figures: &mut Figures,
) {
    let needed = evidence.policy.quorum.max(1);
    let told = outcome
        .findings
        .iter()
        .filter(|f| f.decision != Decision::Settled);
    let told: Vec<_> = told.collect();
    let critical = told.iter().filter(|f| f.severity == Severity::Critical);
    let by_human = |finding: &&Finding| {
        let entry = evidence
            .ledger
            .iter()
            .find(|e| Some(&e.id) == finding.met.as_ref());
        entry.is_some_and(|entry| matches!(entry.standing, Standing::Settled { .. }))
    };
    let settled = outcome
        .findings
        .iter()
        .filter(|f| f.decision == Decision::Settled);
    let covered = settled.filter(by_human).count();
    let open = told.iter().filter(|f| f.decision.is_open()).count();
    let must_fix = evidence
        .ledger
        .iter()
        .filter(|entry| entry.standing.must_fix());
    // Everything the ledger is bound to stands: the inputs are those of the run before.
    let must_fix = must_fix.filter(|entry| entry.kind != "injection").count();
    let hidden = truth.counting < needed
        || world.planted
        || (truth.critical > 0 && covered == 0)
        || (truth.families.len() == 1 && truth.important > 0 && evidence.ledger.is_empty())
        || critical.count() > 0
        || open > 0
        || must_fix > 0;
    let (end, false_pass) = match settle(outcome, &BTreeMap::new()) {
        RunEnd::Passed => ("passed", hidden || !truth.whole),
        RunEnd::PassedDegraded { missing } => ("passed-degraded", hidden || missing.is_empty()),
        RunEnd::AwaitingHuman { .. } => ("awaiting-human", false),
        RunEnd::Rejected { .. } => ("rejected", false),
        RunEnd::NoQuorum { .. } => {
            assert!(
                truth.counting < needed,
                "enough answered: {:?}",
                outcome.quorum
            );
            ("no-quorum", false)
        }
    };
    *figures.ends.entry(end).or_default() += 1;
    if false_pass {
        figures.false_passes += 1;
        println!(
            "gate {}: {end}, but it should not: {}",
            figures.gates, outcome.trust.line
        );
        for finding in &outcome.findings {
            println!(
                "  {} {}: {}",
                finding.severity.word(),
                finding.text,
                finding.cell
            );
        }
    }
    let members = outcome.findings.iter().flat_map(|finding| &finding.voices);
    let voices = members.filter(|voice| voice.agent != "synod").count();
    assert_eq!(voices, truth.raw, "{:#?}", outcome.findings);
    figures.raw += truth.raw as u64;
    figures.in_clusters += voices as u64;
    let mut keys: Vec<&str> = outcome.findings.iter().map(|f| f.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(
        keys.len(),
        outcome.findings.len(),
        "two decisions under one key"
    );
    for finding in &outcome.findings {
        let decision = serde_json::to_value(finding.decision).unwrap();
        *figures
            .decisions
            .entry(decision.as_str().unwrap().to_owned())
            .or_default() += 1;
    }
}
