//! From one matter to a finding: its voices, votes and answers, and what the table says about it.
//!
//! What follows from a ruling, the ledger or an audit comes after, each in its file.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{RawFinding, Resolvability, Severity};
use crate::ballot::{Ballot, Real};
use crate::cluster::LinkKind;
use crate::decide::claims::Matters;
use crate::decide::ground::Ground;
use crate::decide::poll::Poll;
use crate::decide::route::{Case, route};
use crate::decide::voices::{Proposal, Vote, Votes, answered, proposal};
use crate::decide::{Member, Policy};
use crate::finding::{Agreement, Cast, Finding, Located, Voice};
use crate::text::canonical;
use crate::trust::Quorum;

/// Findings shown beside one that may be the same: the most alike. More would be a wall of text.
const MAX_BESIDE: usize = 8;

/// A finding, and what its decision followed from.
pub(crate) struct Weighed<'a> {
    pub(crate) finding: Finding,
    pub(crate) case: Case<'a>,
}

/// What matters are weighed with.
pub(crate) struct Scales<'a> {
    pub(crate) members: &'a [&'a Member],
    /// What each of them cleared.
    pub(crate) cleared: Vec<BTreeSet<&'a str>>,
    pub(crate) ground: &'a Ground<'a>,
    pub(crate) quorum: &'a Quorum,
    pub(crate) policy: &'a Policy,
}

