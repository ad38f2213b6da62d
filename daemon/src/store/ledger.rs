//! Reading the ledger: what concerns one subject, and pages of it for people.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};
use serde::de::DeserializeOwned;
use synod_consensus::ledger;
use synod_core::entity::{Finding, GateWork, LedgerEntry, Question, Run, Work};

use super::{Reader, Stamped, StoreError};

/// Entries considered for one gate and subject: what must be fixed, then the newest. All reviews of a repository have one
/// subject, so that there may be more. What is left out is asked anew, which costs a question; a must-fix that were left
/// out would pass.
const MOST: u32 = 5_000;

/// Of a row of `questions` that stands for a finding: nobody has decided it (`Question::is_open`).
const UNDECIDED: &str =
    "coalesce(json_extract(questions.body, '$.settled.disposition'), 'later') = 'later'";

/// A page of the ledger, the newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerPage {
    pub entries: Vec<Stamped<LedgerEntry>>,
    pub next: Option<i64>,
}

/// An ended run, and what was decided about its subject without it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedRun {
    pub run: String,
    /// Entries that other runs have written since it was submitted, without telling it: it may have been weighed without
    /// them.
    pub since: Vec<ledger::Entry>,
}

/// A question that nobody has decided, with its finding and run.
#[derive(Debug, Clone, PartialEq)]
pub struct StillOpen {
    pub run: Run,
    pub finding: Finding,
    pub question: Question,
}

impl StillOpen {
    /// As consensus compares it; nothing if it is of no gate.
    pub fn asked(&self) -> Option<ledger::Asked<'_>> {
        Some(ledger::Asked {
            finding: &self.finding.content,
            content_hash: &self.gate()?.content_hash,
        })
    }

    /// The entry that another run is weighed with. None for what only checks on a decision: that was made.
    pub fn entry(&self) -> Option<ledger::Entry> {
        if self.finding.content.audited.is_some() {
            return None;
        }
        let gate = self.gate()?;
        let decided = ledger::Decided {
            gate: &gate.gate,
            subject: &self.run.subject,
            run: &self.run.id.to_string(),
            at_us: self.question.asked.as_ref().map_or(0, |now| now.utc_us),
            content_hash: &gate.content_hash,
            human: None,
        };
        Some(ledger::entry_asked(&self.finding.content, &decided))
    }

    fn gate(&self) -> Option<&GateWork> {
        match &self.run.work {
            Work::Gate(gate) => Some(gate),
            Work::Agent | Work::Command => None,
        }
    }
}

