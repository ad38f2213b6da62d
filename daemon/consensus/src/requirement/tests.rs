use super::*;

fn inputs(texts: &[(&str, &str)]) -> Vec<Input> {
    let of = |(path, text): &(&str, &str)| Input {
        path: (*path).into(),
        text: (*text).into(),
    };
    texts.iter().map(of).collect()
}

#[track_caller]
fn check(texts: &[(&str, &str)], expected: &[(&str, &str)]) {
    let inputs = inputs(texts);
    let found = requirements(&inputs);
    for requirement in &found {
        let input = inputs.iter().find(|i| i.path == requirement.path).unwrap();
        assert_eq!(
            input.text[requirement.start..requirement.end],
            requirement.text
        );
    }
    let seen: Vec<_> = found
        .iter()
        .map(|r| (r.id.as_str(), r.text.as_str()))
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn ids_are_found_at_line_starts_in_items_headings_and_rows() {
    let text = "# Shop\n\n### FR-1 Guests\n\nGuests must be able to buy.\n\n## Rules\n\
        - **FR-2**: It must log.\n  - and say why\n- US1-AC2: Given a cart\n\nNFR-2: It must be fast.\n\n\
        | id | text |\n|---|---|\n| REQ-10 | It must end. |\n\nSHA-256 hashes are used. P95 is 2 s.\n";
    check(
        &[("spec.md", text)],
        &[
            ("FR-1", "### FR-1 Guests\n\nGuests must be able to buy."),
            ("FR-2", "- **FR-2**: It must log.\n  - and say why"),
            ("US1-AC2", "- US1-AC2: Given a cart"),
            ("NFR-2", "NFR-2: It must be fast."),
            ("REQ-10", "| REQ-10 | It must end. |"),
        ],
    );
}

#[test]
fn where_a_document_has_no_ids_what_stands_under_requirements_is_numbered() {
    let text = "# Shop\nIt will be great.\n## Requirements\nIt must log, e.g. errors. It logs. Must it?\n\
        - Fast\n- Is it?\n\n| a | b |\n|---|---|\n| c | d |\n## Background\nIt must.\n";
    check(
        &[("spec.md", text)],
        &[
            ("R1", "It must log, e.g. errors."),
            ("R2", "- Fast"),
            ("R3", "| c | d |"),
        ],
    );
}

#[test]
fn without_any_such_heading_every_sentence_that_binds_counts() {
    check(
        &[
            ("a.md", "It logs. It shall end.\n"),
            ("b.md", "- You must.\n"),
        ],
        &[("R1", "It shall end."), ("R2", "You must.")],
    );
    check(&[("a.md", "Nothing here.\n")], &[]);
}

#[test]
fn an_id_is_defined_once_and_tasks_define_none() {
    check(
        &[
            (
                "spec.md",
                "- FR-1: It must log.\n- FR-1: again\n## Tasks\n- FR-9: do it\n",
            ),
            ("plan.md", "- FR-1: elsewhere\n"),
            ("tasks.md", "- FR-7: do it\n"),
        ],
        &[("FR-1", "- FR-1: It must log.")],
    );
}

#[test]
fn a_numbered_requirement_never_takes_an_id_that_is_written() {
    check(
        &[
            ("a.md", "- R1: It must log.\n- R2: It must end.\n"),
            ("b.md", "## Requirements\n- Fast\n"),
        ],
        &[
            ("R1", "- R1: It must log."),
            ("R2", "- R2: It must end."),
            ("R3", "- Fast"),
        ],
    );
}

#[test]
fn ids_without_a_colon_and_bare_numbers_count_where_there_are_several() {
    let text = "# Kiosk\n1.1 is a number.\n\n## Requirements\n\nK-01 It must print.\n\nK-02 It must scan.\n\n\
        1.1 It must log.\n\n1.2 It must end.\n\n> 1.3 It must not be quoted.\n\n### 2.1 More\n\nIt must.\n\n\
        ## Acceptance\n\n- K-01 is printed twice\n";
    check(
        &[("spec.md", text)],
        &[
            ("K-01", "K-01 It must print."),
            ("K-02", "K-02 It must scan."),
            ("1.1", "1.1 It must log."),
            ("1.2", "1.2 It must end."),
        ],
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_yields_requirements_that_stand_in_it_each_under_one_id(
        pieces in proptest::collection::vec(
            proptest::sample::select(&["# ", "## Requirements", "- ", "FR-1", "FR-", "1.2 ", "|", "\n", "\n\n", "\r\n",
                "It must. ", "é", "ü?", "```\n", "> ", ": ", "**", " ", "R1", "  ", "e.g. ", "\u{2028}"][..]),
            0..60,
        ),
    ) {
        let text = pieces.concat();
        let found = requirements(&inputs(&[("a.md", &text), ("b.md", &text)]));
        let mut ids: Vec<String> = found.iter().map(|r| r.id.to_ascii_uppercase()).collect();
        for requirement in &found {
            proptest::prop_assert_eq!(&text[requirement.start..requirement.end], &requirement.text);
            proptest::prop_assert!(!requirement.text.trim().is_empty());
        }
        ids.sort();
        ids.dedup();
        proptest::prop_assert_eq!(ids.len(), found.len());
        let mut end = 0;
        for block in blocks(&text) {
            proptest::prop_assert!(end <= block.range.start && block.range.start <= block.words);
            proptest::prop_assert!(block.words <= block.range.end);
            end = block.range.end;
        }
    }
}
