//! The daemon from its start to its end.
//!
//! The order matters: the lock before the socket and the database are touched; the directories before the
//! engine plans; the engine before the socket answers.

mod places;
mod signals;

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use synod_config::{Config, provider::LOCAL};
use synod_core::state::Limits;
use synod_shared::{paths::Paths, words::RunState};
use synod_shim::{
    containment::{self, Mechanism, Preference, detect},
    dir::RunDir,
    process::boot_id,
    spec::Restore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    places::{MadeBy, bind, make_dirs, remove_socket, win_or_say_who},
    signals::Signals,
};
use crate::{
    adopt,
    attempt::{Launcher, Watcher, own_exe},
    clock::Clock,
    engine,
    feed::Publisher,
    probe,
    rpc::{self, Sockets},
    store::{Reader, Store, StoreError, Watermark},
    submit::{self, Submitter, keep},
    supervise::Supervisor,
    tidy::Tidier,
    workspace::{self, Git, Running, Workspaces},
};

/// How long the end waits for actors to come to a stop.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long the end waits for the engine's last commit.
const LAST_COMMIT: Duration = Duration::from_secs(30);
/// Threads of the runtime: the engine has its own; two cores are the machine this is measured on.
const WORKERS: usize = 2;

/// Runs the daemon until it is asked to end.
pub fn main(socket: Option<&Path>) -> anyhow::Result<()> {
    // What agents are to have back, before this process changes it for itself.
    let restore = Restore::capture().context("the process's own limits cannot be read")?;
    raise_descriptor_limit();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let paths = Paths::from_env(socket)?;
    make_dirs(&paths)?;
    let lock = win_or_say_who(&paths)?;
    log_to(&paths)?;
    // A daemon belongs to no terminal. Already leading a session is as good.
    let _ = rustix::process::setsid();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let result = runtime.block_on(run(paths, restore));
    // Reads under way may finish; nothing is lost with them.
    runtime.shutdown_timeout(FAREWELL);
    drop(lock);
    if let Err(error) = &result {
        tracing::error!(
            error = format!("{error:#}"),
            "the daemon ends with an error"
        );
    }
    result
}

async fn run(paths: Paths, restore: Restore) -> anyhow::Result<()> {
    let began = Instant::now();
    let ending = CancellationToken::new();
    let signals = Signals::listen()?;
    let (listener, made_by) = bind(&paths)?;
    let boot_id = boot_id().context("the kernel's boot id cannot be read")?;
    let clock = Clock::new(boot_id.clone());
    let synodd = std::env::current_exe().context("the daemon's own program cannot be found")?;
    let (config, mut warnings) = configuration(&paths, &synodd);
    let mechanism = mechanism(&paths);
    if let Mechanism::Session = mechanism {
        warnings.push(
            "no cgroup v2 tree can be used: process trees are held together by session and mark, which is weaker".to_owned(),
        );
    }
    let database = paths.database();
    let (store, opened) = Store::open(&database)?;
    let reader = Arc::new(Reader::open(&database)?);
    let bulk = Arc::new(Reader::open(&database)?);
    let found = adopt::survey(&paths, &reader, opened)?;
    if found.is_empty() {
        forget_stale_files(&paths, &store, &reader)?;
    }
    remove_stale_leaves(&paths, &mechanism);
    probe::forget_left(&paths.probes());
    let watermark = Watermark::new(&paths.state_dir, store.feed());
    let containment = mechanism.describe();
    let publisher = Publisher::new(&store.feed().to_string());
    let watcher = Watcher::start().context("inotify cannot be used")?;
    let git = Git {
        exe: own_exe(),
        umask: restore.umask,
        running: Running::new(&paths.worktrees()),
    };
    let launcher = Arc::new(Launcher {
        exe: own_exe(),
        paths: paths.clone(),
        mechanism,
        restore,
        boot_id,
        watermark: watermark.clone(),
        workspaces: Workspaces::new(git.clone(), paths.clone()),
    });
    let submitter = Arc::new(Submitter {
        paths: paths.clone(),
        synodd,
        git,
    });
    let tasks = TaskTracker::new();
    let start = engine::Start {
        store,
        limits: limits(&config),
        clock: clock.clone(),
        publisher: publisher.clone(),
        found,
        watermark,
    };
    let (engine, mut engine_end) = engine::start(start, |engine| {
        Supervisor::new(
            Arc::clone(&launcher),
            Arc::clone(&submitter),
            watcher.clone(),
            engine,
            tasks.clone(),
            Arc::clone(&reader),
        )
    });
    workspace::sweep_scratch(&launcher.workspaces);
    let tidier = Tidier {
        launcher: Arc::clone(&launcher),
        reader: Arc::clone(&reader),
        engine: engine.clone(),
    };
    tasks.spawn(tidier.run(Arc::clone(&submitter), clock, ending.clone()));
    let ended_with = Arc::clone(&launcher);
    let context = rpc::Context {
        engine: engine.clone(),
        reader,
        bulk,
        publisher,
        submitter,
        launcher,
        watcher,
        paths: paths.clone(),
        containment,
        warnings,
        began,
        ending: ending.clone(),
    };
    // Nobody is answered before what the directories proved is committed: a listing would miss it. Should the
    // engine have failed, its end says so below.
    let _ = engine.gauges().await;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), pid = std::process::id(), containment, socket = %paths.socket.display(), ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), "ready");
    // Without a service manager nobody listens, and that is fine.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let sockets = Sockets {
        listener,
        keep_at: (made_by == MadeBy::Us).then(|| paths.socket.clone()),
    };
    let server = tokio::spawn(rpc::serve(context, sockets));
    let result = tokio::select! {
        () = signals.asked_to_end() => Ok(()),
        () = ending.cancelled() => Ok(()),
        ended = &mut engine_end => match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(anyhow::Error::new(error)),
            Err(_) => Err(anyhow::anyhow!("the engine has gone")),
        },
    };
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    ending.cancel();
    // No new connections from here on: the next daemon makes a socket of its own.
    remove_socket(&paths, made_by);
    // The lock is given up only when the last commit is done.
    if result.is_ok() {
        engine.stop().await;
        if tokio::time::timeout(LAST_COMMIT, engine_end).await.is_err() {
            tracing::error!("the last commit takes too long; the daemon ends without it");
        }
    }
    if tokio::time::timeout(FAREWELL, server).await.is_err() {
        tracing::warn!("calls under way were cut off");
    }
    // Only if nothing runs in it.
    ended_with.mechanism.retire();
    tracing::info!("the daemon ends; agents go on");
    result
}

