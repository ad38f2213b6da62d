//! Reports of a gate's run for other programs and for pull requests: pure functions from what the daemon told to the
//! text of one file.
//!
//! Nothing is asked, written or decided here. All words that came from an agent, a file or a user pass [`words`] or
//! [`lines`], whatever the format escapes besides.

mod item;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;

use std::borrow::Cow;

use prost_types::Timestamp;
use synod_proto::v1::{GetReportResponse, Place, Run};
use synod_shared::sanitize;

use super::{blind::blinded, instant};
use item::Item;

/// Characters of a claim, an answer or a question that a report holds.
const CLAIM: usize = 1_000;
/// Characters of a reason, a detail or a rule.
const REASON: usize = 500;
/// Characters of a quote.
const QUOTE: usize = 2_000;
/// Characters of a name, a path or a word from a table.
const NAME: usize = 300;

/// What a report is made of.
#[derive(Debug)]
pub struct Report<'a> {
    answer: &'a GetReportResponse,
    run: Cow<'a, Run>,
    /// The folder of the inputs below the repository's top level: empty, or it ends with `/`.
    base: &'a str,
    now: jiff::Timestamp,
}

impl<'a> Report<'a> {
    /// From what the daemon told; none if it told of no run. `base` is the folder of the inputs below the
    /// repository's top level, as far as the caller knows one.
    #[must_use]
    pub fn new(answer: &'a GetReportResponse, base: &'a str, now: jiff::Timestamp) -> Option<Self> {
        let run = answer.run.as_ref()?;
        Some(Self {
            answer,
            run: blinded(run),
            base,
            now,
        })
    }

    /// The findings of the run, most urgent first, then what earlier runs left and still stands.
    fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.found().chain(self.left())
    }

    fn found(&self) -> impl Iterator<Item = Item<'_>> {
        self.run.findings.iter().map(|finding| {
            let question = self
                .run
                .questions
                .iter()
                .find(|q| q.finding_id == finding.id);
            let mut known = self.answer.known.iter();
            let known = known.find(|it| it.finding_id == finding.id);
            Item::found(finding, question, known)
        })
    }

    fn left(&self) -> impl Iterator<Item = Item<'_>> {
        self.answer.standing.iter().filter_map(Item::left)
    }

    /// Where a finding's anchors are, in lines, as far as that is known.
    fn places(&self, finding: &str) -> &[Place] {
        self.answer
            .places
            .iter()
            .find(|placed| placed.finding_id == finding)
            .map_or(&[], |placed| placed.places.as_slice())
    }

    /// What the run is about, as a name: the middle of `clarify/checkout#3`, else the last piece of the subject.
    fn subject_name(&self) -> String {
        let middle = self
            .run
            .name
            .strip_prefix(&self.run.gate)
            .and_then(|rest| rest.strip_prefix('/'))
            .map(|rest| rest.rsplit_once('#').map_or(rest, |(name, _)| name));
        let last = self.run.subject.rsplit('/').find(|piece| !piece.is_empty());
        words(middle.or(last).unwrap_or("subject"), NAME)
    }
}

/// A moment as a report names it, wherever it is read.
fn when(at: &Timestamp) -> String {
    match instant(at) {
        Some(at) => at.strftime("%F %H:%M UTC").to_string(),
        None => "at an unknown time".to_owned(),
    }
}

/// Foreign words on one line, cut to what a report holds.
fn words(text: &str, most: usize) -> String {
    let (head, whole) = head(text, most);
    match sanitize::line(head, most) {
        line if whole || line.ends_with('…') => line,
        line => format!("{line}…"),
    }
}

/// Foreign words with their lines, cut to what a report holds.
fn lines(text: &str, most: usize) -> String {
    let (head, whole) = head(text, most);
    let clean = sanitize::text(head);
    match clean.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None if whole => clean,
        None => format!("{clean}…"),
    }
}

/// The beginning that is looked at, however long a text is, and whether that is all of it. What sanitising takes away
/// is seldom more than what it leaves.
fn head(text: &str, most: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(most.saturating_mul(8));
    (&text[..end], end == text.len())
}
