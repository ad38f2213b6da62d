//! The one write: entity rows, change rows, answers and request ids of a batch, in one transaction.

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{Store, StoreError};

/// The new value of an entity, ready to be stored.
#[derive(Debug)]
pub struct Row<'a> {
    pub table: Table<'a>,
    pub id: String,
    pub run: String,
    pub body: String,
}

/// Where a row goes, with the columns only that table has.
#[derive(Debug, Clone, Copy)]
pub enum Table<'a> {
    Runs {
        name: &'a str,
        live: bool,
        key: &'a str,
    },
    Executions,
    Attempts {
        execution: &'a str,
    },
    Progress,
    Findings,
    Questions,
    Verdicts,
    Ledger {
        gate: &'a str,
        subject: &'a str,
    },
}

/// A transaction that is open.
#[derive(Debug)]
pub struct Batch<'s> {
    transaction: Transaction<'s>,
    path: &'s std::path::Path,
    revision: u64,
    committed: &'s mut u64,
}

impl Store {
    /// Opens the batch's transaction. Dropped without [`Batch::commit`], it changes nothing.
    pub fn begin(&mut self) -> Result<Batch<'_>, StoreError> {
        let path = self.path.as_path();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|source| StoreError::sort(path, source))?;
        Ok(Batch {
            transaction,
            path,
            revision: self.revision,
            committed: &mut self.revision,
        })
    }
}

