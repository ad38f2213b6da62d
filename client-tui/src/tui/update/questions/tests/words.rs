//! Answers in one's own words.

use super::*;

#[test]
fn one_answer_after_the_other_without_leaving() {
    let mut model = asked();
    for (id, claim) in [
        ("7c1e", "which cards"),
        ("cafe", "shipped"),
        ("b0b0", "Task T4"),
    ] {
        // It is read first.
        model.now += Duration::from_secs(1);
        let cmds = press(&mut model, "d");
        assert!(screen(&model).contains("sending…"));
        // A second key meets the first answer on its way, not the next question.
        assert_eq!(press(&mut model, "d"), []);
        takes(&mut model, &cmds, id);
        on(&model, claim);
    }
    // What was passed over comes at the end.
    assert!(screen(&model).contains("Questions (1)"));
}

#[test]
fn a_draft_is_kept_for_its_question_and_comes_back() {
    let mut model = asked();
    press(&mut model, "e");
    type_text(&mut model, "p95 of");
    press(&mut model, "enter");
    type_text(&mut model, "400 ms");
    press(&mut model, "esc j e");
    assert!(!screen(&model).contains("400 ms"));
    type_text(&mut model, "Visa only");
    press(&mut model, "esc k");
    let shown = screen(&model);
    assert!(
        shown.contains("Your draft") && shown.contains("p95 of 400 ms"),
        "{shown}"
    );
    press(&mut model, "e");
    assert!(screen(&model).contains("400 ms"));
    let cmds = press(&mut model, "ctrl-s");
    assert_eq!(answer(&cmds).2, &Said::Words("p95 of\n400 ms".into()));
    assert!(model.layers.is_empty());
    // A refusal keeps the text, too.
    reply(&mut model, answer(&cmds).0, Err("no".into()));
    press(&mut model, "e");
    assert!(screen(&model).contains("400 ms"));
    let cmds = press(&mut model, "ctrl-s");
    takes(&mut model, &cmds, "7c1e");
    assert!(
        !model
            .questions
            .drafts
            .keys()
            .any(|id| id.starts_with("7c1e"))
    );
    assert_eq!(model.questions.drafts.len(), 1);
}

#[test]
fn an_editor_stays_open_while_its_text_cannot_be_sent() {
    let mut model = asked();
    press(&mut model, "e ctrl-s");
    assert!(screen(&model).contains("nothing is written yet"));
    type_text(&mut model, "400 ms");
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    assert_eq!(press(&mut model, "ctrl-s"), []);
    assert!(screen(&model).contains("no daemon: nothing was sent"));
    update(
        &mut model,
        Msg::Link(fixtures::snapshot(samples::asking_much(), 100)),
    );
    let news = settled(&model, "7c1e", "bob", "p99");
    told(&mut model, vec![news]);
    let shown = screen(&model);
    assert!(
        shown.contains("settled meanwhile: bob answered “p99”"),
        "{shown}"
    );
    assert_eq!(press(&mut model, "ctrl-s"), []);
    assert!(!model.layers.is_empty());
    press(&mut model, "esc");
    assert!(model.questions.drafts.values().any(|text| text == "400 ms"));
}

#[test]
fn leaving_with_text_that_was_not_sent_takes_a_second_key() {
    let mut model = asked();
    press(&mut model, "e");
    type_text(&mut model, "400 ms");
    assert_eq!(press(&mut model, "esc q"), []);
    assert!(screen(&model).contains("an answer was written and not sent"));
    assert_eq!(press(&mut model, "q"), [Cmd::Quit]);
}
