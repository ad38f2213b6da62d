//! Preparing the round that an outcome asks for: who is asked, about what, with which prompt. All of it is on disk
//! before the round is opened; one that is never opened leaves nothing behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use synod_config::{
    BallotItem, Dispute, GateDef, Position, PromptError, RESERVED, Subject, render_arbitration,
    render_ballot,
};
use synod_consensus::{
    Evidence, Finding, Next, Outcome, Real, SchemaError, ballot, ruling, sheet::Sheet,
};
use synod_core::{
    entity::{AgentSpec, Part, Voting},
    input::Opening,
};
use synod_shared::ids::ExecutionId;
use thiserror::Error;

use super::Heard;
use crate::submit::{
    SubmitError, Submitter,
    keep::{self, Environments, KeepError, Kept},
    shown, with_codes,
};

/// Why a round cannot be held.
#[derive(Debug, Error)]
enum RoundError {
    #[error("none of the agents that answered can be asked again")]
    NobodyToAsk,
    #[error(transparent)]
    Prompt(#[from] SubmitError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error("nothing is kept of what {0} was given at the submission")]
    NoEnvironment(String),
    #[error("the gate has no arbiter")]
    NoArbiter,
}

/// The next round, and its files. One that cannot be held has no seats and says why: then nobody has said anything.
pub(super) fn prepare(
    submitter: &Submitter,
    heard: &Heard,
    evidence: &Evidence,
    outcome: &Outcome,
) -> Option<(Opening, Kept)> {
    let round = Round {
        submitter,
        heard,
        evidence,
        findings: &outcome.findings,
    };
    let (part, keys, prepared) = match &outcome.next {
        Next::Done => return None,
        Next::Ballot(keys) => (Part::Ballot, keys, round.ballot(keys)),
        Next::Arbitrate(keys) => (Part::Arbiter, keys, round.arbitration(keys)),
    };
    let nobody = |unheld: String| Opening {
        part,
        seats: Vec::new(),
        keys: keys.clone(),
        receipts: BTreeMap::new(),
        unheld,
    };
    Some(match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            tracing::warn!(run = %heard.run, part = part.word(), %error, "a round could not be held");
            (nobody(error.to_string()), Kept::default())
        }
    })
}

struct Round<'a> {
    submitter: &'a Submitter,
    heard: &'a Heard,
    evidence: &'a Evidence,
    findings: &'a [Finding],
}

