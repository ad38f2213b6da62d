//! Gate runs: definition, roster, quorum, subject, prompts; all of it as it stands at this moment.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use synod_adapters::Purpose;
use synod_config::{
    Agent, Check, Checklist, Config, GateDef, Kind, PromptError, Requirement, Subject, nonce_from,
    receipt_from, render,
};
use synod_consensus::{
    Input, Policy, RULES, RawFinding, Shape, TrackRecord, checks, decide::Arbiter, diff, inject,
    ledger, requirement::requirements,
};
use synod_core::{
    entity::{AgentSpec, Deadlines, Definition, GateWork, Patience, Seat, Voting},
    input::{Command, Equal, SpawnGate},
    time::Now,
};
use synod_proto::v1;
use synod_shared::ids::{ExecutionId, RunId};

use crate::review::Material;

use super::{
    Ready, SubmitError, Submitter,
    agent::working_directory,
    environment, hex,
    keep::{Environments, Kept},
    payload_hash, probe,
    spec::{Task, check_prompt, spec_of},
};

/// How often fresh codes are drawn when an input happens to contain one.
const DRAWS: usize = 8;

/// What a gate is put to.
#[derive(Debug, Clone)]
pub enum Matter {
    /// Documents, by the path of a folder or a file.
    Documents(PathBuf),
    /// A change.
    Change(Box<Material>),
}

impl Matter {
    /// A place in the repository whose own gates count.
    fn place(&self) -> &Path {
        match self {
            Self::Documents(path) => path,
            Self::Change(change) => &change.root,
        }
    }
}

/// The key that a submission would have: what an ended run's verdict is found by.
pub fn key_of(
    submitter: &Submitter,
    request: &v1::SpawnQualityGateRequest,
    matter: &Matter,
) -> Result<String, SubmitError> {
    let gates = submitter.gates(matter.place())?;
    let gate = gates.get(&request.gate)?;
    let config = submitter.config()?;
    let roster = gate.asked(&config, &request.roster)?;
    let asked = Asked {
        gate,
        quorum: quorum(gate, request.quorum, &roster)?,
        roster: &roster,
        arbiter: gate.arbiter_of(&config)?,
    };
    Ok(match matter {
        Matter::Documents(path) => {
            let subject = Subject::read(path, gate, &config.limits)?;
            asked.key(&subject.path, &subject.content_hash)
        }
        Matter::Change(change) => asked.key(&change.root, &change.change),
    })
}

