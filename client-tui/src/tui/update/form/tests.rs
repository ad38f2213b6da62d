//! Forms, filled in key by key.

use synod_proto::v1::{Gate, ListGatesResponse};

use crate::{
    render::samples,
    tui::{
        fixtures::{configured, knowing, picture, press, reply, screen, three, type_text},
        model::{Model, Screen, layer::Layer},
        msg::{Answer, Call, Cmd, Force, Msg, Subject},
        update::update,
    },
};

fn gate_call(spec: &str, roster: &[&str], force: Force) -> Call {
    Call::RunGate {
        gate: "clarify".into(),
        subject: Subject::Spec(spec.into()),
        roster: roster.iter().map(|name| (*name).to_owned()).collect(),
        force,
    }
}

fn calls(cmds: Vec<Cmd>) -> Vec<Call> {
    let call = |cmd| match cmd {
        Cmd::Call(call) => Some(call),
        _ => None,
    };
    cmds.into_iter().filter_map(call).collect()
}

fn found(model: &mut Model, typed: &str, paths: &[&str]) {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let typed = typed.to_owned();
    update(model, Msg::Completions { typed, paths });
}

#[test]
fn a_gate_starts_with_its_own_roster_and_the_form_goes_when_the_run_is_there() {
    let mut model = configured(three(), 80, 24);
    let asked = calls(press(&mut model, "n"));
    assert_eq!(asked, [Call::Agents, Call::Gates]);
    press(&mut model, "tab");
    type_text(&mut model, "specs/checkout");
    let call = gate_call("specs/checkout", &[], Force::Attach);
    let sent = calls(press(&mut model, "enter"));
    assert_eq!(sent, std::slice::from_ref(&call));
    assert!(screen(&model).contains("starting…"));
    assert!(press(&mut model, "ctrl-s").is_empty(), "sent only once");
    let run = Box::new(samples::running());
    let id = run.id.clone();
    reply(&mut model, call, Ok(Answer::Run(run)));
    assert!(model.layers.is_empty());
    assert_eq!(*model.screen(), Screen::Run(id));
    press(&mut model, "esc n");
    assert!(!screen(&model).contains("specs/checkout"));
}

#[test]
fn what_was_typed_survives_a_refusal_and_the_form_says_what_the_daemon_said() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n tab");
    type_text(&mut model, "no/such");
    let call = calls(press(&mut model, "ctrl-s")).remove(0);
    reply(
        &mut model,
        call,
        Err("expected a file or a folder, found nothing at no/such"),
    );
    let shown = screen(&model);
    assert!(shown.contains("! expected a file or a folder"), "{shown}");
    assert!(shown.contains("no/such"), "{shown}");
    type_text(&mut model, "2");
    let again = calls(press(&mut model, "enter"));
    assert_eq!(again, [gate_call("no/such2", &[], Force::Attach)]);
}

#[test]
fn a_form_that_was_closed_before_its_refusal_comes_back_with_it() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "C");
    type_text(&mut model, "make all");
    let call = calls(press(&mut model, "ctrl-s")).remove(0);
    press(&mut model, "esc");
    reply(&mut model, call, Err("the daemon is stopping"));
    assert!(screen(&model).contains("the daemon is stopping"));
    press(&mut model, "C");
    let shown = screen(&model);
    assert!(shown.contains("! the daemon is stopping"), "{shown}");
    assert!(shown.contains("make all"), "{shown}");
}

#[test]
fn a_prompt_is_kept_when_the_form_is_closed_and_gone_when_it_was_sent() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "N tab");
    type_text(&mut model, "read");
    press(&mut model, "enter");
    type_text(&mut model, "the spec");
    press(&mut model, "esc N");
    type_text(&mut model, "s");
    press(&mut model, "tab");
    type_text(&mut model, "second");
    let call = Call::RunAgent {
        agent: "alice".into(),
        prompt: "read\nthe specs".into(),
        name: "second".into(),
    };
    let sent = calls(press(&mut model, "enter"));
    assert_eq!(sent, std::slice::from_ref(&call));
    let run = Box::new(samples::running());
    reply(&mut model, call, Ok(Answer::Run(run)));
    press(&mut model, "esc N");
    assert!(!screen(&model).contains("the spec"));
}

