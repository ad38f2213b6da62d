//! Looking at the run directories at start, before the engine plans anything.
//!
//! Live rows are attended by their actors, which look for themselves. Here is the rest: what the database calls
//! ended is ended and archived, what it does not know is taken in from what the directories prove.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use synod_core::{
    adopt::{Adoption, Evidence as Proof, Row, adopt},
    entity::{Attempt, Run, Work},
    input::Found,
};
use synod_shared::paths::Paths;
use synod_shim::{
    containment::kill_tree,
    dir::{DirError, RunDir, clean_unborn},
    spec::Spec,
};

use crate::store::{Opened, Reader, StoreError};

/// What the directories prove beside what the database knows.
pub fn survey(paths: &Paths, reader: &Reader, opened: Opened) -> Result<Vec<Found>, StoreError> {
    if let Err(error) = clean_unborn(&paths.runs()) {
        tracing::warn!(%error, "unfinished run directories were not removed");
    }
    let mut found = BTreeMap::new();
    for dir in list(&paths.runs()) {
        let Some(spec) = spec_of(&dir) else { continue };
        let row = match reader.attempt(&spec.attempt_id)? {
            None => Row::Unknown,
            Some(attempt) => attempt.state.into(),
        };
        // The evidence does not matter for these two rows: the table says so.
        match adopt(row, Proof::Held) {
            Adoption::StopAndArchive => stop_and_archive(&dir, &spec, &paths.archive()),
            Adoption::Import => import(&mut found, &spec),
            _ => {}
        }
    }
    // What the archive holds had ended, and its outcome is not to be lost.
    match opened {
        Opened::Existing if found.is_empty() => {}
        Opened::Existing => import_archived(&mut found, reader, list(&paths.archive()))?,
        Opened::Created | Opened::Replaced => {
            for dir in list(&paths.archive()) {
                import_unknown(&mut found, reader, &dir)?;
            }
        }
    }
    if !found.is_empty() {
        tracing::warn!(
            runs = found.len(),
            "runs the database does not know are taken in from their directories"
        );
    }
    let mut found: Vec<Found> = found.into_values().collect();
    // In the order in which they were submitted, as far as clocks tell: that is the order of lists.
    found.sort_by_key(|found| found.run.created.utc_us);
    Ok(found)
}

fn import_unknown(
    found: &mut BTreeMap<String, Found>,
    reader: &Reader,
    dir: &RunDir,
) -> Result<(), StoreError> {
    if let Some(spec) = spec_of(dir)
        && reader.attempt(&spec.attempt_id)?.is_none()
    {
        import(found, &spec);
    }
    Ok(())
}

/// What the archive holds of runs that are taken in. The database is older than it looks: what it does not know of a
/// run that goes on may have ended as well. By the names of directories, so that a long history costs nothing.
fn import_archived(
    found: &mut BTreeMap<String, Found>,
    reader: &Reader,
    mut archived: Vec<RunDir>,
) -> Result<(), StoreError> {
    loop {
        let executions: BTreeSet<String> = found
            .values()
            .flat_map(|found| &found.executions)
            .map(|execution| execution.id.to_string())
            .collect();
        let of_found = |dir: &mut RunDir| {
            let name = dir.name().to_string_lossy().into_owned();
            name.rsplit_once('-')
                .is_some_and(|(execution, _)| executions.contains(execution))
        };
        let theirs: Vec<RunDir> = archived.extract_if(.., of_found).collect();
        if theirs.is_empty() {
            return Ok(());
        }
        // Each may tell of further executions.
        for dir in theirs {
            import_unknown(found, reader, &dir)?;
        }
    }
}

fn list(parent: &Path) -> Vec<RunDir> {
    RunDir::list(parent).unwrap_or_else(|error| {
        tracing::error!(%error, "run directories cannot be listed");
        Vec::new()
    })
}

fn spec_of(dir: &RunDir) -> Option<Spec> {
    match dir.read_spec() {
        Ok(spec) => Some(spec),
        Err(error) => {
            tracing::error!(dir = %dir.path().display(), %error, "a run directory cannot be read; it is left as it is");
            None
        }
    }
}

fn import(found: &mut BTreeMap<String, Found>, spec: &Spec) {
    match serde_json::from_value::<Found>(spec.import.clone()) {
        Ok(new) => {
            let known: &mut Found = found.entry(spec.run_id.clone()).or_insert_with(|| Found {
                attempts: Vec::new(),
                ..new.clone()
            });
            known.attempts.extend(new.attempts);
            // The end of an attempt that a later one's directory tells of is what was committed.
            known.attempts.sort_by_key(|attempt: &Attempt| {
                (attempt.execution, attempt.number, attempt.end.is_none())
            });
            known.attempts.dedup_by_key(|attempt| attempt.id);
            for execution in new.executions {
                match known
                    .executions
                    .iter_mut()
                    .find(|one| one.id == execution.id)
                {
                    None => known.executions.push(execution),
                    Some(one) if execution.state.is_terminal() => *one = execution,
                    Some(_) => {}
                }
            }
            if rounds(&new.run) > rounds(&known.run) {
                known.run.work = new.run.work.clone();
            }
            let missing: Vec<_> = new
                .run
                .executions
                .iter()
                .filter(|id| !known.run.executions.contains(id))
                .copied()
                .collect();
            known.run.executions.extend(missing);
        }
        Err(error) => {
            tracing::error!(run = %spec.run_id, %error, "a run directory says too little to take its run in");
        }
    }
}

fn rounds(run: &Run) -> usize {
    match &run.work {
        Work::Gate(gate) => gate.rounds.len(),
        Work::Agent | Work::Command => 0,
    }
}

/// What the database calls ended must not run on.
fn stop_and_archive(dir: &RunDir, spec: &Spec, archive: &Path) {
    let started = dir.started().ok().flatten();
    let ended = matches!(dir.exit(), Ok(Some(_)));
    if !ended {
        let containment = started
            .as_ref()
            .map_or(&spec.containment, |started| &started.containment);
        match kill_tree(containment, &spec.attempt_id, started.as_ref()) {
            Ok(gone) if gone.killed > 0 => {
                tracing::warn!(attempt = %spec.attempt_id, killed = gone.killed, "an ended attempt still ran");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(attempt = %spec.attempt_id, %error, "an ended attempt still runs");
                return;
            }
        }
    }
    match dir.archive(archive) {
        Ok(_) | Err(DirError::Missing { .. }) => {}
        Err(error) => tracing::warn!(attempt = %spec.attempt_id, %error, "not archived yet"),
    }
}