/// Reads and checks a submission, and keeps its files. `record` is what is known of the families by now.
pub fn gate(
    submitter: &Submitter,
    request: v1::SpawnQualityGateRequest,
    matter: &Matter,
    record: TrackRecord,
) -> Result<Ready, SubmitError> {
    let gates = submitter.gates(matter.place())?;
    let gate = gates.get(&request.gate)?;
    let config = submitter.config()?;
    let caller: BTreeMap<String, String> = request.env.clone().into_iter().collect();
    let roster = gate.asked(&config, &request.roster)?;
    let quorum = quorum(gate, request.quorum, &roster)?;
    let (subject, inputs) = match matter {
        Matter::Documents(path) => {
            let subject = Subject::read(path, gate, &config.limits)?;
            let inputs = read(&subject);
            (subject, inputs)
        }
        Matter::Change(change) => of_change(gate, change)?,
    };
    let (subject, inputs, probe) = match request.probe_seed {
        None => (subject, inputs, None),
        Some(seed) => {
            let planted = probe::planted(gate, &subject, &inputs, seed)?;
            (planted.subject, planted.inputs, Some(planted.probe))
        }
    };
    let cwd = if probe.is_some() {
        submitter.paths.nowhere()
    } else if request.cwd.is_empty() {
        subject.root.clone()
    } else {
        working_directory(&request.cwd)?
    };
    let run = RunId::mint();
    let mut kept = Kept::default();
    let mut environments = Environments::new();
    let mut given = |agent: &Agent| -> Result<BTreeMap<String, String>, SubmitError> {
        let env = environment::for_agent(agent, config.profile(agent), Purpose::Gate, &caller)?;
        environments.insert(agent.name.clone(), env.clone());
        Ok(env)
    };
    // A probe ends with the first round: it decides nothing.
    let arbiter = match &probe {
        None => arbiter(submitter, gate, &config, &cwd)?,
        Some(_) => None,
    };
    let ballot = gate.ballot && probe.is_none();
    if let Some((agent, _)) = &arbiter {
        given(agent)?;
    }
    let (receipts, prompts) = prompts(gate, &subject, &checklist(gate, &inputs), &roster)?;
    let mut seats = Vec::with_capacity(roster.len());
    for (agent, prompt) in roster.iter().zip(prompts) {
        let execution = ExecutionId::mint();
        kept.environment(&submitter.paths, execution, &given(agent)?)?;
        let spec = spec_of(submitter, &config, agent, &cwd, Task::Gate)?;
        check_prompt(&config, agent, &spec, prompt.as_bytes())?;
        kept.prompt(&submitter.paths, execution, prompt.as_bytes())?;
        seats.push((execution, spec));
    }
    if ballot || arbiter.is_some() {
        kept.environments(&submitter.paths, run, &environments)?;
    }
    kept.inputs(&submitter.paths, run, &inputs)?;
    kept.definition(&submitter.paths, run, gate.source())?;
    kept.sync()?;
    let work = GateWork {
        gate: gate.name.clone(),
        version: gate.version,
        roster: roster.iter().map(|agent| seat(agent)).collect(),
        policy: Policy {
            quorum,
            roster_size: seats.len(),
            table: gate.table,
            arbiter: arbiter.as_ref().map(|(agent, _)| Arbiter {
                agent: agent.name.clone(),
                family: agent.family().to_owned(),
            }),
            ballot,
            audit_permille: match &probe {
                None => gate.audit_permille,
                Some(_) => 0,
            },
            seed: run.to_string(),
            shape: gate.answers,
            record,
        },
        deadlines: deadlines(gate, request.deadline),
        key: match &probe {
            None => Asked {
                gate,
                quorum,
                roster: &roster,
                arbiter: arbiter.as_ref().map(|(agent, _)| *agent),
            }
            .key(&subject.path, &subject.content_hash),
            // No submission of the same content is to be attached to it.
            Some(probe) => format!("probe/{}/{run}", probe.seed),
        },
        planted: planted(gate.answers, &inputs),
        receipts,
        opened: no_moment(),
        repair: gate.repair,
        arbiter: arbiter.map(|(_, spec)| Box::new(spec)),
        rounds: Vec::new(),
        definition: Definition {
            hash: gate.content_hash(),
            origin: gates.origin_of(&gate.name),
        },
        content_hash: ledger::content_hash(&inputs),
        diff: match matter {
            Matter::Documents(_) => None,
            Matter::Change(change) => Some(change.title.clone()),
        },
        patience: Patience {
            remind_after: gate.patience.remind_after,
            due_after: gate.patience.due_after,
        },
        probe: probe.map(Box::new),
    };
    let name = format!("{}/{}", gate.name, subject.name.replace(['#', '/'], "-"));
    let (name, equal) = match (&work.probe, request.force) {
        // Each is a measurement of its own.
        (Some(_), _) => (format!("probe-{name}"), Equal::StartAnother),
        (None, true) => (name, Equal::StartAnother),
        (None, false) => (name, Equal::Attach),
    };
    let command = Command::SpawnGate(Box::new(SpawnGate {
        run,
        request_id: request.request_id,
        name,
        subject: subject.path.display().to_string(),
        seats,
        work: Box::new(work),
        equal,
    }));
    Ok(Ready { command, kept })
}

