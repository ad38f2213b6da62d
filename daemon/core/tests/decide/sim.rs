//! A world made of nothing but the core: inputs go in, entities come out, time is a number.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use synod_consensus::{
    Answer, Evidence, FailReason, Member, Outcome, Policy, RawFinding, Resolvability, Said,
    Severity, Table, Votes, decide as weigh,
};
use synod_core::{
    decide::{Rejection, Turn, Write, decide, schedule},
    entity::{
        AgentSpec, Deadlines, Definition, End, Entity, Execution, GateWork, Part, Patience, Probe,
        Question, Run, Seat, Voting, Work,
    },
    input::{
        AnswerQuestion, Command, Configured, Equal, Input, Invalid, Observation, Opening, Reply,
        SpawnAgent, SpawnGate, Weighing,
    },
    state::{Limits, State},
    time::Now,
};
use synod_shared::{
    ids::{AttemptId, ExecutionId, FindingId, RunId},
    words::{AttemptState, ExecutionState, Reason, RunState},
};

pub const PARTIAL: Duration = Duration::from_mins(10);
pub const FAIL: Duration = Duration::from_mins(20);

#[derive(Debug)]
pub struct Sim {
    pub state: State,
    pub now: Now,
    /// Every write, in order: what the feed would hold.
    pub log: Vec<Write>,
    minted: u64,
    /// Of gates submitted from now on.
    pub repair: u32,
    pub patience: Patience,
    pub probe: Option<Probe>,
    /// Whether weighing opens a ballot first, and an arbitration after it.
    pub rounds: Vec<Part>,
}

