//! Tokens and money, summed up while values come and go: whole numbers, so that what is taken away again leaves
//! exactly what was there before, in any order.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use synod_proto::v1::{Attempt, AttemptProgress, Usage};
use synod_shared::words::AttemptState;

use super::parts::Step;
#[cfg(test)]
use crate::render::instant;

/// What attempts used together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// How many of them tell.
    told: u64,
    input: Count,
    cached: Count,
    output: Count,
    reasoning: Count,
    /// In billionths of a dollar.
    cost: Count,
    /// How many costs are estimated, and of how many it is told whether they are.
    estimated: Count,
}

/// A sum, and how many were summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Count {
    of: u64,
    sum: u128,
}

impl Count {
    fn step(&mut self, value: Option<u128>, by: Step) {
        let Some(value) = value else { return };
        by.on(&mut self.of);
        match by {
            Step::Up => self.sum = self.sum.saturating_add(value),
            Step::Down => self.sum = self.sum.saturating_sub(value),
        }
    }

    fn add(&mut self, other: Self) {
        self.of += other.of;
        self.sum = self.sum.saturating_add(other.sum);
    }

    fn tokens(self) -> Option<u32> {
        (self.of > 0).then(|| u32::try_from(self.sum).unwrap_or(u32::MAX))
    }
}

impl Spent {
    fn step(&mut self, usage: &Usage, by: Step) {
        by.on(&mut self.told);
        self.input.step(usage.input_tokens.map(u128::from), by);
        self.cached.step(usage.cached_tokens.map(u128::from), by);
        self.output.step(usage.output_tokens.map(u128::from), by);
        self.reasoning
            .step(usage.reasoning_tokens.map(u128::from), by);
        self.cost.step(usage.cost_usd.map(billionths), by);
        self.estimated.step(usage.estimated.map(u128::from), by);
    }

    fn add(&mut self, other: &Self) {
        self.told += other.told;
        self.input.add(other.input);
        self.cached.add(other.cached);
        self.output.add(other.output);
        self.reasoning.add(other.reasoning);
        self.cost.add(other.cost);
        self.estimated.add(other.estimated);
    }

    /// Whether a cost is told.
    pub const fn has_cost(&self) -> bool {
        self.cost.of > 0
    }

    /// The sum; none if nobody tells.
    pub fn usage(&self) -> Option<Usage> {
        (self.told > 0).then(|| Usage {
            input_tokens: self.input.tokens(),
            cached_tokens: self.cached.tokens(),
            output_tokens: self.output.tokens(),
            reasoning_tokens: self.reasoning.tokens(),
            cost_usd: (self.cost.of > 0).then_some(self.cost.sum as f64 / 1e9),
            estimated: (self.estimated.of > 0).then_some(self.estimated.sum > 0),
        })
    }
}

/// What no provider can have meant counts as nothing.
fn billionths(usd: f64) -> u128 {
    // A cast of what is negative, endless or no number at all stays within the type.
    u128::from((usd * 1e9).round() as u64)
}

/// Seconds of a slot: every clock on earth is a whole number of quarters of an hour away from the others.
const SLOT: i64 = 900;

/// What all attempts used, by when they ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Those under way.
    live: Spent,
    /// Those that have ended, by the slot they ended in.
    ended: BTreeMap<i64, Spent>,
    /// All of them.
    pub all: Spent,
}

impl Ledger {
    /// Counts an attempt in, or out again, for all and for its run.
    pub(super) fn step(
        &mut self,
        attempt: &Attempt,
        progress: Option<&AttemptProgress>,
        of_run: &mut Spent,
        by: Step,
    ) {
        let Some(usage) = used(attempt, progress) else {
            return;
        };
        self.all.step(usage, by);
        of_run.step(usage, by);
        let Some(ended) = &attempt.ended_at else {
            return self.live.step(usage, by);
        };
        let slot = ended.seconds.div_euclid(SLOT);
        let of_slot = self.ended.entry(slot).or_default();
        of_slot.step(usage, by);
        if *of_slot == Spent::default() {
            self.ended.remove(&slot);
        }
    }

    /// What was used by attempts that are under way, or ended on the day of this moment.
    pub fn on_day_of(&self, moment: Timestamp, zone: &TimeZone) -> Option<Usage> {
        let mut sum = self.live;
        let here = moment.to_zoned(zone.clone());
        // A day at the very end of time has no end, and nothing happens in it.
        let first = here.start_of_day().ok();
        let next = here.tomorrow().ok().and_then(|at| at.start_of_day().ok());
        if let (Some(first), Some(next)) = (first, next) {
            let slot = |at: jiff::Zoned| at.timestamp().as_second().div_euclid(SLOT);
            for (_, ended) in self.ended.range(slot(first)..slot(next)) {
                sum.add(ended);
            }
        }
        sum.usage()
    }
}

/// What an attempt has used: what it says while it runs, and at its end what was read of it whole.
fn used<'a>(attempt: &'a Attempt, progress: Option<&'a AttemptProgress>) -> Option<&'a Usage> {
    let ended = attempt.state.parse().is_ok_and(AttemptState::is_terminal);
    match progress.filter(|_| !ended) {
        Some(progress) => progress.usage.as_ref(),
        None => attempt.usage.as_ref(),
    }
}

/// What attempts used together, computed anew: what the sums must say.
#[cfg(test)]
pub fn anew<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Spent {
    let mut spent = Spent::default();
    for usage in attempts.into_iter().filter_map(|a| a.usage.as_ref()) {
        spent.step(usage, Step::Up);
    }
    spent
}

/// The day's, computed anew.
#[cfg(test)]
pub fn day_anew<'a>(
    attempts: impl IntoIterator<Item = &'a Attempt>,
    moment: Timestamp,
    zone: &TimeZone,
) -> Option<Usage> {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let counts = |attempt: &&Attempt| match &attempt.ended_at {
        None => true,
        Some(at) => instant(at).is_some_and(|at| day(at) == day(moment)),
    };
    anew(attempts.into_iter().filter(counts)).usage()
}
