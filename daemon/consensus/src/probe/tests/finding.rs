//! What counts as having found a fault, and what does not.

use super::{checkout, input};
use crate::anchor::{Anchor, Input};
use crate::probe::{Fault, Raised, Sort, plant};

fn only(sort: Sort, text: &str) -> (Input, Fault) {
    let mut planted = plant(&[input("spec.md", text)], &[sort], 1);
    assert_eq!(planted.key.faults.len(), 1, "{planted:?}");
    (planted.inputs.remove(0), planted.key.faults.remove(0))
}

fn anchors(input: &Input, quotes: &[&str]) -> Vec<Anchor> {
    let anchor = |quote: &&str| {
        let start = input.text.find(quote).unwrap();
        Anchor {
            path: input.path.clone(),
            start,
            end: start + quote.len(),
            quote: (*quote).to_owned(),
        }
    };
    quotes.iter().map(anchor).collect()
}

#[track_caller]
fn check(of: &(Input, Fault), quotes: &[&str], claim: &str, matter: Option<&str>, found: bool) {
    let (input, fault) = of;
    let raised = Raised {
        anchors: &anchors(input, quotes),
        claim,
        matter,
    };
    assert_eq!(fault.is_found_by(&raised), found, "{claim}: {fault:?}");
}

#[test]
fn a_fault_that_left_its_block_is_found_by_pointing_at_the_block() {
    let of = only(
        Sort::NumberDeleted,
        "- FR-1 The page shall answer within 5 s.\n- FR-2 It is blue.\n",
    );
    check(&of, &["page shall answer"], "no limit", None, true);
    check(&of, &["It is blue"], "FR-1 has no limit", None, false);
    check(&of, &[], "FR-1 has no limit", None, false);
}

#[test]
fn a_check_finds_what_it_asks_for_and_nothing_else() {
    let of = only(
        Sort::NumberDeleted,
        "- FR-1 The page shall answer within 5 s.\n",
    );
    check(
        &of,
        &["page shall answer"],
        "it states none",
        Some("FR-1/measurable"),
        true,
    );
    check(
        &of,
        &["page shall answer"],
        "it names nobody",
        Some("FR-1/actor"),
        false,
    );
}

#[test]
fn a_changed_limit_is_found_at_either_place_or_by_its_value() {
    let text = "- FR-1 A session must end after 30 minutes.\n\nThe hash must live for 30 min (FR-1).\n\nMore.\n";
    let of = only(Sort::LimitChanged, text);
    let quotes = ["session must end", "hash must live"];
    let (here, there) = if of.1.line == 1 {
        (quotes[0], quotes[1])
    } else {
        (quotes[1], quotes[0])
    };
    check(&of, &[here], "when?", None, true);
    check(
        &of,
        &[there],
        "the limits contradict one another",
        None,
        true,
    );
    check(&of, &[there], "when is that?", None, false);
    check(
        &of,
        &["More"],
        "60 minutes here, half of it elsewhere",
        None,
        true,
    );
    check(&of, &["More"], "30 minutes is short", None, false);
}

#[test]
fn a_dropped_task_is_found_by_its_id_or_by_what_it_left_uncovered() {
    let text = "- FR-1 a\n- FR-2 b\n\n## Tasks\n\n- T-1 x (FR-1)\n- T-2 y (FR-1, FR-2)\n- T-3 z\n";
    let of = only(Sort::TaskDropped, text);
    check(&of, &["FR-2 b"], "No task covers FR-2.", None, true);
    check(&of, &["FR-2 b"], "FR-2 is vague.", None, false);
    check(&of, &[], "T-2 is missing", None, true);
    check(&of, &["z"], "there is a gap in the tasks", None, true);
    check(&of, &["z"], "what is z?", None, false);
    check(&of, &["FR-1 a"], "No task covers FR-1.", None, false);
}

#[test]
fn a_removed_definition_is_found_where_the_term_is_called_undefined() {
    let text = "## Glossary\n\n- **Active session**: one with a request.\n- **Lot**: many.\n\n## Use\n\n\
        Active sessions and an active session end.\n";
    let of = only(Sort::DefinitionRemoved, text);
    check(
        &of,
        &["end"],
        "\"active session\" is not defined",
        None,
        true,
    );
    check(
        &of,
        &["end"],
        "When does an active session end?",
        None,
        false,
    );
    let term = Some("FR-1/terms-defined");
    check(
        &of,
        &["an active session end"],
        "it uses a term",
        term,
        true,
    );
    check(&of, &["end"], "it uses a term", term, false);
}

#[test]
fn a_place_left_as_it_was_is_met_by_the_same_rule() {
    let planted = plant(&checkout(), &[Sort::NumberDeleted], 3);
    let control = &planted.key.controls[0];
    let block = control.place.block.as_ref().unwrap();
    let met = |start, end| {
        let anchors = [Anchor {
            path: block.path.clone(),
            start,
            end,
            quote: String::new(),
        }];
        control.is_met_by(&Raised {
            anchors: &anchors,
            claim: "c",
            matter: None,
        })
    };
    assert!(met(block.start, block.start + 1));
    assert!(!met(0, block.start));
}
