//! `agents`: what is configured.

use synod_proto::v1::{Agent, ListAgentsResponse, Provider};

use super::{
    Look, clean, span,
    table::{Cell, table},
};

/// Agents, then providers.
pub fn agents(answer: &ListAgentsResponse, look: &Look) -> String {
    let agents: Vec<Vec<Cell>> = answer.agents.iter().map(agent).collect();
    let providers: Vec<Vec<Cell>> = answer.providers.iter().map(provider).collect();
    let mut text = table(
        &["AGENT", "FAMILY", "PROVIDER", "TIMEOUT", "FROM", "RUNS"],
        &agents,
        look.table_width,
        look.colour,
    );
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
        Cell::plain(clean(&agent.family)),
        Cell::plain(clean(&agent.provider)),
        Cell::plain(timeout),
        Cell::plain(clean(&agent.origin)),
        Cell::plain(clean(&agent.argv.join(" "))),
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
