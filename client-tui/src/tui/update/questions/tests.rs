//! What keys, news and replies do on the questions.

mod ends;
mod list;
mod words;

use std::time::Duration;

use synod_proto::v1::{Question, Run, change::Entity};

use super::enter;
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

fn key(c: char) -> crossterm::event::KeyEvent {
    crossterm::event::KeyCode::Char(c).into()
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
fn an_answer_names_the_text_that_was_drawn_though_another_came_since() {
    let mut model = asked();
    let reworded = Question {
        text: "FR-2: checkout shall be slow".into(),
        content_hash: "decaf".into(),
        ..question(&model, "7c1e")
    };
    let news = changes(&model, vec![Entity::Question(reworded)]);
    update(&mut model, news);
    let cmds = update(&mut model, Msg::Key(key('2')));
    let (_, hash, _) = answer(&cmds);
    assert_eq!(hash, "c0ffee");
}

#[test]
fn a_key_that_is_held_down_answers_one_question() {
    let mut model = asked();
    let cmds = press(&mut model, "d");
    takes(&mut model, &cmds, "7c1e");
    on(&model, "which cards");
    let mut moment = model.now;
    for _ in 0..50 {
        moment += Duration::from_millis(33);
        model.now = moment;
        assert_eq!(update(&mut model, Msg::Key(key('d'))), []);
    }
    assert!(
        screen(&model).contains("the next question"),
        "{}",
        screen(&model)
    );
    // Another key is meant, and so is this one once it was let go.
    model.now = moment + Duration::from_millis(30);
    assert_eq!(update(&mut model, Msg::Key(key('f'))).len(), 1);
    let mut model = asked();
    let cmds = press(&mut model, "d");
    takes(&mut model, &cmds, "7c1e");
    model.now += Duration::from_secs(1);
    assert_eq!(update(&mut model, Msg::Key(key('d'))).len(), 1);
}

#[test]
fn a_question_that_was_never_drawn_here_is_not_answered() {
    let mut model = asked();
    let run = question(&model, "7c1e").run_id;
    let other = model.live.runs().map(|(_, run)| run.id.clone());
    let other = other.into_iter().find(|id| *id != run).unwrap();
    enter(&mut model, Some(other));
    assert_eq!(update(&mut model, Msg::Key(key('d'))), []);
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
