//! The columns of each section, and what stands in them.

use std::borrow::Cow;

use ratatui::style::Style;
use synod_proto::v1::{Agent, Execution, Gate};

use super::figures;

use crate::{
    render::{age, clean, span},
    tui::{
        model::{
            Model,
            agents::{Row, Section},
            form::problems,
        },
        update::events::run_name,
        view::columns::{Column, Fit},
    },
};

pub type Cell<'a> = (Cow<'a, str>, Style);

pub const fn column(title: &'static str, width: u16, goes: u8, fit: Fit) -> Column {
    Column {
        title,
        width,
        goes,
        fit,
    }
}

const AGENTS: [Column; 10] = [
    column("AGENT", 14, 0, Fit::Left),
    column("FAMILY", 8, 4, Fit::Left),
    column("PROVIDER", 10, 2, Fit::Left),
    column("MODEL", 14, 8, Fit::Left),
    column("RUN", 4, 0, Fit::Right),
    column("WAIT", 5, 1, Fit::Right),
    column("ADAPTER", 8, 7, Fit::Left),
    column("TIMEOUT", 7, 5, Fit::Right),
    column("FROM", 7, 6, Fit::Left),
    column("COMMAND", 12, 3, Fit::Grows),
];

const PROVIDERS: [Column; 4] = [
    column("PROVIDER", 14, 0, Fit::Left),
    column("RUNNING", 10, 0, Fit::Right),
    column("WAIT", 5, 0, Fit::Right),
    column("WHY THEY WAIT", 24, 1, Fit::Grows),
];

const WAITING: [Column; 4] = [
    column("RUN", 16, 0, Fit::Grows),
    column("AGENT", 14, 2, Fit::Left),
    column("STATE", 9, 3, Fit::Left),
    column("FOR", 8, 1, Fit::Right),
];

const GATES: [Column; 5] = [
    column("GATE", 14, 0, Fit::Left),
    column("VERSION", 7, 3, Fit::Right),
    column("QUORUM", 9, 1, Fit::Left),
    column("FROM", 10, 4, Fit::Left),
    column("ROSTER", 12, 2, Fit::Grows),
];

/// The column of models.
const MODEL: usize = 3;

/// Columns of a section in which nothing would stand: nobody is told which model to use.
pub fn hidden(model: &Model, section: Section) -> &'static [usize] {
    let answer = model.catalog.agents.as_ref();
    let mut agents = answer.iter().flat_map(|answer| &answer.agents);
    if section == Section::Agents && agents.all(|agent| agent.model.is_empty()) {
        &[MODEL]
    } else {
        &[]
    }
}

/// The columns of a section; the daemon's has none.
pub const fn columns(section: Section) -> &'static [Column] {
    match section {
        Section::Agents => &AGENTS,
        Section::Providers => &PROVIDERS,
        Section::Waiting => &WAITING,
        Section::Gates => &GATES,
        Section::Figures => &figures::FIGURES,
        Section::Recall => &figures::RECALL,
        Section::Daemon => &[],
    }
}

pub fn count(number: u32) -> Cow<'static, str> {
    match number {
        0 => "-".into(),
        number => number.to_string().into(),
    }
}

/// A cell of an agent.
pub fn agent<'a>(model: &Model, agent: &Agent, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    let tally = model.shown().agent(&agent.name);
    match column {
        0 => (clean(&agent.name).into(), theme.strong),
        1 => (clean(&agent.family).into(), theme.plain),
        2 => (clean(&agent.provider).into(), theme.plain),
        MODEL => (clean(&agent.model).into(), theme.plain),
        4 => (count(tally.running), theme.accent),
        5 => (count(tally.queued), theme.warn),
        6 => (clean(&agent.adapter).into(), theme.faint),
        7 => (timeout(agent).into(), theme.plain),
        8 => (clean(&agent.origin).into(), theme.faint),
        // What it cannot run without is worth more than how it would be run.
        _ if !agent.problems.is_empty() => {
            let words = format!(
                "{}: {}",
                clean(&agent.state),
                clean(&agent.problems.join("; "))
            );
            (words.into(), theme.bad)
        }
        _ => (command(&agent.argv).into(), theme.faint),
    }
}

/// A command line without the folder of its program, which says least.
fn command(argv: &[String]) -> String {
    let (program, rest) = argv.split_first().map_or(("", &[][..]), |(a, b)| (a, b));
    let program = program.rsplit('/').next().unwrap_or(program);
    let words = std::iter::once(program).chain(rest.iter().map(String::as_str));
    clean(&words.collect::<Vec<_>>().join(" "))
}

fn timeout(agent: &Agent) -> String {
    let limit = agent.timeout.as_ref();
    limit.map_or_else(|| "-".to_owned(), |time| span(time.seconds * 1000))
}

fn limit(model: &Model, provider: &str) -> Option<u32> {
    let answer = model.catalog.agents.as_ref()?;
    let known = answer.providers.iter().find(|p| p.name == provider)?;
    known.max_running
}

