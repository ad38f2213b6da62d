//! Gate runs: roster, quorum, subject, prompts; all of it as it stands at this moment.

use std::{collections::BTreeMap, path::Path};

use synod_adapters::Purpose;
use synod_config::{Checklist, GateDef, PromptError, Subject, nonce_from, receipt_from, render};
use synod_consensus::{Policy, RULES, inject};
use synod_core::{
    entity::Deadlines,
    input::{Command, Equal, SpawnGate},
};
use synod_proto::v1;
use synod_shared::ids::{ExecutionId, RunId};

use super::{
    Ready, SubmitError, Submitter,
    agent::working_directory,
    environment, hex,
    keep::Kept,
    payload_hash,
    spec::{Task, check_prompt, spec_of},
};

/// How often fresh codes are drawn when an input happens to contain one.
const DRAWS: usize = 8;

/// Reads and checks a submission, and keeps its files.
pub fn gate(
    submitter: &Submitter,
    request: v1::SpawnQualityGateRequest,
) -> Result<Ready, SubmitError> {
    let gate = submitter.gates.get(&request.gate)?;
    let config = submitter.config()?;
    let caller: BTreeMap<String, String> = request.env.into_iter().collect();
    let roster = gate.asked(&config, &request.roster)?;
    // Rules fill up no quorum of models: a quorum is of the agents that count.
    let models = roster
        .iter()
        .filter(|agent| agent.family() != RULES)
        .count();
    let counting = if models > 0 { models } else { roster.len() };
    let quorum = match request.quorum {
        Some(wanted) => synod_config::Quorum::Count(wanted).of(counting)?,
        None => gate.quorum.of(counting)?,
    };
    let subject = Subject::read(Path::new(&request.subject), gate, &config.limits)?;
    let cwd = if request.cwd.is_empty() {
        subject.root.clone()
    } else {
        working_directory(&request.cwd)?
    };
    let run = RunId::mint();
    let mut kept = Kept::default();
    let mut seats = Vec::with_capacity(roster.len());
    let (receipts, prompts) = prompts(gate, &subject, &roster)?;
    for (agent, prompt) in roster.iter().zip(prompts) {
        let execution = ExecutionId::mint();
        kept.environment(
            &submitter.paths,
            execution,
            &environment::for_agent(agent, config.profile(agent), Purpose::Gate, &caller)?,
        )?;
        let spec = spec_of(submitter, &config, agent, &cwd, Task::Gate)?;
        check_prompt(&config, agent, &spec, prompt.as_bytes())?;
        kept.prompt(&submitter.paths, execution, prompt.as_bytes())?;
        seats.push((execution, spec));
    }
    kept.inputs(&submitter.paths, run, &subject)?;
    kept.sync()?;
    let names: Vec<&str> = roster.iter().map(|agent| agent.name.as_str()).collect();
    let key = key(gate, quorum, &names, &subject);
    let planted = subject
        .inputs
        .iter()
        .flat_map(|input| inject::scan(&input.path, &input.text))
        .collect();
    let command = Command::SpawnGate(Box::new(SpawnGate {
        run,
        request_id: request.request_id,
        name: format!("{}/{}", gate.name, subject.name.replace(['#', '/'], "-")),
        subject: subject.path.display().to_string(),
        gate: gate.name.clone(),
        version: gate.version,
        policy: Policy {
            quorum,
            roster_size: seats.len(),
            table: gate.table,
            arbiter: None,
            ballot: false,
            audit_permille: 0,
            seed: String::new(),
            shape: synod_consensus::Shape::Findings,
        },
        seats,
        deadlines: Deadlines {
            partial_after: gate.deadlines.partial_after,
            fail_after: gate.deadlines.fail_after,
        },
        key,
        receipts,
        planted,
        equal: if request.force {
            Equal::StartAnother
        } else {
            Equal::Attach
        },
    }));
    Ok(Ready { command, kept })
}

/// Fresh receipts for each input, and each agent's prompt.
fn prompts(
    gate: &GateDef,
    subject: &Subject,
    roster: &[&synod_config::Agent],
) -> Result<(BTreeMap<String, String>, Vec<String>), SubmitError> {
    let mut draw = 0;
    loop {
        draw += 1;
        let nonce = nonce_from(random()?);
        let mut receipts = BTreeMap::new();
        for input in &subject.inputs {
            receipts.insert(input.path.clone(), receipt_from(random()?));
        }
        let rendered: Result<Vec<String>, PromptError> = roster
            .iter()
            .map(|agent| {
                let role = gate.role_of(&agent.name);
                render(
                    gate,
                    role,
                    subject,
                    &Checklist::default(),
                    &nonce,
                    &receipts,
                )
            })
            .collect();
        match rendered {
            Ok(prompts) => return Ok((receipts, prompts)),
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

/// Equal for the same gate and version, roster, quorum, subject and input content.
fn key(gate: &GateDef, quorum: usize, roster: &[&str], subject: &Subject) -> String {
    let parts = [
        gate.name.as_str(),
        &gate.version.to_string(),
        &quorum.to_string(),
        &roster.join("\n"),
        &subject.path.display().to_string(),
        &subject.content_hash,
    ];
    let mut all = Vec::new();
    for part in parts {
        all.extend_from_slice(hex(part.as_bytes()).as_bytes());
        all.push(b'/');
    }
    payload_hash("gate", &all)
}
