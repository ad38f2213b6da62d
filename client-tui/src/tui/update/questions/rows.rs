//! The list of questions: what waits, what was put off, what is settled; each run by run, the run with the most
//! urgent question first, and within a run by section.
//!
//! Not here: what is selected.

use std::collections::{BTreeMap, btree_map::Entry};

use synod_proto::v1::Question;
use synod_shared::projection::urgency;

use crate::{
    render::clean,
    tui::{
        model::{
            known::{Group, Known},
            questions::{Counts, MadeOf, Part, Row, Settled},
        },
        update::filter::Matcher,
    },
};

/// Where a question belongs.
pub fn part_of(known: &Known, question: &Question) -> Part {
    match question.state.as_str() {
        _ if !known.waits(question) => Part::Settled,
        "later" => Part::PutOff,
        _ => Part::Waiting,
    }
}

/// The rows, and how many questions there are in each part without the filter.
pub fn rows(known: &Known, of: &MadeOf) -> (Vec<Row>, Counts) {
    let mut counts = Counts::default();
    let mut matcher = Matcher::new(&whole_words(&of.filter));
    let mut groups: Vec<(Part, Vec<&Question>)> = Vec::new();
    let all = known.runs().map(|(group, run)| (group, run.id.as_str()));
    let wanted = |run: &str| of.only.as_deref().is_none_or(|only| only == run);
    for (group, run) in all.filter(|(_, run)| wanted(run)) {
        // Of one run that is over, everything is history: nothing else could be shown.
        let over = of.only.is_some() && group == Group::Finished;
        let settled = if over { Settled::Shown } else { of.settled };
        let mut parts: BTreeMap<Part, Vec<&Question>> = BTreeMap::new();
        let ids = known.parts(run).map_or(&[][..], |parts| &parts.questions);
        for question in ids.iter().filter_map(|id| known.question(id)) {
            let natural = part_of(known, question);
            counts.add(natural);
            let held = of.held.as_ref().filter(|(_, id)| *id == question.id);
            let part = held.map_or(natural, |(part, _)| *part);
            if part == Part::Settled && settled == Settled::Hidden {
                continue;
            }
            if matcher.matches(|| text(known, question)) {
                parts.entry(part).or_default().push(question);
            }
        }
        groups.extend(parts);
    }
    for (_, questions) in &mut groups {
        questions.sort_by_cached_key(|question| as_if_open(question));
    }
    groups
        .sort_by_cached_key(|(part, questions)| (*part, questions.first().map(|q| as_if_open(q))));
    let mut rows = Vec::new();
    for (part, questions) in groups {
        push(&mut rows, known, part, &questions);
    }
    (rows, counts)
}

/// The order by urgency alone: in which part a question stands says the list.
fn as_if_open(question: &Question) -> impl Ord + use<> {
    let (rank, position) = (question.rank, question.position);
    urgency(&Question {
        state: "open".to_owned(),
        rank,
        position,
        run_id: question.run_id.clone(),
        id: question.id.clone(),
        ..Question::default()
    })
}

/// The questions of one run in one part. Sections stand in the order of their most urgent question, answered or
/// not: none changes its place while its questions are answered.
fn push(rows: &mut Vec<Row>, known: &Known, part: Part, questions: &[&Question]) {
    let Some(first) = questions.first() else {
        return;
    };
    rows.push(Row::Run(part, first.run_id.clone(), questions.len()));
    let mut sections: BTreeMap<&str, Vec<&Question>> = BTreeMap::new();
    for question in questions {
        sections
            .entry(&question.section)
            .or_default()
            .push(question);
    }
    let mut most_urgent = BTreeMap::new();
    let parts = known.parts(&first.run_id);
    let all = parts.map_or(&[][..], |parts| &parts.questions);
    for question in all.iter().filter_map(|id| known.question(id)) {
        let urgency = as_if_open(question);
        let section = most_urgent.entry(question.section.as_str());
        match section {
            Entry::Vacant(place) => drop(place.insert(urgency)),
            Entry::Occupied(mut place) if urgency < *place.get() => drop(place.insert(urgency)),
            Entry::Occupied(_) => {}
        }
    }
    let headed = sections.keys().any(|section| !section.is_empty());
    let mut sections: Vec<_> = sections.into_iter().collect();
    sections.sort_by(|(a, _), (b, _)| most_urgent.get(a).cmp(&most_urgent.get(b)));
    for (section, of_section) in sections {
        if headed {
            rows.push(Row::Section(section.to_owned()));
        }
        let row = |question: &&Question| Row::Question(part, question.id.clone());
        rows.extend(of_section.iter().map(row));
    }
}

/// Letters here and there in sentences match nearly everything: of a claim, what is typed must stand in it as it
/// is, word by word.
fn whole_words(typed: &str) -> String {
    let as_it_is = |word: &str| {
        let free = !word.starts_with(['!', '^', '\'']);
        format!("{}{word}", if free { "'" } else { "" })
    };
    let words: Vec<String> = typed.split_whitespace().map(as_it_is).collect();
    words.join(" ")
}

/// What a filter looks at.
fn text(known: &Known, question: &Question) -> String {
    let run = known.run(&question.run_id).map_or("", |run| &run.name);
    let finding = known.finding(&question.finding_id);
    let voices = finding.map_or(&[][..], |finding| &finding.voices);
    let agents: Vec<&str> = voices.iter().map(|voice| voice.agent.as_str()).collect();
    let asked = question.permission.as_ref();
    let asked = asked.map_or_else(String::new, |asked| {
        let paths = asked.paths.join(" ");
        format!("permission {} {} {paths}", asked.agent, asked.what)
    });
    clean(&format!(
        "{} {} {run} {} {} {} {asked}",
        question.severity,
        question.section,
        question.text,
        agents.join(" "),
        question.id,
    ))
}

impl Counts {
    fn add(&mut self, part: Part) {
        let count = match part {
            Part::Waiting => &mut self.waiting,
            Part::PutOff => &mut self.put_off,
            Part::Settled => &mut self.settled,
        };
        *count += 1;
    }
}
