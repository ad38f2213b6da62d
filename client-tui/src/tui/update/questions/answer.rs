//! What is said to a question, and to the rest of them. Every answer names the text that was on the screen, and
//! is marked until the daemon took it and the feed tells of it.

use synod_proto::v1::Question;

use super::waiting_of;
use crate::{
    render::{Tone, clean},
    tui::{
        keys::Action,
        model::{
            Model,
            cursor::Cursor,
            known::Group,
            layer::{Choice, Confirm, Layer, Menu},
            questions::{Reading, Sent, SentReply},
        },
        msg::{Call, Cmd, Rest, Said},
        view::{
            areas,
            questions::{detail, panes},
        },
    },
};

/// Answers the selected question, if it can be.
pub fn say(model: &mut Model, said: Said) -> Vec<Cmd> {
    match selected(model) {
        Some(question) => super::super::command(model, call(&question, said)),
        None => Vec::new(),
    }
}

pub(super) fn call(question: &Question, said: Said) -> Call {
    Call::Answer {
        question: question.id.clone(),
        content_hash: question.content_hash.clone(),
        said,
    }
}

/// Answers with an option, counted from 1.
pub fn option(model: &mut Model, number: u32) -> Vec<Cmd> {
    let Some(question) = selected(model).filter(|_| is_read(model)) else {
        return Vec::new();
    };
    let known = question.options.len();
    if number as usize <= known {
        return super::super::command(model, call(&question, Said::Option(number)));
    }
    let write = key(model, Action::OwnAnswer);
    let text = match known {
        0 => format!("this question has no options; {write} writes an answer"),
        1 => format!("this question has one option; there is no {number}"),
        _ => format!("this question has options 1 to {known}; there is no {number}"),
    };
    super::super::say(model, text, Tone::Warn);
    Vec::new()
}

/// Answers with what is recommended.
pub fn recommended(model: &mut Model) -> Vec<Cmd> {
    let Some(question) = selected(model).filter(|_| is_read(model)) else {
        return Vec::new();
    };
    if question.audit {
        let write = key(model, Action::OwnAnswer);
        let text = format!("this is asked blind, nothing is recommended: {write} writes an answer");
        super::super::say(model, text, Tone::Warn);
        return Vec::new();
    }
    if question.recommended.trim().is_empty() {
        let write = key(model, Action::OwnAnswer);
        let others = if question.options.is_empty() {
            String::new()
        } else {
            "pick an option, or ".to_owned()
        };
        let text = format!("nothing is recommended here: {others}{write} writes an answer");
        super::super::say(model, text, Tone::Warn);
        return Vec::new();
    }
    let said = Said::Words(question.recommended.clone());
    super::super::command(model, call(&question, said))
}

pub(super) fn key(model: &Model, action: Action) -> String {
    let key = model.settings.keys.first(action);
    key.map_or_else(String::new, |key| key.to_string())
}

/// Whether the question's text is on the screen. If there is no room for it beside the list it is shown first:
/// nobody picks an option unseen.
pub(super) fn is_read(model: &mut Model) -> bool {
    let seen = panes::of(model, areas::of(model).body).detail.height > 0;
    if !seen {
        model.questions.reading = Reading::Whole;
        super::super::say(
            model,
            "this is the question; once more to answer",
            Tone::Plain,
        );
        return false;
    }
    // Of a finding the claim comes first. Of what is to be allowed, the end may be what matters.
    let place = &model.questions;
    let drawn = place.lines_of.as_ref().map(|of| &of.question);
    let whole = drawn.is_some() && place.read.as_ref() == drawn;
    if super::permission::selected_permission(model).is_none() || whole {
        return true;
    }
    let scroll = match place.reading {
        Reading::List => Action::ScrollDown,
        Reading::Whole => Action::Down,
    };
    let text = format!(
        "there is more to read first: {} scrolls",
        key(model, scroll)
    );
    super::super::say(model, text, Tone::Warn);
    false
}