impl Batch<'_> {
    /// The revision the next change gets.
    #[must_use]
    pub const fn next_revision(&self) -> u64 {
        self.revision + 1
    }

    /// The newest revision, this batch's changes included.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Writes an entity and its change.
    pub fn put(&mut self, row: &Row<'_>, at_us: i64, change: &[u8]) -> Result<(), StoreError> {
        self.revision += 1;
        let revision = i64::try_from(self.revision).unwrap_or(i64::MAX);
        self.write(row, revision)
            .and_then(|()| {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO changes (revision, at_us, bytes) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![revision, at_us, change])
                    .map(|_| ())
            })
            .map_err(|source| StoreError::sort(self.path, source))
    }

    fn write(&self, row: &Row<'_>, revision: i64) -> rusqlite::Result<()> {
        let Row {
            table,
            id,
            run,
            body,
        } = row;
        let plain = |sql: &str| {
            self.transaction
                .prepare_cached(sql)?
                .execute(params![id, run, revision, body])
                .map(|_| ())
        };
        match table {
            Table::Runs { name, live, key } => self
                .transaction
                    .prepare_cached(
                        "INSERT INTO runs (id, name, live, seq, revision, body, key)
                         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
                         ON CONFLICT (id) DO UPDATE SET live = ?3, revision = ?4, body = ?5",
                    )?
                    .execute(params![id, name, live, revision, body, key])
                    .map(|_| ()),
            Table::Ledger { gate, subject } => self
                .transaction
                .prepare_cached(
                    "INSERT INTO ledger (id, gate, subject, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (id) DO UPDATE SET revision = ?4, body = ?5",
                )?
                .execute(params![id, gate, subject, revision, body])
                .map(|_| ()),
            Table::Attempts { execution } => self
                .transaction
                .prepare_cached(
                    "INSERT INTO attempts (id, run_id, execution_id, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (id) DO UPDATE SET revision = ?4, body = ?5",
                )?
                .execute(params![id, run, execution, revision, body])
                .map(|_| ()),
            Table::Executions => plain(
                "INSERT INTO executions (id, run_id, revision, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = ?3, body = ?4",
            ),
            Table::Progress => plain(
                "INSERT INTO progress (id, run_id, revision, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = ?3, body = ?4",
            ),
            Table::Findings => plain(
                "INSERT INTO findings (id, run_id, revision, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = ?3, body = ?4",
            ),
            Table::Questions => plain(
                "INSERT INTO questions (id, run_id, revision, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = ?3, body = ?4",
            ),
            Table::Verdicts => plain(
                "INSERT INTO verdicts (id, run_id, revision, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET revision = ?3, body = ?4",
            ),
        }
    }

    /// Takes an entry of the ledger away, and says so. No verdict over its subject is given again to whoever submits
    /// the same, neither one that stands nor what a run comes to that was weighed with the entry and still waits: it
    /// rested on the entry. Nothing happens if there is none.
    pub fn forget_ledger_entry(
        &mut self,
        id: &str,
        at_us: i64,
        change: impl FnOnce(u64) -> Vec<u8>,
    ) -> Result<bool, StoreError> {
        let sort = |source| StoreError::sort(self.path, source);
        let gone = self
            .transaction
            .prepare_cached("DELETE FROM ledger WHERE id = ?1 RETURNING gate, subject")
            .and_then(|mut statement| {
                let gone = statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)));
                gone.optional()
            })
            .map_err(sort)?;
        let Some((gate, subject)): Option<(String, String)> = gone else {
            return Ok(false);
        };
        self.transaction
            .prepare_cached(
                "UPDATE runs SET key = '' WHERE key <> ''
                 AND json_extract(body, '$.subject') = ?2
                 AND json_extract(body, '$.work.gate') = ?1",
            )
            .and_then(|mut statement| statement.execute([gate, subject]))
            .map_err(sort)?;
        self.revision += 1;
        let revision = i64::try_from(self.revision).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached("INSERT INTO changes (revision, at_us, bytes) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| {
                statement.execute(params![revision, at_us, change(self.revision)])
            })
            .map(|_| true)
            .map_err(sort)
    }

    /// Writes the valid word of an execution.
    pub fn put_answer(&mut self, execution: &str, run: &str, body: &str) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO answers (id, run_id, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET body = ?3",
            )
            .and_then(|mut statement| statement.execute(params![execution, run, body]))
            .map(|_| ())
            .map_err(|source| StoreError::sort(self.path, source))
    }

    /// The payload's hash and the reply of an accepted request.
    pub fn request(&self, id: &str) -> Result<Option<(String, String)>, StoreError> {
        self.transaction
            .prepare_cached("SELECT payload_hash, reply FROM requests WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .map_err(|source| StoreError::sort(self.path, source))
    }

    /// Keeps an accepted request.
    pub fn put_request(
        &mut self,
        id: &str,
        hash: &str,
        reply: &str,
        at_us: i64,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO requests (id, payload_hash, reply, at_us) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut statement| statement.execute(params![id, hash, reply, at_us]))
            .map(|_| ())
            .map_err(|source| StoreError::sort(self.path, source))
    }

    /// A name never used before: the base for its first run, `base#k` for the k-th.
    pub fn fresh_name(&mut self, base: &str) -> Result<String, StoreError> {
        loop {
            let name = self.next_name(base)?;
            // Runs taken in from their directories brought their names along, and not the count of them.
            let taken = self
                .transaction
                .prepare_cached("SELECT 1 FROM runs WHERE name = ?1")
                .and_then(|mut statement| statement.exists([&name]))
                .map_err(|source| StoreError::sort(self.path, source))?;
            if !taken {
                return Ok(name);
            }
        }
    }

    fn next_name(&mut self, base: &str) -> Result<String, StoreError> {
        let count: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO names (base, count) VALUES (?1, 1)
                 ON CONFLICT (base) DO UPDATE SET count = count + 1 RETURNING count",
            )
            .and_then(|mut statement| statement.query_row([base], |row| row.get(0)))
            .map_err(|source| StoreError::sort(self.path, source))?;
        Ok(if count == 1 {
            base.to_owned()
        } else {
            format!("{base}#{count}")
        })
    }

    /// Counts the name of a run that was taken in, so that no later run gets it too.
    pub fn claim_name(&mut self, name: &str) -> Result<(), StoreError> {
        let (base, number) = match name.split_once('#') {
            Some((base, number)) => (base, number.parse::<i64>().unwrap_or(1)),
            None => (name, 1),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO names (base, count) VALUES (?1, ?2)
                 ON CONFLICT (base) DO UPDATE SET count = max(count, ?2)",
            )
            .and_then(|mut statement| statement.execute(params![base, number]))
            .map(|_| ())
            .map_err(|source| StoreError::sort(self.path, source))
    }

    /// Whether an ended or live run, execution or question has this id.
    pub fn knows(&self, id: &str) -> Result<Option<Known>, StoreError> {
        let sort = |source| StoreError::sort(self.path, source);
        let find = |sql: &str| -> Result<Option<String>, StoreError> {
            self.transaction
                .prepare_cached(sql)
                .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
                .map_err(sort)
        };
        if let Some(run) = find("SELECT id FROM runs WHERE id = ?1")? {
            return Ok(Some(Known::Run { run }));
        }
        if let Some(run) = find("SELECT run_id FROM executions WHERE id = ?1")? {
            return Ok(Some(Known::Execution { run }));
        }
        Ok(find("SELECT run_id FROM questions WHERE id = ?1")?.map(|run| Known::Question { run }))
    }

    /// A run as it stands, live or ended.
    pub fn run(&self, id: &str) -> Result<Option<synod_core::entity::Run>, StoreError> {
        let body: Option<String> = self
            .transaction
            .prepare_cached("SELECT body FROM runs WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
            .map_err(|source| StoreError::sort(self.path, source))?;
        body.map(|body| {
            serde_json::from_str(&body).map_err(|source| StoreError::Row {
                table: "runs",
                source,
            })
        })
        .transpose()
    }

    /// Makes it durable.
    pub fn commit(self) -> Result<u64, StoreError> {
        let path = self.path;
        self.transaction
            .commit()
            .map_err(|source| StoreError::sort(path, source))?;
        *self.committed = self.revision;
        Ok(self.revision)
    }
}

/// What an id names, and the run it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    Run { run: String },
    Execution { run: String },
    Question { run: String },
}
