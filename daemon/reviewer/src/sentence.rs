//! Where sentences end. It must survive `e.g.`, decimals, ids such as `FR-1.2` and soft wraps.

use std::ops::Range;

/// Words whose full stop does not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "cf", "vs", "approx", "incl", "excl", "resp", "dr", "mr", "mrs", "viz", "al",
    "ca", "eg", "ie",
];

/// Words whose full stop does not end a sentence when a number follows (`Fig. 3`). Units such
/// as `min.` are not here: after `within 30 min.` a new sentence begins.
const BEFORE_NUMBERS: &[&str] = &["no", "nos", "fig", "sec", "ch", "p", "pp", "art"];

/// The sentences of one block of masked prose, trimmed.
pub(crate) fn split(mask: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = mask.as_bytes();
    let mut out = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    while at < range.end {
        if !matches!(bytes[at], b'.' | b'!' | b'?') {
            at += 1;
            continue;
        }
        let mut stop = at + 1;
        while stop < range.end && matches!(bytes[stop], b'.' | b'!' | b'?' | b')' | b'"' | b'\'') {
            stop += 1;
        }
        let mut next = stop;
        while next < range.end && bytes[next].is_ascii_whitespace() {
            next += 1;
        }
        let ends = next > stop
            && next < range.end
            && !bytes[next].is_ascii_lowercase()
            && !(bytes[at] == b'.' && is_abbreviation(mask, start, at, bytes[next]))
            && !is_label(&mask[start..at]);
        if ends {
            push(mask, start..stop, &mut out);
            start = next;
        }
        at = stop;
    }
    push(mask, start..range.end, &mut out);
    out
}

fn push(mask: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let text = &mask[range.clone()];
    let lead = text.len() - text.trim_start().len();
    let end = range.start + text.trim_end().len();
    if range.start + lead < end {
        out.push(range.start + lead..end);
    }
}

fn is_abbreviation(mask: &str, start: usize, dot: usize, next: u8) -> bool {
    // Abbreviations are short: looking back a few bytes keeps this linear.
    let mut from = dot;
    while from > start && dot - from < 8 && !mask.as_bytes()[from - 1].is_ascii_whitespace() {
        from -= 1;
    }
    while !mask.is_char_boundary(from) {
        from += 1;
    }
    let word = mask[from..dot].trim_start_matches(['(', '"', '[']);
    let one_of = |list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    one_of(ABBREVIATIONS) || (next.is_ascii_digit() && one_of(BEFORE_NUMBERS))
}

/// `FR-1` or `3` before the first full stop is a label, not a sentence.
fn is_label(text: &str) -> bool {
    // A label is short; not trimming a long sentence each time keeps this linear.
    if text.len() > 32 {
        return false;
    }
    let text = text.trim();
    !text.is_empty()
        && !text.contains(char::is_whitespace)
        && text.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let seen: Vec<&str> = split(text, 0..text.len())
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn full_stops_end_sentences() {
        check(
            "It shall. It must! Does it? Yes.",
            &["It shall.", "It must!", "Does it?", "Yes."],
        );
    }

    #[test]
    fn abbreviations_decimals_and_ids_do_not() {
        for text in [
            "Cards, e.g. Visa, shall work.",
            "Cards (i.e. Visa) shall work.",
            "It takes 2.5 s, see FR-1.2 and v1.2.3.",
            "FR-1. The system shall log.",
            "Carriers, approx. Five of them, must reply.",
            "It shall look as in Fig. 3 on any screen.",
            "Write to a.b@example.com now.",
        ] {
            check(text, &[text]);
        }
    }

    #[test]
    fn a_unit_with_a_full_stop_ends_a_sentence() {
        check(
            "It takes 300 ms. It shall log.",
            &["It takes 300 ms.", "It shall log."],
        );
    }

    #[test]
    fn a_soft_wrap_does_not_end_a_sentence() {
        check(
            "It shall\n  go on. Then\nstop.",
            &["It shall\n  go on.", "Then\nstop."],
        );
    }

    #[test]
    fn closing_marks_stay_with_their_sentence() {
        check(
            "(It shall.) Then \"go.\" End",
            &["(It shall.)", "Then \"go.\"", "End"],
        );
    }
}
