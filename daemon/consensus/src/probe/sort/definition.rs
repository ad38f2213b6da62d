//! The line that defines a term goes, while the term is still used.
//!
//! Lines under a heading that promises definitions: items, rows and paragraphs that begin with the term.

use super::Candidate;
use crate::block::Shape;
use crate::probe::Sort;
use crate::probe::ground::{Ground, Patch, mentions};
use crate::text::{fold, squeeze};

const PLACES: &[&str] = &[
    "glossar",
    "definition",
    "terms",
    "terminology",
    "vocabulary",
];
/// Longer ones are sentences.
const WORDS: usize = 4;

pub(super) fn candidates(ground: &Ground<'_>) -> Vec<Candidate> {
    let defines: Vec<Option<String>> = (0..ground.patches.len()).map(|n| term(ground, n)).collect();
    if defines.iter().all(Option::is_none) {
        return Vec::new();
    }
    let folded: Vec<String> = ground
        .patches
        .iter()
        .map(|patch| fold(patch.text()))
        .collect();
    let mut found = Vec::new();
    for (n, defined) in defines.iter().enumerate() {
        let Some(defined) = defined else {
            continue;
        };
        let once = defines
            .iter()
            .flatten()
            .filter(|other| *other == defined)
            .count()
            == 1;
        let uses: Vec<usize> = (0..folded.len())
            .filter(|other| *other != n && defines[*other].is_none())
            .filter(|other| mentions(&folded[*other], defined))
            .collect();
        if once
            && !ground.patches[n].has_parts()
            && let [first, ..] = uses[..]
        {
            found.push(Candidate {
                // One use is enough to miss the definition.
                needs: vec![first],
                shared: vec![defined.clone()],
                ..Candidate::new(Sort::DefinitionRemoved, n, ground.patches[n].lines(), "")
            });
        }
    }
    found
}

/// The term a line defines, folded.
fn term(ground: &Ground<'_>, n: usize) -> Option<String> {
    let patch = &ground.patches[n];
    if !patch.is_under(PLACES) {
        return None;
    }
    let content = patch.content();
    let (term, meaning) = match patch.shape {
        Shape::Row => {
            let next = ground.neighbour(n, 1).map(|next| &ground.patches[next]);
            if next.is_some_and(|next| is_rule(next)) {
                return None;
            }
            content.split_once('|')?
        }
        Shape::Item | Shape::Paragraph => [":", " — ", " – ", " - "]
            .into_iter()
            .filter_map(|mark| content.split_once(mark))
            .min_by_key(|(term, _)| term.len())?,
        Shape::Heading | Shape::Code => return None,
    };
    let plain = |text: &str| {
        squeeze(text.trim_matches(|c: char| c.is_whitespace() || "*_`\"“”".contains(c)))
    };
    let term = plain(&fold(term));
    let words = term.split(' ').count();
    let named = term.chars().any(char::is_alphabetic) && !plain(meaning).is_empty();
    (named && words <= WORDS).then_some(term)
}

/// The line below a table's head.
fn is_rule(patch: &Patch<'_>) -> bool {
    let text = patch.text();
    patch.shape == Shape::Row && text.chars().all(|c| "|-: \t".contains(c))
}
