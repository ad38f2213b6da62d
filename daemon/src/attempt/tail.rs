//! Reading an attempt's output for whoever asks: from an offset, to its end or beyond.

use std::{io, os::unix::fs::FileExt as _, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use synod_core::entity::Attempt;
use synod_proto::v1;
use synod_shim::dir::RunDir;
use tokio::{sync::mpsc, task::spawn_blocking};
use tonic::Status;

use super::{Launcher, Watcher, reading::transcript_of, watch::Watch};
use crate::{rpc::status, store::Reader};

/// Bytes in one message.
const PIECE: usize = 64 * 1024;
/// Messages that may wait for one reader.
const WAITING: usize = 8;
/// A follower looks again after this long even if nothing woke it.
const LOOK: Duration = Duration::from_secs(1);

/// What is to be read.
#[derive(Debug)]
pub struct Tail {
    pub attempt: Attempt,
    pub stream: Stream,
    pub offset: u64,
    pub limit: Option<u64>,
    pub follow: bool,
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
    /// What the output means, as text; of structured agents only.
    Transcript,
}

/// Serves one reader, in a task of its own.
#[must_use]
pub fn tail(
    launcher: Arc<Launcher>,
    watcher: Watcher,
    reader: Arc<Reader>,
    what: Tail,
    ending: tokio_util::sync::CancellationToken,
) -> mpsc::Receiver<Result<v1::TailOutputResponse, Status>> {
    let (to, stream) = mpsc::channel(WAITING);
    let mut tailing = Tailing {
        launcher,
        watcher,
        reader,
        what,
        to,
        file: None,
        watch: None,
        birth: None,
    };
    let goodbye = tailing.to.clone();
    tokio::spawn(async move {
        tokio::select! {
            result = tailing.run() => {
                if let Err(error) = result {
                    // A reader that has gone does not want to know.
                    let _ = tailing.to.send(Err(Status::internal(format!("the output cannot be read: {error}")))).await;
                }
            }
            () = ending.cancelled() => {
                // Said, so that whoever follows knows it from a crash. One that does not read is not waited for.
                let _ = goodbye.try_send(Err(status::stopped()));
            }
        }
    });
    stream
}

struct Tailing {
    launcher: Arc<Launcher>,
    watcher: Watcher,
    reader: Arc<Reader>,
    what: Tail,
    to: mpsc::Sender<Result<v1::TailOutputResponse, Status>>,
    /// Stays open while the directory moves into the archive.
    file: Option<Arc<std::fs::File>>,
    watch: Option<Arc<Watch>>,
    /// Of the place where the directory will appear, until it does.
    birth: Option<Arc<Watch>>,
}

impl Tailing {
    async fn run(&mut self) -> io::Result<()> {
        loop {
            // Who waits must be listening before it looks, or it misses what happens in between.
            let mut changes = self.changes();
            let recorded = self.recorded().await?;
            let over = recorded.is_some();
            self.send_what_is_there().await?;
            if over || !self.what.follow || self.to.is_closed() || self.what.limit == Some(0) {
                // Complete means: ended, and nothing of what was recorded is missing.
                return self
                    .finish(recorded.is_some_and(|length| self.what.offset >= length))
                    .await;
            }
            tokio::select! {
                () = changed(&mut changes) => {}
                () = self.to.closed() => return Ok(()),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    fn changes(&mut self) -> Option<tokio::sync::watch::Receiver<u64>> {
        if !self.what.follow {
            return None;
        }
        if self.watch.is_none() {
            self.watch = self.watch_live();
        }
        if let Some(watch) = &self.watch {
            return Some(watch.changes());
        }
        // It has not appeared yet: its name will, where the directories of live attempts are. The receiver is
        // taken before the second look, so that an appearance in between is not missed.
        self.birth = self.watcher.watch(&self.launcher.paths.runs()).ok();
        let births = self.birth.as_ref().map(|watch| watch.changes());
        self.watch = self.watch_live();
        match &self.watch {
            Some(watch) => {
                self.birth = None;
                Some(watch.changes())
            }
            None => births,
        }
    }

    fn watch_live(&self) -> Option<Arc<Watch>> {
        self.watcher
            .watch(self.launcher.live_dir(&self.what.attempt).path())
            .ok()
    }

    fn dir(&self) -> RunDir {
        let live = self.launcher.live_dir(&self.what.attempt);
        if live.path().exists() {
            live
        } else {
            self.launcher.archived_dir(&self.what.attempt)
        }
    }

    fn path_in(&self, dir: &RunDir) -> PathBuf {
        match self.what.stream {
            Stream::Stdout => dir.stdout(),
            Stream::Stderr => dir.stderr(),
            Stream::Transcript => transcript_of(dir),
        }
    }

    /// The stream's length as recorded at the end; nothing while something may be added.
    async fn recorded(&self) -> io::Result<Option<u64>> {
        let (dir, reader, id) = (
            self.dir(),
            Arc::clone(&self.reader),
            self.what.attempt.id.to_string(),
        );
        let stream = self.what.stream;
        spawn_blocking(move || {
            match (stream, dir.exit()) {
                (Stream::Stdout, Ok(Some(exit))) => return Ok(Some(exit.stdout_bytes)),
                (Stream::Stderr, Ok(Some(exit))) => return Ok(Some(exit.stderr_bytes)),
                // The transcript follows after; its length is committed with the end.
                (Stream::Transcript, _) | (_, Ok(None) | Err(_)) => {}
            }
            let row = reader.attempt(&id).map_err(io::Error::other)?;
            Ok(match row {
                // A database that knows nothing of it any more will not be told more either.
                None => Some(0),
                Some(attempt) if !attempt.state.is_terminal() => None,
                Some(attempt) => Some(attempt.end.map_or(0, |end| match stream {
                    Stream::Stdout => end.output_bytes,
                    Stream::Stderr => end.error_bytes,
                    Stream::Transcript => end.transcript_bytes,
                })),
            })
        })
        .await?
    }

    /// The file, wherever its directory stands: it may move into the archive between two looks.
    fn open(&self) -> io::Result<Option<std::fs::File>> {
        for dir in [
            self.launcher.live_dir(&self.what.attempt),
            self.launcher.archived_dir(&self.what.attempt),
        ] {
            match std::fs::File::open(self.path_in(&dir)) {
                Ok(file) => return Ok(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn send_what_is_there(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = self.open()?.map(Arc::new);
        }
        let Some(file) = self.file.clone() else {
            return Ok(());
        };
        loop {
            let want = self.what.limit.map_or(PIECE, |left| {
                usize::try_from(left).unwrap_or(PIECE).min(PIECE)
            });
            if want == 0 {
                return Ok(());
            }
            let (file, offset) = (Arc::clone(&file), self.what.offset);
            let piece = spawn_blocking(move || -> io::Result<Vec<u8>> {
                let mut space = vec![0; want];
                let got = file.read_at(&mut space, offset)?;
                space.truncate(got);
                Ok(space)
            })
            .await??;
            if piece.is_empty() {
                return Ok(());
            }
            let got = piece.len() as u64;
            let response = self.response(piece.into(), false);
            self.what.offset += got;
            self.what.limit = self.what.limit.map(|left| left.saturating_sub(got));
            if self.to.send(Ok(response)).await.is_err() {
                return Ok(());
            }
        }
    }

    async fn finish(&self, complete: bool) -> io::Result<()> {
        let response = self.response(Bytes::new(), complete);
        // Whoever has gone has all it wanted.
        let _ = self.to.send(Ok(response)).await;
        Ok(())
    }

    fn response(&self, data: Bytes, complete: bool) -> v1::TailOutputResponse {
        v1::TailOutputResponse {
            offset: self.what.offset,
            data: data.into(),
            complete,
            attempt_id: self.what.attempt.id.to_string(),
        }
    }
}

async fn changed(changes: &mut Option<tokio::sync::watch::Receiver<u64>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    // No watch, or it has ended with its directory: the look after a while sees what there is.
    std::future::pending::<()>().await;
}
