//! Queries: what is committed, read beside the engine.

use std::sync::Arc;

use synod_proto::v1;
use synod_shared::projection::{Applied, Projection};
use tonic::{Code, Status};

use super::{Context, status};
use crate::{
    feed,
    store::{Found, Kind, Reader, RunParts, StoreError, Target},
    wire::{self, Depth},
};

/// Runs in a page unless the caller says otherwise, and at most.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 1_000;
/// Changes folded at a time.
const FOLD: u32 = 1_024;

impl Context {
    /// Reads in a thread that may block.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Status> {
        blocking(Arc::clone(&self.reader), read).await
    }

    /// Reads what may take long.
    pub(super) async fn read_bulk<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Status> {
        blocking(Arc::clone(&self.bulk), read).await
    }

    /// What a word names; a clear no if nothing or several things.
    pub(super) async fn target(&self, what: &'static str, word: &str) -> Result<Target, Status> {
        let asked = word.to_owned();
        match self.read(move |reader| reader.find(&asked)).await? {
            Found::One(target) => Ok(target),
            Found::Nothing => Err(status::not_found(what, word)),
            Found::Several(ids) => Err(status::with_reason(
                Code::InvalidArgument,
                "ambiguous",
                format!(
                    "{word:?} is the beginning of several ids: {}; give more of it",
                    ids.join(", ")
                ),
            )),
        }
    }

    /// A run with its parts, which must exist.
    pub(super) async fn parts(&self, run: &str) -> Result<RunParts, Status> {
        let id = run.to_owned();
        self.read(move |reader| reader.run(&id))
            .await?
            .ok_or_else(|| status::not_found("a run", run))
    }

    /// A run as a message.
    pub(super) async fn run(&self, run: &str) -> Result<v1::Run, Status> {
        Ok(wire::compose(&self.parts(run).await?, Depth::Whole))
    }

    /// A run with its executions and their attempts: what is small however much was said.
    pub(super) async fn summary(&self, run: &str) -> Result<v1::Run, Status> {
        Ok(wire::compose(&self.parts(run).await?, Depth::Summary))
    }

    /// A run, whole, with what its agents said at last.
    async fn whole_run(&self, run: &str) -> Result<v1::Run, Status> {
        let parts = self.parts(run).await?;
        let run = wire::compose(&parts, Depth::Whole);
        self.with_final_texts(&parts, run).await
    }
}

async fn blocking<T: Send + 'static>(
    reader: Arc<Reader>,
    read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(move || read(&reader))
        .await
        .map_err(|_| status::ended())?
        .map_err(|error| status::from_store(&error))
}

pub(super) async fn get_run(
    context: &Context,
    request: v1::GetRunRequest,
) -> Result<v1::GetRunResponse, Status> {
    let target = context.target("a run", &request.id).await?;
    // Read before the run: what is committed in between is in the run, and seen again by whoever follows.
    let revision = context.read(Reader::revision).await?;
    let run = if request.without_final_texts {
        context.run(&target.run).await?
    } else {
        context.whole_run(&target.run).await?
    };
    Ok(v1::GetRunResponse {
        run: Some(run),
        revision,
    })
}

pub(super) async fn query_status(
    context: &Context,
    request: v1::QueryStatusRequest,
) -> Result<v1::QueryStatusResponse, Status> {
    let target = context
        .target("an execution", &request.execution_id)
        .await?;
    let run = context.whole_run(&target.run).await?;
    let revision = run.revision;
    let execution = execution_of(run, &target)?;
    Ok(v1::QueryStatusResponse {
        execution: Some(execution),
        revision,
    })
}

/// The execution a target names: itself, an attempt's own, or a run's only one.
pub(super) fn execution_of(run: v1::Run, target: &Target) -> Result<v1::Execution, Status> {
    let several = run.executions.len() > 1;
    let mut executions = run.executions.into_iter();
    let found = match target.kind {
        Kind::Execution => executions.find(|execution| execution.id == target.id),
        Kind::Attempt => executions.find(|execution| {
            execution
                .attempts
                .iter()
                .any(|attempt| attempt.id == target.id)
        }),
        Kind::Run if several => {
            return Err(status::invalid(
                "several-executions",
                format!(
                    "{} has several executions; name one of them (`synod show {}`)",
                    run.name, run.name
                ),
            ));
        }
        Kind::Run => executions.next(),
        Kind::Question => None,
    };
    found.ok_or_else(|| status::not_found("an execution", &target.id))
}

pub(super) async fn list_runs(
    context: &Context,
    request: v1::ListRunsRequest,
) -> Result<v1::ListRunsResponse, Status> {
    let size = match request.page_size {
        0 => PAGE,
        size => size.min(LARGEST_PAGE),
    };
    let before = match request.page_token.as_str() {
        "" => None,
        token => Some(token.parse::<i64>().map_err(|_| {
            status::invalid(
                "bad-page-token",
                "expected the next_page_token of an earlier answer, found another text",
            )
        })?),
    };
    let live_only = !request.include_ended;
    let (revision, runs, next) = context
        .read_bulk(move |reader| {
            let (revision, page) = reader.page(live_only, before, size)?;
            let mut runs = Vec::with_capacity(page.runs.len());
            for id in &page.runs {
                runs.extend(
                    reader
                        .run(&id.to_string())?
                        .map(|parts| wire::compose(&parts, Depth::Summary)),
                );
            }
            Ok((revision, runs, page.next))
        })
        .await?;
    Ok(v1::ListRunsResponse {
        runs,
        next_page_token: next.map(|next| next.to_string()).unwrap_or_default(),
        revision,
    })
}

pub(super) async fn get_snapshot(
    context: &Context,
    request: v1::GetSnapshotRequest,
) -> Result<v1::GetSnapshotResponse, Status> {
    let feed_id = context.publisher.feed_id().to_owned();
    let snapshot = match request.at_revision {
        None => context.read_bulk(feed::snapshot).await?,
        Some(at) => past(context, at, feed_id.clone()).await?,
    };
    Ok(v1::GetSnapshotResponse {
        snapshot: Some(snapshot),
        feed_id,
    })
}

/// The state as it was: the feed folded up to a revision.
async fn past(context: &Context, at: u64, feed_id: String) -> Result<v1::Snapshot, Status> {
    let newest = context.read(Reader::revision).await?;
    if at > newest {
        return Err(status::with_reason(
            Code::OutOfRange,
            "future-revision",
            format!("expected a revision up to {newest}, found {at}"),
        ));
    }
    let folded = context
        .read_bulk(move |reader| {
            let mut projection = Projection::empty(&feed_id);
            loop {
                let after = projection.revision;
                let page = reader.changes(after, FOLD)?;
                for bytes in &page {
                    let Ok(change) = <v1::Change as prost::Message>::decode(bytes.as_slice())
                    else {
                        return Ok(None);
                    };
                    if change.revision > at {
                        return Ok(Some(projection));
                    }
                    if matches!(projection.apply(&change), Applied::Gap { .. }) {
                        return Ok(None);
                    }
                }
                if page.is_empty() {
                    return Ok(Some(projection));
                }
            }
        })
        .await?;
    let projection = folded.ok_or_else(|| {
        status::with_reason(
            Code::DataLoss,
            "feed-damaged",
            "a stored change cannot be read: the database is damaged",
        )
    })?;
    Ok(feed::bounded(projection.to_snapshot("requested", 0)))
}
