//! Pictures of a run, and what must hold of all of them.

use synod_proto::v1::{Execution, Finding, Missing, Run};

use super::{
    rounds_sample::{balloted, blind, in_ballot},
    sample::{at_work, disputed},
};
use crate::{
    render::samples,
    tui::{
        fixtures::{buffer, frame, knowing, picture, press, screen},
        model::{Model, run::Reading},
    },
};

/// The run is opened, and was read whole.
fn opened(run: Run, columns: u16, rows: u16) -> Model {
    let mut model = knowing(vec![run], columns, rows);
    press(&mut model, "enter");
    model.run.reading.clear();
    model.waiting = 0;
    frame(&mut model);
    model
}

#[test]
fn a_disputed_run_at_80_by_24() {
    insta::assert_snapshot!(picture(&opened(disputed(), 80, 24)));
}

#[test]
fn a_disputed_run_at_120_by_40() {
    insta::assert_snapshot!(picture(&opened(disputed(), 120, 40)));
}

#[test]
fn a_disputed_run_at_40_by_10() {
    insta::assert_snapshot!(picture(&opened(disputed(), 40, 10)));
}

#[test]
fn agents_at_work_at_80_by_24() {
    insta::assert_snapshot!(picture(&opened(at_work(), 80, 24)));
}

#[test]
fn agents_at_work_at_120_by_40() {
    insta::assert_snapshot!(picture(&opened(at_work(), 120, 40)));
}

#[test]
fn agents_at_work_at_40_by_10() {
    insta::assert_snapshot!(picture(&opened(at_work(), 40, 10)));
}

#[test]
fn a_finding_at_80_by_24() {
    let mut model = opened(disputed(), 80, 24);
    press(&mut model, "enter");
    insta::assert_snapshot!(picture(&model));
}

#[test]
fn a_finding_at_120_by_40() {
    let mut model = opened(disputed(), 120, 40);
    press(&mut model, "j enter");
    insta::assert_snapshot!(picture(&model));
}

#[test]
fn a_finding_at_40_by_10() {
    let mut model = opened(disputed(), 40, 10);
    press(&mut model, "enter j j");
    insta::assert_snapshot!(picture(&model));
}

#[test]
fn a_command_at_80_by_24() {
    insta::assert_snapshot!(picture(&opened(samples::ended_command(), 80, 24)));
}

#[test]
fn a_command_at_120_by_40() {
    insta::assert_snapshot!(picture(&opened(samples::ended_command(), 120, 40)));
}

#[test]
fn a_command_at_40_by_10() {
    insta::assert_snapshot!(picture(&opened(samples::ended_command(), 40, 10)));
}

#[test]
fn a_run_with_a_ballot_in_every_size() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let model = opened(balloted(), columns, rows);
        insta::assert_snapshot!(format!("balloted_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn the_executions_of_each_round_stand_under_their_heading() {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let model = opened(in_ballot(), columns, rows);
        insta::assert_snapshot!(format!("in_ballot_{columns}x{rows}"), picture(&model));
    }
    let mut model = opened(balloted(), 100, 40);
    press(&mut model, "h G");
    let shown = screen(&model);
    for heading in [
        "ANSWERS: 5 of 5 done",
        "BALLOT: 2 of 2 done",
        "ARBITER: 1 of 1 done",
    ] {
        assert!(shown.contains(heading), "{shown}");
    }
    assert!(shown.contains("▸ mistral"), "{shown}");
}

#[test]
fn a_ruling_votes_and_an_earlier_decision_are_read_in_full() {
    let mut model = opened(balloted(), 100, 60);
    press(&mut model, "j j enter");
    insta::assert_snapshot!("ruled_finding", screen(&model));
    press(&mut model, "l l");
    insta::assert_snapshot!("settled_finding", screen(&model));
}

