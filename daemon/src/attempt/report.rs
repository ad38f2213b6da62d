//! What an actor tells the engine: the start, progress, the end.

use std::{io, time::Duration};

use synod_core::adopt::Row;
use synod_core::{
    entity::{End, Told},
    input::Observation,
};
use synod_shared::words::Reason;
use synod_shim::{
    dir::DirError,
    records::{Exit, Started},
};
use tokio::{task::spawn_blocking, time::Instant};

use super::{
    actor::{Actor, AttendError, Step},
    end::{describe, end_of, ending_of},
    output,
    reading::Reading,
};
use crate::clock;

/// Progress is reported at most so often for each attempt.
pub(super) const COALESCE: Duration = Duration::from_secs(1);
/// The first output is reported after so long: what is printed at once is one report.
const FIRST_REPORT: Duration = Duration::from_millis(20);

impl Actor {
    /// When output may be reported again.
    pub(super) fn next_report(&self) -> Instant {
        match self.last_report {
            None => Instant::now() + FIRST_REPORT,
            Some(last) => (last + COALESCE).max(Instant::now()),
        }
    }

    pub(super) async fn report_start(&mut self, started: &Started) -> Result<(), AttendError> {
        if self.reported_start {
            return Ok(());
        }
        self.reported_start = true;
        if self.row == Row::Starting {
            self.row = Row::Running;
        }
        self.observe(vec![self.start_observation(started)]).await;
        Ok(())
    }

    fn start_observation(&self, started: &Started) -> Observation {
        Observation::Started {
            attempt: self.attempt.id,
            pid: u32::try_from(started.agent_pid).ok(),
            at_us: started.at_us,
            containment: describe(&started.containment).to_owned(),
        }
    }

