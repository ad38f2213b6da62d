//! Reading what is committed, in pages, without the engine: a connection of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::de::DeserializeOwned;
use synod_consensus::Said;
use synod_core::entity::{Attempt, Execution, Finding, Progress, Question, Run, Verdict};
use synod_core::input::Reply;
use synod_shared::ids::{ExecutionId, RunId};

use super::{StoreError, schema};

/// A reading connection. One at a time uses it; clones of an `Arc` share it.
#[derive(Debug)]
pub struct Reader {
    connection: Mutex<Connection>,
    path: PathBuf,
}

/// An entity and the revision that last changed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped<T> {
    pub revision: u64,
    pub value: T,
}

/// A run with all its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct RunParts {
    pub run: Stamped<Run>,
    pub executions: Vec<Stamped<Execution>>,
    pub attempts: Vec<Stamped<Attempt>>,
    pub progress: Vec<Stamped<Progress>>,
    pub findings: Vec<Stamped<Finding>>,
    pub questions: Vec<Stamped<Question>>,
    pub verdict: Option<Stamped<Verdict>>,
}

/// Runs of a page, newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub runs: Vec<RunId>,
    pub next: Option<i64>,
}

/// What a word typed by a person names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// One thing.
    One(Target),
    /// Several; at most eight are listed.
    Several(Vec<String>),
}

/// The thing, and the run it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: Kind,
    pub id: String,
    pub run: String,
}

/// What kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Run,
    Execution,
    Attempt,
    Question,
}

/// How many matches of a shortened id are listed.
const LISTED: usize = 8;

