//! Words that all tiers share, and scripts that are wrong.

use crate::support::play;

#[test]
fn every_word_that_is_listed_is_known_and_every_word_that_is_wrong_is_named() {
    let help = play("", &["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("answers JSON|FILE"));
    let wrong = play("", &["print", "a", "no-such-word"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (70, "a\n"));
    assert!(
        wrong.stderr.contains("\"no-such-word\""),
        "{}",
        wrong.stderr
    );
    let wrong = play("", &["fails", "tomorrow"]);
    assert!(
        wrong.stderr.contains("found \"tomorrow\""),
        "{}",
        wrong.stderr
    );
    let wrong = play("", &["asks", "execute", "ls"]);
    assert!(wrong.stderr.contains("as acp"), "{}", wrong.stderr);
}

#[test]
fn an_end_without_the_final_line_exits_with_success_all_the_same() {
    let played = play("", &["as", "claude", "says", "x", "no-final", "done"]);
    assert_eq!(played.code, 0);
    assert!(!played.stdout.contains("\"result\""), "{}", played.stdout);
}

#[test]
fn half_a_line_has_no_newline_and_lines_of_unknown_kinds_are_json() {
    let played = play(
        "",
        &[
            "as",
            "codex",
            "unknown-lines",
            "2",
            "half-says",
            "a longer text",
        ],
    );
    assert!(!played.stdout.ends_with('\n'));
    let (whole, half) = played.stdout.rsplit_once('\n').unwrap();
    assert_eq!(whole.lines().count(), 6);
    assert!(serde_json::from_str::<serde_json::Value>(half).is_err());
}

#[test]
fn an_answer_copies_the_receipts_of_its_prompt_into_the_final_message() {
    let prompt = "<<<SYNOD INPUT nonce=ab path=\"a.md\">>>\nx\n\
                  SYNOD INPUT END nonce=ab path=\"a.md\" receipt=AAAA-BBBB-CCCC>>>\n";
    for tier in ["claude", "codex", "gemini", "opencode", "command"] {
        let played = play(prompt, &["as", tier, "answers", "[]", "done"]);
        assert_eq!(played.code, 0, "{}", played.stderr);
        assert!(
            played.stdout.contains("AAAA-BBBB-CCCC"),
            "{tier}: {}",
            played.stdout
        );
    }
}

#[test]
fn a_final_message_may_be_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("final.txt");
    std::fs::write(&path, "from a file").unwrap();
    let played = play(
        "",
        &["as", "claude", "final", path.to_str().unwrap(), "done"],
    );
    assert_eq!(played.json().last().unwrap()["result"], "from a file");
}
