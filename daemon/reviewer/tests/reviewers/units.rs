//! Rules for single requirements: each with hits and near misses.

use synod_reviewer::Reviewer::{self, Ambiguity, Testability};

use crate::prompt::{answer, answer_by_all, hits, rules};

#[track_caller]
fn check(which: Reviewer, rule: &str, hit: &[&str], near_miss: &[&str]) {
    for text in hit {
        assert_eq!(hits(which, rule, text), 1, "{rule} should hit: {text}");
    }
    for text in near_miss {
        assert_eq!(hits(which, rule, text), 0, "{rule} should not hit: {text}");
    }
}

#[test]
fn placeholders_are_found_and_their_lookalikes_are_not() {
    check(
        Ambiguity,
        "placeholder",
        &[
            "The limit shall be TBD.",
            "The limit shall be tbc with Finance.",
            "The limit shall be ???",
            "The limit shall be ???.",
            "The system shall log in [NEEDS CLARIFICATION: which format?].",
            "TODO",
            "The format is to be defined.",
            "Retention: to be decided later.",
            "The period shall be [NEEDS CLARIFICATION: 24 or 36 months? Ask Legal].",
            "The timeout shall be TBD and the retry shall be TBD.",
        ],
        &[
            "A todo shall have a title.",
            "Fields to be defined by the administrator shall be shown last.",
            "Orders that have to be confirmed shall be listed.",
            "The tag `TODO` shall be kept.",
            "Is the limit TBD?",
            "The change needs clarification by support, who shall call.",
        ],
    );
}

#[test]
fn vague_qualities_are_found_unless_measured() {
    check(
        Ambiguity,
        "vague-quality",
        &[
            "The search shall be fast.",
            "The form shall be easy and user-friendly.",
            "The form shall be user friendly.",
            "Pages shall load efficiently.",
            "The import shall be robust and scalable.",
            "The sign-in shall be secure.",
            "The list shall remain responsive with many items.",
            "Pages shall load fast on phones.",
            "The API shall give fast responses.",
            "Errors shall be handled gracefully.",
        ],
        &[
            "The search shall be fast: 300 ms at p95.",
            "The search shall be fast. It shall answer within 300ms.",
            "The search shall be fast, as measured in NFR-2.",
            "The form shall be easy: at most 3 steps.",
            "Payments by 3-D Secure shall be accepted.",
            "The shop shall send secure cookies only.",
            "The layout shall follow the responsive grid of the design system.",
            "Breakfast shall be included.",
            "The word `fast` shall be kept.",
            "The tool Fastlane shall be used.",
            "The key shall come from a cryptographically secure generator.",
            "The SDK shall fail fast at the start.",
            "The scan shall use the fast path of the driver, or the fast copy.",
            "An easy puzzle shall have one solution.",
            "Withdrawing shall be as easy as giving.",
            "The page shall be responsive.",
            "Tables shall stay responsive on phones.",
            "The estimate shall use a robust regression.",
            "Keys shall be sent securely: no fallback to plain text.",
            "Passwords shall be stored securely using a slow hash.",
            "Cards shall be handled securely in line with PCI DSS.",
            "Dates shall be read in a flexible way (tomorrow, next Friday).",
            "The trail shall be robust: who, when, what.",
        ],
    );
}

#[test]
fn what_a_document_calls_its_own_things_promises_nothing() {
    let glossary = "# Hours\n## Glossary\n- **Flexible time**: hours one chooses\n## Requirements\n- Employees in flexible time shall be warned.\n";
    let title = "# Vault for secure notes\n## Requirements\n- A secure note shall be found.\n";
    let modes = "# Game\n## Modes\n\n| Mode | Moves |\n|--|--|\n| Fast | none |\n\n## Requirements\n- A round that is fast shall be lost.\n";
    for spec in [glossary, title, modes] {
        assert_eq!(rules(&answer(Ambiguity, &[("spec.md", spec)])), [""; 0]);
    }
}

#[test]
fn a_quality_that_is_measured_nearby_is_measured() {
    let next = "# A\n\nThe player should start fast. The first frame must be there within 2 s.\n";
    let accepted = "# A\n## Requirements\n- FR-1 It shall load fast.\n## Acceptance\n- Loading takes under 2 s (FR-1)\n";
    for spec in [next, accepted] {
        assert_eq!(rules(&answer(Ambiguity, &[("spec.md", spec)])), [""; 0]);
    }
    let numbered = "# A\n\n2.12 Rules shall be flexible.\n";
    assert_eq!(
        rules(&answer(Ambiguity, &[("spec.md", numbered)])),
        ["vague-quality"]
    );
}

