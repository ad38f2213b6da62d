//! How often agents and families were right, counted from what people decided.
//!
//! Counts and intervals; every figure is a function of the judgements given. It does not store
//! or fetch judgements, nor decide findings.

pub mod interval;
pub mod tally;

pub use interval::Interval;
pub use tally::Tally;