#[test]
fn what_is_asked_blind_shows_neither_voices_nor_decision_until_it_is_answered() {
    let mut run = blind();
    let mut model = opened(run.clone(), 120, 60);
    let row = |model: &Model| {
        let shown = screen(model);
        shown
            .lines()
            .find(|line| line.contains("1 critical"))
            .unwrap()
            .to_owned()
    };
    assert!(
        !row(&model).contains('●') && row(&model).contains("blind"),
        "{}",
        row(&model)
    );
    press(&mut model, "enter");
    let shown = screen(&model);
    for hidden in ["contested", "VOICES", "rule", "recommended", "resolve"] {
        let told = shown.lines().skip(4).any(|line| line.contains(hidden));
        assert!(!told, "{hidden}: {shown}");
    }
    run.questions[0].state = "settled".into();
    run.questions[0].disposition = "dismiss".into();
    let mut model = opened(run, 120, 60);
    assert!(row(&model).contains('●'), "{}", row(&model));
    press(&mut model, "enter");
    assert!(screen(&model).contains("asked blind; without you: resolve"));
}

#[test]
fn many_agents_are_counted_by_family() {
    let mut run = disputed();
    for n in 5..40_u32 {
        let mut execution: Execution = run.executions[n as usize % 5].clone();
        execution.id = format!("{n:032}");
        execution.agent = format!("reviewer-{n}");
        execution.position = Some(n);
        run.executions.push(execution);
    }
    insta::assert_snapshot!(screen(&opened(run, 80, 24)));
}

#[test]
fn what_is_not_here_yet_is_not_told_as_nothing() {
    let mut run = disputed();
    run.findings.clear();
    run.questions.clear();
    run.verdict.as_mut().unwrap().missing.clear();
    let mut model = opened(run, 80, 24);
    model.run.reading.insert(disputed().id, Reading::Asked);
    assert!(screen(&model).contains("reading…"), "{}", screen(&model));
    model
        .run
        .reading
        .insert(disputed().id, Reading::Failed("no daemon".into()));
    assert!(screen(&model).contains("could not be read: no daemon"));
    model.run.reading.clear();
    assert!(screen(&model).contains("none: the agents found nothing"));
    let mut run = disputed();
    run.findings.clear();
    run.questions.clear();
    run.verdict.as_mut().unwrap().missing = vec![Missing::default(); 2];
    let some = screen(&opened(run.clone(), 100, 24));
    assert!(some.contains("2 gave no valid answer"), "{some}");
    run.verdict.as_mut().unwrap().answered.clear();
    let none = screen(&opened(run, 100, 24));
    assert!(
        none.contains("none: no agent gave a valid answer"),
        "{none}"
    );
    assert!(screen(&opened(at_work(), 80, 24)).contains("they come when all agents have ended"));
}

#[test]
fn a_settled_finding_tells_what_was_said_of_it() {
    for (disposition, answer, shown) in [
        ("must-fix", "", "must fix"),
        ("dismiss", "", "not an issue"),
        ("answer", "of my own", "answered"),
        ("duplicate", "7c1e", "the same"),
    ] {
        let mut run = disputed();
        let question = run.questions.first_mut().unwrap();
        question.state = "settled".into();
        question.disposition = disposition.into();
        question.answer = answer.into();
        let picture = screen(&opened(run, 140, 24));
        assert!(picture.contains(shown), "{picture}");
    }
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let runs = [
        disputed(),
        at_work(),
        balloted(),
        in_ballot(),
        blind(),
        samples::ended_command(),
    ];
    let mut widths: Vec<u16> = (1..=130).step_by(9).collect();
    widths.extend([39, 40, 41, 79, 80, 81, 200, 499, 500]);
    for run in runs {
        for keys in ["", "l", "h", "enter", "enter G", "l enter l l"] {
            let mut model = opened(run.clone(), 80, 24);
            press(&mut model, keys);
            for width in &widths {
                for height in [1, 5, 6, 9, 12, 24, 200] {
                    model.size = (*width, height);
                    frame(&mut model);
                    buffer(&model);
                }
            }
        }
    }
}