/// As many descriptors as are allowed: each connection and each attempt takes some. Agents get the old limit.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // With the old limit it works too, for fewer at a time.
    let _ = setrlimit(Resource::Nofile, raised);
}

fn log_to(paths: &Paths) -> anyhow::Result<()> {
    let path = paths.log();
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("the log {} cannot be opened", path.display()))?;
    let filter = tracing_subscriber::EnvFilter::try_from_env("SYNOD_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("info,h2=warn,hyper=warn,tower=warn")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(file))
        .try_init()
        .map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}

/// A configuration that is wrong stops submissions, not the agents that run.
fn configuration(paths: &Paths, synodd: &Path) -> (Config, Vec<String>) {
    match Config::load(&paths.config_file(), synodd) {
        Ok(config) => (config, Vec::new()),
        Err(error) => {
            tracing::warn!(%error, "the configuration cannot be used; default limits hold until the next start");
            let warning =
                "the configuration could not be read at start: default limits hold".to_owned();
            (Config::defaults(synodd), vec![warning])
        }
    }
}

fn limits(config: &Config) -> Limits {
    let limit = |name: &str| config.provider(name).max_running.unwrap_or(u32::MAX);
    let agents = config.agents.values().map(|agent| &agent.provider);
    let named = config.providers.keys().chain(agents).map(String::as_str);
    Limits {
        max_running: config.limits.max_running,
        max_queued: config.limits.max_queued,
        providers: named
            .chain([LOCAL])
            .map(|name| (name.to_owned(), limit(name)))
            .collect(),
        other_providers: synod_config::Provider::default_for("")
            .max_running
            .unwrap_or(u32::MAX),
    }
}

/// The mechanism that holds process trees. The name of its parent is made of the state directory, so that two
/// daemons of one user never touch each other's.
fn mechanism(paths: &Paths) -> Mechanism {
    let preference = match std::env::var("SYNOD_CONTAINMENT").as_deref() {
        Ok("session") => Preference::Session,
        Ok(_) | Err(_) => Preference::Auto,
    };
    let hash = submit::payload_hash("state", paths.state_dir.as_os_str().as_encoded_bytes());
    detect(preference, hash.get(..12).unwrap_or("state"))
}

/// Leaves of attempts that have no directory any more: their shims could not remove them.
fn remove_stale_leaves(paths: &Paths, mechanism: &Mechanism) {
    let Mechanism::Cgroup { parent } = mechanism else {
        return;
    };
    let live = match RunDir::list(&paths.runs()) {
        Ok(dirs) => dirs
            .iter()
            .map(|dir| dir.name().to_string_lossy().into_owned())
            .collect(),
        Err(error) => {
            // Not knowing who lives, nobody is touched.
            tracing::warn!(%error, "stale cgroups were not looked for");
            return;
        }
    };
    match containment::remove_stale_leaves(parent, &live) {
        Ok(removed) if removed.is_empty() => {}
        Ok(removed) => tracing::info!(?removed, "stale cgroups were removed"),
        Err(error) => tracing::warn!(%error, "a stale cgroup was not removed"),
    }
}

/// Whether a gate in this state may ask its agents something.
pub(crate) const fn asks_agents(state: RunState) -> bool {
    match state {
        RunState::Pending | RunState::Executing | RunState::Deciding => true,
        RunState::AwaitingHuman
        | RunState::Passed
        | RunState::PassedDegraded
        | RunState::Rejected
        | RunState::Failed
        | RunState::NoQuorum
        | RunState::DeadlineExceeded
        | RunState::Cancelled => false,
    }
}

/// Environments and prompts of executions that are not live any more, and whatever was never committed.
fn forget_stale_files(paths: &Paths, store: &Store, reader: &Reader) -> anyhow::Result<()> {
    let live = store
        .load()?
        .entities
        .into_iter()
        .filter_map(|entity| match entity {
            synod_core::entity::Entity::Execution(execution) if !execution.state.is_terminal() => {
                Some(execution.id.to_string())
            }
            // A gate that may still ask its agents.
            synod_core::entity::Entity::Run(run) if asks_agents(run.state) => {
                Some(run.id.to_string())
            }
            _ => None,
        });
    let runs = reader.run_ids()?;
    keep::forget_all_but(paths, &live.collect(), |id| {
        Ok::<_, StoreError>(runs.contains(id) || reader.knows_execution(id)?)
    })?;
    Ok(())
}
