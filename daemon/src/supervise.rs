//! Carrying out the plan: actors for attempts, readers for answers, weighing.
//!
//! Remembers what is under way, so that the same plan twice begins nothing twice. Called from the engine's
//! thread; never blocks it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use synod_adapters::Adapter;
use synod_core::{
    entity::{Execution, Run, Work},
    input::{Found, Invalid, Observation},
    plan::Effect,
    state::State,
};
use synod_proto::v1;
use synod_shared::{
    ids::AttemptId,
    words::{ExecutionState, Reason, RunState, WorkspaceKind, WorkspaceState},
};
use tokio::{runtime::Handle, sync::watch, task::spawn_blocking};
use tokio_util::task::TaskTracker;

use crate::{
    answers,
    attempt::{self, Attending, Choices, Launcher, Watcher},
    engine::{Effects, Engine},
    serve::asks_agents,
    store::Reader,
    submit::{
        Submitter,
        keep::{self, Kept},
    },
    tidy::Tidier,
};

/// How long after its actor's failure an attempt gets another.
const AFTER_A_FAILURE: Duration = Duration::from_secs(1);

/// What is under way.
#[derive(Debug)]
pub struct Supervisor {
    pub launcher: Arc<Launcher>,
    pub submitter: Arc<Submitter>,
    pub watcher: Watcher,
    pub engine: Engine,
    pub runtime: Handle,
    pub tasks: TaskTracker,
    reader: Arc<Reader>,
    tidier: Tidier,
    attending: HashMap<AttemptId, Attended>,
    working: HashSet<Effect>,
    panic_hook: Option<String>,
}

#[derive(Debug)]
struct Attended {
    /// How many actors failed before this one.
    generation: u32,
    stop: watch::Sender<bool>,
    /// What people answered to its requests.
    choices: watch::Sender<Choices>,
}

impl Supervisor {
    /// Nothing is under way yet.
    #[must_use]
    pub fn new(
        launcher: Arc<Launcher>,
        submitter: Arc<Submitter>,
        watcher: Watcher,
        engine: Engine,
        tasks: TaskTracker,
        reader: Arc<Reader>,
    ) -> Self {
        let tidier = Tidier {
            launcher: Arc::clone(&launcher),
            reader: Arc::clone(&reader),
            engine: engine.clone(),
        };
        Self {
            reader,
            tidier,
            launcher,
            submitter,
            watcher,
            engine,
            runtime: Handle::current(),
            tasks,
            attending: HashMap::new(),
            working: HashSet::new(),
            // A test hook: the actor of an agent of this name fails.
            panic_hook: std::env::var("SYNOD_TEST_ACTOR_PANICS").ok(),
        }
    }

