//! An actor's part in a conversation: hears when the agent has said something, tells the engine who waits for a
//! permission, takes committed answers, and gives a cancelled turn a moment to end by itself.

use std::{io, time::Duration};

use synod_adapters::{Adapter, Permission, acp::Over};
use synod_core::input::Observation;
use synod_shim::records::Exit;
use tokio::{
    sync::watch,
    task::{JoinError, spawn_blocking},
    time::Instant,
};

use super::{
    actor::{Actor, AttendError},
    talk::{Talk, setup},
};

/// How long an agent may take to end its turn when it is cancelled; then it is ended.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// After what could not be read or written (a full disk) it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Answers that are committed: the request, and the id of the choice.
pub type Choices = Vec<(String, String)>;

/// A conversation as its actor sees it.
pub(super) struct Talking {
    /// Nothing as long as it has not begun, or had to be given up: it is opened anew.
    talk: Option<Talk>,
    choices: watch::Receiver<Choices>,
    /// What the engine was told; nothing if that is not known.
    asked: Option<Vec<Permission>>,
    over: Option<Over>,
    again: Option<Instant>,
    /// Whether it was said that something does not work.
    complained: bool,
}

impl Talking {
    pub(super) fn of(adapter: Adapter, choices: watch::Receiver<Choices>) -> Option<Self> {
        match adapter {
            Adapter::Acp => Some(Self {
                talk: None,
                choices,
                asked: None,
                over: None,
                again: None,
                complained: false,
            }),
            Adapter::Command
            | Adapter::Claude
            | Adapter::Codex
            | Adapter::Gemini
            | Adapter::Opencode => None,
        }
    }

    /// Returns when people have answered, or it is to be tried again.
    pub(super) async fn news(talking: &mut Option<Self>) {
        let Some(talking) = talking else {
            return std::future::pending().await;
        };
        let again = talking.again;
        tokio::select! {
            answered = talking.choices.changed() => {
                if answered.is_err() {
                    // Nobody hands answers over any more: the daemon ends.
                    std::future::pending::<()>().await;
                }
            }
            () = tokio::time::sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => {
                talking.again = None;
            }
        }
    }
}

impl Actor {
    /// Goes on with the conversation: hears, answers, says, and tells the engine who waits. What does not work now
    /// is tried again later, from what the files say.
    pub(super) async fn talk(&mut self) -> Result<(), AttendError> {
        let Some(talking) = &mut self.talking else {
            return Ok(());
        };
        if talking.again.is_some_and(|again| again > Instant::now()) {
            return Ok(());
        }
        let choices = talking.choices.borrow_and_update().clone();
        let cancelled = *self.stop.borrow();
        let (dir, agent, found) = (self.dir.clone(), self.agent.clone(), self.found.clone());
        let known = talking.talk.take();
        let step = move || -> io::Result<Talk> {
            let mut talk = match known {
                Some(talk) => talk,
                None => Talk::open(&dir, setup(&dir, &agent, &found)?)?,
            };
            talk.hear()?;
            talk.answer(&choices);
            if cancelled {
                talk.cancel();
            }
            talk.say()?;
            Ok(talk)
        };
        let done: Result<io::Result<Talk>, JoinError> = spawn_blocking(step).await;
        let Some(talking) = &mut self.talking else {
            return Ok(());
        };
        let open = match done? {
            Ok(talk) => {
                talking.over = talk.is_over();
                let open = talk.open_permissions();
                talking.talk = Some(talk);
                open
            }
            Err(error) => {
                talking.again = Some(Instant::now() + AGAIN);
                if !std::mem::replace(&mut talking.complained, true) {
                    tracing::warn!(attempt = %self.attempt.id, %error, "the conversation has to wait");
                }
                return Ok(());
            }
        };
        if talking.asked.as_ref() != Some(&open) {
            talking.asked = Some(open.clone());
            let attempt = self.attempt.id;
            self.observe(vec![Observation::Asked { attempt, open }])
                .await;
        }
        Ok(())
    }

    /// Whether there is a turn that may still end by itself.
    pub(super) fn awaits_result(&self) -> bool {
        self.talking.as_ref().is_some_and(|talking| {
            talking.talk.is_some() && talking.over.is_none() && talking.again.is_none()
        })
    }

    /// Why there was no turn, if the conversation tells.
    pub(super) async fn why_never(&self, exit: &Exit) -> Option<String> {
        if self.talking.is_none() || exit.started_at_us.is_none() {
            return None;
        }
        let (dir, agent, found) = (self.dir.clone(), self.agent.clone(), self.found.clone());
        let read = move || Talk::never(&dir, setup(&dir, &agent, &found)?);
        match spawn_blocking(read).await {
            Ok(Ok(sentence)) => sentence,
            Ok(Err(error)) => {
                tracing::warn!(attempt = %self.attempt.id, %error, "what was said is not known");
                None
            }
            Err(_) => None,
        }
    }
}
