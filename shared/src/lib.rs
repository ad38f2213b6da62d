//! Words both processes must agree on: ids, states, reasons, paths, and how text from an agent is made
//! harmless. With feature `wire` also the JSON of messages and the projection of the feed.
//!
//! Admission: would the two processes disagree if each had its own copy? If not, it does not live here.

pub mod ids;
pub mod words;

pub mod paths;
pub mod sanitize;

#[cfg(feature = "recording")]
pub mod recording;

#[cfg(feature = "wire")]
pub mod json;
#[cfg(feature = "wire")]
pub mod projection;