/// A change as its agents are shown it, and as it is kept: the diff itself, and the changed files in which quotes are
/// looked for.
fn of_change(gate: &GateDef, change: &Material) -> Result<(Subject, Vec<Input>), SubmitError> {
    match gate.answers {
        Shape::Remarks => {}
        Shape::Findings | Shape::Checks => {
            return Err(SubmitError::NoChanges {
                gate: gate.name.clone(),
            });
        }
    }
    let mut inputs = vec![Input {
        path: diff::INPUT.to_owned(),
        text: change.diff.clone(),
    }];
    let shown = shown(gate.answers, &inputs);
    inputs.extend(change.files.iter().cloned());
    let subject = Subject {
        content_hash: change.change.clone(),
        ..Subject::of_texts(
            change
                .title
                .split_whitespace()
                .collect::<Vec<_>>()
                .join("-"),
            change.root.clone(),
            change.root.clone(),
            shown,
        )
    };
    Ok((subject, inputs))
}

/// What in the inputs speaks to its reviewers. Of a change, what it brings: neither what it takes away, nor what stands
/// around it, nor the files that are there to be quoted from.
fn planted(shape: Shape, inputs: &[Input]) -> Vec<RawFinding> {
    let found = inputs.iter().flat_map(|input| match shape {
        Shape::Findings | Shape::Checks => inject::scan(shape, &input.path, &input.text),
        Shape::Remarks if input.path == diff::INPUT => {
            let brought = diff::Diff::parse(&input.text).map(|diff| diff.added());
            inject::scan(shape, &input.path, brought.as_ref().unwrap_or(&input.text))
        }
        Shape::Remarks => Vec::new(),
    });
    found.collect()
}

/// Inputs as agents are shown them, with their paths: a diff with the numbers of its lines, documents as they are.
#[must_use]
pub fn shown(shape: Shape, inputs: &[Input]) -> Vec<(String, String)> {
    let text = |input: &Input| match (shape, diff::Diff::parse(&input.text)) {
        (Shape::Remarks, Ok(parsed)) if input.path == diff::INPUT => diff::annotate(&parsed),
        (Shape::Findings | Shape::Checks | Shape::Remarks, _) => input.text.clone(),
    };
    inputs
        .iter()
        .map(|input| (input.path.clone(), text(input)))
        .collect()
}

/// Rules fill up no quorum of models: a quorum is of the agents that count.
fn quorum(gate: &GateDef, wanted: Option<u32>, roster: &[&Agent]) -> Result<usize, SubmitError> {
    let models = roster
        .iter()
        .filter(|agent| agent.family() != RULES)
        .count();
    let counting = if models > 0 { models } else { roster.len() };
    let quorum = match wanted {
        Some(wanted) => synod_config::Quorum::Count(wanted).of(counting)?,
        None => gate.quorum.of(counting)?,
    };
    Ok(quorum)
}

/// The inputs as consensus knows them.
fn read(subject: &Subject) -> Vec<Input> {
    let inputs = subject.inputs.iter().map(|input| Input {
        path: input.path.clone(),
        text: input.text.clone(),
    });
    inputs.collect()
}

fn seat(agent: &Agent) -> Seat {
    let voting = match &agent.kind {
        Kind::Replay(_) => Voting::Mute,
        Kind::Cli(_) if agent.family() == RULES => Voting::Mute,
        Kind::Cli(_) => Voting::Votes,
    };
    Seat {
        agent: agent.name.clone(),
        family: agent.family().to_owned(),
        voting,
    }
}

/// Whoever decides disputes, as configured now.
fn arbiter<'c>(
    submitter: &Submitter,
    gate: &GateDef,
    config: &'c Config,
    cwd: &Path,
) -> Result<Option<(&'c Agent, AgentSpec)>, SubmitError> {
    let Some(agent) = gate.arbiter_of(config)? else {
        return Ok(None);
    };
    let spec = spec_of(submitter, config, agent, cwd, Task::Gate)?;
    Ok(Some((agent, spec)))
}

