//! What earlier runs left and still stands though a run did not raise it: what reports carry on from run to run.

use std::ops::Range;

use super::{Block, Entry, Said, Terms, content_hash};
use crate::anchor::Input;
use crate::block::Blocks;
use crate::finding::Finding;

/// A matter whose text is in the inputs as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still<'a, T = Entry> {
    pub of: &'a T,
    /// The path and byte range of the first block it is about; none for what was never anchored.
    pub place: Option<(String, Range<usize>)>,
}

/// A finding of an earlier run that a human is still asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub finding: &'a Finding,
    /// `content_hash` of that run's inputs.
    pub content_hash: &'a str,
}

/// The entries that stand in these inputs and that none of the findings is, in their order.
pub fn still_standing<'a>(
    entries: &'a [Entry],
    findings: &[&Finding],
    inputs: &[Input],
) -> Vec<Still<'a>> {
    let blocks = Blocks::new(inputs);
    let content = content_hash(inputs);
    let said: Vec<Said<'_>> = findings.iter().map(|finding| Said::of(finding)).collect();
    let met = |entry: &Entry| {
        let is_it = |finding: &&Finding| finding.met.as_ref() == Some(&entry.id);
        findings.iter().any(is_it)
    };
    let stands = |block: &Block| blocks.find(block).is_some();
    entries
        .iter()
        .filter(|entry| !met(entry))
        .map(|entry| Terms::of(entry, stands, &content))
        .filter(|terms| is_carried(terms, &said))
        .map(|terms| Still {
            of: terms.of,
            place: place(&terms.of.blocks, &blocks),
        })
        .collect()
}

/// Of what earlier runs still ask about, what stands in these inputs, and is none of the findings and no entry: what
/// was decided since is asked no more. Of several that are one matter, the first.
pub fn still_asked<'a>(
    asked: &[Asked<'a>],
    entries: &[Entry],
    findings: &[&Finding],
    inputs: &[Input],
) -> Vec<Still<'a, Finding>> {
    let blocks = Blocks::new(inputs);
    let content = content_hash(inputs);
    let stands = |block: &Block| blocks.find(block).is_some();
    let known: Vec<Terms<'_>> = entries
        .iter()
        .map(|entry| Terms::of(entry, stands, &content))
        .collect();
    let mut said: Vec<Said<'_>> = findings.iter().map(|finding| Said::of(finding)).collect();
    let mut still = Vec::new();
    for one in asked {
        let terms = Terms::asked(one.finding, one.content_hash, stands, &content);
        let own = Said::of(one.finding);
        let decided = known.iter().any(|entry| entry.meets(&own).is_some());
        if decided || !is_carried(&terms, &said) {
            continue;
        }
        said.push(own);
        still.push(Still {
            of: one.finding,
            place: place(&one.finding.blocks, &blocks),
        });
    }
    still
}

/// Whether its text stands and nothing that was said is it.
fn is_carried<T>(terms: &Terms<'_, T>, said: &[Said<'_>]) -> bool {
    terms.binds() && said.iter().all(|said| terms.meets(said).is_none())
}

fn place(of: &[Block], blocks: &Blocks) -> Option<(String, Range<usize>)> {
    of.iter()
        .find_map(|block| Some((block.path.clone(), blocks.find(block)?)))
}