impl Round<'_> {
    fn ballot(&self, keys: &[String]) -> Result<(Opening, Kept), RoundError> {
        let voters = self.voters();
        if voters.is_empty() {
            return Err(RoundError::NobodyToAsk);
        }
        let (gate, subject) = self.documents()?;
        let schema = ballot::schema()?;
        let seed = &self.heard.gate.policy.seed;
        let (receipts, prompts): (_, Vec<String>) =
            Self::with_codes(&subject, |nonce, receipts| {
                voters
                    .iter()
                    .map(|agent| {
                        let sheet = Sheet::ballot(keys, seed, &agent.name);
                        let items: Vec<BallotItem> = self.on_sheet(&sheet).map(|it| it.0).collect();
                        render_ballot(&gate, &subject, &items, schema.text(), nonce, receipts)
                    })
                    .collect()
            })?;
        let asked = voters.into_iter().zip(prompts).collect();
        self.keep(Part::Ballot, keys, receipts, asked)
    }

    fn arbitration(&self, keys: &[String]) -> Result<(Opening, Kept), RoundError> {
        let arbiter = self.heard.gate.arbiter.as_deref();
        let arbiter = arbiter.cloned().ok_or(RoundError::NoArbiter)?;
        let (gate, subject) = self.documents()?;
        let schema = ruling::schema()?;
        let sheet = Sheet::docket(keys, &self.heard.gate.policy.seed, &arbiter.name);
        let disputes: Vec<Dispute> = self
            .on_sheet(&sheet)
            .map(|(item, finding)| Dispute {
                item,
                positions: positions(finding),
            })
            .collect();
        let (receipts, prompt) = Self::with_codes(&subject, |nonce, receipts| {
            render_arbitration(&gate, &subject, &disputes, schema.text(), nonce, receipts)
        })?;
        self.keep(Part::Arbiter, keys, receipts, vec![(arbiter, prompt)])
    }

    /// Whoever gave a valid answer and can be asked what others found.
    fn voters(&self) -> Vec<AgentSpec> {
        let votes: BTreeSet<&str> = self
            .heard
            .gate
            .roster
            .iter()
            .filter(|seat| seat.voting == Voting::Votes)
            .map(|seat| seat.agent.as_str())
            .collect();
        self.evidence
            .members
            .iter()
            .filter(|member| member.result.is_ok() && votes.contains(member.agent.as_str()))
            .filter_map(|member| {
                let mut executions = self.heard.executions.iter();
                let execution = executions.find(|one| one.id.to_string() == member.execution_id);
                execution.map(|execution| execution.agent.clone())
            })
            .collect()
    }

    /// The gate, and the documents its agents were shown.
    fn documents(&self) -> Result<(GateDef, Subject), RoundError> {
        let run = self.heard.run;
        let gate = self.submitter.definition(run, &self.heard.gate.gate)?;
        let mut texts = shown(gate.answers, &self.evidence.inputs);
        texts.retain(|(path, _)| self.heard.gate.receipts.contains_key(path));
        let place = PathBuf::from(&self.heard.subject);
        let subject = Subject::of_texts(String::new(), place.clone(), place, texts);
        Ok((gate, subject))
    }

    fn with_codes<T>(
        subject: &Subject,
        render: impl Fn(&str, &BTreeMap<String, String>) -> Result<T, PromptError>,
    ) -> Result<(BTreeMap<String, String>, T), RoundError> {
        let documents = subject.inputs.iter().map(|input| input.path.as_str());
        Ok(with_codes(documents.chain([RESERVED]), render)?)
    }

    /// What stands on a sheet, in its order.
    fn on_sheet<'s>(
        &'s self,
        sheet: &'s Sheet,
    ) -> impl Iterator<Item = (BallotItem, &'s Finding)> + 's {
        sheet.items.iter().filter_map(|item| {
            let finding = self.findings.iter().find(|one| one.key == item.key)?;
            let quotes = finding.anchors.iter();
            let shown = BallotItem {
                label: item.label.clone(),
                kind: finding.kind.clone(),
                claim: finding.text.clone(),
                quotes: quotes
                    .map(|anchor| (anchor.path.clone(), anchor.quote.clone()))
                    .collect(),
                options: finding.options.clone(),
            };
            Some((shown, finding))
        })
    }

    /// Writes what each execution needs, and makes it durable.
    fn keep(
        &self,
        part: Part,
        keys: &[String],
        receipts: BTreeMap<String, String>,
        asked: Vec<(AgentSpec, String)>,
    ) -> Result<(Opening, Kept), RoundError> {
        let paths = &self.submitter.paths;
        let environments: Environments = keep::environments(paths, self.heard.run)?;
        let mut kept = Kept::default();
        let mut seats = Vec::with_capacity(asked.len());
        for (agent, prompt) in asked {
            let execution = ExecutionId::mint();
            let env = environments
                .get(&agent.name)
                .ok_or_else(|| RoundError::NoEnvironment(agent.name.clone()))?;
            kept.environment(paths, execution, env)?;
            kept.prompt(paths, execution, prompt.as_bytes())?;
            seats.push((execution, agent));
        }
        kept.sync()?;
        let opening = Opening {
            part,
            seats,
            keys: keys.to_vec(),
            receipts,
            unheld: String::new(),
        };
        Ok((opening, kept))
    }
}

/// The sides of a dispute, by what they say and not by who says it.
fn positions(finding: &Finding) -> Vec<Position> {
    let mut sides: BTreeMap<Real, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for voice in &finding.voices {
        let (answers, reasons) = sides.entry(Real::Yes).or_default();
        answers.extend(voice.answer.clone());
        reasons.extend(voice.reasoning.clone());
    }
    for cast in &finding.ballots {
        match cast.real {
            Real::Yes | Real::No => {
                let (answers, _) = sides.entry(cast.real).or_default();
                answers.extend(cast.answer.clone());
            }
            Real::Unsure => {}
        }
    }
    sides
        .into_iter()
        .map(|(real, (answers, reasons))| Position {
            real,
            answers: answers.into_iter().collect(),
            reasons: reasons.into_iter().collect(),
        })
        .collect()
}