/// What is asked of each requirement, where requirements are checked.
fn checklist(gate: &GateDef, inputs: &[Input]) -> Checklist {
    match gate.answers {
        Shape::Findings | Shape::Remarks => Checklist::default(),
        Shape::Checks => Checklist {
            checks: checks::CHECKS
                .iter()
                .map(|check| Check {
                    id: check.id.to_owned(),
                    question: check.question.to_owned(),
                })
                .collect(),
            requirements: requirements(inputs)
                .into_iter()
                .map(|requirement| Requirement {
                    id: requirement.id,
                    path: requirement.path,
                    text: requirement.text,
                })
                .collect(),
        },
    }
}

/// The gate's own deadlines; none of them beyond the one that was asked for.
fn deadlines(gate: &GateDef, asked: Option<prost_types::Duration>) -> Deadlines {
    let asked = asked
        .and_then(|asked| Duration::try_from(asked).ok())
        .unwrap_or(Duration::MAX);
    Deadlines {
        partial_after: gate.deadlines.partial_after.min(asked),
        fail_after: gate.deadlines.fail_after.min(asked),
    }
}

/// It is opened when it is decided.
const fn no_moment() -> Now {
    Now {
        utc_us: 0,
        mono_us: 0,
        boot_id: String::new(),
    }
}

/// Fresh receipts for each input, and each agent's prompt.
fn prompts(
    gate: &GateDef,
    subject: &Subject,
    checklist: &Checklist,
    roster: &[&Agent],
) -> Result<(BTreeMap<String, String>, Vec<String>), SubmitError> {
    let paths = subject.inputs.iter().map(|input| input.path.as_str());
    with_codes(paths, |nonce, receipts| {
        roster
            .iter()
            .map(|agent| {
                let role = gate.role_of(&agent.name);
                render(gate, role, subject, checklist, nonce, receipts)
            })
            .collect()
    })
}

/// Renders with a fresh nonce and fresh receipts, one for each path; with others where an input happens to hold one.
pub fn with_codes<'a, T>(
    paths: impl Iterator<Item = &'a str> + Clone,
    render: impl Fn(&str, &BTreeMap<String, String>) -> Result<T, PromptError>,
) -> Result<(BTreeMap<String, String>, T), SubmitError> {
    let mut draw = 0;
    loop {
        draw += 1;
        let nonce = nonce_from(random()?);
        let mut receipts = BTreeMap::new();
        for path in paths.clone() {
            receipts.insert(path.to_owned(), receipt_from(random()?));
        }
        match render(&nonce, &receipts) {
            Ok(rendered) => return Ok((receipts, rendered)),
            Err(PromptError::Collision { .. }) if draw < DRAWS => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn random() -> Result<[u8; 8], SubmitError> {
    let mut bytes = [0; 8];
    let got = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .map_err(|error| SubmitError::Random(error.into()))?;
    if got == bytes.len() {
        Ok(bytes)
    } else {
        Err(SubmitError::Random(
            std::io::ErrorKind::UnexpectedEof.into(),
        ))
    }
}

/// Who is asked what.
struct Asked<'a> {
    gate: &'a GateDef,
    quorum: usize,
    roster: &'a [&'a Agent],
    arbiter: Option<&'a Agent>,
}

impl Asked<'_> {
    /// Equal for the same gate and definition, roster and arbiter configured alike, quorum, subject and input content.
    fn key(&self, subject: &Path, content_hash: &str) -> String {
        let agents = self.roster.iter().copied().chain(self.arbiter);
        let agents: Vec<String> = agents.map(Agent::fingerprint).collect();
        let parts = [
            self.gate.name.as_str(),
            &self.gate.version.to_string(),
            &self.gate.content_hash(),
            &self.quorum.to_string(),
            &agents.join("\n"),
            &subject.display().to_string(),
            content_hash,
        ];
        let mut all = Vec::new();
        for part in parts {
            all.extend_from_slice(hex(part.as_bytes()).as_bytes());
            all.push(b'/');
        }
        payload_hash("gate", &all)
    }
}
