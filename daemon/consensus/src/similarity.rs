//! How alike two claims are, and what forbids to take them for one. Integers only.
//!
//! It compares words. Whether two findings are the same also takes their anchors and kinds:
//! that is `cluster`.

use crate::gist::{Doubt, Gist};
use crate::marks::marks;
use crate::text::fold;

/// From here on two claims at the same place are the same.
pub const SAME: u32 = 350;
/// From here on two claims may be the same, wherever they stand.
pub const POSSIBLY: u32 = 300;
/// From here on two claims of which one negates contradict each other.
pub const CONTRADICTION: u32 = 700;

/// Characters of a claim that are compared. Longer claims are essays; the cost must stay bounded.
const MOST: usize = 2000;

const STOP: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "has", "have",
    "if", "in", "into", "is", "it", "its", "of", "on", "or", "so", "that", "the", "their", "them",
    "there", "these", "they", "this", "those", "to", "was", "were", "which", "with",
];

/// A claim, prepared for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Hashes of its grams, sorted, each once.
    pub(crate) grams: Vec<u64>,
    /// Hashes of its numbers with units, ids, code identifiers and file names; sorted, each once.
    marks: Vec<u64>,
    gist: Gist,
}

impl Profile {
    pub fn of(claim: &str) -> Self {
        let claim: String = claim.chars().take(MOST).collect();
        let mut grams = Vec::new();
        for word in fold(&claim)
            .replace('’', "'")
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
        {
            let word = word.trim_matches('\'');
            if !word.is_empty() && !STOP.contains(&word) {
                push_grams(word, &mut grams);
            }
        }
        grams.sort_unstable();
        grams.dedup();
        let mut marks: Vec<u64> = marks(&claim).iter().map(|mark| fnv(mark)).collect();
        marks.sort_unstable();
        marks.dedup();
        Self {
            grams,
            marks,
            gist: Gist::of(&claim),
        }
    }
}

/// The character 5-grams of one word; a shorter word is its own gram, otherwise "API", "5" and
/// "not" would not count at all.
fn push_grams(word: &str, grams: &mut Vec<u64>) {
    const SIZE: usize = 5;
    let starts: Vec<usize> = word
        .char_indices()
        .map(|(at, _)| at)
        .chain([word.len()])
        .collect();
    if starts.len() <= SIZE {
        grams.push(fnv(word));
        return;
    }
    grams.extend(starts.windows(SIZE + 1).map(|w| fnv(&word[w[0]..w[SIZE]])));
}

/// FNV-1a: stable across builds and machines, which std's hasher does not promise.
pub(crate) fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// 0 to 1000: twice the common grams over all grams.
pub fn similarity(a: &Profile, b: &Profile) -> u32 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.grams.len() && j < b.grams.len() {
        match a.grams[i].cmp(&b.grams[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    dice(common, a, b)
}

/// `similarity` when the number of common grams is known already.
pub(crate) fn dice(common: usize, a: &Profile, b: &Profile) -> u32 {
    let all = a.grams.len() + b.grams.len();
    (2000 * common).checked_div(all).unwrap_or(0) as u32
}

/// Why two claims must not be merged, however alike they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Veto {
    /// Each names a number, id, identifier or file the other does not.
    Marks,
    /// Nearly the same words, and one says the opposite: they contradict each other.
    Contradiction,
    /// They may be two matters: each speaks of something the other does not, asks another
    /// question about the same words, or denies what the other does not. Forbids to merge, not
    /// to show them side by side.
    Doubt,
}

pub fn veto(a: &Profile, b: &Profile, similarity: u32) -> Option<Veto> {
    let lacks = |one: &Profile, other: &Profile| {
        one.marks
            .iter()
            .any(|mark| other.marks.binary_search(mark).is_err())
    };
    if lacks(a, b) && lacks(b, a) {
        return Some(Veto::Marks);
    }
    if similarity < SAME {
        return None;
    }
    Some(match a.gist.doubt(&b.gist)? {
        Doubt::Opposite => Veto::Contradiction,
        Doubt::Denied if similarity >= CONTRADICTION => Veto::Contradiction,
        Doubt::Denied | Doubt::Matter => Veto::Doubt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, least: u32, expected: Option<Veto>) {
        let (pa, pb) = (Profile::of(a), Profile::of(b));
        let s = similarity(&pa, &pb);
        assert_eq!(s, similarity(&pb, &pa));
        assert!(s >= least, "{s} for {a:?} and {b:?}");
        assert_eq!(
            veto(&pa, &pb, s),
            expected,
            "{a:?} and {b:?}: {:?} {:?}",
            pa.marks,
            pb.marks
        );
        assert_eq!(veto(&pb, &pa, s), expected);
    }

    #[test]
    fn the_same_words_in_another_spelling_are_the_same() {
        let (a, b) = (
            "The Session-Timeout is undefined.",
            "the session timeout IS undefined",
        );
        assert_eq!(similarity(&Profile::of(a), &Profile::of(b)), 1000);
        check(a, b, 1000, None);
    }

    #[test]
    fn near_misses_with_other_numbers_ids_or_files_are_vetoed() {
        let marks = Some(Veto::Marks);
        check(
            "Search answers within 5 s",
            "Search answers within 10 s",
            300,
            marks,
        );
        check(
            "Search answers within 5 s",
            "Search answers within 5 min",
            300,
            marks,
        );
        check("Retry three times", "Retry five times", 300, marks);
        check(
            "Requirement A-1 has no limit",
            "Requirement A-2 has no limit",
            300,
            marks,
        );
        check(
            "story us-1 has no actor",
            "story us-2 has no actor",
            300,
            marks,
        );
        check("`charge()` may fail", "`refund()` may fail", 100, marks);
        check(
            "plan.md names no owner",
            "tasks.md names no owner",
            300,
            marks,
        );
        check(
            "the field user_id is open",
            "the field order_id is open",
            300,
            marks,
        );
    }

    #[test]
    fn one_extra_detail_on_one_side_is_no_veto() {
        check(
            "Search answers within 5 s",
            "Search answers within five seconds",
            300,
            None,
        );
        check(
            "Search time is vague",
            "Search time in FR-1 is vague",
            500,
            None,
        );
        check(
            "Limit of 5s unclear",
            "Limit of 5 seconds unclear",
            300,
            None,
        );
    }

    #[test]
    fn nearly_the_same_words_with_one_negation_contradict() {
        let no = Some(Veto::Contradiction);
        check(
            "Admins must delete orders",
            "Admins must not delete orders",
            700,
            no,
        );
        check(
            "The retention period is specified",
            "The retention period isn't specified",
            700,
            no,
        );
        check(
            "The timeout is not specified",
            "The timeout is unspecified",
            500,
            None,
        );
    }

    #[test]
    fn unlike_claims_and_empty_ones_score_low() {
        let s = |a, b| similarity(&Profile::of(a), &Profile::of(b));
        assert!(s("Password rules are missing", "Refund deadline undefined") < POSSIBLY);
        assert_eq!(s("", ""), 0);
        assert_eq!(s("the of a", "the of a"), 0);
    }
}
