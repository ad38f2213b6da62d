//! Pictures of the questions.

use synod_proto::v1::{Question, change::Entity};

use crate::{
    render::samples,
    tui::{
        fixtures::{changes, frame, knowing, picture, press, type_text},
        model::Model,
        update::update,
    },
};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (60, 24), (40, 10)];

/// A picture in every size after the same keys.
fn check(name: &str, keys: impl Fn(&mut Model)) {
    for (columns, rows) in SIZES {
        let mut model = knowing(samples::asking_much(), columns, rows);
        press(&mut model, "Q");
        keys(&mut model);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn what_waits_stands_beside_the_question_that_is_read() {
    check("waiting", |_| {});
}

#[test]
fn a_question_is_read_alone() {
    check("whole", |model| {
        press(model, "enter");
    });
}

#[test]
fn an_answer_is_on_its_way_and_settled_ones_are_shown() {
    check("sending", |model| {
        press(model, "s 2");
    });
}

#[test]
fn somebody_else_was_faster() {
    check("elsewhere", |model| {
        let id = model.questions.selected.clone().unwrap();
        let settled = Question {
            state: "settled".into(),
            disposition: "answer".into(),
            answer: "p99 under one second in the browser".into(),
            answered_by: "bob".into(),
            answered_at: Some(samples::at(98)),
            ..model.live.question(&id).unwrap().clone()
        };
        let news = changes(model, vec![Entity::Question(settled)]);
        update(model, news);
        frame(model);
    });
}

#[test]
fn an_answer_is_written() {
    check("editor", |model| {
        press(model, "e");
        type_text(model, "p95 under 400 ms");
        press(model, "enter");
        type_text(
            model,
            "at the server, as in the PRD, section 4, for nine of ten requests",
        );
    });
}

#[test]
fn the_rest_is_a_menu_that_says_how_many() {
    check("rest", |model| {
        press(model, "b");
    });
}

#[test]
fn nothing_waits() {
    check("nothing", |model| {
        let mut run = samples::asking_much().swap_remove(1);
        run.executions.clear();
        run.findings.clear();
        run.questions.clear();
        run.state = "rejected".into();
        run.reason = "must-fix".into();
        run.ended_at = Some(samples::at(99));
        let mut other = samples::asking_much().swap_remove(0);
        let mut questions = std::mem::take(&mut other.questions);
        questions[0].state = "settled".into();
        questions[0].disposition = "must-fix".into();
        questions[0].answered_by = "ada".into();
        other.state = "passed".into();
        let questions = questions.into_iter().map(Entity::Question);
        let runs = [Entity::Run(run), Entity::Run(other)];
        let news = changes(model, questions.chain(runs).collect());
        update(model, news);
        press(model, "g");
    });
}

#[test]
fn what_is_asked_blind_and_overdue() {
    for (columns, rows) in SIZES {
        let run = crate::tui::view::run::rounds_sample::blind();
        let mut model = knowing(vec![run], columns, rows);
        press(&mut model, "Q");
        insta::assert_snapshot!(format!("blind_{columns}x{rows}"), picture(&model));
    }
}
