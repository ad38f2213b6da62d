//! Reading gate runs with all that was said about their findings, page by page, the newest first.
//!
//! Only what figures are made from. What it means is `calibration`'s.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;
use synod_consensus::{Said, Shape};
use synod_core::entity::{Execution, Finding, GateWork, Question, Run, Verdict, Work};

use super::{Reader, StoreError};

/// A gate run that was weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct GateRun {
    pub run: Run,
    pub gate: Box<GateWork>,
    pub findings: Vec<Finding>,
    pub questions: Vec<Question>,
    pub verdict: Verdict,
    /// Who answered what; only where answers hold more than findings.
    pub said: Vec<(Execution, Said)>,
}

/// Runs of a page, and where the next page begins.
#[derive(Debug, Clone, PartialEq)]
pub struct GatePage {
    pub runs: Vec<GateRun>,
    pub next: Option<i64>,
}

impl Reader {
    /// A page of the weighed runs of a gate, or of all gates where it is empty.
    pub fn gate_runs(
        &self,
        gate: &str,
        before: Option<i64>,
        size: u32,
    ) -> Result<GatePage, StoreError> {
        let c = self.lock();
        // One moment's picture: a run and what was said in it.
        let c = c
            .unchecked_transaction()
            .map_err(|source| self.sort(source))?;
        let rows: Vec<(i64, String)> = c
            .prepare_cached(
                "SELECT seq, body FROM runs
                 WHERE seq < ?1 AND json_extract(body, '$.work.kind') = 'gate'
                   AND (?2 = '' OR json_extract(body, '$.work.gate') = ?2)
                   AND EXISTS (SELECT 1 FROM verdicts WHERE verdicts.id = runs.id)
                 ORDER BY seq DESC LIMIT ?3",
            )
            .and_then(|mut statement| {
                let before = before.unwrap_or(i64::MAX);
                statement
                    .query_map(params![before, gate, size], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        let full = rows.len() == size as usize;
        let next = rows.last().map(|(seq, _)| *seq).filter(|_| full);
        let mut runs = Vec::with_capacity(rows.len());
        for (_, body) in rows {
            let run: Run = read("runs", &body)?;
            runs.extend(self.gate_run(&c, run)?);
        }
        Ok(GatePage { runs, next })
    }

    fn gate_run(&self, c: &Connection, run: Run) -> Result<Option<GateRun>, StoreError> {
        let Work::Gate(gate) = run.work.clone() else {
            return Ok(None);
        };
        let id = run.id.to_string();
        let Some(verdict) = self.bodies(c, "verdicts", &id)?.pop() else {
            return Ok(None);
        };
        let said = match gate.policy.shape {
            Shape::Findings | Shape::Remarks => Vec::new(),
            Shape::Checks => self.heard(c, &id)?,
        };
        Ok(Some(GateRun {
            findings: self.bodies(c, "findings", &id)?,
            questions: self.bodies(c, "questions", &id)?,
            verdict,
            said,
            run,
            gate,
        }))
    }

    fn heard(&self, c: &Connection, run: &str) -> Result<Vec<(Execution, Said)>, StoreError> {
        let executions: Vec<Execution> = self.bodies(c, "executions", run)?;
        let mut executions: BTreeMap<String, Execution> = executions
            .into_iter()
            .map(|execution| (execution.id.to_string(), execution))
            .collect();
        let rows: Vec<(String, String)> = c
            .prepare_cached("SELECT id, body FROM answers WHERE run_id = ?1 ORDER BY id")
            .and_then(|mut statement| {
                statement
                    .query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect()
            })
            .map_err(|source| self.sort(source))?;
        let mut said = Vec::new();
        for (id, body) in rows {
            if let Some(execution) = executions.remove(&id) {
                said.push((execution, read("answers", &body)?));
            }
        }
        Ok(said)
    }

    fn bodies<T: DeserializeOwned>(
        &self,
        c: &Connection,
        table: &'static str,
        run: &str,
    ) -> Result<Vec<T>, StoreError> {
        let bodies: Vec<String> = c
            .prepare_cached(&format!(
                "SELECT body FROM {table} WHERE run_id = ?1 ORDER BY id"
            ))
            .and_then(|mut statement| statement.query_map([run], |row| row.get(0))?.collect())
            .map_err(|source| self.sort(source))?;
        bodies.iter().map(|body| read(table, body)).collect()
    }
}

fn read<T: DeserializeOwned>(table: &'static str, body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|source| StoreError::Row { table, source })
}
