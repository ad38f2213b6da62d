//! The database: one file, one writer.
//!
//! Owns the schema, the one transaction of a batch, loading at start, and paged reading. Does not know what
//! an entity means: bodies go in and come out as the core wrote them, changes as the bytes that are sent.

mod batch;
mod calibration;
mod error;
mod ledger;
mod load;
mod read;
mod schema;
mod usage;
mod watermark;

pub use self::{
    batch::{Batch, Known, Row, Table},
    calibration::GateRun,
    error::StoreError,
    ledger::{DecidedRun, StillOpen},
    read::{Found, Kind, Reader, RunParts, Stamped, Target},
    schema::{Opened, Store},
    watermark::Watermark,
};
