//! What a set of answers means: from the bytes an agent printed to a verdict with its reasons.
//!
//! Pure decisions: no IO, no clock, no randomness, no async. Everything here is a function of
//! the *set* of answers, so any order of arrival gives the same bytes. Rules that stand above
//! the rest: nobody answered is never nothing found; no finding is dropped; in doubt, two
//! findings stay two.
//!
//! It does not start agents, read files, store questions or talk to people.

pub mod schema;

pub mod extract;

pub mod answer;
pub mod checks;
pub mod requirement;
pub mod shape;

pub mod anchor;
pub mod document;

pub mod diff;

pub mod cluster;
pub mod inject;
pub mod similarity;

pub mod table;

pub mod finding;

pub mod ballot;
pub mod ruling;
pub mod said;
pub mod sheet;

pub mod ledger;

pub mod evidence;

pub mod decide;
pub mod edits;
pub mod settle;
pub mod trust;

pub mod questions;
pub mod record;

pub mod probe;

mod block;
mod gist;
mod marks;
mod text;

pub use anchor::{Anchor, Corpus, Input};
pub use answer::{Answer, Quote, RawFinding, Reading, Resolvability, Severity};
pub use ballot::{Ballot, MAX_BALLOT, Real, Vote, Votes};
pub use checks::{CHECKS, Check};
pub use decide::{Arbiter, FailReason, Member, Outcome, Policy, decide};
pub use evidence::{Evidence, Next};
pub use extract::{Extracted, Invalid, extract};
pub use finding::{Agreement, Audited, Decision, Finding, Voice};
pub use ledger::{Block, Decided, Entry, Human, Standing, content_hash, entry_after, meets};
pub use record::TrackRecord;
pub use requirement::{Requirement, requirements};
pub use ruling::{Arbitration, Ruling, Rulings};
pub use said::Said;
pub use schema::{Mismatch, Schema, SchemaError};
pub use settle::{Disposition, Missing, RunEnd, settle};
pub use shape::Shape;
pub use sheet::Sheet;
pub use table::Table;
pub use trust::Trust;

/// The family of the rule-based reviewers. One voice together, and never part of a quorum of
/// models.
pub const RULES: &str = "rules";
