//! How often agents and families were right, counted from what people decided.
//!
//! Counts and intervals; every figure is a function of the judgements given. It does not store
//! or fetch judgements, nor decide findings.

pub mod interval;
pub mod tally;

pub mod observation;

pub mod estimate;
pub mod table;

mod voice;

pub use estimate::Estimate;
pub use interval::Interval;
pub use observation::{Judge, Judged, Said, Sampling, Share, Truth};
pub use table::{Caveat, Line, Scope, Who, table};
pub use tally::Tally;
