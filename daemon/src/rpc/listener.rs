//! The socket that clients connect to, as long as the daemon lives: deleted under it, it is made anew. Without it
//! nobody could reach the daemon, not even to end it.

use std::{
    fs::{self, DirBuilder},
    io,
    os::{
        fd::OwnedFd,
        unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::inotify;
use tokio::{
    io::unix::AsyncFd,
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;

use crate::attempt::readable;

/// Whoever deletes the socket may be about to delete its directory, too, and is not to be hindered.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Between two attempts while it cannot be made.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// See the module.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    kept: Option<Kept>,
}

/// A socket of our own. One that was handed over is its maker's to keep.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    /// Device and inode of what was bound.
    identity: Option<(u64, u64)>,
    directory: Option<AsyncFd<OwnedFd>>,
    ending: CancellationToken,
}

impl Listener {
    /// `keep_at` is where the socket was bound, if it is to be made anew when it is deleted.
    pub fn new(
        listener: UnixListener,
        keep_at: Option<PathBuf>,
        ending: CancellationToken,
    ) -> Self {
        let kept = keep_at.map(|path| Kept {
            identity: identity(&path),
            directory: watch(&path),
            path,
            ending,
        });
        Self { listener, kept }
    }

    /// The next connection.
    pub async fn accept(&mut self) -> io::Result<UnixStream> {
        loop {
            let Some(kept) = &mut self.kept else {
                return self.listener.accept().await.map(|(stream, _)| stream);
            };
            tokio::select! {
                accepted = self.listener.accept() => return accepted.map(|(stream, _)| stream),
                () = kept.lost() => {
                    if let Some(listener) = kept.make_anew().await {
                        self.listener = listener;
                    }
                }
            }
        }
    }
}

impl Kept {
    /// Returns when the path does not lead to our socket any more. Never, if that cannot be seen.
    async fn lost(&mut self) {
        loop {
            if self.ending.is_cancelled() {
                return std::future::pending().await;
            }
            if self.identity.is_none() || identity(&self.path) != self.identity {
                return;
            }
            let Some(directory) = &self.directory else {
                return std::future::pending().await;
            };
            let Ok(mut ready) = directory.readable().await else {
                return std::future::pending().await;
            };
            // What happened does not matter: the path is looked at.
            let _ = ready.try_io(|descriptor| {
                let mut events = [0; 4096];
                rustix::io::read(descriptor, &mut events).map_err(io::Error::from)
            });
        }
    }

    /// Tries until it succeeds; none when the daemon ends.
    async fn make_anew(&mut self) -> Option<UnixListener> {
        tracing::warn!(socket = %self.path.display(), "the socket was deleted; it is made anew");
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.ending.cancelled() => return None,
            }
            match bind(&self.path) {
                Ok(listener) => {
                    self.directory = watch(&self.path);
                    self.identity = identity(&self.path);
                    return Some(listener);
                }
                Err(error) => {
                    tracing::warn!(socket = %self.path.display(), %error, "the socket cannot be made");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

/// Binds a socket that only its owner may use, whatever was there before: the caller owns the daemon's lock.
fn bind(path: &Path) -> io::Result<UnixListener> {
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Which socket the path leads to.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let found = fs::symlink_metadata(path).ok()?;
    found
        .file_type()
        .is_socket()
        .then(|| (found.dev(), found.ino()))
}

/// Something readable whenever something has left the path's directory, or it is gone itself.
fn watch(path: &Path) -> Option<AsyncFd<OwnedFd>> {
    let start = || -> io::Result<AsyncFd<OwnedFd>> {
        let inotify =
            inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        let gone = inotify::WatchFlags::DELETE
            | inotify::WatchFlags::MOVED_FROM
            | inotify::WatchFlags::MOVED_TO
            | inotify::WatchFlags::DELETE_SELF
            | inotify::WatchFlags::MOVE_SELF;
        inotify::add_watch(&inotify, path.parent().unwrap_or(Path::new("/")), gone)?;
        readable(inotify)
    };
    start()
        .inspect_err(|error| {
            tracing::warn!(socket = %path.display(), %error, "the socket cannot be watched");
        })
        .ok()
}
