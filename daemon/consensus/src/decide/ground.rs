//! What findings stand on: where each of them is anchored, and which blocks that binds it to.
//!
//! The one place that knows what kind of inputs a run has. It judges nothing.

use crate::anchor::{Anchor, Corpus, Input};
use crate::answer::{Quote, RawFinding, Resolvability, Severity};
use crate::block::Blocks;
use crate::diff::{Placed, Placing};
use crate::ledger::Block;
use crate::requirement::{Requirement, requirements};
use crate::shape::Shape;

/// The inputs, prepared for many look-ups.
pub(crate) enum Ground<'a> {
    /// Documents, in which quotes are looked for.
    Documents { corpus: Corpus, blocks: Blocks },
    /// Documents with enumerated requirements: a matter stands where its requirement does.
    Requirements {
        corpus: Corpus,
        blocks: Blocks,
        list: Vec<Requirement>,
    },
    /// A change and the files after it: a remark stands on lines.
    Change {
        corpus: Corpus,
        blocks: Blocks,
        placing: Placing<'a>,
    },
}

impl<'a> Ground<'a> {
    pub(crate) fn of(shape: Shape, inputs: &'a [Input]) -> Self {
        let (corpus, blocks) = (Corpus::new(inputs), Blocks::new(inputs));
        match shape {
            Shape::Findings => Self::Documents { corpus, blocks },
            Shape::Remarks => Self::Change {
                corpus,
                blocks,
                placing: Placing::new(inputs),
            },
            Shape::Checks => Self::Requirements {
                corpus,
                blocks,
                list: requirements(inputs),
            },
        }
    }

    /// Anchors are in document order; there are none when it is unanchored.
    pub(crate) fn place(&self, finding: &RawFinding) -> Placed {
        let quoted = |corpus: &Corpus| Placed {
            anchors: corpus.resolve(finding),
            located: None,
        };
        match self {
            Self::Documents { corpus, .. } => quoted(corpus),
            Self::Requirements { corpus, list, .. } => {
                match list.iter().find(|requirement| requirement.owns(finding)) {
                    Some(requirement) => Placed {
                        anchors: vec![requirement.anchor()],
                        located: None,
                    },
                    None => quoted(corpus),
                }
            }
            // What the daemon itself finds in an input states no lines.
            Self::Change {
                corpus, placing, ..
            } => match finding.place {
                Some(_) => placing.place(finding),
                None => quoted(corpus),
            },
        }
    }

    /// Position of a document among the inputs, for document order.
    pub(crate) fn order(&self, path: &str) -> usize {
        match self {
            Self::Documents { corpus, .. }
            | Self::Requirements { corpus, .. }
            | Self::Change { corpus, .. } => corpus.order(path),
        }
    }

    /// What a decision about something at these anchors is bound to.
    pub(crate) fn blocks(&self, anchors: &[Anchor]) -> Vec<Block> {
        match self {
            Self::Documents { blocks, .. }
            | Self::Requirements { blocks, .. }
            | Self::Change { blocks, .. } => blocks.around(anchors),
        }
    }

    /// Where a block of an earlier run stands now; `None` once its text has changed.
    pub(crate) fn find(&self, block: &Block) -> Option<Anchor> {
        match self {
            Self::Documents { blocks, corpus }
            | Self::Requirements { blocks, corpus, .. }
            | Self::Change { blocks, corpus, .. } => {
                corpus.anchor(&block.path, blocks.find(block)?)
            }
        }
    }

    /// Whether a change leaves all of a place as it was. Documents have no such place: all of them is looked at.
    pub(crate) fn leaves(&self, place: &Anchor) -> bool {
        let Self::Change { placing, .. } = self else {
            return false;
        };
        let lines: Vec<&str> = place.quote.lines().collect();
        // As many lines as a remark quotes at most.
        lines.chunks(5).all(|some| {
            let placed = placing.place(&quoting(&place.path, &some.join("\n")));
            placed.located.is_some_and(|located| located.pre_existing)
        })
    }
}

/// A remark that only quotes.
fn quoting(path: &str, text: &str) -> RawFinding {
    RawFinding {
        kind: String::new(),
        claim: String::new(),
        severity: Severity::Minor,
        resolvability: Resolvability::NeedHuman,
        answer: None,
        options: Vec::new(),
        reasoning: None,
        suggested_fix: None,
        quotes: vec![Quote {
            path: Some(path.to_owned()),
            text: text.to_owned(),
        }],
        about: None,
        matter: None,
        place: None,
    }
}
