//! The second round: whose ballots count, and which matters they make one.
//!
//! A ballot counts if it is a model's that answered in the first round, under the family it answered as. Whoever
//! spoke about a matter in the first round (raised it, raised its opposite, cleared it) has spoken: its ballot on
//! that matter is shown, but adds no vote. What votes come to is in `voices`.

use std::collections::{BTreeMap, BTreeSet};

use crate::RULES;
use crate::ballot::{Ballot, Real, Votes};
use crate::cluster::LinkKind;
use crate::decide::Member;
use crate::decide::claims::{Group, Matters};
use crate::finding::Cast;
use crate::text::canonical;

/// The ballots that count.
pub(crate) struct Poll<'a> {
    /// Keys of the first round's findings that were put to the vote.
    put: &'a BTreeSet<String>,
    pub(crate) voters: Vec<Voter<'a>>,
    /// Agents that were asked.
    pub(crate) asked: usize,
    /// What a reader must know about those that do not count.
    pub(crate) notes: Vec<String>,
}

pub(crate) struct Voter<'a> {
    pub(crate) ballot: &'a Ballot,
    pub(crate) votes: &'a Votes,
}

impl<'a> Poll<'a> {
    pub(crate) fn of(
        ballots: &'a [Ballot],
        members: &[&Member],
        put: &'a BTreeSet<String>,
    ) -> Self {
        let mut ballots: Vec<&Ballot> = ballots.iter().collect();
        ballots.sort_by(|a, b| order(a).cmp(&order(b)));
        ballots.dedup();
        let seats = |ballot: &Ballot| {
            let seats = members.iter().filter(|member| {
                member.result.is_ok()
                    && member.agent == ballot.agent
                    && member.family == ballot.family
                    && member.family != RULES
            });
            seats.count()
        };
        let mut cast: BTreeMap<&str, usize> = BTreeMap::new();
        let mut asked: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for ballot in &ballots {
            *cast.entry(&ballot.agent).or_default() += usize::from(ballot.result.is_ok());
            let (times, most) = asked.entry(&ballot.agent).or_default();
            *times += 1;
            *most = seats(ballot).max(*most).max(1);
        }
        let mut poll = Self {
            put,
            voters: Vec::new(),
            // An execution that was replaced by another of its agent is not one more.
            asked: asked.values().map(|(times, most)| *times.min(most)).sum(),
            notes: Vec::new(),
        };
        for ballot in &ballots {
            let agent = ballot.agent.as_str();
            match &ballot.result {
                Ok(_) if cast[agent] > seats(ballot) => poll.notes.push(format!(
                    "a ballot of {agent} ({}) does not count: it is of nobody who answered in the first round, \
                     or one too many",
                    ballot.family
                )),
                Ok(votes) => {
                    poll.note_labels(agent, votes);
                    poll.voters.push(Voter { ballot, votes });
                }
                Err(fail) if cast[agent] == 0 => poll.notes.push(format!(
                    "{agent} cast no ballot ({}): unsure about everything",
                    fail.reason
                )),
                Err(_) => {}
            }
        }
        poll
    }

    fn note_labels(&mut self, agent: &str, votes: &Votes) {
        if !votes.unknown.is_empty() {
            self.notes.push(format!(
                "{agent} voted on labels that were not on its sheet, which do not count: {}",
                votes.unknown.join(", ")
            ));
        }
        if !votes.repeated.is_empty() {
            self.notes.push(format!(
                "{agent} contradicted itself on {} of the findings: unsure about those",
                votes.repeated.len()
            ));
        }
    }

    /// The matters that two families take for one, as sets of groups. In doubt they stay apart: each two of a set
    /// must be linked and named by two families, must share no agent and must not contradict each other.
    pub(crate) fn same(
        &self,
        matters: &Matters<'_>,
        open: impl Fn(&Group) -> bool,
    ) -> Vec<Vec<usize>> {
        let bonds = self.bonds(matters, open);
        let mut edges: Vec<(&(usize, usize), &Bond)> = bonds.iter().collect();
        edges.sort_by_key(|((a, b), bond)| {
            let keys = (&matters.groups[*a].key, &matters.groups[*b].key);
            (
                std::cmp::Reverse((bond.families, bond.voters, bond.similarity)),
                keys.0.min(keys.1),
                keys.0.max(keys.1),
            )
        });
        let mut set_of: BTreeMap<usize, usize> = BTreeMap::new();
        let mut sets: Vec<Vec<usize>> = Vec::new();
        for &(&(a, b), _) in &edges {
            for group in [a, b] {
                set_of.entry(group).or_insert_with(|| {
                    sets.push(vec![group]);
                    sets.len() - 1
                });
            }
            let (one, two) = (set_of[&a], set_of[&b]);
            let bonded = |x: usize, y: usize| bonds.contains_key(&(x.min(y), x.max(y)));
            let complete = one != two
                && sets[one]
                    .iter()
                    .all(|&x| sets[two].iter().all(|&y| bonded(x, y)));
            if complete {
                let moved = std::mem::take(&mut sets[two]);
                for group in &moved {
                    set_of.insert(*group, one);
                }
                sets[one].extend(moved);
            }
        }
        for set in &mut sets {
            set.sort_unstable();
        }
        sets.retain(|set| set.len() > 1);
        sets.sort();
        sets
    }

