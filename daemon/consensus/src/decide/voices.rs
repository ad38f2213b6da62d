//! One voice per family: what each family says about a matter, and the answer they share.
//!
//! In the first round a family that is silent has not said no. A ballot, when there is one, adds
//! votes here and nowhere else. Nobody speaks twice about one matter: whoever spoke in the first
//! round has spoken.

use std::collections::BTreeMap;

use crate::ballot::Real;
use crate::finding::{Cast, Finding, Voice};
use crate::text::canonical;

/// What one agent says about whether a matter is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vote {
    Yes,
    No,
}

/// Votes by family. Silence and "unsure" are no votes.
#[derive(Debug, Default)]
pub(crate) struct Votes<'a>(BTreeMap<&'a str, (usize, usize)>);

impl<'a> Votes<'a> {
    pub(crate) fn add(&mut self, family: &'a str, vote: Vote) {
        let (yes, no) = self.0.entry(family).or_default();
        match vote {
            Vote::Yes => *yes += 1,
            Vote::No => *no += 1,
        }
    }

    /// Families in which somebody took a side, whatever the others of it say.
    pub(crate) fn parties(&self) -> Vec<&'a str> {
        self.0.keys().copied().collect()
    }

    /// Families whose majority says `vote`; a tie abstains.
    pub(crate) fn families(&self, vote: Vote) -> Vec<&'a str> {
        let says = |&(_, &(yes, no)): &(&&str, &(usize, usize))| match vote {
            Vote::Yes => yes > no,
            Vote::No => no > yes,
        };
        self.0
            .iter()
            .filter(says)
            .map(|(family, _)| *family)
            .collect()
    }
}

/// What the families that see a matter propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proposal {
    /// Two families or more say the same and none says otherwise.
    Agreed(String),
    /// One answer is on the table, without a second family behind it.
    Lone(String),
    Differ,
    None,
}

/// One agent's answers to one matter as written: first what it raised, then what it voted.
pub(crate) struct Answered<'a> {
    pub(crate) family: &'a str,
    pub(crate) said: Vec<&'a str>,
}

impl<'a> Answered<'a> {
    /// Its answer; none from whoever gave two.
    fn settled(&self) -> Option<&'a str> {
        let mut forms: BTreeMap<String, &'a str> = BTreeMap::new();
        for answer in &self.said {
            let form = canonical(answer);
            if !form.is_empty() {
                forms.entry(form).or_insert(answer);
            }
        }
        let mut forms = forms.into_values();
        match (forms.next(), forms.next()) {
            (Some(one), None) => Some(one),
            (Some(_) | None, _) => None,
        }
    }
}

/// What each agent answered to one matter, by agent.
pub(crate) fn answered<'a>(voices: &'a [Voice], ballots: &'a [Cast]) -> Vec<Answered<'a>> {
    let raised = voices
        .iter()
        .map(|voice| (&voice.agent, &voice.family, &voice.answer));
    let voted = ballots
        .iter()
        .filter(|cast| cast.real == Real::Yes)
        .map(|cast| (&cast.agent, &cast.family, &cast.answer));
    let mut agents: BTreeMap<&str, Answered<'a>> = BTreeMap::new();
    for (agent, family, answer) in raised.chain(voted) {
        let agent = agents.entry(agent).or_insert_with(|| Answered {
            family,
            said: Vec::new(),
        });
        agent.said.extend(answer.as_deref());
    }
    agents.into_values().collect()
}

/// The families that see a finding, by the canonical form of what the majority of each answers.
pub(crate) fn said_by(finding: &Finding) -> BTreeMap<String, Vec<String>> {
    let families: Vec<&str> = finding.families.iter().map(String::as_str).collect();
    by_answer(&families, &answered(&finding.voices, &finding.ballots))
        .into_iter()
        .map(|(form, families)| (form, families.into_iter().map(str::to_owned).collect()))
        .collect()
}

