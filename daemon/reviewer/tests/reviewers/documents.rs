//! Rules across documents: ids, coverage, numbers, terms, references, glossary.

use synod_reviewer::Reviewer::Consistency;
use synod_reviewer::{Kind, Severity};

use crate::prompt::{answer_by_all, rules};

#[track_caller]
fn check(inputs: &[(&str, &str)], expected: &[&str]) {
    let answer = answer_by_all(Consistency, inputs);
    assert_eq!(rules(&answer), expected, "{:#?}", answer.findings);
}

/// A spec with two requirements and what else is given.
fn spec(more: &str) -> String {
    format!(
        "# Shop\n\n## Requirements\n\n- FR-1 It shall log within 5 s.\n- FR-2 It shall tell.\n\n{more}\n"
    )
}

#[test]
fn an_id_that_is_defined_nowhere_is_told_once() {
    let text = spec("See FR-9 and FR-9, FR-1 to FR-2, SHA-256, UTF-8 and T-1.");
    check(&[("spec.md", &text)], &["undefined-id"]);
}

#[test]
fn ids_written_with_zeros_or_with_points_are_known() {
    check(&[("spec.md", &spec("See FR-01, FR-2.1 and FR-002."))], &[]);
}

#[test]
fn an_id_defined_twice_is_found_and_a_restatement_is_not() {
    let twice = spec("- FR-2 It shall also sing.\n");
    check(&[("spec.md", &twice)], &["defined-twice"]);
    let accepted = spec("## Acceptance\n- FR-2 is met when it tells.\n");
    let table = spec("## Coverage\n\n| Id | Test |\n|---|---|\n| FR-2 | test 7 |\n");
    let prd = "# PRD\n## Requirements\n- FR-2 It shall tell.\n";
    check(&[("spec.md", &accepted)], &[]);
    check(&[("spec.md", &table)], &[]);
    check(&[("spec.md", &spec("")), ("PRD.md", prd)], &[]);
    let spoken_of = spec("## Dependencies\n\nFR-2 needs FR-1, which must be there first.\n");
    check(&[("spec.md", &spoken_of)], &[]);
}

#[test]
fn requirements_without_a_task_and_tasks_without_a_requirement_are_found() {
    let tasks = "- [ ] T-1 Log (FR-1)\n  - [ ] T-1.1 The file\n- [ ] T-2 Sing\n";
    check(
        &[("spec.md", &spec("")), ("tasks.md", tasks)],
        &["uncovered-requirement", "idle-task"],
    );
}

#[test]
fn tasks_of_the_work_itself_need_no_requirement() {
    let tasks = "## Setup\n- [ ] T-1 Repository\n## Work\n- [ ] T-2 Log (FR-1)\n- [ ] T-3 Tell (FR-2)\n## Polish\n- [ ] T-4 Docs\n";
    check(&[("spec.md", &spec("")), ("tasks.md", tasks)], &[]);
}

#[test]
fn ranges_headings_and_table_rows_cover() {
    let range = "- [ ] T001 All of FR-1 to FR-2\n- [ ] T002 More of FR-1\n";
    let heading = "# Tasks\n## FR-1 Logging\n- [ ] Write\n## FR-2 Telling\n- [ ] Speak\n";
    let rows =
        "| Task | What | For |\n|---|---|---|\n| T-1 | Log | FR-1 |\n| T-2 | Tell | FR-2 |\n";
    for tasks in [range, heading, rows] {
        check(&[("spec.md", &spec("")), ("tasks.md", tasks)], &[]);
    }
}

#[test]
fn tasks_that_never_name_requirements_are_left_alone() {
    let tasks = "- [ ] T-1 Log\n- [ ] T-2 Tell\n";
    check(&[("spec.md", &spec("")), ("tasks.md", tasks)], &[]);
}

#[test]
fn one_id_with_two_numbers_in_one_unit_is_a_critical_conflict() {
    let plan = "# Plan\n\nThe log is written after 8 s (FR-1).\n";
    let inputs = [("spec.md", spec("")), ("plan.md", plan.to_owned())];
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let answer = answer_by_all(Consistency, &inputs);
    let [finding] = answer.findings.as_slice() else {
        panic!("{answer:#?}");
    };
    assert_eq!(
        (finding.kind, finding.severity),
        (Kind::Conflict, Severity::Critical)
    );
    assert_eq!(
        finding.claim,
        "FR-1 says 5 s where it is defined (spec.md) but 8 s in plan.md"
    );
    assert_eq!(finding.options, ["5 s (spec.md)", "8 s (plan.md)"]);
    assert_eq!(finding.quotes.len(), 2);
}

#[test]
fn a_clause_that_ends_in_its_id_speaks_of_it_alone() {
    let plan = "# Plan\n- Logged after 8 s (FR-1), told after 5 s (FR-2)\n";
    check(
        &[("spec.md", &spec("")), ("plan.md", plan)],
        &["conflicting-numbers"],
    );
}