    /// Reports what is new. What cannot be read now is read later.
    pub(super) async fn report_progress(&mut self) {
        self.last_report = Some(Instant::now());
        match self.ingest_to(u64::MAX, u64::MAX).await {
            Ok(()) if self.unreported => {
                self.unreported = !self.observe(vec![self.progress()]).await;
            }
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(attempt = %self.attempt.id, %error, "output is not read yet");
            }
        }
    }

    /// Ingests what is new, at most up to these lengths.
    async fn ingest_to(&mut self, stdout: u64, stderr: u64) -> Result<(), AttendError> {
        let (dir, mut ingest, mut errors, mut reading) = (
            self.dir.clone(),
            self.ingest.clone(),
            self.errors.clone(),
            self.reading.take(),
        );
        let (reading, outcome) = spawn_blocking(move || {
            let mut read = || -> io::Result<bool> {
                let noise = errors.read(&dir.stderr(), stderr)?;
                let news = ingest.read(&dir.stdout(), stdout)?;
                // Whatever spoke last is shown; standard output when both did.
                if noise && !news && !errors.last_line.is_empty() {
                    ingest.last_line.clone_from(&errors.last_line);
                }
                if let Some(reading) = &mut reading {
                    reading.read(&dir, ingest.offset)?;
                }
                Ok(noise || news)
            };
            let news = read();
            (reading, news.map(|news| (ingest, errors, news)))
        })
        .await?;
        self.reading = reading;
        let (ingest, errors, news) = outcome?;
        self.ingest = ingest;
        self.errors = errors;
        self.unreported |= news;
        Ok(())
    }

    fn progress(&self) -> Observation {
        Observation::Progress {
            attempt: self.attempt.id,
            output_bytes: self.ingest.offset,
            error_bytes: self.errors.offset,
            lines: self.ingest.lines,
            last_line: self.ingest.last_line.clone(),
            at_us: output::last_written(&self.dir).unwrap_or_else(clock::utc_us),
            told: self.told().map(Box::new),
            transcript_bytes: self.transcript_bytes(),
        }
    }

    fn told(&self) -> Option<Told> {
        self.reading
            .as_ref()
            .map(|reading| reading.told(&self.agent))
    }

    fn transcript_bytes(&self) -> u64 {
        self.reading.as_ref().map_or(0, Reading::transcript_bytes)
    }

    /// The output is complete: what the last line says is known now.
    async fn finish_reading(&mut self) -> Result<(), AttendError> {
        let Some(mut reading) = self.reading.take() else {
            return Ok(());
        };
        let dir = self.dir.clone();
        let (reading, outcome) = spawn_blocking(move || {
            let outcome = reading.finish(&dir);
            (reading, outcome)
        })
        .await?;
        self.reading = Some(reading);
        Ok(outcome?)
    }

    /// What the agent's own words make of its end; what Synod did to it stands.
    fn conclude_reading(&self, exit: &Exit, end: &mut End) {
        let Some(reading) = &self.reading else { return };
        end.told = Some(Box::new(reading.told(&self.agent)));
        end.transcript_bytes = reading.transcript_bytes();
        let Some(ending) = ending_of(exit) else {
            return;
        };
        let conclusion = reading.conclude(&self.dir, ending, exit.ended_at_us);
        end.reason = conclusion.reason;
        end.detail = conclusion.detail;
        end.retry_at_us = conclusion.retry_at_us;
    }

    /// `exit.json` is there: the agent has ended, its tree is gone, the lengths are final.
    pub(super) async fn finish(&mut self, exit: Exit) -> Result<Step, AttendError> {
        // What may fail for the moment comes first: then it is all tried again, and nothing seen is left out.
        self.ingest_to(exit.stdout_bytes, exit.stderr_bytes).await?;
        self.finish_reading().await?;
        let mut seen = Vec::new();
        if !self.reported_start
            && let Some(started) = self.dir.started()?
        {
            seen.push(self.start_observation(&started));
        }
        seen.extend(self.unreported.then(|| self.progress()));
        let mut end = end_of(&exit);
        self.conclude_reading(&exit, &mut end);
        if says_only_how(end.reason)
            && let Some(why) = self.why_never(&exit).await
        {
            end.reason = Reason::Unsupported;
            end.detail = why;
        }
        let (recorded, read) = (exit.stdout_bytes, self.ingest.offset);
        let there = output::length(&self.dir.stdout());
        if read < recorded || there < read {
            end.reason = Reason::OutputLost;
            // The record itself is the shorter one if the file was cut while the agent ran.
            end.detail = format!(
                "{} bytes of output were seen, only {there} are there",
                recorded.max(read)
            );
        }
        seen.push(Observation::Ended {
            attempt: self.attempt.id,
            end,
        });
        self.conclude(seen).await
    }

    /// No record will come, and nothing of it runs.
    pub(super) async fn lost(&mut self, reason: Reason, detail: &str) -> Result<Step, AttendError> {
        self.ingest_to(u64::MAX, u64::MAX).await?;
        self.finish_reading().await?;
        let mut seen = Vec::new();
        seen.extend(self.unreported.then(|| self.progress()));
        seen.push(Observation::Lost {
            attempt: self.attempt.id,
            end: End {
                output_bytes: output::length(&self.dir.stdout()),
                error_bytes: output::length(&self.dir.stderr()),
                told: self.told().map(Box::new),
                transcript_bytes: self.transcript_bytes(),
                ..End::new(reason, detail.to_owned(), clock::utc_us())
            },
        });
        self.conclude(seen).await
    }

    /// Commits the end, then moves the directory to the archive.
    async fn conclude(&mut self, seen: Vec<Observation>) -> Result<Step, AttendError> {
        let Ok(revision) = self.engine.observe(seen).await else {
            return Ok(Step::Done);
        };
        let dir = self.dir.clone();
        let (archive, watermark) = (
            self.launcher.paths.archive(),
            self.launcher.watermark.clone(),
        );
        if !dir.path().starts_with(self.launcher.paths.runs()) {
            return Ok(Step::Done);
        }
        let archived = spawn_blocking(move || {
            let archived = dir.archive(&archive);
            watermark.reach(revision);
            archived
        });
        match archived.await? {
            Ok(_) | Err(DirError::Missing { .. }) => {}
            // The next start archives it.
            Err(error) => tracing::warn!(attempt = %self.attempt.id, %error, "not archived yet"),
        }
        Ok(Step::Done)
    }
}

/// Whether a reason tells only how the process ended. An agent that was given no work ends in any way once its input
/// is closed, so that says nothing; what the agent's own words, or Synod, made of the end stands.
const fn says_only_how(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TransportCut | Reason::Crashed | Reason::Signalled | Reason::ExitNonzero
    )
}
