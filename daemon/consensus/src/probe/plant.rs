//! Chooses among the places where faults can be planted, plants them, and says where they are then.
//!
//! Few, spread, at most one in a block, none beside another: faults must not hide or explain one another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::ground::Ground;
use super::lot::Lot;
use super::sort::{Candidate, candidates};
use super::{Control, Fault, Key, Place, Planted, Sort, Stretch};
use crate::anchor::Input;

/// Faults in one document, at most.
pub const MOST: usize = 8;
/// Not more than one in so many blocks, rounded up: a document that is all faults is no measure.
const ONE_IN: usize = 5;
/// Of each sort every other place is kept as it is, for comparison.
const KEPT_BACK: usize = 2;
/// Such places in all, at most.
const CONTROLS: usize = 32;

/// Plants faults of these sorts in a copy of the inputs. Where the text allows none, there are none.
///
/// A function of its arguments; nothing else is drawn from than `seed`.
pub fn plant(inputs: &[Input], sorts: &[Sort], seed: u64) -> Planted {
    let ground = Ground::read(inputs);
    let mut lot = Lot::new(seed);
    let mut sorts: Vec<Sort> = sorts.to_vec();
    sorts.sort_unstable();
    sorts.dedup();
    let mut drawn: Vec<Vec<Candidate>> = Vec::new();
    for sort in sorts {
        let mut of_sort = candidates(sort, &ground);
        lot.shuffle(&mut of_sort);
        drawn.push(of_sort);
    }
    lot.shuffle(&mut drawn);
    let mut choice = Choice::new(&ground);
    for (turn, candidate) in in_turn(drawn) {
        if turn % KEPT_BACK == KEPT_BACK - 1 {
            choice.keep_back(candidate);
        } else {
            choice.take(candidate);
        }
    }
    choice.plant()
}

/// One of each list after the other, with its turn: every sort has a first before any has a second.
fn in_turn(lists: Vec<Vec<Candidate>>) -> Vec<(usize, Candidate)> {
    let numbered = |list: Vec<Candidate>| list.into_iter().enumerate().collect::<Vec<_>>();
    let mut all: Vec<(usize, Candidate)> = lists.into_iter().flat_map(numbered).collect();
    all.sort_by_key(|(turn, _)| *turn);
    all
}

struct Choice<'a> {
    ground: &'a Ground<'a>,
    /// What each document may still take.
    room: Vec<usize>,
    faults: Vec<Candidate>,
    controls: Vec<Candidate>,
    /// Patches with a fault in them, and those beside them.
    taken: BTreeSet<usize>,
    kept: BTreeSet<usize>,
    /// Patches that have to stay as they are, or one of the chosen would be no fault.
    needed: BTreeSet<usize>,
}

impl<'a> Choice<'a> {
    fn new(ground: &'a Ground<'a>) -> Self {
        let mut blocks = vec![0_usize; ground.inputs.len()];
        for patch in &ground.patches {
            blocks[patch.input] += 1;
        }
        Self {
            ground,
            room: blocks
                .into_iter()
                .map(|blocks| blocks.div_ceil(ONE_IN).min(MOST))
                .collect(),
            faults: Vec::new(),
            controls: Vec::new(),
            taken: BTreeSet::new(),
            kept: BTreeSet::new(),
            needed: BTreeSet::new(),
        }
    }

    fn take(&mut self, candidate: Candidate) {
        let input = self.ground.patches[candidate.patch].input;
        let around: Vec<usize> = self.around(candidate.patch).collect();
        let crowded = around
            .iter()
            .any(|patch| self.taken.contains(patch) || self.kept.contains(patch));
        if self.room[input] > 0 && !crowded && self.stands(&candidate) {
            self.room[input] -= 1;
            self.taken.extend(around);
            self.needed.extend(&candidate.needs);
            self.faults.push(candidate);
        }
    }

    fn keep_back(&mut self, candidate: Candidate) {
        let free = !self.taken.contains(&candidate.patch) && !self.kept.contains(&candidate.patch);
        if self.controls.len() < CONTROLS && free && self.stands(&candidate) {
            self.kept.insert(candidate.patch);
            self.needed.extend(&candidate.needs);
            self.controls.push(candidate);
        }
    }