#[test]
fn a_field_that_says_nothing_is_asked_for_beside_it() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n");
    assert!(press(&mut model, "ctrl-s").is_empty());
    let shown = screen(&model);
    assert!(
        shown.contains("! expected the path of a specification"),
        "{shown}"
    );
    assert!(shown.contains("▸ spec"), "{shown}");
    type_text(&mut model, "x");
    assert!(!screen(&model).contains("! expected"));
}

#[test]
fn marks_make_a_roster_and_none_is_the_gates_own() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n tab");
    type_text(&mut model, "a");
    // ambiguity, testability, consistency are the gate's; alice is not.
    press(&mut model, "down right space right right space");
    let roster = ["ambiguity", "consistency", "alice"];
    let sent = calls(press(&mut model, "ctrl-s"));
    assert_eq!(sent, [gate_call("a", &roster, Force::Attach)]);
    reply(&mut model, sent[0].clone(), Err("no"));
    press(&mut model, "home space right right space right space");
    assert!(screen(&model).contains("none marked"), "{}", screen(&model));
    press(&mut model, "down right");
    let sent = calls(press(&mut model, "enter"));
    assert_eq!(sent, [gate_call("a", &[], Force::Another)]);
}

#[test]
fn another_gate_brings_its_own_roster_until_somebody_marked() {
    let mut model = configured(three(), 80, 24);
    let plan = Gate {
        name: "plan".into(),
        roster: vec!["alice".into()],
        ..Gate::default()
    };
    press(&mut model, "n");
    let gates = vec![samples::gate(), plan];
    let gates = Answer::Gates(Box::new(ListGatesResponse { gates }));
    reply(&mut model, Call::Gates, Ok(gates));
    press(&mut model, "right");
    let shown = screen(&model);
    assert!(shown.contains("[x] alice  [ ] ambiguity"), "{shown}");
    press(&mut model, "down down right space up up left");
    let shown = screen(&model);
    assert!(shown.contains("‹ clarify ›"), "{shown}");
    assert!(shown.contains("[x] ambiguity"), "{shown}");
    assert!(shown.contains("[x] alice"), "{shown}");
    assert!(shown.contains("[ ] testability"), "{shown}");
}

#[test]
fn tab_completes_a_path_as_far_as_it_is_certain_and_then_offers_the_rest() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n tab");
    type_text(&mut model, "ex");
    let asked = press(&mut model, "tab");
    assert_eq!(asked, [Cmd::Complete("ex".into())]);
    found(&mut model, "ex", &["examples/"]);
    assert_eq!(
        press(&mut model, "tab"),
        [Cmd::Complete("examples/".into())]
    );
    found(
        &mut model,
        "examples/",
        &["examples/checkout/", "examples/checkin/"],
    );
    let shown = screen(&model);
    assert!(
        shown.contains("examples/check\n") || shown.contains("examples/check "),
        "{shown}"
    );
    assert!(shown.contains("examples/checkin/"), "{shown}");
    press(&mut model, "tab tab enter");
    let sent = calls(press(&mut model, "enter"));
    assert_eq!(sent, [gate_call("examples/checkin/", &[], Force::Attach)]);
}

#[test]
fn tab_on_a_whole_path_goes_on_and_on_an_impossible_one_says_so() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n tab");
    type_text(&mut model, "spec.md");
    press(&mut model, "tab");
    found(&mut model, "spec.md", &["spec.md"]);
    assert!(screen(&model).contains("▸ roster"), "{}", screen(&model));
    press(&mut model, "backtab");
    type_text(&mut model, "x");
    press(&mut model, "tab");
    found(&mut model, "spec.mdx", &[]);
    assert!(screen(&model).contains("! expected the beginning of a path"));
    // What comes late is not taken.
    press(&mut model, "tab");
    type_text(&mut model, "y");
    found(&mut model, "spec.mdx", &["spec.mdx.old"]);
    assert!(!screen(&model).contains("spec.mdx.old"));
    assert!(screen(&model).contains("spec.mdxy"));
}

/// O13
#[test]
fn a_file_name_that_would_act_on_the_terminal_is_not_offered() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "n tab tab");
    let evil = ["a\u{1b}]0;x\u{7}", "a\u{202e}dm.ces", "ab.md", "ac.md"];
    found(&mut model, "", &evil);
    let shown = screen(&model);
    assert!(
        shown.contains("ab.md") && shown.contains("ac.md"),
        "{shown}"
    );
    assert!(!shown.contains("ces") && !shown.contains("0;x"), "{shown}");
}

