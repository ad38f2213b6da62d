use proptest::prelude::*;

use super::*;

fn rendered(events: &[Event]) -> String {
    let mut out = String::new();
    let mut transcript = Transcript::default();
    for event in events {
        transcript.event(event, &mut out);
    }
    transcript.finish(&mut out);
    out
}

fn says(text: &str) -> Event {
    Event::Says {
        text: text.to_owned(),
    }
}

fn runs(what: &str) -> Event {
    Event::Calls {
        id: String::new(),
        tool: "Bash".to_owned(),
        kind: ToolKind::Execute,
        what: what.to_owned(),
    }
}

#[test]
fn pieces_of_a_message_are_one_paragraph() {
    let events = [
        says("I will r"),
        says("un the te"),
        says("sts.\n\nAll"),
        says(" of them.\n"),
        runs("cargo test\ncargo doc"),
        Event::Returned {
            id: String::new(),
            ok: false,
            text: "boom\nbang\n".to_owned(),
        },
        says("Oh."),
        Event::Retries {
            attempt: 2,
            of: Some(10),
            after_ms: Some(2300),
            why: "rate limit (429)".to_owned(),
        },
        Event::Plans {
            text: "[x] one\n[ ] two".to_owned(),
        },
        Event::Ends {
            text: String::new(),
        },
    ];
    insta::assert_snapshot!(rendered(&events), @r"
says  I will run the tests.

      All of them.
runs  $ cargo test
      cargo doc
fail  boom
      bang
says  Oh.
waits rate limit (429), try 2 of 10 in 2.3 s
plan  [x] one
      [ ] two
done
");
}

/// O13: nothing of an agent's reaches a terminal raw, also not in two halves.
#[test]
fn escape_sequences_are_taken_out_across_pieces() {
    let text = rendered(&[
        says("a\x1b["),
        says("31mb\u{202e}"),
        runs("x\x1b]0;title\x07y"),
    ]);
    assert_eq!(text, "says  ab<U+202E>\nruns  $ xy\n");
}

proptest! {
    /// O8: the same message, cut anywhere, is the same text.
    #[test]
    fn a_cut_changes_nothing(text in "[a-c \n\u{e9}\x1b\\[]{0,40}", at in 0_usize..40) {
        let cut = text.floor_char_boundary(at.min(text.len()));
        let (one, two) = text.split_at(cut);
        prop_assert_eq!(rendered(&[says(one), says(two)]), rendered(&[says(&text)]));
    }

    #[test]
    fn no_text_of_an_agent_looks_like_a_word_of_ours(text in "\\PC{0,20}\n{0,2}\\PC{0,20}") {
        for line in rendered(&[says(&text)]).lines().skip(1) {
            prop_assert!(line.is_empty() || line.starts_with(INDENT), "{line:?}");
        }
    }
}
