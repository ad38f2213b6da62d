//! The correlation of errors: what weighing measures, and what either part alone would.

use fastrand::Rng;
use synod_calibration::{Correlation, Judge, Judged, Sampling, Share};

use crate::gates::{Audit, Table, items, judge};

fn measured(judged: &[Judged]) -> f64 {
    match Correlation::measure(judged) {
        Correlation::Measured { rho, .. } => rho,
        assumed @ Correlation::Assumed { .. } => panic!("{assumed}"),
    }
}

/// The chosen part of the judgements, as if it were all there is.
fn alone(judged: &[Judged], chosen: impl Fn(Sampling) -> bool) -> Vec<Judged> {
    let share = Share::of_permille(1000).unwrap();
    let is = |one: &&Judged| matches!(one.judge, Judge::Human(sampling) if chosen(sampling));
    let judge = Judge::Human(Sampling::Audited { share });
    judged
        .iter()
        .filter(is)
        .map(|one| Judged {
            judge,
            ..one.clone()
        })
        .collect()
}

fn mean_and_spread(found: &[f64]) -> (f64, f64) {
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    let squares: f64 = found.iter().map(|one| (one - mean).powi(2)).sum();
    (mean, (squares / (found.len() as f64 - 1.0)).sqrt())
}

#[test]
fn the_correlation_is_found_by_weighing_and_missed_by_either_part_alone() {
    let seeds = 1..=12;
    println!("correlation of errors, 3 families, audit 0.1, seeds {seeds:?}: mean ± spread");
    println!("rho   items  audited  weighed        asked alone  audited alone");
    for (rho, number, within) in [
        (0.26, 20_000, 0.05),
        (0.45, 1_000, 0.15),
        (0.45, 5_000, 0.08),
        (0.45, 20_000, 0.05),
    ] {
        let (mut weighed, mut asked, mut audited, mut shared) = (vec![], vec![], vec![], 0);
        for seed in seeds.clone() {
            let mut rng = Rng::with_seed(seed);
            let items = items(Table::Disputes, rho, number, &mut rng);
            let (judged, _) = judge(&items, Some(Audit::one_in_ten()), &mut rng);
            let of_audit = |sampling| matches!(sampling, Sampling::Audited { .. });
            weighed.push(measured(&judged));
            asked.push(measured(&alone(&judged, |sampling| !of_audit(sampling))));
            let audited_alone = alone(&judged, of_audit);
            shared += audited_alone.len() / 3;
            audited.push(measured(&audited_alone));
        }
        let (mean, spread) = mean_and_spread(&weighed);
        let (asked, _) = mean_and_spread(&asked);
        let (audited, _) = mean_and_spread(&audited);
        println!(
            "{rho:.2}  {number:5}  {:7}  {mean:.3} ± {spread:.3}  {asked:11.3}  {audited:13.3}",
            shared / weighed.len(),
        );
        assert!((mean - rho).abs() < 3.0 * spread / (weighed.len() as f64).sqrt() + 0.01);
        assert!(
            weighed
                .iter()
                .all(|found| (found - rho).abs() < 4.0 * within),
            "{weighed:?}"
        );
        assert!(asked < 0.01 && audited > 0.99, "{asked} {audited}");
    }
}