#[test]
fn equal_values_other_units_and_other_subjects_are_no_conflict() {
    for sentence in [
        "The log is written after 5000 ms (FR-1).",
        "The log is written after 5 seconds (FR-1).",
        "Tests try 4 s, 5 s and 6 s (FR-1).",
        "The log has 8 columns (FR-1).",
        "Until today it took 8 s (FR-1).",
        "FR-1 and FR-2 are built in 8 s.",
        "Polled every 200 ms (FR-1).",
    ] {
        let plan = format!("# Plan\n\n{sentence}\n");
        check(&[("spec.md", &spec("")), ("plan.md", &plan)], &[]);
    }
}

#[test]
fn an_acceptance_criterion_may_try_what_lies_beyond_a_limit() {
    let tried = spec("## Acceptance\n- A log read after 9 s is complete (FR-1)\n");
    check(&[("spec.md", &tried)], &[]);
    let other = spec("## Acceptance\n- The log is there within 9 s (FR-1)\n");
    check(&[("spec.md", &other)], &["conflicting-numbers"]);
}

#[test]
fn two_requirements_of_one_id_do_not_contradict_each_other_as_well() {
    let twice = spec("- FR-1 It shall sing for 9 s.\n");
    check(&[("spec.md", &twice)], &["defined-twice"]);
}

#[test]
fn percentiles_are_not_compared_with_each_other() {
    let spec = "# A\n## Requirements\n- NFR-1 It shall answer in 300 ms at p95.\n";
    let plan = "# Plan\n\nWe allow 800 ms at p99 (NFR-1).\n";
    check(&[("spec.md", spec), ("plan.md", plan)], &[]);
    let plan = "# Plan\n\nWe allow 800 ms (NFR-1).\n";
    check(
        &[("spec.md", spec), ("plan.md", plan)],
        &["conflicting-numbers"],
    );
}

#[test]
fn terms_in_two_spellings_are_found() {
    for text in [
        "The e-mail goes out. The email is short.",
        "A passkey is made. The pass key is kept.",
        "PayPal is offered. Paypal is shown.",
        "The organisation pays. Another organization reads.",
        "Orders are cancelled. Orders canceled are shown.",
        "The colour is red. The color is blue.",
        "The notification is sent. A notification is read. One notification stays. A notifcation goes.",
    ] {
        check(&[("spec.md", text)], &["term-spelling"]);
    }
}

#[test]
fn inflections_verbs_and_chance_meetings_are_not_spellings() {
    for text in [
        "The checkout opens. Shoppers check out. The login works. Users log in.",
        "The order is one of the orders. Ordering and ordered.",
        "Everyday use. Every day.",
        "They resign. They re-sign.",
        "The URL and the URLs. `paypal` and PayPal.",
        "The contract names a contact. The session has a section. Deletion and detection.",
        "We advise to exercise. It is revised and realised.",
        "It is PassedDegraded. It is passed degraded.",
        "A complaint that is compliant. A complaint. A complaint.",
    ] {
        check(&[("spec.md", text)], &[]);
    }
}

#[test]
fn dead_links_anchors_and_section_numbers_are_found() {
    let text = "# 1 One\n\nSee [plan](plan.md), [two](#2-two), [two](plan.md#two), section 3 and section 2.\n\n## 2 Two\n";
    check(
        &[("spec.md", text), ("plan.md", "# One\n")],
        &["dead-reference", "dead-reference"],
    );
    check(&[("spec.md", "See [plan](plan.md).")], &["dead-reference"]);
    let items = "# 1 One\n\n1.1 It shall log.\n\n1.2 It shall tell, as 1.1 and section 1.1 say, not section 1.3.\n";
    check(&[("spec.md", items)], &["dead-reference"]);
}

#[test]
fn references_to_other_documents_are_left_alone() {
    let text = "# 1 One\n\nSee [code](src/x.md), [web](https://a.b/c.md), RFC 7231 section 4, section 5 of the contract, § 4 ArbZG, [data](data-model.md), [1](#1-one).\n";
    check(&[("spec.md", text)], &[]);
    check(&[("spec.md", "See section 4.")], &[]);
}

#[test]
fn a_glossary_with_two_names_for_one_thing_is_found_when_both_are_used() {
    let glossary = |entry: &str, rest: &str| {
        format!(
            "# A\n## Glossary\n- {entry}\n## Requirements\n- FR-1 The basket shall open.\n- FR-2 {rest}\n"
        )
    };
    for entry in [
        "**Basket** (cart): what is chosen",
        "**Basket**: what is chosen, also called cart",
        "**Basket** — what is chosen; also known as a cart",
    ] {
        let both = glossary(entry, "Carts shall close.");
        check(&[("spec.md", &both)], &["two-names"]);
        let one = glossary(entry, "It shall close.");
        check(&[("spec.md", &one)], &[]);
    }
    let same = glossary(
        "**Guest**: who buys without an account\n- **Visitor**: who buys without an account",
        "It shall close.",
    );
    check(&[("spec.md", &same)], &["two-names"]);
}