impl Reader {
    /// Opens a reading connection.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            connection: Mutex::new(schema::reader(path)?),
            path: path.to_path_buf(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A reader that panicked left no half-written thing behind: it only reads.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sort(&self, source: rusqlite::Error) -> StoreError {
        StoreError::sort(&self.path, source)
    }

    /// The payload's hash and the reply of an accepted request.
    pub fn request(&self, id: &str) -> Result<Option<(String, Reply)>, StoreError> {
        let connection = self.lock();
        let row: Option<(String, String)> = connection
            .prepare_cached("SELECT payload_hash, reply FROM requests WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|source| self.sort(source))?;
        row.map(|(hash, reply)| {
            let reply = serde_json::from_str(&reply).map_err(|source| StoreError::Row {
                table: "requests",
                source,
            })?;
            Ok((hash, reply))
        })
        .transpose()
    }

    /// The newest revision.
    pub fn revision(&self) -> Result<u64, StoreError> {
        let connection = self.lock();
        newest(&connection).map_err(|source| self.sort(source))
    }

    /// A run with all its parts.
    pub fn run(&self, id: &str) -> Result<Option<RunParts>, StoreError> {
        let connection = self.lock();
        // One moment's picture: a commit in between must not show a part without its cause.
        let moment = connection
            .unchecked_transaction()
            .map_err(|source| self.sort(source))?;
        self.parts(&moment, id)
    }

    fn parts(&self, c: &Connection, id: &str) -> Result<Option<RunParts>, StoreError> {
        let Some(run) = self.rows(c, "runs", "id", id)?.pop() else {
            return Ok(None);
        };
        Ok(Some(RunParts {
            run,
            executions: self.rows(c, "executions", "run_id", id)?,
            attempts: self.rows(c, "attempts", "run_id", id)?,
            progress: self.rows(c, "progress", "run_id", id)?,
            findings: self.rows(c, "findings", "run_id", id)?,
            questions: self.rows(c, "questions", "run_id", id)?,
            verdict: self.rows(c, "verdicts", "id", id)?.pop(),
        }))
    }

    pub(super) fn rows<T: DeserializeOwned>(
        &self,
        connection: &Connection,
        table: &'static str,
        column: &str,
        id: &str,
    ) -> Result<Vec<Stamped<T>>, StoreError> {
        let mut statement = connection
            .prepare_cached(&format!(
                "SELECT revision, body FROM {table} WHERE {column} = ?1"
            ))
            .map_err(|source| self.sort(source))?;
        let rows = statement
            .query_map([id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(|source| self.sort(source))?;
        rows.into_iter()
            .map(|(revision, body)| {
                let value = serde_json::from_str(&body)
                    .map_err(|source| StoreError::Row { table, source })?;
                Ok(Stamped {
                    revision: u64::try_from(revision).unwrap_or(0),
                    value,
                })
            })
            .collect()
    }

    /// The revision, the live runs and the newest `recent` ended ones, and how many older there are: one
    /// moment's picture.
    pub fn snapshot(&self, recent: u32) -> Result<(u64, Vec<RunParts>, u64), StoreError> {
        let connection = self.lock();
        let c = connection
            .unchecked_transaction()
            .map_err(|source| self.sort(source))?;
        let revision = newest(&c).map_err(|source| self.sort(source))?;
        let ids = |sql: &str, limit: i64| -> rusqlite::Result<Vec<String>> {
            c.prepare_cached(sql)?
                .query_map([limit], |row| row.get(0))?
                .collect()
        };
        let live = ids(
            "SELECT id FROM runs WHERE live = 1 ORDER BY seq DESC LIMIT ?1",
            i64::MAX,
        )
        .map_err(|source| self.sort(source))?;
        let ended = ids(
            "SELECT id FROM runs WHERE live = 0 ORDER BY seq DESC LIMIT ?1",
            i64::from(recent),
        )
        .map_err(|source| self.sort(source))?;
        let all: i64 = c
            .query_row("SELECT count(*) FROM runs", [], |row| row.get(0))
            .map_err(|source| self.sort(source))?;
        let mut runs = Vec::with_capacity(live.len() + ended.len());
        for id in live.iter().chain(&ended) {
            runs.extend(self.parts(&c, id)?);
        }
        let older = u64::try_from(all)
            .unwrap_or(0)
            .saturating_sub(runs.len() as u64);
        Ok((revision, runs, older))
    }

    /// A page of runs, newest first, starting below `before`.
    pub fn page(
        &self,
        live_only: bool,
        before: Option<i64>,
        size: u32,
    ) -> Result<(u64, Page), StoreError> {
        let c = self.lock();
        let sql = if live_only {
            "SELECT id, seq FROM runs WHERE live = 1 AND seq < ?1 ORDER BY seq DESC LIMIT ?2"
        } else {
            "SELECT id, seq FROM runs WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2"
        };
        let rows = c
            .prepare_cached(sql)
            .and_then(|mut statement| {
                statement
                    .query_map(params![before.unwrap_or(i64::MAX), size + 1], |row| {
                        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
                    })?
                    .collect::<rusqlite::Result<Vec<_>>>()
            })
            .map_err(|source| self.sort(source))?;
        let revision = newest(&c).map_err(|source| self.sort(source))?;
        let size = size as usize;
        let next = (rows.len() > size)
            .then(|| rows.get(size - 1).map(|(_, seq)| *seq))
            .flatten();
        let runs = rows
            .iter()
            .take(size)
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        Ok((revision, Page { runs, next }))
    }

    /// Changes after a revision, at most `limit` of them, as they were sent.
    pub fn changes(&self, after: u64, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let c = self.lock();
        c.prepare_cached("SELECT bytes FROM changes WHERE revision > ?1 ORDER BY revision LIMIT ?2")
            .and_then(|mut statement| {
                statement
                    .query_map(
                        params![i64::try_from(after).unwrap_or(i64::MAX), limit],
                        |row| row.get(0),
                    )?
                    .collect()
            })
            .map_err(|source| self.sort(source))
    }

    /// Questions, with their runs' names; only of live runs unless a run is named.
    pub fn questions(&self, run: Option<&str>) -> Result<Vec<Stamped<Question>>, StoreError> {
        let c = self.lock();
        if let Some(run) = run {
            return self.rows(&c, "questions", "run_id", run);
        }
        let ids: Vec<String> = c
            .prepare_cached("SELECT id FROM runs WHERE live = 1 ORDER BY seq")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .map_err(|source| self.sort(source))?;
        let mut all = Vec::new();
        for id in ids {
            all.extend(self.rows(&c, "questions", "run_id", &id)?);
        }
        Ok(all)
    }

    /// The ids of all runs there ever were. From an index: the rows are not read.
    pub fn run_ids(&self) -> Result<BTreeSet<String>, StoreError> {
        let c = self.lock();
        let ids = c
            .prepare("SELECT id FROM runs INDEXED BY runs_seq")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
        ids.map_err(|source| self.sort(source))
    }

    /// Whether an execution was committed.
    pub fn knows_execution(&self, id: &str) -> Result<bool, StoreError> {
        self.lock()
            .prepare_cached("SELECT 1 FROM executions WHERE id = ?1")
            .and_then(|mut statement| statement.exists([id]))
            .map_err(|source| self.sort(source))
    }

    /// What was read from the output of a run's executions, by their ids.
    pub fn said(&self, run: &str) -> Result<BTreeMap<ExecutionId, Said>, StoreError> {
        let c = self.lock();
        let rows: Vec<(String, String)> = c
            .prepare_cached("SELECT id, body FROM answers WHERE run_id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        let read = |(id, body): (String, String)| {
            let said = serde_json::from_str(&body).map_err(|source| StoreError::Row {
                table: "answers",
                source,
            });
            let id: Option<ExecutionId> = id.parse().ok();
            said.map(|said| Some((id?, said))).transpose()
        };
        rows.into_iter().filter_map(read).collect()
    }

    /// Whether the row of this attempt exists, and says it has ended.
    pub fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        let c = self.lock();
        Ok(self
            .rows(&c, "attempts", "id", id)?
            .pop()
            .map(|stamped| stamped.value))
    }

    /// What a word typed by a person names: a run's name, or the beginning of an id.
    ///
    /// A name means exactly the run that has it: `job` the first of that name, `job#2` the second. `job#1` is `job`.
    pub fn find(&self, word: &str) -> Result<Found, StoreError> {
        let c = self.lock();
        if let Some(run) = by_name(&c, word).map_err(|source| self.sort(source))? {
            return Ok(Found::One(Target {
                kind: Kind::Run,
                id: run.clone(),
                run,
            }));
        }
        let hexadecimal =
            !word.is_empty() && word.len() <= 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
        if !hexadecimal {
            return Ok(Found::Nothing);
        }
        let from = word.to_ascii_lowercase();
        // 'g' sorts after every hexadecimal digit.
        let to = format!("{from}g");
        let tables = [
            (
                Kind::Run,
                "SELECT id, id FROM runs WHERE id >= ?1 AND id < ?2 LIMIT 9",
            ),
            (
                Kind::Execution,
                "SELECT id, run_id FROM executions WHERE id >= ?1 AND id < ?2 LIMIT 9",
            ),
            (
                Kind::Attempt,
                "SELECT id, run_id FROM attempts WHERE id >= ?1 AND id < ?2 LIMIT 9",
            ),
            (
                Kind::Question,
                "SELECT id, run_id FROM questions WHERE id >= ?1 AND id < ?2 LIMIT 9",
            ),
        ];
        let mut found = Vec::new();
        for (kind, sql) in tables {
            let rows: Vec<(String, String)> = c
                .prepare_cached(sql)
                .and_then(|mut s| {
                    s.query_map([&from, &to], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect()
                })
                .map_err(|source| self.sort(source))?;
            found.extend(rows.into_iter().map(|(id, run)| Target { kind, id, run }));
        }
        Ok(match (found.len(), found.pop()) {
            (0, _) | (_, None) => Found::Nothing,
            (1, Some(target)) => Found::One(target),
            (_, Some(last)) => {
                found.push(last);
                Found::Several(
                    found
                        .into_iter()
                        .take(LISTED)
                        .map(|target| target.id)
                        .collect(),
                )
            }
        })
    }
}

fn by_name(c: &Connection, word: &str) -> rusqlite::Result<Option<String>> {
    let name = word.strip_suffix("#1").unwrap_or(word);
    c.prepare_cached("SELECT id FROM runs WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

fn newest(c: &Connection) -> rusqlite::Result<u64> {
    let revision: i64 = c
        .prepare_cached("SELECT coalesce(max(revision), 0) FROM changes")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(revision).unwrap_or(0))
}