impl Sim {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        Self {
            state: State::new(limits),
            now: Now {
                utc_us: 1_000_000_000,
                mono_us: 5_000_000,
                boot_id: "boot".to_owned(),
            },
            log: Vec::new(),
            minted: 0,
            repair: 0,
            patience: Patience::default(),
            probe: None,
            rounds: Vec::new(),
        }
    }

    fn bytes(&mut self) -> [u8; 16] {
        self.minted += 1;
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&self.minted.to_be_bytes());
        bytes
    }

    pub fn input(&mut self, input: Input) -> Result<Option<Reply>, Rejection> {
        let mut turn = Turn::new(&mut self.state, &self.now);
        let result = decide(&mut turn, input);
        let writes = turn.into_writes();
        assert!(
            result.is_ok() || writes.is_empty(),
            "a refusal has written {writes:?}"
        );
        self.log.extend(writes);
        let mut fresh = self.minted;
        let mut turn = Turn::new(&mut self.state, &self.now);
        schedule(&mut turn, || {
            fresh += 1;
            let mut bytes = [0xaa; 16];
            bytes[8..].copy_from_slice(&fresh.to_be_bytes());
            AttemptId::from_bytes(bytes)
        });
        self.log.extend(turn.into_writes());
        self.minted = fresh;
        result
    }

    pub fn command(&mut self, command: Command) -> Result<Reply, Rejection> {
        self.input(Input::Command(command))
            .map(|reply| reply.expect("a command is answered"))
    }

    pub fn see(&mut self, observation: Observation) {
        self.input(Input::Observation(observation))
            .expect("observations are never refused");
    }

    pub fn pass(&mut self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap();
        self.now.mono_us += us;
        self.now.utc_us += i64::try_from(us).unwrap();
        self.input(Input::Tick).unwrap();
    }

    pub fn agent(name: &str, family: &str, provider: &str) -> AgentSpec {
        AgentSpec {
            provider: provider.to_owned(),
            family: family.to_owned(),
            ..AgentSpec::program(name, vec!["true".to_owned()], PathBuf::from("/"))
        }
    }

    pub fn exec(&mut self, provider: &str) -> Result<RunId, Rejection> {
        self.exec_with(provider, |_| {})
    }

    pub fn exec_with(
        &mut self,
        provider: &str,
        change: impl FnOnce(&mut AgentSpec),
    ) -> Result<RunId, Rejection> {
        let mut agent = Self::agent("true", "local", provider);
        change(&mut agent);
        let (run, execution) = (
            RunId::from_bytes(self.bytes()),
            ExecutionId::from_bytes(self.bytes()),
        );
        self.command(Command::SpawnAgent(Box::new(SpawnAgent {
            run,
            execution,
            request_id: "r".to_owned(),
            name: "n".to_owned(),
            subject: "true".to_owned(),
            agent,
            configured: Configured::CommandLine,
            workspace: None,
        })))
        .map(|reply| reply.run)
    }

    /// A gate over agents of these families, named a, b, c …
    pub fn gate(&mut self, families: &[&str], quorum: usize) -> RunId {
        self.gate_keyed(families, quorum, "key", Equal::StartAnother)
            .unwrap()
            .run
    }

    pub fn gate_keyed(
        &mut self,
        families: &[&str],
        quorum: usize,
        key: &str,
        equal: Equal,
    ) -> Result<Reply, Rejection> {
        let run = RunId::from_bytes(self.bytes());
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let seats = families
            .iter()
            .zip(names)
            .map(|(family, name)| {
                (
                    ExecutionId::from_bytes(self.bytes()),
                    Self::agent(name, family, "local"),
                )
            })
            .collect::<Vec<_>>();
        self.command(Command::SpawnGate(Box::new(SpawnGate {
            run,
            request_id: "g".to_owned(),
            name: "clarify/spec".to_owned(),
            subject: "/spec".to_owned(),
            work: Box::new(GateWork {
                gate: "clarify".to_owned(),
                version: 1,
                roster: seats.iter().map(|(_, agent)| seat(agent)).collect(),
                policy: Policy {
                    quorum,
                    roster_size: seats.len(),
                    table: Table::default(),
                    arbiter: None,
                    ballot: false,
                    audit_permille: 0,
                    seed: String::new(),
                    shape: synod_consensus::Shape::Findings,
                    record: synod_consensus::TrackRecord::default(),
                },
                deadlines: Deadlines {
                    partial_after: PARTIAL,
                    fail_after: FAIL,
                },
                key: key.to_owned(),
                receipts: BTreeMap::new(),
                planted: Vec::new(),
                opened: self.now.clone(),
                repair: self.repair,
                arbiter: None,
                rounds: Vec::new(),
                definition: Definition::default(),
                content_hash: "content".to_owned(),
                diff: None,
                patience: self.patience,
                probe: self.probe.clone().map(Box::new),
            }),
            seats,
            equal,
        })))
    }

    pub fn run(&self, id: RunId) -> &Run {
        self.state.run(id).expect("the run is live or just ended")
    }

    pub fn execution(&self, run: RunId, seat: usize) -> &Execution {
        self.state
            .execution(self.run(run).executions[seat])
            .unwrap()
    }

    pub fn attempt(&self, run: RunId, seat: usize) -> AttemptId {
        *self
            .execution(run, seat)
            .attempts
            .last()
            .expect("it was started")
    }

    pub fn start(&mut self, run: RunId, seat: usize) {
        let attempt = self.attempt(run, seat);
        self.see(started(attempt));
    }

    pub fn end(&mut self, run: RunId, seat: usize, reason: Reason) {
        let attempt = self.attempt(run, seat);
        self.see(Observation::Ended {
            attempt,
            end: end(reason),
        });
    }

    /// The agent ends well and its answer is valid.
    pub fn answer(&mut self, run: RunId, seat: usize, findings: Vec<RawFinding>) {
        self.end(run, seat, Reason::Completed);
        let execution = self.run(run).executions[seat];
        self.see(Observation::Validated {
            execution,
            result: Ok(Said::Answer(Answer {
                findings,
                cleared: vec![],
            })),
        });
    }

    /// The agent ends well and its answer is not valid.
    pub fn babble(&mut self, run: RunId, seat: usize) {
        self.end(run, seat, Reason::Completed);
        let execution = self.run(run).executions[seat];
        self.see(Observation::Validated {
            execution,
            result: Err(Invalid {
                reason: Reason::NoJson,
                detail: "no JSON".to_owned(),
            }),
        });
    }

    pub fn weigh(&mut self, run: RunId) {
        let outcome = self.outcome(run);
        let open = self.next_round(run);
        self.see(Observation::Weighed(Box::new(Weighing {
            run,
            outcome,
            sections: BTreeMap::new(),
            ledger: Vec::new(),
            outcome_hash: String::new(),
            open,
        })));
    }

    /// The round that is to be held next: with everybody who answered, or one arbiter.
    fn next_round(&mut self, run: RunId) -> Option<Opening> {
        let held = match &self.run(run).work {
            Work::Gate(gate) => gate.rounds.len(),
            Work::Agent | Work::Command => 0,
        };
        let part = *self.rounds.get(held)?;
        let answered = self.state.speakers(self.run(run)).into_iter();
        let answered: Vec<AgentSpec> = answered
            .filter(|execution| execution.state == ExecutionState::Completed)
            .map(|execution| execution.agent.clone())
            .collect();
        let asked = match part {
            Part::Answer => vec![],
            Part::Ballot => answered,
            Part::Arbiter => vec![Self::agent("judge", "j", "local")],
        };
        Some(self.opening(part, asked))
    }

    pub fn opening(&mut self, part: Part, agents: Vec<AgentSpec>) -> Opening {
        Opening {
            part,
            seats: agents
                .into_iter()
                .map(|agent| (ExecutionId::from_bytes(self.bytes()), agent))
                .collect(),
            keys: vec!["k".to_owned()],
            receipts: BTreeMap::new(),
            unheld: String::new(),
        }
    }

    /// The agent ends well and its ballot is valid.
    pub fn vote(&mut self, run: RunId, seat: usize) {
        self.end(run, seat, Reason::Completed);
        let execution = self.run(run).executions[seat];
        self.see(Observation::Validated {
            execution,
            result: Ok(Said::Ballot(Votes::default())),
        });
    }

    pub fn outcome(&self, run: RunId) -> Outcome {
        let run = self.run(run);
        let Work::Gate(gate) = &run.work else {
            panic!("no gate")
        };
        let members: Vec<Member> = self
            .state
            .speakers(run)
            .into_iter()
            .map(|execution| Member {
                agent: execution.agent.name.clone(),
                family: execution.agent.family.clone(),
                execution_id: execution.id.to_string(),
                attempt_id: String::new(),
                result: match self.state.answer(execution.id) {
                    Some(Said::Answer(answer)) => Ok(answer.clone()),
                    Some(Said::Ballot(_) | Said::Rulings(_)) => panic!("a ballot for an answer"),
                    None => Err(FailReason {
                        reason: execution
                            .reason
                            .map(|reason| reason.to_string())
                            .unwrap_or_default(),
                        detail: String::new(),
                    }),
                },
                range: None,
            })
            .collect();
        weigh(&Evidence::of(members, Vec::new(), gate.policy.clone()))
    }

    pub fn questions(&self, run: RunId) -> Vec<Question> {
        self.state.questions_of(run).cloned().collect()
    }

    pub fn say(
        &mut self,
        question: &Question,
        disposition: synod_consensus::Disposition,
    ) -> Result<Reply, Rejection> {
        self.command(Command::Answer(AnswerQuestion {
            question: question.id,
            content_hash: question.content_hash.clone(),
            disposition,
            by: "tester".to_owned(),
            from: "test".to_owned(),
        }))
    }

    /// How often an entity was written in a terminal state.
    pub fn terminal_changes(&self, run: RunId) -> usize {
        self.log
            .iter()
            .filter(|write| matches!(write, Write::Put(Entity::Run(put)) if put.id == run && put.state.is_terminal()))
            .count()
    }
}

