//! `must not` becomes `must`, or the other way round, where another place says what this one said.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Candidate;
use crate::probe::Sort;
use crate::probe::ground::{Ground, word_ranges, words};
use crate::similarity::{Profile, similarity, veto};
use crate::text::fold;

/// Sentences that are compared with each other; the first so many.
const MOST: usize = 400;
/// From here on two sentences are taken to say the same, of 1000.
const ALIKE: u32 = 450;
/// As much where the other names its id.
const TOLD_AGAIN: u32 = 350;

struct Obligation {
    patch: usize,
    profile: Profile,
    /// The edit that turns it round.
    edit: Range<usize>,
    after: String,
    negates: bool,
}

pub(super) fn candidates(ground: &Ground<'_>) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (n, patch) in ground
        .patches
        .iter()
        .enumerate()
        .filter(|(_, patch)| patch.obliges())
    {
        let sentences = patch.sentences();
        all.extend(sentences.into_iter().filter_map(|sentence| {
            let obligation = obligation(n, patch.source, sentence)?;
            patch.is_prose(&obligation.edit).then_some(obligation)
        }));
    }
    all.truncate(MOST);
    let mut found = Vec::new();
    for one in &all {
        let like = all
            .iter()
            .filter(|other| other.patch != one.patch && says_the_same(one, other))
            .map(|other| other.patch);
        let against: BTreeSet<usize> = like.chain(told_again(ground, one)).collect();
        let against: Vec<usize> = against.into_iter().collect();
        if !against.is_empty() {
            found.push(Candidate {
                needs: against.clone(),
                against,
                ..Candidate::new(Sort::Negation, one.patch, one.edit.clone(), &one.after)
            });
        }
    }
    found
}

fn says_the_same(one: &Obligation, other: &Obligation) -> bool {
    let alike = similarity(&one.profile, &other.profile);
    one.negates == other.negates
        && alike >= ALIKE
        && veto(&one.profile, &other.profile, alike).is_none()
}

/// Blocks that name this one's id and say in like words what it says.
fn told_again<'a>(ground: &'a Ground<'_>, one: &'a Obligation) -> impl Iterator<Item = usize> + 'a {
    let id = ground.patches[one.patch].own_id();
    ground
        .patches
        .iter()
        .enumerate()
        .filter(move |(n, patch)| {
            *n != one.patch
                && id.is_some_and(|id| patch.mentions(id))
                && negates(patch.content()) == one.negates
                && similarity(&Profile::of(patch.content()), &one.profile) >= TOLD_AGAIN
        })
        .map(|(n, _)| n)
}

fn negates(text: &str) -> bool {
    let no = [
        "not", "no", "never", "nobody", "none", "nothing", "cannot", "without",
    ];
    words(text).any(|word| no.contains(&fold(word).as_str()))
}

/// A sentence with one `must` or `shall` that can be turned round.
fn obligation(patch: usize, source: &str, sentence: Range<usize>) -> Option<Obligation> {
    let text = &source[sentence.clone()];
    let words: Vec<(Range<usize>, String)> = word_ranges(text)
        .map(|range| (range.clone(), fold(&text[range])))
        .collect();
    let mut places = (0..words.len()).filter(|n| matches!(words[*n].1.as_str(), "must" | "shall"));
    let (place, None) = (places.next()?, places.next()) else {
        return None;
    };
    let (modal, _) = &words[place];
    let (next, word) = words.get(place + 1)?;
    // `must only`, `must either`: turned round they say nothing plain.
    let plain = !["only", "either", "neither", "never", "always", "no"].contains(&word.as_str());
    if !plain || !text[modal.end..next.start].trim().is_empty() {
        return None;
    }
    let negated = word == "not";
    let said = &text[modal.clone()];
    let (end, after) = if negated {
        (next.end, said.to_owned())
    } else {
        let loud = said.bytes().all(|b| b.is_ascii_uppercase());
        (
            modal.end,
            format!("{said}{}", if loud { " NOT" } else { " not" }),
        )
    };
    Some(Obligation {
        patch,
        profile: Profile::of(text),
        edit: sentence.start + modal.start..sentence.start + end,
        after,
        negates: negated,
    })
}