/// The selected question, if it can be answered; else says why not.
pub fn selected(model: &mut Model) -> Option<Question> {
    if super::super::refuse_in_the_past(model) {
        return None;
    }
    let place = &model.questions;
    // Of a list that was not drawn yet nothing is selected.
    let listed = place.question_at(place.cursor.index);
    let selected = place.selected.as_deref().filter(|id| listed == Some(*id));
    let Some(mut question) = selected.and_then(|id| model.live.question(id)).cloned() else {
        super::super::say(model, "no question is selected", Tone::Plain);
        return None;
    };
    // What was drawn is what is answered, though it may read otherwise by now.
    if let Some(drawn) = place
        .lines_of
        .as_ref()
        .filter(|of| of.question.0 == question.id)
    {
        question.content_hash.clone_from(&drawn.content_hash);
    }
    match closed(model, &question) {
        Some(why) => {
            super::super::say(model, why, Tone::Warn);
            None
        }
        None => Some(question),
    }
}

/// Why a question takes no answer, in a sentence; none if it does.
pub fn closed(model: &Model, question: &Question) -> Option<String> {
    if question.state == "withdrawn" {
        return Some("this was withdrawn: nobody waits for it any more".to_owned());
    }
    if question.state == "settled" {
        let who = detail::who(question);
        let what = detail::said(&model.live, question);
        let when = detail::when(model, question);
        return Some(format!("this is settled: {who} {what}{when}"));
    }
    if model.questions.sent.contains_key(&question.id) {
        return Some("an answer to this question is under way".to_owned());
    }
    if model.live.group(&question.run_id) == Some(Group::Finished) {
        let run = model.live.run(&question.run_id)?;
        let (name, state) = (clean(&run.name), clean(&run.state));
        return Some(format!(
            "{name} is {state}: its questions take no more answers"
        ));
    }
    None
}

/// Offers the run's other findings.
pub fn duplicate(model: &mut Model) {
    let Some(question) = selected(model) else {
        return;
    };
    let known = &model.live;
    let parts = known.parts(&question.run_id);
    let findings = parts.map_or(&[][..], |parts| &parts.findings);
    let others = findings.iter().filter(|id| **id != question.finding_id);
    let items: Vec<(String, Choice)> = others
        .filter_map(|id| known.finding(id))
        .map(|finding| {
            let words = format!("[{}] {}", clean(&finding.severity), clean(&finding.text));
            let said = Said::Duplicate(finding.id.clone());
            (words, Choice::Command(call(&question, said)))
        })
        .collect();
    if items.is_empty() {
        super::super::say(model, "the run has no other finding", Tone::Plain);
        return;
    }
    model.layers.push(Layer::Menu(Menu {
        title: "the same as which finding?".to_owned(),
        items,
        cursor: Cursor::default(),
    }));
}

/// Offers one answer to all that waits of the run.
pub fn rest(model: &mut Model) {
    if super::super::refuse_in_the_past(model) {
        return;
    }
    let selected = model.questions.selected.as_ref();
    let question = selected.and_then(|id| model.live.question(id));
    let run = question.map(|question| &question.run_id);
    let Some(run) = run.or(model.questions.only.as_ref()).cloned() else {
        super::super::say(model, "no question is selected", Tone::Plain);
        return;
    };
    let name = clean(model.live.run(&run).map_or("", |run| &run.name));
    let waiting = findings_of(model, &run);
    if waiting.is_empty() {
        let text = format!("of {name} nothing waits that can be answered at once");
        super::super::say(model, text, Tone::Plain);
        return;
    }
    let permissions = waiting_of(model, &run).len() - waiting.len();
    let told = model.live.run(&run).and_then(|run| run.open_questions);
    let told = (told.unwrap_or(0) as usize).saturating_sub(permissions);
    let all = waiting.len().max(told);
    let answered = waiting.iter().filter(|id| has_answer(model, id)).count();
    let stay = match all - answered {
        0 => String::new(),
        1 => " One has no recommended answer and stays open.".to_owned(),
        n => format!(" {n} have no recommended answer and stay open."),
    };
    let questions = |n| if n == 1 { "question" } else { "questions" };
    let accept = (
        format!("what is recommended: {answered} of {all}"),
        format!(
            "Answer {answered} {} of {name} with what is recommended?{stay}",
            questions(answered)
        ),
        Rest::Recommended,
    );
    let dismiss = (
        format!("not an issue: all {all}"),
        format!("Settle {all} {} of {name} as not an issue?", questions(all)),
        Rest::Dismiss,
    );
    let later = (
        format!("later: all {all} (they stay open)"),
        format!(
            "Put off {all} {} of {name}? They stay open.",
            questions(all)
        ),
        Rest::Later,
    );
    let item = |(words, question, rest): (String, String, Rest)| {
        let call = Call::AnswerRest {
            run: run.clone(),
            rest,
        };
        (words, Choice::Confirm(Confirm { question, call }))
    };
    let accept = (answered > 0).then_some(accept);
    model.layers.push(Layer::Menu(Menu {
        title: format!("the rest of {name}"),
        items: accept
            .into_iter()
            .chain([dismiss, later])
            .map(item)
            .collect(),
        cursor: Cursor::default(),
    }));
}