pub fn nothing_found() -> Said {
    Said::Answer(Answer {
        findings: vec![],
        cleared: vec![],
    })
}

fn seat(agent: &AgentSpec) -> Seat {
    Seat {
        agent: agent.name.clone(),
        family: agent.family.clone(),
        voting: Voting::Votes,
    }
}

pub fn started(attempt: AttemptId) -> Observation {
    Observation::Started {
        attempt,
        pid: Some(42),
        at_us: 7,
        containment: "session".to_owned(),
    }
}

pub fn end(reason: Reason) -> End {
    End {
        exit_code: (reason == Reason::Completed).then_some(0),
        duration_us: Some(2),
        ..End::new(reason, String::new(), 9)
    }
}

pub fn finding(claim: &str, severity: Severity) -> RawFinding {
    RawFinding {
        kind: "ambiguity".to_owned(),
        claim: claim.to_owned(),
        severity,
        resolvability: Resolvability::SuggestFix,
        answer: Some("yes".to_owned()),
        options: vec!["yes".to_owned(), "no".to_owned()],
        reasoning: None,
        suggested_fix: None,
        quotes: Vec::new(),
        about: None,
        matter: None,
        place: None,
    }
}

pub fn unknown_finding() -> FindingId {
    FindingId::from_bytes([9; 16])
}

pub fn states(sim: &Sim, run: RunId) -> (RunState, Vec<ExecutionState>, Vec<AttemptState>) {
    let run = sim.run(run);
    (
        run.state,
        sim.state
            .executions_of(run)
            .map(|execution| execution.state)
            .collect(),
        sim.state
            .executions_of(run)
            .flat_map(|execution| &execution.attempts)
            .filter_map(|id| sim.state.attempt(*id))
            .map(|attempt| attempt.state)
            .collect(),
    )
}
