//! `agents`: what is configured.

use synod_proto::v1::{Agent, ListAgentsResponse, Provider, Roster};

use super::{
    Look, Tone, clean, span,
    table::{Cell, table, table_without},
    wrap,
};

/// Agents, then providers.
pub fn agents(answer: &ListAgentsResponse, look: &Look) -> String {
    let agents: Vec<Vec<Cell>> = answer.agents.iter().map(agent).collect();
    let providers: Vec<Vec<Cell>> = answer.providers.iter().map(provider).collect();
    let mut text = table_without(
        &["TIMEOUT", "FROM", "MODEL", "PROVIDER"],
        &[
            "AGENT", "ADAPTER", "STATE", "MODEL", "FAMILY", "PROVIDER", "TIMEOUT", "FROM", "RUNS",
        ],
        &agents,
        look.table_width,
        look.colour,
    );
    let problems = answer.agents.iter().flat_map(|agent| {
        let named = |problem: &String| format!("{}: {}", clean(&agent.name), clean(problem));
        agent.problems.iter().map(named)
    });
    let problems: Vec<String> = problems
        .flat_map(|problem| wrap::wrap(&problem, look.width, "", "  "))
        .map(|line| look.colour.paint(Tone::Bad, &line))
        .collect();
    if !problems.is_empty() {
        text.push_str("\n\n");
        text.push_str(&problems.join("\n"));
    }
    if !answer.rosters.is_empty() {
        let rosters: Vec<Vec<Cell>> = answer.rosters.iter().map(roster).collect();
        text.push_str("\n\n");
        text.push_str(&table(
            &["ROSTER", "AGENTS"],
            &rosters,
            look.table_width,
            look.colour,
        ));
    }
    if !providers.is_empty() {
        text.push_str("\n\n");
        text.push_str(&table(
            &["PROVIDER", "RUNNING", "AT MOST", "QUEUED"],
            &providers,
            look.table_width,
            look.colour,
        ));
    }
    text
}

fn agent(agent: &Agent) -> Vec<Cell> {
    let timeout = agent
        .timeout
        .as_ref()
        .map_or_else(|| "-".to_owned(), |time| span(time.seconds * 1000));
    vec![
        Cell::plain(clean(&agent.name)),
        Cell::plain(clean(&agent.adapter)),
        state(&agent.state),
        Cell::plain(or_dash(&agent.model)),
        Cell::plain(clean(&agent.family)),
        Cell::plain(clean(&agent.provider)),
        Cell::plain(timeout),
        Cell::plain(clean(&agent.origin)),
        Cell::plain(clean(&agent.argv.join(" "))),
    ]
}

fn state(state: &str) -> Cell {
    match state {
        "ok" => Cell::toned("ok", Tone::Good),
        // An older daemon does not look.
        "" => Cell::plain("-"),
        state => Cell::toned(clean(state), Tone::Bad),
    }
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        clean(text)
    }
}

fn roster(roster: &Roster) -> Vec<Cell> {
    vec![
        Cell::plain(clean(&roster.name)),
        Cell::plain(clean(&roster.agents.join(", "))),
    ]
}

fn provider(provider: &Provider) -> Vec<Cell> {
    let number = |n: Option<u32>| n.unwrap_or_default().to_string();
    let most = provider.max_running;
    vec![
        Cell::plain(clean(&provider.name)),
        Cell::plain(number(provider.running)),
        Cell::plain(most.map_or_else(|| "no limit of its own".to_owned(), |n| n.to_string())),
        Cell::plain(number(provider.queued)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn agents_and_providers_are_tables() {
        insta::assert_snapshot!(agents(&samples::agents(), &samples::look()));
    }
}
