//! One question in full: the claim, where, what can be answered, and every voice.

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use synod_proto::v1::{Finding, Question, Voice};
use synod_shared::sanitize;
use unicode_width::UnicodeWidthStr as _;

use super::{due::due, permission};
use crate::{
    render::{age, clean, short},
    tui::{
        keys::Action,
        model::{Model, known::Known, questions::Mark},
        theme::Theme,
        view::{ledger::located, run::detail::BLIND, text::wrap},
    },
};

/// A severity as a sign.
pub fn sign(severity: &str) -> &'static str {
    match severity {
        "critical" => "!!",
        "important" => "!",
        _ => "·",
    }
}

/// Who answered, by the name the daemon knows.
pub fn who(question: &Question) -> String {
    let who = match clean(&question.answered_by) {
        who if who.is_empty() => "somebody".to_owned(),
        who => who,
    };
    match clean(&question.answered_from) {
        from if from.is_empty() => who,
        from => format!("{who} ({from})"),
    }
}

/// How long ago it was answered, after a comma; empty if that is not known.
pub fn when(model: &Model, question: &Question) -> String {
    let at = question.answered_at.as_ref();
    let age = at.and_then(|at| age(at, model.moment()));
    age.map_or_else(String::new, |age| format!(", {age} ago"))
}

/// What was said, as the end of a sentence that begins with who said it.
pub fn said(known: &Known, question: &Question) -> String {
    let answer = clean(&question.answer);
    match question.disposition.as_str() {
        "answer" => format!("answered “{answer}”"),
        "must-fix" => "said: must fix".to_owned(),
        "dismiss" if question.permission.is_some() => "refused".to_owned(),
        "dismiss" => "said: not an issue".to_owned(),
        "later" => "put it off".to_owned(),
        "duplicate" => {
            let other = known.finding(&question.answer);
            let claim =
                other.map_or_else(String::new, |other| format!(" “{}”", clean(&other.text)));
            format!("said: the same as {}{claim}", short(&question.answer))
        }
        other => format!("said: {}", clean(other)),
    }
}

/// Everything about a question, in lines of at most so many columns.
pub fn lines(model: &Model, question: &Question, width: u16) -> Vec<Line<'static>> {
    let known = model.shown();
    let finding = known.finding(&question.finding_id);
    let mut page = Page {
        theme: &model.settings.theme,
        width: usize::from(width.max(1)),
        lines: Vec::new(),
    };
    state(&mut page, model, question);
    if let Some(asked) = &question.permission {
        permission::asked(&mut page, known, question, asked);
        permission::choices(&mut page, model, question, asked);
        page.id(question);
        return page.lines;
    }
    page.kind(
        question,
        finding.filter(|finding| !known.is_blind(&finding.id)),
    );
    page.lines_of(&clean(&question.text), "", page.theme.strong);
    page.place(question, finding);
    if known.waits(question) {
        answers(&mut page, model, question);
    } else {
        page.gap();
        page.options(question);
        unsent(&mut page, model, question);
    }
    match finding {
        Some(finding) if known.is_blind(&finding.id) => {
            page.gap();
            page.lines_of(BLIND, "", page.theme.faint);
        }
        Some(finding) => {
            page.voices(finding);
            page.rest(known, finding);
        }
        None => {}
    }
    page.id(question);
    page.lines
}

/// What became of it, before anything else: it decides what keys do.
fn state(page: &mut Page<'_>, model: &Model, question: &Question) {
    let known = model.shown();
    let theme = page.theme;
    let mark = model.questions.mark(&question.id);
    let when = when(model, question);
    let bulk = if question.bulk {
        ", together with others"
    } else {
        ""
    };
    let (who, what) = (who(question), said(known, question));
    let told = format!("{who} {what}{when}{bulk}");
    if question.state == "withdrawn" {
        page.lines_of("WITHDRAWN: nobody waits for it any more", "  ", theme.warn);
    } else if question.state == "settled" {
        page.lines_of(&format!("✓ SETTLED: {told}"), "  ", theme.good);
    } else if !known.waits(question) {
        let run = known.run(&question.run_id);
        let state = clean(run.map_or("over", |run| &run.state));
        let text = format!("NOT ASKED ANY MORE: the run is {state}");
        page.lines_of(&text, "  ", theme.warn);
    } else if mark == Some(Mark::Sending) && model.past.is_none() {
        page.lines_of("sending your answer…", "", theme.warn);
    } else if question.state == "later" {
        page.lines_of(
            &format!("PUT OFF: {told}; it still waits"),
            "  ",
            theme.warn,
        );
    } else if due(model, question).is_none() {
        return;
    }
    if let Some(due) = due(model, question) {
        let style = if due.over { theme.bad } else { theme.warn };
        page.lines_of(&due.whole, "  ", style);
    }
    page.gap();
}

