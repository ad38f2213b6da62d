//! Loading at start: live runs with all their parts, through the partial index. Ended ones stay where they are.

use rusqlite::Connection;
use serde::de::DeserializeOwned;
use synod_consensus::Said;
use synod_core::entity::Entity;
use synod_shared::ids::ExecutionId;

use super::{Store, StoreError};

/// What was live.
#[derive(Debug, Default)]
pub struct Loaded {
    pub entities: Vec<Entity>,
    pub answers: Vec<(ExecutionId, Said)>,
}

impl Store {
    /// Everything that had not ended.
    pub fn load(&self) -> Result<Loaded, StoreError> {
        let c = &self.connection;
        let mut entities = Vec::new();
        let live = "WHERE run_id IN (SELECT id FROM runs WHERE live = 1)";
        let runs = bodies(self, c, "runs", "WHERE live = 1 ORDER BY seq")?;
        entities.extend(runs.into_iter().map(Entity::Run));
        entities.extend(
            bodies(self, c, "executions", live)?
                .into_iter()
                .map(Entity::Execution),
        );
        entities.extend(
            bodies(self, c, "attempts", live)?
                .into_iter()
                .map(Entity::Attempt),
        );
        entities.extend(
            bodies(self, c, "progress", live)?
                .into_iter()
                .map(Entity::Progress),
        );
        entities.extend(
            bodies(self, c, "findings", live)?
                .into_iter()
                .map(Entity::Finding),
        );
        entities.extend(
            bodies(self, c, "questions", live)?
                .into_iter()
                .map(Entity::Question),
        );
        entities.extend(
            bodies(self, c, "verdicts", live)?
                .into_iter()
                .map(Entity::Verdict),
        );
        let mut statement = c
            .prepare(&format!("SELECT id, body FROM answers {live}"))
            .map_err(|e| StoreError::sort(&self.path, e))?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(|e| StoreError::sort(&self.path, e))?;
        let mut answers = Vec::with_capacity(rows.len());
        for (id, body) in rows {
            let answer = serde_json::from_str(&body).map_err(|source| StoreError::Row {
                table: "answers",
                source,
            })?;
            if let Ok(id) = id.parse() {
                answers.push((id, answer));
            }
        }
        Ok(Loaded { entities, answers })
    }
}

fn bodies<T: DeserializeOwned>(
    store: &Store,
    connection: &Connection,
    table: &'static str,
    which: &str,
) -> Result<Vec<T>, StoreError> {
    let sort = |source| StoreError::sort(&store.path, source);
    let mut statement = connection
        .prepare(&format!("SELECT body FROM {table} {which}"))
        .map_err(sort)?;
    let texts = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(sort)?;
    texts
        .iter()
        .map(|text| serde_json::from_str(text).map_err(|source| StoreError::Row { table, source }))
        .collect()
}