    fn bonds(
        &self,
        matters: &Matters<'_>,
        open: impl Fn(&Group) -> bool,
    ) -> BTreeMap<(usize, usize), Bond> {
        let mut linked: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        for link in &matters.claims.links {
            let (a, b) = (matters.group_of[link.a], matters.group_of[link.b]);
            if a != b && link.kind == LinkKind::PossiblySame {
                let most = linked.entry((a.min(b), a.max(b))).or_default();
                *most = link.similarity.max(*most);
            }
        }
        let index: BTreeMap<&str, usize> = matters
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| open(group))
            .map(|(n, group)| (group.key.as_str(), n))
            .collect();
        let mut cast: BTreeMap<&str, usize> = BTreeMap::new();
        let mut named: BTreeMap<(usize, usize), BTreeMap<&str, usize>> = BTreeMap::new();
        for voter in &self.voters {
            *cast.entry(&voter.ballot.family).or_default() += 1;
            for pair in pairs(voter.votes, &index) {
                let families = named.entry(pair).or_default();
                *families.entry(&voter.ballot.family).or_default() += 1;
            }
        }
        let mut bonds = BTreeMap::new();
        for ((a, b), families) in named {
            let Some(&similarity) = linked.get(&(a, b)) else {
                continue;
            };
            let apart = matters.against[a].contains(&b)
                || !matters.raisers(a).is_disjoint(&matters.raisers(b));
            // A family says so with the majority of its ballots: leaving it out is a vote against it.
            let agreed = families.iter().filter(|(family, n)| 2 * *n > cast[*family]);
            let agreed = agreed.count();
            if agreed >= 2 && !apart {
                let voters = families.values().sum();
                bonds.insert(
                    (a, b),
                    Bond {
                        families: agreed,
                        voters,
                        similarity,
                    },
                );
            }
        }
        bonds
    }
}

impl<'a> Poll<'a> {
    /// What each voter says about a matter, with its ballot; nothing about what was not put to the vote.
    pub(crate) fn casts(&self, parts: &[String]) -> Vec<(&'a Ballot, Cast)> {
        if !parts.iter().any(|key| self.put.contains(key)) {
            return Vec::new();
        }
        let voters = self.voters.iter();
        voters
            .map(|voter| (voter.ballot, voter.cast(parts)))
            .collect()
    }
}

impl Voter<'_> {
    /// What it says about a matter that may have been several when it voted: their common vote, else unsure.
    fn cast(&self, parts: &[String]) -> Cast {
        let said: BTreeSet<Real> = parts
            .iter()
            .map(|key| self.votes.on(key))
            .filter(|real| *real != Real::Unsure)
            .collect();
        let mut said = said.into_iter();
        let real = match (said.next(), said.next()) {
            (Some(one), None) => one,
            (Some(_) | None, _) => Real::Unsure,
        };
        let answers: BTreeMap<String, &String> = parts
            .iter()
            .filter_map(|key| self.votes.votes.get(key)?.answer.as_ref())
            .map(|answer| (canonical(answer), answer))
            .collect();
        let mut answers = answers.into_values();
        let answer = match (answers.next(), answers.next()) {
            (Some(one), None) => Some(one.clone()),
            (Some(_) | None, _) => None,
        };
        Cast {
            agent: self.ballot.agent.clone(),
            family: self.ballot.family.clone(),
            execution_id: self.ballot.execution_id.clone(),
            attempt_id: self.ballot.attempt_id.clone(),
            real,
            answer,
        }
    }
}

/// Why two groups may be joined.
struct Bond {
    families: usize,
    voters: usize,
    similarity: u32,
}

/// The pairs a ballot takes for one, at its word: nothing follows from a chain of them.
fn pairs(votes: &Votes, index: &BTreeMap<&str, usize>) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (key, vote) in &votes.votes {
        let Some(&a) = index.get(key.as_str()) else {
            continue;
        };
        let others = vote.same_as.iter();
        for &b in others.filter_map(|other| index.get(other.as_str())) {
            if a != b {
                found.insert((a.min(b), a.max(b)));
            }
        }
    }
    found
}

fn order(ballot: &Ballot) -> (&str, &str, &str, String) {
    (
        &ballot.agent,
        &ballot.execution_id,
        &ballot.attempt_id,
        // Ballots under the same ids should not be; if they are, their order must still not matter.
        format!("{ballot:?}"),
    )
}