/// What was written for a question and is not sent.
fn unsent(page: &mut Page<'_>, model: &Model, question: &Question) {
    if model.questions.mark(&question.id) != Some(Mark::Draft) || model.past.is_some() {
        return;
    }
    page.gap();
    let draft = model.questions.drafts.get(&question.id);
    let draft = clean(draft.map_or("", String::as_str));
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    let prefix = if model.shown().waits(question) {
        format!("Your draft ({} goes on with it): ", key(Action::OwnAnswer))
    } else {
        format!("You wrote ({} copies it): ", key(Action::Copy))
    };
    let theme = page.theme;
    page.led(&prefix, theme.strong, &draft, theme.plain, "  ");
}

/// The options by their numbers, or how else to answer.
fn answers(page: &mut Page<'_>, model: &Model, question: &Question) {
    let theme = page.theme;
    let key = |action| {
        let key = model.settings.keys.first(action);
        key.map_or_else(String::new, |key| key.to_string())
    };
    let recommended = if question.audit {
        String::new()
    } else {
        clean(&question.recommended)
    };
    let among = question.options.contains(&question.recommended);
    if !question.options.is_empty() {
        page.gap();
        let write = key(Action::OwnAnswer);
        let text = format!("pick a number, or {write} writes an answer:");
        page.lines_of(&text, "", theme.faint);
    }
    page.options(question);
    if !recommended.is_empty() && !among {
        page.gap();
        let prefix = format!("Recommended ({} accepts): ", key(Action::Recommended));
        page.led(&prefix, theme.strong, &recommended, theme.plain, "  ");
    }
    let write = key(Action::OwnAnswer);
    if question.options.is_empty() && recommended.is_empty() {
        page.gap();
        let text = format!("Nothing is recommended: {write} writes an answer.");
        page.lines_of(&text, "", theme.faint);
    }
    unsent(page, model, question);
}

