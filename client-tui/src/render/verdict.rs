//! A gate's verdict: how far it can be trusted, what was decided about each finding and why, what is open,
//! and what to do next.

mod finding;
mod next;

use synod_proto::v1::{Finding, Question, Run, Verdict};

use crate::exit::{Degraded, Exit};

use super::{Colour, Look, Tone, blind, clean, questions, rounds, tone_of, wrap};
use finding::in_full;
use next::next;

/// Findings shown one by one in a group that asks nothing of the reader.
const SHOWN_OF_A_GROUP: usize = 12;
/// Questions shown one by one; more are only counted. The run stays open for all of them.
const SHOWN_QUESTIONS: usize = 7;

/// The verdict as text.
pub fn verdict(run: &Run, look: &Look) -> String {
    let run = &*blind::blinded(run);
    let mut lines = Vec::new();
    let state = look.colour.paint(tone_of(&run.state), &clean(&run.state));
    let name = look.colour.paint(Tone::Strong, &clean(&run.name));
    lines.push(format!("{name}  {state}"));
    if let Some(verdict) = &run.verdict {
        lines.extend(wrap::indented(&clean(&verdict.trust), look.width, 2));
    }
    let says_more = run.reason != run.state && run.reason != "completed";
    if !run.reason.is_empty() && says_more && run.reason != "questions-open" {
        let reason = format!("reason: {}", clean(&run.reason));
        lines.extend(wrap::indented(&reason, look.width, 2));
    }
    if let Some(ballot) = rounds::ballot(run) {
        lines.extend(wrap::indented(&ballot, look.width, 2));
    }
    lines.extend(asked(run, look));
    for group in GROUPS {
        lines.extend(decided(run, group, look));
    }
    if let Some(verdict) = &run.verdict {
        lines.extend(missing(verdict, look));
        lines.extend(notes(verdict, look));
    }
    lines.extend(next(run, look));
    lines.join("\n")
}

struct Group {
    decision: &'static str,
    title: &'static str,
}

const GROUPS: &[Group] = &[
    Group {
        decision: "resolve",
        title: "resolved without you",
    },
    Group {
        decision: "settled",
        title: "settled earlier",
    },
    Group {
        decision: "watch",
        title: "watched: asked when another run or family sees it too",
    },
    Group {
        decision: "note",
        title: "noted",
    },
];

fn heading(title: &str, count: usize, colour: Colour) -> [String; 2] {
    let title = format!("{} ({count})", title.to_uppercase());
    [String::new(), colour.paint(Tone::Strong, &title)]
}

/// Findings that a human is asked about, open ones with the command that settles them.
fn asked(run: &Run, look: &Look) -> Vec<String> {
    let left_to_people =
        |finding: &&Finding| !GROUPS.iter().any(|g| g.decision == finding.decision);
    let mut asked: Vec<(&Finding, Option<&Question>)> = run
        .findings
        .iter()
        .filter(left_to_people)
        .map(|finding| {
            let question = run.questions.iter().find(|q| q.finding_id == finding.id);
            (finding, question)
        })
        .collect();
    let place = |question: Option<&Question>| {
        question.and_then(|q| run.questions.iter().position(|other| other.id == q.id))
    };
    asked.sort_by_key(|(_, question)| place(*question).unwrap_or(usize::MAX));
    if asked.is_empty() {
        return Vec::new();
    }
    let open = |(_, question): &(&Finding, Option<&Question>)| {
        question.is_none_or(|question| question.state != "settled")
    };
    let over =
        Exit::of_run(&run.state, Degraded::Accepted).is_some_and(|exit| exit != Exit::NeedsAnswer);
    let title = match (asked.iter().any(open), over) {
        (true, false) => "for you to decide",
        (true, true) => "not settled when the run ended",
        (false, _) => "put to you, and settled",
    };
    let mut lines = heading(title, asked.len(), look.colour).to_vec();
    for (number, (finding, question)) in asked.iter().take(SHOWN_QUESTIONS).enumerate() {
        lines.push(String::new());
        let section = question.map(|question| question.section.as_str());
        lines.extend(in_full(
            run,
            finding,
            section,
            &format!("{}. ", number + 1),
            look,
        ));
        if let Some(question) = question.filter(|q| !over || q.state == "settled") {
            lines.extend(
                questions::how_to_answer(question, look)
                    .into_iter()
                    .map(|line| format!("   {line}")),
            );
        }
    }
    if asked.len() > SHOWN_QUESTIONS {
        lines.push(String::new());
        lines.push(format!(
            "and {} more: synod questions {}",
            asked.len() - SHOWN_QUESTIONS,
            clean(&run.name)
        ));
    }
    lines
}

