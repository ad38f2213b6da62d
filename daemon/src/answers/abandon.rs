//! The end of an attempt that no actor could attend.

use synod_adapters::Adapter;
use synod_core::{
    entity::{Attempt, End},
    input::Observation,
};
use synod_shared::words::Reason;
use synod_shim::containment::kill_tree;

use super::dir_of;
use crate::{
    attempt::{Launcher, end_of},
    clock,
};

/// Ends an attempt that no actor could attend: by what the shim recorded, if it did, else by killing its tree.
/// Nothing while the tree still runs: then it is to be tried again.
#[must_use]
pub fn abandon(launcher: &Launcher, adapter: Adapter, attempt: &Attempt) -> Option<Observation> {
    let dir = dir_of(launcher, attempt);
    if let Ok(Some(exit)) = dir.exit() {
        let mut end = end_of(&exit);
        if adapter.is_structured() && end.reason == Reason::Completed {
            // An exit code is not what it said.
            end.reason = Reason::ActorPanicked;
            "it ended with exit code 0, but what it said could not be read; its output is kept"
                .clone_into(&mut end.detail);
        }
        return Some(Observation::Ended {
            attempt: attempt.id,
            end,
        });
    }
    let name = Launcher::name(attempt.execution, attempt.number);
    let started = dir.started().ok().flatten();
    let recorded = started.as_ref().map(|started| started.containment.clone());
    let containment = recorded
        .or_else(|| dir.read_spec().ok().map(|spec| spec.containment))
        .unwrap_or_else(|| launcher.mechanism.leaf_for(&name));
    if let Err(error) = kill_tree(&containment, &Launcher::mark(attempt.id), started.as_ref()) {
        tracing::error!(attempt = %attempt.id, %error, "an abandoned attempt could not be killed yet");
        return None;
    }
    Some(Observation::Lost {
        attempt: attempt.id,
        end: End {
            output_bytes: std::fs::metadata(dir.stdout()).map_or(0, |meta| meta.len()),
            error_bytes: std::fs::metadata(dir.stderr()).map_or(0, |meta| meta.len()),
            ..End::new(
                Reason::ActorPanicked,
                "actors attending this attempt failed twice; what ran was killed, output is kept"
                    .to_owned(),
                clock::utc_us(),
            )
        },
    })
}
