//! The rows of agents, providers, what waits, gates and the daemon.

use synod_proto::v1::GetDaemonStatusResponse;

use crate::{
    render::{calibration::BY_CHANCE, clean, span},
    tui::{
        keys::Action,
        model::{
            Model,
            agents::{Note, Of, Row, Section},
            load::Load,
        },
        view::{areas, text},
    },
};

/// Waiting executions listed; the others are counted.
const WAITING: usize = 200;

/// The provider for which most waits; else the first one.
pub fn fullest(model: &Model) -> Option<String> {
    let known = model.shown();
    let catalog = model.catalog.agents.as_ref()?;
    let names = || catalog.providers.iter().map(|provider| &provider.name);
    let waits = names().filter(|name| known.provider(name).queued > 0);
    let fullest = waits.max_by_key(|name| known.provider(name).queued);
    fullest.or_else(|| names().next()).cloned()
}

/// All rows.
pub fn rows(model: &Model) -> Vec<Row> {
    let mut rows = Vec::new();
    agents(model, &mut rows);
    providers(model, &mut rows);
    waiting(model, &mut rows);
    gates(model, &mut rows);
    figures(model, &mut rows);
    daemon(model, &mut rows);
    rows
}

fn heading(rows: &mut Vec<Row>, section: Section, words: String) {
    if !rows.is_empty() {
        rows.push(Row::Space);
    }
    rows.push(Row::Heading(section, words));
}

fn aside(rows: &mut Vec<Row>, words: &str) {
    rows.push(Row::Note(Note::Aside, words.to_owned()));
}

fn agents(model: &Model, rows: &mut Vec<Row>) {
    let Some(answer) = &model.catalog.agents else {
        heading(rows, Section::Agents, "AGENTS".to_owned());
        return aside(rows, "not read yet");
    };
    let agents = &answer.agents;
    heading(rows, Section::Agents, format!("AGENTS ({})", agents.len()));
    if agents.is_empty() {
        return aside(rows, "none is configured; docs/configuration.md says how");
    }
    rows.push(Row::Titles(Section::Agents));
    rows.extend(agents.iter().map(|agent| Row::Agent(agent.name.clone())));
}

fn providers(model: &Model, rows: &mut Vec<Row>) {
    let answer = model.catalog.agents.as_ref();
    let mut names: Vec<&str> = answer
        .iter()
        .flat_map(|answer| &answer.providers)
        .map(|provider| &*provider.name)
        .collect();
    // One whose agents are configured no more may still have work.
    let mut others: Vec<&str> = model
        .shown()
        .providers()
        .filter(|(name, tally)| tally.running + tally.queued > 0 && !names.contains(name))
        .map(|(name, _)| name)
        .collect();
    others.sort_unstable();
    names.extend(others);
    if names.is_empty() {
        return;
    }
    let title = format!("PROVIDERS ({})", names.len());
    heading(rows, Section::Providers, title);
    rows.push(Row::Titles(Section::Providers));
    rows.extend(names.into_iter().map(|name| Row::Provider(name.to_owned())));
}

fn waiting(model: &Model, rows: &mut Vec<Row>) {
    let Some(provider) = &model.agents.provider else {
        return;
    };
    let waiting = model.shown().waiting(provider);
    let all = waiting.len();
    let name = clean(provider);
    heading(
        rows,
        Section::Waiting,
        format!("WAITING FOR {name} ({all})"),
    );
    if all == 0 {
        return aside(rows, "nothing waits");
    }
    rows.push(Row::Titles(Section::Waiting));
    rows.extend(waiting.take(WAITING).map(|id| Row::Waiting(id.to_owned())));
    if all > WAITING {
        aside(rows, &format!("and {} more", all - WAITING));
    }
}

fn gates(model: &Model, rows: &mut Vec<Row>) {
    let Some(answer) = &model.catalog.gates else {
        return;
    };
    let gates = &answer.gates;
    heading(rows, Section::Gates, format!("GATES ({})", gates.len()));
    rows.push(Row::Titles(Section::Gates));
    rows.extend(gates.iter().map(|gate| Row::Gate(gate.name.clone())));
}

