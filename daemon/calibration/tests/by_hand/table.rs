//! The table of agents and families.

use synod_calibration::{
    Caveat, Judge, Judged, Line, Said, Sampling, Scope, Share, Tally, Truth, Who, table,
};

use crate::{ASKED, asked_with_audit, audited, word, words};

#[track_caller]
fn line(judged: &[Judged], who: Who, scope: Scope) -> Line {
    let is = |line: &Line| line.who == who && line.scope == scope;
    table(judged).into_iter().find(is).unwrap()
}

fn family(name: &str) -> Who {
    Who::Family(name.to_owned())
}

fn tally(hits: u64, misses: u64) -> Tally {
    Tally { hits, misses }
}

#[test]
fn what_the_arbiter_decided_is_in_no_other_column() {
    let mut judged = words("h", "a", 8, 10, ASKED);
    judged.extend(words("m", "a", 1, 6, Judge::Arbiter));
    // Judged by both: it is in both columns, once each.
    judged.push(word("h0", "a", Said::Real, Judge::Arbiter));
    let line = line(&judged, family("a"), Scope::Everything);
    assert_eq!((line.human(), line.arbiter), (tally(8, 2), tally(2, 5)));
    assert_eq!(line.human().to_string(), "8/10, 44–97 %");
    assert_eq!((line.estimate, line.caveat), (None, Caveat::OnlyAsked));
}

#[test]
fn outcomes_of_an_arbiter_alone_are_no_human_outcomes() {
    let judged = words("m", "a", 5, 6, Judge::Arbiter);
    let line = line(&judged, family("a"), Scope::Everything);
    assert_eq!(
        (line.human(), line.caveat),
        (Tally::default(), Caveat::NoHuman)
    );
}

#[test]
fn a_family_has_one_voice_and_its_agents_each_their_own() {
    let judged = [
        word("1", "a/x", Said::Real, ASKED),
        word("1", "a/y", Said::Real, ASKED),
        word("1", "a/z", Said::NotReal, ASKED),
        // A tie abstains.
        word("2", "a/x", Said::Real, ASKED),
        word("2", "a/y", Said::NotReal, ASKED),
        word("3", "a/z", Said::NotReal, ASKED),
    ];
    let of = |who| line(&judged, who, Scope::Everything).human();
    assert_eq!(of(family("a")), tally(1, 1));
    assert_eq!(of(Who::Agent("a/x".into())), tally(2, 0));
    assert_eq!(of(Who::Agent("a/z".into())), tally(0, 2));
}

#[test]
fn a_judgement_that_was_changed_counts_as_it_is_now() {
    let mut judged = words("h", "a", 3, 5, ASKED);
    let changed = Judged {
        truth: Truth::NotReal,
        ..judged[4].clone()
    };
    judged.push(changed);
    assert_eq!(
        line(&judged, family("a"), Scope::Everything).human(),
        tally(4, 1)
    );
}

#[test]
fn gates_and_kinds_are_counted_apart_and_together() {
    let mut judged = words("h", "a", 3, 5, ASKED);
    judged.extend(words("r", "a", 1, 7, ASKED).into_iter().map(|one| Judged {
        gate: "review".to_owned(),
        kind: "defect".to_owned(),
        ..one
    }));
    let of = |scope| line(&judged, family("a"), scope).human();
    assert_eq!(of(Scope::Everything), tally(4, 8));
    assert_eq!(of(Scope::Gate("clarify".into())), tally(3, 2));
    let (gate, kind) = ("review".to_owned(), "defect".to_owned());
    assert_eq!(of(Scope::Kind { gate, kind }), tally(1, 6));
}

#[test]
fn audited_items_are_weighed_and_those_asked_without_audit_left_out() {
    let mut judged = words("h", "a", 12, 20, asked_with_audit());
    judged.extend(words("s", "a", 9, 10, audited()));
    judged.extend(words("o", "a", 0, 40, ASKED));
    let line = line(&judged, family("a"), Scope::Everything);
    assert_eq!((line.asked, line.audited), (tally(12, 48), tally(9, 1)));
    // 12 + 90 of 20 + 100.
    assert!(
        (line.estimate.unwrap().share - 0.85).abs() < 1e-12,
        "{line:?}"
    );
    assert_eq!(line.caveat, Caveat::Weighed { left_out: 40 });
}

#[test]
fn with_four_audited_the_count_stays_a_biased_one_and_says_so() {
    let mut judged = words("h", "a", 12, 20, asked_with_audit());
    judged.extend(words("s", "a", 4, 4, audited()));
    let line = line(&judged, family("a"), Scope::Everything);
    assert_eq!(
        (line.estimate, line.caveat),
        (None, Caveat::TooFewAudited { audited: 4 })
    );
    assert!(
        line.caveat
            .to_string()
            .contains("4 of the others audited, 5 are needed")
    );
}

#[test]
fn the_order_of_different_items_changes_nothing() {
    let mut judged = words("h", "a/x", 12, 20, asked_with_audit());
    judged.extend(words("h", "a/y", 15, 20, asked_with_audit()));
    judged.extend(words("s", "b", 9, 10, audited()));
    let forward = table(&judged);
    judged.reverse();
    assert_eq!(table(&judged), forward);
}

#[test]
fn a_line_is_written_with_all_it_says() {
    let share = Share::of_permille(1000).unwrap();
    let judged = words("s", "a", 10, 10, Judge::Human(Sampling::Audited { share }));
    let line = line(
        &judged,
        Who::Agent("a".into()),
        Scope::Gate("clarify".into()),
    );
    let low = line.audited.interval().unwrap().low;
    let expected = serde_json::json!({
        "who": {"agent": "a"},
        "scope": {"gate": "clarify"},
        "asked": {"hits": 0, "misses": 0},
        "audited": {"hits": 10, "misses": 0},
        "arbiter": {"hits": 0, "misses": 0},
        "estimate": {
            "share": 1.0,
            "interval": {"low": low, "high": 1.0},
            "effective": 10.0,
        },
        "caveat": {"weighed": {"left_out": 0}},
    });
    assert_eq!(serde_json::to_value(line).unwrap(), expected);
}
