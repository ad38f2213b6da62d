//! `roster` and `quorum` of a gate. Whether the named agents exist is known only to a configuration.

use toml::Spanned;
use toml::de::DeValue;

use crate::agent::check_name;
use crate::document::{At, Problems, Section, as_integer, describe};
use crate::error::Fault;
use crate::gate::{Agents, Seat};
use crate::near::nearest;
use crate::quorum::{self, Quorum};

pub(super) fn read_roster(
    section: &Section<'_, '_>,
    agents: Agents<'_>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Seat>> {
    let expected =
        r#"an array of agents, each a name or { agent = "…", role = "…" }, nobody twice"#;
    let Some(items) = section.array("roster", expected, problems) else {
        section.missing("roster", expected, problems);
        return None;
    };
    let mut roster: Vec<Seat> = Vec::new();
    for item in items.value {
        let (agent, role) = read_seat(section, item, expected, problems)?;
        check_name(agent, "an agent", problems);
        must_exist(section, agent, agents, problems);
        if roster.iter().any(|seat| seat.agent == agent.value) {
            let found = format!("{:?} a second time", agent.value);
            let at = At {
                offset: agent.offset,
                value: found.as_str(),
            };
            section.refuse("roster", at, expected, problems);
        }
        roster.push(Seat {
            agent: agent.value.to_owned(),
            role,
        });
    }
    Some(roster)
}

fn read_seat<'d>(
    section: &Section<'d, '_>,
    item: &'d Spanned<DeValue<'_>>,
    expected: &str,
    problems: &mut Problems<'_>,
) -> Option<(At<&'d str>, Option<String>)> {
    let offset = item.span().start;
    if let Some(name) = item.get_ref().as_str() {
        return Some((
            At {
                offset,
                value: name,
            },
            None,
        ));
    }
    let Some(seat) = section.inline("roster", item) else {
        let found = describe(item.get_ref());
        let at = At {
            offset,
            value: found.as_str(),
        };
        section.refuse("roster", at, expected, problems);
        return None;
    };
    seat.only(&["agent", "role"], problems);
    let role = seat.string("role", "a sentence for the prompt", problems);
    let Some(agent) = seat.string("agent", "the name of an agent", problems) else {
        seat.missing("agent", "the name of an agent", problems);
        return None;
    };
    Some((agent, role.map(|at| at.value.to_owned())))
}

/// Absent is a majority: a roster of one is as good a citizen as a roster of five.
pub(super) fn read_quorum(
    section: &Section<'_, '_>,
    roster: Option<&[Seat]>,
    problems: &mut Problems<'_>,
) -> Option<Quorum> {
    let expected = match roster {
        Some(seats) if !seats.is_empty() => {
            format!("{}, at most the roster's {}", quorum::EXPECTED, seats.len())
        }
        Some(_) | None => quorum::EXPECTED.to_owned(),
    };
    if section.raw("quorum").is_none() {
        return Some(Quorum::Majority);
    }
    let read = section.read("quorum", &expected, problems, |value| {
        let quorum = match value {
            DeValue::String(text) if text == "majority" => Quorum::Majority,
            _ => Quorum::Count(u32::try_from(as_integer(value)?).ok()?),
        };
        // Nobody: the submission names whom it asks, and is held to the quorum then.
        let size = roster
            .map(<[Seat]>::len)
            .filter(|size| *size > 0)
            .unwrap_or(usize::MAX);
        quorum.of(size).is_ok().then_some(quorum)
    })?;
    Some(read.value)
}

/// Refuses the name of nobody, where the agents are known.
pub(super) fn must_exist(
    section: &Section<'_, '_>,
    agent: At<&str>,
    agents: Agents<'_>,
    problems: &mut Problems<'_>,
) {
    let Agents::Known(known) = agents else {
        return;
    };
    if known.contains(agent.value) {
        return;
    }
    let fault = Fault::UnknownReference {
        what: "agent",
        found: agent.value.to_owned(),
        section: section.title().to_owned(),
        suggestion: nearest(agent.value, known.iter().map(String::as_str)),
        known: known.iter().cloned().collect::<Vec<_>>().join(", "),
    };
    problems.add(agent.offset, fault);
}
