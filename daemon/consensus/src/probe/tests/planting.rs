//! Each sort by hand, where it is planted and where it is not.

use super::{check, checkout, examples, input};
use crate::probe::{Sort, plant};
use crate::shape::Shape;

#[test]
fn a_criterion_loses_its_number_and_stays_a_sentence() {
    check(
        Sort::NumberDeleted,
        "- FR-1 The page shall answer within 200 ms.\n\
         - FR-2 A link must end after 30 minutes of silence.\n\
         - FR-3 The user must be told at most once every 14 days.\n\
         - FR-4 It shall start within\n  2 minutes after the order.\n",
        &[
            (" within 200 ms", ""),
            ("30 minutes", "some time"),
            (" at most once every 14 days", ""),
            (" within\n  2 minutes", ""),
        ],
    );
}

#[test]
fn a_number_stays_where_the_sentence_would_break_or_binds_nobody() {
    check(
        Sort::NumberDeleted,
        "- A password must have at least 12 s.\n- It takes 5 s, and must not.\n- It answered within 5 s.\n\
         - It must end within 5 s or after 3 h.\n\n## Rationale\n\nIt must end within 5 s.\n",
        &[],
    );
}

#[test]
fn of_two_places_with_one_limit_either_may_change() {
    check(
        Sort::LimitChanged,
        "- FR-1 A session must end after 30 minutes.\n\nThe hash lives for 30 min (FR-1).\n\n\
         Lunch takes 30 minutes.\n",
        &[("30", "60"), ("30", "60")],
    );
    check(
        Sort::LimitChanged,
        "61 % of users leave.\n\nToday 61 % of users leave.\n",
        &[],
    );
}

#[test]
fn a_limit_becomes_one_that_nothing_can_keep() {
    check(
        Sort::LimitAbsurd,
        "- It must answer within 5 s.\n- At least 99.9 % of requests must succeed.\n- It must wait for 5 s.\n\
         - It must end in less than 1,000 ms.\n",
        &[("5", "0"), ("99.9", "199.9"), ("1,000", "0")],
    );
}

#[test]
fn a_task_goes_that_alone_covers_a_requirement() {
    let spec = "- FR-1 a\n- FR-2 b\n- FR-3 c\n\n## Tasks\n\n- T1 x (FR-1)\n- T2 y (FR-1, FR-2)\n\
        - T3 z (FR-9)\n- T4 w (FR-3)\n  - T4.1 part\n";
    check(Sort::TaskDropped, spec, &[("- T2 y (FR-1, FR-2)\n", "")]);
    check(
        Sort::TaskDropped,
        &format!("{spec}- T5 all (FR-1 to FR-3)\n"),
        &[],
    );
}

#[test]
fn a_definition_goes_whose_term_is_used() {
    check(
        Sort::DefinitionRemoved,
        "## Glossary\n\n- **Hold**: stock set aside.\n- **Lot** — many.\n- Order: paid.\n- Order: again.\n\n\
         | Term | Meaning |\n|---|---|\n| Basket | lines |\n\n## Use\n\nA hold and an order are in a basket.\n",
        &[
            ("- **Hold**: stock set aside.\n", ""),
            ("| Basket | lines |\n", ""),
        ],
    );
}

#[test]
fn what_happens_on_failure_goes_and_the_obligation_stays() {
    check(
        Sort::FailureRemoved,
        "The page must show the total. If the service is unavailable, it says so. It is blue.\n\n\
         If it fails, nothing happens.\n\n- FR-7 If the charge is declined, the page shall say why.\n\n\
         See FR-7.\n",
        &[
            (" If the service is unavailable, it says so.", ""),
            (
                "- FR-7 If the charge is declined, the page shall say why.\n",
                "",
            ),
        ],
    );
}

#[test]
fn an_obligation_is_turned_round_where_it_is_told_twice() {
    check(
        Sort::Negation,
        "- The service must not log passwords.\n\n## Plan\n\nPasswords: the service MUST NOT log passwords.\n\n\
         - The page shall be blue.\n- It must only log errors.\n",
        &[("must not", "must"), ("MUST NOT", "MUST")],
    );
    check(
        Sort::Negation,
        "- FR-2 Orders from 49 EUR shall be delivered free of charge.\n- T-8 Free delivery from 49 EUR (FR-2)\n",
        &[("shall", "shall not")],
    );
}

#[test]
fn nothing_is_planted_in_code_quotations_comments_or_metadata() {
    let obligation = "It must answer within 5 s.";
    for text in [
        format!("```\n{obligation}\n```\n"),
        format!("~~~ text\n\n{obligation}\n"),
        format!("Text.\n\n    {obligation}\n"),
        format!("> {obligation}\n"),
        format!("<!-- {obligation} -->\n"),
        format!("---\nnote: {obligation}\n---\n"),
        format!("# {obligation}\n"),
        "It must answer `within 5 s`.\n".to_owned(),
        "It must answer ([see](within 5 s)).\n".to_owned(),
    ] {
        let planted = plant(&[input("spec.md", &text)], &Sort::ALL, 1);
        assert_eq!(planted.key.faults, [], "{text}");
        assert_eq!(planted.inputs[0].text, text);
    }
    let open = plant(&[input("spec.md", obligation)], &Sort::ALL, 1);
    assert_eq!(open.key.faults.len(), 1);
}

#[test]
fn faults_in_an_example() {
    let planted = plant(&checkout(), &Sort::ALL, 1);
    let line = |fault: &crate::probe::Fault| {
        format!(
            "{} {} {}:{} {:?} -> {:?}",
            fault.id,
            fault.sort.word(),
            fault.path,
            fault.line,
            fault.before,
            fault.after
        )
    };
    let lines: Vec<String> = planted.key.faults.iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_sort_but_those_the_examples_do_not_allow_comes_up_in_them() {
    let mut sorts: Vec<Sort> = Vec::new();
    let mut controls = 0;
    for inputs in examples() {
        for seed in 0..8 {
            let key = plant(&inputs, &Sort::ALL, seed).key;
            assert!(!key.faults.is_empty());
            controls += key.controls.len();
            sorts.extend(key.faults.iter().map(|fault| fault.sort));
        }
    }
    sorts.sort_unstable();
    sorts.dedup();
    assert_eq!(sorts, Sort::ALL);
    assert!(controls > 100, "{controls}");
}

#[test]
fn a_checklist_is_planted_with_what_its_checks_ask_for() {
    let sorts = Sort::seen_by(Shape::Checks);
    for seed in 0..16 {
        let key = plant(&checkout(), sorts, seed).key;
        assert!(!key.faults.is_empty());
        assert!(key.faults.iter().all(|fault| sorts.contains(&fault.sort)));
    }
    let none = plant(&checkout(), Sort::seen_by(Shape::Remarks), 1);
    assert_eq!(none.inputs, checkout());
}
