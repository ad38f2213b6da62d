//! Answers given elsewhere, all at once, and the end of a run.

use super::*;

/// R12
#[test]
fn of_two_who_answer_one_wins_and_the_other_sees_it_at_once() {
    let (mut ada, mut bob) = (asked(), asked());
    let cmds = press(&mut ada, "1");
    let late = press(&mut bob, "2");
    let news = vec![settled(
        &ada,
        "7c1e",
        "ada",
        "p95 under 300 ms at the server",
    )];
    told(&mut ada, news.clone());
    told(&mut bob, news);
    reply(&mut ada, answer(&cmds).0, Ok(Answer::Done));
    assert!(screen(&ada).contains("answered: p95 under 300 ms at the server"));
    let why = "the question is settled: ada said answer";
    reply(&mut bob, answer(&late).0, Err(why.into()));
    on(&ada, "which cards");
    // Bob is told who was first, and goes on.
    on(&bob, "which cards");
    assert!(screen(&bob).contains(why), "{}", screen(&bob));
}

/// R12
#[test]
fn a_refusal_that_comes_before_the_news_moves_on_with_the_news_and_keeps_what_was_written() {
    let mut model = asked();
    press(&mut model, "e");
    type_text(&mut model, "p95 under 400 ms");
    let cmds = press(&mut model, "ctrl-s");
    let why = "the question was settled already (answer) by ada";
    reply(&mut model, answer(&cmds).0, Err(why.into()));
    on(&model, "checkout shall be fast");
    let shown = screen(&model);
    assert!(
        shown.contains(why) && shown.contains("what you wrote is kept"),
        "{shown}"
    );
    let mut news = settled(&model, "7c1e", "ada", "p99");
    if let Entity::Question(question) = &mut news {
        question.answered_from = "cli".into();
    }
    told(&mut model, vec![news]);
    on(&model, "which cards");
    press(&mut model, "s");
    while !selected(&model).contains("checkout shall be fast") {
        press(&mut model, "j");
    }
    let shown = screen(&model);
    assert!(
        shown.contains("SETTLED: ada (cli) answered “p99”"),
        "{shown}"
    );
    assert!(
        shown.contains("You wrote (y copies it): p95 under 400 ms"),
        "{shown}"
    );
    let copied = Cmd::Copy("p95 under 400 ms".into());
    assert_eq!(press(&mut model, "y"), [copied]);
}

#[test]
fn a_refusal_of_a_question_that_stays_open_moves_nothing() {
    let mut model = asked();
    let cmds = press(&mut model, "1");
    reply(
        &mut model,
        answer(&cmds).0,
        Err("the text has changed".into()),
    );
    on(&model, "checkout shall be fast");
    press(&mut model, "K");
    let news = settled(&model, "7c1e", "bob", "p99");
    told(&mut model, vec![news]);
    on(&model, "checkout shall be fast");
}

#[test]
fn a_reminder_rings_once_for_a_run_and_says_how_many_wait() {
    let mut model = asked();
    (model.settings.bell, model.settings.notify) = (true, true);
    let again = |model: &Model, id: &str| {
        let mut question = question(model, id);
        question.reminders = Some(question.reminders() + 1);
        Entity::Question(question)
    };
    let run = question(&model, "7c1e").run_id;
    let of_run = model.live.questions().filter(|q| q.run_id == run);
    let ids: Vec<String> = of_run.map(|q| q.id.clone()).collect();
    let open = ids.iter().filter(|id| question(&model, id).state == "open");
    let open = open.count();
    let entities = ids.iter().map(|id| again(&model, id)).collect();
    let news = changes(&model, entities);
    let cmds = update(&mut model, news);
    let words = format!("clarify/checkout#1 still asks you: {open} questions wait");
    assert_eq!(
        cmds,
        [Cmd::Bell, Cmd::Notify("synod".into(), words.clone())]
    );
    fixtures::frame(&mut model);
    assert!(screen(&model).contains(&words), "{}", screen(&model));
    assert!(
        screen(&model).contains("reminded once"),
        "{}",
        screen(&model)
    );
    // The same once more is no reminder.
    let entities = ids
        .iter()
        .map(|id| Entity::Question(question(&model, id)))
        .collect();
    let news = changes(&model, entities);
    assert_eq!(update(&mut model, news), []);
}

#[test]
fn what_is_asked_blind_recommends_nothing() {
    let mut model = knowing(vec![crate::tui::view::run::rounds_sample::blind()], 120, 40);
    press(&mut model, "Q");
    let shown = screen(&model);
    for hidden in [
        "recommended",
        "contested",
        "asked because",
        "claude-opus",
        "!y",
    ] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    assert!(
        shown.contains("Asked blind") && shown.contains("overdue for"),
        "{shown}"
    );
    assert_eq!(press(&mut model, "a"), []);
    assert!(screen(&model).contains("this is asked blind"));
    assert_eq!(press(&mut model, "y"), []);
    assert_eq!(*answer(&press(&mut model, "1")).2, Said::Option(1));
}

