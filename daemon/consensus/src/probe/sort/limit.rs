//! Limits: one of two places says another value, or a limit becomes one that nothing can keep.
//!
//! Two places state the same limit when they have number and unit in common and name the same requirement, or
//! say it in like words.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Candidate;
use crate::probe::Sort;
use crate::probe::ground::{Ground, Patch, binds, mentions};
use crate::probe::measure::{Measure, Value, measures};
use crate::similarity::{Profile, SAME, similarity};
use crate::text::{fold, squeeze};

/// Places of one value that are compared with each other; a value that stands at more is a commonplace.
const MOST: usize = 16;

/// What makes a number one that something has to stay below.
const UPPER: &[&str] = &[
    "within",
    "at most",
    "no more than",
    "not more than",
    "no later than",
    "in under",
    "below",
    "under",
    "less than",
    "in less than",
    "up to",
];

struct Stated {
    patch: usize,
    sentence: Range<usize>,
    measure: Measure,
}

fn stated(ground: &Ground<'_>) -> Vec<Stated> {
    let mut found = Vec::new();
    for (n, patch) in ground.patches.iter().enumerate() {
        for sentence in patch.sentences() {
            for measure in measures(patch.source, &sentence) {
                if patch.is_prose(&measure.whole) {
                    let sentence = sentence.clone();
                    found.push(Stated {
                        patch: n,
                        sentence,
                        measure,
                    });
                }
            }
        }
    }
    found
}

pub(super) fn changed(ground: &Ground<'_>) -> Vec<Candidate> {
    let all = stated(ground);
    let mut by_mark: BTreeMap<&str, Vec<&Stated>> = BTreeMap::new();
    for one in &all {
        by_mark.entry(&one.measure.mark).or_default().push(one);
    }
    let mut found = Vec::new();
    for places in by_mark.values() {
        if places.len() > MOST {
            continue;
        }
        for one in places {
            let against: Vec<usize> = places
                .iter()
                .filter(|other| same_limit(ground, one, other))
                .map(|other| other.patch)
                .collect();
            if !against.is_empty()
                && let Some((value, mark)) = another(&all, one, ground)
            {
                found.push(Candidate {
                    needs: against.clone(),
                    against,
                    unique: vec![mark],
                    ..Candidate::new(
                        Sort::LimitChanged,
                        one.patch,
                        one.measure.number.clone(),
                        &value,
                    )
                });
            }
        }
    }
    found.sort_by_key(|candidate| (candidate.patch, candidate.edit.start));
    found
}

fn same_limit(ground: &Ground<'_>, one: &Stated, other: &Stated) -> bool {
    let (a, b) = (&ground.patches[one.patch], &ground.patches[other.patch]);
    // A limit is set at one of them: a fact that is told twice is none.
    let sets = |stated: &Stated| {
        let patch = &ground.patches[stated.patch];
        patch.obliges() && binds(&patch.source[stated.sentence.clone()])
    };
    if one.patch == other.patch || !(sets(one) || sets(other)) {
        return false;
    }
    a.ids().iter().any(|id| b.mentions(id)) || similarity(&one.around(a), &other.around(b)) >= SAME
}

impl Stated {
    /// What is said, without the measure: that two places have in common anyway.
    fn around(&self, patch: &Patch<'_>) -> Profile {
        let (sentence, measure) = (&self.sentence, &self.measure.whole);
        let before = &patch.source[sentence.start..measure.start];
        let after = &patch.source[measure.end..sentence.end];
        Profile::of(&format!("{before} {after}"))
    }
}

/// A value that stands nowhere yet, as it is written, and as it is compared.
fn another(all: &[Stated], one: &Stated, ground: &Ground<'_>) -> Option<(String, String)> {
    let measure = &one.measure;
    let source = ground.patches[one.patch].source;
    let value = Value::read(&source[measure.number.clone()])?;
    let share = measure.unit == "%";
    let others = [
        Some(value.times(2)),
        Some(value.times(3)),
        value.half(),
        value.minus(5),
        Some(value.times(10)),
    ];
    others
        .into_iter()
        .flatten()
        .filter(|other| *other != value && (!share || other.is_at_most(100)))
        .map(|other| {
            let written = other.write();
            let mark = format!("{written} {}", measure.unit);
            (written, mark)
        })
        .find(|(_, mark)| !all.iter().any(|one| one.measure.mark == *mark))
}

pub(super) fn absurd(ground: &Ground<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for one in stated(ground) {
        let patch = &ground.patches[one.patch];
        let source = patch.source;
        if !patch.obliges() || !binds(&source[one.sentence.clone()]) {
            continue;
        }
        let Some(value) = Value::read(&source[one.measure.number.clone()]) else {
            continue;
        };
        let before = squeeze(&fold(&source[one.sentence.start..one.measure.whole.start]));
        let bounded = UPPER.iter().any(|upper| {
            before
                .strip_suffix(upper)
                .is_some_and(|rest| rest.ends_with(' '))
        });
        let impossible = match one.measure.unit.as_str() {
            "%" if value.is_at_most(100) => value.plus(100).write(),
            "ms" | "s" | "min" | "h" if bounded && !value.is_at_most(0) => "0".to_owned(),
            _ => continue,
        };
        let mark = format!("{impossible} {}", one.measure.unit);
        // The same limit elsewhere would make it a conflict, which is another sort.
        let repeated = ground.patches.iter().enumerate().any(|(n, other)| {
            n != one.patch
                && patch.ids().iter().any(|id| mentions(other.text(), id))
                && measures(other.source, &other.range)
                    .iter()
                    .any(|measure| measure.mark == one.measure.mark)
        });
        if !repeated {
            found.push(Candidate {
                unique: vec![mark],
                ..Candidate::new(
                    Sort::LimitAbsurd,
                    one.patch,
                    one.measure.number,
                    &impossible,
                )
            });
        }
    }
    found
}
