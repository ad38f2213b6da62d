//! A share of what is decided without a human is put to one all the same, blind.
//!
//! Who learns only from what is asked learns from the hard cases: three agents that are truly right 80 % of the
//! time measured 56 % that way. What is watched is drawn too: left out, it biases what the rest says about all
//! (docs/calibration.md, "Why an audit"). The draw follows from the run and the finding alone.

use crate::finding::{Audited, Decision, Finding};
use crate::text::Fingerprint;

/// Puts the finding to a human if it is drawn: `permille` of 1,000 are.
pub(super) fn audit(finding: &mut Finding, seed: &str, permille: u32) {
    let automatic = match finding.decision {
        Decision::Resolve | Decision::Note | Decision::Watch => true,
        Decision::Ask | Decision::Arbitrate | Decision::Settled => false,
    };
    // What a change does not touch never blocks it.
    let pre_existing = finding.located.as_ref().is_some_and(|l| l.pre_existing);
    if !automatic || pre_existing || draw(seed, &finding.key) >= permille {
        return;
    }
    let cell = "asked without a recommendation, to check on decisions made without a human";
    finding.audited = Some(Audited {
        decision: finding.decision,
        answer: finding.answer.take(),
        cell: std::mem::replace(&mut finding.cell, cell.to_owned()),
        basis: finding.basis.take(),
    });
    finding.decision = Decision::Ask;
}

/// 0 to 999.
fn draw(seed: &str, key: &str) -> u32 {
    let print = Fingerprint::new("synod/audit/v1")
        .part(seed)
        .part(key)
        .finish();
    // Fifteen digits fit; that 1,000 does not divide their number shifts no share by a millionth.
    let number = u64::from_str_radix(&print[..15], 16).unwrap_or(0);
    (number % 1000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draw_takes_the_share_that_was_asked_for() {
        let drawn = |permille: u32| {
            (0..10_000)
                .filter(|n| draw("run", &n.to_string()) < permille)
                .count()
        };
        assert_eq!((drawn(0), drawn(1000)), (0, 10_000));
        let tenth = drawn(100);
        assert!((900..1100).contains(&tenth), "{tenth}");
    }
}
