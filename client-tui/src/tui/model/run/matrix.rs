//! Who stands in which column of the matrix of findings: seats, those of a family side by side.
//!
//! A seat is an agent's place in the roster: an execution that was run once more sits where the first one did.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use synod_proto::v1::{Execution, Finding, Voice};

use crate::render::clean;

/// An agent's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The agent's name, safe to show; with a number where the same agent has several places.
    pub name: String,
    /// Its newest execution; none for one that is only known by what it said.
    pub execution: Option<String>,
}

/// Agents that share a model's lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its name, safe to show; may be empty.
    pub name: String,
    /// Its seats.
    pub seats: Range<usize>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// The columns.
    pub seats: Vec<Seat>,
    /// The families, each over its columns.
    pub families: Vec<Family>,
    /// The longest name's columns among those of the executions.
    pub widest: usize,
    by_execution: HashMap<String, usize>,
    by_agent: HashMap<String, usize>,
}

#[derive(Default)]
struct Place {
    agent: String,
    family: String,
    executions: Vec<String>,
}

impl Matrix {
    /// Of these executions, by seat, and of whoever else has a voice in these findings.
    pub fn of<'a>(
        executions: impl Iterator<Item = &'a Execution>,
        findings: impl Iterator<Item = &'a Finding>,
    ) -> Self {
        let places = places(executions, findings);
        let mut order: Vec<&str> = Vec::new();
        let mut families: HashMap<&str, Vec<&Place>> = HashMap::new();
        let mut twice: BTreeMap<&str, u32> = BTreeMap::new();
        for place in &places {
            let members = families.entry(&place.family).or_insert_with(|| {
                order.push(&place.family);
                Vec::new()
            });
            members.push(place);
            *twice.entry(&place.agent).or_default() += 1;
        }
        twice.retain(|_, count| *count > 1);
        for count in twice.values_mut() {
            *count = 0;
        }
        let mut matrix = Self::default();
        for family in order {
            let start = matrix.seats.len();
            for place in families.remove(family).unwrap_or_default() {
                matrix.sit(place, twice.get_mut(place.agent.as_str()));
            }
            matrix.families.push(Family {
                name: clean(family),
                seats: start..matrix.seats.len(),
            });
        }
        matrix
    }

    fn sit(&mut self, place: &Place, nth: Option<&mut u32>) {
        use unicode_width::UnicodeWidthStr as _;
        let column = self.seats.len();
        for execution in &place.executions {
            self.by_execution.insert(execution.clone(), column);
        }
        self.by_agent.entry(place.agent.clone()).or_insert(column);
        let mut name = clean(&place.agent);
        self.widest = self.widest.max(name.width());
        if let Some(nth) = nth {
            *nth += 1;
            name = format!("{name}#{nth}");
        }
        self.seats.push(Seat {
            name,
            execution: place.executions.last().cloned(),
        });
    }

    /// The column of a voice.
    pub fn column(&self, voice: &Voice) -> Option<usize> {
        let seat = self.by_execution.get(&voice.execution_id);
        seat.or_else(|| self.by_agent.get(&voice.agent)).copied()
    }
}

fn places<'a>(
    executions: impl Iterator<Item = &'a Execution>,
    findings: impl Iterator<Item = &'a Finding>,
) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut known: HashMap<(Option<u32>, String), usize> = HashMap::new();
    let mut by_agent: HashMap<String, usize> = HashMap::new();
    for execution in executions {
        // Without a position each execution has a seat of its own.
        let own = execution
            .position
            .map_or(&execution.id, |_| &execution.agent);
        let at = *known
            .entry((execution.position, own.clone()))
            .or_insert_with(|| {
                places.push(Place::default());
                places.len() - 1
            });
        by_agent.entry(execution.agent.clone()).or_insert(at);
        let place = &mut places[at];
        place.agent.clone_from(&execution.agent);
        place.family.clone_from(&execution.family);
        place.executions.push(execution.id.clone());
    }
    for voice in findings.flat_map(|finding| &finding.voices) {
        if !by_agent.contains_key(&voice.agent) {
            by_agent.insert(voice.agent.clone(), places.len());
            places.push(Place {
                agent: voice.agent.clone(),
                family: voice.family.clone(),
                executions: Vec::new(),
            });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(position: u32, agent: &str, family: &str) -> Execution {
        Execution {
            id: format!("{agent}-{position}"),
            agent: agent.into(),
            family: family.into(),
            position: Some(position),
            ..Execution::default()
        }
    }

    fn voice(agent: &str, execution: &str) -> Voice {
        Voice {
            agent: agent.into(),
            execution_id: execution.into(),
            ..Voice::default()
        }
    }

    #[test]
    fn families_stand_together_and_a_retried_execution_keeps_its_seat() {
        let mut again = execution(1, "bob", "gpt");
        again.id = "bob-again".into();
        let executions = [
            execution(0, "ann", "claude"),
            execution(1, "bob", "gpt"),
            again,
            execution(2, "cid", "claude"),
            execution(3, "ann", "claude"),
        ];
        let finding = Finding {
            voices: vec![voice("guest", "")],
            ..Finding::default()
        };
        let matrix = Matrix::of(executions.iter(), std::iter::once(&finding));
        let names: Vec<&str> = matrix.seats.iter().map(|seat| &*seat.name).collect();
        assert_eq!(names, ["ann#1", "cid", "ann#2", "bob", "guest"]);
        let families: Vec<(&str, Range<usize>)> = matrix
            .families
            .iter()
            .map(|family| (&*family.name, family.seats.clone()))
            .collect();
        assert_eq!(families, [("claude", 0..3), ("gpt", 3..4), ("", 4..5)]);
        assert_eq!(matrix.seats[3].execution.as_deref(), Some("bob-again"));
        for (voice, column) in [
            (voice("bob", "bob-1"), Some(3)),
            (voice("bob", "bob-again"), Some(3)),
            (voice("ann", "ann-3"), Some(2)),
            (voice("cid", ""), Some(1)),
            (voice("guest", "elsewhere"), Some(4)),
            (voice("nobody", ""), None),
        ] {
            assert_eq!(matrix.column(&voice), column, "{voice:?}");
        }
    }
}
