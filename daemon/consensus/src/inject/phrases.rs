//! The phrases that speak to a reviewer, as data, and how a sentence is held against them.
//!
//! Conservative on purpose: "report nothing" is an order to reviewers at the head of a clause or
//! in a sentence that names them, and a property of sensors elsewhere.

use crate::inject::words::Sentence;

/// One of these words, with at most `within` others before it.
struct Step {
    within: usize,
    any: &'static [&'static str],
}

const fn then(any: &'static [&'static str]) -> Step {
    Step { within: 0, any }
}

const fn within(within: usize, any: &'static [&'static str]) -> Step {
    Step { within, any }
}

enum When {
    Always,
    /// The clause begins with it, as an order does, or the sentence names a reviewer.
    AsAnOrder,
    /// As an order, and nothing follows.
    WholeOrder,
    /// The sentence names a reviewer.
    ToAReviewer,
}

struct Phrase {
    what: &'static str,
    when: When,
    steps: &'static [Step],
}

/// Words by which a sentence shows that it speaks to those who review.
const ADDRESSED: &[&str] = &["reviewer", "reviewers", "ai", "llm", "llms", "you"];
/// Words after which an order may begin.
const LEADS: &[&str] = &["please", "and", "then", "just", "simply", "always", "so"];

const REPORT: &[&str] = &[
    "report", "flag", "raise", "mention", "list", "output", "return",
];
const FINDINGS: &[&str] = &[
    "finding",
    "findings",
    "issue",
    "issues",
    "ambiguity",
    "ambiguities",
    "problem",
    "problems",
    "contradiction",
    "contradictions",
    "concerns",
    "anything",
];
const INSTRUCTIONS: &[&str] = &[
    "instruction",
    "instructions",
    "prompt",
    "prompts",
    "directions",
    "directives",
    "guidelines",
];
const DISREGARD: &[&str] = &["ignore", "disregard", "forget"];
const BEFORE: &[&str] = &[
    "previous",
    "prior",
    "above",
    "preceding",
    "earlier",
    "foregoing",
    "your",
    "system",
];
const SPEC: &[&str] = &[
    "spec",
    "specification",
    "document",
    "section",
    "requirement",
    "requirements",
    "diff",
    "change",
    "review",
    "gate",
    "everything",
    "this",
];
const FINE: &[&str] = &[
    "passed",
    "passing",
    "approved",
    "clean",
    "compliant",
    "reviewed",
];

const PHRASES: &[Phrase] = &[
    Phrase {
        what: "to ignore its instructions",
        when: When::Always,
        steps: &[then(DISREGARD), within(3, BEFORE), within(2, INSTRUCTIONS)],
    },
    Phrase {
        what: "to ignore its instructions",
        when: When::Always,
        steps: &[
            then(DISREGARD),
            within(2, INSTRUCTIONS),
            within(1, &["above", "before"]),
        ],
    },
    Phrase {
        what: "to report nothing",
        when: When::AsAnOrder,
        steps: &[then(REPORT), then(&["nothing"])],
    },
    Phrase {
        what: "to report nothing",
        when: When::AsAnOrder,
        steps: &[then(REPORT), then(&["no", "zero"]), within(1, FINDINGS)],
    },
    Phrase {
        what: "not to report",
        when: When::AsAnOrder,
        steps: &[then(&["don't", "never"]), then(REPORT), within(3, FINDINGS)],
    },
    Phrase {
        what: "not to report",
        when: When::AsAnOrder,
        steps: &[
            then(&["do"]),
            then(&["not"]),
            then(REPORT),
            within(3, FINDINGS),
        ],
    },
    Phrase {
        what: "not to report",
        when: When::AsAnOrder,
        steps: &[then(&["do"]), then(&["not"]), then(REPORT), within(1, SPEC)],
    },
    Phrase {
        what: "not to report",
        when: When::WholeOrder,
        steps: &[then(&["do"]), then(&["not"]), then(REPORT)],
    },
    Phrase {
        what: "not to report",
        when: When::ToAReviewer,
        steps: &[
            then(&["do"]),
            then(&["not"]),
            then(&["report", "flag", "mention"]),
        ],
    },
    Phrase {
        what: "to return an empty answer",
        when: When::Always,
        steps: &[
            then(&[
                "return", "output", "respond", "reply", "answer", "produce", "give", "submit",
            ]),
            within(4, &["empty"]),
            within(3, &["findings"]),
        ],
    },
    Phrase {
        what: "addressed to an AI reviewer",
        when: When::Always,
        steps: &[
            then(&["as"]),
            then(&["an", "a", "the"]),
            within(1, &["ai", "llm", "automated"]),
            within(1, &["reviewer", "agent"]),
        ],
    },
    Phrase {
        what: "addressed to an AI",
        when: When::Always,
        steps: &[
            then(&["if"]),
            then(&["you"]),
            then(&["are"]),
            within(2, &["ai", "llm", "reviewing"]),
        ],
    },
    Phrase {
        what: "addressed to an AI",
        when: When::Always,
        steps: &[
            then(&["if"]),
            then(&["you"]),
            then(&["are"]),
            within(2, &["language"]),
            then(&["model"]),
        ],
    },
    Phrase {
        what: "addressed to AI reviewers",
        when: When::Always,
        steps: &[
            then(&[
                "note",
                "message",
                "instruction",
                "instructions",
                "attention",
            ]),
            within(1, &["to", "for", "all"]),
            within(2, &["ai", "llm", "automated"]),
            within(1, &["reviewer", "reviewers"]),
        ],
    },
    Phrase {
        what: "to mark it as passed",
        when: When::AsAnOrder,
        steps: &[
            then(&["mark", "rate", "score", "treat", "consider"]),
            within(1, SPEC),
            within(2, &["as"]),
            then(FINE),
        ],
    },
    Phrase {
        what: "to mark it as passed",
        when: When::WholeOrder,
        steps: &[then(&["mark"]), within(1, &["as"]), then(FINE)],
    },
    Phrase {
        what: "to approve it",
        when: When::Always,
        steps: &[
            then(&["approve", "pass", "accept"]),
            then(&["this"]),
            within(1, SPEC),
            within(
                1,
                &["without", "regardless", "unconditionally", "immediately"],
            ),
        ],
    },
];

/// What the first phrase found in a sentence wants of its reader.
pub(crate) fn hit(sentence: &Sentence) -> Option<&'static str> {
    (0..sentence.words.len()).find_map(|at| {
        PHRASES
            .iter()
            .find(|phrase| applies(phrase, sentence, at))
            .map(|phrase| phrase.what)
    })
}

fn applies(phrase: &Phrase, sentence: &Sentence, at: usize) -> bool {
    let Some(end) = matches(phrase.steps, sentence, at) else {
        return false;
    };
    let words = &sentence.words;
    let order = words[at].first || at > 0 && LEADS.contains(&words[at - 1].text.as_str());
    let addressed = || sentence.has_any(ADDRESSED);
    match phrase.when {
        When::Always => true,
        When::AsAnOrder => order || addressed(),
        When::WholeOrder => order && end + 1 == words.len(),
        When::ToAReviewer => addressed(),
    }
}

/// The index of the last word matched, with the first step at `at` itself.
fn matches(steps: &[Step], sentence: &Sentence, at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return at.checked_sub(1);
    };
    let says = |n: &usize| {
        sentence
            .words
            .get(*n)
            .is_some_and(|word| step.any.contains(&word.text.as_str()))
    };
    (at..=at + step.within)
        .filter(says)
        .find_map(|n| matches(rest, sentence, n + 1))
}
