//! How alike the mistakes of families are, and how many independent votes they amount to.
//!
//! Measured on items that a human judged; assumed until there are enough. It says nothing about
//! who is right more often.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::observation::{Judge, Judged, Sampling};
use crate::voice;

/// Taken for true until measured (2-gates, "Weights and calibration").
pub const ASSUMED: f64 = 0.45;

/// Audited items two families must both have spoken on before their correlation is used.
pub const SHARED: u64 = 50;

/// The mean correlation of errors between two families, and where it comes from.
///
/// `shared` counts the audited items that two families or more spoke on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correlation {
    Assumed {
        shared: u64,
    },
    /// The mean over `pairs` pairs of families, within 0 and 1.
    Measured {
        rho: f64,
        shared: u64,
        pairs: u64,
    },
}

impl Correlation {
    /// The mean phi coefficient of being wrong, over pairs of families.
    ///
    /// A pair counts when it shares [`SHARED`] audited items and both were sometimes wrong and
    /// sometimes right; else phi says nothing or does not exist. Within a pair all items that a
    /// human judged in runs with an audit are weighed as in [`crate::Estimate`]. The audited ones
    /// alone will not do: what was decided without a human is mostly what all families agree on,
    /// and where they agree they are wrong together or not at all.
    pub fn measure(judged: &[Judged]) -> Self {
        let voices = voice::of_families(&voice::of_agents(judged));
        let mut items: BTreeMap<&str, Item<'_>> = BTreeMap::new();
        for voice in &voices {
            if let Judge::Human(sampling) = voice.judged.judge
                && let Some(weight) = sampling.weight()
            {
                let item = items.entry(&voice.judged.item).or_insert(Item {
                    weight,
                    audited: matches!(sampling, Sampling::Audited { .. }),
                    voices: Vec::new(),
                });
                item.voices.push((&voice.judged.family, !voice.right));
            }
        }
        let items: Vec<_> = items.into_values().filter(|i| i.voices.len() > 1).collect();
        let shared = items.iter().filter(|item| item.audited).count() as u64;
        let phis: Vec<f64> = pairs(&items)
            .into_values()
            .filter_map(|p| p.phi())
            .collect();
        if phis.is_empty() {
            return Self::Assumed { shared };
        }
        let mean = phis.iter().sum::<f64>() / phis.len() as f64;
        Self::Measured {
            rho: mean.clamp(0.0, 1.0),
            shared,
            pairs: phis.len() as u64,
        }
    }

    /// 0 (independent) to 1 (always wrong together).
    pub fn rho(self) -> f64 {
        match self {
            Self::Assumed { .. } => ASSUMED,
            Self::Measured { rho, .. } => rho,
        }
    }
}

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assumed { shared } => write!(
                f,
                "{ASSUMED:.2}, assumed: {shared} shared audited items, {SHARED} for a pair of \
                 families are needed"
            ),
            Self::Measured { rho, shared, pairs } => {
                let pairs = match pairs {
                    1 => "1 pair".to_owned(),
                    n => format!("{n} pairs"),
                };
                write!(
                    f,
                    "{rho:.2}, measured on {shared} shared audited items, {pairs} of families"
                )
            }
        }
    }
}

/// `n / (1 + (n − 1)ρ)`: as many independent votes say as much as `n` whose errors correlate.
pub fn effective_votes(n: usize, rho: f64) -> f64 {
    let n = n as f64;
    if n < 1.0 {
        0.0
    } else {
        n / (1.0 + (n - 1.0) * rho)
    }
}

struct Item<'a> {
    weight: f64,
    audited: bool,
    /// Family, and whether it was wrong.
    voices: Vec<(&'a str, bool)>,
}

fn pairs<'a>(items: &[Item<'a>]) -> BTreeMap<(&'a str, &'a str), Pair> {
    let mut pairs: BTreeMap<(&str, &str), Pair> = BTreeMap::new();
    for item in items {
        let voices: BTreeSet<(&str, bool)> = item.voices.iter().copied().collect();
        for (i, first) in voices.iter().enumerate() {
            for second in voices.iter().skip(i + 1) {
                let pair = pairs.entry((first.0, second.0)).or_default();
                pair.audited += u64::from(item.audited);
                match (first.1, second.1) {
                    (false, false) => pair.neither += item.weight,
                    (true, false) => pair.first += item.weight,
                    (false, true) => pair.second += item.weight,
                    (true, true) => pair.both += item.weight,
                }
            }
        }
    }
    pairs
}

/// The weights of the items on which neither, one or both of two families were wrong.
#[derive(Debug, Default)]
struct Pair {
    audited: u64,
    neither: f64,
    first: f64,
    second: f64,
    both: f64,
}

impl Pair {
    fn phi(&self) -> Option<f64> {
        let Self {
            neither,
            first,
            second,
            both,
            ..
        } = self;
        let margins = (both + first) * (second + neither) * (both + second) * (first + neither);
        let enough = self.audited >= SHARED && margins > 0.0;
        enough.then(|| (both * neither - first * second) / margins.sqrt())
    }
}
