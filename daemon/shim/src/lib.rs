//! One attempt: one directory, one shim, one contained tree of processes.
//!
//! Owns the format of the run directory, the containment of process trees, and the shim itself.
//! Does not own any policy (who may start, when to retry, what an exit means): that is the
//! daemon's. Nothing here knows a runtime, a socket or a database, because nothing in the shim
//! may fail when the daemon is away.

pub mod spec;

pub mod records;

pub mod dir;

pub mod lock;

pub mod inspect;

pub mod process;

pub mod containment;

pub mod launch;

pub mod shim;

mod files;
mod procfs;
mod sys;