/// R12
#[test]
fn an_answer_given_elsewhere_is_shown_in_place_and_keys_say_so() {
    let mut model = asked();
    let before = rows(&model);
    let news = settled(&model, "7c1e", "bob", "p99");
    told(&mut model, vec![news]);
    assert_eq!(rows(&model), before);
    let shown = screen(&model);
    assert!(
        shown.contains("SETTLED: bob answered “p99”, 2s ago"),
        "{shown}"
    );
    for key in ["1", "a", "e", "f", "d", "l", "u"] {
        assert_eq!(press(&mut model, key), [], "{key}");
        assert!(model.layers.is_empty(), "{key}");
    }
    assert!(screen(&model).contains("this is settled: bob answered “p99”"));
    press(&mut model, "j");
    on(&model, "which cards");
    assert!(!rows(&model).contains(&"7c1e".to_owned()));
}

#[test]
fn another_ones_answer_elsewhere_in_the_list_moves_nothing() {
    let mut model = asked();
    press(&mut model, "j j");
    let news = settled(&model, "7c1e", "bob", "p99");
    told(&mut model, vec![news]);
    on(&model, "shipped");
    assert!(screen(&model).contains("Questions (3)"));
}

#[test]
fn the_rest_says_how_many_it_settles_and_is_asked_about() {
    let mut model = asked();
    press(&mut model, "b");
    let shown = screen(&model);
    assert!(shown.contains("what is recommended: 1 of 4"), "{shown}");
    assert_eq!(press(&mut model, "2"), []);
    assert!(screen(&model).contains("Settle 4 questions of clarify/checkout#1"));
    assert_eq!(press(&mut model, "n"), []);
    assert_eq!(press(&mut model, "b 1"), []);
    assert!(screen(&model).contains("3 have no"));
    let run = samples::asking().id;
    let rest = Rest::Recommended;
    let call = Call::AnswerRest { run, rest };
    assert_eq!(press(&mut model, "y"), [Cmd::Call(call.clone())]);
    assert_eq!(model.questions.sent.len(), 1);
    let news = settled(&model, "7c1e", "ada", "p95");
    told(&mut model, vec![news]);
    reply(&mut model, &call, Ok(Answer::Done));
    assert!(model.questions.sent.is_empty());
    on(&model, "which cards");
}

#[test]
fn a_refused_bulk_answer_takes_all_its_marks_away() {
    let mut model = asked();
    let cmds = press(&mut model, "b 2 y");
    assert_eq!(model.questions.sent.len(), 4);
    let [Cmd::Call(call)] = &cmds[..] else {
        panic!("{cmds:?}")
    };
    reply(&mut model, call, Err("the run has ended".into()));
    assert!(model.questions.sent.is_empty());
}

#[test]
fn after_the_last_question_of_a_run_the_screen_says_how_it_ended() {
    let mut model = knowing(vec![samples::asking()], 100, 24);
    press(&mut model, "Q");
    let cmds = press(&mut model, "f");
    let mut over = samples::asking();
    over.state = "rejected".into();
    over.reason = "must-fix".into();
    over.ended_at = Some(samples::at(99));
    over.questions.clear();
    let news = vec![settled(&model, "7c1e", "ada", ""), Entity::Run(over)];
    told(&mut model, news);
    reply(&mut model, answer(&cmds).0, Ok(Answer::Done));
    let shown = screen(&model);
    assert!(
        shown.contains("Nothing of clarify/checkout#1 waits for you. The run is over"),
        "{shown}"
    );
    assert!(shown.contains("rejected (must-fix)"), "{shown}");
}

#[test]
fn a_run_that_ended_without_answers_asks_no_more() {
    let mut model = asked();
    let mut cancelled: Run = samples::asking();
    cancelled.state = "cancelled".into();
    cancelled.questions.clear();
    told(&mut model, vec![Entity::Run(cancelled)]);
    assert_eq!(press(&mut model, "1"), []);
    let shown = screen(&model);
    assert!(
        shown.contains("is cancelled: its questions take no more answers"),
        "{shown}"
    );
    assert!(
        shown.contains("NOT ASKED ANY MORE: the run is cancelled"),
        "{shown}"
    );
    assert!(shown.contains("Questions (1)"), "{shown}");
    assert_eq!(press(&mut model, "f d l b"), []);
}

#[test]
fn what_was_put_off_is_said_to_be_all_that_is_left() {
    let mut asking = samples::asking();
    for question in &mut asking.questions {
        question.state = "later".into();
        question.disposition = "later".into();
    }
    let mut model = knowing(vec![asking], 100, 24);
    press(&mut model, "enter a");
    let shown = screen(&model);
    assert!(
        shown.contains("All that clarify/checkout#1 still asks was put off"),
        "{shown}"
    );
}
