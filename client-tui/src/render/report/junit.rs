//! The report as JUnit XML: one suite for the gate's run, one case for the quorum, one for each agent of the roster,
//! one for each matter.
//!
//! | | |
//! |---|---|
//! | `<error>` | nothing can be said: no quorum, deadline passed, cancelled, failed, or not yet decided; then also the agents that are missing |
//! | `<failure>` | a question is open, or something is to be fixed |
//! | `<skipped>` | an agent is missing and the quorum stands without it |
//! | passes | resolved, watched, noted, answered, dismissed: what became of it is in its properties |

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use synod_proto::v1::{Missing, Run, Verdict};

use super::{
    CLAIM, NAME, QUOTE, REASON, Report,
    item::{Item, Source, Standing},
    lines, when, words,
};
use crate::exit::{Degraded, Exit};

/// Voices of one case; more are counted.
const VOICES: usize = 32;

/// The report.
///
/// # Errors
/// None in practice: it is written into memory.
pub fn junit(report: &Report<'_>) -> io::Result<String> {
    let mut cases = vec![quorum(&report.run)];
    cases.extend(agents(&report.run));
    cases.extend(report.items().map(|item| matter(report, &item)));
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
    xml.0
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = counts(&cases);
    let mut all = vec![("name", "synod".to_owned())];
    all.extend(counts.clone());
    xml.open("testsuites", &all)?;
    let mut suite = vec![("name", suite_name(report))];
    suite.extend(counts);
    suite.push(("time", seconds(&report.run)));
    if let Some(at) = report
        .run
        .created_at
        .as_ref()
        .and_then(crate::render::instant)
    {
        suite.push(("timestamp", at.strftime("%Y-%m-%dT%H:%M:%S").to_string()));
    }
    xml.open("testsuite", &suite)?;
    xml.properties(&of_run(&report.run))?;
    for case in &cases {
        xml.case(case)?;
    }
    xml.close("testsuite")?;
    xml.close("testsuites")?;
    let mut text = String::from_utf8(xml.0.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

struct Case {
    class: String,
    name: String,
    file: String,
    line: Option<u32>,
    properties: Vec<(&'static str, String)>,
    end: End,
    out: String,
}

enum End {
    Passed,
    Failed {
        kind: &'static str,
        message: String,
        text: String,
    },
    Error {
        kind: String,
        message: String,
    },
    Skipped {
        message: String,
    },
}

fn suite_name(report: &Report<'_>) -> String {
    format!(
        "{}/{}",
        words(&report.run.gate, NAME),
        report.subject_name()
    )
}

fn of_run(run: &Run) -> Vec<(&'static str, String)> {
    let trust = run.verdict.as_ref().map(|verdict| verdict.trust.as_str());
    vec![
        ("synod.run", words(&run.name, NAME)),
        ("synod.run-id", words(&run.id, NAME)),
        ("synod.state", words(&run.state, NAME)),
        ("synod.subject", words(&run.subject, NAME)),
        ("synod.gate-version", run.gate_version.to_string()),
        ("synod.trust", words(trust.unwrap_or_default(), REASON)),
    ]
}

/// Whether the run could decide at all.
fn decided(run: &Run) -> bool {
    match Exit::of_run(&run.state, Degraded::Accepted) {
        Some(Exit::Success | Exit::NeedsAnswer) => true,
        Some(Exit::Failed) => run.state == "rejected",
        Some(_) | None => false,
    }
}

fn quorum(run: &Run) -> Case {
    let trust = run.verdict.as_ref().map_or("", |verdict| &verdict.trust);
    let message = match (words(trust, REASON), words(&run.reason, NAME)) {
        (trust, _) if !trust.is_empty() => trust,
        (_, reason) if !reason.is_empty() => reason,
        _ => words(&run.state, NAME),
    };
    let end = if decided(run) {
        End::Passed
    } else {
        let kind = words(&run.state, NAME);
        End::Error { kind, message }
    };
    Case {
        class: words(&run.gate, NAME),
        name: format!("quorum of {}", run.quorum),
        file: String::new(),
        line: None,
        properties: Vec::new(),
        end,
        out: String::new(),
    }
}

fn agents(run: &Run) -> Vec<Case> {
    let Some(verdict) = &run.verdict else {
        return Vec::new();
    };
    let case = |agent: &str, end, out| Case {
        class: format!("{}.agents", words(&run.gate, NAME)),
        name: format!("{} answers", words(agent, NAME)),
        file: String::new(),
        line: None,
        properties: Vec::new(),
        end,
        out,
    };
    let Verdict {
        answered, missing, ..
    } = verdict;
    let answered = answered
        .iter()
        .map(|agent| case(agent, End::Passed, String::new()));
    let missing = missing.iter().map(|missing| {
        let message = without_answer(missing);
        let end = if decided(run) {
            End::Skipped {
                message: message.clone(),
            }
        } else {
            End::Error {
                kind: words(&missing.reason, NAME),
                message: message.clone(),
            }
        };
        case(&missing.agent, end, message)
    });
    answered.chain(missing).collect()
}

fn without_answer(missing: &Missing) -> String {
    let reason = words(&missing.reason, NAME);
    match words(&missing.detail, REASON) {
        detail if detail.is_empty() => format!("no valid answer: {reason}"),
        detail => format!("no valid answer: {reason}: {detail}"),
    }
}

fn matter(report: &Report<'_>, item: &Item<'_>) -> Case {
    let claim = item.claim();
    let failed = |kind| End::Failed {
        kind,
        message: claim.clone(),
        text: told(item),
    };
    let end = match (item.standing, item.source) {
        (Standing::Open, Source::Found { .. }) => failed("open"),
        (Standing::MustFix, _) => failed("must-fix"),
        // What another run asks is that run's failure.
        (Standing::Open, Source::Left { .. })
        | (
            Standing::Answered
            | Standing::Dismissed
            | Standing::Duplicate
            | Standing::Resolved
            | Standing::Watched
            | Standing::Noted,
            _,
        ) => End::Passed,
    };
    let mut properties = vec![
        ("synod.standing", item.standing.word().to_owned()),
        ("synod.severity", words(item.severity(), NAME)),
    ];
    let mut add = |name, value: String| {
        if !value.is_empty() {
            properties.push((name, value));
        }
    };
    add("synod.answer", item.answer());
    add("synod.decided-by", item.decided_by());
    add("synod.why", item.why());
    let (class, line) = match item.source {
        Source::Found { finding, .. } => {
            add("synod.agreement", words(&finding.agreement, NAME));
            let place = report.places(&finding.id).first();
            (
                "found",
                item.located()
                    .map(|it| it.first)
                    .or(place.map(|it| it.first_line)),
            )
        }
        Source::Left { entry, place } => {
            add("synod.ledger", words(&entry.id, NAME));
            if item.standing == Standing::Open {
                add("synod.asked-in", words(&entry.run_id, NAME));
            }
            ("standing", place.map(|it| it.first_line))
        }
    };
    let out = if matches!(end, End::Passed) {
        told(item)
    } else {
        String::new()
    };
    Case {
        class: format!("{}.{class}.{}", words(&report.run.gate, NAME), item.kind()),
        name: claim,
        file: match item.path() {
            "" => String::new(),
            path => format!("{}{}", report.base, words(path, NAME)),
        },
        line: line.filter(|line| *line > 0),
        properties,
        end,
        out,
    }
}

/// All there is to say about a matter, for whoever opens the case.
fn told(item: &Item<'_>) -> String {
    let mut text = Vec::new();
    let quote = lines(item.quote(), QUOTE);
    if !quote.is_empty() {
        text.push(format!("{}: {quote}", words(item.path(), NAME)));
    }
    if let Source::Found {
        finding, question, ..
    } = item.source
    {
        for voice in finding.voices.iter().take(VOICES) {
            let said = [&voice.answer, &voice.reasoning].map(|said| words(said, CLAIM));
            let said: Vec<String> = said.into_iter().filter(|said| !said.is_empty()).collect();
            let agent = words(&voice.agent, NAME);
            text.push(format!(
                "{agent} [{}]: {}",
                words(&voice.family, NAME),
                said.join(" | ")
            ));
        }
        if finding.voices.len() > VOICES {
            text.push(format!("and {} more", finding.voices.len() - VOICES));
        }
        for cast in finding.ballots.iter().take(VOICES) {
            text.push(format!(
                "{} votes {}",
                words(&cast.agent, NAME),
                words(&cast.real, NAME)
            ));
        }
        if let Some(question) = question.filter(|_| item.standing == Standing::Open) {
            for (n, option) in (1..).zip(question.options.iter().take(VOICES)) {
                text.push(format!("{n}) {}", words(option, CLAIM)));
            }
            if let Some(due) = &question.due_at {
                text.push(format!("due {}", when(due)));
            }
            text.push(format!(
                "synod answer {} TEXT",
                crate::render::short(&question.id)
            ));
        }
    }
    text.join("\n")
}

fn counts(cases: &[Case]) -> Vec<(&'static str, String)> {
    let count = |of: fn(&End) -> bool| {
        cases
            .iter()
            .filter(|case| of(&case.end))
            .count()
            .to_string()
    };
    vec![
        ("tests", cases.len().to_string()),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Error { .. }))),
        ("skipped", count(|end| matches!(end, End::Skipped { .. }))),
    ]
}