#[test]
fn what_the_team_will_do_is_no_requirement() {
    let plan = "# Plan\n\nWe will need to be fast. We should ask them, if possible.\n";
    assert_eq!(rules(&answer(Ambiguity, &[("plan.md", plan)])), [""; 0]);
}

#[test]
fn a_condition_without_a_response_is_seen_beside_sentences_that_bind() {
    let spec = "# A\n\nThe app shall remove old jobs. If storage is low.\n";
    assert_eq!(
        rules(&answer(Testability, &[("spec.md", spec)])),
        ["ears-no-response"]
    );
}

#[test]
fn adequacy_is_found_unless_it_says_how_much() {
    check(
        Ambiguity,
        "adequacy",
        &[
            "The system shall give an appropriate message.",
            "Sufficient memory shall be kept free.",
            "Reports shall be sent in a timely manner.",
            "Errors shall be handled properly.",
            "The page shall load in a reasonable time.",
            "The export shall have a suitable format.",
            "The tool shall properly handle errors.",
            "Performance shall be acceptable.",
        ],
        &[
            "The page shall load in a reasonable time (3 s).",
            "An account without sufficient funds shall be refused.",
            "The acceptable use policy shall be linked.",
            "Insufficient rights shall be refused.",
            "The report shall be sufficient to find the file.",
            "Runs shall be parallel when sufficient cores are free.",
            "Names shall be properly escaped, so the page shall properly escape them: `<`, `&`.",
            "Errors shall have an appropriate status: 400 or 409.",
            "Records shall be protected by adequate measures (see annex B).",
            "A message shall come once at least, duplicates are acceptable.",
            "Reasonable accommodation shall be recorded.",
            "Messages shall be shown as appropriate.",
        ],
    );
}

#[test]
fn loopholes_are_found() {
    check(
        Ambiguity,
        "loophole",
        &[
            "The system shall retry if possible.",
            "Messages shall be shown as appropriate.",
            "Logs shall be kept as needed.",
            "Names shall be shown in full where feasible.",
            "Delivery shall be best effort.",
            "Where possible, the name shall be shown.",
        ],
        &[
            "It shall be possible to undo.",
            "If the possible values change, the list shall be reloaded.",
            "As far as the user sees, it shall be one page.",
            "The appropriate role shall be Owner.",
            "Events shall be compressed when possible and sent as they are otherwise.",
            "A title shall be found where possible; the page shall fall back to the address.",
            "Operators shall be able to raise the level as needed.",
            "If the store is full, the oldest shall be overwritten, as necessary.",
            "Counting shall be best-effort: a failure must not fail the request.",
        ],
    );
}

#[test]
fn open_lists_are_found() {
    check(
        Ambiguity,
        "open-list",
        &[
            "The export shall hold name, mail, etc.",
            "Cards, vouchers and so on shall be accepted.",
            "The user shall be told by mail and/or text message.",
            "Formats including but not limited to CSV shall be read.",
            "Formats, including, but not limited to, CSV shall be read.",
        ],
        &[
            "The user shall be told by mail or text message, or both.",
            "Cards (e.g. Visa) shall be accepted.",
            "Formats including CSV shall be read.",
            "The export shall be limited to 100 rows.",
        ],
    );
}

#[test]
fn limits_of_time_and_size_need_a_unit_and_counts_do_not() {
    check(
        Testability,
        "number-without-unit",
        &[
            "The link shall expire after 24.",
            "The service shall answer within 5.",
            "The timeout shall be 30.",
            "The size of an upload shall not exceed 10.",
            "The session shall have a lifetime of 12, then end.",
        ],
        &[
            "The link shall expire after 24 hours.",
            "The service shall answer within 5 s.",
            "The service shall answer within 300ms.",
            "The session shall have a 30-minute timeout.",
            "The number of retries shall be at most 3.",
            "The quantity shall be at most 99.",
            "The account shall be locked after 3 failed attempts.",
            "The service shall answer within 2–5 seconds.",
            "The change shall be done by 2027.",
            "The timeout shall be 30 `ticks`.",
            "The gateway shall answer with status 404.",
            "After step 3, the timeout of FR-2 shall apply.",
            "The offer shall cost at least €49.",
        ],
    );
}