impl Reader {
    /// What earlier runs left about a gate and a subject.
    pub fn ledger_of(
        &self,
        gate: &str,
        subject: &str,
    ) -> Result<Vec<Stamped<LedgerEntry>>, StoreError> {
        let c = self.lock();
        let rows: Vec<(i64, String)> = c
            .prepare_cached(
                "SELECT revision, body FROM ledger WHERE gate = ?1 AND subject = ?2
                 ORDER BY json_extract(body, '$.entry.standing.disposition') IS 'must-fix' DESC,
                          revision DESC
                 LIMIT ?3",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![gate, subject, MOST], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        rows.into_iter().map(entry).collect()
    }

    /// What other runs of a gate and a subject still ask people about, the newest run first.
    pub fn asked_of(
        &self,
        gate: &str,
        subject: &str,
        but: &str,
    ) -> Result<Vec<StillOpen>, StoreError> {
        let c = self.lock();
        // One moment's picture: a question and its finding.
        let c = c
            .unchecked_transaction()
            .map_err(|source| self.sort(source))?;
        let rows: Vec<(String, String, String)> = c
            .prepare_cached(&format!(
                "SELECT runs.body, findings.body, questions.body FROM runs
                 JOIN questions ON questions.run_id = runs.id
                 JOIN findings ON findings.id = questions.id
                 WHERE runs.live = 1 AND runs.id <> ?3
                   AND json_extract(runs.body, '$.work.gate') = ?1
                   AND json_extract(runs.body, '$.subject') = ?2
                   AND {UNDECIDED}
                 ORDER BY runs.seq DESC, questions.id LIMIT ?4",
            ))
            .and_then(|mut statement| {
                statement
                    .query_map(params![gate, subject, but, MOST], |row| {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                    })?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        rows.iter()
            .map(|(run, finding, question)| {
                Ok(StillOpen {
                    run: body("runs", run)?,
                    finding: body("findings", finding)?,
                    question: body("questions", question)?,
                })
            })
            .collect()
    }

    /// A page of the ledger; empty words match everything.
    pub fn ledger(
        &self,
        gate: &str,
        subject: &str,
        before: Option<i64>,
        size: u32,
    ) -> Result<LedgerPage, StoreError> {
        let c = self.lock();
        let rows: Vec<(i64, String)> = c
            .prepare_cached(
                "SELECT revision, body FROM ledger
                 WHERE (?1 = '' OR gate = ?1) AND (?2 = '' OR subject = ?2) AND revision < ?3
                 ORDER BY revision DESC LIMIT ?4",
            )
            .and_then(|mut statement| {
                let before = before.unwrap_or(i64::MAX);
                statement
                    .query_map(params![gate, subject, before, size + 1], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        let size = size as usize;
        let more = rows.len() > size;
        let entries: Vec<Stamped<LedgerEntry>> = rows
            .into_iter()
            .take(size)
            .map(entry)
            .collect::<Result<_, _>>()?;
        let last = entries
            .last()
            .and_then(|last| i64::try_from(last.revision).ok());
        Ok(LedgerPage {
            next: last.filter(|_| more),
            entries,
        })
    }

    /// The entries whose ids begin so; at most two, which is one too many.
    pub fn ledger_entries(&self, id: &str) -> Result<Vec<Stamped<LedgerEntry>>, StoreError> {
        let c = self.lock();
        // 'g' sorts after every hexadecimal digit.
        let rows: Vec<(i64, String)> = c
            .prepare_cached("SELECT revision, body FROM ledger WHERE id >= ?1 AND id < ?2 LIMIT 2")
            .and_then(|mut statement| {
                statement
                    .query_map([id, &format!("{id}g")], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        rows.into_iter().map(entry).collect()
    }

    /// The newest ended gate run with this key that decided something, if there is one. None while another with the key
    /// is under way, whose word will be newer, or if one ended since without an answer to what it asked.
    pub fn decided_run(&self, key: &str) -> Result<Option<DecidedRun>, StoreError> {
        let c = self.lock();
        // One moment's picture: a run and the ledger.
        let c = c
            .unchecked_transaction()
            .map_err(|source| self.sort(source))?;
        let newest: Option<(String, i64, bool)> = c
            .prepare_cached(&format!(
                "SELECT id, seq, live OR EXISTS (
                     SELECT 1 FROM runs AS later
                     JOIN questions ON questions.run_id = later.id
                     JOIN findings ON findings.id = questions.id
                     WHERE later.key = runs.key AND later.seq > runs.seq AND {UNDECIDED}
                 ) FROM runs WHERE key = ?1
                 AND (live = 1 OR json_extract(body, '$.state') IN ('passed', 'rejected'))
                 ORDER BY live DESC, seq DESC LIMIT 1",
            ))
            .and_then(|mut statement| {
                let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                statement.query_row([key], row).optional()
            })
            .map_err(|source| self.sort(source))?;
        let Some((run, seq, false)) = newest else {
            return Ok(None);
        };
        let since: Vec<(i64, String)> = c
            .prepare_cached(
                "SELECT ledger.revision, ledger.body FROM runs JOIN ledger
                 ON ledger.gate = json_extract(runs.body, '$.work.gate')
                 AND ledger.subject = json_extract(runs.body, '$.subject')
                 WHERE runs.id = ?1 AND ledger.revision > ?2
                 AND json_extract(ledger.body, '$.entry.run') <> runs.id",
            )
            .and_then(|mut statement| {
                statement
                    .query_map(params![run, seq], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        let since: Vec<LedgerEntry> = since
            .into_iter()
            .map(|row| Ok(entry(row)?.value))
            .collect::<Result<_, StoreError>>()?;
        let heard = self.heard_of(&c, &run, &since)?;
        drop(c);
        let since = since.into_iter().map(|kept| kept.entry);
        Ok(Some(DecidedRun {
            since: since.filter(|entry| !heard.contains(&entry.id)).collect(),
            run,
        }))
    }

    /// Of these entries, those whose word the run was told: one answer to what several runs ask is said in all of them.
    fn heard_of(
        &self,
        c: &rusqlite::Connection,
        run: &str,
        entries: &[LedgerEntry],
    ) -> Result<BTreeSet<String>, StoreError> {
        let Some(LedgerEntry { gate, subject, .. }) = entries.first() else {
            return Ok(BTreeSet::new());
        };
        let findings: Vec<Stamped<Finding>> = self.rows(c, "findings", "run_id", run)?;
        let questions: Vec<Stamped<Question>> = self.rows(c, "questions", "run_id", run)?;
        let told: BTreeSet<(String, i64, String)> = findings
            .iter()
            .filter_map(|finding| {
                let mut all = questions.iter();
                let question = all.find(|question| question.value.id == finding.value.id)?;
                let settled = question.value.settled.as_ref()?;
                let matter = ledger::matter(&finding.value.content, gate, subject);
                Some((matter, settled.at_us, settled.by.clone()))
            })
            .collect();
        let heard = entries.iter().filter(|kept| match &kept.entry.standing {
            ledger::Standing::Settled { by, at_us, .. } => {
                told.contains(&(kept.entry.id.clone(), *at_us, by.clone()))
            }
            ledger::Standing::Resolved { .. }
            | ledger::Standing::Watched { .. }
            | ledger::Standing::Asked { .. } => false,
        });
        Ok(heard.map(|kept| kept.entry.id.clone()).collect())
    }
}

fn entry((revision, text): (i64, String)) -> Result<Stamped<LedgerEntry>, StoreError> {
    Ok(Stamped {
        revision: u64::try_from(revision).unwrap_or(0),
        value: body("ledger", &text)?,
    })
}

fn body<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Row { table, source })
}

#[cfg(test)]
mod tests {
    use synod_consensus::{
        Disposition, Severity,
        ledger::{Entry, Standing},
    };

    use super::*;
    use crate::store::Store;

    fn entry(n: u32, standing: Standing) -> LedgerEntry {
        LedgerEntry {
            gate: "review".to_owned(),
            subject: "/shop".to_owned(),
            entry: Entry {
                id: format!("{n:064x}"),
                kind: "bug".to_owned(),
                claim: "The order is lost".to_owned(),
                wordings: Vec::new(),
                severity: Severity::Critical,
                blocks: Vec::new(),
                content_hash: String::new(),
                run: "r".to_owned(),
                quote: String::new(),
                located: None,
                standing,
            },
        }
    }

    #[test]
    fn what_must_be_fixed_is_considered_however_much_was_decided_since() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("synod.db");
        let (store, _) = Store::open(&path).unwrap();
        let must_fix = Standing::Settled {
            disposition: Disposition::MustFix,
            by: "ann".to_owned(),
            from: String::new(),
            at_us: 0,
            bulk: false,
        };
        let watched = Standing::Watched {
            families: Vec::new(),
            at_us: 1,
        };
        let at_once = |sql| store.connection().execute_batch(sql).unwrap();
        at_once("BEGIN");
        let all = (1..=MOST).map(|n| entry(n, watched.clone()));
        for (revision, one) in (1..).zip(std::iter::once(entry(0, must_fix.clone())).chain(all)) {
            let body = serde_json::to_string(&one).unwrap();
            store
                .connection()
                .execute(
                    "INSERT INTO ledger (id, gate, subject, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![one.entry.id, one.gate, one.subject, revision, body],
                )
                .unwrap();
        }
        at_once("COMMIT");
        let reader = Reader::open(&path).unwrap();
        let found = reader.ledger_of("review", "/shop").unwrap();
        assert_eq!(found.len(), MOST as usize);
        assert_eq!(found[0].value.entry.standing, must_fix);
        assert_eq!(found[1].revision, u64::from(MOST) + 1, "then the newest");
    }
}
