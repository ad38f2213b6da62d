//! Agents, providers, what waits and why.

use synod_proto::v1::{
    Calibration, Execution, GetCalibrationResponse, ListGatesResponse, Recall, Run, change::Entity,
};

use super::super::super::fixtures::{changes, frame, knowing, picture, press, screen, three};
use super::super::update;
use super::*;
use crate::{
    render::samples,
    tui::msg::{Answer, Msg, Reply},
};

fn reply(model: &mut Model, call: Call, answer: Answer) {
    let outcome = Ok(answer);
    update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
}

/// An execution of a run, waiting for the provider since so many seconds after the start.
fn queued(n: u32, since: i64) -> Execution {
    Execution {
        id: format!("{n:032x}"),
        run_id: samples::running().id,
        agent: "alice".into(),
        state: "queued".into(),
        provider: "anthropic".into(),
        queued_at: Some(samples::at(since)),
        position: Some(n + 10),
        ..Execution::default()
    }
}

/// Two agents of two providers; one of these has a limit of three.
fn opened(runs: Vec<Run>, columns: u16, rows: u16) -> Model {
    let mut model = knowing(runs, columns, rows);
    let agents = Box::new(samples::agents());
    let gates = Box::new(ListGatesResponse {
        gates: vec![samples::gate()],
    });
    let daemon = Box::new(samples::daemon());
    press(&mut model, "A");
    reply(&mut model, Call::Agents, Answer::Agents(agents));
    reply(&mut model, Call::Gates, Answer::Gates(gates));
    reply(&mut model, Call::DaemonStatus, Answer::DaemonStatus(daemon));
    model
}

/// Three run, two wait.
fn full(columns: u16, rows: u16) -> Model {
    let mut model = opened(three(), columns, rows);
    let mut entities = vec![
        Entity::Execution(queued(1, 88)),
        Entity::Execution(queued(2, 40)),
    ];
    for n in 3..6 {
        let state = "running".into();
        entities.push(Entity::Execution(Execution {
            state,
            ..queued(n, 10)
        }));
    }
    let news = changes(&model, entities);
    update(&mut model, news);
    frame(&mut model);
    model
}

