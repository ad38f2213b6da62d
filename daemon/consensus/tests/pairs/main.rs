//! The matcher against labelled pairs of findings: `corpus/`.
//!
//! `cargo test -p synod-consensus --test pairs -- --nocapture` prints the table that
//! `docs/consensus.md` quotes. What is under `corpus/held-out` was written after the matcher had
//! last been changed for what other pairs showed. A folder in which a false merge is found, and
//! repaired, counts as seen from then on and moves to `corpus/tuned`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

mod labelled;
mod table;

use labelled::{Label, Pair, Part, pairs};
use synod_consensus::Corpus;
use synod_consensus::cluster::{Claim, LinkKind, cluster};
use table::Table;

/// What the matcher says about two findings of two agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// One matter: they count together.
    Same,
    /// Two matters that say the opposite.
    Contradiction,
    /// Two matters, shown side by side.
    Beside,
    /// Two matters that have nothing to do with each other.
    Apart,
}

fn compare(pair: &Pair) -> Found {
    let corpus = Corpus::new(&pair.inputs);
    let claim = |member: usize| {
        let finding = &pair.findings[member];
        Claim {
            member,
            finding,
            anchors: corpus.resolve(finding),
            hash: finding.canonical_hash(),
        }
    };
    let found = cluster(&[claim(0), claim(1)]);
    let turned = cluster(&[claim(1), claim(0)]);
    assert_eq!(found.groups.len(), turned.groups.len(), "{}", pair.place);
    if found.groups.len() == 1 {
        return Found::Same;
    }
    match found.links.first().map(|link| link.kind) {
        Some(LinkKind::Contradiction) => Found::Contradiction,
        Some(LinkKind::PossiblySame) => Found::Beside,
        None => Found::Apart,
    }
}

fn measured() -> Vec<(Pair, Found)> {
    pairs()
        .into_iter()
        .map(|pair| {
            let found = compare(&pair);
            (pair, found)
        })
        .collect()
}

fn told(pair: &Pair) -> String {
    let [a, b] = &pair.findings;
    format!("{}: {}\n  {}\n  {}", pair.place, pair.why, a.claim, b.claim)
}

#[test]
fn no_two_matters_are_taken_for_one() {
    let all = measured();
    let merged: Vec<String> = all
        .iter()
        .filter(|(pair, found)| pair.label != Label::Same && *found == Found::Same)
        .map(|(pair, _)| told(pair))
        .collect();
    assert!(
        merged.is_empty(),
        "{} false merges\n{}",
        merged.len(),
        merged.join("\n")
    );
}

#[test]
fn recall_and_links_are_what_the_documents_say() {
    let all = measured();
    for part in [Part::Tuned, Part::HeldOut] {
        let rows: Vec<_> = all.iter().filter(|(pair, _)| pair.part == part).collect();
        println!("{}", Table::of(part, &rows));
    }
}

#[test]
fn the_corpus_is_as_large_as_it_is_said_to_be_and_its_quotes_stand_where_they_are_said_to() {
    let all = pairs();
    assert!(all.len() >= 500, "{}", all.len());
    let mut lost = Vec::new();
    for pair in &all {
        let corpus = Corpus::new(&pair.inputs);
        let anchored = |finding| !corpus.resolve(finding).is_empty();
        if pair
            .findings
            .iter()
            .any(|f| anchored(f) == (pair.case == "unanchored"))
        {
            lost.push(told(pair));
        }
        let [a, b] = &pair.findings;
        assert!(a != b, "twice the same finding: {}", told(pair));
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
