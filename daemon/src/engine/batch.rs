//! One batch: inputs decided in order over one transaction.

use prost::Message as _;
use synod_core::{
    decide::{Rejection, Turn, Write, decide, schedule},
    entity::{Entity, Work},
    input::{Command, Input, Observation, Reply},
    state::State,
    time::Now,
};
use synod_proto::v1;
use synod_shared::ids::{AttemptId, RunId};
use tokio::sync::oneshot;

use super::{
    handle::{Committed, EngineError, Request},
    seen::Seen,
};
use crate::{
    store::{Batch as Transaction, Known, Row, StoreError, Table},
    wire,
};

/// Who asked, and what they are told once it is durable.
type Answer = (
    oneshot::Sender<Result<Committed, EngineError>>,
    Result<Reply, EngineError>,
);

/// Who reported something, and is to be told that it is durable.
type Observer = oneshot::Sender<Result<u64, EngineError>>;

/// A batch under way.
pub(super) struct Batch<'s> {
    transaction: Transaction<'s>,
    state: &'s mut State,
    seen: &'s mut Seen,
    now: Now,
    changes: Vec<v1::Change>,
    answers: Vec<Answer>,
    done: Vec<Observer>,
    recalled: Vec<RunId>,
}

/// What a committed batch leaves to be done: publish, then answer.
pub(super) struct Outcome {
    pub revision: u64,
    /// Whether anything was written: only then there was room.
    pub wrote: bool,
    pub changes: Vec<v1::Change>,
    /// Ended runs that were looked at once more, and are to be forgotten again.
    pub recalled: Vec<RunId>,
    answers: Vec<Answer>,
    done: Vec<Observer>,
}

impl Outcome {
    /// Answers everybody. Whoever has gone away does not want to know.
    pub fn answer(self) {
        let revision = self.revision;
        for (caller, result) in self.answers {
            let _ = caller.send(result.map(|reply| Committed { reply, revision }));
        }
        for observer in self.done {
            let _ = observer.send(Ok(revision));
        }
    }
}

impl<'s> Batch<'s> {
    pub fn new(
        transaction: Transaction<'s>,
        state: &'s mut State,
        seen: &'s mut Seen,
        now: Now,
    ) -> Self {
        Self {
            transaction,
            state,
            seen,
            now,
            changes: Vec::new(),
            answers: Vec::new(),
            done: Vec::new(),
            recalled: Vec::new(),
        }
    }

    /// Decides a command. A refusal is an answer too; only a failing database is an error.
    pub fn command(
        &mut self,
        request: Request,
        answer: oneshot::Sender<Result<Committed, EngineError>>,
    ) -> Result<(), Failed> {
        match self.decide_command(request) {
            Ok(result) => {
                self.answers.push((answer, result));
                Ok(())
            }
            Err(source) => Err(Failed {
                source,
                caller: Some(answer),
            }),
        }
    }

    fn decide_command(
        &mut self,
        request: Request,
    ) -> Result<Result<Reply, EngineError>, StoreError> {
        let Request {
            id,
            payload_hash,
            mut command,
        } = request;
        if let Some((hash, reply)) = self.transaction.request(&id)? {
            if hash != payload_hash {
                return Ok(Err(EngineError::RequestReused { id }));
            }
            let reply = serde_json::from_str(&reply).map_err(|source| StoreError::Row {
                table: "requests",
                source,
            })?;
            return Ok(Ok(reply));
        }
        let _span =
            tracing::info_span!("command", name = command.name(), request_id = %id).entered();
        self.name(&mut command)?;
        match &command {
            Command::Workspace { run, .. } => self.recall(*run)?,
            Command::SpawnAgent(spawn) => {
                if let Some(resume) = &spawn.agent.resume {
                    self.recall(resume.run)?;
                }
            }
            _ => {}
        }
        let target = target(&command);
        let mut turn = Turn::new(self.state, &self.now);
        let decided = decide(&mut turn, Input::Command(command));
        let writes = turn.into_writes();
        match decided {
            Ok(reply) => {
                self.write(writes, &id)?;
                let Some(reply) = reply else {
                    return Ok(Err(EngineError::Gone));
                };
                let body = serde_json::to_string(&reply).map_err(|source| StoreError::Row {
                    table: "requests",
                    source,
                })?;
                self.transaction
                    .put_request(&id, &payload_hash, &body, self.now.utc_us)?;
                tracing::info!(run = %reply.run, attached = reply.attached, revision = self.transaction.revision(), "accepted");
                Ok(Ok(reply))
            }
            Err(rejection) => {
                tracing::info!(%rejection, "refused");
                self.ended_already(rejection, target)
            }
        }
    }

