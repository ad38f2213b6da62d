//! What a report of a run is made of: the run, what earlier runs left that still stands, and lines instead of bytes.

use std::ops::Range;

use synod_consensus::{Finding, Input, ledger};
use synod_core::entity::{Finding as Found, LedgerEntry};
use synod_proto::v1;
use tonic::Status;

use super::{
    Context,
    edits::{gate_of, root},
    gates::blocking,
};
use crate::{
    answers::still_open,
    store::{Reader, Stamped, StillOpen},
    submit::keep,
    wire::{self, Depth},
};

pub(super) async fn get(
    context: &Context,
    request: v1::GetReportRequest,
) -> Result<v1::GetReportResponse, Status> {
    let target = context.target("a run", &request.run_id).await?;
    // Read before the run, as by GetRun.
    let revision = context.read(Reader::revision).await?;
    let parts = context.parts(&target.run).await?;
    let gate = gate_of(&parts.run.value)?.clone();
    let (name, subject) = (gate.gate.clone(), parts.run.value.subject.clone());
    let own = target.run.clone();
    let (kept, asked) = context
        .read_bulk(move |reader| {
            let asked = reader.asked_of(&name, &subject, &own)?;
            Ok((reader.ledger_of(&name, &subject)?, asked))
        })
        .await?;
    blocking(context, move |submitter| {
        let weighed = parts
            .verdict
            .as_ref()
            .and_then(|it| it.value.weighed.as_ref());
        let weighed_with = weighed.map_or(&[][..], |weighed| &weighed.ledger);
        // Without what was read there are no lines, and nothing can be said to stand.
        let inputs = keep::inputs(&submitter.paths, parts.run.value.id).unwrap_or_default();
        let findings: Vec<&Finding> = parts.findings.iter().map(|it| &it.value.content).collect();
        let places = parts.findings.iter().filter_map(|stamped| {
            let anchors = &stamped.value.content.anchors;
            let places: Option<Vec<v1::Place>> = anchors
                .iter()
                .map(|anchor| place(&inputs, &anchor.path, anchor.start..anchor.end))
                .collect();
            Some(v1::PlacedFinding {
                finding_id: stamped.value.id.to_string(),
                places: places?,
            })
        });
        Ok(v1::GetReportResponse {
            places: places.collect(),
            standing: standing(&kept, &asked, &findings, &inputs),
            known: parts
                .findings
                .iter()
                .filter_map(|it| known(&it.value, &kept, weighed_with))
                .collect(),
            inputs: inputs.iter().map(|input| input.path.clone()).collect(),
            root: root(&parts.run.value, &gate).display().to_string(),
            run: Some(wire::compose(&parts, Depth::Whole)),
            revision,
        })
    })
    .await
}

/// What earlier runs call a finding, if it is a matter of theirs.
fn known(
    finding: &Found,
    kept: &[Stamped<LedgerEntry>],
    weighed_with: &[ledger::Entry],
) -> Option<v1::KnownFinding> {
    let met = finding.content.met.as_ref()?;
    let entry = kept
        .iter()
        .map(|it| &it.value.entry)
        .chain(weighed_with)
        .find(|entry| entry.id == *met)?;
    Some(v1::KnownFinding {
        finding_id: finding.id.to_string(),
        quote: entry.quote.clone(),
        fingerprint: entry
            .located
            .as_ref()
            .map(|located| located.fingerprint.clone())
            .unwrap_or_default(),
    })
}

