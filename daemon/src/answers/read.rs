//! Reading what an execution said: an answer, a ballot or rulings, by the part it plays.

use std::{collections::BTreeMap, fs::File, io::Read as _};

use synod_adapters::Adapter;
use synod_consensus::{
    Answer, Mismatch, Rulings, Said, Schema, Votes, answer, ballot, extract, extract::Extracted,
    ruling, sheet::Sheet,
};
use synod_core::{
    entity::{Attempt, Execution, GateWork, Part, Run},
    input::Invalid,
};
use synod_shared::words::Reason;
use synod_shim::dir::RunDir;

use super::dir_of;
use crate::{
    attempt::{Launcher, Reading},
    submit::{Submitter, keep},
};

/// The longest output an answer is looked for in.
pub const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
/// All answers of a run together. A run is told in one message, in which a finding's words stand up to three times:
/// in its voice, as its text or option, and in its question. One that did not fit would shut every client out.
const ALL_ANSWERS: usize = synod_proto::MAX_MESSAGE / 4;

/// Reads the word of an attempt that has ended well. Its output is kept whatever this finds.
pub fn read(
    launcher: &Launcher,
    submitter: &Submitter,
    run: &Run,
    gate: &GateWork,
    execution: &Execution,
    attempt: &Attempt,
) -> Result<Said, Invalid> {
    let (dir, output) = output(launcher, execution.agent.adapter, attempt)?;
    // The first prompt, whichever attempt this is: one that sends an answer back holds that answer, and to say the
    // same again is to be wrong again, not to echo.
    let prompt = keep::prompt(&launcher.paths, execution.id, 1)
        .ok()
        .filter(|first| !first.is_empty())
        .or_else(|| std::fs::read(dir.prompt()).ok())
        .or_else(|| std::fs::read(launcher.archived_dir(attempt).prompt()).ok());
    let find = |schema: &Schema, receipts: &BTreeMap<String, String>| {
        let found = extract(&output, schema, receipts, prompt.as_deref());
        let found = found.map_err(|invalid| Invalid {
            reason: invalid.reason().parse().unwrap_or(Reason::NoJson),
            detail: invalid.to_string(),
        })?;
        fits(&found, gate)?;
        Ok(found.value)
    };
    let mismatch = |mismatch: Mismatch| Invalid {
        reason: Reason::SchemaMismatch,
        detail: mismatch.to_string(),
    };
    let round = || gate.round_of(execution.part).ok_or_else(no_round);
    match execution.part {
        Part::Answer => {
            let definition = submitter
                .definition(run.id, &gate.gate)
                .map_err(|error| Invalid {
                    reason: Reason::SchemaMismatch,
                    detail: error.to_string(),
                })?;
            let value = find(&definition.schema, &gate.receipts)?;
            // Without its inputs an answer to a checklist asks for nothing that exists, and is refused.
            let inputs = keep::inputs(&launcher.paths, run.id).unwrap_or_default();
            let reading = answer::Reading::of(gate.policy.shape, &inputs);
            Answer::read(&reading, &value)
                .map(Said::Answer)
                .map_err(mismatch)
        }
        Part::Ballot => {
            let round = round()?;
            let value = find(&schema(ballot::schema())?, &round.receipts)?;
            let sheet = Sheet::ballot(&round.keys, &gate.policy.seed, &execution.agent.name);
            Votes::from_value(&value, &sheet)
                .map(Said::Ballot)
                .map_err(mismatch)
        }
        Part::Arbiter => {
            let round = round()?;
            let value = find(&schema(ruling::schema())?, &round.receipts)?;
            let sheet = Sheet::docket(&round.keys, &gate.policy.seed, &execution.agent.name);
            Rulings::from_value(&value, &sheet)
                .map(Said::Rulings)
                .map_err(mismatch)
        }
    }
}

/// What an ended attempt said, and its directory.
pub(super) fn output(
    launcher: &Launcher,
    adapter: Adapter,
    attempt: &Attempt,
) -> Result<(RunDir, Vec<u8>), Invalid> {
    let dir = dir_of(launcher, attempt);
    // The directory may move into the archive between two looks.
    let output = said(&dir, adapter, attempt).or_else(|invalid| {
        let archived = launcher.archived_dir(attempt);
        match invalid.reason {
            Reason::OutputLost => said(&archived, adapter, attempt),
            _ => Err(invalid),
        }
    })?;
    Ok((dir, output))
}

fn fits(found: &Extracted, gate: &GateWork) -> Result<(), Invalid> {
    let share = ALL_ANSWERS / gate.roster.len().max(1);
    if found.range.len() <= share {
        return Ok(());
    }
    Err(Invalid {
        reason: Reason::OutputLimit,
        detail: format!(
            "expected an answer of at most {share} bytes, found one of {}; have the agent report less",
            found.range.len()
        ),
    })
}

fn schema(built_in: Result<Schema, synod_consensus::SchemaError>) -> Result<Schema, Invalid> {
    built_in.map_err(|error| Invalid {
        reason: Reason::SchemaMismatch,
        detail: error.to_string(),
    })
}

fn no_round() -> Invalid {
    Invalid {
        reason: Reason::SchemaMismatch,
        detail: "the round this belongs to is not known any more".to_owned(),
    }
}

/// What an agent said at last: its final message, or all it printed if it is a plain command.
fn said(dir: &RunDir, adapter: Adapter, attempt: &Attempt) -> Result<Vec<u8>, Invalid> {
    let recorded = attempt.end.as_ref().map_or(0, |end| end.output_bytes);
    let lost = |error| Invalid {
        reason: Reason::OutputLost,
        detail: format!("the output cannot be read: {error}"),
    };
    let within = |length: u64| {
        if length <= LONGEST_ANSWER {
            return Ok(());
        }
        Err(Invalid {
            reason: Reason::OutputLimit,
            detail: format!(
                "expected an answer within {LONGEST_ANSWER} bytes of output, found {length}; have the agent print less"
            ),
        })
    };
    if adapter.is_structured() {
        let text = Reading::final_text(dir, adapter, recorded)
            .map_err(lost)?
            .unwrap_or_default();
        within(text.len() as u64)?;
        return Ok(text.into_bytes());
    }
    within(recorded)?;
    read_file(&dir.stdout(), recorded).map_err(lost)
}

fn read_file(path: &std::path::Path, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