/// O13
#[test]
fn nothing_an_agent_said_moves_the_cursor() {
    let evil = "\u{1b}[2Jowned\u{1b}]52;c;eA==\u{7}\u{9b}1m\u{202e}\t\r\n";
    let taint = |text: &mut String| text.push_str(evil);
    let mut run = balloted();
    let Run {
        name,
        reason,
        subject,
        gate,
        ..
    } = &mut run;
    [name, reason, subject, gate].into_iter().for_each(taint);
    for execution in &mut run.executions {
        let Execution {
            agent,
            reason,
            detail,
            family,
            provider,
            ..
        } = execution;
        [agent, reason, detail, family, provider]
            .into_iter()
            .for_each(taint);
        for attempt in &mut execution.attempts {
            taint(&mut attempt.last_line);
            taint(&mut attempt.reason);
            taint(&mut attempt.detail);
        }
    }
    for finding in &mut run.findings {
        let Finding {
            kind,
            text,
            agreement,
            decision,
            answer,
            rule,
            resolvability,
            ..
        } = finding;
        [kind, text, agreement, decision, answer, rule, resolvability]
            .into_iter()
            .for_each(taint);
        finding.options.iter_mut().for_each(taint);
        for anchor in &mut finding.anchors {
            taint(&mut anchor.path);
            taint(&mut anchor.quote);
        }
        for voice in &mut finding.voices {
            taint(&mut voice.agent);
            taint(&mut voice.family);
            taint(&mut voice.answer);
            taint(&mut voice.reasoning);
            taint(&mut voice.claim);
            taint(&mut voice.suggested_fix);
        }
        for cast in &mut finding.ballots {
            taint(&mut cast.agent);
            taint(&mut cast.real);
            taint(&mut cast.answer);
        }
        if let Some(at) = &mut finding.located {
            taint(&mut at.path);
        }
        if let Some(basis) = &mut finding.basis {
            taint(&mut basis.agent);
            taint(&mut basis.ruling);
            taint(&mut basis.reason);
            if let Some(entry) = &mut basis.entry {
                taint(&mut entry.by);
                taint(&mut entry.from);
                taint(&mut entry.answer);
                taint(&mut entry.standing);
            }
        }
    }
    for question in &mut run.questions {
        taint(&mut question.answer);
        taint(&mut question.answered_by);
        taint(&mut question.answered_from);
    }
    if let Some(verdict) = &mut run.verdict {
        taint(&mut verdict.trust);
    }
    let mut command = samples::ended_command();
    command.executions[0].detail.push_str(evil);
    command.executions[0].attempts[0].last_line.push_str(evil);
    for run in [run, command] {
        for keys in ["", "h", "enter", "j enter", "G enter", "j j enter", "F"] {
            let mut model = opened(run.clone(), 120, 60);
            press(&mut model, keys);
            let buffer = buffer(&model);
            for cell in buffer.content() {
                assert!(
                    !cell
                        .symbol()
                        .contains(|c: char| c.is_control() || c == '\u{202e}'),
                    "{:?} after {keys:?}\n{}",
                    cell.symbol(),
                    screen(&model)
                );
            }
        }
    }
}

#[test]
fn the_last_of_ten_thousand_executions_can_be_seen() {
    let mut run = at_work();
    run.executions = (0..10_000_u32)
        .map(|n| Execution {
            id: format!("{n:032}"),
            run_id: run.id.clone(),
            agent: format!("agent-{n}"),
            state: "queued".into(),
            queued_at: Some(samples::at(0)),
            position: Some(n),
            ..Execution::default()
        })
        .collect();
    let mut model = opened(run, 120, 40);
    press(&mut model, "G");
    assert!(screen(&model).contains("agent-9999"), "{}", screen(&model));
}
