//! Pictures of agents that tell what they do.

use synod_proto::v1::Run;

use super::{all, asking, at_work, done};
use crate::tui::{
    fixtures::{configured, event_of, frame, knowing, picture, press},
    model::Model,
    msg::{Cmd, Msg, OutputNews, OutputWish},
    update::update,
};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

/// A picture in every size after these keys.
fn check(name: &str, runs: &[Run], keys: &str) {
    for (columns, rows) in SIZES {
        let mut model = knowing(runs.to_vec(), columns, rows);
        press(&mut model, keys);
        model.run.reading.clear();
        model.waiting = 0;
        frame(&mut model);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn runs_with_what_they_cost() {
    check("runs", &all(), "");
}

#[test]
fn a_gate_of_structured_agents_at_work() {
    check("at_work", &[at_work()], "enter");
}

#[test]
fn of_an_agent_that_was_refused_it_is_told_when_to_try_again() {
    check("refused", &[at_work()], "enter j j");
}

#[test]
fn an_agent_that_waits_for_permission() {
    check("asking", &[asking()], "enter");
}

#[test]
fn an_agent_alone_that_is_done() {
    check("done", &[done()], "enter");
}

#[test]
fn permissions_stand_before_all_other_questions() {
    check("permissions", &all(), "Q");
}

#[test]
fn a_permission_is_read_alone_and_its_choices_are_a_menu() {
    // Where there is no room beside the list the key only shows it.
    check("second_permission", &[asking()], "Q j");
    check("choices", &[asking()], "Q enter");
}

#[test]
fn an_agents_transcript() {
    let text = "> mend the build\n\nI look at what fails.\n\n$ cargo test -p checkout\n  error: no such crate\n\
                ? asks to be allowed: rm -rf build && make all\n";
    for (columns, rows) in SIZES {
        let mut run = asking();
        run.executions[0].attempts[0].transcript_bytes = Some(text.len() as u64);
        let mut model = knowing(vec![run], columns, rows);
        let key = event_of("o".parse().unwrap());
        let cmds = update(&mut model, Msg::Key(key));
        served(&mut model, cmds, text);
        let name = format!("transcript_{columns}x{rows}");
        insta::assert_snapshot!(name, picture(&model));
    }
}

/// Whatever is wished for comes.
fn served(model: &mut Model, cmds: Vec<Cmd>, text: &str) {
    let mut cmds = cmds;
    for _ in 0..4 {
        for cmd in cmds {
            if let Cmd::Output(OutputWish::Follow { ticket, offset, .. }) = cmd {
                let bytes = text.as_bytes()[offset as usize..].to_vec();
                let news = OutputNews::Bytes {
                    ticket,
                    offset,
                    bytes,
                };
                update(model, Msg::Output(news));
            }
        }
        cmds = frame(model);
    }
}

#[test]
fn agents_with_models_and_what_one_of_them_lacks() {
    for (columns, rows) in SIZES {
        let mut model = configured(vec![asking()], columns, rows);
        if let Some(answer) = &mut model.catalog.agents {
            let agent = &mut answer.agents[0];
            agent.adapter = "claude".into();
            agent.model = "claude-opus-5".into();
            agent.state = "missing".into();
            agent.problems = vec!["no program `claude` in PATH".into()];
        }
        press(&mut model, "A");
        let name = format!("agents_{columns}x{rows}");
        insta::assert_snapshot!(name, picture(&model));
    }
}