    /// Gives a new run a name that no other has. An equal live gate run needs none.
    fn name(&mut self, command: &mut Command) -> Result<(), StoreError> {
        match command {
            Command::SpawnAgent(spawn) => spawn.name = self.transaction.fresh_name(&spawn.name)?,
            Command::SpawnGate(spawn) => {
                let attaches = spawn.equal == synod_core::input::Equal::Attach
                    && self.state.gate_run(&spawn.work.key).is_some();
                if !attaches {
                    spawn.name = self.transaction.fresh_name(&spawn.name)?;
                }
            }
            Command::CancelRun { .. }
            | Command::CancelExecution { .. }
            | Command::Replace { .. }
            | Command::Answer(_)
            | Command::AnswerRest(_)
            | Command::ForgetLedgerEntry { .. }
            | Command::Workspace { .. } => {}
        }
        Ok(())
    }

    /// A workspace outlives its run's place in the live state: the run is brought back for this turn.
    fn recall(&mut self, id: RunId) -> Result<(), StoreError> {
        if self.state.run(id).is_none()
            && let Some(run) = self.transaction.run(&id.to_string())?
        {
            self.state.apply(&Entity::Run(run));
            self.recalled.push(id);
        }
        Ok(())
    }

    /// What the live state does not know may have ended: cancelling that changes nothing and is no error.
    fn ended_already(
        &self,
        rejection: Rejection,
        target: Option<String>,
    ) -> Result<Result<Reply, EngineError>, StoreError> {
        let (Rejection::Unknown { .. }, Some(target)) = (&rejection, target) else {
            return Ok(Err(rejection.into()));
        };
        let (run, execution) = match self.transaction.knows(&target)? {
            Some(Known::Run { run }) => (run, None),
            Some(Known::Execution { run }) => (run, target.parse().ok()),
            Some(Known::Question { .. }) | None => return Ok(Err(rejection.into())),
        };
        Ok(match run.parse() {
            Ok(run) => Ok(Reply {
                run,
                execution,
                questions: Vec::new(),
                attached: false,
            }),
            Err(_) => Err(rejection.into()),
        })
    }

    /// Takes in observations: none is ever refused.
    pub fn observe(
        &mut self,
        observations: Vec<Observation>,
        done: Observer,
    ) -> Result<(), StoreError> {
        // Told either way, also when one of them cannot be written.
        self.done.push(done);
        for observation in observations {
            if let Observation::Found(found) = &observation {
                if self.transaction.knows(&found.run.id.to_string())?.is_some()
                    && self.state.run(found.run.id).is_none()
                {
                    // It has ended, as far as the database knows: that stands.
                    continue;
                }
                self.transaction.claim_name(&found.run.name)?;
                for execution in &found.executions {
                    if let Some(resume) = &execution.agent.resume {
                        self.recall(resume.run)?;
                    }
                }
            }
            if let Observation::Workspace { run, .. } = &observation {
                self.recall(*run)?;
            }
            self.input(Input::Observation(observation))?;
        }
        Ok(())
    }

    /// Lets time pass.
    pub fn tick(&mut self) -> Result<(), StoreError> {
        self.input(Input::Tick)
    }

    fn input(&mut self, input: Input) -> Result<(), StoreError> {
        let mut turn = Turn::new(self.state, &self.now);
        if let Err(rejection) = decide(&mut turn, input) {
            tracing::error!(%rejection, "an observation was refused; observations never are");
        }
        let writes = turn.into_writes();
        self.write(writes, "")
    }

    /// Lets whoever may start become a committed attempt.
    pub fn schedule(&mut self) -> Result<(), StoreError> {
        let mut turn = Turn::new(self.state, &self.now);
        schedule(&mut turn, AttemptId::mint);
        let writes = turn.into_writes();
        self.write(writes, "")
    }

    fn write(&mut self, writes: Vec<Write>, request_id: &str) -> Result<(), StoreError> {
        for write in writes {
            match write {
                Write::Put(entity) => self.put(&entity, request_id)?,
                Write::Answer(execution, answer) => {
                    let run = self
                        .state
                        .execution(execution)
                        .map(|e| e.run.to_string())
                        .unwrap_or_default();
                    let body = json("answers", &answer)?;
                    self.transaction
                        .put_answer(&execution.to_string(), &run, &body)?;
                }
                Write::Forget(entry) => self.forget(&entry, request_id)?,
            }
        }
        Ok(())
    }

    fn forget(&mut self, entry: &str, request_id: &str) -> Result<(), StoreError> {
        let at_us = self.now.utc_us;
        let mut told = None;
        self.transaction
            .forget_ledger_entry(entry, at_us, |revision| {
                let change = wire::forgotten("ledger", entry, revision, at_us, request_id);
                let bytes = change.encode_to_vec();
                told = Some(change);
                bytes
            })?;
        self.changes.extend(told);
        Ok(())
    }

