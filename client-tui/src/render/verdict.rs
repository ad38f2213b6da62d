//! A gate's verdict: how far it can be trusted, what was decided about each finding and why, what is open,
//! and what to do next.

use synod_proto::v1::{Anchor, Finding, Question, Run, Verdict, Voice};

use crate::exit::{Degraded, Exit};

use super::{Colour, Look, Tone, clean, questions, short, tone_of, wrap};

/// Findings shown one by one in a group that asks nothing of the reader.
const SHOWN_OF_A_GROUP: usize = 12;
/// Questions shown one by one; more are only counted. The run stays open for all of them.
const SHOWN_QUESTIONS: usize = 7;

/// The verdict as text.
pub fn verdict(run: &Run, look: &Look) -> String {
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
    lines.extend(asked(run, look));
    for group in GROUPS {
        lines.extend(decided(run, group, look));
    }
    if let Some(verdict) = &run.verdict {
        lines.extend(missing(verdict, look));
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
        lines.extend(in_full(finding, None, "- ", look));
    }
    if findings.len() > SHOWN_OF_A_GROUP {
        lines.push(format!(
            "  and {} more: synod show {}",
            findings.len() - SHOWN_OF_A_GROUP,
            clean(&run.name)
        ));
    }
    lines
}

/// A finding with its place, its voices and the rule that fired. `section` is the first anchor's, if known.
fn in_full(finding: &Finding, section: Option<&str>, mark: &str, look: &Look) -> Vec<String> {
    let margin = " ".repeat(mark.chars().count());
    let claim = format!(
        "[{}] {}, {}: {}",
        clean(&finding.severity),
        clean(&finding.kind),
        clean(&finding.agreement),
        clean(&finding.text),
    );
    let mut lines = wrap::wrap(&claim, look.width, mark, &margin);
    let mut add = |text: String| {
        let first = format!("{margin}  ");
        let rest = format!("{margin}    ");
        lines.extend(wrap::wrap(&text, look.width, &first, &rest));
    };
    if finding.anchors.is_empty() {
        add("where: unanchored, so never settled without you".to_owned());
    }
    for (number, anchor) in finding.anchors.iter().enumerate() {
        let section = section.filter(|_| number == 0);
        add(format!("where: {}", place(anchor, section)));
    }
    for voice in &finding.voices {
        add(said(voice));
    }
    if !finding.answer.is_empty() {
        let word = match finding.decision.as_str() {
            "resolve" => "decided",
            _ => "recommended",
        };
        add(format!("{word}: {}", clean(&finding.answer)));
    }
    if !finding.rule.is_empty() {
        add(format!("why: {}", clean(&finding.rule)));
    }
    if !finding.possibly_same.is_empty() {
        let ids: Vec<String> = finding.possibly_same.iter().map(|id| short(id)).collect();
        add(format!("may be the same as {}", ids.join(", ")));
    }
    lines
}

fn place(anchor: &Anchor, section: Option<&str>) -> String {
    let path = match section {
        Some(section) if section.starts_with(&anchor.path) => clean(section),
        Some(_) | None => clean(&anchor.path),
    };
    match clean(&anchor.quote) {
        quote if quote.is_empty() => path,
        quote => format!("{path}, “{quote}”"),
    }
}

fn said(voice: &Voice) -> String {
    let family = match clean(&voice.family) {
        family if family.is_empty() => String::new(),
        family => format!(" [{family}]"),
    };
    let words: Vec<String> = [clean(&voice.answer), clean(&voice.reasoning)]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    let words = match words.as_slice() {
        [] => clean(&voice.severity),
        words => words.join(" — "),
    };
    format!("{}{family}: {words}", clean(&voice.agent))
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

/// The bulk answer that makes sense: taking what is recommended needs a recommendation.
fn rest(run: &Run, name: &str) -> String {
    let recommended =
        |question: &Question| question.state != "settled" && !question.recommended.is_empty();
    if run.questions.iter().any(recommended) {
        format!("synod answer {name} --rest recommended    take what is recommended")
    } else {
        format!("synod answer {name} --rest later    put off all that is open")
    }
}

fn must_fix(run: &Run) -> impl Iterator<Item = String> {
    run.questions
        .iter()
        .filter(|question| question.disposition == "must-fix")
        .map(|question| {
            let what = [clean(&question.section), clean(&question.text)];
            let what = what.iter().filter(|word| !word.is_empty());
            format!(
                "must be fixed: {}",
                what.cloned().collect::<Vec<_>>().join(": ")
            )
        })
}

/// For each agent without a valid answer that was started, how to see what it printed.
fn printed(run: &Run) -> Vec<String> {
    let missing = run.verdict.iter().flat_map(|verdict| &verdict.missing);
    missing
        .filter(|missing| missing.reason != "spawn-failed")
        .filter_map(|missing| run.executions.iter().rfind(|e| e.agent == missing.agent))
        .filter_map(|execution| {
            let attempt = execution.attempts.last()?;
            let only_errors = attempt.output_bytes.unwrap_or_default() == 0
                && attempt.error_bytes.is_some_and(|bytes| bytes > 0);
            let stderr = if only_errors { " --stderr" } else { "" };
            Some(format!(
                "synod logs {}{stderr}    what {} printed",
                short(&execution.id),
                clean(&execution.agent)
            ))
        })
        .collect()
}

/// What to do now.
fn next(run: &Run, look: &Look) -> Vec<String> {
    let name = clean(&run.name);
    let title = look.colour.paint(Tone::Strong, "NEXT");
    let steps: Vec<String> = match run.state.as_str() {
        "awaiting-human" => vec![
            format!("synod questions {name}    all open questions with their options"),
            rest(run, &name),
            "then mend what must be fixed; once nothing is open the verdict stands".to_owned(),
        ],
        "rejected" => must_fix(run)
            .chain(["mend that, then run the gate again".to_owned()])
            .collect(),
        "no-quorum" => [
            vec![format!("synod show {name}    why each agent failed")],
            printed(run),
            vec!["then run the gate again, or with fewer agents: --roster, --quorum".to_owned()],
        ]
        .concat(),
        "deadline-exceeded" => [
            vec![format!("synod show {name}    what was answered in time")],
            printed(run),
            vec!["raise the gate's [gate.deadlines], or run it again".to_owned()],
        ]
        .concat(),
        "passed-degraded" => vec![format!(
            "nothing is open, but voices are missing; synod show {name} tells which"
        )],
        "passed" => vec!["nothing is open: go on".to_owned()],
        "cancelled" => vec!["run the gate again when you want its answer".to_owned()],
        _ => vec![format!("synod wait {name}    blocks until it ends")],
    };
    let mut lines = vec![String::new(), title];
    for step in steps {
        if step.starts_with("synod ") {
            // To be copied whole.
            lines.push(format!("  {step}"));
        } else {
            lines.extend(wrap::wrap(&step, look.width, "  ", "    "));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_verdict_that_asks_shows_who_said_what_and_how_to_answer() {
        insta::assert_snapshot!(verdict(&samples::asking(), &samples::look()));
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
