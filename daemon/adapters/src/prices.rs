//! What models' tokens cost, by name.

use serde::{Deserialize, Serialize};

use crate::Price;

/// Prices by model, or by pattern with `*` for any characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices {
    /// The longest pattern without its stars first, so that the first that fits is the most exact.
    by_pattern: Vec<(String, Price)>,
}

impl FromIterator<(String, Price)> for Prices {
    fn from_iter<T: IntoIterator<Item = (String, Price)>>(prices: T) -> Self {
        let mut by_pattern: Vec<(String, Price)> = prices.into_iter().collect();
        by_pattern.sort_by_key(|(pattern, _)| {
            let letters = pattern.chars().filter(|c| *c != '*').count();
            (
                std::cmp::Reverse(letters),
                pattern.contains('*'),
                pattern.clone(),
            )
        });
        Self { by_pattern }
    }
}

impl Prices {
    /// The price of a model: that of its own name, else of the pattern with the most letters.
    #[must_use]
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
