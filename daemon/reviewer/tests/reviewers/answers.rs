//! The answer as a whole: receipts, quotes, limits, the process.

use std::io::Write;
use std::process::ExitCode;

use synod_reviewer::{Answer, Kind, ReviewError, Reviewer, Severity, main, review};

use crate::prompt::{answer, prompt, rules};

#[test]
fn all_receipts_are_returned_even_when_nothing_is_found() {
    let answer = answer(Reviewer::Ambiguity, &[("spec.md", "x"), ("PRD.md", "")]);
    assert_eq!(answer.findings, []);
    assert_eq!(
        answer.receipts.into_iter().collect::<Vec<_>>(),
        [
            ("PRD.md".to_owned(), "K7Q2-9XBM-03TD".to_owned()),
            ("spec.md".to_owned(), "K7Q2-9XBM-03TD".to_owned())
        ]
    );
}

#[test]
fn quotes_stand_in_the_input_word_for_word() {
    let spec = "# A\n\n## Requirements\n\n- **FR-1** It *shall* be **fast** and\n  wait TBD.\n\n| Id | What |\n|--|--|\n| FR-2 | It shall be easy |\n";
    let answer = answer(Reviewer::Ambiguity, &[("spec.md", spec)]);
    assert_eq!(answer.findings.len(), 3);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for finding in &answer.findings {
        for quote in &finding.quotes {
            assert!(flat(spec).contains(&quote.text), "{quote:?}");
            assert!(!quote.text.contains('\n'));
        }
    }
    assert_eq!(
        answer.findings[2].quotes[0].text,
        "| FR-2 | It shall be easy |"
    );
    assert_eq!(answer.findings[2].about.as_deref(), Some("FR-2"));
}

#[test]
fn beyond_two_hundred_the_rest_is_counted_and_the_worst_are_kept() {
    use std::fmt::Write;
    let mut spec = "# A\n## Requirements\n".to_owned();
    for number in 0..300 {
        writeln!(spec, "- FR-{number} It shall be fast, etc.").unwrap();
    }
    spec.push_str("- FR-999 TBD\n");
    let answer = answer(Reviewer::Ambiguity, &[("spec.md", &spec)]);
    assert_eq!(answer.findings.len(), 201);
    let last = answer.findings.last().unwrap();
    assert!(
        last.claim.starts_with("401 more findings"),
        "{}",
        last.claim
    );
    assert_eq!(answer.findings[199].kind, Kind::Placeholder);
    assert!(
        answer.findings[..199]
            .iter()
            .all(|finding| finding.severity == Severity::Important)
    );
}

#[test]
fn a_prompt_without_inputs_is_refused() {
    assert_eq!(
        review(Reviewer::Ambiguity, "hello"),
        Err(ReviewError::NoInput { unclosed: 0 })
    );
}

fn run(which: &str, stdin: &[u8]) -> (ExitCode, Vec<u8>, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = main(&[which], stdin, &mut stdout, &mut stderr);
    (code, stdout, String::from_utf8(stderr).unwrap())
}

#[test]
fn an_unknown_reviewer_is_refused_in_one_sentence() {
    let (code, stdout, stderr) = run("style", b"");
    assert_eq!(code, ExitCode::from(2));
    assert!(stdout.is_empty());
    assert_eq!(
        stderr,
        "error: unknown reviewer \"style\"; expected ambiguity, testability or consistency\n"
    );
}

#[test]
fn the_process_answers_on_standard_output_and_tells_its_progress_on_the_other() {
    let prompt = prompt(&[("spec.md", "# A\n\nIt shall be fast.\n")]);
    let (code, stdout, stderr) = run("ambiguity", prompt.as_bytes());
    assert_eq!(code, ExitCode::SUCCESS);
    let answer: Answer = serde_json::from_slice(&stdout).unwrap();
    assert_eq!(answer.findings.len(), 1);
    assert_eq!(
        stderr,
        "reading spec.md, 3 lines\n1 requirement units, 1 findings\n"
    );
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let prompt = prompt(&[("spec.md", "x")]);
    let mut stderr = Vec::new();
    let code = main(&["ambiguity"], prompt.as_bytes(), Full, &mut stderr);
    assert_eq!(code, ExitCode::from(1));
    assert!(!stderr.is_empty());
}

fn run_words(words: &[&str], spec: &str) -> (ExitCode, Vec<u8>, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let prompt = prompt(&[("spec.md", spec)]);
    let code = main(words, prompt.as_bytes(), &mut stdout, &mut stderr);
    (code, stdout, String::from_utf8(stderr).unwrap())
}

#[test]
fn a_rule_that_is_off_speaks_when_it_is_named_and_one_that_is_on_is_silenced() {
    let spec = "# A\n\nIt shall log and shall be done within 5.\n";
    let found = |words: &[&str]| {
        let (code, stdout, stderr) = run_words(words, spec);
        assert_eq!(code, ExitCode::SUCCESS, "{stderr}");
        let answer: Answer = serde_json::from_slice(&stdout).unwrap();
        rules(&answer)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&["testability"]), ["number-without-unit"]);
    assert_eq!(
        found(&["testability", "--rule", "ears-one-obligation"]),
        ["ears-one-obligation", "number-without-unit"]
    );
    assert_eq!(
        found(&["testability", "--no-rule", "number-without-unit"]),
        [""; 0]
    );
}

#[test]
fn a_wrong_command_line_is_refused_with_what_there_is() {
    for (words, says) in [
        (&[] as &[&str], "no reviewer named"),
        (&["ambiguity", "--fast"], "unknown option \"--fast\""),
        (
            &["ambiguity", "--rule"],
            "--rule needs the name of a rule of ambiguity: placeholder,",
        ),
        (
            &["ambiguity", "--rule", "idle-task"],
            "ambiguity has no rule \"idle-task\"; its rules are placeholder,",
        ),
    ] {
        let (code, stdout, stderr) = run_words(words, "x");
        assert_eq!(code, ExitCode::from(2));
        assert!(stdout.is_empty());
        assert!(stderr.contains(says), "{stderr}");
    }
}
