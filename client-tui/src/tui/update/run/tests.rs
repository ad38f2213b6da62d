//! What keys and news change on the screen of one run.

use synod_proto::v1::{Run, Snapshot, change::Entity};

use super::*;
use crate::{
    render::samples,
    tui::{
        fixtures::{changes, frame, knowing, press, screen, snapshot},
        msg::{Answer, LinkNews, Msg, Reply},
        update::update,
        view::run::{
            rounds_sample::balloted,
            sample::{at_work, disputed},
        },
    },
};

fn opened(run: Run) -> Model {
    let mut model = knowing(vec![run], 80, 24);
    press(&mut model, "enter");
    model
}

fn read(model: &mut Model, outcome: Result<Run, String>) {
    let outcome = outcome.map(|run| Answer::Run(Box::new(run)));
    let run = disputed().id;
    let call = Call::GetRun { run };
    update(model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(model);
}

#[test]
fn keys_go_where_there_is_something_to_see_until_somebody_says_otherwise() {
    let mut model = opened(disputed());
    assert!(screen(&model).contains("[FINDINGS (4)]"));
    press(&mut model, "h");
    assert!(screen(&model).contains("[EXECUTIONS (5)]"));
    press(&mut model, "l");
    assert!(screen(&model).contains("[FINDINGS (4)]"));
    let mut model = opened(at_work());
    assert!(screen(&model).contains("[EXECUTIONS (5)]"));
    press(&mut model, "j");
    let found = disputed().findings.into_iter().map(Entity::Finding);
    let news = changes(&model, found.collect());
    update(&mut model, news);
    frame(&mut model);
    // Somebody was moving there: the pane stays.
    assert!(screen(&model).contains("[EXECUTIONS (5)]"));
    assert!(screen(&model).contains("FINDINGS (4)"));
}

#[test]
fn what_is_selected_stays_selected_when_others_come() {
    let mut model = opened(disputed());
    press(&mut model, "j");
    let selected = model.run.findings.selected.clone();
    assert_eq!(selected, Some(disputed().findings[1].id.clone()));
    let mut new = disputed().findings[0].clone();
    new.id = "f0".repeat(16);
    let mut news = vec![Entity::Finding(new)];
    for mut finding in disputed().findings {
        finding.position = finding.position.map(|position| position + 1);
        news.push(Entity::Finding(finding));
    }
    let news = changes(&model, news);
    update(&mut model, news);
    frame(&mut model);
    assert_eq!(model.run.findings.selected, selected);
    assert_eq!(model.run.findings.cursor.index, 2);
}

#[test]
fn a_finding_is_opened_scrolled_turned_over_and_closed() {
    let mut model = opened(disputed());
    press(&mut model, "enter");
    assert!(screen(&model).contains("[FINDING 1 of 4]"));
    press(&mut model, "j j");
    assert_eq!(model.run.reader.as_ref().map(|reader| reader.top), Some(2));
    press(&mut model, "G");
    assert!(screen(&model).contains("claude-sonnet (schema-mismatch)"));
    press(&mut model, "l");
    assert!(screen(&model).contains("[FINDING 2 of 4]"));
    press(&mut model, "h h");
    assert!(screen(&model).contains("[FINDING 1 of 4]"));
    press(&mut model, "esc");
    assert!(screen(&model).contains("[FINDINGS (4)]"));
    assert_eq!(model.screens().len(), 2);
    press(&mut model, "esc");
    assert_eq!(model.screens(), [Screen::Runs]);
}

#[test]
fn an_answer_given_elsewhere_is_seen_in_the_finding_that_is_read() {
    let mut model = opened(disputed());
    press(&mut model, "enter");
    assert!(screen(&model).contains("open; a answers"));
    let mut question = disputed().questions[0].clone();
    question.state = "settled".into();
    question.disposition = "must-fix".into();
    question.answered_by = "bea".into();
    let news = changes(&model, vec![Entity::Question(question)]);
    update(&mut model, news);
    frame(&mut model);
    assert!(screen(&model).contains("settled: must-fix by bea"));
}

#[test]
fn an_execution_is_cancelled_after_a_question_and_only_while_it_is_at_work() {
    let mut model = opened(at_work());
    assert_eq!(press(&mut model, "X"), []);
    assert!(screen(&model).contains("claude-opus has ended: there is nothing to cancel"));
    assert_eq!(press(&mut model, "j X"), []);
    assert!(screen(&model).contains("Cancel gemini alone?"));
    let execution = at_work().executions[1].id.clone();
    let call = Call::CancelExecution { execution };
    assert_eq!(press(&mut model, "y"), [Cmd::Call(call)]);
}

#[test]
fn the_selected_execution_is_retried_and_among_findings_the_one_that_failed() {
    let mut model = opened(disputed());
    let failed = disputed().executions[2].id.clone();
    let retry = |execution: &str| {
        let execution = execution.to_owned();
        [Cmd::Call(Call::Retry { execution })]
    };
    assert_eq!(press(&mut model, "r y"), retry(&failed));
    let last = disputed().executions[4].id.clone();
    assert_eq!(press(&mut model, "h G r y"), retry(&last));
}

#[test]
fn the_runs_questions_are_one_key_away() {
    let mut model = opened(disputed());
    press(&mut model, "a");
    assert_eq!(*model.screen(), Screen::Questions);
    press(&mut model, "esc");
    assert_eq!(*model.screen(), Screen::Run(disputed().id));
}

#[test]
fn the_id_or_the_answer_under_the_cursor_is_copied() {
    let mut model = opened(disputed());
    let copied = |text: &str| [Cmd::Copy(text.to_owned())];
    assert_eq!(press(&mut model, "y"), copied(&disputed().findings[0].id));
    assert_eq!(
        press(&mut model, "enter y"),
        copied("p95 under 300 ms at the server")
    );
    let execution = &disputed().executions[0].id;
    assert_eq!(press(&mut model, "esc h y"), copied(execution));
}

#[test]
fn a_run_is_read_until_it_was_read_and_again_after_a_snapshot() {
    let run = disputed().id;
    let mut bare = disputed();
    bare.findings.clear();
    bare.questions.clear();
    let mut model = opened(bare.clone());
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    read(&mut model, Ok(disputed()));
    assert!(screen(&model).contains("[FINDINGS (4)]"));
    let cmds = update(&mut model, Msg::Link(snapshot(vec![bare], 101)));
    frame(&mut model);
    assert_eq!(cmds, [Cmd::Call(Call::GetRun { run: run.clone() })]);
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    read(&mut model, Err("the connection broke".into()));
    assert!(screen(&model).contains("could not be read: the connection broke"));
    let status = model.daemon.clone().unwrap();
    let back = LinkNews::Connected(Box::new(status));
    let cmds = update(&mut model, Msg::Link(back));
    assert!(cmds.contains(&Cmd::Call(Call::GetRun { run })), "{cmds:?}");
    read(&mut model, Ok(disputed()));
    assert!(screen(&model).contains("FINDINGS (4)"));
}

#[test]
fn a_run_that_was_not_there_yet_says_so_in_the_past() {
    let mut model = opened(disputed());
    press(&mut model, "T");
    let outcome = Ok(Answer::Snapshot(Box::new(Snapshot {
        revision: 100,
        ..Snapshot::default()
    })));
    let call = Call::Snapshot { at: 100 };
    update(&mut model, Msg::Reply(Box::new(Reply { call, outcome })));
    frame(&mut model);
    assert!(screen(&model).contains("not there yet at this revision"));
    assert_eq!(press(&mut model, "x X r o enter j l"), []);
    press(&mut model, "T");
    assert!(screen(&model).contains("FINDINGS (4)"));
}

#[test]
fn another_run_below_is_shown_from_its_own_beginning() {
    let mut model = knowing(vec![disputed(), samples::ended_command()], 80, 24);
    press(&mut model, "enter j enter");
    let over = samples::ended_command().id;
    model.push(Screen::Run(over.clone()));
    enter(&mut model, &over);
    frame(&mut model);
    assert!(screen(&model).contains("[OUTCOME]"), "{}", screen(&model));
    press(&mut model, "esc");
    assert!(
        screen(&model).contains("[FINDINGS (4)]"),
        "{}",
        screen(&model)
    );
}

#[test]
fn the_ledger_forgets_a_finding_after_a_question() {
    let mut model = opened(balloted());
    assert_eq!(press(&mut model, "F"), []);
    assert!(screen(&model).contains("the ledger knows nothing of this finding"));
    assert_eq!(press(&mut model, "G F"), []);
    assert!(screen(&model).contains("Forget what was decided about"));
    let entry = format!("{:0<32}", "1ed9e1");
    assert_eq!(press(&mut model, "y"), [Cmd::Call(Call::Forget { entry })]);
}

/// What is to be done after the key that shows a prompt, and the next frame.
fn asks_for_the_prompt(model: &mut Model) -> Vec<Cmd> {
    let key = crate::tui::fixtures::event_of("p".parse().unwrap());
    let mut cmds = update(model, Msg::Key(key));
    cmds.extend(frame(model));
    cmds
}

#[test]
fn the_prompt_of_the_selected_execution_is_read_from_its_beginning() {
    use crate::tui::msg::{OutputNews, OutputWish, Stream};
    let mut model = opened(balloted());
    press(&mut model, "h G");
    let cmds = asks_for_the_prompt(&mut model);
    let last = balloted().executions[7].attempts[0].id.clone();
    let followed = cmds.iter().find_map(|cmd| match cmd {
        Cmd::Output(OutputWish::Follow {
            ticket,
            attempt,
            stream: Stream::Prompt,
            offset: 0,
        }) => Some((*ticket, attempt.clone())),
        _ => None,
    });
    let (ticket, attempt) = followed.unwrap();
    assert_eq!(attempt, last);
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    let lines: Vec<String> = (1..100).map(|n| format!("rule {n} \u{1b}[2J")).collect();
    let bytes = lines.join("\n").into_bytes();
    let offset = bytes.len() as u64;
    update(
        &mut model,
        Msg::Output(OutputNews::Bytes {
            ticket,
            offset: 0,
            bytes,
        }),
    );
    update(&mut model, Msg::Output(OutputNews::End { ticket, offset }));
    frame(&mut model);
    let shown = screen(&model);
    assert!(
        shown.contains("prompt") && shown.contains("rule 1"),
        "{shown}"
    );
    assert!(
        !shown.contains("rule 99") && !shown.contains('\u{1b}'),
        "{shown}"
    );
    press(&mut model, "G");
    assert!(screen(&model).contains("rule 99"), "{}", screen(&model));
    press(&mut model, "/");
    crate::tui::fixtures::type_text(&mut model, "rule 98");
    press(&mut model, "enter g");
    let shown = screen(&model);
    assert!(
        shown.contains("rule 19") && !shown.contains("rule 99"),
        "{shown}"
    );
    press(&mut model, "esc esc");
    assert_eq!(*model.screen(), Screen::Run(balloted().id));
}

#[test]
fn a_prompt_is_there_before_any_attempt() {
    use crate::tui::msg::{OutputWish, Stream};
    let mut model = opened(at_work());
    press(&mut model, "G");
    let cmds = asks_for_the_prompt(&mut model);
    let execution = at_work().executions[4].id.clone();
    let wished = cmds.iter().any(|cmd| {
        matches!(cmd, Cmd::Output(OutputWish::Follow { attempt, stream: Stream::Prompt, .. })
            if *attempt == execution)
    });
    assert!(wished, "{cmds:?}");
}

#[test]
fn a_heading_of_a_round_is_no_place_to_click() {
    let mut model = opened(balloted());
    press(&mut model, "h g");
    let before = model.run.executions.selected.clone();
    let run = model.live.run(&balloted().id).unwrap();
    let table = layout::of(&model, run).executions.table;
    assert_eq!(click(&mut model, &balloted().id, table.y + 1), []);
    assert_eq!(model.run.executions.selected, before);
    click(&mut model, &balloted().id, table.y + 3);
    assert_eq!(model.run.executions.cursor.index, 1);
}
