//! How often the interval of a weighed estimate has the truth inside, and what simpler intervals
//! would do.

use fastrand::Rng;
use std::collections::BTreeMap;
use synod_calibration::{Estimate, Interval, Share, Tally};

/// A gate: of so many items, this part is asked, and of asked and other items so many are right.
struct Case {
    items: u32,
    asked: f64,
    right_if_asked: f64,
    right_else: f64,
    permille: u16,
}

impl Case {
    const fn new(items: u32, asked: f64, right: (f64, f64), permille: u16) -> Self {
        let (right_if_asked, right_else) = right;
        Self {
            items,
            asked,
            right_if_asked,
            right_else,
            permille,
        }
    }

    fn truth(&self) -> f64 {
        self.asked * self.right_if_asked + (1.0 - self.asked) * self.right_else
    }

    fn draw(&self, rng: &mut Rng) -> (Tally, Tally) {
        let (mut asked, mut audited) = (Tally::default(), Tally::default());
        let mut word = |right: f64| {
            if rng.f64() < right {
                Tally::HIT
            } else {
                Tally::MISS
            }
        };
        for _ in 0..self.items {
            if word(self.asked) == Tally::HIT {
                asked += word(self.right_if_asked);
            } else if word(f64::from(self.permille) / 1000.0) == Tally::HIT {
                audited += word(self.right_else);
            }
        }
        (asked, audited)
    }
}

/// Draws of each case. Coverage is then known to ± 0.01 or so.
const DRAWS: u32 = 1000;

const CASES: [Case; 8] = [
    // As gates are: disputes are hard, the rest is easy.
    Case::new(200, 0.26, (0.54, 0.89), 100),
    Case::new(1000, 0.26, (0.54, 0.89), 100),
    Case::new(1000, 0.26, (0.54, 0.89), 50),
    // No difference, and hardly any errors.
    Case::new(200, 0.6, (0.9, 0.9), 100),
    Case::new(1000, 0.26, (0.99, 0.99), 100),
    // The other way round, which is hardest for Kish.
    Case::new(1000, 0.6, (0.95, 0.5), 100),
    Case::new(1000, 0.6, (0.97, 0.8), 50),
    // A handful of audited items.
    Case::new(100, 0.26, (0.97, 0.8), 100),
];

#[test]
fn the_interval_of_an_estimate_covers_the_truth_where_simpler_ones_do_not() {
    println!("coverage of intervals for weighed estimates, {DRAWS} draws, seed 7 for each case");
    println!(
        "items  asked  right: asked  else  audit  audited  ours   Kish   linear.  normal  width"
    );
    let (mut kish_least, mut linear_least) = (1.0_f64, 1.0_f64);
    for case in &CASES {
        let mut rng = Rng::with_seed(7);
        let share = Share::of_permille(case.permille).unwrap();
        let (mut drawn, mut seen, mut width) = (0.0, 0.0, 0.0);
        let mut covered = [0.0; 4];
        for _ in 0..DRAWS {
            let (asked, audited) = case.draw(&mut rng);
            let Some(ours) = Estimate::weigh(asked, &BTreeMap::from([(share, audited)])) else {
                continue;
            };
            drawn += 1.0;
            seen += audited.of() as f64;
            width += ours.interval.width();
            let sizes = Simple::of(asked, audited, share.weight());
            let intervals = [
                ours.interval,
                sizes.kish(),
                sizes.linearised(),
                sizes.normal(),
            ];
            for (covered, interval) in covered.iter_mut().zip(intervals) {
                *covered += f64::from(u8::from(interval.covers(case.truth())));
            }
        }
        let [ours, kish, linear, normal] = covered.map(|covered| covered / drawn);
        println!(
            "{:5}  {:5.2}  {:12.2}  {:4.2}  {:5.2}  {:7.1}  {ours:.3}  {kish:.3}  {linear:7.3}  \
             {normal:6.3}  {:5.2}",
            case.items,
            case.asked,
            case.right_if_asked,
            case.right_else,
            f64::from(case.permille) / 1000.0,
            seen / drawn,
            width / drawn,
        );
        // 0.95 less three standard errors of a coverage that is 0.95.
        assert!(ours >= 0.95 - 3.0 * (0.95 * 0.05 / drawn).sqrt(), "{ours}");
        kish_least = kish_least.min(kish);
        linear_least = linear_least.min(linear);
    }
    assert!(
        kish_least < 0.92 && linear_least < 0.92,
        "{kish_least} {linear_least}"
    );
}

/// The intervals we do not use.
struct Simple {
    share: f64,
    total: f64,
    squares: f64,
    variance: f64,
}

impl Simple {
    fn of(asked: Tally, audited: Tally, weight: f64) -> Self {
        let total = asked.of() as f64 + weight * audited.of() as f64;
        let share = (asked.hits as f64 + weight * audited.hits as f64) / total;
        let hits = asked.hits as f64 + weight.powi(2) * audited.hits as f64;
        let misses = asked.misses as f64 + weight.powi(2) * audited.misses as f64;
        let variance = ((1.0 - share).powi(2) * hits + share.powi(2) * misses) / total.powi(2);
        Self {
            share,
            total,
            squares: hits + misses,
            variance,
        }
    }

    fn at(&self, size: f64) -> Interval {
        Interval::clopper_pearson(self.share * size, (1.0 - self.share) * size)
    }

    fn kish(&self) -> Interval {
        self.at(self.total.powi(2) / self.squares)
    }

    fn linearised(&self) -> Interval {
        if self.variance > 0.0 {
            self.at(self.share * (1.0 - self.share) / self.variance)
        } else {
            Interval {
                low: self.share,
                high: self.share,
            }
        }
    }

    fn normal(&self) -> Interval {
        let reach = 1.96 * self.variance.sqrt();
        Interval {
            low: self.share - reach,
            high: self.share + reach,
        }
    }
}
