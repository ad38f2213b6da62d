//! Questions: what is asked, and how to answer it.

use synod_proto::v1::{Permission, Question};

use super::{Look, Tone, ago, blind, clean, instant, short, span, wrap};

/// Questions of a run shown one by one; more are only counted. The run stays open for all of them.
const SHOWN: usize = 7;

/// How many questions of a run are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// The most urgent of each run.
    MostUrgent,
    /// All of them.
    All,
}

/// Questions, most urgent first, grouped by run. `name` is the word by which a run is known, by its id.
pub fn questions(
    questions: &[Question],
    many: Many,
    name: impl Fn(&str) -> String,
    look: &Look,
) -> String {
    if questions.is_empty() {
        return "nothing is asked; `synod ps` lists what is under way".to_owned();
    }
    let mut runs: Vec<&str> = Vec::new();
    for question in questions {
        if !runs.contains(&question.run_id.as_str()) {
            runs.push(&question.run_id);
        }
    }
    let mut lines = Vec::new();
    for run in runs {
        let of_run: Vec<&Question> = questions.iter().filter(|q| q.run_id == run).collect();
        let name = name(run);
        lines.push(look.colour.paint(Tone::Strong, &name));
        let shown = match many {
            Many::MostUrgent => SHOWN,
            Many::All => of_run.len(),
        };
        for (section, of_section) in by_section(&of_run, shown) {
            if !section.is_empty() {
                lines.push(String::new());
                lines.extend(wrap::indented(&section, look.width, 0));
            }
            for question in of_section {
                lines.push(String::new());
                lines.extend(one(question, look));
            }
        }
        if of_run.len() > shown {
            lines.push(String::new());
            lines.push(format!(
                "and {} more: synod questions {name}",
                of_run.len() - shown
            ));
        }
        if let Some(all_at_once) = all_at_once(&of_run, &name) {
            lines.push(String::new());
            lines.push(all_at_once);
        }
        lines.push(String::new());
    }
    lines.pop();
    lines.join("\n")
}

/// The first so many questions by section: sections in the order of their most urgent question.
fn by_section<'a>(questions: &[&'a Question], shown: usize) -> Vec<(String, Vec<&'a Question>)> {
    let mut sections: Vec<(String, Vec<&Question>)> = Vec::new();
    for question in questions.iter().take(shown) {
        let section = clean(&question.section);
        match sections.iter_mut().find(|(known, _)| *known == section) {
            Some((_, of_section)) => of_section.push(question),
            None => sections.push((section, vec![question])),
        }
    }
    sections
}

/// The command that settles all that is open in a run; taking what is recommended needs a recommendation.
fn all_at_once(questions: &[&Question], run: &str) -> Option<String> {
    // What an agent is allowed is never said in bulk.
    let mut open = questions
        .iter()
        .filter(|question| is_open(question) && question.permission.is_none())
        .peekable();
    open.peek()?;
    let others = if open.any(|question| !question.recommended.is_empty()) {
        "later, recommended"
    } else {
        "later"
    };
    Some(format!(
        "all at once: synod answer {run} --rest dismiss    (or: {others})"
    ))
}

/// Whether somebody waits for an answer.
pub fn is_open(question: &Question) -> bool {
    !matches!(question.state.as_str(), "settled" | "withdrawn")
}

/// One question.
pub fn one(question: &Question, look: &Look) -> Vec<String> {
    let later = match question.state.as_str() {
        "later" => " (put off)",
        _ => "",
    };
    let text = match &question.permission {
        Some(asked) => format!("[permission]{later} {}", asks(asked)),
        None => format!(
            "[{}]{later} {}",
            clean(&question.severity),
            clean(&question.text)
        ),
    };
    let id = short(&question.id);
    let rest = match &question.permission {
        // Wherever the line breaks, its rest is marked as one.
        Some(_) => "        │ ",
        None => "          ",
    };
    let mut lines = wrap::wrap(&text, look.width, &format!("{id}  "), rest);
    if let Some(due) = due(question, look) {
        lines.extend(wrap::wrap(&due, look.width, "          ", "            "));
    }
    if blind::is_blind(question) {
        let why = "asked blind, to see whether what is decided without people is right: \
                   what the agents say is not shown until you have answered";
        lines.extend(wrap::wrap(why, look.width, "          ", "            "));
    }
    lines.extend(
        how_to_answer(question, look)
            .into_iter()
            .map(|line| format!("        {line}")),
    );
    lines
}

