//! What keys, news and replies do on the questions.

use synod_proto::v1::{Question, Run, change::Entity};

use crate::{
    link::Away,
    render::samples,
    tui::{
        fixtures::{self, changes, knowing, press, screen, type_text},
        model::{Model, Screen, questions::Row},
        msg::{Answer, Call, Cmd, LinkNews, Msg, Reply, Rest, Said},
        update::update,
    },
};

/// On the questions of two runs.
fn asked() -> Model {
    let mut model = knowing(samples::asking_much(), 120, 40);
    press(&mut model, "Q");
    model
}

fn selected(model: &Model) -> String {
    let id = model.questions.selected.as_ref();
    let question = id.and_then(|id| model.live.question(id));
    question.map(|q| q.text.clone()).unwrap_or_default()
}

#[track_caller]
fn on(model: &Model, claim: &str) {
    assert!(selected(model).contains(claim), "{}", screen(model));
}

/// The one answer that was sent.
#[track_caller]
fn answer(cmds: &[Cmd]) -> (&Call, &str, &Said) {
    let [
        Cmd::Call(
            call @ Call::Answer {
                content_hash, said, ..
            },
        ),
    ] = cmds
    else {
        panic!("expected one answer, found {cmds:?}");
    };
    (call, content_hash, said)
}

fn reply(model: &mut Model, call: &Call, outcome: Result<Answer, String>) {
    let call = call.clone();
    let reply = Box::new(Reply { call, outcome });
    update(model, Msg::Reply(reply));
    fixtures::frame(model);
}

fn question(model: &Model, id: &str) -> Question {
    let known = model.live.questions().find(|q| q.id.starts_with(id));
    known.unwrap().clone()
}

/// A question as the feed tells it once somebody answered.
fn settled(model: &Model, id: &str, by: &str, answer: &str) -> Entity {
    Entity::Question(Question {
        state: "settled".into(),
        disposition: "answer".into(),
        answer: answer.into(),
        answered_by: by.into(),
        answered_at: Some(samples::at(98)),
        ..question(model, id)
    })
}

fn told(model: &mut Model, entities: Vec<Entity>) {
    let news = changes(model, entities);
    update(model, news);
    fixtures::frame(model);
}

/// The daemon takes the answers that were sent, and tells of them.
fn takes(model: &mut Model, cmds: &[Cmd], id: &str) {
    let (call, ..) = answer(cmds);
    let news = settled(model, id, "ada", "so");
    told(model, vec![news]);
    reply(model, call, Ok(Answer::Done));
}

fn rows(model: &Model) -> Vec<String> {
    let word = |row: &Row| match row {
        Row::Run(part, run, count) => format!("{part:?} {} {count}", &run[..4]),
        Row::Section(section) => section.clone(),
        Row::Question(_, id) => id[..4].to_owned(),
    };
    model.questions.rows.iter().map(word).collect()
}

#[test]
fn questions_stand_by_run_and_section_the_most_urgent_first_and_what_was_put_off_last() {
    let mut model = asked();
    let waiting = [
        "Waiting 3f9a 3",
        "spec.md:Payment",
        "7c1e",
        "cafe",
        "spec.md:Orders",
        "b0b0",
        "Waiting 5e1f 1",
        "tasks.md:Tasks",
        "ace0",
        "PutOff 3f9a 1",
        "spec.md:Orders",
        "dada",
    ];
    assert_eq!(rows(&model), waiting);
    press(&mut model, "s");
    assert_eq!(
        rows(&model)[12..],
        ["Settled 3f9a 1", "spec.md:Payment", "99d0"]
    );
    press(&mut model, "s");
    assert_eq!(rows(&model), waiting);
}

#[test]
fn an_answer_names_the_text_that_was_on_the_screen() {
    let mut model = asked();
    let cmds = press(&mut model, "2");
    let (_, hash, said) = answer(&cmds);
    assert_eq!((hash, said), ("c0ffee", &Said::Option(2)));
    let mut model = asked();
    let cmds = press(&mut model, "j j f");
    let (_, hash, said) = answer(&cmds);
    assert_eq!((hash, said), ("hash of b0b0", &Said::MustFix));
}

#[test]
fn every_key_says_what_it_says() {
    for (key, said) in [
        ("1", Said::Option(1)),
        ("a", Said::Words("p95 under 300 ms at the server".into())),
        ("f", Said::MustFix),
        ("d", Said::Dismiss),
        ("l", Said::Later),
    ] {
        let mut model = asked();
        assert_eq!(answer(&press(&mut model, key)).2, &said);
    }
}

