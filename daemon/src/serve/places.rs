//! What a daemon takes hold of: its directories, its lock, its socket.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use rustix::fs::{FlockOperation, flock};
use synod_shared::paths::Paths;
use tokio::net::UnixListener;

/// How long a daemon that is not the first waits for the first one's socket.
const WINNER: Duration = Duration::from_secs(2);

/// Whose socket it is. Asked once: taking it over removes what the environment said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MadeBy {
    Us,
    /// It goes on listening, and starts the next daemon with the next call.
    ServiceManager,
}

pub(super) fn make_dirs(paths: &Paths) -> anyhow::Result<()> {
    let socket_dir = paths.socket.parent().unwrap_or(Path::new("/"));
    let own = [
        paths.state_dir.clone(),
        paths.runs(),
        paths.archive(),
        paths.submissions(),
        paths.worktrees(),
        paths.environments(),
        paths.probes(),
        paths.nowhere(),
    ];
    for dir in &own {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .with_context(|| format!("the directory {} cannot be made", dir.display()))?;
        // It may have been made by hand, or by an older umask.
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
            .with_context(|| format!("the directory {} cannot be made private", dir.display()))?;
    }
    if !socket_dir.exists() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(socket_dir)
            .with_context(|| {
                format!(
                    "the directory {} for the socket cannot be made",
                    socket_dir.display()
                )
            })?;
    }
    Ok(())
}

/// The lock, or who holds it.
fn take_lock(paths: &Paths) -> anyhow::Result<Result<File, String>> {
    let path = paths.daemon_lock();
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("the lock {} cannot be opened", path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            // The pid is for people; a full disk is no reason not to start.
            let _ = file
                .set_len(0)
                .and_then(|()| writeln!(file, "{}", std::process::id()));
            Ok(Ok(file))
        }
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            Ok(Err(holder.trim().to_owned()))
        }
        Err(error) => {
            Err(error).with_context(|| format!("the lock {} cannot be taken", path.display()))
        }
    }
}

/// The lock, also when its holder is just ending: a daemon that was killed holds it until its last thread is gone.
/// Whoever owns the state and answers is named; so is one that does not answer for a while.
pub(super) fn win_or_say_who(paths: &Paths) -> anyhow::Result<File> {
    let deadline = Instant::now() + WINNER;
    loop {
        let holder = match take_lock(paths)? {
            Ok(lock) => return Ok(lock),
            Err(holder) => holder,
        };
        if std::os::unix::net::UnixStream::connect(&paths.socket).is_ok() && is_alive(&holder) {
            anyhow::bail!(
                "another daemon (pid {holder}) serves {}; this one was not needed",
                paths.socket.display()
            );
        }
        if Instant::now() >= deadline {
            anyhow::bail!(
                "another daemon (pid {holder}) holds {}, but nobody answers on {}; end it, or use the same --socket",
                paths.daemon_lock().display(),
                paths.socket.display()
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process is there and not a mere entry that nobody has taken away yet.
fn is_alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| {
            stat.rsplit_once(") ")
                .map(|(_, rest)| !rest.starts_with(['Z', 'X']))
        })
        .unwrap_or(false)
}

/// The socket: handed over by a service manager, or bound anew. The umask was set before, so it is private from
/// its first moment.
pub(super) fn bind(paths: &Paths) -> anyhow::Result<(UnixListener, MadeBy)> {
    let mut handed_over = listenfd::ListenFd::from_env();
    if let Some(listener) = handed_over
        .take_unix_listener(0)
        .context("the socket handed over is none")?
    {
        listener.set_nonblocking(true)?;
        return Ok((UnixListener::from_std(listener)?, MadeBy::ServiceManager));
    }
    // This process holds the lock, so whatever is there is stale.
    match std::fs::remove_file(&paths.socket) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "the stale socket {} cannot be removed",
                    paths.socket.display()
                )
            });
        }
    }
    let listener = UnixListener::bind(&paths.socket)
        .with_context(|| format!("the socket {} cannot be bound", paths.socket.display()))?;
    std::fs::set_permissions(&paths.socket, std::fs::Permissions::from_mode(0o600))?;
    Ok((listener, MadeBy::Us))
}

pub(super) fn remove_socket(paths: &Paths, made_by: MadeBy) {
    match made_by {
        MadeBy::Us => {
            // Already gone is what is wanted.
            let _ = std::fs::remove_file(&paths.socket);
        }
        MadeBy::ServiceManager => {}
    }
}