fn by_answer<'f>(families: &[&'f str], answers: &[Answered<'_>]) -> BTreeMap<String, Vec<&'f str>> {
    let mut said: BTreeMap<String, Vec<&'f str>> = BTreeMap::new();
    for family in families {
        let of_family = answers.iter().filter(|agent| agent.family == *family);
        if let Some(majority) = majority(of_family.filter_map(Answered::settled)) {
            said.entry(majority).or_default().push(family);
        }
    }
    said
}

/// Weighs the answers of those who see a matter.
pub(crate) fn proposal(families: &[&str], answers: &[Answered<'_>]) -> Proposal {
    let said = by_answer(families, answers);
    let mut offered: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for answer in answers.iter().flat_map(|agent| &agent.said) {
        let form = canonical(answer);
        if !form.is_empty() {
            offered.entry(form).or_default().push(answer);
        }
    }
    let wording = |form: &str| {
        let words = offered.get(form).into_iter().flatten();
        words
            .min()
            .map(|answer| answer.trim().to_owned())
            .unwrap_or_default()
    };
    let mut forms = said.iter();
    match (forms.next(), forms.next()) {
        (Some((form, by)), None) if by.len() >= 2 => Proposal::Agreed(wording(form)),
        _ if offered.len() > 1 => Proposal::Differ,
        _ => match offered.keys().next() {
            Some(form) => Proposal::Lone(wording(form)),
            None => Proposal::None,
        },
    }
}

/// The canonical answer most of a family's agents give; none when they tie or give none.
fn majority<'a>(answers: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for form in answers.map(canonical).filter(|form| !form.is_empty()) {
        *counts.entry(form).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let mut leading = counts
        .into_iter()
        .filter(|(_, n)| *n == most)
        .map(|(form, _)| form);
    match (leading.next(), leading.next()) {
        (Some(form), None) => Some(form),
        (Some(_) | None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_speaks_with_its_majority_and_a_tie_abstains() {
        let mut votes = Votes::default();
        for (family, vote) in [
            ("a", Vote::Yes),
            ("a", Vote::Yes),
            ("a", Vote::No),
            ("b", Vote::Yes),
            ("b", Vote::No),
            ("c", Vote::No),
        ] {
            votes.add(family, vote);
        }
        assert_eq!(votes.families(Vote::Yes), ["a"]);
        assert_eq!(votes.families(Vote::No), ["c"]);
    }

    #[test]
    fn answers_agree_across_families_only() {
        let of = |answers: &[(&'static str, &'static str)]| {
            let agent = |&(family, answer)| Answered {
                family,
                said: vec![answer],
            };
            proposal(&["a", "b"], &answers.iter().map(agent).collect::<Vec<_>>())
        };
        assert_eq!(
            of(&[("a", "Yes"), ("b", "yes.")]),
            Proposal::Agreed("Yes".into())
        );
        assert_eq!(
            of(&[("a", "yes"), ("a", "Yes")]),
            Proposal::Lone("Yes".into())
        );
        assert_eq!(
            of(&[("a", "yes"), ("b", " ")]),
            Proposal::Lone("yes".into())
        );
        assert_eq!(of(&[("a", "yes"), ("b", "no")]), Proposal::Differ);
        assert_eq!(
            of(&[("a", "yes"), ("a", "no"), ("b", "no")]),
            Proposal::Differ
        );
        assert_eq!(of(&[("a", ""), ("b", "...")]), Proposal::None);
        let three = [("a", "x"), ("a", "x"), ("a", "y"), ("b", "X")];
        assert_eq!(of(&three), Proposal::Agreed("X".into()));
    }

    #[test]
    fn an_agent_that_answers_in_two_ways_has_no_answer() {
        let of = |first: &'static [&'static str], second: &'static [&'static str]| {
            let agents = [("a", first), ("b", second)].map(|(family, said)| Answered {
                family,
                said: said.to_vec(),
            });
            proposal(&["a", "b"], &agents)
        };
        assert_eq!(of(&["x", "X."], &["x"]), Proposal::Agreed("X.".into()));
        assert_eq!(of(&["x", "y"], &["y"]), Proposal::Differ);
        assert_eq!(of(&["", "y"], &["y"]), Proposal::Agreed("y".into()));
    }
}