#[test]
fn what_is_not_there_cannot_be_picked_and_the_refusal_says_what_is() {
    let mut model = asked();
    assert_eq!(press(&mut model, "3"), []);
    assert!(screen(&model).contains("options 1 to 2; there is no 3"));
    assert_eq!(press(&mut model, "j 1"), []);
    assert!(
        screen(&model).contains("no options; e writes"),
        "{}",
        screen(&model)
    );
    assert_eq!(press(&mut model, "a"), []);
    assert!(screen(&model).contains("nothing is recommended"));
}

#[test]
fn one_answer_after_the_other_without_leaving() {
    let mut model = asked();
    for (id, claim) in [
        ("7c1e", "which cards"),
        ("cafe", "shipped"),
        ("b0b0", "Task T4"),
    ] {
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
fn the_reply_may_come_before_the_feed() {
    let mut model = asked();
    let cmds = press(&mut model, "d");
    reply(&mut model, answer(&cmds).0, Ok(Answer::Done));
    assert!(screen(&model).contains("sending…"));
    assert_eq!(press(&mut model, "1"), []);
    let news = settled(&model, "7c1e", "ada", "");
    told(&mut model, vec![news]);
    on(&model, "which cards");
}

#[test]
fn what_is_put_off_goes_to_the_end_and_the_next_one_is_selected() {
    let mut model = asked();
    let cmds = press(&mut model, "l");
    let put_off = Question {
        state: "later".into(),
        disposition: "later".into(),
        ..question(&model, "7c1e")
    };
    told(&mut model, vec![Entity::Question(put_off)]);
    on(&model, "checkout shall be fast");
    reply(&mut model, answer(&cmds).0, Ok(Answer::Done));
    on(&model, "which cards");
    assert!(rows(&model).ends_with(&["7c1e".into(), "spec.md:Orders".into(), "dada".into()]));
    // It still waits.
    press(&mut model, "G k");
    on(&model, "checkout shall be fast");
    assert_eq!(answer(&press(&mut model, "1")).2, &Said::Option(1));
}

#[test]
fn a_refused_answer_leaves_the_question_as_it_was_and_says_why() {
    let mut model = asked();
    let cmds = press(&mut model, "1");
    reply(
        &mut model,
        answer(&cmds).0,
        Err("expected the text of now".into()),
    );
    let shown = screen(&model);
    assert!(shown.contains("expected the text of now") && !shown.contains("sending…"));
    on(&model, "checkout shall be fast");
    assert_eq!(press(&mut model, "1").len(), 1);
}

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
    let why = "the question is settled: ada said answer";
    reply(&mut bob, answer(&late).0, Err(why.into()));
    on(&ada, "which cards");
    // Bob still looks at it, and reads who was first.
    on(&bob, "checkout shall be fast");
    let shown = screen(&bob);
    assert!(
        shown.contains("SETTLED: ada answered “p95 under 300 ms"),
        "{shown}"
    );
    assert!(shown.contains(why), "{shown}");
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

#[test]
fn a_duplicate_is_one_of_the_runs_other_findings() {
    let mut model = asked();
    press(&mut model, "u");
    let shown = screen(&model);
    assert!(
        shown.contains("Refunds take 14 days") && !shown.contains("1 [critical] “The checkout")
    );
    let cmds = press(&mut model, "1");
    let expected = question(&model, "b0b0").id;
    assert_eq!(answer(&cmds).2, &Said::Duplicate(expected));
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
fn nothing_can_be_answered_in_the_past() {
    let mut model = asked();
    press(&mut model, "T");
    for key in ["1", "a", "e", "f", "d", "l", "u", "b"] {
        assert_eq!(press(&mut model, key), [], "{key}");
        assert!(model.layers.is_empty(), "{key}");
    }
    assert!(screen(&model).contains("this is the past"));
    press(&mut model, "j");
    on(&model, "which cards");
}

/// T2
#[test]
fn without_a_daemon_nothing_is_sent_and_it_is_said() {
    let mut model = asked();
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    assert_eq!(press(&mut model, "1"), []);
    assert!(screen(&model).contains("no daemon: nothing was sent"));
    assert!(model.questions.sent.is_empty());
}

#[test]
fn what_a_snapshot_left_out_is_read() {
    let mut runs = samples::asking_much();
    runs[0].questions.clear();
    let missing = runs[0].id.clone();
    for run in &mut runs {
        run.open_questions = Some(4);
    }
    runs[0].open_questions = Some(1);
    let mut model = knowing(runs, 100, 24);
    let read = |run: &str| {
        Cmd::Call(Call::GetRun {
            run: run.to_owned(),
        })
    };
    assert_eq!(press(&mut model, "Q"), [read(&missing)]);
    let whole = samples::asking_much().swap_remove(0);
    let get = Call::GetRun { run: missing };
    reply(&mut model, &get, Ok(Answer::Run(Box::new(whole))));
    assert!(rows(&model).contains(&"ace0".to_owned()));
    let again = Msg::Link(fixtures::snapshot(samples::asking_much(), 101));
    assert_eq!(update(&mut model, again), []);
}

#[test]
fn one_runs_questions_are_its_own_and_back_leads_to_all() {
    let mut model = asked();
    let run = samples::asking_much()[0].id.clone();
    press(&mut model, "o");
    assert!(matches!(model.screen(), Screen::Run(_)));
    model.push(Screen::Questions);
    super::enter(&mut model, Some(run));
    fixtures::frame(&mut model);
    assert_eq!(rows(&model), ["Waiting 5e1f 1", "tasks.md:Tasks", "ace0"]);
    press(&mut model, "esc esc");
    assert_eq!(rows(&model).len(), 12);
}

#[test]
fn a_filter_looks_at_claims_sections_runs_and_agents() {
    let mut model = asked();
    press(&mut model, "/");
    type_text(&mut model, "shipped");
    press(&mut model, "enter");
    assert_eq!(rows(&model), ["Waiting 3f9a 1", "spec.md:Orders", "b0b0"]);
    on(&model, "shipped");
    press(&mut model, "esc");
    assert_eq!(rows(&model).len(), 12);
    press(&mut model, "/");
    type_text(&mut model, "zebra");
    press(&mut model, "enter");
    assert!(screen(&model).contains("nothing matches"));
    assert_eq!(press(&mut model, "1 a f b"), []);
}

#[test]
fn where_the_text_has_no_room_it_is_shown_before_an_option_is_picked() {
    let mut model = knowing(samples::asking_much(), 40, 10);
    press(&mut model, "Q");
    assert_eq!(press(&mut model, "1"), []);
    assert!(screen(&model).contains("!! critical"), "{}", screen(&model));
    assert_eq!(answer(&press(&mut model, "1")).2, &Said::Option(1));
    press(&mut model, "esc");
    assert!(screen(&model).contains("▸"));
}

#[test]
fn the_answer_under_the_cursor_is_copied() {
    let mut model = asked();
    let copied = |text: &str| Cmd::Copy(text.to_owned());
    assert_eq!(
        press(&mut model, "y"),
        [copied("p95 under 300 ms at the server")]
    );
    press(&mut model, "s G");
    assert_eq!(press(&mut model, "y"), [copied("14 days")]);
}

#[test]
fn a_long_text_scrolls_and_stays_within_its_end() {
    let mut runs = samples::asking_much();
    runs[1].findings[0].voices[0].reasoning = "because\n".repeat(60);
    let mut model = knowing(runs, 100, 24);
    press(&mut model, "Q");
    assert!(screen(&model).contains("more, J scrolls"));
    press(&mut model, "J J J");
    assert!(screen(&model).contains("above, K scrolls"));
    press(&mut model, "enter G");
    assert!(
        screen(&model).contains("question 7c1e55aa"),
        "{}",
        screen(&model)
    );
    press(&mut model, "g esc j");
    assert_eq!(model.questions.top, 0);
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for (columns, rows) in [
        (1, 1),
        (20, 5),
        (21, 6),
        (40, 10),
        (60, 20),
        (79, 24),
        (500, 200),
    ] {
        for keys in ["Q", "Q enter", "Q e", "Q u", "Q b 1", "Q s G"] {
            let mut model = knowing(samples::asking_much(), columns, rows);
            press(&mut model, keys);
            screen(&model);
        }
    }
}

#[test]
fn a_click_selects_a_question_and_on_the_selected_one_opens_it() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut model = asked();
    let mut click = |row| {
        let event = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 5,
            row,
            modifiers: KeyModifiers::NONE,
        };
        update(&mut model, Msg::Mouse(event));
        fixtures::frame(&mut model);
        (selected(&model), model.questions.reading)
    };
    // Two lines of the bar, the head, then the run, its section and two questions.
    assert!(click(6).0.contains("which cards"));
    assert!(
        click(4).0.contains("which cards"),
        "a heading is no question"
    );
    assert_eq!(click(6).1, crate::tui::model::questions::Reading::Whole);
}
