//! What of an input stands in a prompt: all of it, or as much as the gate's limit allows, and then it
//! says so. Anchors go by the whole text: what is cut is cut from prompts alone.

use std::borrow::Cow;

/// A text as a prompt shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'t> {
    /// What stands in the prompt, a last line that tells of the cut included.
    pub text: Cow<'t, str>,
    /// What was left out, if anything was.
    pub cut: Option<Cut>,
}

/// How much of a text a prompt does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes that are left out.
    pub left: usize,
    /// Bytes of the whole text.
    pub of: usize,
}

impl<'t> Shown<'t> {
    /// All of a text.
    pub fn whole(text: &'t str) -> Shown<'t> {
        Shown {
            text: Cow::Borrowed(text),
            cut: None,
        }
    }

    /// The lines of a text that end within its first `limit` bytes (of a first line that is longer,
    /// the characters that do), and a line that says how much follows.
    pub fn limited(text: &'t str, limit: Option<u64>) -> Shown<'t> {
        let limit = limit.map_or(usize::MAX, |bytes| {
            usize::try_from(bytes).unwrap_or(usize::MAX)
        });
        if text.len() <= limit {
            return Shown::whole(text);
        }
        let within = &text[..text.floor_char_boundary(limit)];
        let (kept, newline) = match within.rfind('\n') {
            Some(end) => (&within[..=end], ""),
            None => (within, "\n"),
        };
        let cut = Cut {
            left: text.len() - kept.len(),
            of: text.len(),
        };
        let line = format!(
            "[cut here by the gate's limit: {} of {} bytes follow in no prompt]\n",
            cut.left, cut.of
        );
        Shown {
            text: Cow::Owned(format!("{kept}{newline}{line}")),
            cut: Some(cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, limit: u64, shown: &str) {
        assert_eq!(Shown::limited(text, Some(limit)).text, shown);
    }

    #[test]
    fn a_text_is_cut_after_the_last_line_that_fits() {
        check("ab\ncd\nef\n", 9, "ab\ncd\nef\n");
        check(
            "ab\ncd\nef\n",
            8,
            "ab\ncd\n[cut here by the gate's limit: 3 of 9 bytes follow in no prompt]\n",
        );
        check(
            "ab\ncd\nef\n",
            6,
            "ab\ncd\n[cut here by the gate's limit: 3 of 9 bytes follow in no prompt]\n",
        );
    }

    #[test]
    fn a_line_longer_than_the_limit_is_cut_between_characters() {
        check(
            "a\u{e4}\u{e4}b",
            4,
            "a\u{e4}\n[cut here by the gate's limit: 3 of 6 bytes follow in no prompt]\n",
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_is_the_beginning_and_what_is_missing_is_counted(
            text in "([a-z\u{e4}\u{1F980}]{0,5}\n?){0,20}",
            limit in 1u64..60,
        ) {
            let shown = Shown::limited(&text, Some(limit));
            match shown.cut {
                None => prop_assert_eq!(&shown.text, &text),
                Some(cut) => {
                    prop_assert_eq!(cut.of, text.len());
                    let kept = &text[..cut.of - cut.left];
                    prop_assert!(kept.len() as u64 <= limit);
                    let line = shown.text.strip_prefix(kept).unwrap();
                    let expected = format!(
                        "[cut here by the gate's limit: {} of {} bytes follow in no prompt]",
                        cut.left, cut.of
                    );
                    prop_assert_eq!(line.trim(), expected);
                }
            }
        }
    }
}
