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
pub mod evidence;
pub mod ledger;
pub mod ruling;
pub mod said;

pub mod decide;
pub mod settle;
pub mod trust;

pub mod questions;

mod marks;
mod text;

pub use anchor::{Anchor, Corpus, Input};
pub use answer::{Answer, Quote, RawFinding, Resolvability, Severity};
pub use ballot::{Ballot, Real, Vote, Votes};
pub use decide::{Arbiter, FailReason, Member, Outcome, Policy, decide};
pub use evidence::{Evidence, Next};
pub use extract::{Extracted, Invalid, extract};
pub use finding::{Agreement, Decision, Finding, Voice};
pub use ruling::{Arbitration, Ruling, Rulings};
pub use said::Said;
pub use schema::{Mismatch, Schema, SchemaError};
pub use settle::{Disposition, Missing, RunEnd, settle};
pub use shape::Shape;
pub use table::Table;
pub use trust::Trust;

/// The family of the rule-based reviewers. One voice together, and never part of a quorum of
/// models.
pub const RULES: &str = "rules";
