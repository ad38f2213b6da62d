//! Time travel.

use synod_proto::v1::Run;

use super::super::super::fixtures::{
    changes, frame, knowing, picture, press, screen, snapshot, three, type_text,
};
use super::super::update;
use super::*;
use crate::{
    link::Away,
    render::samples,
    tui::{
        model::Screen,
        msg::{Answer, LinkNews, Msg, Reply},
    },
};

fn asked(at: u64) -> Cmd {
    Cmd::Call(Call::Snapshot { at })
}

fn arrive(model: &mut Model, at: u64, runs: Vec<Run>) -> Vec<Cmd> {
    let LinkNews::Snapshot { snapshot, .. } = snapshot(runs, at) else {
        unreachable!()
    };
    let call = Call::Snapshot { at };
    let outcome = Ok(Answer::Snapshot(snapshot));
    let cmds = update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
    cmds
}

fn refuse(model: &mut Model, at: u64, why: &str) -> Vec<Cmd> {
    let call = Call::Snapshot { at };
    let outcome = Err(why.to_owned());
    let cmds = update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
    cmds
}

/// In the past, at revision 100, of which there is a picture.
fn travelled(columns: u16, rows: u16) -> Model {
    let mut model = knowing(three(), columns, rows);
    assert_eq!(press(&mut model, "T"), [asked(100)]);
    arrive(&mut model, 100, three());
    model
}

