//! The correlation of two families' errors, and the votes they amount to.

use synod_calibration::correlation::ASSUMED;
use synod_calibration::{Correlation, Judge, Judged, Said, effective_votes};

use crate::{ASKED, asked_with_audit, audited, word};

/// Items `a` and `b` spoke on: both wrong, only `a`, only `b`, neither.
fn errors(counts: [usize; 4], judge: Judge) -> Vec<Judged> {
    let wrong = [(true, true), (true, false), (false, true), (false, false)];
    let said = |wrong| if wrong { Said::NotReal } else { Said::Real };
    let mut judged = Vec::new();
    for ((a, b), times) in wrong.into_iter().zip(counts) {
        for i in 0..times {
            let item = format!("{a}{b}{i}");
            judged.push(word(&item, "a", said(a), judge));
            judged.push(word(&item, "b", said(b), judge));
        }
    }
    judged
}

#[test]
fn below_fifty_shared_audited_items_the_correlation_is_assumed() {
    let few = Correlation::measure(&errors([10, 5, 5, 29], audited()));
    assert_eq!(few, Correlation::Assumed { shared: 49 });
    assert!((few.rho() - ASSUMED).abs() < 1e-12);
    assert_eq!(
        few.to_string(),
        "0.45, assumed: 49 shared audited items, 50 for a pair of families are needed"
    );
    // Items that were asked anyway do not make up for them, nor do those of the arbiter.
    for judge in [ASKED, asked_with_audit(), Judge::Arbiter] {
        let found = Correlation::measure(&errors([100, 50, 50, 300], judge));
        assert_eq!(found, Correlation::Assumed { shared: 0 });
    }
}

#[test]
fn from_fifty_on_it_is_the_phi_of_the_errors() {
    // (10·30 − 5·5) / (15·35) = 275 / 525.
    let found = Correlation::measure(&errors([10, 5, 5, 30], audited()));
    let Correlation::Measured {
        rho,
        shared: 50,
        pairs: 1,
    } = found
    else {
        panic!("{found:?}");
    };
    assert!((rho - 275.0 / 525.0).abs() < 1e-12, "{rho}");
    assert_eq!(
        found.to_string(),
        "0.52, measured on 50 shared audited items, 1 pair of families"
    );
}

#[test]
fn errors_that_exclude_one_another_count_as_independent() {
    let found = Correlation::measure(&errors([0, 25, 25, 0], audited()));
    assert_eq!(
        found,
        Correlation::Measured {
            rho: 0.0,
            shared: 50,
            pairs: 1
        }
    );
}

#[test]
fn of_families_that_were_never_wrong_nothing_is_known() {
    let found = Correlation::measure(&errors([0, 0, 20, 40], audited()));
    assert_eq!(found, Correlation::Assumed { shared: 60 });
}

#[test]
fn correlated_families_amount_to_fewer_votes() {
    let votes = [0, 1, 2, 3, 4, 7].map(|n| (10.0 * effective_votes(n, ASSUMED)).round());
    assert_eq!(votes.map(|tenths| tenths as u32), [0, 10, 14, 16, 17, 19]);
    assert!((effective_votes(3, 0.0) - 3.0).abs() < 1e-12);
    assert!((effective_votes(3, 1.0) - 1.0).abs() < 1e-12);
}
