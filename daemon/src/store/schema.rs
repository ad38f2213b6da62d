//! The schema, and how a database is opened: refused, created or migrated, never silently reset.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use synod_shared::ids::FeedId;

use super::{StoreError, error::one_line, watermark};

/// The schema this code writes.
pub const SCHEMA: i64 = 2;

/// Steps from one schema to the next: the n-th leads to schema n.
const STEPS: &[&str] = &[
    // 1: the first.
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    -- One row an entity. `body` is the core's own value; the other columns are what is searched by.
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, base TEXT NOT NULL, live INTEGER NOT NULL,
        seq INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX runs_live ON runs (seq) WHERE live = 1;
    CREATE INDEX runs_seq ON runs (seq);
    CREATE INDEX runs_name ON runs (name);
    CREATE INDEX runs_base ON runs (base, seq);

    CREATE TABLE executions (
        id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id),
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX executions_run ON executions (run_id);

    CREATE TABLE attempts (
        id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id),
        execution_id TEXT NOT NULL REFERENCES executions (id),
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attempts_run ON attempts (run_id);
    CREATE INDEX attempts_execution ON attempts (execution_id);

    CREATE TABLE progress (
        id TEXT PRIMARY KEY REFERENCES attempts (id), run_id TEXT NOT NULL REFERENCES runs (id),
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX progress_run ON progress (run_id);

    CREATE TABLE findings (
        id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id),
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX findings_run ON findings (run_id);

    CREATE TABLE questions (
        id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id),
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX questions_run ON questions (run_id);

    CREATE TABLE verdicts (
        id TEXT PRIMARY KEY REFERENCES runs (id), run_id TEXT NOT NULL,
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Valid answers, as read from the agents' output.
    CREATE TABLE answers (
        id TEXT PRIMARY KEY REFERENCES executions (id), run_id TEXT NOT NULL REFERENCES runs (id),
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answers_run ON answers (run_id);

    -- Accepted requests: a repeat gets the first answer.
    CREATE TABLE requests (
        id TEXT PRIMARY KEY, payload_hash TEXT NOT NULL, reply TEXT NOT NULL, at_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- How many runs have had a base name.
    CREATE TABLE names (base TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    -- The feed: gapless revisions, the very bytes that are sent.
    CREATE TABLE changes (revision INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;",
    // 2: decisions that outlive their runs; gate runs found by what they are about. A base name was never read.
    "CREATE TABLE ledger (
        id TEXT PRIMARY KEY, gate TEXT NOT NULL, subject TEXT NOT NULL,
        revision INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ledger_subject ON ledger (gate, subject);
    CREATE INDEX ledger_revision ON ledger (revision);

    DROP INDEX runs_base;
    ALTER TABLE runs DROP COLUMN base;
    -- Equal for gate runs of the same gate, roster, quorum, subject and content; empty for other runs.
    ALTER TABLE runs ADD COLUMN key TEXT NOT NULL DEFAULT '';
    CREATE INDEX runs_key ON runs (key, seq) WHERE key <> '';",
];

/// A database of at most so many bytes is checked as a whole before it is used.
const CHECKED: u64 = 4 * 1024 * 1024;

/// How the database was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It did not exist, or holds nothing yet.
    Created,
    /// It was replaced by an older copy or another database: its feed has begun anew.
    Replaced,
    /// It was there, as it was left.
    Existing,
}

/// The one writing connection.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) feed: FeedId,
    pub(super) revision: u64,
}

impl Store {
    /// Opens the database, creating or migrating it.
    ///
    /// # Errors
    ///
    /// A database that is newer, damaged, locked or not writable is left as it is.
    pub fn open(path: &Path) -> Result<(Self, Opened), StoreError> {
        let sort = |source| StoreError::sort(path, source);
        let mut connection = Connection::open(path).map_err(sort)?;
        // Closing would move the log into a database that is refused: not ours to touch.
        keep_log(&connection, true).map_err(sort)?;
        connection
            .busy_timeout(std::time::Duration::from_secs(2))
            .map_err(sort)?;
        let found: i64 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(sort)?;
        if found > SCHEMA {
            return Err(StoreError::FromTheFuture {
                path: path.to_path_buf(),
                found,
                known: SCHEMA,
            });
        }
        if found > 0 && is_small(path) {
            let verdict: String = connection
                .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
                .map_err(sort)?;
            if verdict != "ok" {
                return Err(StoreError::Damaged {
                    path: path.to_path_buf(),
                    found: one_line(&verdict),
                });
            }
        }
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA wal_autocheckpoint = 2000; PRAGMA temp_store = MEMORY;",
            )
            .map_err(sort)?;
        // What cannot be written, or is somebody else's for now, is found here and not by the first commit.
        if connection.is_readonly("main").map_err(sort)? {
            return Err(StoreError::ReadOnly {
                path: path.to_path_buf(),
                cause: "it can be opened for reading only".to_owned(),
            });
        }
        connection
            .execute_batch("BEGIN IMMEDIATE; ROLLBACK;")
            .map_err(sort)?;
        keep_log(&connection, false).map_err(sort)?;
        migrate(&mut connection, path, found)?;
        let mut feed = feed_id(&connection, path)?;
        let revision: i64 = connection
            .query_row(
                "SELECT coalesce(max(revision), 0) FROM changes",
                [],
                |row| row.get(0),
            )
            .map_err(sort)?;
        connection.set_prepared_statement_cache_capacity(64);
        let revision = u64::try_from(revision).unwrap_or(0);
        let state_dir = path.parent().unwrap_or(Path::new("/"));
        let opened = if revision == 0 {
            Opened::Created
        } else if watermark::is_ahead(state_dir, feed, revision) {
            feed = FeedId::mint();
            connection
                .execute(
                    "UPDATE meta SET value = ?1 WHERE key = 'feed'",
                    [feed.to_string()],
                )
                .map_err(sort)?;
            Opened::Replaced
        } else {
            Opened::Existing
        };
        let store = Self {
            connection,
            path: path.to_path_buf(),
            feed,
            revision,
        };
        Ok((store, opened))
    }

    /// The feed's id: new whenever the database is created or replaced.
    #[must_use]
    pub const fn feed(&self) -> FeedId {
        self.feed
    }

    /// Moves what the write-ahead log holds into the database file, so that the file alone is whole.
    pub fn checkpoint(&self) {
        if let Err(error) = self
            .connection
            .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::warn!(%error, "the write-ahead log was not folded into the database; nothing is lost");
        }
    }

    /// For tests that look at a table.
    #[cfg(test)]
    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The newest committed revision.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

fn keep_log(connection: &Connection, keep: bool) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
        .map(|_| ())
}

/// Whether reading the whole file is no matter. A start must not become slower with history: damage in a larger
/// database shows when the page is read, and is refused then.
fn is_small(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() <= CHECKED)
}

fn migrate(connection: &mut Connection, path: &Path, found: i64) -> Result<(), StoreError> {
    let sort = |source| StoreError::sort(path, source);
    if found == SCHEMA {
        return Ok(());
    }
    if found > 0 {
        keep_copy(connection, path, found)?;
    }
    // All steps in one transaction: old or new, never between.
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(sort)?;
    let done = usize::try_from(found).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step).map_err(sort)?;
    }
    if found == 0 {
        transaction
            .execute(
                "INSERT INTO meta (key, value) VALUES ('feed', ?1)",
                [FeedId::mint().to_string()],
            )
            .map_err(sort)?;
    }
    transaction
        .pragma_update(None, "user_version", SCHEMA)
        .map_err(sort)?;
    transaction.commit().map_err(sort)
}

