//! Weighing all that was heard in a run, and what follows: a verdict, or another round.

use std::collections::{BTreeMap, BTreeSet};

use synod_consensus::{Corpus, FailReason, Input, Outcome, decide, ledger::Entry};
use synod_core::input::Weighing;
use synod_shared::words::Reason;

use super::{Heard, earlier::Earlier, round};
use crate::{
    store::Reader,
    submit::{
        Submitter, hex,
        keep::{self, Kept},
    },
};

/// Weighs a run against the inputs as they were submitted, and prepares the round that the outcome asks for.
///
/// What cannot be read makes the outcome stricter, never laxer: without inputs nothing is anchored, and a round that
/// cannot be held is one in which nobody spoke. What must be fixed or is still asked is told by both the ledger and the
/// inputs: where it may be hidden, nothing is decided.
#[must_use]
pub fn weigh(submitter: &Submitter, reader: &Reader, heard: &Heard) -> (Weighing, Kept) {
    let inputs = keep::inputs(&submitter.paths, heard.run);
    let earlier = Earlier::of(reader, heard);
    let evidence = match (inputs, earlier) {
        (Ok(inputs), Ok(earlier)) => {
            let ledger = earlier.about(&inputs);
            heard.evidence(inputs, ledger)
        }
        (Err(error), Ok(earlier)) if !earlier.holds() => {
            tracing::warn!(run = %heard.run, %error, "weighing without the inputs: nothing can be anchored");
            heard.evidence(Vec::new(), earlier.kept)
        }
        (Err(error), Ok(_)) => return undecided(heard, &error),
        (_, Err(error)) => return undecided(heard, &error),
    };
    let outcome = decide(&evidence);
    let round = round::prepare(submitter, heard, &evidence, &outcome);
    let mut weighing = weighing(heard, outcome, &evidence.inputs, &evidence.ledger);
    let Some((opening, kept)) = round else {
        return (weighing, Kept::default());
    };
    weighing.open = Some(opening);
    (weighing, kept)
}

/// What must be fixed, or is still asked, cannot be told.
fn undecided(heard: &Heard, error: &dyn std::error::Error) -> (Weighing, Kept) {
    tracing::error!(run = %heard.run, %error, "not weighed: what earlier runs left cannot be told");
    let why = FailReason {
        reason: Reason::OutputLost.to_string(),
        detail: format!(
            "what must be fixed, or is still asked, since earlier runs cannot be told, so nothing was decided \
             ({error}); the answers are kept"
        ),
    };
    (of_nobody(heard, &why), Kept::default())
}

/// Weighs a run of which nothing can be weighed: nobody has said anything.
#[must_use]
pub fn weigh_nobody(heard: &Heard) -> Weighing {
    let why = FailReason {
        reason: Reason::ActorPanicked.to_string(),
        detail: "weighing the answers failed; they are kept".to_owned(),
    };
    of_nobody(heard, &why)
}

fn of_nobody(heard: &Heard, why: &FailReason) -> Weighing {
    let mut evidence = heard.evidence(Vec::new(), Vec::new());
    for member in &mut evidence.members {
        member.result = Err(why.clone());
    }
    let mut outcome = decide(&evidence);
    outcome.trust.notes.push(why.detail.clone());
    weighing(heard, outcome, &[], &[])
}

fn weighing(heard: &Heard, outcome: Outcome, inputs: &[Input], ledger: &[Entry]) -> Weighing {
    let corpus = Corpus::new(inputs);
    let sections: BTreeMap<String, String> = outcome
        .findings
        .iter()
        .filter_map(|finding| {
            let anchor = finding.anchors.first()?;
            let place = match corpus.heading_of(anchor) {
                Some(heading) => format!("{}: {}", anchor.path, heading.title),
                None => anchor.path.clone(),
            };
            Some((finding.key.clone(), place))
        })
        .collect();
    Weighing {
        run: heard.run,
        outcome_hash: hash_of(&outcome),
        ledger: met(&outcome, ledger),
        outcome,
        sections,
        open: None,
    }
}

/// Hash of an outcome: equal for the same evidence, whenever it is computed.
#[must_use]
pub fn hash_of(outcome: &Outcome) -> String {
    use sha2::{Digest as _, Sha256};
    // It is made of strings, numbers and lists: there is nothing in it that cannot be written.
    let bytes = serde_json::to_vec(outcome).unwrap_or_default();
    hex(&Sha256::digest(&bytes))
}

/// The entries that the outcome depends on: with them alone it comes out the same.
fn met(outcome: &Outcome, ledger: &[Entry]) -> Vec<Entry> {
    let ids: BTreeSet<&str> = outcome
        .findings
        .iter()
        .filter_map(|finding| finding.met.as_deref())
        .collect();
    let mut met: Vec<Entry> = ledger
        .iter()
        .filter(|entry| ids.contains(entry.id.as_str()))
        .cloned()
        .collect();
    met.sort_by(|a, b| a.id.cmp(&b.id));
    met
}