#[test]
fn a_command_is_taken_apart_as_a_shell_would_and_nothing_is_expanded() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "C");
    type_text(&mut model, r#"sh -c 'echo "$HOME"' a\ b *"#);
    let shown = screen(&model);
    assert!(
        shown.contains(r#"⟨sh⟩ ⟨-c⟩ ⟨echo "$HOME"⟩ ⟨a b⟩ ⟨*⟩"#),
        "{shown}"
    );
    assert!(shown.contains("no shell is involved"), "{shown}");
    let argv = ["sh", "-c", r#"echo "$HOME""#, "a b", "*"];
    let argv = argv.map(str::to_owned).to_vec();
    let name = String::new();
    let sent = calls(press(&mut model, "enter enter"));
    assert_eq!(sent, [Call::RunCommand { argv, name }]);
}

#[test]
fn an_open_quote_is_refused_and_nothing_is_sent() {
    let mut model = configured(three(), 80, 24);
    for (line, says) in [
        ("echo 'a", "expected each quote closed"),
        ("# all", "found a comment"),
        ("", "found nothing"),
    ] {
        press(&mut model, "C ctrl-u");
        type_text(&mut model, line);
        assert!(press(&mut model, "ctrl-s").is_empty());
        assert!(screen(&model).contains(says), "{}", screen(&model));
        press(&mut model, "esc");
    }
}

#[test]
fn no_form_opens_in_the_past_and_none_sends_without_a_gate() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "T n N C");
    assert!(model.layers.is_empty());
    let mut model = knowing(three(), 80, 24);
    model.catalog.gates = None;
    press(&mut model, "n tab");
    type_text(&mut model, "a");
    assert!(press(&mut model, "ctrl-s").is_empty());
    assert!(screen(&model).contains("! expected a gate"));
}

#[test]
fn pasted_text_goes_into_the_field_as_it_can_take_it() {
    let mut model = configured(three(), 80, 24);
    press(&mut model, "C");
    update(&mut model, Msg::Paste("make \u{1b}[31mall\n".into()));
    press(&mut model, "esc N tab");
    update(&mut model, Msg::Paste("one\ntwo".into()));
    let text = |model: &Model, what| match model.layers.last() {
        Some(Layer::Form(form)) => form.text(what),
        _ => String::new(),
    };
    use crate::tui::model::form::What;
    assert_eq!(text(&model, What::Prompt), "one\ntwo");
    press(&mut model, "esc C");
    assert_eq!(text(&model, What::Command), "make all");
}

