//! What keys and news do where agents tell what they do, and ask.

use synod_proto::v1::{Change, Question, Run, change::Entity};

use super::{all, asking, at_work, done};
use crate::tui::{
    fixtures::{changes, frame, knowing, press, reply, screen},
    model::{Model, Screen, known::Group},
    msg::{Answer, Call, Cmd, OutputWish, Said, Stream},
    update::update,
};

/// On the questions of an agent that asks for two permissions.
fn asked() -> Model {
    let mut model = knowing(all(), 120, 40);
    press(&mut model, "Q");
    model
}

#[track_caller]
fn said(cmds: &[Cmd]) -> (&str, &Said) {
    let [
        Cmd::Call(Call::Answer {
            content_hash, said, ..
        }),
    ] = cmds
    else {
        panic!("expected one answer, found {cmds:?}");
    };
    (content_hash, said)
}

fn first() -> Question {
    asking().questions[0].clone()
}

fn tells(model: &mut Model, question: Question) -> Vec<Cmd> {
    let news = changes(model, vec![Entity::Question(question)]);
    let cmds = update(model, news);
    frame(model);
    cmds
}

#[test]
fn a_permission_comes_first_and_is_answered_by_number_bound_to_what_was_drawn() {
    let mut model = asked();
    assert_eq!(model.questions.selected, Some(first().id));
    let shown = screen(&model);
    for words in [
        "rev1 wants to run:",
        "rm -rf build && make all",
        "agent/rev1#2",
        "yes, this time",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let cmds = press(&mut model, "2");
    assert_eq!(said(&cmds), ("hash 1", &Said::Option(2)));
}

#[test]
fn enter_offers_the_choices_and_what_refuses_is_under_the_cursor() {
    let mut model = asked();
    assert!(press(&mut model, "enter").is_empty());
    let cmds = press(&mut model, "enter");
    assert_eq!(said(&cmds), ("hash 1", &Said::Option(3)));
}

#[test]
fn what_was_not_read_to_its_end_is_not_allowed() {
    let mut model = asked();
    let mut long = first();
    if let Some(asked) = &mut long.permission {
        asked.what = "make\n".repeat(60) + "rm -rf ~";
    }
    tells(&mut model, long);
    for keys in ["1", "enter"] {
        assert!(press(&mut model, keys).is_empty());
        assert!(model.layers.is_empty());
        let shown = screen(&model);
        assert!(shown.contains("more to read first: J scrolls"), "{shown}");
    }
    press(&mut model, "d");
    let mut model = asked();
    let mut long = first();
    if let Some(asked) = &mut long.permission {
        asked.what = "make\n".repeat(60) + "rm -rf ~";
    }
    tells(&mut model, long);
    press(&mut model, &"J ".repeat(60));
    assert!(screen(&model).contains("rm -rf ~"), "{}", screen(&model));
    let cmds = press(&mut model, "1");
    assert_eq!(said(&cmds).1, &Said::Option(1));
}

#[test]
fn dismissing_refuses_and_only_if_the_agent_offers_that() {
    let mut model = asked();
    let cmds = press(&mut model, "d");
    assert_eq!(said(&cmds), ("hash 1", &Said::Dismiss));
    let mut model = asked();
    let mut willing = first();
    willing.options.truncate(2);
    if let Some(asked) = &mut willing.permission {
        asked.option_kinds.truncate(2);
    }
    tells(&mut model, willing);
    assert!(press(&mut model, "d").is_empty());
    assert!(
        screen(&model).contains("no way to refuse"),
        "{}",
        screen(&model)
    );
}

#[test]
fn what_only_findings_take_is_neither_offered_nor_sent() {
    let mut model = asked();
    let shown = screen(&model);
    for hint in ["must fix", "not an issue", " a accept", "e write"] {
        assert!(!shown.contains(hint), "{hint} in {shown}");
    }
    assert!(shown.contains("d refuse"), "{shown}");
    for key in ["a", "f", "u", "e"] {
        assert!(press(&mut model, key).is_empty(), "{key}");
        assert!(model.layers.is_empty(), "{key}");
        assert!(screen(&model).contains("pick one of its choices"), "{key}");
    }
}

#[test]
fn what_is_allowed_is_never_said_in_bulk() {
    let mut model = asked();
    assert!(press(&mut model, "b").is_empty());
    assert!(model.layers.is_empty(), "{}", screen(&model));
}

#[test]
fn a_withdrawn_permission_goes_and_a_key_meant_for_it_answers_nothing() {
    let mut model = asked();
    let mut gone = first();
    gone.state = "withdrawn".into();
    tells(&mut model, gone.clone());
    let shown = screen(&model);
    assert!(
        shown.contains("does not wait for permission any more"),
        "{shown}"
    );
    assert!(!model.live.waits(model.live.question(&gone.id).unwrap()));
    assert_eq!(
        model.questions.selected.as_deref(),
        Some(&*asking().questions[1].id)
    );
    assert!(press(&mut model, "1").is_empty());
    assert!(screen(&model).contains("press again"), "{}", screen(&model));
    model.now += jiff::SignedDuration::from_secs(1);
    let at = model.now;
    update(&mut model, crate::tui::msg::Msg::Frame(at));
    let cmds = update(
        &mut model,
        crate::tui::msg::Msg::Key(crate::tui::fixtures::event_of("1".parse().unwrap())),
    );
    assert_eq!(said(&cmds), ("hash 2", &Said::Option(1)));
}

#[test]
fn a_withdrawn_permission_that_nobody_looked_at_is_not_told_of() {
    let mut model = asked();
    press(&mut model, "j");
    let mut gone = first();
    gone.state = "withdrawn".into();
    tells(&mut model, gone);
    let shown = screen(&model);
    assert!(!shown.contains("any more"), "{shown}");
    assert!(!shown.contains("may run?"), "{shown}");
}

#[test]
fn a_run_whose_agent_asks_needs_somebody_and_rings() {
    let mut run = asking();
    run.open_questions = Some(0);
    let questions = std::mem::take(&mut run.questions);
    let mut model = knowing(vec![run.clone()], 120, 40);
    model.settings.bell = true;
    assert_eq!(model.live.group(&run.id), Some(Group::Live));
    let questions = questions.into_iter().map(Entity::Question);
    let needs = Run {
        open_questions: Some(2),
        executions: Vec::new(),
        ..run.clone()
    };
    let entities = questions.chain([Entity::Run(needs)]).collect();
    let news = changes(&model, entities);
    let cmds = update(&mut model, news);
    frame(&mut model);
    assert_eq!(cmds, [Cmd::Bell]);
    assert_eq!(model.live.group(&run.id), Some(Group::NeedsYou));
    let shown = screen(&model);
    for words in [
        "NEEDS YOU (1)",
        "needs you 1",
        "an agent asks for permission",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
}

#[test]
fn the_transcript_is_what_opens_and_a_key_goes_through_the_streams() {
    let streams = |run: Run, keys: &str| {
        let mut model = knowing(vec![run], 80, 24);
        press(&mut model, "o");
        press(&mut model, keys);
        model.output.stream
    };
    assert_eq!(streams(asking(), ""), Stream::Transcript);
    assert_eq!(streams(asking(), "s"), Stream::Stdout);
    assert_eq!(streams(asking(), "s s"), Stream::Stderr);
    assert_eq!(streams(asking(), "s s s"), Stream::Transcript);
    let plain = || crate::render::samples::ended_command();
    assert_eq!(streams(plain(), ""), Stream::Stdout);
    assert_eq!(streams(plain(), "s"), Stream::Stderr);
    assert_eq!(streams(plain(), "s s"), Stream::Stdout);
}

#[test]
fn an_agent_that_is_not_known_yet_opens_its_transcript_once_it_is() {
    let mut run = asking();
    let executions = std::mem::take(&mut run.executions);
    let mut model = knowing(vec![run.clone()], 80, 24);
    press(&mut model, "o s");
    assert_eq!(model.output.target.as_ref().unwrap().attempt, None);
    let execution = executions[0].clone();
    let attempt = execution.attempts[0].clone();
    let entities = vec![Entity::Execution(execution), Entity::Attempt(attempt)];
    let news = changes(&model, entities);
    update(&mut model, news);
    let cmds = frame(&mut model);
    assert_eq!(model.output.stream, Stream::Transcript);
    let follows = |cmd: &Cmd| {
        matches!(
            cmd,
            Cmd::Output(OutputWish::Follow {
                stream: Stream::Transcript,
                ..
            })
        )
    };
    assert!(cmds.iter().any(follows), "{cmds:?}");
}

#[test]
fn where_nothing_was_said_it_is_told_where_there_is_something() {
    let mut run = done();
    let attempt = &mut run.executions[0].attempts[0];
    (attempt.transcript_bytes, attempt.output_bytes) = (Some(0), Some(1_200));
    attempt.error_bytes = Some(7);
    let mut model = knowing(vec![run], 80, 24);
    press(&mut model, "o");
    let shown = screen(&model);
    assert!(shown.contains("Nothing was said or done."), "{shown}");
    assert!(
        shown.contains("s shows standard output: 1,200 bytes"),
        "{shown}"
    );
    assert!(
        shown.contains("s s shows standard error: 7 bytes"),
        "{shown}"
    );
}

#[test]
fn the_session_is_copied_whole() {
    let mut model = knowing(vec![at_work()], 80, 24);
    press(&mut model, "enter");
    let cmds = press(&mut model, "Y");
    let session = at_work().executions[0].attempts[0].session_id.clone();
    assert_eq!(cmds, [Cmd::Copy(session)]);
    let cmds = press(&mut model, "j j Y");
    assert!(cmds.is_empty());
    assert!(
        screen(&model).contains("has told no session"),
        "{}",
        screen(&model)
    );
}

#[test]
fn a_final_message_is_read_when_the_run_on_the_screen_ends() {
    let mut model = knowing(vec![asking()], 80, 24);
    press(&mut model, "enter");
    let mut over = done();
    let mut execution = over.executions.remove(0);
    let whole = done();
    let attempt = execution.attempts.remove(0);
    let attempt = synod_proto::v1::Attempt {
        final_text: None,
        final_text_bytes: None,
        ..attempt
    };
    let entities = vec![
        Entity::Attempt(attempt),
        Entity::Execution(execution),
        Entity::Run(over),
    ];
    let news = changes(&model, entities);
    let cmds = update(&mut model, news);
    let call = Call::GetRun {
        run: whole.id.clone(),
    };
    assert_eq!(cmds, [Cmd::Call(call.clone())]);
    reply(&mut model, call, Ok(Answer::Run(Box::new(whole))));
    let shown = screen(&model);
    assert!(shown.contains("The build is mended."), "{shown}");
}

#[test]
fn the_day_ends_at_midnight_where_the_clock_hangs() {
    let mut model = knowing(vec![done()], 120, 40);
    assert!(
        screen(&model).contains("today 42.0k tokens ~$1.25"),
        "{}",
        screen(&model)
    );
    let tomorrow = model.now + jiff::SignedDuration::from_hours(24);
    update(&mut model, crate::tui::msg::Msg::Frame(tomorrow));
    assert!(!screen(&model).contains("today"), "{}", screen(&model));
}

#[test]
fn each_change_of_a_permission_has_words() {
    let words = |state: &str, disposition: &str, answer: &str| {
        let question = Question {
            state: state.into(),
            disposition: disposition.into(),
            answer: answer.into(),
            ..first()
        };
        let change = Change {
            entity: Some(Entity::Question(question)),
            ..Change::default()
        };
        let agent = crate::render::event::agent_of(&change)
            .unwrap_or("-")
            .to_owned();
        let told = crate::render::event::what(&change);
        let command = crate::render::event::command(&[&change]);
        format!("{agent} {told} | {command}")
    };
    insta::assert_snapshot!(
        [
            words("open", "", ""),
            words("later", "later", ""),
            words("settled", "answer", "Allow once"),
            words("withdrawn", "", ""),
        ]
        .join("\n")
    );
}

#[test]
fn a_run_of_one_agent_leads_to_what_it_asks() {
    let mut model = knowing(vec![asking()], 120, 40);
    press(&mut model, "enter");
    assert!(
        screen(&model).contains("2 permissions are asked for: a answers"),
        "{}",
        screen(&model)
    );
    press(&mut model, "a");
    assert_eq!(*model.screen(), Screen::Questions);
    assert_eq!(model.questions.selected, Some(first().id));
}
