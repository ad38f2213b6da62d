//! `[prices."MODEL"]`: what a model's tokens cost, for CLIs that tell tokens and no money. There are
//! none in the program: prices change, and a wrong one is worse than none.

use synod_adapters::{Money, Price, Prices};

use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::money;

/// The longest name of a model or pattern of names.
const LONGEST: usize = 128;

const KEYS: [&str; 3] = ["cached", "input", "output"];

pub(crate) fn read(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Prices {
    section
        .sections(problems)
        .into_iter()
        .filter_map(|(name, price)| {
            check_pattern(name, problems);
            Some((name.value.to_owned(), read_price(&price, problems)?))
        })
        .collect()
}

fn read_price(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Price> {
    section.only(&KEYS, problems);
    let mut needed = |key: &str| {
        section.missing(key, "US dollars for a million tokens", problems);
        money::read(key, section, problems)
    };
    let (input, output) = (needed("input"), needed("output"));
    let cached = money::read("cached", section, problems);
    let input: Money = input?;
    Some(Price {
        input,
        cached: cached.unwrap_or(input),
        output: output?,
    })
}

fn check_pattern(name: At<&str>, problems: &mut Problems<'_>) {
    let unfit = |c: char| c.is_control() || c.is_whitespace();
    if name.value.is_empty() || name.value.len() > LONGEST || name.value.contains(unfit) {
        let found = name.value.to_owned();
        problems.add(name.offset, Fault::BadPattern { found });
    }
}
