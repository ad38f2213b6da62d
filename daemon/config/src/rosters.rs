//! `[rosters]`: names for lists of agents, to be used wherever a roster is named. A roster holds
//! agents, not rosters.

use std::collections::{BTreeMap, BTreeSet};

use crate::agent::{Agent, check_name};
use crate::document::{At, Problems, Section};
use crate::error::Fault;
use crate::near::nearest;

/// Reads the section. `broken` are agents that have a section which was refused: naming them is no
/// second mistake.
pub(crate) fn read(
    section: &Section<'_, '_>,
    agents: &BTreeMap<String, Agent>,
    broken: &BTreeSet<String>,
    problems: &mut Problems<'_>,
) -> BTreeMap<String, Vec<String>> {
    let expected = r#"an array of names of agents, such as ["claude", "codex"], at least one"#;
    let mut rosters = BTreeMap::new();
    for name in section.keys() {
        check_name(name, "a roster", problems);
        if agents.contains_key(name.value) || broken.contains(name.value) {
            let name_taken = Fault::RosterNamedAsAgent {
                name: name.value.to_owned(),
            };
            problems.add(name.offset, name_taken);
        }
        let Some(members) = section.strings(name.value, expected, problems) else {
            continue;
        };
        if members.value.is_empty() {
            let at = At {
                offset: members.offset,
                value: "an empty array",
            };
            section.refuse(name.value, at, expected, problems);
        }
        let title = format!("the roster {:?}", name.value);
        check_members(&title, &members.value, agents, broken, problems);
        let members = members.value.iter().map(|at| at.value.to_owned());
        rosters.insert(name.value.to_owned(), members.collect());
    }
    rosters
}

fn check_members(
    title: &str,
    members: &[At<&str>],
    agents: &BTreeMap<String, Agent>,
    broken: &BTreeSet<String>,
    problems: &mut Problems<'_>,
) {
    let mut seen = BTreeSet::new();
    for member in members {
        let name = member.value.to_owned();
        if !agents.contains_key(&name) && !broken.contains(&name) {
            let fault = Fault::UnknownReference {
                what: "agent",
                suggestion: nearest(&name, agents.keys().map(String::as_str)),
                found: name,
                section: title.to_owned(),
                known: agents.keys().cloned().collect::<Vec<_>>().join(", "),
            };
            problems.add(member.offset, fault);
        } else if !seen.insert(member.value) {
            let section = title.to_owned();
            problems.add(member.offset, Fault::AgentTwice { name, section });
        }
    }
}
