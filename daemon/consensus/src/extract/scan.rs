//! Finds where JSON objects and arrays begin and end in any bytes, in one pass.
//!
//! Each `{` or `[` anywhere may begin a value, also inside what looks like a string of broken
//! JSON. Trying each of them would be quadratic. It is not needed: two readings of the same
//! bytes that are both alive always disagree on whether they are inside a string (a quote flips
//! both, a backslash kills the one outside), so at most two are alive at any byte, and a value
//! nested in a reading dies or ends with it. Two automata therefore see every value there is,
//! and each looks at each byte once.
//!
//! It does not build values (serde_json does) and does not judge them.

use std::collections::VecDeque;
use std::ops::Range;

use crate::extract::automaton::{Automaton, Closed, Posture, Shape};

/// serde_json reads values nested up to 127 deep, so deeper ones are no candidates.
pub(crate) const MAX_DEPTH: usize = 127;

/// How many candidates are remembered: the last ones, so that memory stays bounded.
const MAX_ATTEMPTS: usize = 4096;

/// The keys by which an attempt at an answer is recognised.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    /// An attempt has all of these.
    pub(crate) all: Vec<&'a str>,
    /// These alone make an object worth complaining about.
    pub(crate) hint: &'a str,
}

/// What the bytes hold. Spans are in order of their ends.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Outermost objects with all the keys of an answer; disjoint unless the bytes can be read
    /// in two ways.
    pub(crate) attempts: VecDeque<Range<usize>>,
    /// The last object with some of the keys.
    pub(crate) partial: Option<Range<usize>>,
    /// The last object, outermost.
    pub(crate) object: Option<Range<usize>>,
    /// The last array that holds an object, outermost.
    pub(crate) array: Option<Range<usize>>,
    /// A value was nested deeper than `MAX_DEPTH`.
    pub(crate) too_deep: bool,
    /// Bytes looked at, by either automaton.
    pub(crate) examined: usize,
}

impl Scan {
    pub(crate) fn of(bytes: &[u8], keys: &Keys<'_>) -> Self {
        let mut scan = Self::default();
        let mut first = Automaton::default();
        let mut second = Automaton::default();
        for (at, &byte) in bytes.iter().enumerate() {
            let opener = matches!(byte, b'{' | b'[');
            let (one, two) = (first.posture(), second.posture());
            scan.examined += 1 + usize::from(one != Posture::Idle && two != Posture::Idle);
            match one {
                // Where the other reading is not in a string, the opener is its own.
                Posture::Idle if opener && two != Posture::Structure => {
                    first.open(at, byte, &mut scan.too_deep);
                }
                Posture::Idle => {}
                Posture::Text | Posture::Structure => {
                    let closed = first.step(bytes, at, keys, &mut scan);
                    scan.record(closed, keys);
                }
            }
            match two {
                Posture::Idle if opener && one == Posture::Text => {
                    second.open(at, byte, &mut scan.too_deep);
                }
                Posture::Idle => {}
                Posture::Text | Posture::Structure => {
                    let closed = second.step(bytes, at, keys, &mut scan);
                    scan.record(closed, keys);
                }
            }
        }
        scan
    }

    fn record(&mut self, closed: Option<Closed>, keys: &Keys<'_>) {
        let Some(Closed { span, shape }) = closed else {
            return;
        };
        match shape {
            Shape::Object { keys: seen, hinted } => {
                if seen.count_ones() as usize == keys.all.len() {
                    // What lies inside an attempt is its content, not an answer of its own.
                    while self
                        .attempts
                        .back()
                        .is_some_and(|inner| inner.start > span.start)
                    {
                        self.attempts.pop_back();
                    }
                    if self.attempts.len() == MAX_ATTEMPTS {
                        self.attempts.pop_front();
                    }
                    self.attempts.push_back(span.clone());
                } else if seen != 0 || hinted {
                    self.partial = Some(span.clone());
                }
                self.object = Some(span);
            }
            Shape::Array { holds_object: true } => self.array = Some(span),
            Shape::Array {
                holds_object: false,
            } => {}
        }
    }
}