impl<'a> Scales<'a> {
    /// All matters, in their order. Without a poll the first round alone decides.
    pub(crate) fn weigh(&self, matters: &Matters<'a>, poll: Option<&Poll<'a>>) -> Vec<Weighed<'a>> {
        let one = |group| self.one(matters, group, poll);
        let mut found: Vec<Weighed<'a>> = (0..matters.groups.len()).map(one).collect();
        link(matters, &mut found);
        found
    }

    fn one(&self, matters: &Matters<'a>, group: usize, poll: Option<&Poll<'a>>) -> Weighed<'a> {
        let claims = matters.claims;
        let of = &matters.groups[group];
        let raws: Vec<&RawFinding> = of.claims.iter().map(|&n| claims.all[n].finding).collect();
        let raisers = matters.raisers(group);
        let deniers = self.deniers(matters, group, &raisers);
        let casts = poll.map(|poll| poll.casts(&of.parts)).unwrap_or_default();
        let spoken: BTreeSet<&str> = raisers
            .iter()
            .chain(&deniers)
            .map(|&n| self.members[n].agent.as_str())
            .collect();
        let votes = self.votes(&raisers, &deniers, &spoken, &casts);
        let families = votes.families(Vote::Yes);
        let denying = votes.families(Vote::No);
        let agreement = match (self.quorum.families.len(), families.len(), denying.len()) {
            (0 | 1, _, _) => Agreement::SingleFamily,
            (_, _, 1..) => Agreement::Contested,
            (_, 2.., 0) => Agreement::Confirmed,
            (_, 0 | 1, 0) => Agreement::Unconfirmed,
        };
        let mut ballots: Vec<Cast> = casts.iter().map(|(_, cast)| cast.clone()).collect();
        ballots.extend(self.found_in_order(matters, group, &raisers, &casts));
        let voices: Vec<Voice> = of.claims.iter().flat_map(|&n| voices(matters, n)).collect();
        let (answer, one_answer) = answer(&families, &voices, &ballots);
        let anchors = claims.anchors(&of.claims, self.ground);
        let located = located(matters, group);
        let taken_back = raisers.iter().map(|&n| self.members[n].agent.as_str());
        let taken_back: BTreeSet<&'a str> = taken_back
            .filter(|agent| {
                casts
                    .iter()
                    .any(|(by, cast)| by.agent == *agent && cast.real == Real::No)
            })
            .collect();
        let case = Case {
            agreement,
            one_answer,
            severity: raws
                .iter()
                .map(|f| f.severity)
                .max()
                .unwrap_or(Severity::Minor),
            resolvability: raws
                .iter()
                .map(|f| f.resolvability)
                .max()
                .unwrap_or(Resolvability::NeedHuman),
            anchored: !anchors.is_empty(),
            parties: votes.parties(),
            families,
            taken_back: taken_back.into_iter().collect(),
            pre_existing: located.as_ref().is_some_and(|place| place.pre_existing),
        };
        let (decision, cell) = route(&case, self.quorum, self.policy);
        let text = claims.all[claims.spokesman(&of.claims)].finding;
        let finding = Finding {
            key: of.key.clone(),
            kind: text.kind.clone(),
            text: text.claim.trim().to_owned(),
            severity: case.severity,
            severity_rank: median(raws.iter().map(|f| f.severity)),
            resolvability: case.resolvability,
            agreement,
            families: case.families.iter().map(|&f| f.to_owned()).collect(),
            decision,
            cell,
            options: options(&raws, &ballots),
            answer,
            unanchored: anchors.is_empty(),
            blocks: self.ground.blocks(&anchors),
            anchors,
            voices,
            possibly_same: Vec::new(),
            contradicts: Vec::new(),
            rank: 0,
            question_hash: String::new(),
            ballots,
            basis: None,
            audited: None,
            located,
            matter: text.matter.clone(),
            merged: if of.parts.len() > 1 {
                of.parts.clone()
            } else {
                Vec::new()
            },
            met: None,
        };
        Weighed { finding, case }
    }

    /// Members who raised its opposite, or looked at it and found it in order. One who also raised it says
    /// nothing by that.
    fn deniers(
        &self,
        matters: &Matters<'a>,
        group: usize,
        raisers: &BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut deniers: BTreeSet<usize> = matters.against[group]
            .iter()
            .flat_map(|&other| matters.raisers(other))
            .collect();
        deniers.extend(self.cleared_by(matters, group));
        &deniers - raisers
    }

    /// Members who were asked about just this in the first round, and found it in order.
    fn cleared_by(&self, matters: &Matters<'a>, group: usize) -> Vec<usize> {
        let first = matters.groups[group].claims[0];
        let Some(matter) = &matters.claims.all[first].finding.matter else {
            return Vec::new();
        };
        let cleared = self.cleared.iter().enumerate();
        cleared
            .filter(|(_, cleared)| cleared.contains(matter.as_str()))
            .map(|(n, _)| n)
            .collect()
    }

    /// What these said, as votes: their word has no finding that it could stand in.
    fn found_in_order(
        &self,
        matters: &Matters<'a>,
        group: usize,
        raisers: &BTreeSet<usize>,
        casts: &[(&'a Ballot, Cast)],
    ) -> Vec<Cast> {
        let cleared = self.cleared_by(matters, group).into_iter();
        let silent = cleared.filter(|n| {
            let agent = self.members[*n].agent.as_str();
            !raisers.contains(n) && casts.iter().all(|(by, _)| by.agent != agent)
        });
        silent
            .map(|n| Cast {
                agent: self.members[n].agent.clone(),
                family: self.members[n].family.clone(),
                execution_id: self.members[n].execution_id.clone(),
                attempt_id: self.members[n].attempt_id.clone(),
                real: Real::No,
                answer: None,
            })
            .collect()
    }

    fn votes(
        &self,
        raisers: &BTreeSet<usize>,
        deniers: &BTreeSet<usize>,
        spoken: &BTreeSet<&str>,
        casts: &[(&'a Ballot, Cast)],
    ) -> Votes<'a> {
        let mut votes = Votes::default();
        for (side, vote) in [(raisers, Vote::Yes), (deniers, Vote::No)] {
            for &member in side {
                votes.add(&self.members[member].family, vote);
            }
        }
        for (ballot, cast) in casts {
            if spoken.contains(ballot.agent.as_str()) {
                continue;
            }
            match cast.real {
                Real::Yes => votes.add(&ballot.family, Vote::Yes),
                Real::No => votes.add(&ballot.family, Vote::No),
                Real::Unsure => {}
            }
        }
        votes
    }
}

/// The answer to record or recommend, and whether two families give it and none another.
fn answer(families: &[&str], voices: &[Voice], ballots: &[Cast]) -> (Option<String>, bool) {
    let answers = answered(voices, ballots);
    match proposal(families, &answers) {
        Proposal::Agreed(answer) => (Some(answer), true),
        Proposal::Lone(answer) => (Some(answer), false),
        Proposal::Differ | Proposal::None => (None, false),
    }
}

/// For each member, the matters it found in order.
pub(crate) fn cleared<'a>(members: &[&'a Member]) -> Vec<BTreeSet<&'a str>> {
    let of = |member: &&'a Member| {
        let answers = member.result.iter();
        answers
            .flat_map(|answer| answer.cleared.iter().map(String::as_str))
            .collect()
    };
    members.iter().map(of).collect()
}

