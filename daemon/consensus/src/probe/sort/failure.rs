//! What happens on failure goes: a sentence behind the obligation it is about, or a requirement of its own.

use super::Candidate;
use crate::block::Shape;
use crate::probe::Sort;
use crate::probe::ground::{Ground, binds, words};
use crate::text::fold;

const OPENINGS: &[&str] = &["if", "when", "on", "upon", "where"];
/// Beginnings of words by which a sentence is about something that goes wrong.
const WRONG: &[&str] = &[
    "fail",
    "error",
    "unavailable",
    "decline",
    "denied",
    "unreachable",
    "timeout",
    "invalid",
    "expire",
    "cannot",
    "reject",
    "lost",
    "corrupt",
    "exceed",
    "refuse",
    "missing",
    "down",
    "crash",
    "abort",
    "interrupt",
];

pub(super) fn candidates(ground: &Ground<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (n, patch) in ground
        .patches
        .iter()
        .enumerate()
        .filter(|(_, patch)| patch.obliges())
    {
        found.extend(whole(ground, n));
        let sentences = patch.sentences();
        for (before, sentence) in sentences.iter().zip(sentences.iter().skip(1)) {
            let text = &patch.source[sentence.clone()];
            let needed = binds(&patch.source[before.clone()]);
            if needed && is_about_failure(text) && patch.is_prose(sentence) {
                // With the white space before it.
                let edit = before.end..sentence.start + text.trim_end().len();
                found.push(Candidate::new(Sort::FailureRemoved, n, edit, ""));
            }
        }
    }
    found
}

/// A requirement that says nothing else, and is named elsewhere: its id is left hanging there.
fn whole(ground: &Ground<'_>, n: usize) -> Option<Candidate> {
    let patch = &ground.patches[n];
    let id = patch.own_id()?;
    let (_, words) = patch.content().split_once(id)?;
    let words = words.trim_start_matches(|c: char| !c.is_alphanumeric());
    let alone = patch.sentences().len() == 1 && !patch.has_parts();
    if patch.shape != Shape::Item || !alone || !is_about_failure(words) || !binds(words) {
        return None;
    }
    let others = ground.patches.iter().enumerate();
    let named = others.filter(|(other, patch)| *other != n && patch.mentions(id));
    let (named, _) = named.into_iter().next()?;
    Some(Candidate {
        needs: vec![named],
        unique: vec![id.to_owned()],
        ..Candidate::new(Sort::FailureRemoved, n, patch.lines(), "")
    })
}

/// The condition, before the comma, is what goes wrong; what follows is the behaviour.
fn is_about_failure(sentence: &str) -> bool {
    let Some((condition, _)) = sentence.split_once(',') else {
        return false;
    };
    let mut words = words(condition).map(fold);
    let opens = words
        .next()
        .is_some_and(|word| OPENINGS.contains(&word.as_str()));
    opens && words.any(|word| WRONG.iter().any(|wrong| word.starts_with(wrong)))
}
