//! Attending attempts: one actor for each, as long as it lives.
//!
//! Actors own the IO with run directories and processes, and report what they see. They write nothing else:
//! only the engine commits.

mod actor;
mod descriptor;
mod end;
mod launch;
mod lines;
mod output;
mod reading;
mod report;
mod shim;
mod tail;
mod talk;
mod talking;
mod wait;
mod watch;
mod workspace;

pub use self::{
    actor::{Attending, attend},
    descriptor::readable,
    end::end_of,
    launch::{Launcher, own_exe},
    reading::Reading,
    tail::{Stream, Tail, tail},
    talking::Choices,
    watch::Watcher,
};
