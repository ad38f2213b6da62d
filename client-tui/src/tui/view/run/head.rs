//! What a run is and how far it can be trusted: the lines above the panes.

use ratatui::{
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use synod_proto::v1::{Counts, Run};

use super::layout::single;
use crate::{
    render::{between, clean, usage},
    tui::{
        keys::Action,
        model::{
            Model,
            known::{Parts, Round, Tally},
            run::Reading,
        },
        view::{runs::open_questions, text},
    },
};

/// Below so many rows the head is kept short.
const ROOMY: u16 = 14;
/// Lines of the line of trust.
const TRUST: usize = 2;

/// The lines for a screen of this size.
pub fn lines(model: &Model, run: &Run, body: Rect) -> Vec<Line<'static>> {
    let theme = &model.settings.theme;
    let mut lines = vec![title(model, run, body.width)];
    if model.run.reader.is_some() {
        return lines;
    }
    let roomy = body.height >= ROOMY;
    let plain = |words: String, style: Style| Line::from(Span::styled(format!(" {words}"), style));
    if roomy {
        lines.push(plain(subject(run), theme.faint));
    }
    let (words, style) = match model.shown().verdict(&run.id).map(|v| clean(&v.trust)) {
        Some(trust) if !trust.is_empty() => (trust, theme.strong),
        Some(_) | None => (awaited(model, run), theme.plain),
    };
    let most = if roomy { TRUST } else { 1 };
    for line in first_lines(&words, body.width.saturating_sub(2), most) {
        lines.push(plain(line, style));
    }
    if roomy {
        lines.extend(ballot(model, run, body.width).map(|words| plain(words, theme.plain)));
    }
    let open = open_questions(model.shown(), run);
    if let Some(used) = model.shown().used_by(&run.id).filter(|_| roomy) {
        lines.push(plain(format!("used {}", usage::whole(&used)), theme.plain));
    }
    if open > 0 {
        let key = model.settings.keys.first(Action::RunQuestions);
        let key = key.map_or_else(String::new, |key| format!(": {key} answers"));
        let words = match (open, permissions(model, run)) {
            (_, Some(words)) => format!("{words}{key}"),
            (1, None) => format!("1 question is open{key}"),
            (n, None) => format!("{n} questions are open{key}"),
        };
        lines.push(plain(words, theme.warn));
    }
    lines
}

/// What agents of the run ask to be allowed, if they do.
fn permissions(model: &Model, run: &Run) -> Option<String> {
    let known = model.shown();
    let asked = known.parts(&run.id)?.questions.iter();
    let asked = asked.filter_map(|id| known.question(id));
    let mut asked = asked
        .filter(|q| known.waits(q))
        .filter_map(|q| q.permission.as_ref());
    let first = asked.next()?;
    Some(match asked.count() {
        0 => format!(
            "{} asks to be allowed: {}",
            clean(&first.agent),
            clean(&first.what)
        ),
        more => format!("{} permissions are asked for", more + 1),
    })
}

fn title(model: &Model, run: &Run, width: u16) -> Line<'static> {
    let theme = &model.settings.theme;
    let known = model.shown();
    let (round, tally) = under_way(known.parts(&run.id), run);
    let all = match round {
        Round::Answers => (tally.all as usize).max(run.roster.len()),
        Round::Ballot | Round::Arbiter => tally.all as usize,
    };
    let (from, to) = (run.created_at.as_ref(), run.ended_at.as_ref());
    let elapsed = between(from, to, model.moment()).unwrap_or_default();
    let reason = match clean(&run.reason) {
        // Open questions have a line of their own.
        reason if reason == "questions-open" => String::new(),
        reason if reason == run.state || reason == "completed" => String::new(),
        reason => reason,
    };
    let done = match (round, all) {
        (Round::Answers, 1) => format!("{}/1 agent done", tally.done),
        (Round::Answers, _) => format!("{}/{all} agents done", tally.done),
        (Round::Ballot, _) => format!("ballot {}/{all} done", tally.done),
        (Round::Arbiter, _) => "the arbiter is asked".to_owned(),
    };
    let narrow = match round {
        Round::Answers => format!("{}/{all}", tally.done),
        Round::Ballot => format!("ballot {}/{all}", tally.done),
        Round::Arbiter => "arbiter".to_owned(),
    };
    let state = (clean(&run.state), theme.word(&run.state));
    let wide: [(String, Style); 4] = [
        state.clone(),
        (reason, theme.faint),
        (done, theme.plain),
        (elapsed.clone(), theme.plain),
    ];
    let short: [(String, Style); 3] = [state, (narrow, theme.plain), (elapsed, theme.plain)];
    let name = clean(&run.name);
    let line = |parts: &[(String, Style)], room: usize| {
        let name = text::cut(&name, room).into_owned();
        let mut spans = vec![Span::styled(format!(" {name}"), theme.strong)];
        for (words, style) in parts.iter().filter(|(words, _)| !words.is_empty()) {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(words.clone(), *style));
        }
        Line::from(spans)
    };
    let width = usize::from(width);
    let whole = line(&wide, usize::MAX);
    if whole.width() <= width {
        return whole;
    }
    let whole = line(&short, usize::MAX);
    if whole.width() <= width {
        return whole;
    }
    // The state is what matters: the name gives way.
    let others = line(&short, 0).width();
    line(&short, width.saturating_sub(others).max(8))
}

