//! How often agents and families were right, counted from what people decided.
//!
//! Counts, intervals and what follows from them; every figure is a function of the judgements
//! given. It does not store or fetch judgements, decide findings, or learn anything from the
//! findings themselves: there is no Dawid–Skene here, because tens of outcomes cannot identify
//! it and it assumes an independence of errors that models lack (docs/calibration.md).

pub mod interval;
pub mod tally;

pub mod observation;

pub mod estimate;
pub mod table;

pub mod correlation;
pub mod recall;
pub mod weights;

mod voice;

pub use correlation::{Correlation, effective_votes};
pub use estimate::Estimate;
pub use interval::Interval;
pub use observation::{Judge, Judged, Said, Sampling, Share, Truth};
pub use recall::{Probed, Recall, recall};
pub use table::{Caveat, Line, Scope, Who, table};
pub use tally::Tally;
pub use weights::{Weight, weights};