fn decided(run: &Run, group: &Group, look: &Look) -> Vec<String> {
    let findings: Vec<&Finding> = run
        .findings
        .iter()
        .filter(|finding| finding.decision == group.decision)
        .collect();
    if findings.is_empty() {
        return Vec::new();
    }
    let mut lines = heading(group.title, findings.len(), look.colour).to_vec();
    for finding in findings.iter().take(SHOWN_OF_A_GROUP) {
        lines.extend(in_full(run, finding, None, "- ", look));
    }
    if findings.len() > SHOWN_OF_A_GROUP {
        lines.push(format!(
            "  and {} more: synod --json show {}",
            findings.len() - SHOWN_OF_A_GROUP,
            clean(&run.name)
        ));
    }
    lines
}

fn missing(verdict: &Verdict, look: &Look) -> Vec<String> {
    if verdict.missing.is_empty() {
        return Vec::new();
    }
    let mut lines = heading("without a valid answer", verdict.missing.len(), look.colour).to_vec();
    for missing in &verdict.missing {
        let text = match clean(&missing.detail) {
            detail if detail.is_empty() => clean(&missing.reason),
            detail => format!("{}: {detail}", clean(&missing.reason)),
        };
        let text = format!("{}: {text}", clean(&missing.agent));
        lines.extend(wrap::wrap(&text, look.width, "- ", "  "));
    }
    lines
}

fn notes(verdict: &Verdict, look: &Look) -> Vec<String> {
    if verdict.notes.is_empty() {
        return Vec::new();
    }
    let mut lines = heading("to know", verdict.notes.len(), look.colour).to_vec();
    for note in &verdict.notes {
        lines.extend(wrap::wrap(&clean(note), look.width, "- ", "  "));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_verdict_after_all_rounds_shows_votes_rulings_and_what_the_ballot_cost() {
        let text = verdict(&samples::decided(), &samples::look());
        for line in text.lines().filter(|line| !line.contains("synod ")) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_is_asked_blind_shows_nobodys_word() {
        let mut run = samples::asking();
        run.questions[0].audit = true;
        run.findings[0].audited = "resolve".into();
        let text = verdict(&run, &samples::look());
        assert!(
            !text.contains("p95 under 300 ms at the server (recommended)"),
            "{text}"
        );
        assert!(
            !text.contains("vague quality") && !text.contains("preselected"),
            "{text}"
        );
    }

    #[test]
    fn a_verdict_that_asks_shows_who_said_what_and_how_to_answer() {
        insta::assert_snapshot!(verdict(&samples::asking(), &samples::look()));
    }

    #[test]
    fn what_an_agent_would_write_instead_stands_on_one_line() {
        let mut run = samples::asking();
        let voice = &mut run.findings[0].voices[0];
        voice.agent = "alice".into();
        voice.suggested_fix = "p95 under\n300 ms\n".into();
        let text = verdict(&run, &samples::look());
        assert!(text.contains("alice suggests: p95 under 300 ms"), "{text}");
    }

    #[test]
    fn a_run_without_quorum_names_who_is_missing_and_why() {
        insta::assert_snapshot!(verdict(&samples::without_quorum(), &samples::look()));
    }

    #[test]
    fn beyond_seven_questions_the_rest_is_counted() {
        let mut run = samples::asking();
        let (finding, question) = (run.findings[0].clone(), run.questions[0].clone());
        for n in 0..10 {
            let id = format!("{n:032}");
            run.findings.push(Finding {
                id: id.clone(),
                ..finding.clone()
            });
            run.questions.push(Question {
                id: id.clone(),
                finding_id: id,
                ..question.clone()
            });
        }
        let text = verdict(&run, &samples::look());
        assert!(
            text.contains("and 5 more: synod questions clarify/checkout#1"),
            "{text}"
        );
    }

    /// O13
    #[test]
    fn nothing_an_agent_said_reaches_the_terminal_raw() {
        let mut run = samples::asking();
        for finding in &mut run.findings {
            finding.text.push_str("\u{1b}[2J\u{9b}1m");
            for voice in &mut finding.voices {
                voice.reasoning.push_str("\u{1b}]52;c;eA==\u{7}\u{2066}");
            }
        }
        let text = verdict(&run, &samples::look());
        assert!(!text.contains('\u{1b}') && !text.contains('\u{9b}') && !text.contains('\u{2066}'));
    }
}
