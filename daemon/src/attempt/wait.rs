//! Waiting for a shim's end, and seeing what happens meanwhile.

use std::{io, sync::Arc};

use synod_core::adopt::Row;
use tokio::{sync::watch, task::spawn_blocking, time::Instant};

use super::{
    actor::{Actor, AttendError, LOOK, STUCK, Step},
    report::COALESCE,
    shim::Shim,
    talking::{PATIENCE, Talking},
    watch::Watch,
};

impl Actor {
    /// The directory's watch; without one (the user's inotify limits are used up) it is looked at every second.
    pub(super) fn watch(&self) -> Option<Arc<Watch>> {
        match self.watcher.watch(self.dir.path()) {
            Ok(watch) => Some(watch),
            Err(error) => {
                tracing::warn!(attempt = %self.attempt.id, %error, "not watched; looked at every second instead");
                None
            }
        }
    }

    /// Waits until the shim has ended, reporting what is seen meanwhile. Without a shim to hold on to, until
    /// there is one.
    pub(super) async fn wait(
        &mut self,
        mut shim: Option<Shim>,
        watch: Option<Arc<Watch>>,
    ) -> Result<Step, AttendError> {
        let mut changes = watch.as_ref().map(|watch| watch.changes());
        // When what has been printed is to be reported next; nothing while there is no news.
        let mut report = Some(self.next_report());
        let mut told = None;
        // An agent whose turn is cancelled may end it by itself until then.
        let mut patience = None;
        loop {
            self.talk().await?;
            if *self.stop.borrow() && told.is_none() {
                let dir = self.dir.clone();
                spawn_blocking(move || dir.write_cancel()).await??;
                self.row = Row::Stopping;
                let until = *patience.get_or_insert_with(|| Instant::now() + PATIENCE);
                let is_patient = self.awaits_result() && Instant::now() < until;
                if let Some(shim) = shim.as_ref().filter(|_| !is_patient) {
                    shim.terminate()?;
                    told = Some(Instant::now() + self.agent.grace + STUCK);
                }
            }
            if !self.reported_start
                && let Some(started) = self.dir.started()?
            {
                self.report_start(&started).await?;
            }
            if shim.is_none() && self.reported_start {
                return Ok(Step::LookAgain);
            }
            tokio::select! {
                ended = ended(&mut shim) => {
                    ended?;
                    return Ok(Step::LookAgain);
                }
                // What is known to be new is read when it is due; further writes need not be told one by one.
                () = changed(&mut changes),
                    if report.is_none() || !self.reported_start || self.talking.is_some() =>
                {
                    report = report.or_else(|| Some(self.next_report()));
                }
                () = Talking::news(&mut self.talking) => {}
                () = sleep_until(patience), if told.is_none() && shim.is_some() => {}
                changed = self.stop.changed(), if told.is_none() => {
                    // The engine has gone, and with it the daemon: the next one adopts.
                    if changed.is_err() {
                        return Ok(Step::Done);
                    }
                }
                () = tokio::time::sleep_until(report.unwrap_or_else(Instant::now)), if report.is_some() => {
                    report = None;
                    self.report_progress().await;
                }
                () = tokio::time::sleep_until(told.unwrap_or_else(Instant::now)), if told.is_some() => {
                    tracing::error!(attempt = %self.attempt.id, "the shim does not end; it is killed, and its tree");
                    if let Some(shim) = &shim
                        && !is_full(self.dir.path())
                    {
                        shim.kill()?;
                    }
                    told = Some(Instant::now() + STUCK);
                }
                () = tokio::time::sleep(LOOK), if shim.is_none() => {
                    return Ok(Step::LookAgain);
                }
            }
        }
    }
}

/// Returns when something in the directory has changed; without a watch, after a second.
async fn changed(changes: &mut Option<watch::Receiver<u64>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    tokio::time::sleep(COALESCE).await;
}

/// Never, without a time.
async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Whether the shim may only be waiting for room to write its record.
fn is_full(path: &std::path::Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|fs| fs.f_bavail == 0)
}

/// Never, while there is no shim to hold on to.
async fn ended(shim: &mut Option<Shim>) -> io::Result<()> {
    match shim {
        Some(shim) => shim.ended().await,
        None => std::future::pending().await,
    }
}