/// As its spokesman says; pre-existing only if all who raised it say so.
fn located(matters: &Matters<'_>, group: usize) -> Option<Located> {
    let members = &matters.groups[group].claims;
    let raised = &matters.claims.raised;
    let mut place = raised[matters.claims.spokesman(members)].located.clone()?;
    place.pre_existing = members.iter().all(|&n| {
        raised[n]
            .located
            .as_ref()
            .is_some_and(|place| place.pre_existing)
    });
    Some(place)
}

fn voices(matters: &Matters<'_>, claim: usize) -> impl Iterator<Item = Voice> {
    let raised = &matters.claims.raised[claim];
    let (member, finding) = (raised.member, matters.claims.all[claim].finding);
    let voice = Voice {
        agent: member.agent.clone(),
        family: member.family.clone(),
        execution_id: member.execution_id.clone(),
        attempt_id: member.attempt_id.clone(),
        range: member.range.clone(),
        claim: finding.claim.clone(),
        severity: finding.severity,
        resolvability: finding.resolvability,
        answer: finding.answer.clone(),
        reasoning: finding.reasoning.clone(),
        suggested_fix: finding.suggested_fix.clone(),
    };
    std::iter::repeat_n(voice, raised.times)
}

fn link(matters: &Matters<'_>, found: &mut [Weighed<'_>]) {
    let key = |group: usize| matters.groups[group].key.clone();
    let mut beside: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); found.len()];
    for link in &matters.claims.links {
        let (a, b) = (matters.group_of[link.a], matters.group_of[link.b]);
        if a != b && link.kind == LinkKind::PossiblySame && !matters.against[a].contains(&b) {
            for (one, other) in [(a, b), (b, a)] {
                let most = beside[one].entry(other).or_default();
                *most = link.similarity.max(*most);
            }
        }
    }
    for (n, Weighed { finding, .. }) in found.iter_mut().enumerate() {
        let mut near: Vec<(u32, String)> = beside[n]
            .iter()
            .map(|(&other, &s)| (s, key(other)))
            .collect();
        near.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| x.1.cmp(&y.1)));
        near.truncate(MAX_BESIDE);
        finding.possibly_same = near.into_iter().map(|(_, key)| key).collect();
        finding.contradicts = matters.against[n].iter().map(|&g| key(g)).collect();
        finding.contradicts.sort();
    }
}

/// In hundredths, the mean of the two in the middle when they are even in number.
fn median(severities: impl Iterator<Item = Severity>) -> u32 {
    let mut weights: Vec<u32> = severities.map(Severity::weight).collect();
    weights.sort_unstable();
    match weights.len() {
        0 => 0,
        n => (weights[(n - 1) / 2] + weights[n / 2]) * 50,
    }
}

/// Every option and every proposed answer, each once, in an order of content.
pub(crate) fn options(raws: &[&RawFinding], ballots: &[Cast]) -> Vec<String> {
    let mut forms: BTreeMap<String, &str> = BTreeMap::new();
    let raised = raws
        .iter()
        .flat_map(|raw| raw.answer.iter().chain(&raw.options));
    let voted = ballots
        .iter()
        .filter(|cast| cast.real == Real::Yes)
        .filter_map(|cast| cast.answer.as_ref());
    for text in raised.chain(voted) {
        let form = canonical(text);
        if !form.is_empty() {
            let wording = forms.entry(form).or_insert(text.trim());
            *wording = text.trim().min(wording);
        }
    }
    forms.into_values().map(str::to_owned).collect()
}
