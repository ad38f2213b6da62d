//! How often the interval of a count has the truth inside. Nothing is sampled: the chances of
//! all counts are summed.

use synod_calibration::{Interval, Tally};

const COUNTS: [u64; 4] = [5, 10, 20, 50];

/// What is lost to rounding when a few dozen chances are summed.
const ROUNDING: f64 = 1e-12;

/// The chance of each number of hits among `of`, when each has the chance `p`.
fn chances(of: u64, p: f64) -> Vec<f64> {
    let mut chances = vec![1.0];
    for _ in 0..of {
        let mut next = vec![0.0; chances.len() + 1];
        for (hits, chance) in chances.iter().enumerate() {
            next[hits] += chance * (1.0 - p);
            next[hits + 1] += chance * p;
        }
        chances = next;
    }
    chances
}

fn intervals(of: u64) -> Vec<Interval> {
    let interval = |hits| {
        Tally {
            hits,
            misses: of - hits,
        }
        .interval()
        .unwrap()
    };
    (0..=of).map(interval).collect()
}

/// The chance of a count whose interval has `p` strictly inside.
fn coverage(intervals: &[Interval], p: f64) -> f64 {
    let of = intervals.len() as u64 - 1;
    let inside = |interval: &Interval| {
        (interval.low < p || interval.low <= 0.0) && (p < interval.high || interval.high >= 1.0)
    };
    intervals
        .iter()
        .zip(chances(of, p))
        .filter(|(interval, _)| inside(interval))
        .map(|(_, chance)| chance)
        .sum()
}

#[test]
fn the_intervals_cover_the_truth_in_95_of_100_cases_whatever_it_is() {
    let shown = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97];
    let between = || (500..=970).map(|permille| f64::from(permille) / 1000.0);
    println!("coverage of the Clopper–Pearson interval, exact");
    print!("   n ");
    for p in shown {
        print!("  p={p:.2}");
    }
    println!("   least, 0.500…0.970   least, any p   mean width at 0.8");
    for of in COUNTS {
        let intervals = intervals(of);
        print!("{of:4} ");
        for p in shown {
            print!("  {:.4}", coverage(&intervals, p));
        }
        let least = between()
            .map(|p| coverage(&intervals, p))
            .fold(1.0, f64::min);
        // Between two bounds the same counts cover, and their chance has its least at an end:
        // at a bound, seen from the side that it does not cover.
        let bounds = intervals
            .iter()
            .flat_map(|interval| [interval.low, interval.high]);
        let any = bounds.map(|p| coverage(&intervals, p)).fold(1.0, f64::min);
        let chances = chances(of, 0.8);
        let width: f64 = intervals
            .iter()
            .zip(chances)
            .map(|(i, c)| i.width() * c)
            .sum();
        println!("   {least:18.4}   {any:12.4}   {width:17.2}");
        assert!(least >= 0.95 - ROUNDING, "n = {of}: {least}");
        assert!(any >= 0.95 - ROUNDING, "n = {of}: {any}");
    }
}

/// The test can fail: the textbook's normal interval does not keep its promise.
#[test]
fn the_normal_interval_would_not() {
    let of = 10_u32;
    let wald = |hits: u32| {
        let share = f64::from(hits) / f64::from(of);
        let reach = 1.96 * (share * (1.0 - share) / f64::from(of)).sqrt();
        Interval {
            low: share - reach,
            high: share + reach,
        }
    };
    let intervals: Vec<_> = (0..=of).map(wald).collect();
    let found = coverage(&intervals, 0.95);
    println!("for comparison, normal interval, n = 10, p = 0.95: {found:.4}");
    assert!(found < 0.5, "{found}");
}