    /// Whether neither the faults so far nor this one undo one another.
    fn stands(&self, candidate: &Candidate) -> bool {
        !self.needed.contains(&candidate.patch)
            && !candidate.needs.iter().any(|need| self.taken.contains(need))
    }

    fn around(&self, patch: usize) -> impl Iterator<Item = usize> {
        let steps = [-1, 0, 1].into_iter();
        steps.filter_map(move |step| self.ground.neighbour(patch, step))
    }

    fn plant(mut self) -> Planted {
        self.faults
            .sort_by_key(|fault| (fault.patch, fault.edit.start));
        self.controls
            .sort_by_key(|control| (control.patch, control.sort));
        let edits = Edits::of(self.ground, &self.faults);
        let mut faults: Vec<Fault> = Vec::new();
        for (n, candidate) in self.faults.iter().enumerate() {
            faults.push(edits.fault(n + 1, candidate));
        }
        let controls = self.controls.iter().map(|candidate| Control {
            sort: candidate.sort,
            place: edits.place(candidate),
        });
        Planted {
            key: Key {
                faults,
                controls: controls.collect(),
            },
            inputs: edits.planted,
        }
    }
}

/// The edits of all documents, and where things are once they are made.
struct Edits<'a> {
    ground: &'a Ground<'a>,
    /// Of each input, in order.
    by_input: BTreeMap<usize, Vec<(Range<usize>, &'a str)>>,
    planted: Vec<Input>,
}

impl<'a> Edits<'a> {
    fn of(ground: &'a Ground<'a>, faults: &'a [Candidate]) -> Self {
        let mut edits: BTreeMap<usize, Vec<(Range<usize>, &str)>> = BTreeMap::new();
        for fault in faults {
            let input = ground.patches[fault.patch].input;
            let edit = (fault.edit.clone(), fault.after.as_str());
            edits.entry(input).or_default().push(edit);
        }
        let planted = ground.inputs.iter().enumerate().map(|(n, input)| {
            let mut text = input.text.clone();
            for (range, after) in edits.get(&n).into_iter().flatten().rev() {
                text.replace_range(range.clone(), after);
            }
            Input {
                path: input.path.clone(),
                text,
            }
        });
        Self {
            planted: planted.collect(),
            ground,
            by_input: edits,
        }
    }

    /// Where a byte of an input is after all edits that end before it.
    fn moved(&self, input: usize, at: usize) -> usize {
        let before = self.by_input.get(&input).into_iter().flatten();
        before
            .take_while(|(range, _)| range.end <= at)
            .fold(at, |at, (range, after)| at + after.len() - range.len())
    }

    fn stretch(&self, patch: usize) -> Stretch {
        let patch = &self.ground.patches[patch];
        Stretch {
            path: patch.path.to_owned(),
            start: self.moved(patch.input, patch.range.start),
            end: self.moved(patch.input, patch.range.end),
        }
    }

    fn place(&self, candidate: &Candidate) -> Place {
        let patch = &self.ground.patches[candidate.patch];
        let gone =
            candidate.edit.start <= patch.range.start && patch.range.end <= candidate.edit.end;
        let mut beside: Vec<usize> = candidate.against.clone();
        if gone {
            beside.extend(
                [-1, 1]
                    .into_iter()
                    .filter_map(|step| self.ground.neighbour(candidate.patch, step)),
            );
        }
        beside.sort_unstable();
        beside.dedup();
        Place {
            block: (!gone).then(|| self.stretch(candidate.patch)),
            beside: beside
                .into_iter()
                .map(|patch| self.stretch(patch))
                .collect(),
            unique: candidate.unique.clone(),
            shared: candidate.shared.clone(),
        }
    }

    fn fault(&self, number: usize, candidate: &Candidate) -> Fault {
        let patch = &self.ground.patches[candidate.patch];
        let start = self.moved(patch.input, candidate.edit.start);
        let planted = &self.planted[patch.input].text;
        Fault {
            id: format!("P{number}"),
            sort: candidate.sort,
            path: patch.path.to_owned(),
            start,
            end: start + candidate.after.len(),
            line: 1 + planted[..start].matches('\n').count(),
            before: patch.source[candidate.edit.clone()].to_owned(),
            after: candidate.after.clone(),
            place: self.place(candidate),
        }
    }
}