/// Why executions of a provider wait. The daemon's own limit is not told: where the provider has places left, all
/// that can be said is that they wait for one.
fn why(model: &Model, provider: &str) -> Option<String> {
    let tally = model.shown().provider(provider);
    if tally.queued == 0 {
        return None;
    }
    Some(match limit(model, provider) {
        Some(limit) if tally.running >= limit => format!("its limit of {limit} is reached"),
        Some(_) | None => "waiting for a place".to_owned(),
    })
}

/// A cell of a provider.
pub fn provider<'a>(model: &Model, name: &str, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    let tally = model.shown().provider(name);
    match column {
        0 => (clean(name).into(), theme.strong),
        1 => {
            let running = tally.running;
            let words = limit(model, name).map_or_else(
                || running.to_string(),
                |limit| format!("{running} of {limit}"),
            );
            let style = if running > 0 {
                theme.accent
            } else {
                theme.plain
            };
            (words.into(), style)
        }
        2 => (count(tally.queued), theme.warn),
        _ => {
            let words = why(model, name).unwrap_or_else(|| match limit(model, name) {
                None => "nothing waits; no limit of its own".to_owned(),
                Some(_) => "nothing waits".to_owned(),
            });
            (words.into(), theme.faint)
        }
    }
}

/// A cell of an execution that waits.
pub fn waiting<'a>(model: &Model, execution: &Execution, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    match column {
        0 => (run_name(model, &execution.run_id).into(), theme.strong),
        1 => (clean(&execution.agent).into(), theme.plain),
        2 => (clean(&execution.state).into(), theme.word(&execution.state)),
        _ => {
            let since = execution.queued_at.as_ref();
            let age = since.and_then(|at| age(at, model.moment()));
            (age.unwrap_or_default().into(), theme.plain)
        }
    }
}

/// A cell of a gate.
pub fn gate<'a>(model: &Model, gate: &Gate, column: usize) -> Cell<'a> {
    let theme = &model.settings.theme;
    match column {
        0 => (clean(&gate.name).into(), theme.strong),
        1 => (gate.version.to_string().into(), theme.plain),
        2 => (clean(&gate.quorum).into(), theme.plain),
        3 => (clean(&gate.origin).into(), theme.faint),
        // It is refused: why is worth more than who would be asked.
        _ if !gate.problems.is_empty() => {
            (format!("refused: {}", problems(gate)).into(), theme.bad)
        }
        _ => (clean(&gate.roster.join(", ")).into(), theme.plain),
    }
}

/// A title and words for what does not fit into a row; none where the row says all.
pub fn detail(model: &Model, row: &Row) -> Option<(String, String)> {
    match row {
        Row::Agent(name) => {
            let answer = model.catalog.agents.as_ref()?;
            let agent = answer.agents.iter().find(|agent| agent.name == *name)?;
            let env = match &*agent.env {
                [] => String::new(),
                env => format!("\nis given, of the environment: {}", clean(&env.join(", "))),
            };
            let state = clean(&agent.state);
            let problems = agent.problems.iter();
            let problems = problems.map(|problem| format!("{state}: {}", clean(problem)));
            let argv = clean(&agent.argv.join(" "));
            let lines: Vec<String> = problems.chain([argv]).collect();
            let lines = lines.join("\n");
            let told = match clean(&agent.model) {
                told if told.is_empty() => String::new(),
                told => format!("; model {told}"),
            };
            let words = format!(
                "{lines}\ntime limit {}; adapter {}{told}; from {}{env}",
                timeout(agent),
                clean(&agent.adapter),
                clean(&agent.origin)
            );
            Some((clean(name), words))
        }
        Row::Provider(name) => {
            let tally = model.shown().provider(name);
            let most = limit(model, name).map_or_else(
                || "no limit of its own: only the daemon's".to_owned(),
                |limit| format!("at most {limit} at a time"),
            );
            let why = why(model, name).map_or_else(String::new, |why| format!(": {why}"));
            let words = format!(
                "{most}\n{} running, {} waiting{why}",
                tally.running, tally.queued
            );
            Some((clean(name), words))
        }
        Row::Gate(name) => {
            let answer = model.catalog.gates.as_ref()?;
            let gate = answer.gates.iter().find(|gate| gate.name == *name)?;
            let about = clean(&gate.description);
            let inputs = clean(&gate.inputs.join(", "));
            let words = format!(
                "{about}\nreads {inputs}\nasks {}",
                clean(&gate.roster.join(", "))
            );
            let words = if gate.problems.is_empty() {
                words
            } else {
                let problems = gate.problems.iter().map(|problem| clean(problem));
                problems.collect::<Vec<_>>().join("\n")
            };
            Some((clean(name), words))
        }
        Row::Figures(of, at) => {
            let known = figures::calibration(model, *of, *at)?;
            Some((clean(&known.name), figures::in_words(known)))
        }
        Row::Waiting(id) => {
            let execution = model.shown().execution(id)?;
            let why = why(model, &execution.provider)?;
            let title = run_name(model, &execution.run_id);
            let (agent, provider) = (clean(&execution.agent), clean(&execution.provider));
            Some((title, format!("{agent} waits for {provider}: {why}")))
        }
        Row::Space | Row::Heading(..) | Row::Titles(_) | Row::Recall(_) | Row::Note(..) => None,
    }
}