/// What earlier runs left: what was decided, and then what is still asked.
fn standing(
    kept: &[Stamped<LedgerEntry>],
    asked: &[StillOpen],
    findings: &[&Finding],
    inputs: &[Input],
) -> Vec<v1::ReportedEntry> {
    // The words it is about say more than the paragraph they stand in.
    let place_of = |block: Option<(String, Range<usize>)>, quote: &str| {
        let (path, range) = block?;
        let range = quoted(inputs, &path, range, quote);
        place(inputs, &path, range)
    };
    let entries: Vec<ledger::Entry> = kept.iter().map(|it| it.value.entry.clone()).collect();
    let decided = ledger::still_standing(&entries, findings, inputs)
        .into_iter()
        .filter_map(|still| {
            let kept = kept.iter().find(|it| it.value.entry.id == still.of.id)?;
            Some(v1::ReportedEntry {
                entry: Some(wire::ledger_entry(&kept.value, kept.revision)),
                place: place_of(still.place, &kept.value.entry.quote),
            })
        });
    let open = still_open(asked, &entries, findings, inputs)
        .into_iter()
        .map(|(open, block)| {
            let entry = wire::asked_elsewhere(&open.run, &open.finding, &open.question);
            let place = place_of(block, &entry.quote);
            v1::ReportedEntry {
                entry: Some(entry),
                place,
            }
        });
    decided.chain(open).collect()
}

/// The range of a quote within a range, if it stands there.
fn quoted(inputs: &[Input], path: &str, within: Range<usize>, quote: &str) -> Range<usize> {
    let text = inputs.iter().find(|input| input.path == path);
    let found = text
        .and_then(|input| input.text.get(within.clone()))
        .and_then(|block| block.find(quote))
        .filter(|_| !quote.is_empty());
    match found {
        Some(at) => within.start + at..within.start + at + quote.len(),
        None => within,
    }
}

/// A byte range in lines and columns; none if it is not in the input.
fn place(inputs: &[Input], path: &str, range: Range<usize>) -> Option<v1::Place> {
    let text = &inputs.iter().find(|input| input.path == path)?.text;
    let piece = text.get(range.clone())?;
    // A line's end belongs to its line.
    let last = range.start + piece.trim_end_matches(['\n', '\r']).len();
    let (first_line, first_column) = position(text, range.start);
    let (last_line, end_column) = position(text, last);
    Some(v1::Place {
        path: path.to_owned(),
        first_line,
        first_column,
        last_line,
        end_column,
        start: range.start as u64,
        end: range.end as u64,
    })
}

/// Line and column of a byte offset on a character's boundary, both from 1.
fn position(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let begin = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before[begin..].chars().count() + 1;
    (line as u32, column as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, range: Range<usize>, expected: [u32; 4]) {
        let inputs = [Input {
            path: "spec.md".into(),
            text: text.into(),
        }];
        let found = place(&inputs, "spec.md", range).unwrap();
        let lines = [
            found.first_line,
            found.first_column,
            found.last_line,
            found.end_column,
        ];
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn lines_and_columns_are_counted_in_characters_from_one() {
        check("abc", 0..3, [1, 1, 1, 4]);
        check("ä\nöü x\n", 3..7, [2, 1, 2, 3]);
        check("a\nb\n", 0..2, [1, 1, 1, 2]);
        check("a\r\nb\r\nc", 0..6, [1, 1, 2, 2]);
        check("", 0..0, [1, 1, 1, 1]);
    }

    #[test]
    fn what_is_not_in_the_input_has_no_place() {
        let inputs = [Input {
            path: "spec.md".into(),
            text: "ä".into(),
        }];
        assert_eq!(place(&inputs, "spec.md", 0..1), None);
        assert_eq!(place(&inputs, "spec.md", 0..9), None);
        assert_eq!(place(&inputs, "PRD.md", 0..0), None);
    }

    #[test]
    fn a_quote_is_looked_for_in_its_block_alone() {
        let inputs = [Input {
            path: "spec.md".into(),
            text: "fast. The checkout is fast.".into(),
        }];
        assert_eq!(quoted(&inputs, "spec.md", 6..27, "fast"), 22..26);
        assert_eq!(quoted(&inputs, "spec.md", 6..27, "slow"), 6..27);
        assert_eq!(quoted(&inputs, "spec.md", 6..27, ""), 6..27);
    }
}
