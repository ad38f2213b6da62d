//! What the answers say: reading one from an attempt's output, weighing all of a run, preparing the next round, and
//! the end of an attempt that no actor could attend. IO around the pure decisions of `synod-consensus`.

mod abandon;
mod earlier;
mod evidence;
mod mend;
mod read;
mod round;
mod weigh;

pub use self::{
    abandon::abandon,
    earlier::still_open,
    evidence::Heard,
    mend::send_back,
    read::read,
    weigh::{hash_of, weigh, weigh_nobody},
};

use synod_core::entity::Attempt;
use synod_shim::dir::RunDir;

use crate::attempt::Launcher;

/// An attempt's directory, live or archived.
fn dir_of(launcher: &Launcher, attempt: &Attempt) -> RunDir {
    let live = launcher.live_dir(attempt);
    if live.path().exists() {
        live
    } else {
        launcher.archived_dir(attempt)
    }
}