/// The questions of a run that wait, without what agents ask to be allowed: that is never said in bulk.
fn findings_of(model: &Model, run: &str) -> Vec<String> {
    let mut waiting = waiting_of(model, run);
    waiting.retain(|id| {
        let question = model.live.question(id);
        question.is_some_and(|question| question.permission.is_none())
    });
    waiting
}

fn has_answer(model: &Model, question: &str) -> bool {
    let question = model.live.question(question);
    question.is_some_and(|question| !question.recommended.trim().is_empty())
}

/// A call was sent: the questions it answers are marked.
pub fn sent(model: &mut Model, call: &Call) {
    let questions = match call {
        Call::Answer { question, .. } => vec![question.clone()],
        Call::AnswerRest { run, rest } => {
            let mut all = findings_of(model, run);
            match rest {
                Rest::Recommended => all.retain(|id| has_answer(model, id)),
                Rest::Dismiss | Rest::Later => {}
            }
            all
        }
        _ => return,
    };
    for id in questions {
        let revision = model.live.question(&id).map_or(0, |q| q.revision);
        let reply = SentReply::Awaited;
        model.questions.sent.insert(id, Sent { revision, reply });
    }
}

/// The daemon took an answer: it is told, because the question may be out of sight at once. The mark goes when
/// the feed tells of it.
pub fn taken(model: &mut Model, call: &Call) {
    if let Call::Answer { question, said, .. } = call {
        let words = told(model, question, said);
        super::super::say(model, words, Tone::Plain);
    }
    for id in marked(model, call) {
        if let Some(sent) = model.questions.sent.get_mut(&id) {
            sent.reply = SentReply::Taken;
        }
    }
}

/// What was said, in a few words.
fn told(model: &Model, question: &str, said: &Said) -> String {
    let short = |text: &str| synod_shared::sanitize::line(text, 40);
    match said {
        Said::Words(words) => format!("answered: {}", short(words)),
        Said::Option(number) => {
            let options = model
                .live
                .question(question)
                .map(|question| &question.options);
            let index = (*number as usize).saturating_sub(1);
            match options.and_then(|options| options.get(index)) {
                Some(option) => format!("answered: {}", short(option)),
                None => format!("answered with option {number}"),
            }
        }
        Said::MustFix => "must fix: noted".to_owned(),
        Said::Dismiss if is_permission(model, question) => "refused".to_owned(),
        Said::Dismiss => "not an issue: noted".to_owned(),
        Said::Later => "put off".to_owned(),
        Said::Duplicate(_) => "the same as another finding: noted".to_owned(),
    }
}

fn is_permission(model: &Model, question: &str) -> bool {
    let question = model.live.question(question);
    question.is_some_and(|question| question.permission.is_some())
}

/// The daemon refused an answer: the question is as it was, or as somebody else left it. Tells what became of text
/// that was written, after the daemon's sentence.
pub fn refused(model: &mut Model, call: &Call) -> String {
    for id in marked(model, call) {
        model.questions.sent.remove(&id);
    }
    let settled = key(model, Action::Settled);
    let place = &mut model.questions;
    match call {
        Call::Answer { question, .. } => {
            if place.selected.as_ref() == Some(question) {
                place.beaten = Some(question.clone());
            }
            if place.drafts.contains_key(question) {
                format!("; what you wrote is kept with it ({settled} shows settled ones)")
            } else {
                String::new()
            }
        }
        _ => String::new(),
    }
}

/// The questions that are marked because of a call.
fn marked(model: &Model, call: &Call) -> Vec<String> {
    match call {
        Call::Answer { question, .. } => vec![question.clone()],
        Call::AnswerRest { run, .. } => {
            let sent = model.questions.sent.keys();
            let of_run = |id: &&String| {
                let question = model.live.question(id);
                question.is_none_or(|question| question.run_id == *run)
            };
            sent.filter(of_run).cloned().collect()
        }
        _ => Vec::new(),
    }
}
