//! One inotify instance for the daemon: who waits for an attempt's directory is woken when something in it
//! changes, and nothing runs while nothing does.

use std::{
    collections::HashMap,
    io,
    mem::MaybeUninit,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use rustix::fs::inotify;
use tokio::{io::unix::AsyncFd, sync::watch};

use super::descriptor::readable;

/// Wakes those who wait for a directory.
#[derive(Debug, Clone)]
pub struct Watcher {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    inotify: AsyncFd<OwnedFd>,
    watched: Mutex<Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    by_path: HashMap<PathBuf, Weak<Watch>>,
    by_descriptor: HashMap<i32, Weak<Watch>>,
}

/// A directory that is watched. The watch ends with the last one who holds it.
#[derive(Debug)]
pub struct Watch {
    descriptor: i32,
    changed: watch::Sender<u64>,
    watcher: Weak<Inner>,
}

impl Watcher {
    /// Starts watching nothing yet. Must be called within the runtime.
    pub fn start() -> io::Result<Self> {
        let inotify =
            inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        let inner = Arc::new(Inner {
            inotify: readable(inotify)?,
            watched: Mutex::default(),
        });
        let reading = Arc::downgrade(&inner);
        tokio::spawn(async move {
            while let Some(inner) = reading.upgrade() {
                if let Err(error) = inner.read().await {
                    tracing::error!(%error, "watching run directories failed; output is seen later");
                    return;
                }
            }
        });
        Ok(Self { inner })
    }

    /// Watches a directory.
    pub fn watch(&self, dir: &Path) -> io::Result<Arc<Watch>> {
        let mut watched = self
            .inner
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = watched.by_path.get(dir).and_then(Weak::upgrade) {
            return Ok(watch);
        }
        let flags = inotify::WatchFlags::MODIFY
            | inotify::WatchFlags::MOVED_TO
            | inotify::WatchFlags::CREATE
            | inotify::WatchFlags::MOVE_SELF;
        let descriptor = inotify::add_watch(self.inner.inotify.get_ref(), dir, flags)?;
        let watch = Arc::new(Watch {
            descriptor,
            changed: watch::channel(0).0,
            watcher: Arc::downgrade(&self.inner),
        });
        watched
            .by_path
            .insert(dir.to_path_buf(), Arc::downgrade(&watch));
        watched
            .by_descriptor
            .insert(descriptor, Arc::downgrade(&watch));
        Ok(watch)
    }
}

impl Watch {
    /// Fires whenever something in the directory has changed since it was last looked at.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(inner) = self.watcher.upgrade() else {
            return;
        };
        let mut watched = inner.watched.lock().unwrap_or_else(PoisonError::into_inner);
        // Another watch may have taken the path over meanwhile; the kernel gives both one descriptor.
        let taken_over = watched
            .by_descriptor
            .get(&self.descriptor)
            .is_some_and(|watch| watch.strong_count() > 0);
        if !taken_over {
            watched.by_descriptor.remove(&self.descriptor);
            watched.by_path.retain(|_, watch| watch.strong_count() > 0);
            // The directory may be gone, and its watch with it.
            let _ = inotify::remove_watch(inner.inotify.get_ref(), self.descriptor);
        }
    }
}

impl Inner {
    async fn read(&self) -> io::Result<()> {
        let mut ready = self.inotify.readable().await?;
        let mut space = [MaybeUninit::<u8>::uninit(); 8 * 1024];
        let mut seen = Vec::new();
        let result = ready.try_io(|inotify| {
            let mut events = inotify::Reader::new(inotify.get_ref(), &mut space);
            loop {
                let event = events.next()?;
                seen.push((event.wd(), event.events()));
                if events.is_buffer_empty() {
                    return Ok(());
                }
            }
        });
        for watch in self.touched(seen) {
            watch
                .changed
                .send_modify(|count| *count = count.wrapping_add(1));
        }
        match result {
            // Not readable after all: wait again.
            Err(_would_block) => Ok(()),
            Ok(result) => result,
        }
    }

    /// The watches these events are of. Given out, so that the last of an `Arc` is never dropped while the lock is
    /// held: dropping a watch takes it too.
    fn touched(&self, mut seen: Vec<(i32, inotify::ReadFlags)>) -> Vec<Arc<Watch>> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let overflown = seen
            .iter()
            .any(|(_, flags)| flags.contains(inotify::ReadFlags::QUEUE_OVERFLOW));
        if overflown {
            // Too much at once: everybody looks.
            return watched
                .by_descriptor
                .values()
                .filter_map(Weak::upgrade)
                .collect();
        }
        seen.sort_by_key(|(descriptor, _)| *descriptor);
        seen.dedup_by_key(|(descriptor, _)| *descriptor);
        let watches = seen
            .iter()
            .filter_map(|(descriptor, _)| watched.by_descriptor.get(descriptor));
        watches.filter_map(Weak::upgrade).collect()
    }
}