    fn attend(&mut self, id: AttemptId, generation: u32, state: &State) {
        if self
            .attending
            .get(&id)
            .is_some_and(|attended| attended.generation == generation)
        {
            return;
        }
        let Some(what) = attending(id, state) else {
            return;
        };
        let (stop, stopped) = watch::channel(false);
        let (choices, chosen) = watch::channel(state.choices_for(&what.attempt));
        let hook = self
            .panic_hook
            .as_ref()
            .and_then(|hook| hook.strip_prefix(&what.agent.name))
            .map(str::to_owned);
        let (launcher, watcher, engine) = (
            Arc::clone(&self.launcher),
            self.watcher.clone(),
            self.engine.clone(),
        );
        let inner = self.runtime.spawn(async move {
            if generation > 0 {
                // What failed may need a moment to pass.
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
            injected_panic(hook.as_deref(), generation).await;
            attempt::attend(launcher, watcher, engine, what, stopped, chosen).await
        });
        let engine = self.engine.clone();
        self.tasks.spawn_on(
            async move {
                let detail = match inner.await {
                    Ok(Err(error)) => error.to_string(),
                    Err(panic) if panic.is_panic() => {
                        "the actor attending the attempt panicked".to_owned()
                    }
                    // Attended to its end, or the runtime is ending.
                    Ok(Ok(())) | Err(_) => return,
                };
                tracing::error!(attempt = %id, %detail, "an actor failed");
                // An engine that has gone is followed by a daemon that looks for itself.
                let _ = engine
                    .observe(vec![Observation::ActorFailed {
                        attempt: id,
                        detail,
                    }])
                    .await;
            },
            &self.runtime,
        );
        let attended = Attended {
            generation,
            stop,
            choices,
        };
        self.attending.insert(id, attended);
    }

    /// What people answered since goes to the actors that speak to their agents.
    fn hand_answers_over(&self, state: &State) {
        for (id, attended) in &self.attending {
            let Some(attempt) = state.attempt(*id) else {
                continue;
            };
            let answered = state.choices_for(attempt);
            attended.choices.send_if_modified(|known| {
                let is_news = *known != answered;
                *known = answered;
                is_news
            });
        }
    }

    /// Ends an attempt without an actor.
    fn abandon(&self, id: AttemptId, state: &State) {
        let Some(attempt) = state.attempt(id).cloned() else {
            return;
        };
        let adapter = state
            .execution(attempt.execution)
            .map_or(Adapter::Command, |execution| execution.agent.adapter);
        let (launcher, engine) = (Arc::clone(&self.launcher), self.engine.clone());
        self.tasks.spawn_on(
            async move {
                loop {
                    let (launcher, attempt) = (Arc::clone(&launcher), attempt.clone());
                    let Ok(end) =
                        spawn_blocking(move || answers::abandon(&launcher, adapter, &attempt))
                            .await
                    else {
                        return;
                    };
                    if let Some(end) = end {
                        // An engine that has gone is followed by a daemon that looks for itself.
                        let _ = engine.observe(vec![end]).await;
                        return;
                    }
                    tokio::time::sleep(AFTER_A_FAILURE).await;
                }
            },
            &self.runtime,
        );
    }

    fn validate(&self, execution: &Execution, run: &Run, state: &State) {
        let Work::Gate(gate) = &run.work else { return };
        let Some(attempt) = execution
            .attempts
            .last()
            .and_then(|id| state.attempt(*id))
            .cloned()
        else {
            return;
        };
        let (launcher, submitter, engine) = (
            Arc::clone(&self.launcher),
            Arc::clone(&self.submitter),
            self.engine.clone(),
        );
        let (id, gate, run) = (execution.id, gate.clone(), run.clone());
        let execution = execution.clone();
        self.tasks.spawn_on(
            async move {
                let read =
                    move || answers::read(&launcher, &submitter, &run, &gate, &execution, &attempt);
                let result = spawn_blocking(read).await.unwrap_or_else(|_| {
                    Err(Invalid {
                        reason: Reason::ActorPanicked,
                        detail: "reading the answer failed; its output is kept".to_owned(),
                    })
                });
                // As above.
                let _ = engine
                    .observe(vec![Observation::Validated {
                        execution: id,
                        result,
                    }])
                    .await;
            },
            &self.runtime,
        );
    }

    fn weigh(&self, run: &Run, state: &State) {
        let Some(heard) = answers::Heard::live(run, state) else {
            return;
        };
        let (submitter, reader, engine) = (
            Arc::clone(&self.submitter),
            Arc::clone(&self.reader),
            self.engine.clone(),
        );
        self.tasks.spawn_on(
            async move {
                let fallback = heard.clone();
                let weigh = {
                    let (submitter, reader) = (Arc::clone(&submitter), Arc::clone(&reader));
                    move || answers::weigh(&submitter, &reader, &heard)
                };
                // Fail closed: answers that cannot be weighed are no answers.
                let (weighing, kept) = match spawn_blocking(weigh).await {
                    Ok(weighed) => weighed,
                    Err(_) => (answers::weigh_nobody(&fallback), Kept::default()),
                };
                let asked = weighing.open.as_ref().and_then(|open| open.seats.first());
                let asked = asked.map(|(execution, _)| execution.to_string());
                // As above.
                let _ = engine
                    .observe(vec![Observation::Weighed(Box::new(weighing))])
                    .await;
                // A round that was not opened (the run was cancelled meanwhile) leaves no files behind. Where nobody
                // can tell, the next start removes them.
                let opened = asked.is_none_or(|id| reader.knows_execution(&id).unwrap_or(true));
                if opened {
                    kept.keep();
                }
            },
            &self.runtime,
        );
    }

    /// Makes the prompt that sends an invalid answer back.
    fn send_back(&self, execution: &Execution, run: &Run, state: &State) {
        let attempt = execution.attempts.last().and_then(|id| state.attempt(*id));
        let (Some(attempt), Work::Gate(_)) = (attempt.cloned(), &run.work) else {
            return;
        };
        let (launcher, engine) = (Arc::clone(&self.launcher), self.engine.clone());
        let execution = execution.clone();
        self.tasks.spawn_on(
            async move {
                let id = execution.id;
                let make = move || answers::send_back(&launcher, &execution, &attempt);
                let result = spawn_blocking(make)
                    .await
                    .unwrap_or_else(|_| Err("making its prompt failed".to_owned()));
                // As above.
                let _ = engine
                    .observe(vec![Observation::SentBack {
                        execution: id,
                        result,
                    }])
                    .await;
            },
            &self.runtime,
        );
    }
}

impl Effects for Supervisor {
    fn apply(&mut self, plan: &[Effect], state: &State) {
        let wanted: HashSet<Effect> = plan.iter().copied().collect();
        self.attending.retain(|id, _| {
            state
                .attempt(*id)
                .is_some_and(|attempt| !attempt.state.is_terminal())
        });
        self.working.retain(|effect| wanted.contains(effect));
        self.hand_answers_over(state);
        for effect in plan {
            match effect {
                Effect::Attend(id, generation) => self.attend(*id, *generation, state),
                Effect::Stop(id) => {
                    if let Some(attended) = self.attending.get(id) {
                        attended
                            .stop
                            .send_if_modified(|stop| !std::mem::replace(stop, true));
                    }
                }
                Effect::Abandon(id) => {
                    if self.working.insert(*effect) {
                        self.abandon(*id, state);
                    }
                }
                Effect::Validate(id, _) => {
                    if self.working.insert(*effect)
                        && let Some(execution) = state.execution(*id)
                        && let Some(run) = state.run(execution.run)
                    {
                        self.validate(execution, run, state);
                    }
                }
                Effect::Weigh(id, _) => {
                    if self.working.insert(*effect)
                        && let Some(run) = state.run(*id)
                    {
                        self.weigh(run, state);
                    }
                }
                Effect::SendBack(id, _) => {
                    if self.working.insert(*effect)
                        && let Some(execution) = state.execution(*id)
                        && let Some(run) = state.run(execution.run)
                    {
                        self.send_back(execution, run, state);
                    }
                }
            }
        }
    }

