//! Questions: what is asked, and how to answer it.

use synod_proto::v1::Question;

use super::{Look, Tone, ago, clean, short, wrap};

/// Questions, most urgent first, grouped by run.
pub fn questions(questions: &[Question], look: &Look) -> String {
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
        let of_run = questions.iter().filter(|q| q.run_id == run);
        let title = format!("run {}", short(run));
        lines.push(look.colour.paint(Tone::Strong, &title));
        for question in of_run {
            lines.push(String::new());
            lines.extend(one(question, look));
        }
        lines.push(String::new());
        lines.push(format!(
            "all at once: synod answer {} --rest recommended|dismiss|later",
            short(run)
        ));
        lines.push(String::new());
    }
    lines.pop();
    lines.join("\n")
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
    let text = format!(
        "[{}]{later} {section}{}",
        clean(&question.severity),
        clean(&question.text)
    );
    let id = short(&question.id);
    let mut lines = wrap::wrap(&text, look.width, &format!("{id}  "), "          ");
    lines.extend(
        how_to_answer(question, look)
            .into_iter()
            .map(|line| format!("        {line}")),
    );
    lines
}

/// The options and the commands that settle a question, or what settled it.
pub fn how_to_answer(question: &Question, look: &Look) -> Vec<String> {
    let id = short(&question.id);
    if question.state == "settled" {
        return vec![settled(question, look)];
    }
    let mut lines = Vec::new();
    for (number, option) in (1..).zip(&question.options) {
        let mark = if *option == question.recommended && !option.is_empty() {
            " (recommended)"
        } else {
            ""
        };
        let text = format!("{number}) {}{mark}", clean(option));
        lines.extend(wrap::wrap(
            &text,
            look.width.saturating_sub(8),
            "  ",
            "     ",
        ));
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
    lines.push(format!("  {answer}    or --must-fix, --dismiss, --later"));
    lines
}

fn settled(question: &Question, look: &Look) -> String {
    let mut text = format!("  settled: {}", clean(&question.disposition));
    if !question.answer.is_empty() {
        text.push_str(": ");
        text.push_str(&clean(&question.answer));
    }
    if !question.answered_by.is_empty() {
        text.extend([" by ", &clean(&question.answered_by)]);
    }
    if let Some(at) = &question.answered_at {
        text.extend([", ", &ago(at, look)]);
    }
    if question.bulk {
        text.push_str(", together with others");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn questions_stand_with_their_options_and_commands() {
        insta::assert_snapshot!(questions(&samples::asking().questions, &samples::look()));
    }

    #[test]
    fn no_question_is_said_so() {
        assert!(questions(&[], &samples::look()).starts_with("nothing is asked"));
    }
}
