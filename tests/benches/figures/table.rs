//! The table of the figures, as it is printed and as it stands in `docs/performance.md`.

use std::fmt;

use crate::sample::{Sample, time};

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 7]>,
}

/// What a figure is held to. Both are ratios, or absolute values where the figure is one.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Nobody has set one.
    None,
    AtMost {
        must: f64,
        aim: f64,
    },
    AtLeast {
        must: f64,
        aim: f64,
    },
}

impl Target {
    fn words(self, unit: &str) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::AtMost { must, aim } => format!("≤ {must}{unit} (≤ {aim}{unit})"),
            Self::AtLeast { must, aim } => format!("≥ {must}{unit} (≥ {aim}{unit})"),
        }
    }

    fn judge(self, value: f64) -> &'static str {
        let (must, aim) = match self {
            Self::None => return "–",
            Self::AtMost { must, aim } => (value <= must, value <= aim),
            Self::AtLeast { must, aim } => (value >= must, value >= aim),
        };
        match (must, aim) {
            (_, true) => "aim",
            (true, false) => "met",
            (false, false) => "missed",
        }
    }
}

impl Table {
    /// A time, without anything to hold it against.
    pub fn time(&mut self, figure: &str, sample: &Sample) {
        self.push(figure, sample, "–".to_owned(), Target::None, 0.0, "");
    }

    /// A time whose median is held against a floor, in microseconds.
    pub fn over(&mut self, figure: &str, sample: &Sample, floor: f64, target: Target) {
        let ratio = sample.p50() / floor;
        self.push(figure, sample, format!("{ratio:.2}"), target, ratio, "");
    }

    /// The same for the tail.
    pub fn tail_over(&mut self, figure: &str, sample: &Sample, floor: f64, target: Target) {
        let ratio = sample.p99() / floor;
        self.push(figure, sample, format!("{ratio:.2}"), target, ratio, "");
    }

    /// A time with targets in milliseconds, for the median or the tail.
    pub fn millis(&mut self, figure: &str, sample: &Sample, percent: f64, target: Target) {
        let value = sample.percentile(percent) / 1e3;
        self.push(figure, sample, "–".to_owned(), target, value, " ms");
    }

    /// Anything else: said in words.
    pub fn value(
        &mut self,
        figure: &str,
        n: usize,
        said: String,
        ratio: Option<f64>,
        target: Target,
    ) {
        self.rows.push([
            figure.to_owned(),
            n.to_string(),
            said,
            "–".to_owned(),
            ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
            target.words(""),
            ratio.map_or("–", |ratio| target.judge(ratio)).to_owned(),
        ]);
    }

    /// An absolute value with a unit of its own.
    pub fn amount(&mut self, figure: &str, n: usize, value: f64, unit: &str, target: Target) {
        self.rows.push([
            figure.to_owned(),
            n.to_string(),
            format!("{value:.1}{unit}"),
            "–".to_owned(),
            "–".to_owned(),
            target.words(unit),
            target.judge(value).to_owned(),
        ]);
    }

    fn push(
        &mut self,
        figure: &str,
        sample: &Sample,
        ratio: String,
        target: Target,
        judged: f64,
        unit: &str,
    ) {
        let row = [
            figure.to_owned(),
            sample.n().to_string(),
            time(sample.p50()),
            time(sample.p99()),
            ratio,
            target.words(unit),
            target.judge(judged).to_owned(),
        ];
        // At once, for whoever watches.
        eprintln!("  {}", row.join(" | "));
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| figure | n | p50, or value | p99 | ratio to its floor | must (aim) | |"
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|---|---|")?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}
