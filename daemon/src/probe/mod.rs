//! What is there to run agents with, found out without asking any model: programs on the caller's `PATH`, the versions
//! they tell, the variables they need.
//!
//! It says what it found and changes nothing; no other program is ever taken in place of a missing one.

mod look;
mod version;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use synod_adapters::{Adapter, Profile};
use synod_config::{Agent, Config, Profiles};
use tokio::{sync::Semaphore, task::JoinSet};

use self::{look::Looked, version::Question};
pub use self::{look::Probe, version::forget_left};
use crate::attempt::Launcher;

/// Programs asked at the same time: each may take hundreds of megabytes.
const AT_ONCE: usize = 4;
/// How long a program may take to tell its version.
pub const USUAL_LIMIT: Duration = Duration::from_secs(10);
/// The most that may be asked for: a call must end.
pub const LONGEST_LIMIT: Duration = Duration::from_secs(30);

/// Whether programs are started to ask for their version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// They are only looked for.
    Unasked,
    /// Each may take this long.
    Within(Duration),
}

/// Looks at configured agents.
pub async fn agents<'a>(
    launcher: &Arc<Launcher>,
    config: &'a Config,
    agents: impl Iterator<Item = &'a Agent>,
    caller: &BTreeMap<String, String>,
    versions: Versions,
) -> Vec<Probe> {
    let looked = agents.map(|agent| look::at_agent(agent, config.profile(agent), caller, versions));
    answered(launcher, looked.collect()).await
}

/// Looks at every CLI that there is a profile of with a program in it.
pub async fn clis(
    launcher: &Arc<Launcher>,
    profiles: &Profiles,
    caller: &BTreeMap<String, String>,
    versions: Versions,
) -> Vec<Probe> {
    let known = Adapter::ALL
        .iter()
        .map(|adapter| (*adapter, profiles.of(*adapter)))
        .filter(|(_, profile): &(Adapter, &Profile)| !profile.program.is_empty());
    let looked = known.map(|(adapter, profile)| look::at_cli(adapter, profile, caller, versions));
    answered(launcher, looked.collect()).await
}

/// Asks each program once, however many agents it runs.
async fn answered(launcher: &Arc<Launcher>, looked: Vec<Looked>) -> Vec<Probe> {
    let questions: BTreeSet<Question> = looked
        .iter()
        .filter_map(|looked| looked.question.clone())
        .collect();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut asked = JoinSet::new();
    for question in questions {
        let (launcher, places) = (Arc::clone(launcher), Arc::clone(&places));
        asked.spawn(async move {
            // Never closed, so there is always a permit to wait for.
            let _place = places.acquire_owned().await;
            let put = question.clone();
            let answer =
                tokio::task::spawn_blocking(move || version::ask(&launcher, &question)).await;
            (put, answer)
        });
    }
    let mut answers = BTreeMap::new();
    while let Some(done) = asked.join_next().await {
        if let Ok((question, Ok(answer))) = done {
            answers.insert(question, answer);
        }
    }
    looked
        .into_iter()
        .map(|looked| {
            let answer = looked
                .question
                .as_ref()
                .and_then(|question| answers.get(question));
            looked.probe.with_version(answer)
        })
        .collect()
}
