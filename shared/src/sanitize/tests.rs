//! Facts about sanitising, with `vte` as the judge of what a terminal would print.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(input: &[u8], expected: &str) {
    assert_eq!(bytes(input), expected, "whole");
    let mut one_by_one = Sanitizer::default();
    let mut out = String::new();
    for byte in input {
        out.push_str(&one_by_one.push(&[*byte]));
    }
    out.push_str(&one_by_one.finish());
    assert_eq!(out, expected, "byte by byte");
}

/// O13
#[test]
fn colours_and_cursor_movements_are_removed_and_their_text_is_kept() {
    check(b"\x1b[1;31mred\x1b[0m and \x1b[2Jplain", "red and plain");
    check(b"\x1b(Ba\x1b7b\x1bc", "ab");
    check("\u{9b}31mred\u{9b}0m".as_bytes(), "red");
    check(b"\x9b31mred", "\u{fffd}red");
}

/// O13
#[test]
fn titles_links_and_clipboard_writes_are_removed_but_not_the_link_text() {
    check(b"\x1b]0;owned\x07x", "x");
    check(
        b"\x1b]8;;http://e.example/\x1b\\link\x1b]8;;\x1b\\!",
        "link!",
    );
    check(b"a\x1b]52;c;cm0gLXJmIC8=\x07b", "ab");
    check("a\u{9d}52;c;eA==\u{9c}b".as_bytes(), "ab");
    check(b"a\x1bP1$r0m\x1b\\b\x1b_apc\x1b\\c\x1b^pm\x1b\\d", "abcd");
}

/// O13
#[test]
fn a_sequence_that_never_ends_swallows_nothing() {
    check(
        b"\x1b]0;no end here\nnext line\n",
        "]0;no end here\nnext line\n",
    );
    check(b"\x1b[31", "[31");
    check(b"\x1b[31\nx", "[31\nx");
    check(b"\x1bPabc\x1b[1mbold", "Pabcbold");
    check("\x1b[3é".as_bytes(), "[3é");
    let long = format!("\x1b]0;{}", "x".repeat(3 * LONGEST_STRING));
    assert_eq!(text(&long), &long[1..]);
}

/// O13
#[test]
fn what_reorders_or_hides_is_shown() {
    check("a\u{202e}b".as_bytes(), "a<U+202E>b");
    check(
        "\u{2066}x\u{2069}\u{200b}\u{feff}".as_bytes(),
        "<U+2066>x<U+2069><U+200B><U+FEFF>",
    );
    check("ig\u{200d}nore".as_bytes(), "ig<U+200D>nore");
    check("\u{e0041}".as_bytes(), "<U+E0041>");
}

#[test]
fn joiners_that_belong_to_the_writing_are_kept() {
    check("👩‍💻 می‌خواهم".as_bytes(), "👩‍💻 می‌خواهم");
}

/// O8
#[test]
fn bytes_that_are_no_utf8_become_replacement_characters() {
    check(b"a\xffb\xc3", "a\u{fffd}b\u{fffd}");
    check(b"caf\xe9 ol\xe9", "caf\u{fffd} ol\u{fffd}");
    check(b"\xf0\x9f\x98", "\u{fffd}");
    check(b"broken \x9bhello", "broken \u{fffd}hello");
}

#[test]
fn ends_of_lines_become_newlines() {
    check(b"a\r\nb\r\r\nc\rd\r", "a\nb\nc\nd\n");
    check(b"a\x0cb\x00c\x08\x7f", "a\nbc");
}

#[test]
fn a_line_for_a_table_is_one_line_and_marks_what_was_cut() {
    assert_eq!(line("  one\n\ttwo  three ", 40), "one two three");
    assert_eq!(line("one two three", 7), "one tw…");
    assert_eq!(line("one two three", 5), "one…");
    assert_eq!(line("\x1b[31mone", 3), "one");
    assert_eq!(line("ääää", 3), "ää…");
    assert_eq!(line("abc", 0), "");
}

/// What a terminal's own parser prints of well-formed input.
struct Printed(String);
impl vte::Perform for Printed {
    fn print(&mut self, c: char) {
        self.0.push(c);
    }
    fn execute(&mut self, byte: u8) {
        if byte == b'\n' || byte == b'\t' {
            self.0.push(char::from(byte));
        }
    }
}

fn harmless(c: char) -> bool {
    matches!(c, '\n' | '\t')
        || !(c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{061c}'))
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[a-z ä漢]{0,6}".prop_map(String::into_bytes),
        1 => "\\PC{0,6}".prop_map(String::into_bytes),
        2 => prop::collection::vec(any::<u8>(), 0..6),
        3 => prop::sample::select(vec![
            &b"\x1b["[..], b"\x1b]", b"\x1bP", b"\x1b\\", b"\x07", b"\x9b", b"\x9d", b"\xc2\x9b", b"\xc2\x9d",
            b"\xc2\x9c", b"31m", b"\n", b"\r", b"\x18", b"\xe2\x80\xae", b"\xe2\x80", b"\x1b",
        ]).prop_map(<[u8]>::to_vec),
    ]
}

fn output() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// O13
    #[test]
    fn no_control_character_ever_comes_out(input in output()) {
        let clean = bytes(&input);
        prop_assert!(clean.chars().all(harmless), "{clean:?}");
    }

    #[test]
    fn chunking_does_not_change_the_result(input in output(), cuts in prop::collection::vec(0_usize..200, 0..8)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(input.len())).collect();
        cuts.sort_unstable();
        let mut sanitizer = Sanitizer::default();
        let mut out = String::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([input.len()]) {
            out.push_str(&sanitizer.push(&input[from..cut]));
            from = cut;
        }
        out.push_str(&sanitizer.finish());
        prop_assert_eq!(out, bytes(&input));
    }

    #[test]
    fn plain_text_passes_unchanged(input in "[ -~äöü漢字…→\n\t]{0,80}") {
        prop_assert_eq!(text(&input), input);
    }

    #[test]
    fn cleaning_twice_changes_nothing(input in output()) {
        let once = bytes(&input);
        prop_assert_eq!(text(&once), once);
    }

    /// O13: the text a terminal would show is what comes out.
    #[test]
    fn a_terminal_prints_the_same_text(
        pieces in prop::collection::vec(prop_oneof![
            "[a-z ä漢\n]{0,8}",
            "\x1b\\[[0-9;]{0,6}[A-Za-z]",
            "\x1b\\][0-9]{1,2};[a-z/:.;]{0,12}\x07",
            "\x1b\\][0-9]{1,2};[a-z/:.;]{0,12}\x1b\\\\",
            "\x1bP[0-9]{0,2}q[a-z]{0,6}\x1b\\\\",
            "\x1b[()][B0]",
        ], 0..16)
    ) {
        let input = pieces.concat();
        let mut printed = Printed(String::new());
        vte::Parser::<1024>::default().advance(&mut printed, input.as_bytes());
        prop_assert_eq!(text(&input), printed.0);
    }
}
