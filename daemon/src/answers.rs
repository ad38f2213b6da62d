//! What the answers say: reading one from an attempt's output, weighing all of a run, and the end of an
//! attempt that no actor could attend. IO around the pure decisions of `synod-consensus`.

use std::{collections::BTreeMap, fs::File, io::Read as _};

use synod_adapters::Adapter;
use synod_consensus::{Answer, Corpus, FailReason, Input, Member, RawFinding, decide, extract};
use synod_core::{
    entity::{Attempt, End, GateWork, Run, Work},
    input::{Invalid, Observation, Weighing},
    state::State,
};
use synod_shared::{
    ids::RunId,
    paths::Paths,
    words::{ExecutionState, Reason},
};
use synod_shim::{containment::kill_tree, dir::RunDir};

use crate::{
    attempt::{Launcher, Reading, end_of},
    clock,
    submit::{Submitter, keep},
};

/// The longest output an answer is looked for in.
pub const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
/// All answers of a run together. A run is told in one message, in which a finding's words stand up to three times:
/// in its voice, as its text or option, and in its question. One that did not fit would shut every client out.
const ALL_ANSWERS: usize = synod_proto::MAX_MESSAGE / 4;

fn dir_of(launcher: &Launcher, attempt: &Attempt) -> RunDir {
    let live = launcher.live_dir(attempt);
    if live.path().exists() {
        live
    } else {
        launcher.archived_dir(attempt)
    }
}

/// Reads the answer of an attempt that has ended well. Its output is kept whatever this finds.
pub fn read(
    launcher: &Launcher,
    submitter: &Submitter,
    gate: &GateWork,
    adapter: Adapter,
    attempt: &Attempt,
) -> Result<Answer, Invalid> {
    let dir = dir_of(launcher, attempt);
    // The directory may move into the archive between two looks.
    let output = said(&dir, adapter, attempt).or_else(|invalid| {
        let archived = launcher.archived_dir(attempt);
        match invalid.reason {
            Reason::OutputLost => said(&archived, adapter, attempt),
            _ => Err(invalid),
        }
    })?;
    let prompt = std::fs::read(dir.prompt())
        .or_else(|_| std::fs::read(launcher.archived_dir(attempt).prompt()))
        .ok();
    let definition = submitter.gates.get(&gate.gate).map_err(|error| Invalid {
        reason: Reason::SchemaMismatch,
        detail: error.to_string(),
    })?;
    let found = extract(
        &output,
        &definition.schema,
        &gate.receipts,
        prompt.as_deref(),
    )
    .map_err(|invalid| Invalid {
        reason: invalid.reason().parse().unwrap_or(Reason::NoJson),
        detail: invalid.to_string(),
    })?;
    let share = ALL_ANSWERS / gate.roster.len().max(1);
    if found.range.len() > share {
        return Err(Invalid {
            reason: Reason::OutputLimit,
            detail: format!(
                "expected an answer of at most {share} bytes, found one of {}; have the agent report less",
                found.range.len()
            ),
        });
    }
    Answer::from_value(&found.value).map_err(|mismatch| Invalid {
        reason: Reason::SchemaMismatch,
        detail: mismatch.to_string(),
    })
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

/// What is needed to weigh a run's answers.
#[derive(Debug, Clone)]
pub struct Weighable {
    run: RunId,
    gate: Box<GateWork>,
    members: Vec<Member>,
}

impl Weighable {
    /// The answers of a run whose executions have all ended.
    #[must_use]
    pub fn of(run: &Run, state: &State) -> Option<Self> {
        let Work::Gate(gate) = &run.work else {
            return None;
        };
        let members = state
            .speakers(run)
            .into_iter()
            .map(|execution| Member {
                agent: execution.agent.name.clone(),
                family: execution.agent.family.clone(),
                execution_id: execution.id.to_string(),
                attempt_id: execution
                    .attempts
                    .last()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                result: match (execution.state, state.answer(execution.id)) {
                    (ExecutionState::Completed, Some(answer)) => Ok(answer.clone()),
                    (ExecutionState::Completed, None) => Err(FailReason {
                        reason: Reason::OutputLost.to_string(),
                        detail: "its answer is no longer there".to_owned(),
                    }),
                    _ => Err(FailReason {
                        reason: execution
                            .reason
                            .map(|reason| reason.to_string())
                            .unwrap_or_default(),
                        detail: execution.detail.clone(),
                    }),
                },
                range: None,
            })
            .collect();
        Some(Self {
            run: run.id,
            gate: gate.clone(),
            members,
        })
    }

    /// The same run with nobody's word.
    #[must_use]
    pub fn into_failed(mut self) -> Self {
        for member in &mut self.members {
            member.result = Err(FailReason {
                reason: Reason::ActorPanicked.to_string(),
                detail: "weighing the answers failed; they are kept".to_owned(),
            });
        }
        self
    }
}

/// Weighs a run's answers against the inputs as they were submitted.
#[must_use]
pub fn weigh(paths: &Paths, what: &Weighable) -> Weighing {
    match keep::inputs(paths, what.run) {
        Ok(inputs) => weigh_with(what, &inputs),
        Err(error) => {
            tracing::warn!(run = %what.run, %error, "weighing without the inputs: nothing can be anchored");
            weigh_without_inputs(what)
        }
    }
}

/// Weighs without inputs: nothing is anchored, so nothing is settled without a human.
#[must_use]
pub fn weigh_without_inputs(what: &Weighable) -> Weighing {
    weigh_with(what, &[])
}

fn weigh_with(what: &Weighable, inputs: &[Input]) -> Weighing {
    let planted: &[RawFinding] = &what.gate.planted;
    let outcome = decide(&what.members, planted, inputs, &what.gate.policy);
    let corpus = Corpus::new(inputs);
    let sections: BTreeMap<String, String> = outcome
        .findings
        .iter()
        .filter_map(|finding| {
            let anchor = finding.anchors.first()?;
            let place = match corpus.heading_of(anchor) {
                Some(heading) => format!("{}: {}", anchor.path, heading.title),
                None => anchor.path.clone(),
            };
            Some((finding.key.clone(), place))
        })
        .collect();
    Weighing {
        run: what.run,
        outcome,
        sections,
    }
}

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
