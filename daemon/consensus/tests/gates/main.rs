//! Figure 1: synthetic gates in which answers are missing, malformed, echoed, duplicated, receipt-less or planted.
//! None may pass that should not, and every raw finding must end in exactly one decision.
//!
//! `SYNOD_GATES=100000 cargo test --release -p synod-consensus --test gates -- --nocapture` is the published
//! figure; a plain run plays a few hundred. `SYNOD_SEED` plays others.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say no by panicking, and this one prints a figure"
)]

mod chance;
mod judge;
mod rounds;
mod seat;
mod world;

use std::collections::BTreeMap;

use chance::Chance;
use rounds::{Gate, Schemas};
use seat::Part;

const FEW: u64 = 500;
const SEED: u64 = 5;

/// How often what happened.
#[derive(Debug, Default)]
struct Figures {
    gates: u64,
    reruns: u64,
    answers: u64,
    parts: BTreeMap<Part, u64>,
    ends: BTreeMap<&'static str, u64>,
    decisions: BTreeMap<String, u64>,
    ballots: u64,
    arbitrations: u64,
    raw: u64,
    in_clusters: u64,
    false_passes: u64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how many gates are played is for whoever runs the test to say"
)]
fn setting(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name);
    text.map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name}: expected a number, found {text:?}"))
    })
}

/// R1, R2, R8, R8b, R9, O9, O10, O11, O14, O15
#[test]
fn no_gate_passes_that_should_not_and_no_raw_finding_is_lost_or_decided_twice() {
    let (gates, seed) = (setting("SYNOD_GATES", FEW), setting("SYNOD_SEED", SEED));
    let schemas = Schemas::new();
    let mut figures = Figures::default();
    for n in 0..gates {
        let mut chance = Chance::from(seed ^ (n.wrapping_mul(0x2545_f491_4f6c_dd1d)));
        let gate = Gate::new(&mut chance, &schemas, n);
        gate.play(&mut chance, &schemas, &mut figures);
    }
    println!("seed {seed}: {figures:#?}");
    assert_eq!(figures.false_passes, 0);
    assert_eq!(figures.raw, figures.in_clusters);
    // Gates in which nothing ever passes or nothing ever happens would show nothing.
    for end in [
        "passed",
        "passed-degraded",
        "awaiting-human",
        "no-quorum",
        "rejected",
    ] {
        assert!(figures.ends.contains_key(end), "no gate was {end}");
    }
    for decision in ["resolve", "ask", "watch", "note", "settled"] {
        assert!(
            figures.decisions.contains_key(decision),
            "nothing came to {decision}"
        );
    }
    assert_eq!(figures.parts.len(), 13);
    assert!(figures.ballots > 0 && figures.arbitrations > 0);
}
