//! What counting the asked items alone measures, and what weighing audited ones makes of it.

use fastrand::Rng;
use synod_calibration::{Caveat, Estimate, Interval, Line, Scope, Who, table};

use crate::gates::{Audit, FAMILIES, RIGHT, Route, Table, items, judge};

const ITEMS: usize = 100_000;

fn families(lines: Vec<Line>) -> Vec<Line> {
    let whole = |line: &Line| {
        matches!(
            (&line.who, &line.scope),
            (Who::Family(_), Scope::Everything)
        )
    };
    lines.into_iter().filter(whole).collect()
}

#[test]
fn with_an_audit_of_one_in_ten_the_estimates_are_within_two_hundredths_of_the_truth() {
    println!("{ITEMS} items, 3 families right {RIGHT:.2} of the time, audit 0.1");
    println!("table       rho   seed  family  truth  asked only      with audit         audited");
    // The truth is a share of what the families spoke on. Of that the published table never sees
    // what no family calls real, which lowers it.
    for (which, rho) in [
        (Table::Disputes, 0.26),
        (Table::Disputes, 0.45),
        (Table::Published, 0.45),
        (Table::FirstRound, 0.45),
    ] {
        let (mut worst, mut covered) = (0.0_f64, 0);
        for seed in [1, 2, 3] {
            let mut rng = Rng::with_seed(seed);
            let items = items(which, rho, ITEMS, &mut rng);
            let (judged, truths) = judge(&items, Some(Audit::one_in_ten()), &mut rng);
            let lines = families(table(&judged));
            assert_eq!(lines.len(), FAMILIES.len());
            for ((line, truth), name) in lines.iter().zip(truths).zip(FAMILIES) {
                let plain = line.asked.hits as f64 / line.asked.of() as f64;
                let estimate = line.estimate.unwrap();
                let (share, interval) = (estimate.share, estimate.interval);
                println!(
                    "{:10}  {rho:.2}  {seed:4}  {name:6}  {truth:.3}  {plain:.3} ({:5})   \
                     {share:.3} {:.3}–{:.3}  {:7}",
                    format!("{which:?}"),
                    line.asked.of(),
                    interval.low,
                    interval.high,
                    line.audited.of(),
                );
                assert!((share - truth).abs() <= 0.02, "{line:?}, truly {truth}");
                // As it does without: neither near the truth nor aware of being far from it.
                assert!((plain - truth).abs() > 0.02, "{line:?}, truly {truth}");
                assert!(!line.asked.interval().unwrap().covers(truth), "{line:?}");
                worst = worst.max((share - truth).abs());
                covered += u8::from(interval.covers(truth));
            }
        }
        println!("            farthest from the truth {worst:.4}, covered {covered} of 9");
        assert!(covered >= 7, "{covered} of 9");
    }
}

#[test]
fn without_an_audit_there_is_no_estimate_and_the_count_says_why() {
    println!("{ITEMS} items, no audit, seed 1, family a");
    for rho in [0.0, 0.26, 0.45] {
        let mut rng = Rng::with_seed(1);
        let items = items(Table::Disputes, rho, ITEMS, &mut rng);
        let (judged, truths) = judge(&items, None, &mut rng);
        let line = families(table(&judged)).remove(0);
        let (truth, plain) = (truths[0], line.human());
        println!("rho {rho:.2}, truly {truth:.3}: {plain}; {}", line.caveat);
        assert_eq!((line.estimate, line.caveat), (None, Caveat::OnlyAsked));
        assert!(plain.interval().unwrap().high < truth - 0.15, "{plain}");
    }
}

/// Why the audit must draw from everything that was decided without a human.
#[test]
fn an_audit_that_leaves_out_what_is_watched_is_biased_too() {
    println!("{ITEMS} items, FirstRound, rho 0.45, audit 0.1, seed 1, family a");
    let audits: [(&str, &'static [Route]); 2] = [
        ("resolved and noted items", &[Route::Alone]),
        ("watched ones as well", &[Route::Alone, Route::Watched]),
    ];
    let covers = audits.map(|(name, from)| {
        let mut rng = Rng::with_seed(1);
        let items = items(Table::FirstRound, 0.45, ITEMS, &mut rng);
        let audit = Audit {
            from,
            ..Audit::one_in_ten()
        };
        let (judged, truths) = judge(&items, Some(audit), &mut rng);
        let Estimate {
            share, interval, ..
        } = families(table(&judged))[0].estimate.unwrap();
        let (Interval { low, high }, truth) = (interval, truths[0]);
        println!("drawn from {name}: {share:.3}, {low:.3}–{high:.3}, truly {truth:.3}");
        interval.covers(truth)
    });
    assert_eq!(covers, [false, true]);
}
