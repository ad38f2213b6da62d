//! How often agents and families were right, and what they found of planted faults: columns, cells, words.

use synod_proto::v1::{Calibration, Recall};

use super::cells::{Cell, column, count};
use crate::{
    render::clean,
    tui::{
        model::{Model, agents::Of},
        view::columns::{Column, Fit},
    },
};

/// Columns of how often each was right.
pub const FIGURES: [Column; 6] = [
    column("WHO", 14, 0, Fit::Grows),
    column("FAMILY", 8, 4, Fit::Left),
    column("BY PEOPLE", 17, 0, Fit::Right),
    column("BY ARBITERS", 11, 2, Fit::Right),
    column("AUDITED", 7, 3, Fit::Right),
    column("WEIGHED", 15, 1, Fit::Right),
];

/// Columns of planted faults.
pub const RECALL: [Column; 5] = [
    column("AGENT", 14, 0, Fit::Left),
    column("FAULT", 12, 1, Fit::Grows),
    column("FOUND", 17, 0, Fit::Right),
    column("UNANSWERED", 10, 3, Fit::Right),
    column("BY CHANCE", 9, 2, Fit::Right),
];

/// The figures of an agent or a family.
pub fn calibration(model: &Model, of: Of, at: usize) -> Option<&Calibration> {
    let figures = model.agents.figures.as_ref()?;
    let all = match of {
        Of::Agent => &figures.agents,
        Of::Family => &figures.families,
    };
    all.get(at)
}

/// What an agent found of one kind of planted fault.
pub fn recalled(model: &Model, at: usize) -> Option<&Recall> {
    model.agents.figures.as_ref()?.recall.get(at)
}

/// `8/10, 44–97 %`; of few nothing but the count can be said.
fn of_all(right: u32, all: u32, low: Option<u32>, high: Option<u32>) -> String {
    match (all, low.zip(high)) {
        (0, _) => "-".to_owned(),
        (_, None) => format!("{right}/{all}, too few"),
        (_, Some((low, high))) => format!("{right}/{all}, {}", percents(low, high)),
    }
}

/// `44–97 %`
fn percents(low: u32, high: u32) -> String {
    format!("{}–{} %", percent(low), percent(high))
}

fn percent(permille: u32) -> u32 {
    permille.saturating_add(5) / 10
}

fn weighed(of: &Calibration) -> Option<String> {
    let share = percent(of.weighed_permille?);
    let interval = of.weighed_low_permille.zip(of.weighed_high_permille);
    Some(match interval {
        Some((low, high)) => format!("{share} %, {}", percents(low, high)),
        None => format!("{share} %"),
    })
}

fn by_people(of: &Calibration) -> String {
    of_all(of.right, of.judged, of.low_permille, of.high_permille)
}

/// A cell of figures.
pub fn cell<'a>(model: &Model, of: Of, known: &Calibration, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    let dash = || ("-".into(), theme.faint);
    match (column, of) {
        (0, _) => (clean(&known.name).into(), theme.strong),
        (1, Of::Agent) => (clean(&known.family).into(), theme.faint),
        (1, Of::Family) => ("family".into(), theme.faint),
        (2, _) if known.judged == 0 => dash(),
        (2, _) if known.low_permille.is_none() => (by_people(known).into(), theme.faint),
        (2, _) => (by_people(known).into(), theme.plain),
        (3, _) if known.arbiter_judged == 0 => dash(),
        (3, _) => {
            let words = format!("{}/{}", known.arbiter_right, known.arbiter_judged);
            (words.into(), theme.plain)
        }
        (4, _) => (count(known.audited), theme.plain),
        (_, _) => weighed(known).map_or_else(dash, |words| (words.into(), theme.plain)),
    }
}

/// A cell of recall.
pub fn recall<'a>(model: &Model, known: &Recall, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    match column {
        0 => (clean(&known.agent).into(), theme.strong),
        1 => (clean(&known.fault).into(), theme.plain),
        2 => {
            let (low, high) = (known.low_permille, known.high_permille);
            let words = of_all(known.found, known.planted, low, high);
            (words.into(), theme.plain)
        }
        3 => (count(known.unanswered), theme.plain),
        _ if known.compared == 0 => ("-".into(), theme.faint),
        _ => {
            let words = format!("{}/{}", known.met_by_chance, known.compared);
            (words.into(), theme.plain)
        }
    }
}

/// The same in words.
pub fn in_words(known: &Calibration) -> String {
    let interval = known.low_permille.zip(known.high_permille);
    let interval = match interval {
        Some((low, high)) => format!(", that is {} (95 %)", percents(low, high)),
        None if known.judged > 0 => ", too few to say more".to_owned(),
        None => String::new(),
    };
    let audited = match known.audited {
        0 => String::new(),
        n => format!("; {n} of them were asked blind"),
    };
    let weighed = weighed(known).map_or_else(String::new, |share| {
        format!("\nof all it said: {share}, audited items weighed by how rarely they are asked")
    });
    let arbiter = match known.arbiter_judged {
        0 => String::new(),
        all => format!(
            "\n{} of {all} right by what arbiters said",
            known.arbiter_right
        ),
    };
    format!(
        "{} of {} right by what people said{interval}{audited}{arbiter}{weighed}",
        known.right, known.judged
    )
}
