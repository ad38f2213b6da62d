use Ruling::{Allow, Ask, Deny};
use ToolKind::{Delete, Edit, Execute, Fetch, Other, Read, Search, Think};

use crate::{Permission, Policy, Rule, Ruling, ToolKind, glob};

const CWD: &str = "/home/dev/work";

fn asked(kind: ToolKind, paths: &[&str]) -> Permission {
    Permission {
        request: "1".to_owned(),
        what: "it".to_owned(),
        kind,
        paths: paths.iter().map(|&path| path.to_owned()).collect(),
        choices: Vec::new(),
    }
}

fn rule(kinds: &[ToolKind], paths: &[&str], ruling: Ruling) -> Rule {
    Rule {
        kinds: kinds.to_vec(),
        paths: paths.iter().map(|&path| path.to_owned()).collect(),
        ruling,
    }
}

fn policy(rules: &[Rule], otherwise: Ruling) -> Policy {
    Policy {
        rules: rules.to_vec(),
        otherwise,
    }
}

#[track_caller]
fn check(policy: &Policy, kind: ToolKind, paths: &[&str], expected: Ruling) {
    assert_eq!(
        policy.rule(&asked(kind, paths), CWD),
        expected,
        "{kind:?} {paths:?}"
    );
}

#[test]
fn without_rules_a_human_is_asked() {
    check(&Policy::default(), Read, &[], Ask);
    check(&Policy::default(), Execute, &["/etc/passwd"], Ask);
}

#[test]
fn a_read_only_policy_lets_nothing_but_looking_and_thinking_through() {
    for kind in [Read, Search, Think] {
        check(&Policy::read_only(), kind, &["/anywhere"], Allow);
        check(&Policy::read_only(), kind, &[], Allow);
    }
    for kind in [
        Edit,
        Delete,
        ToolKind::Move,
        Execute,
        Fetch,
        ToolKind::SwitchMode,
        Other,
    ] {
        check(&Policy::read_only(), kind, &["src/a.rs"], Deny);
        check(&Policy::read_only(), kind, &[], Deny);
    }
}

#[test]
fn a_read_only_policy_keeps_what_is_denied_and_forgets_what_is_allowed() {
    let own = policy(
        &[
            rule(&[Execute], &[], Allow),
            rule(&[Read], &["secrets/**"], Deny),
        ],
        Allow,
    )
    .read_only_beside();
    check(&own, Read, &["secrets/key"], Deny);
    check(&own, Read, &["src/a.rs"], Allow);
    check(&own, Execute, &[], Deny);
    check(&own, Edit, &["a"], Deny);
}

#[test]
fn the_first_rule_that_fits_decides() {
    let first = policy(
        &[
            rule(&[Edit], &["src/generated/**"], Deny),
            rule(&[Edit], &["src/**"], Allow),
            rule(&[Execute], &[], Deny),
        ],
        Ask,
    );
    check(&first, Edit, &["/home/dev/work/src/a.rs"], Allow);
    check(&first, Edit, &["src/generated/a.rs"], Deny);
    check(&first, Edit, &["docs/a.md"], Ask);
    check(&first, Execute, &[], Deny);
    check(&first, Delete, &["src/a.rs"], Ask);
}

#[test]
fn to_be_allowed_every_path_must_fit_and_there_must_be_one() {
    let allow = policy(&[rule(&[Edit], &["src/**", "*.md"], Allow)], Ask);
    check(&allow, Edit, &["src/a.rs", "README.md"], Allow);
    check(&allow, Edit, &["src/a.rs", "/etc/passwd"], Ask);
    check(&allow, Edit, &[], Ask);
}

#[test]
fn to_be_denied_one_path_that_fits_is_enough() {
    let deny = policy(
        &[
            rule(&[], &["**/.env", "secrets/**"], Deny),
            rule(&[Edit], &["**"], Allow),
        ],
        Ask,
    );
    check(&deny, Edit, &["src/a.rs", "secrets/key"], Deny);
    check(&deny, Edit, &["deep/down/.env"], Deny);
    check(&deny, Execute, &["secrets/key"], Deny);
    check(&deny, Edit, &["src/a.rs"], Allow);
}

#[test]
fn a_path_that_climbs_out_is_where_it_leads() {
    let allow = policy(&[rule(&[Edit], &["**"], Allow)], Deny);
    check(&allow, Edit, &["src/../lib/a.rs"], Allow);
    check(&allow, Edit, &["src/../../other/a.rs"], Deny);
    check(&allow, Edit, &["/home/dev/work/../.ssh/id"], Deny);
    check(&allow, Edit, &["../../../../../../etc/passwd"], Deny);
    check(&allow, Edit, &["file:///home/dev/work/src/a.rs"], Allow);
    check(&allow, Edit, &["file:///home/dev/other"], Deny);
    check(&allow, Edit, &["~/.ssh/id"], Deny);
    check(&allow, Edit, &["./a"], Allow);
}

#[test]
fn paths_alone_never_allow_a_command() {
    let anything = policy(&[rule(&[], &["**"], Allow)], Ask);
    check(&anything, Execute, &[CWD], Ask);
    check(&anything, Other, &[CWD], Ask);
    check(&anything, Fetch, &["a"], Ask);
    check(&anything, Edit, &["a"], Allow);
    let named = policy(&[rule(&[Execute], &["**"], Allow)], Ask);
    check(&named, Execute, &[CWD], Allow);
    check(&named, Execute, &[], Ask);
    let whatever = policy(&[rule(&[], &[], Allow)], Ask);
    check(&whatever, Execute, &[], Allow);
}

#[test]
fn patterns_of_paths() {
    for (pattern, path, fits) in [
        ("*.md", "a.md", true),
        ("*.md", "docs/a.md", false),
        ("**/*.md", "a.md", true),
        ("**/*.md", "docs/deep/a.md", true),
        ("src/**", "src", true),
        ("src/**", "src/a/b", true),
        ("src/**", "srcs/a", false),
        ("src/*", "src/a", true),
        ("src/*", "src/a/b", false),
        ("a?c", "abc", true),
        ("a?c", "aüc", true),
        ("a?c", "ac", false),
        ("a*c*e", "abcde", true),
        ("a*c*e", "abcd", false),
        ("**/target/**", "/home/dev/work/x/target/y/z", true),
        ("/etc/**", "/etc/passwd", true),
        ("/etc/**", "etc/passwd", false),
        ("../other/*", "/home/dev/other/a", true),
        ("./src//a", "src/a", true),
        ("**", "/home/dev/work", true),
        ("**", "/home/dev", false),
        ("/**", "/anything/at/all", true),
        ("~/.ssh/**", "~/.ssh/id", true),
        ("a\\b", "a\\b", true),
        ("[ab]", "a", false),
        ("", "/home/dev/work", true),
    ] {
        assert_eq!(glob::fits(pattern, path, CWD), fits, "{pattern} {path}");
    }
}

/// A pattern comes from a configuration, a path from an agent: neither may make the daemon slow.
#[test]
fn a_pattern_of_many_stars_costs_no_more_than_its_length_times_the_paths() {
    let pattern = "**/*a".repeat(200);
    let path = "aaaaaaaaab/".repeat(200);
    assert!(!glob::fits(&pattern, &path, CWD));
}
