//! Whatever is read: no panic, every line accounted for, every place a true one.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::remark;
use crate::anchor::Input;
use crate::answer::Side;
use crate::diff::{Diff, FileChange, INPUT, LineEnd, Mark, Placing, annotate};

/// Pieces that diffs are made of, to be put together in any way.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("diff --git a/x b/x\n".to_owned()),
        Just("diff --git \"a/\\303\\251\" \"b/\\303\\251\"\n".to_owned()),
        Just("--- a/x\n+++ b/x\n".to_owned()),
        Just("new file mode 100644\n--- /dev/null\n+++ b/y\n".to_owned()),
        Just("rename from a\nrename to b\n".to_owned()),
        Just("GIT binary patch\nliteral 3\nKcmZ\n\n".to_owned()),
        Just("\\ No newline at end of file\n".to_owned()),
        Just("@@@ -1 -1 +1 @@@\n".to_owned()),
        (0u32..4, 0u32..4, any::<u32>())
            .prop_map(|(a, b, at)| format!("@@ -{at},{a} +{at},{b} @@\n")),
        (0u32..4, 0u32..4).prop_map(|(a, b)| format!("@@ -1,{a} +1,{b} @@\n")),
        "[ +-][a-c}é\u{fffd}\t ]{0,4}\r?\n",
        "\\PC{0,12}\n?",
    ]
}

/// One file: marks and words, with the numbers of lines between two hunks.
fn hunks() -> impl Strategy<Value = Vec<(u32, Vec<(Mark, String)>)>> {
    let mark = prop_oneof![Just(Mark::Context), Just(Mark::Added), Just(Mark::Removed)];
    let line = (mark, "[a-c}é @+\\-]{0,3}");
    prop::collection::vec((0u32..5, prop::collection::vec(line, 1..8)), 1..4)
}

fn write(hunks: &[(u32, Vec<(Mark, String)>)]) -> String {
    let mut text = "--- a/x\n+++ b/x\n".to_owned();
    let (mut old, mut new) = (1, 1);
    for (gap, lines) in hunks {
        (old, new) = (old + gap, new + gap);
        let count = |mark| {
            lines
                .iter()
                .filter(|(m, _)| *m == mark || *m == Mark::Context)
                .count() as u32
        };
        let (olds, news) = (count(Mark::Removed), count(Mark::Added));
        let first = |first: u32, count: u32| if count == 0 { first - 1 } else { first };
        writeln!(
            text,
            "@@ -{},{olds} +{},{news} @@",
            first(old, olds),
            first(new, news)
        )
        .unwrap();
        for (mark, words) in lines {
            let sign = match mark {
                Mark::Context => ' ',
                Mark::Added => '+',
                Mark::Removed => '-',
            };
            writeln!(text, "{sign}{words}").unwrap();
        }
        (old, new) = (old + olds, new + news);
    }
    text
}

proptest! {
    #[test]
    fn nothing_panics_and_what_is_read_holds_every_line(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        if let Ok(diff) = Diff::parse(&text) {
            let shown = annotate(&diff);
            let hunks = diff.files.iter().flat_map(FileChange::hunks);
            let mut count = diff.files.len();
            for hunk in hunks {
                let lines = |mark| hunk.lines.iter().filter(|l| l.mark == mark || l.mark == Mark::Context).count();
                prop_assert_eq!(lines(Mark::Removed), hunk.old.count as usize);
                prop_assert_eq!(lines(Mark::Added), hunk.new.count as usize);
                count += 1;
                for line in &hunk.lines {
                    prop_assert_eq!(&text[line.at..line.at + line.text.len()], line.text);
                    count += 1 + usize::from(line.end == LineEnd::NoNewline);
                }
            }
            prop_assert_eq!(shown.lines().count(), count);
            prop_assert_eq!(diff.hash().len(), 64);
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was(hunks in hunks()) {
        let text = write(&hunks);
        let diff = Diff::parse(&text).unwrap();
        let read: Vec<Vec<(Mark, String)>> = diff.files[0].hunks().iter()
            .map(|hunk| hunk.lines.iter().map(|line| (line.mark, line.text.to_owned())).collect())
            .collect();
        let expected: Vec<_> = hunks.iter().map(|(_, lines)| lines.clone()).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn a_place_holds_what_was_quoted_and_a_line_at_its_place_is_found_there(
        hunks in hunks(), nth in any::<prop::sample::Index>(), stated in 1u32..40, side in prop_oneof![Just(Side::Old), Just(Side::New)]
    ) {
        let inputs = [Input { path: INPUT.into(), text: write(&hunks) }];
        let diff = Diff::parse(&inputs[0].text).unwrap();
        let lines: Vec<(u32, &str)> = diff.files[0].hunks().iter()
            .flat_map(|hunk| hunk.numbered().filter_map(|(n, line)| Some((n.on(side)?, line.text))).collect::<Vec<_>>())
            .filter(|(_, text)| !text.trim().is_empty())
            .collect();
        prop_assume!(!lines.is_empty());
        let (number, text) = lines[nth.index(lines.len())];
        let placing = Placing::new(&inputs);
        let located = placing.place(&remark("x", side, (number, number), text)).located;
        prop_assert_eq!(located.map(|l| (l.side, l.first, l.last)), Some((side, number, number)));
        if let Some(located) = placing.place(&remark("x", side, (stated, stated), text)).located {
            // It may be on several lines: agents join them.
            let within = |n: u32| (located.first..=located.last).contains(&n);
            let tight = |text: &str| text.split_whitespace().collect::<String>();
            let stands: String = lines.iter().filter(|(n, _)| within(*n)).map(|(_, text)| tight(text)).collect();
            prop_assert!(stands.contains(&tight(text)));
        }
    }
}
