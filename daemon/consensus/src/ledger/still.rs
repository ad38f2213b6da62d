//! What of the ledger still stands though a run did not raise it: what reports carry on from run to run.

use std::ops::Range;

use super::{Block, Entry, Said, Terms, content_hash};
use crate::anchor::Input;
use crate::block::Blocks;
use crate::finding::Finding;

/// An entry whose text is in the inputs as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still<'a> {
    pub entry: &'a Entry,
    /// The path and byte range of the first block it is about; none for what was never anchored.
    pub place: Option<(String, Range<usize>)>,
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
    entries
        .iter()
        .filter(|entry| !met(entry))
        .filter_map(|entry| {
            let stands = |block: &Block| blocks.find(block).is_some();
            let terms = Terms::of(entry, stands, &content);
            if !terms.binds() || said.iter().any(|said| terms.meets(said).is_some()) {
                return None;
            }
            let place = entry
                .blocks
                .iter()
                .find_map(|block| Some((block.path.clone(), blocks.find(block)?)));
            Some(Still { entry, place })
        })
        .collect()
}
