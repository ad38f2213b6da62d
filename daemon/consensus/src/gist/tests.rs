//! What makes a doubt and what does not, claim by claim. The corpus is in `tests/pairs`.

use super::*;

#[track_caller]
fn check(a: &str, b: &str, expected: Option<Doubt>) {
    let (a, b) = (Gist::of(a), Gist::of(b));
    assert_eq!(a.doubt(&b), expected, "{a:?}\n{b:?}");
    assert_eq!(b.doubt(&a), expected, "{b:?}\n{a:?}");
}

#[test]
fn one_matter_in_other_words_of_the_same_things_is_not_doubted() {
    check(
        "The number of vouchers that can be combined is not specified.",
        "How many vouchers can be combined is unspecified.",
        None,
    );
    check(
        "What is a trusted device? The term is not defined.",
        "The spec never defines the term 'trusted device'",
        None,
    );
}

#[test]
fn another_question_about_the_same_words_is_another_matter() {
    let other = Some(Doubt::Matter);
    check(
        "How many failed attempts lock an account?",
        "For how long do failed attempts lock an account?",
        other,
    );
    check("Orders can be exported", "Who can export orders?", other);
    check(
        "Which users may export data is undefined",
        "Which data users may export is undefined",
        other,
    );
}

#[test]
fn a_topic_of_its_own_is_another_matter() {
    let other = Some(Doubt::Matter);
    check(
        "The response time is not measurable",
        "The search response time is not measurable",
        other,
    );
    check(
        "How the price depends on season is open",
        "How the price depends on season and occupancy is open",
        other,
    );
}

#[test]
fn words_that_often_report_are_topics_where_they_are_things() {
    let other = Some(Doubt::Matter);
    check(
        "The name of the user is missing",
        "The text of the user is missing",
        other,
    );
    check(
        "The size of pages is not given",
        "The number of pages is not given",
        other,
    );
    check(
        "The spec does not state the limit",
        "The limit is not stated",
        None,
    );
    check(
        "The spec leaves the limit open",
        "The limit is left open",
        None,
    );
}

#[test]
fn with_and_without_and_by_and_to_whom_are_two_matters() {
    let other = Some(Doubt::Matter);
    check(
        "It is not said what happens with a quorum",
        "It is not said what happens without a quorum",
        other,
    );
    check(
        "It is unclear by whom votes are delegated",
        "It is unclear to whom votes are delegated",
        other,
    );
}

#[test]
fn what_is_exchanged_around_before_is_another_matter() {
    check(
        "The mail is sent before the charge",
        "The charge is sent before the mail",
        Some(Doubt::Matter),
    );
}

#[test]
fn one_sentence_with_its_words_exchanged_is_another_matter() {
    let other = Some(Doubt::Matter);
    check("Can hotels rate guests?", "Can guests rate hotels?", other);
    check(
        "It goes from 5 to 10 items",
        "It goes from 10 to 5 items",
        other,
    );
    check(
        "Status 429 is wanted, not 500",
        "Status 500 is wanted, not 429",
        other,
    );
    check("Get 429 instead of 500", "Use 500 in place, not 429", other);
    check(
        "Write `==` instead of `===`",
        "Write `===` instead of `==`",
        other,
    );
    check(
        "Mails from members are lost",
        "Mails to members are lost",
        other,
    );
}

#[test]
fn denials_and_opposites_of_one_matter_contradict_and_gaps_do_not() {
    let denied = Some(Doubt::Denied);
    check(
        "Admins must delete orders",
        "Admins must not delete orders",
        denied,
    );
    check("The limit is defined", "The limit is undefined", denied);
    check(
        "Admins dürfen löschen",
        "Admins dürfen nicht löschen",
        denied,
    );
    check(
        "Il doit être transmis",
        "Il ne doit pas être transmis",
        denied,
    );
    check("自動で補正すべきである", "自動で補正すべきではない", denied);
    check(
        "Users must be given access to logs",
        "Users must not be given access to logs",
        Some(Doubt::Matter),
    );
    check(
        "Guests are not given a discount",
        "Guests get a discount",
        denied,
    );
    check(
        "The mail goes out before the charge",
        "The mail goes out after the charge",
        Some(Doubt::Opposite),
    );
    check(
        "10 years are the minimum for records",
        "10 years are the maximum for records",
        Some(Doubt::Opposite),
    );
    check(
        "The minimum size is not given",
        "The maximum size is not given",
        Some(Doubt::Matter),
    );
    check(
        "It is not described when alarms are acknowledged",
        "It is not described when alarms are not acknowledged",
        Some(Doubt::Matter),
    );
}

#[test]
fn a_claim_too_long_to_be_read_whole_is_never_sure() {
    let long = "word ".repeat(MOST_WORDS + 1);
    check(&long, &long, Some(Doubt::Matter));
}
