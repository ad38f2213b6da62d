//! How command lines are read.

use clap::CommandFactory as _;

use super::*;

#[track_caller]
fn parse(line: &[&str]) -> Result<Verb, clap::Error> {
    Arguments::try_parse_from([&["synod"], line].concat()).map(|args| args.verb.unwrap())
}

#[test]
fn the_arguments_are_well_formed() {
    Arguments::command().debug_assert();
}

#[test]
fn a_roster_is_split_at_commas() {
    let verb = parse(&["gate", "run", "clarify", "--spec", "x", "--roster", "a,b,c"]).unwrap();
    let Verb::Gate(GateVerb::Run(args)) = verb else {
        panic!("expected gate run, found {verb:?}");
    };
    assert_eq!(args.roster, ["a", "b", "c"]);
    assert_eq!(args.quorum, None);
}

#[test]
fn a_gate_or_a_checkpoint_is_run_and_not_both() {
    for line in [
        &["gate", "run", "--spec", "x"][..],
        &["gate", "run", "clarify", "--checkpoint", "c", "--spec", "x"],
        &[
            "gate",
            "run",
            "--checkpoint",
            "c",
            "--spec",
            "x",
            "--format",
            "sarif",
        ],
        &["gate", "show", "clarify", "--toml", "--prompt"],
        &["show", "x", "--agent", "alice"],
        &["agents", "--gate", "clarify"],
        &["gate", "probe", "clarify", "--spec", "x", "--runs", "0"],
    ] {
        assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line:?}");
    }
    for line in [
        &["gate", "run", "--checkpoint", "c", "--spec", "x"][..],
        &["gate", "run", "clarify", "--spec", "x", "--format", "sarif"],
        &["gate", "report", "x", "--format", "junit", "--output", "y"],
        &["ledger", "--gate", "clarify"],
        &["ledger", "forget", "12ab"],
    ] {
        assert!(parse(line).is_ok(), "{line:?}");
    }
}

#[test]
fn a_command_keeps_its_own_options() {
    let verb = parse(&["exec", "--timeout", "10m", "--", "ls", "--json", "-v"]).unwrap();
    let Verb::Exec(args) = verb else {
        panic!("expected exec, found {verb:?}");
    };
    assert_eq!(args.argv, ["ls", "--json", "-v"]);
    assert_eq!(args.timeout, Some(Duration::from_mins(10)));
}

#[test]
fn a_command_must_be_named() {
    assert_eq!(parse(&["exec", "--"]).unwrap_err().exit_code(), 2);
    assert_eq!(parse(&["exec"]).unwrap_err().exit_code(), 2);
}

#[test]
fn an_answer_is_exactly_one_thing() {
    for line in [
        &["answer", "7c"][..],
        &["answer", "7c", "text", "--dismiss"],
        &["answer", "7c", "--option", "1", "--later"],
        &["answer", "7c", "--option", "0"],
        &["answer", "7c", "--rest", "everything"],
    ] {
        assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line:?}");
    }
    for line in [
        &["answer", "7c", "two", "words"][..],
        &["answer", "7c", "--", "--dash"],
        &["answer", "7c", "--must-fix"],
        &["answer", "7c", "--duplicate-of", "99"],
        &["answer", "7c", "--rest", "recommended"],
    ] {
        assert!(parse(line).is_ok(), "{line:?}");
    }
}

#[test]
fn global_options_may_follow_the_verb() {
    let arguments = Arguments::try_parse_from(["synod", "ps", "--json", "--socket", "/s"]).unwrap();
    assert!(arguments.json);
    assert_eq!(arguments.socket, Some(PathBuf::from("/s")));
}

#[test]
fn the_version_names_the_protocol() {
    assert!(VERSION.ends_with(&format!("(protocol {})", synod_proto::PROTOCOL)));
}
