//! What keys and news change, wherever it is not one screen's own matter.

use synod_proto::v1::{GetDaemonStatusResponse, change::Entity};

use super::super::fixtures::{
    blank, changes, frame, knowing, press, screen, snapshot, three, type_text,
};
use super::*;
use crate::{
    link::Away,
    render::samples,
    tui::{model::link::LinkState, msg::LinkNews},
};

#[test]
fn esc_never_quits_and_q_does() {
    let mut model = knowing(three(), 80, 24);
    for _ in 0..5 {
        assert!(!press(&mut model, "esc").contains(&Cmd::Quit));
    }
    press(&mut model, "Q esc E esc enter esc");
    assert_eq!(model.screens(), [Screen::Runs]);
    assert_eq!(press(&mut model, "q"), [Cmd::Quit]);
}

#[test]
fn a_cancel_is_asked_about_and_sent_once() {
    let mut model = knowing(vec![samples::running()], 80, 24);
    assert_eq!(press(&mut model, "x"), []);
    assert!(screen(&model).contains("Cancel clarify/checkout#1"));
    assert_eq!(press(&mut model, "n"), []);
    let run = samples::running().id;
    let cancel = Cmd::Call(Call::CancelRun { run });
    assert_eq!(press(&mut model, "x y"), [cancel]);
    assert!(model.layers.is_empty());
}

/// T2
#[test]
fn without_a_daemon_the_last_picture_stays_and_keys_still_move() {
    let mut model = knowing(three(), 100, 24);
    let before = screen(&model);
    update(&mut model, Msg::Link(LinkNews::Away(Away::Lost)));
    press(&mut model, "j");
    let after = screen(&model);
    assert!(after.contains("No daemon"), "{after}");
    for line in before.lines().filter(|line| line.contains("clarify/")) {
        let name = line
            .split_whitespace()
            .find(|word| word.contains('/'))
            .unwrap();
        assert!(after.contains(name), "{after}");
    }
    assert!(matches!(model.link.state, LinkState::Away { .. }));
    update(&mut model, Msg::Link(snapshot(three(), 100)));
    press(&mut model, "k");
    assert_eq!(screen(&model), before);
}

#[test]
fn the_selected_run_stays_selected_wherever_it_moves() {
    let mut model = knowing(three(), 80, 24);
    press(&mut model, "j");
    let selected = model.runs.run().unwrap().to_owned();
    let mut newer = samples::running();
    newer.id = "ff".repeat(16);
    newer.created_at = Some(samples::at(99));
    newer.executions.clear();
    let news = changes(&model, vec![synod_proto::v1::change::Entity::Run(newer)]);
    update(&mut model, news);
    super::super::fixtures::frame(&mut model);
    assert_eq!(model.runs.run(), Some(selected.as_str()));
}

#[test]
fn a_filter_holds_as_it_is_typed_and_esc_shows_all_again() {
    let mut model = knowing(three(), 80, 24);
    let all = model.runs.rows.len();
    press(&mut model, "/");
    type_text(&mut model, "awaiting");
    press(&mut model, "enter");
    assert!(model.runs.rows.len() < all, "{}", screen(&model));
    press(&mut model, "esc");
    assert_eq!(model.runs.rows.len(), all);
}

#[test]
fn nothing_is_commanded_out_of_the_past() {
    let mut model = knowing(three(), 80, 24);
    press(&mut model, "T");
    let cmds = press(&mut model, "x r j x");
    assert!(cmds.is_empty(), "{cmds:?}");
    assert!(screen(&model).contains("this is the past"));
}

/// T2
#[test]
fn a_daemon_that_could_not_be_started_is_told_and_the_link_stays_as_it_is() {
    let mut model = knowing(three(), 100, 24);
    let why = "the daemon ended at once: no room\u{1b}[2J".to_owned();
    update(&mut model, Msg::Link(LinkNews::NotStarted(why)));
    assert_eq!(model.link.state, LinkState::Live);
    let shown = screen(&model);
    assert!(
        shown.contains("the daemon ended at once: no room"),
        "{shown}"
    );
}

#[test]
fn output_stands_on_the_way_back_once() {
    let mut model = knowing(three(), 100, 24);
    press(&mut model, "enter o");
    assert_eq!(*model.screen(), Screen::Output);
    let run = Box::new(samples::running());
    let id = run.id.clone();
    let reply = super::super::msg::Reply {
        call: Call::Retry {
            execution: String::new(),
        },
        outcome: Ok(super::super::msg::Answer::Run(run)),
    };
    update(&mut model, Msg::Reply(Box::new(reply)));
    assert_eq!(*model.screen(), Screen::Run(id));
    press(&mut model, "o");
    let outputs = model.screens().iter().filter(|s| **s == Screen::Output);
    assert_eq!(outputs.count(), 1, "{:?}", model.screens());
}

