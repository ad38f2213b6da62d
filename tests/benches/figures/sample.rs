//! Many measurements of one thing.

use std::time::{Duration, Instant};

/// In microseconds, sorted when asked.
#[derive(Debug, Default, Clone)]
pub struct Sample {
    micros: Vec<f64>,
}

impl Sample {
    /// Measures `run` so many times, after a tenth as many that do not count.
    pub fn of(n: usize, mut run: impl FnMut()) -> Self {
        for _ in 0..n.div_ceil(10) {
            run();
        }
        let mut sample = Self::default();
        for _ in 0..n {
            let began = Instant::now();
            run();
            sample.push(began.elapsed());
        }
        sample
    }

    pub fn push(&mut self, took: Duration) {
        self.micros.push(took.as_secs_f64() * 1e6);
    }

    pub fn push_micros(&mut self, micros: f64) {
        self.micros.push(micros);
    }

    pub fn append(&mut self, other: &Self) {
        self.micros.extend_from_slice(&other.micros);
    }

    pub fn n(&self) -> usize {
        self.micros.len()
    }

    /// The nearest-rank percentile, in microseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        assert!(!self.micros.is_empty(), "nothing was measured");
        let mut sorted = self.micros.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted[rank.clamp(1, sorted.len()) - 1]
    }

    pub fn p50(&self) -> f64 {
        self.percentile(50.0)
    }

    pub fn p99(&self) -> f64 {
        self.percentile(99.0)
    }
}

/// Microseconds as a person reads them.
pub fn time(micros: f64) -> String {
    if micros < 1_000.0 {
        format!("{micros:.0} µs")
    } else if micros < 1_000_000.0 {
        format!("{:.2} ms", micros / 1e3)
    } else {
        format!("{:.2} s", micros / 1e6)
    }
}