fn seconds(run: &Run) -> String {
    let moment = |at: Option<&prost_types::Timestamp>| at.and_then(crate::render::instant);
    let took = match (
        moment(run.created_at.as_ref()),
        moment(run.ended_at.as_ref()),
    ) {
        (Some(from), Some(to)) => to.duration_since(from).as_millis().max(0),
        (_, _) => 0,
    };
    format!("{}.{:03}", took / 1000, took % 1000)
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, String)]) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, String)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    fn text(&mut self, name: &str, attributes: &[(&str, String)], text: &str) -> io::Result<()> {
        self.open(name, attributes)?;
        self.0
            .write_event(Event::Text(BytesText::new(&legal(text))))?;
        self.close(name)
    }

    fn properties(&mut self, properties: &[(&str, String)]) -> io::Result<()> {
        if properties.is_empty() {
            return Ok(());
        }
        self.open("properties", &[])?;
        for (name, value) in properties {
            let attributes = [("name", (*name).to_owned()), ("value", value.clone())];
            self.empty("property", &attributes)?;
        }
        self.close("properties")
    }

    fn case(&mut self, case: &Case) -> io::Result<()> {
        let mut attributes = vec![
            ("classname", case.class.clone()),
            ("name", case.name.clone()),
            ("time", "0".to_owned()),
        ];
        if !case.file.is_empty() {
            attributes.push(("file", case.file.clone()));
        }
        if let Some(line) = case.line {
            attributes.push(("line", line.to_string()));
        }
        self.open("testcase", &attributes)?;
        self.properties(&case.properties)?;
        match &case.end {
            End::Passed => {}
            End::Failed {
                kind,
                message,
                text,
            } => {
                let attributes = [("type", (*kind).to_owned()), ("message", message.clone())];
                self.text("failure", &attributes, text)?;
            }
            End::Error { kind, message } => {
                let attributes = [("type", kind.clone()), ("message", message.clone())];
                self.empty("error", &attributes)?;
            }
            End::Skipped { message } => self.empty("skipped", &[("message", message.clone())])?,
        }
        if !case.out.is_empty() {
            self.text("system-out", &[], &case.out)?;
        }
        self.close("testcase")
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, String)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, legal(value).as_str()));
    }
    start
}

/// XML 1.0 has no way to write some characters, not even escaped.
fn legal(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => c,
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}
