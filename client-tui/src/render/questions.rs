//! Questions: what is asked, and how to answer it.

use synod_proto::v1::{Permission, Question};

use super::{Look, Tone, ago, clean, short, wrap};

/// Questions, most urgent first, grouped by run. `name` is the word by which a run is known, by its id.
pub fn questions(questions: &[Question], name: impl Fn(&str) -> String, look: &Look) -> String {
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
        for question in &of_run {
            lines.push(String::new());
            lines.extend(one(question, look));
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
    let section = match clean(&question.section) {
        section if section.is_empty() => String::new(),
        section => format!("{section}: "),
    };
    let text = match &question.permission {
        Some(asked) => format!("[permission]{later} {}", asks(asked)),
        None => format!(
            "[{}]{later} {section}{}",
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
    lines.extend(
        how_to_answer(question, look)
            .into_iter()
            .map(|line| format!("        {line}")),
    );
    lines
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
    let mut lines = Vec::new();
    for (number, option) in (1..).zip(&question.options) {
        let mark = if *option == question.recommended && !option.is_empty() {
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
    if !question.recommended.is_empty() && !question.options.contains(&question.recommended) {
        let text = format!("recommended: {}", clean(&question.recommended));
        lines.extend(wrap::wrap(
            &text,
            look.width.saturating_sub(8),
            "  ",
            "    ",
        ));
    }
    let recommended = (1..)
        .zip(&question.options)
        .find(|(_, option)| **option == question.recommended);
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

fn settled(question: &Question, look: &Look) -> Vec<String> {
    let said = match (question.disposition.as_str(), clean(&question.answer)) {
        ("answer", answer) => format!("you answered: \"{answer}\""),
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
            |_| "clarify/checkout#1".to_owned(),
            &samples::look()
        ));
    }

    #[test]
    fn only_what_can_be_done_is_offered() {
        let mut asked = samples::asking().questions;
        let offered = |asked: &[Question]| {
            let text = questions(asked, |_| "run".to_owned(), &samples::look());
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
        assert!(questions(&[], str::to_owned, &samples::look()).starts_with("nothing is asked"));
    }
}
