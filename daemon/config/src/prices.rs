//! `[prices."MODEL"]`: what a model's tokens cost, for CLIs that tell tokens and no money. There are
//! none in the program: prices change, and a wrong one is worse than none.

use synod_adapters::{Money, Price};

use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::money;

/// The longest name of a model or pattern of names.
const LONGEST: usize = 128;

/// Prices by model, or by pattern with `*` for any characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// The longest pattern without its stars first, so that the first that fits is the most exact.
    by_pattern: Vec<(String, Price)>,
}

impl Prices {
    const KEYS: [&str; 3] = ["cached", "input", "output"];

    /// The price of a model: that of its own name, else of the pattern with the most letters.
    pub fn of(&self, model: &str) -> Option<Price> {
        let fits = |(pattern, _): &&(String, Price)| matches(pattern, model);
        self.by_pattern.iter().find(fits).map(|(_, price)| *price)
    }

    /// All of them, the most exact first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Price)> {
        self.by_pattern
            .iter()
            .map(|(pattern, price)| (pattern.as_str(), *price))
    }

    pub(crate) fn read(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Prices {
        let mut by_pattern: Vec<(String, Price)> = section
            .sections(problems)
            .into_iter()
            .filter_map(|(name, price)| {
                check_pattern(name, problems);
                Some((name.value.to_owned(), read_price(&price, problems)?))
            })
            .collect();
        by_pattern.sort_by_key(|(pattern, _)| {
            let letters = pattern.chars().filter(|c| *c != '*').count();
            (
                std::cmp::Reverse(letters),
                pattern.contains('*'),
                pattern.clone(),
            )
        });
        Prices { by_pattern }
    }
}

fn read_price(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Price> {
    section.only(&Prices::KEYS, problems);
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

/// Whether `*` of the pattern can be filled so that it is the text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        // The earliest place leaves the most for the pieces after it.
        match left.find(piece) {
            Some(at) => left = left.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        };
        check("a", "a", true);
        check("a", "ab", false);
        check("a*", "a", true);
        check("a*", "ba", false);
        check("*", "", true);
        check("*b*", "abc", true);
        check("a*b*c", "a-b-b-c", true);
        check("a*a", "a", false);
        check("claude-*-4", "claude-opus-4", true);
        check("claude-*-4", "claude-opus-41", false);
    }
}