#[test]
fn pictures_of_the_past() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = travelled(columns, rows);
        press(&mut model, ", ,");
        arrive(&mut model, 99, three());
        let earlier = vec![samples::running()];
        arrive(&mut model, 98, earlier);
        insta::assert_snapshot!(format!("past_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn a_key_held_down_asks_for_one_state_at_a_time_and_the_last_wish_wins() {
    let mut model = travelled(80, 24);
    assert_eq!(press(&mut model, ", , , , ,"), [asked(99)]);
    assert!(screen(&model).contains("reading 95"));
    assert_eq!(arrive(&mut model, 99, three()), [asked(95)]);
    assert_eq!(press(&mut model, ". <"), []);
    assert_eq!(arrive(&mut model, 95, three()), []);
    let past = model.past.as_ref().unwrap();
    assert_eq!(
        (past.shown(), past.wanted, past.asked),
        (Some(95), 95, None)
    );
}

#[test]
fn the_scrubber_goes_by_one_by_hundredths_and_by_number_within_what_there_is() {
    let mut model = travelled(80, 24);
    assert_eq!(press(&mut model, ". >"), [], "there is nothing later");
    press(&mut model, "@");
    type_text(&mut model, "7");
    assert_eq!(press(&mut model, "enter"), [asked(7)]);
    arrive(&mut model, 7, Vec::new());
    assert_eq!(press(&mut model, "<"), [asked(6)]);
    arrive(&mut model, 6, Vec::new());
    press(&mut model, "@");
    type_text(&mut model, "123456");
    assert_eq!(press(&mut model, "enter"), [asked(100)]);
    press(&mut model, "@");
    type_text(&mut model, "yesterday");
    press(&mut model, "enter");
    assert!(screen(&model).contains("expected the number of a revision"));
}

#[test]
fn a_revision_that_is_refused_is_told_and_what_was_shown_stays() {
    let mut model = travelled(120, 24);
    assert_eq!(press(&mut model, ","), [asked(99)]);
    let why = "expected a revision from 100 on, found 99: older changes are not kept";
    refuse(&mut model, 99, why);
    let shown = screen(&model);
    assert!(shown.contains(why) && shown.contains("revision 100 of 100"));
    assert_eq!(model.past.as_ref().unwrap().wanted, 100);
    // A refusal of what is wanted no more is none.
    press(&mut model, ", , ,");
    assert_eq!(refuse(&mut model, 99, why), [asked(97)]);
    arrive(&mut model, 97, three());
    assert!(!screen(&model).contains(why));
}

#[test]
fn without_a_first_state_there_is_no_past() {
    let mut model = knowing(three(), 80, 24);
    press(&mut model, "T");
    refuse(&mut model, 100, "the daemon is busy");
    assert!(model.past.is_none());
    assert!(screen(&model).contains("the daemon is busy"));
}

#[test]
fn the_present_goes_on_behind_and_is_there_on_return() {
    let mut model = travelled(80, 24);
    let wake = model.next_wake();
    assert_eq!(wake, None, "nothing ticks in the past");
    let mut run = samples::running();
    run.executions.clear();
    run.state = "passed".into();
    let news = changes(&model, vec![synod_proto::v1::change::Entity::Run(run)]);
    update(&mut model, news);
    frame(&mut model);
    let shown = screen(&model);
    assert!(shown.contains("revision 100 of 101"), "{shown}");
    assert!(shown.contains("executing"), "{shown}");
    model.toasts = crate::tui::model::toast::Toasts::default();
    press(&mut model, "T");
    let shown = screen(&model);
    assert!(
        shown.contains("passed") && !shown.contains("PAST"),
        "{shown}"
    );
    assert!(!shown.contains("executing"), "{shown}");
}

/// Lists are made anew when the state is another one: the present may have come as far by changes as the past by
/// its snapshot, which knows more runs that are over.
#[test]
fn the_past_is_another_state_than_the_present_that_began_with_its_revision() {
    let model = travelled(80, 24);
    let past = model.past.as_ref().unwrap().known.as_ref().unwrap();
    assert_eq!(past.revision(), model.live.revision());
    assert_ne!(past.identity(), model.live.identity());
}

#[test]
fn an_answer_from_before_the_past_was_left_is_not_taken_for_a_new_one() {
    let mut model = travelled(80, 24);
    press(&mut model, ",");
    press(&mut model, "T T");
    arrive(&mut model, 99, Vec::new());
    assert_eq!(model.past.as_ref().unwrap().shown(), None);
    arrive(&mut model, 100, three());
    assert_eq!(model.past.as_ref().unwrap().shown(), Some(100));
}

/// T2
#[test]
fn without_a_daemon_the_past_stays_readable_and_moving_says_why_not() {
    let mut model = travelled(100, 24);
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    assert_eq!(press(&mut model, ", j"), []);
    let shown = screen(&model);
    assert!(shown.contains("no daemon: revision 99 cannot be read now"));
    assert!(shown.contains("clarify/checkout#1"));
    press(&mut model, "T");
    assert!(model.past.is_none());
    assert_eq!(press(&mut model, "T"), []);
    assert!(model.past.is_none());
}

#[test]
fn the_selected_run_stays_selected_where_it_exists() {
    let mut model = travelled(80, 24);
    press(&mut model, "j");
    let selected = model.runs.run().unwrap().to_owned();
    press(&mut model, ",");
    let only: Vec<Run> = three().into_iter().filter(|r| r.id == selected).collect();
    arrive(&mut model, 99, only);
    assert_eq!(model.runs.run(), Some(&*selected));
    press(&mut model, "T");
    assert_eq!(model.runs.run(), Some(&*selected));
}

#[test]
fn events_end_at_the_revision_that_is_looked_at() {
    let mut model = travelled(80, 24);
    let entities = (0..5).map(|_| {
        let run = Run {
            executions: Vec::new(),
            ..samples::running()
        };
        synod_proto::v1::change::Entity::Run(run)
    });
    let news = changes(&model, entities.collect());
    update(&mut model, news);
    press(&mut model, "E @");
    type_text(&mut model, "103");
    press(&mut model, "enter");
    arrive(&mut model, 103, three());
    let place = &model.events;
    assert_eq!(place.revision_at(place.rows() - 1), Some(103));
    press(&mut model, "T");
    let place = &model.events;
    assert_eq!(place.revision_at(place.rows() - 1), Some(105));
}

#[test]
fn another_database_leads_back_to_the_present() {
    let mut model = travelled(80, 24);
    let LinkNews::Snapshot { snapshot, .. } = snapshot(three(), 3) else {
        unreachable!()
    };
    let feed_id = "another".to_owned();
    let news = LinkNews::Snapshot { feed_id, snapshot };
    update(&mut model, Msg::Link(news));
    assert!(model.past.is_none());
}

#[test]
fn every_screen_is_marked_as_past_and_survives_it() {
    for (columns, rows) in [(20, 5), (40, 10), (80, 24)] {
        let mut model = travelled(columns, rows);
        for screens in ["R", "Q", "E", "A", "R enter"] {
            press(&mut model, screens);
            assert!(screen(&model).contains("PAST"), "{}", screen(&model));
        }
        // A run that is open may be none yet at an earlier revision.
        press(&mut model, "R enter");
        assert!(matches!(model.screen(), Screen::Run(_)));
        press(&mut model, ",");
        arrive(&mut model, 99, Vec::new());
        assert!(screen(&model).contains("PAST"));
    }
}
