//! The figures as a Markdown table: for each label and case, how many came out as what.

use std::collections::BTreeMap;
use std::fmt;

use crate::Found;
use crate::labelled::{Label, Pair, Part};

#[derive(Default, Clone, Copy)]
struct Counts {
    all: usize,
    same: usize,
    contradiction: usize,
    beside: usize,
    apart: usize,
}

impl Counts {
    fn add(&mut self, found: Found) {
        self.all += 1;
        match found {
            Found::Same => self.same += 1,
            Found::Contradiction => self.contradiction += 1,
            Found::Beside => self.beside += 1,
            Found::Apart => self.apart += 1,
        }
    }
}

pub struct Table {
    part: Part,
    rows: BTreeMap<(u8, String), Counts>,
}

impl Table {
    pub fn of(part: Part, pairs: &[&(Pair, Found)]) -> Self {
        let mut rows: BTreeMap<(u8, String), Counts> = BTreeMap::new();
        for (pair, found) in pairs {
            let (order, label) = match pair.label {
                Label::Same => (0, "same"),
                Label::Different => (2, "different"),
                Label::Contradiction => (4, "contradiction"),
            };
            let case = format!("{label} | {}", pair.case);
            rows.entry((order, case)).or_default().add(*found);
            let total = format!("**{label}** | **all**");
            rows.entry((order + 1, total)).or_default().add(*found);
        }
        Self { part, rows }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Tuned => "tuned on",
            Part::HeldOut => "held out",
        };
        writeln!(
            f,
            "| {part} | case | pairs | merged | contradiction | linked | apart |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for ((_, case), n) in &self.rows {
            writeln!(
                f,
                "| {case} | {} | {} | {} | {} | {} |",
                n.all, n.same, n.contradiction, n.beside, n.apart
            )?;
        }
        Ok(())
    }
}