/// Lines in the making.
pub(super) struct Page<'a> {
    /// How they look.
    pub theme: &'a Theme,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Page<'_> {
    fn id(&mut self, question: &Question) {
        self.gap();
        let text = format!("question {}", short(&question.id));
        self.lines_of(&text, "", self.theme.faint);
    }

    /// An empty line, unless there is one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    /// Text, what follows its first line indented.
    pub fn lines_of(&mut self, text: &str, indent: &str, style: Style) {
        self.led("", style, text, style, indent);
    }

    /// Text after a lead of another style.
    pub fn led(&mut self, lead: &str, of_lead: Style, text: &str, style: Style, indent: &str) {
        // A terminal of a few columns has no room for indenting.
        let indent = if self.width > 4 * indent.width() {
            indent
        } else {
            ""
        };
        let whole = format!("{lead}{text}");
        let mut pieces = wrap(&whole, self.width).into_iter();
        let first = pieces.next().unwrap_or_default();
        let split = if first.starts_with(lead) {
            lead.len()
        } else {
            0
        };
        let (head, tail) = first.split_at(split);
        self.lines.push(Line::from(vec![
            Span::styled(head.to_owned(), of_lead),
            Span::styled(tail.to_owned(), style),
        ]));
        // The rest is wrapped anew: it is narrower by the indent.
        let rest = whole.get(first.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(' ');
        let rest = rest.strip_prefix('\n').unwrap_or(rest);
        if rest.is_empty() {
            return;
        }
        for piece in wrap(rest, self.width.saturating_sub(indent.width())) {
            self.lines
                .push(Line::from(Span::styled(format!("{indent}{piece}"), style)));
        }
    }

    fn kind(&mut self, question: &Question, finding: Option<&Finding>) {
        let severity = clean(&question.severity);
        let sign = sign(&question.severity);
        let style = self.theme.word(&question.severity);
        let lead = format!("{sign} {severity}");
        let words = finding.map(|finding| [&finding.kind, &finding.agreement]);
        let words = words.into_iter().flatten().map(|word| clean(word));
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        let words = match words.join(" · ") {
            words if words.is_empty() => words,
            words => format!(" · {words}"),
        };
        self.led(&lead, style, &words, self.theme.plain, "  ");
    }

    /// Where it applies, with the words that stand there.
    fn place(&mut self, question: &Question, finding: Option<&Finding>) {
        self.gap();
        let section = clean(&question.section);
        let anchors = finding.map_or(&[][..], |finding| &finding.anchors);
        if !section.is_empty() {
            self.lines_of(&section, "", self.theme.faint);
        } else if anchors.is_empty() && finding.is_none_or(|finding| finding.located.is_none()) {
            self.lines_of("it names no place in the text", "", self.theme.faint);
        }
        if let Some(at) = finding.and_then(|finding| finding.located.as_ref()) {
            self.lines_of(&located(at), "", self.theme.faint);
        }
        let mut path = section.split(':').next().unwrap_or_default().to_owned();
        for anchor in anchors {
            let own = clean(&anchor.path);
            if own != path {
                self.lines_of(&own, "", self.theme.faint);
                path = own;
            }
            self.led(
                "> ",
                self.theme.faint,
                &clean(&anchor.quote),
                self.theme.plain,
                "> ",
            );
        }
    }

    fn options(&mut self, question: &Question) {
        for (number, option) in (1..).zip(&question.options) {
            let lead = if number < 10 {
                format!("{number}  ")
            } else {
                "   ".to_owned()
            };
            let recommended =
                *option == question.recommended && !option.is_empty() && !question.audit;
            let mark = if recommended { "  ← recommended" } else { "" };
            let text = format!("{}{mark}", clean(option));
            self.led(&lead, self.theme.accent, &text, self.theme.plain, "   ");
        }
    }

    fn voices(&mut self, finding: &Finding) {
        for voice in &finding.voices {
            self.gap();
            self.voice(voice);
        }
        self.votes(finding);
    }

    /// How those voted that were asked what they make of it, and what the arbiter said.
    fn votes(&mut self, finding: &Finding) {
        let theme = self.theme;
        if !finding.ballots.is_empty() {
            self.gap();
        }
        for cast in &finding.ballots {
            let family = match clean(&cast.family) {
                family if family.is_empty() => String::new(),
                family => format!(" [{family}]"),
            };
            let answer = match clean(&cast.answer) {
                answer if answer.is_empty() => String::new(),
                answer => format!(", {answer}"),
            };
            let lead = format!("{}{family} voted: ", clean(&cast.agent));
            let words = format!("{}{answer}", clean(&cast.real));
            self.led(&lead, theme.strong, &words, theme.plain, "  ");
        }
        let basis = finding.basis.as_ref().filter(|basis| basis.by == "arbiter");
        if let Some(basis) = basis {
            self.gap();
            let lead = format!("{}, the arbiter: ", clean(&basis.agent));
            self.led(
                &lead,
                theme.strong,
                &clean(&basis.ruling),
                theme.plain,
                "  ",
            );
            let reason = block(&basis.reason);
            if !reason.is_empty() {
                self.led("  ", theme.plain, &reason, theme.plain, "  ");
            }
        }
    }

    fn voice(&mut self, voice: &Voice) {
        let theme = self.theme;
        let family = match clean(&voice.family) {
            family if family.is_empty() => String::new(),
            family => format!(" [{family}]"),
        };
        let severity = match clean(&voice.severity) {
            severity if severity.is_empty() => String::new(),
            severity => format!(", {severity}"),
        };
        let lead = format!("{}{family}{severity}: ", clean(&voice.agent));
        let answer = match clean(&voice.answer) {
            answer if answer.is_empty() => "names no answer".to_owned(),
            answer => answer,
        };
        self.led(&lead, theme.strong, &answer, theme.plain, "  ");
        let reasoning = block(&voice.reasoning);
        if !reasoning.is_empty() {
            self.led("  ", theme.plain, &reasoning, theme.plain, "  ");
        }
        let fix = block(&voice.suggested_fix);
        if !fix.is_empty() {
            self.led("  write: ", theme.faint, &fix, theme.plain, "  ");
        }
    }

    fn rest(&mut self, known: &Known, finding: &Finding) {
        self.gap();
        if !finding.rule.is_empty() {
            let text = format!("asked because: {}", clean(&finding.rule));
            self.lines_of(&text, "  ", self.theme.faint);
        }
        for other in &finding.possibly_same {
            let claim = known.finding(other).map_or("", |other| &other.text);
            let text = format!("may be the same as {}: {}", short(other), clean(claim));
            self.lines_of(&text, "  ", self.theme.faint);
        }
    }
}

/// Foreign text of several lines, harmless.
fn block(text: &str) -> String {
    let text = sanitize::text(text).replace('\t', "    ");
    text.trim().to_owned()
}