    fn committed(&mut self, changes: &[v1::Change]) {
        for change in changes {
            if let Some(v1::change::Entity::Run(run)) = &change.entity
                && run.kind == "gate"
                && run.state.parse().is_ok_and(|state| !asks_agents(state))
            {
                let (paths, id) = (self.launcher.paths.clone(), run.id.clone());
                self.runtime
                    .spawn_blocking(move || keep::forget_environments(&paths, &id));
            }
            if let Some(v1::change::Entity::Run(run)) = &change.entity
                && run.state.parse().is_ok_and(RunState::is_terminal)
                && run.workspace.as_ref().is_some_and(is_to_be_tidied)
            {
                let tidied = self.tidier.clone().ended(run.id.clone());
                self.tasks.spawn_on(tidied, &self.runtime);
            }
            if let Some(v1::change::Entity::Execution(execution)) = &change.entity
                && execution
                    .state
                    .parse()
                    .is_ok_and(ExecutionState::is_terminal)
            {
                let (paths, id) = (self.launcher.paths.clone(), execution.id.clone());
                self.runtime
                    .spawn_blocking(move || keep::forget(&paths, &id));
            }
        }
    }
}

fn attending(id: AttemptId, state: &State) -> Option<Attending> {
    let attempt = state.attempt(id)?.clone();
    let run = state.run(attempt.run)?;
    let execution = state.execution(attempt.execution)?;
    Some(Attending {
        agent: execution.agent.clone(),
        progress: state.progress(id).cloned(),
        found: Found {
            run: run.clone(),
            executions: state.executions_of(run).cloned().collect(),
            // Those that have ended too: a database that is lost meanwhile is rebuilt from this.
            attempts: state
                .executions_of(run)
                .flat_map(|execution| &execution.attempts)
                .filter_map(|id| state.attempt(*id))
                .filter(|known| known.end.is_some() || known.id == attempt.id)
                .cloned()
                .collect(),
        },
        attempt,
    })
}

/// Whether somebody has to look at a workspace once its run has ended.
fn is_to_be_tidied(workspace: &v1::Workspace) -> bool {
    let stands = workspace.state.parse();
    workspace.kind != WorkspaceKind::None.as_str()
        && matches!(stands, Ok(WorkspaceState::Planned | WorkspaceState::Made))
}

/// `NAME` panics always, `NAME:once` only the first time.
#[allow(clippy::panic, reason = "what the test hook is for")]
async fn injected_panic(hook: Option<&str>, generation: u32) {
    match hook {
        Some("") => panic!("SYNOD_TEST_ACTOR_PANICS"),
        Some(":once") if generation == 0 => {
            tokio::task::yield_now().await;
            panic!("SYNOD_TEST_ACTOR_PANICS");
        }
        Some(_) | None => {}
    }
}