#[test]
fn announced_ranges_need_bounds() {
    check(
        Testability,
        "range-without-bounds",
        &[
            "Temperatures shall stay within the allowed range.",
            "A user shall have a limited number of sessions.",
            "There shall be a maximum number of attempts.",
            "The value shall lie between 5 and the usual.",
            "Values shall be kept in the given limits.",
        ],
        &[
            "Temperatures shall stay within the allowed range of 2 to 8 °C.",
            "A user shall have a limited number of sessions (FR-9).",
            "The user shall choose a date range.",
            "The value shall lie between 5 and 10.",
            "The message shall be shown between the header and the list.",
            "A maximum number of three attempts shall be allowed.",
            "Values shall be kept in the limits of the contract.",
            "Currents shall stay within the configured limit.",
            "Doctors shall be able to set a maximum number of patients.",
        ],
    );
}

#[test]
fn a_condition_needs_a_response() {
    check(
        Testability,
        "ears-no-response",
        &[
            "If the payment provider does not answer within 10 s.",
            "When the hold ends while the shopper still pays.",
            "When the card is expired, or the bank is down.",
            "If the user must confirm the amount, or the address.",
        ],
        &[
            "If the card is declined, the system shall say so.",
            "If the card is declined the system shall say so.",
            "When the list is empty, a hint is shown.",
            "When offline: show the banner.",
            "When offline → show the banner.",
            "If the card is declined then a hint appears.",
            "The system shall say so if the card is declined.",
            "What happens if the card is declined?",
        ],
    );
}

#[test]
fn a_response_in_the_next_item_or_cell_counts() {
    let gherkin = "# A\n## Acceptance\n- Given a basket\n- When the shopper presses pay\n- And the card is valid\n- Then an order exists\n";
    assert_eq!(
        rules(&answer(Testability, &[("spec.md", gherkin)])),
        [""; 0]
    );
    let table = "# A\n## Requirements\n\n| When | Then |\n|---|---|\n| When the card is declined | a hint is shown |\n";
    assert_eq!(rules(&answer(Testability, &[("spec.md", table)])), [""; 0]);
}

#[test]
fn one_sentence_carries_one_obligation() {
    check(
        Testability,
        "ears-one-obligation",
        &[
            "The system shall log the attempt and shall tell the user.",
            "The portal must end the session; it must tell the user.",
        ],
        &[
            "The system shall log the attempt and tell the user.",
            "The system shall reject tokens that must not be reused.",
            "The page shall show the day on which the parcel will arrive.",
            "If the user must confirm, the system shall wait.",
            "The page shall stay quick: its p95 must not exceed 400 ms.",
            "The system shall log the attempt. It shall tell the user.",
            "The page shall show a hint (this must be short).",
            "The system shall log the attempt and should tell the user.",
        ],
    );
    check(
        Testability,
        "ears-mixed-obligations",
        &["The system shall log the attempt and should tell the user."],
        &[
            "The key words MUST, MUST NOT, SHOULD and MAY are those of RFC 2119.",
            "In this text *shall* binds and *should* is a wish.",
        ],
    );
}

#[test]
fn mixed_levels_of_obligation_are_worse_than_two_alike() {
    let spec = "# A\n## Requirements\n- FR-1 It shall log and shall tell.\n- FR-2 It shall log and should tell.\n";
    let answer = answer_by_all(Testability, &[("spec.md", spec)]);
    let severities: Vec<_> = answer.findings.iter().map(|found| found.severity).collect();
    use synod_reviewer::Severity::{Important, Minor};
    assert_eq!(severities, [Minor, Important]);
}

#[test]
fn one_rule_speaks_once_about_one_unit() {
    let spec = "# A\n## Requirements\n- FR-1 It shall be fast. It shall be easy. It shall be TBD. And TBD.\n";
    assert_eq!(
        rules(&answer(Ambiguity, &[("spec.md", spec)])),
        ["vague-quality", "placeholder"]
    );
}

#[test]
fn code_quotes_questions_and_rationale_are_not_judged() {
    let spec = "# A\n\nThe page is fast.\n\n> It shall be fast.\n\n    It shall be fast.\n\n\
        ## Requirements\n- Shall it be fast?\n- It shall use `fast etc. TBD`.\n- See [it shall log](fast-etc.md \"TBD\").\n\n\
        ```\nFR-1 shall be fast\n```\n\n## Rationale\n- It shall be fast.\n\n## Open questions\n- It shall be TBD.\n";
    assert_eq!(rules(&answer(Ambiguity, &[("spec.md", spec)])), [""; 0]);
}