    fn put(&mut self, entity: &Entity, request_id: &str) -> Result<(), StoreError> {
        let before = self.seen.replace(entity);
        let change = wire::change(
            entity,
            self.transaction.next_revision(),
            self.now.utc_us,
            request_id,
            before,
        );
        put_row(
            &mut self.transaction,
            entity,
            self.now.utc_us,
            &change.encode_to_vec(),
        )?;
        self.changes.push(change);
        Ok(())
    }

    /// Makes it durable.
    pub fn commit(self) -> Result<Outcome, Failed> {
        let Self {
            transaction,
            changes,
            answers,
            done,
            recalled,
            ..
        } = self;
        let wrote = !changes.is_empty();
        let result = if changes.is_empty() && answers.is_empty() {
            // Nothing to keep: no transaction to wait for.
            Ok(transaction.revision())
        } else {
            transaction.commit()
        };
        match result {
            Ok(revision) => Ok(Outcome {
                revision,
                wrote,
                changes,
                recalled,
                answers,
                done,
            }),
            Err(source) => {
                fail(answers, done, &source);
                Err(Failed {
                    source,
                    caller: None,
                })
            }
        }
    }

    /// Gives up: the transaction is rolled back, and everybody is told.
    pub fn abandon(self, failed: Failed) -> StoreError {
        fail(self.answers, self.done, &failed.source);
        if let Some(caller) = failed.caller {
            let _ = caller.send(Err(refusal(&failed.source)));
        }
        failed.source
    }
}

/// A database that failed in the middle of a batch, and the caller whose command it was.
pub(super) struct Failed {
    pub source: StoreError,
    pub caller: Option<oneshot::Sender<Result<Committed, EngineError>>>,
}

impl From<StoreError> for Failed {
    fn from(source: StoreError) -> Self {
        Self {
            source,
            caller: None,
        }
    }
}

fn fail(answers: Vec<Answer>, done: Vec<Observer>, source: &StoreError) {
    for (caller, _) in answers {
        let _ = caller.send(Err(refusal(source)));
    }
    for observer in done {
        let _ = observer.send(Err(refusal(source)));
    }
}

/// What callers are told when a batch failed.
pub(super) fn refusal(source: &StoreError) -> EngineError {
    match source {
        StoreError::Full { .. } => EngineError::Full {
            message: source.to_string(),
        },
        _ => EngineError::Gone,
    }
}

fn target(command: &Command) -> Option<String> {
    match command {
        Command::CancelRun { run } => Some(run.to_string()),
        Command::CancelExecution { execution } => Some(execution.to_string()),
        Command::SpawnAgent(_)
        | Command::SpawnGate(_)
        | Command::Replace { .. }
        | Command::Answer(_)
        | Command::AnswerRest(_)
        | Command::ForgetLedgerEntry { .. }
        | Command::Workspace { .. } => None,
    }
}

fn json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Row { table, source })
}

/// Writes one entity and its change.
pub(super) fn put_row(
    transaction: &mut Transaction<'_>,
    entity: &Entity,
    at_us: i64,
    change: &[u8],
) -> Result<(), StoreError> {
    let execution_id;
    let (table, id, run, body) = match entity {
        Entity::Run(run) => (
            Table::Runs {
                name: &run.name,
                live: !run.state.is_terminal(),
                key: match &run.work {
                    Work::Gate(gate) => &gate.key,
                    Work::Agent | Work::Command => "",
                },
            },
            run.id.to_string(),
            run.id,
            json("runs", run)?,
        ),
        Entity::Execution(execution) => (
            Table::Executions,
            execution.id.to_string(),
            execution.run,
            json("executions", execution)?,
        ),
        Entity::Attempt(attempt) => {
            execution_id = attempt.execution.to_string();
            (
                Table::Attempts {
                    execution: &execution_id,
                },
                attempt.id.to_string(),
                attempt.run,
                json("attempts", attempt)?,
            )
        }
        Entity::Progress(progress) => (
            Table::Progress,
            progress.attempt.to_string(),
            progress.run,
            json("progress", progress)?,
        ),
        Entity::Finding(finding) => (
            Table::Findings,
            finding.id.to_string(),
            finding.run,
            json("findings", finding)?,
        ),
        Entity::Question(question) => (
            Table::Questions,
            question.id.to_string(),
            question.run,
            json("questions", question)?,
        ),
        Entity::Verdict(verdict) => (
            Table::Verdicts,
            verdict.run.to_string(),
            verdict.run,
            json("verdicts", verdict)?,
        ),
        Entity::Ledger(kept) => {
            // It belongs to no run: the last one that wrote it is a part of its body.
            let row = Row {
                table: Table::Ledger {
                    gate: &kept.gate,
                    subject: &kept.subject,
                },
                id: kept.entry.id.clone(),
                run: String::new(),
                body: json("ledger", kept)?,
            };
            return transaction.put(&row, at_us, change);
        }
    };
    let row = Row {
        table,
        id,
        run: run.to_string(),
        body,
    };
    transaction.put(&row, at_us, change)
}