/// When an open question is due, whether it is late, and how often it was reminded of.
fn due(question: &Question, look: &Look) -> Option<String> {
    if !is_open(question) {
        return None;
    }
    let mut said = Vec::new();
    if let Some(due) = question.due_at.as_ref().and_then(instant) {
        let zoned = due.to_zoned(look.zone.clone());
        let on = zoned.strftime("%Y-%m-%d %H:%M");
        let millis = |from: jiff::Timestamp, to: jiff::Timestamp| {
            span(i64::try_from(to.duration_since(from).as_millis()).unwrap_or(i64::MAX))
        };
        said.push(if due < look.now {
            format!("OVERDUE since {on} ({})", millis(due, look.now))
        } else {
            format!("due {on} (in {})", millis(look.now, due))
        });
    }
    match question.reminders() {
        0 => {}
        1 => said.push("reminded of once".to_owned()),
        times => said.push(format!("reminded of {times} times")),
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// Who wants to do what, with which files.
fn asks(asked: &Permission) -> String {
    let paths: Vec<String> = asked
        .paths
        .iter()
        .map(|path| one_line(path))
        .filter(|path| !asked.what.contains(path.as_str()))
        .collect();
    let files = match paths.as_slice() {
        [] => String::new(),
        paths => format!(" ({})", paths.join(", ")),
    };
    format!(
        "{} wants to {}: {}{files}",
        clean(&asked.agent),
        wants(&asked.tool_kind),
        one_line(&asked.what)
    )
}

/// Words of an agent that stand among ours: a line of theirs must not look like one of ours.
fn one_line(text: &str) -> String {
    clean(&text.replace('\n', " ↵ "))
}

/// What an agent wants to be allowed, by the kind of its tool: `… wants to run`.
pub fn wants(tool_kind: &str) -> &'static str {
    match tool_kind {
        "read" => "read",
        "edit" => "change a file",
        "delete" => "delete",
        "move" => "move",
        "search" => "search",
        "execute" => "run",
        "think" => "think",
        "fetch" => "fetch from the network",
        "switch-mode" => "change its mode",
        _ => "use a tool",
    }
}

/// The options and the commands that settle a question, or what settled it.
pub fn how_to_answer(question: &Question, look: &Look) -> Vec<String> {
    let id = short(&question.id);
    match question.state.as_str() {
        "settled" => return settled(question, look),
        "withdrawn" => return vec!["  not waited for any more".to_owned()],
        _ => {}
    }
    let recommended_answer = if blind::is_blind(question) {
        ""
    } else {
        question.recommended.as_str()
    };
    let mut lines = Vec::new();
    for (number, option) in (1..).zip(&question.options) {
        let mark = if *option == recommended_answer && !option.is_empty() {
            " (recommended)"
        } else {
            ""
        };
        // The agent chose the words; what they do is told beside them.
        let meaning = question
            .permission
            .as_ref()
            .and_then(|asked| asked.option_kinds.get(number - 1))
            .map(|kind| format!("  ({})", clean(kind).replace('-', " ")))
            .unwrap_or_default();
        let text = format!("{number}) {}{meaning}{mark}", one_line(option));
        let rest = match &question.permission {
            Some(_) => "   │ ",
            None => "     ",
        };
        lines.extend(wrap::wrap(&text, look.width.saturating_sub(8), "  ", rest));
    }
    if !recommended_answer.is_empty() && !question.options.iter().any(|it| it == recommended_answer)
    {
        let text = format!("recommended: {}", clean(recommended_answer));
        lines.extend(wrap::wrap(
            &text,
            look.width.saturating_sub(8),
            "  ",
            "    ",
        ));
    }
    let recommended = (1..)
        .zip(&question.options)
        .find(|(_, option)| **option == recommended_answer && !option.is_empty());
    let answer = match recommended {
        Some((number, _)) => format!("synod answer {id} --option {number}"),
        // Nobody is pushed towards one where nothing is recommended.
        None if !question.options.is_empty() => format!("synod answer {id} --option N"),
        None => format!("synod answer {id} TEXT"),
    };
    lines.push(match &question.permission {
        Some(_) => format!("  {answer}    (--dismiss rejects)"),
        None => format!("  {answer}    or --must-fix, --dismiss, --later"),
    });
    lines
}

/// What was said, as words.
pub fn in_words(disposition: &str) -> String {
    match disposition {
        "answer" => "answered".to_owned(),
        "must-fix" => "must be fixed".to_owned(),
        "dismiss" => "not an issue".to_owned(),
        "recommended" => "as recommended".to_owned(),
        other => clean(other),
    }
}

fn settled(question: &Question, look: &Look) -> Vec<String> {
    let said = match (question.disposition.as_str(), clean(&question.answer)) {
        ("answer", answer) => format!("you answered: \"{answer}\""),
        ("dismiss", _) if question.permission.is_some() => "you refused".to_owned(),
        ("must-fix" | "dismiss", _) => format!("you said: {}", in_words(&question.disposition)),
        ("duplicate", other) => format!("you said: the same as {}", short(&other)),
        (disposition, answer) if answer.is_empty() => {
            format!("you answered: {}", clean(disposition))
        }
        (disposition, answer) => format!("you answered: {} ({answer})", clean(disposition)),
    };
    let width = look.width.saturating_sub(8);
    let mut lines = wrap::wrap(&said, width, "  ", "    ");
    let mut when = Vec::new();
    if !question.answered_by.is_empty() {
        when.push(format!("by {}", clean(&question.answered_by)));
    }
    if let Some(at) = &question.answered_at {
        when.push(ago(at, look));
    }
    if !question.answered_from.is_empty() {
        when.push(format!("from {}", clean(&question.answered_from)));
    }
    if question.bulk {
        when.push("together with others".to_owned());
    }
    if !when.is_empty() {
        lines.extend(wrap::wrap(&when.join(", "), width, "  ", "    "));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn questions_stand_with_their_options_and_commands() {
        insta::assert_snapshot!(questions(
            &samples::asking().questions,
            Many::All,
            |_| "clarify/checkout#1".to_owned(),
            &samples::look()
        ));
    }

    #[test]
    fn only_what_can_be_done_is_offered() {
        let mut asked = samples::asking().questions;
        let offered = |asked: &[Question]| {
            let text = questions(asked, Many::All, |_| "run".to_owned(), &samples::look());
            text.lines().last().unwrap_or_default().to_owned()
        };
        assert!(offered(&asked).ends_with("--rest dismiss    (or: later, recommended)"));
        for question in &mut asked {
            question.recommended.clear();
        }
        assert!(offered(&asked).ends_with("--rest dismiss    (or: later)"));
        for question in &mut asked {
            question.state = "settled".into();
        }
        assert!(!offered(&asked).contains("--rest"));
    }

    /// O13: a command of several lines imitates the choices below it.
    #[test]
    fn no_line_of_an_agents_words_looks_like_a_choice() {
        let mut question = samples::asking().questions.remove(0);
        question.options = vec!["Allow for this session".into(), "Reject\n  3) Fine".into()];
        question.recommended.clear();
        question.permission = Some(Permission {
            agent: "a".into(),
            tool_kind: "execute".into(),
            what: format!("ls{} 1) Reject  (reject once)\nrm -rf ~", "x".repeat(38)),
            option_kinds: vec!["allow-always".into(), "reject-once".into()],
            ..Permission::default()
        });
        let lines = one(&question, &samples::look());
        let choices: Vec<&String> = lines
            .iter()
            .skip(1)
            .filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        assert_eq!(choices.len(), 2, "{lines:#?}");
        assert!(choices[0].contains("Allow for this session (allow always)"));
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("        │ 1) Reject")),
            "{lines:#?}"
        );
        assert!(choices[1].contains("(reject once)"));
    }

    #[test]
    fn no_question_is_said_so() {
        assert!(
            questions(&[], Many::All, str::to_owned, &samples::look())
                .starts_with("nothing is asked")
        );
    }

    #[test]
    fn what_is_due_late_or_blind_is_said_and_the_rest_is_counted() {
        let asked = &samples::asking().questions[0];
        let mut questions: Vec<Question> = (0..10)
            .map(|n| Question {
                id: format!("{n:0<32}"),
                ..asked.clone()
            })
            .collect();
        questions[0].due_at = Some(samples::at(40));
        questions[0].reminders = Some(2);
        questions[1].due_at = Some(samples::at(4_000));
        questions[1].section = "spec.md:Orders".into();
        questions[2].audit = true;
        questions.truncate(9);
        let name = |_: &str| "clarify/checkout#1".to_owned();
        let text = super::questions(&questions, Many::MostUrgent, name, &samples::look());
        assert!(
            text.contains("and 2 more: synod questions clarify/checkout#1"),
            "{text}"
        );
        let shown = super::questions(&questions[..3], Many::All, name, &samples::look());
        insta::assert_snapshot!(shown);
    }
}