/// Keeps a copy beside the database until somebody removes it: the way back. Under its name it is whole, or it is not
/// there: what a daemon leaves that dies meanwhile is written anew by the next one, as the schema is still the old one.
fn keep_copy(connection: &Connection, path: &Path, found: i64) -> Result<(), StoreError> {
    let sort = |source| StoreError::sort(path, source);
    let failed = |cause| StoreError::NotCopied {
        path: path.to_path_buf(),
        cause,
    };
    let kept = path.with_extension(format!("db.schema-{found}"));
    let unfinished = path.with_extension(format!("db.schema-{found}.unfinished"));
    let mut journal = unfinished.clone().into_os_string();
    journal.push("-journal");
    // With its journal SQLite would take what is left of an earlier one for a copy to be mended.
    for left in [Path::new(&journal), &unfinished] {
        match fs::remove_file(left) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(failed(source)),
            Ok(()) | Err(_) => {}
        }
    }
    connection
        .backup("main", &unfinished, None::<fn(rusqlite::backup::Progress)>)
        .map_err(sort)?;
    let parent = path.parent().unwrap_or(Path::new("/"));
    File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&unfinished, &kept))
        .and_then(|()| File::open(parent)?.sync_all())
        .map_err(failed)
}

fn feed_id(connection: &Connection, path: &Path) -> Result<FeedId, StoreError> {
    let text: String = connection
        .query_row("SELECT value FROM meta WHERE key = 'feed'", [], |row| {
            row.get(0)
        })
        .map_err(|source| StoreError::sort(path, source))?;
    text.parse().map_err(|_| StoreError::Damaged {
        path: path.to_path_buf(),
        found: format!("its feed id is {text:?}"),
    })
}

/// A connection that only reads what is committed.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let sort = |source| StoreError::sort(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sort)?;
    connection
        .busy_timeout(std::time::Duration::from_secs(2))
        .map_err(sort)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}