#[track_caller]
fn pictured(name: &str, keys: &str, typed: &str) {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = configured(three(), columns, rows);
        press(&mut model, keys);
        type_text(&mut model, typed);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn the_forms_look_so() {
    pictured("gate", "n tab", "examples/checkout");
    pictured(
        "agent",
        "N tab",
        "Read the specification and tell what a tester could not decide.",
    );
    pictured("command", "C", "cargo test -- 'a name with spaces'");
}

#[test]
fn what_is_wrong_and_what_can_be_chosen_looks_so() {
    for (columns, rows) in [(80, 24), (40, 10)] {
        let mut model = configured(three(), columns, rows);
        press(&mut model, "n ctrl-s");
        insta::assert_snapshot!(format!("wrong_{columns}x{rows}"), picture(&model));
        press(&mut model, "tab");
        found(
            &mut model,
            "",
            &["docs/", "examples/", "README.md", "spec.md"],
        );
        press(&mut model, "tab tab");
        insta::assert_snapshot!(format!("paths_{columns}x{rows}"), picture(&model));
    }
}

#[test]
fn a_gate_with_problems_is_marked_and_refused_with_the_sentence() {
    let mut model = configured(three(), 100, 30);
    let gates = vec![Gate {
        name: "mine".into(),
        origin: "/home/ada/shop/.synod/gates/mine.toml".into(),
        problems: vec!["/home/ada/shop/.synod/gates/mine.toml:4: unknown key \"roaster\"; did you mean \"roster\"?".into()],
        ..samples::gate()
    }];
    model.catalog.gates = Some(ListGatesResponse { gates });
    press(&mut model, "n");
    let shown = screen(&model);
    assert!(shown.contains("‹ mine ›  ! refused"), "{shown}");
    press(&mut model, "tab");
    type_text(&mut model, "spec.md");
    assert_eq!(calls(press(&mut model, "ctrl-s")), []);
    let shown = screen(&model);
    assert!(
        shown.contains("! this gate is refused: line 4: unknown key"),
        "{shown}"
    );
}

fn offering(gates: &[Gate]) -> Model {
    let mut model = configured(three(), 100, 30);
    let gates = gates.to_vec();
    model.catalog.gates = Some(ListGatesResponse { gates });
    press(&mut model, "n");
    model
}

fn named(name: &str) -> Gate {
    Gate {
        name: name.into(),
        ..samples::gate()
    }
}

fn review() -> Gate {
    Gate {
        answers: "remarks".into(),
        roster: Vec::new(),
        checkpoint: "before-push".into(),
        ..named("review")
    }
}

#[test]
fn the_gate_that_needs_only_a_specification_is_offered_first() {
    let model = offering(&[named("analyze"), named("clarify"), review()]);
    assert!(screen(&model).contains("‹ clarify ›  2 of"));
    let model = offering(&[named("analyze"), review()]);
    assert!(screen(&model).contains("‹ analyze ›  1 of"));
}

#[test]
fn a_gate_about_changes_is_given_one_instead_of_a_specification() {
    let mut model = offering(&[named("clarify"), review()]);
    press(&mut model, "tab");
    type_text(&mut model, "spec.md");
    press(&mut model, "up right");
    let shown = screen(&model);
    assert!(shown.contains("‹ review ›"), "{shown}");
    assert!(
        shown.contains("change") && !shown.contains("spec.md\n"),
        "{shown}"
    );
    assert!(
        shown.contains("this gate has none of its own: space marks who is asked"),
        "{shown}"
    );
    assert_eq!(calls(press(&mut model, "ctrl-s")), []);
    let shown = screen(&model);
    assert!(shown.contains("! expected revisions"), "{shown}");
    assert!(shown.contains("! expected who is asked"), "{shown}");
    type_text(&mut model, "main..feature");
    press(&mut model, "tab space");
    let sent = calls(press(&mut model, "ctrl-s"));
    let call = Call::RunGate {
        gate: "review".into(),
        subject: Subject::Change("main..feature".into()),
        roster: vec!["alice".into()],
        force: Force::Attach,
    };
    assert_eq!(sent, std::slice::from_ref(&call));
    // What was typed for the other gate is still there.
    reply(&mut model, call, Err("no such revision"));
    press(&mut model, "up up left");
    let shown = screen(&model);
    assert!(shown.contains("spec.md"), "{shown}");
    assert!(!shown.contains("main..feature"), "{shown}");
}

#[test]
fn a_checkpoint_is_about_a_change_if_all_its_gates_are() {
    let mut other = review();
    other.name = "style".into();
    let mut model = offering(&[review(), other.clone()]);
    press(&mut model, "end");
    assert!(screen(&model).contains("checkpoint before-push"));
    assert!(screen(&model).contains("REV..REV"));
    let mut mixed = offering(&[
        review(),
        Gate {
            answers: "findings".into(),
            ..other
        },
    ]);
    press(&mut mixed, "end");
    assert!(!screen(&mixed).contains("REV..REV"));
}

#[test]
fn a_checkpoint_of_several_gates_can_be_chosen_and_runs_each() {
    let mut model = configured(three(), 100, 30);
    let mut analyze = samples::gate();
    analyze.name = "analyze".into();
    let gates = vec![analyze, samples::gate()];
    model.catalog.gates = Some(ListGatesResponse { gates });
    press(&mut model, "n end");
    let shown = screen(&model);
    assert!(shown.contains("‹ checkpoint before-plan ›"), "{shown}");
    assert!(
        shown.contains("a run of each of its gates: analyze, clarify"),
        "{shown}"
    );
    press(&mut model, "tab");
    type_text(&mut model, "spec.md");
    let call = Call::RunCheckpoint {
        checkpoint: "before-plan".into(),
        subject: Subject::Spec("spec.md".into()),
        roster: Vec::new(),
        force: Force::Attach,
    };
    assert_eq!(
        calls(press(&mut model, "ctrl-s")),
        std::slice::from_ref(&call)
    );
    let runs = vec![samples::running(), samples::without_quorum()];
    reply(&mut model, call, Ok(Answer::Checkpoint(runs)));
    assert!(model.layers.is_empty());
    assert!(
        screen(&model).contains("2 runs of checkpoint before-plan"),
        "{}",
        screen(&model)
    );
}
