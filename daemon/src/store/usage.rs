//! What attempts used, summed for whoever asks: read from their rows, kept nowhere else.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::params;
use synod_adapters::Usage;
use synod_core::entity::Told;

use super::{Reader, StoreError};

/// Attempts of one day with the same agent and model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    pub attempts: u32,
    pub usage: Usage,
}

/// A day, an agent's name, a model's (empty if it was not told).
pub type Whose = (Date, String, String);

impl Reader {
    /// What was used since then, by day in this time zone. An attempt belongs to the day it ended, one that runs to
    /// today.
    pub fn usage(
        &self,
        since_us: i64,
        now_us: i64,
        zone: &TimeZone,
    ) -> Result<BTreeMap<Whose, Used>, StoreError> {
        let c = self.lock();
        let mut sums: BTreeMap<Whose, Used> = BTreeMap::new();
        let mut add = |at_us: i64, agent: String, told: String| -> Result<(), StoreError> {
            let told: Told = serde_json::from_str(&told).map_err(|source| StoreError::Row {
                table: "attempts",
                source,
            })?;
            if told.usage == Usage::default() {
                return Ok(());
            }
            let at = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
            let day = at.to_zoned(zone.clone()).date();
            let model = told.record.model.unwrap_or_default();
            let sum = sums.entry((day, agent, model)).or_default();
            sum.attempts += 1;
            sum.usage = sum.usage.plus(told.usage);
            Ok(())
        };
        let mut rows = c
            .prepare_cached(
                "SELECT coalesce(json_extract(a.body, '$.end.at_us'), ?2), json_extract(a.body, '$.agent'),
                        coalesce(json_extract(a.body, '$.end.told'), json_extract(p.body, '$.told'))
                 FROM attempts a LEFT JOIN progress p ON p.id = a.id
                 WHERE coalesce(json_extract(a.body, '$.end.at_us'), ?2) >= ?1
                   AND coalesce(json_extract(a.body, '$.end.told'), json_extract(p.body, '$.told')) IS NOT NULL",
            )
            .map_err(|source| self.sort(source))?;
        let mut rows = rows
            .query(params![since_us, now_us])
            .map_err(|source| self.sort(source))?;
        while let Some(row) = rows.next().map_err(|source| self.sort(source))? {
            let get = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            let (at, agent, told) = get().map_err(|source| self.sort(source))?;
            add(at, agent, told)?;
        }
        Ok(sums)
    }
}