fn figures(model: &Model, rows: &mut Vec<Row>) {
    let place = &model.agents;
    let columns = usize::from(areas::of(model).body.width.saturating_sub(2));
    let note = |rows: &mut Vec<Row>, note: Note, words: &str| {
        let lines = text::wrap(words, columns).into_iter();
        rows.extend(lines.map(|line| Row::Note(note, line)));
    };
    let title = "HOW OFTEN RIGHT, by what people said";
    heading(rows, Section::Figures, title.to_owned());
    match &place.figures_load {
        Load::Unread | Load::Asked if place.figures.is_none() => aside(rows, "reading…"),
        Load::Unread | Load::Asked | Load::Read => {}
        Load::Failed(why) => {
            let key = model.settings.keys.first(Action::Refresh);
            let again = key.map_or_else(String::new, |key| format!("; {key} tries again"));
            note(
                rows,
                Note::Warning,
                &format!("could not be read: {why}{again}"),
            );
        }
    }
    let Some(figures) = &place.figures else {
        return;
    };
    let none = figures.agents.is_empty() && figures.families.is_empty();
    if none {
        aside(
            rows,
            "nobody has judged anything yet: answers to questions are counted here",
        );
    } else {
        rows.push(Row::Titles(Section::Figures));
        rows.extend((0..figures.agents.len()).map(|at| Row::Figures(Of::Agent, at)));
        rows.extend((0..figures.families.len()).map(|at| Row::Figures(Of::Family, at)));
    }
    let shared = figures.shared_audited();
    let shared = format!("{shared} audited items that two families judged");
    let alike = match figures.correlation_permille {
        Some(alike) => format!(
            "families share their errors by {}, measured: {shared}",
            hundredths(alike)
        ),
        None => format!(
            "families are taken to share their errors by 0.45: {shared}, measured from 50 on"
        ),
    };
    note(rows, Note::Aside, &alike);
    let mut weights: Vec<(&String, &u32)> = figures.weights_permille.iter().collect();
    weights.sort_unstable();
    let weights = weights
        .into_iter()
        .map(|(family, weight)| format!("{} {}", clean(family), hundredths(*weight)));
    let weights: Vec<String> = weights.collect();
    if !weights.is_empty() {
        let words = format!("by which they rank and preselect: {}", weights.join(", "));
        note(rows, Note::Aside, &words);
    }
    for words in &figures.notes {
        note(rows, Note::Aside, &clean(words));
    }
    if !figures.recall.is_empty() {
        let title = "PLANTED FAULTS FOUND, by `synod gate probe`";
        heading(rows, Section::Recall, title.to_owned());
        rows.push(Row::Titles(Section::Recall));
        rows.extend((0..figures.recall.len()).map(Row::Recall));
        if figures.recall.iter().any(|known| known.compared > 0) {
            note(rows, Note::Aside, BY_CHANCE);
        }
    }
}

/// Thousandths as `0.45`.
fn hundredths(permille: u32) -> String {
    let hundredths = permille.saturating_add(5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn daemon(model: &Model, rows: &mut Vec<Row>) {
    let Some(status) = &model.daemon else {
        return;
    };
    heading(rows, Section::Daemon, "DAEMON".to_owned());
    let columns = usize::from(areas::of(model).body.width.saturating_sub(2));
    for warning in &status.warnings {
        let words = format!("warning: {}", clean(warning));
        for line in text::wrap(&words, columns) {
            rows.push(Row::Note(Note::Warning, line));
        }
    }
    for (title, fact) in facts(status) {
        for (line, part) in text::wrap(&fact, columns.saturating_sub(12))
            .into_iter()
            .enumerate()
        {
            let title = if line == 0 { title } else { "" };
            rows.push(Row::Note(Note::Fact, format!("{title:<12}{part}")));
        }
    }
}

fn facts(status: &GetDaemonStatusResponse) -> Vec<(&'static str, String)> {
    let version = format!(
        "{}, protocol {}, pid {}",
        clean(&status.version),
        status.protocol,
        status.pid
    );
    let up = status.uptime.as_ref().map(|time| span(time.seconds * 1000));
    let facts = [
        ("version", version),
        ("up for", up.unwrap_or_default()),
        ("holds trees", clean(&status.containment)),
        ("log", clean(&status.log)),
        ("state", clean(&status.state_dir)),
        ("socket", clean(&status.socket)),
    ];
    facts
        .into_iter()
        .filter(|(_, fact)| !fact.is_empty())
        .collect()
}