#[test]
fn pictures_of_agents() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let model = full(columns, rows);
        insta::assert_snapshot!(format!("agents_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn entering_and_refreshing_ask_for_all_that_is_shown() {
    let mut model = knowing(three(), 80, 24);
    let calls = [
        Call::Agents,
        Call::Gates,
        Call::DaemonStatus,
        Call::Calibration,
    ]
    .map(Cmd::Call);
    assert_eq!(press(&mut model, "A"), calls);
    assert!(screen(&model).contains("not read yet"));
    assert_eq!(press(&mut model, "r"), calls);
}

#[test]
fn why_executions_wait_is_told_as_far_as_it_is_known() {
    let mut model = full(100, 40);
    let shown = screen(&model);
    assert!(shown.contains("3 of 3"), "{shown}");
    assert!(shown.contains("its limit of 3 is reached"), "{shown}");
    let mut ended = queued(3, 10);
    ended.state = "completed".into();
    let news = changes(&model, vec![Entity::Execution(ended)]);
    update(&mut model, news);
    frame(&mut model);
    let shown = screen(&model);
    assert!(shown.contains("2 of 3") && shown.contains("waiting for a place"));
}

#[test]
fn those_that_have_waited_longest_stand_first_and_enter_opens_their_run() {
    let mut model = full(100, 40);
    let waiting: Vec<&str> = model.live.waiting("anthropic").collect();
    assert_eq!(waiting, [queued(2, 40).id, queued(1, 88).id]);
    press(&mut model, "j j j enter");
    assert_eq!(model.agents.selected, Some(Row::Waiting(queued(2, 40).id)));
    let run = samples::running().id;
    let open = Cmd::Call(Call::GetRun { run });
    assert_eq!(press(&mut model, "enter"), [open]);
}

#[test]
fn the_selected_agent_says_whose_waiting_ones_are_listed() {
    let mut model = full(100, 40);
    assert!(screen(&model).contains("WAITING FOR anthropic (2)"));
    press(&mut model, "j");
    assert!(screen(&model).contains("WAITING FOR local (2)"));
    press(&mut model, "k");
    assert!(screen(&model).contains("WAITING FOR anthropic (2)"));
}

#[test]
fn where_nothing_waits_there_is_no_way_to_it() {
    let mut model = opened(Vec::new(), 80, 24);
    press(&mut model, "enter");
    assert!(screen(&model).contains("nothing waits there"));
}

#[test]
fn the_selected_row_stays_selected_when_others_come_above_it() {
    let mut model = full(100, 24);
    press(&mut model, "j j j enter j");
    let selected = model.agents.selected.clone();
    let news = changes(&model, vec![Entity::Execution(queued(7, 1))]);
    update(&mut model, news);
    frame(&mut model);
    assert_eq!(model.agents.selected, selected);
    assert!(matches!(selected, Some(Row::Waiting(_))));
    assert_eq!(
        model.agents.rows.get(model.agents.cursor.index),
        selected.as_ref()
    );
}

#[test]
fn a_thousand_waiting_are_counted_and_the_first_listed() {
    let mut model = opened(Vec::new(), 80, 24);
    let entities = (0..1_000).map(|n| Entity::Execution(queued(n, i64::from(n))));
    let news = changes(&model, entities.collect());
    update(&mut model, news);
    frame(&mut model);
    assert_eq!(model.live.waiting("anthropic").len(), 1_000);
    assert!(model.agents.rows.len() < 250);
    press(&mut model, "G g");
    assert!(screen(&model).contains("WAITING FOR anthropic (1000)"));
}

#[test]
fn no_size_panics() {
    for (columns, rows) in [(1, 1), (20, 5), (21, 6), (30, 7), (500, 200)] {
        let mut model = full(columns, rows);
        picture(&model);
        press(&mut model, "G g j enter");
        picture(&model);
    }
}

fn figures() -> GetCalibrationResponse {
    let of = |name: &str, family: &str, right, judged, interval: Option<(u32, u32)>| Calibration {
        name: name.into(),
        family: family.into(),
        right,
        judged,
        low_permille: interval.map(|(low, _)| low),
        high_permille: interval.map(|(_, high)| high),
        ..Calibration::default()
    };
    let mut opus = of("claude-opus", "claude", 8, 10, Some((444, 975)));
    (opus.arbiter_right, opus.arbiter_judged, opus.audited) = (3, 4, 2);
    opus.weighed_permille = Some(700);
    (opus.weighed_low_permille, opus.weighed_high_permille) = (Some(402), Some(949));
    GetCalibrationResponse {
        agents: vec![
            opus,
            of("gemini", "gemini", 2, 3, None),
            of("silent", "x", 0, 0, None),
        ],
        families: vec![of("claude", "", 8, 10, Some((444, 975)))],
        recall: vec![Recall {
            agent: "gemini".into(),
            fault: "number-deleted".into(),
            found: 7,
            planted: 9,
            low_permille: Some(400),
            high_permille: Some(972),
            ..Recall::default()
        }],
        shared_audited: Some(2),
        notes: vec!["Below five nothing is said.".into()],
        weights_permille: [("claude".to_owned(), 1_180), ("gemini".to_owned(), 820)].into(),
        ..GetCalibrationResponse::default()
    }
}

#[test]
fn pictures_of_figures() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = full(columns, rows);
        let answer = Answer::Calibration(Box::new(figures()));
        reply(&mut model, Call::Calibration, answer);
        press(&mut model, "c");
        insta::assert_snapshot!(format!("figures_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn of_few_only_the_count_is_told_and_a_failure_says_why() {
    let mut model = full(100, 40);
    press(&mut model, "c");
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    let outcome = Err("the daemon does not know this call".to_owned());
    let call = Call::Calibration;
    update(&mut model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(&mut model);
    let shown = screen(&model);
    assert!(
        shown.contains("could not be read: the daemon does not know this call; r tries"),
        "{shown}"
    );
    reply(
        &mut model,
        Call::Calibration,
        Answer::Calibration(Box::new(figures())),
    );
    let shown = screen(&model);
    assert!(
        shown.contains("8/10, 44–98 %") && shown.contains("2/3, too few"),
        "{shown}"
    );
    assert!(!shown.contains("could not be read"), "{shown}");
    press(&mut model, "c");
    let shown = screen(&model);
    assert!(
        shown.contains("3 of 4 right by what arbiters said"),
        "{shown}"
    );
}
