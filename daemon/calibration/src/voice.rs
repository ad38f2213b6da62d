//! One voice per family on each item, as the gates count voices.
//!
//! It counts nothing: the table and the correlation do.

use std::collections::BTreeMap;

use crate::observation::{Judge, Judged, Sampling};

/// Who sits in judgement. An item may have been before both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bench {
    Human,
    Arbiter,
}

impl Bench {
    pub(crate) fn of(judge: Judge) -> Self {
        match judge {
            Judge::Human(Sampling::Asked { .. } | Sampling::Audited { .. }) => Self::Human,
            Judge::Arbiter => Self::Arbiter,
        }
    }
}

/// One voice on one item: of an agent, or of a family, of whose agents `judged` is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'a> {
    pub(crate) judged: &'a Judged,
    pub(crate) right: bool,
}

/// The last word of every agent on every item.
pub(crate) fn of_agents(judged: &[Judged]) -> Vec<Voice<'_>> {
    let mut last = BTreeMap::new();
    for one in judged {
        last.insert((Bench::of(one.judge), &one.item, &one.agent), one);
    }
    last.into_values()
        .map(|judged| Voice {
            judged,
            right: judged.is_right(),
        })
        .collect()
}

/// The majority of each family's agents on every item. A tie abstains.
pub(crate) fn of_families<'a>(agents: &[Voice<'a>]) -> Vec<Voice<'a>> {
    let mut families = BTreeMap::new();
    for voice in agents {
        let judged = voice.judged;
        let key = (Bench::of(judged.judge), &judged.item, &judged.family);
        let (_, balance) = families.entry(key).or_insert((judged, 0_i64));
        *balance += if voice.right { 1 } else { -1 };
    }
    families
        .into_values()
        .filter(|(_, balance)| *balance != 0)
        .map(|(judged, balance)| Voice {
            judged,
            right: balance > 0,
        })
        .collect()
}
