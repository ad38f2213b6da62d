//! Tables and correlations of judgements few enough to count by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say no by panicking"
)]

use synod_calibration::{Judge, Judged, Said, Sampling, Share, Truth};

mod correlation;
mod table;

pub const ASKED: Judge = Judge::Human(Sampling::Asked { audit: None });

pub fn tenth() -> Share {
    Share::of_permille(100).unwrap()
}

pub fn asked_with_audit() -> Judge {
    Judge::Human(Sampling::Asked {
        audit: Some(tenth()),
    })
}

pub fn audited() -> Judge {
    Judge::Human(Sampling::Audited { share: tenth() })
}

/// `agent` is written `family` or `family/agent`; the truth is always that the item is real.
pub fn word(item: &str, agent: &str, said: Said, judge: Judge) -> Judged {
    Judged {
        item: item.to_owned(),
        agent: agent.to_owned(),
        family: agent.split('/').next().unwrap().to_owned(),
        gate: "clarify".to_owned(),
        kind: "ambiguity".to_owned(),
        said,
        truth: Truth::Real,
        judge,
    }
}

/// So many items, of which the first `right` were called real.
pub fn words(prefix: &str, agent: &str, right: usize, of: usize, judge: Judge) -> Vec<Judged> {
    let said = |i| if i < right { Said::Real } else { Said::NotReal };
    (0..of)
        .map(|i| word(&format!("{prefix}{i}"), agent, said(i), judge))
        .collect()
}
