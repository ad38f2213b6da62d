//! Who stands in which column of the matrix of findings: seats, those of a family side by side.
//!
//! A seat is an agent's place in the roster: an execution that was run once more sits where the first one did, and
//! a ballot where its agent gave its answer. An arbiter that gave none has a seat of its own.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use synod_proto::v1::{Cast, Execution, Finding, Voice};

use crate::{render::clean, tui::model::known::Round};

/// An agent's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The agent's name, safe to show; with a number where the same agent has several places.
    pub name: String,
    /// Its newest execution; none for one that is only known by what it said.
    pub execution: Option<String>,
    /// Its newest ballot.
    pub ballot: Option<String>,
    /// Its newest execution as an arbiter.
    pub arbiter: Option<String>,
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
    ballots: Vec<String>,
    rulings: Vec<String>,
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
        let all = [&place.executions, &place.ballots, &place.rulings];
        for execution in all.into_iter().flatten() {
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
            ballot: place.ballots.last().cloned(),
            arbiter: place.rulings.last().cloned(),
        });
    }

    /// The column of a voice.
    pub fn column(&self, voice: &Voice) -> Option<usize> {
        self.seat(&voice.execution_id, &voice.agent)
    }

    /// The column of a vote.
    pub fn column_of_vote(&self, cast: &Cast) -> Option<usize> {
        self.seat(&cast.execution_id, &cast.agent)
    }

    /// The column of an arbiter, by its name: its own, if the name is that of several.
    pub fn column_of_arbiter(&self, agent: &str) -> Option<usize> {
        let asked = self.seats.iter().position(|seat| seat.arbiter.is_some());
        asked.or_else(|| self.by_agent.get(agent).copied())
    }

    fn seat(&self, execution: &str, agent: &str) -> Option<usize> {
        let seat = self.by_execution.get(execution);
        seat.or_else(|| self.by_agent.get(agent)).copied()
    }
}

fn places<'a>(
    executions: impl Iterator<Item = &'a Execution>,
    findings: impl Iterator<Item = &'a Finding>,
) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut known: HashMap<(Option<u32>, String), usize> = HashMap::new();
    let mut by_agent: HashMap<String, usize> = HashMap::new();
    let (mut ballots, mut rulings) = (Vec::new(), Vec::new());
    for execution in executions {
        match Round::of(execution) {
            Round::Answers => {}
            Round::Ballot => {
                ballots.push(execution);
                continue;
            }
            Round::Arbiter => {
                rulings.push(execution);
                continue;
            }
        }
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
    let mut take = |places: &mut Vec<Place>, agent: &str, family: &str| {
        *by_agent.entry(agent.to_owned()).or_insert_with(|| {
            places.push(Place {
                agent: agent.to_owned(),
                family: family.to_owned(),
                ..Place::default()
            });
            places.len() - 1
        })
    };
    // An agent with several seats has voted once for each, in their order.
    let mut voted: HashMap<&str, usize> = HashMap::new();
    for ballot in ballots {
        let first = take(&mut places, &ballot.agent, &ballot.family);
        let nth = voted.entry(&ballot.agent).or_default();
        let mut own = (first..places.len()).filter(|at| places[*at].agent == ballot.agent);
        let at = own.nth(*nth).unwrap_or(first);
        *nth += 1;
        places[at].ballots.push(ballot.id.clone());
    }
    for ruling in rulings {
        let at = take(&mut places, &ruling.agent, &ruling.family);
        places[at].rulings.push(ruling.id.clone());
    }
    for finding in findings {
        for voice in &finding.voices {
            take(&mut places, &voice.agent, &voice.family);
        }
        let basis = finding.basis.as_ref();
        if let Some(basis) = basis.filter(|basis| basis.by == "arbiter") {
            take(&mut places, &basis.agent, "");
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

    #[test]
    fn a_ballot_sits_where_its_agent_answered_and_an_arbiter_beside_its_family() {
        let of = |mut execution: Execution, part: &str| {
            execution.part = part.into();
            execution.id = format!("{}-{part}", execution.id);
            execution
        };
        let executions = [
            execution(0, "ann", "claude"),
            execution(1, "bob", "gpt"),
            execution(2, "ann", "claude"),
            of(execution(3, "ann", "claude"), "ballot"),
            of(execution(4, "bob", "gpt"), "ballot"),
            of(execution(5, "ann", "claude"), "ballot"),
            of(execution(6, "opus", "claude"), "arbiter"),
        ];
        let matrix = Matrix::of(executions.iter(), std::iter::empty());
        let names: Vec<&str> = matrix.seats.iter().map(|seat| &*seat.name).collect();
        assert_eq!(names, ["ann#1", "ann#2", "opus", "bob"]);
        let ballots: Vec<_> = matrix
            .seats
            .iter()
            .map(|seat| seat.ballot.as_deref())
            .collect();
        let voted = [
            Some("ann-3-ballot"),
            Some("ann-5-ballot"),
            None,
            Some("bob-4-ballot"),
        ];
        assert_eq!(ballots, voted);
        assert_eq!(matrix.column_of_arbiter("opus"), Some(2));
        let cast = Cast {
            agent: "ann".into(),
            execution_id: "ann-5-ballot".into(),
            ..Cast::default()
        };
        assert_eq!(matrix.column_of_vote(&cast), Some(1));
    }
}