/// The round that is under way, or was last in which somebody was to be waited for: the first, once there is a verdict.
fn under_way(parts: Option<&Parts>, run: &Run) -> (Round, Tally) {
    let round = match (run.ended_at.is_some(), run.round.as_str()) {
        (false, "ballot") if run.state == "executing" => Round::Ballot,
        (false, "arbitration") if run.state == "executing" => Round::Arbiter,
        _ => Round::Answers,
    };
    let tally = parts.map(|parts| parts.rounds.tally(round));
    (round, tally.unwrap_or_default())
}

/// What the ballot changed, and what it cost.
fn ballot(model: &Model, run: &Run, width: u16) -> Option<String> {
    let known = model.shown();
    let verdict = known.verdict(&run.id)?;
    let before = verdict.before_ballot.as_ref()?;
    // What the arbiter and audits made of it came later.
    let after = verdict.after_ballot.or(verdict.counts).unwrap_or_default();
    let counts = |counts: &Counts| {
        [
            ("for you", counts.asked()),
            ("resolved", counts.resolved()),
            ("confirmed", counts.confirmed()),
            ("arbiter", counts.arbitrated()),
            ("watched", counts.watched()),
            ("noted", counts.noted()),
        ]
    };
    let changed: Vec<String> = counts(before)
        .into_iter()
        .zip(counts(&after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((what, before), (_, after))| format!("{what} {before}→{after}"))
        .collect();
    let changed = match changed.join(", ") {
        nothing if nothing.is_empty() => "changed nothing".to_owned(),
        changed => changed,
    };
    let (valid, asked) = (verdict.ballots_valid(), verdict.ballots_asked());
    let cost = known.used_in(&run.id, Round::Ballot);
    let cost = cost.map_or_else(String::new, |cost| format!(" for {}", usage::short(&cost)));
    let whole = format!("ballot {valid}/{asked}{cost}: {changed}");
    first_lines(&whole, width.saturating_sub(2), 1)
        .into_iter()
        .next()
}

fn subject(run: &Run) -> String {
    let mut words = clean(&run.subject);
    if !single(run) {
        words = format!(
            "{} version {}, {} of {} needed · {words}",
            clean(&run.gate),
            run.gate_version,
            run.quorum,
            run.roster.len()
        );
    }
    words
}

/// What has to happen before there is a verdict.
fn awaited(model: &Model, run: &Run) -> String {
    let known = model.shown();
    let none = Parts::default();
    let parts = known.parts(&run.id).unwrap_or(&none);
    let (round, tally) = under_way(Some(parts), run);
    let at_work = tally.all.saturating_sub(tally.done);
    if single(run) {
        return super::outcome::sentence(model, run);
    }
    if run.ended_at.is_some() {
        return match model.run.reading.get(&run.id) {
            Some(Reading::Asked) => "reading the verdict…".to_owned(),
            Some(Reading::Failed(why)) => format!("the verdict could not be read: {why}"),
            None => "it ended without a verdict".to_owned(),
        };
    }
    if run.state == "deciding" {
        return "no verdict yet: the answers are being weighed".to_owned();
    }
    let who = match parts.executions.len() {
        0 => "the agents have not been queued yet".to_owned(),
        _ if at_work == 0 => "all agents have ended".to_owned(),
        1..=20 => {
            let busy: Vec<String> = parts
                .executions
                .iter()
                .filter_map(|id| known.execution(id))
                .filter(|execution| execution.ended_at.is_none() && Round::of(execution) == round)
                .map(|execution| clean(&execution.agent))
                .collect();
            format!("waiting for {}", busy.join(", "))
        }
        _ => format!("waiting for {at_work} agents"),
    };
    match round {
        Round::Answers => format!(
            "no verdict yet: {who}; {} valid answers are needed",
            run.quorum
        ),
        Round::Ballot => format!("no verdict yet: each is asked about what all found; {who}"),
        Round::Arbiter => format!("no verdict yet: the arbiter rules on what is in dispute; {who}"),
    }
}

/// The first lines of wrapped text; what is cut is marked.
pub fn first_lines(words: &str, width: u16, most: usize) -> Vec<String> {
    let width = usize::from(width);
    let mut lines = text::wrap(words, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(text::cut(&rest, width).into_owned());
    }
    lines
}