#[test]
fn what_just_finished_is_told() {
    let mut model = knowing(vec![samples::running()], 80, 24);
    let mut run = samples::running();
    run.executions.clear();
    run.state = "passed".into();
    let news = changes(&model, vec![synod_proto::v1::change::Entity::Run(run)]);
    update(&mut model, news);
    assert!(screen(&model).contains("clarify/checkout#1 passed"));
}

#[test]
fn before_anything_is_known_the_screen_says_so() {
    let model = blank(80, 24);
    assert!(screen(&model).contains("Connecting"));
}

#[test]
fn an_end_that_was_read_ahead_of_the_feed_is_told_all_the_same() {
    let mut model = knowing(vec![samples::running()], 80, 24);
    let mut run = samples::running();
    run.state = "passed".into();
    run.revision = 500;
    let call = Call::GetRun {
        run: run.id.clone(),
    };
    let reply = crate::tui::msg::Reply {
        call,
        outcome: Ok(crate::tui::msg::Answer::Run(Box::new(run))),
    };
    update(&mut model, Msg::Reply(Box::new(reply)));
    assert!(screen(&model).contains("clarify/checkout#1 passed"));
}

#[test]
fn a_filter_that_is_kept_is_told_and_clicks_meet_the_rows_below_it() {
    let mut model = knowing(three(), 80, 24);
    press(&mut model, "/");
    type_text(&mut model, "search");
    press(&mut model, "enter");
    let shown = screen(&model);
    assert!(
        shown.contains("filter: search; esc shows all again"),
        "{shown}"
    );
    let row = shown
        .lines()
        .position(|line| line.contains("clarify/search#2"));
    let row = u16::try_from(row.unwrap()).unwrap();
    let kind = crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left);
    let modifiers = crossterm::event::KeyModifiers::NONE;
    let event = crossterm::event::MouseEvent {
        kind,
        column: 9,
        row,
        modifiers,
    };
    update(&mut model, Msg::Mouse(event));
    assert!(matches!(model.screen(), Screen::Run(_)));
    press(&mut model, "esc esc");
    assert!(!screen(&model).contains("filter:"));
}

#[test]
fn runs_that_are_not_here_are_counted_all_the_same() {
    let mut model = knowing(three(), 80, 24);
    assert!(screen(&model).contains("FINISHED (1)"));
    let mut more = snapshot(three(), 101);
    if let LinkNews::Snapshot { snapshot, .. } = &mut more {
        snapshot.older_runs = 1807;
    }
    update(&mut model, Msg::Link(more));
    frame(&mut model);
    assert!(screen(&model).contains("FINISHED (1 of 1808)"));
}

#[test]
fn before_the_first_picture_nothing_is_said_to_be_so() {
    let mut model = blank(80, 24);
    let status = GetDaemonStatusResponse::default();
    update(&mut model, Msg::Link(LinkNews::Connected(Box::new(status))));
    let shown = screen(&model);
    for untrue in ["No run yet", "live", "running 0"] {
        assert!(!shown.contains(untrue), "{shown}");
    }
    update(&mut model, Msg::Link(snapshot(Vec::new(), 0)));
    let shown = screen(&model);
    assert!(
        shown.contains("No run yet") && shown.contains("● live"),
        "{shown}"
    );
}

#[test]
fn a_run_that_turns_to_a_human_rings_once_however_its_changes_come() {
    let mut asking = samples::asking();
    let questions = std::mem::take(&mut asking.questions);
    let mut before = asking.clone();
    before.state = "executing".into();
    let mut model = knowing(vec![before], 80, 24);
    model.settings.bell = true;
    model.settings.notify = true;
    let mut cmds = Vec::new();
    for question in questions {
        let news = changes(&model, vec![Entity::Question(question)]);
        cmds.extend(update(&mut model, news));
    }
    assert_eq!(cmds, []);
    let news = changes(&model, vec![Entity::Run(asking.clone())]);
    let notice = format!("{} asks you", asking.name);
    let expected = [Cmd::Bell, Cmd::Notify("synod".into(), notice)];
    assert_eq!(update(&mut model, news), expected);
    let mut another = samples::asking().questions.remove(0);
    another.id = "0123".into();
    another.state = "open".into();
    let news = changes(&model, vec![Entity::Question(another)]);
    assert_eq!(update(&mut model, news), expected);
}
