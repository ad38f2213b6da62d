//! Puts findings together: claims of members into clusters, clusters into findings with their
//! voices, links, rank and hashes.
//!
//! What a cluster's votes mean is in `voices`, what follows from it in `route`.

use std::collections::{BTreeMap, BTreeSet};

use crate::RULES;
use crate::anchor::{Anchor, Corpus};
use crate::answer::{RawFinding, Resolvability, Severity};
use crate::cluster::{Claim, Clusters, LinkKind, MAX_FINDINGS, Merging, cluster};
use crate::decide::route::{Case, route};
use crate::decide::voices::{Proposal, Vote, Votes, proposal};
use crate::decide::{Member, Policy};
use crate::finding::{Agreement, Decision, Finding, Voice, key_of};
use crate::questions::rank;
use crate::text::{Fingerprint, canonical};
use crate::trust::Quorum;

/// Findings shown beside one that may be the same: the most alike. More would be a wall of text.
const MAX_BESIDE: usize = 8;

/// A claim in a group: who says it, and how often they said exactly this.
struct Raised<'a> {
    member: &'a Member,
    times: usize,
}

/// All findings, the most urgent first, and what a reader must be told about how they came about.
pub(crate) fn findings(
    members: &[&Member],
    by_rule: &[RawFinding],
    corpus: &Corpus,
    quorum: &Quorum,
    policy: &Policy,
) -> (Vec<Finding>, Vec<String>) {
    let (claims, raised) = claims(members, corpus);
    let clusters = cluster(&claims);
    let mut notes = Vec::new();
    if let Merging::GivenUp { findings } = clusters.merging {
        notes.push(format!(
            "{findings} findings: more than {MAX_FINDINGS}, so nothing was merged and each stands alone"
        ));
    }
    let table = Groups::new(&claims, &raised, &clusters, corpus);
    let mut found: Vec<Finding> = (0..clusters.groups.len())
        .map(|group| table.finding(group, quorum, policy))
        .collect();
    make_keys_unique(&mut found);
    table.link(&mut found);
    let mut own: Vec<Finding> = rule_findings(by_rule, corpus);
    if !own.is_empty() {
        notes.push(format!(
            "{} found by rule in the inputs themselves: read them before trusting any answer",
            own.len()
        ));
    }
    found.append(&mut own);
    make_keys_unique(&mut found);
    for finding in &mut found {
        finding.rank = rank(finding);
        finding.question_hash = finding.hash_of_question();
    }
    found.sort_by_cached_key(|f| {
        let place = f.anchors.first();
        let order = place.map_or(usize::MAX, |a| corpus.order(&a.path));
        (
            std::cmp::Reverse(f.rank),
            order,
            place.map_or(0, |a| a.start),
            f.key.clone(),
        )
    });
    (found, notes)
}

/// The claims of all valid answers in an order of content. What an agent says twice word for
/// word is one claim, said twice.
fn claims<'a>(members: &[&'a Member], corpus: &Corpus) -> (Vec<Claim<'a>>, Vec<Raised<'a>>) {
    let mut claims: Vec<Claim<'a>> = Vec::new();
    let mut raised: Vec<Raised<'a>> = Vec::new();
    for (n, &member) in members.iter().enumerate() {
        let Ok(answer) = &member.result else { continue };
        let findings = answer.findings.iter();
        let mut hashed: Vec<(String, &RawFinding)> = findings
            .map(|finding| (finding.canonical_hash(), finding))
            .collect();
        hashed.sort();
        for (hash, finding) in hashed {
            if let (Some(last), Some(voice)) = (claims.last(), raised.last_mut())
                && last.member == n
                && last.hash == hash
            {
                voice.times += 1;
                continue;
            }
            claims.push(Claim {
                member: n,
                finding,
                anchors: corpus.resolve(finding),
                hash,
            });
            raised.push(Raised { member, times: 1 });
        }
    }
    (claims, raised)
}

struct Groups<'a> {
    claims: &'a [Claim<'a>],
    raised: &'a [Raised<'a>],
    clusters: &'a Clusters,
    corpus: &'a Corpus,
    /// For each claim its group.
    group_of: Vec<usize>,
    /// For each group, the groups that contradict it.
    against: Vec<BTreeSet<usize>>,
}

impl<'a> Groups<'a> {
    fn new(
        claims: &'a [Claim<'a>],
        raised: &'a [Raised<'a>],
        clusters: &'a Clusters,
        corpus: &'a Corpus,
    ) -> Self {
        let mut group_of = vec![0; claims.len()];
        for (group, members) in clusters.groups.iter().enumerate() {
            for &claim in members {
                group_of[claim] = group;
            }
        }
        let mut against = vec![BTreeSet::new(); clusters.groups.len()];
        for link in clusters
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Contradiction)
        {
            let (a, b) = (group_of[link.a], group_of[link.b]);
            if a != b {
                against[a].insert(b);
                against[b].insert(a);
            }
        }
        Self {
            claims,
            raised,
            clusters,
            corpus,
            group_of,
            against,
        }
    }

    fn finding(&self, group: usize, quorum: &Quorum, policy: &Policy) -> Finding {
        let members = &self.clusters.groups[group];
        let raws: Vec<&RawFinding> = members.iter().map(|&n| self.claims[n].finding).collect();
        let votes = self.votes(group);
        let families = votes.families(Vote::Yes);
        let denying = votes.families(Vote::No);
        let agreement = match (quorum.families.len(), families.len(), denying.len()) {
            (0 | 1, _, _) => Agreement::SingleFamily,
            (_, _, 1..) => Agreement::Contested,
            (_, 2.., 0) => Agreement::Confirmed,
            (_, 0 | 1, 0) => Agreement::Unconfirmed,
        };
        let answers: Vec<(&str, &str)> = members
            .iter()
            .filter_map(|&n| {
                let answer = self.claims[n].finding.answer.as_deref()?;
                Some((self.raised[n].member.family.as_str(), answer))
            })
            .collect();
        let proposal = proposal(&families, &answers);
        let anchors = self.anchors(members);
        let severity = raws
            .iter()
            .map(|f| f.severity)
            .max()
            .unwrap_or(Severity::Minor);
        let resolvability = raws
            .iter()
            .map(|f| f.resolvability)
            .max()
            .unwrap_or(Resolvability::NeedHuman);
        let mut parties = families.clone();
        parties.extend(&denying);
        let case = Case {
            agreement,
            one_answer: matches!(proposal, Proposal::Agreed(_)),
            severity,
            resolvability,
            anchored: !anchors.is_empty(),
            families: &families,
            parties: &parties,
        };
        let (decision, cell) = route(&case, quorum, policy);
        let text = self.spokesman(members);
        let claims: Vec<&str> = raws.iter().map(|f| f.claim.as_str()).collect();
        Finding {
            key: key_of(&text.kind, &claims, &anchors),
            kind: text.kind.clone(),
            text: text.claim.trim().to_owned(),
            severity,
            severity_rank: median(raws.iter().map(|f| f.severity)),
            resolvability,
            agreement,
            families: families.iter().map(|&family| family.to_owned()).collect(),
            decision,
            cell,
            options: options(&raws),
            answer: match proposal {
                Proposal::Agreed(answer) | Proposal::Lone(answer) => Some(answer),
                Proposal::Differ | Proposal::None => None,
            },
            unanchored: anchors.is_empty(),
            anchors,
            voices: members.iter().flat_map(|&n| self.voices(n)).collect(),
            possibly_same: Vec::new(),
            contradicts: Vec::new(),
            rank: 0,
            question_hash: String::new(),
            ballots: Vec::new(),
            basis: None,
            audited: None,
            located: None,
            blocks: Vec::new(),
            matter: None,
        }
    }

    fn anchors(&self, members: &[usize]) -> Vec<Anchor> {
        let all = members
            .iter()
            .flat_map(|&n| self.claims[n].anchors.iter().cloned());
        let mut anchors: Vec<Anchor> = all.collect::<BTreeSet<_>>().into_iter().collect();
        anchors.sort_by_key(|anchor| (self.corpus.order(&anchor.path), anchor.start, anchor.end));
        anchors
    }

    /// Raising a matter is a yes; raising its opposite is a no. Silence is neither.
    fn votes(&self, group: usize) -> Votes<'a> {
        let mut votes = Votes::default();
        let opposite = self.against[group]
            .iter()
            .flat_map(|&other| &self.clusters.groups[other]);
        // An agent that contradicts itself in one answer says nothing by the second half.
        let own: BTreeSet<usize> = self.clusters.groups[group]
            .iter()
            .map(|&n| self.claims[n].member)
            .collect();
        let deniers: BTreeMap<usize, &str> = opposite
            .map(|&n| (self.claims[n].member, self.raised[n].member.family.as_str()))
            .filter(|(member, _)| !own.contains(member))
            .collect();
        for &n in &self.clusters.groups[group] {
            votes.add(&self.raised[n].member.family, Vote::Yes);
        }
        for family in deniers.into_values() {
            votes.add(family, Vote::No);
        }
        votes
    }

    fn voices(&self, claim: usize) -> impl Iterator<Item = Voice> {
        let Raised { member, times } = &self.raised[claim];
        let finding = self.claims[claim].finding;
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
        std::iter::repeat_n(voice, *times)
    }

    /// Whose words stand for the group: the gravest, then the best anchored, then the fullest.
    fn spokesman(&self, members: &[usize]) -> &'a RawFinding {
        let order = |&&n: &&usize| {
            let claim = &self.claims[n];
            let finding = claim.finding;
            let length = finding.claim.chars().count();
            (
                finding.severity,
                claim.anchors.len(),
                length,
                std::cmp::Reverse(&claim.hash),
            )
        };
        // A group is never empty; the fallback only keeps this total.
        let chosen = members.iter().max_by_key(order).copied().unwrap_or(0);
        self.claims[chosen].finding
    }

    fn link(&self, found: &mut [Finding]) {
        let keys: Vec<String> = found.iter().map(|finding| finding.key.clone()).collect();
        let mut beside: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); found.len()];
        for link in &self.clusters.links {
            let (a, b) = (self.group_of[link.a], self.group_of[link.b]);
            if a != b && link.kind == LinkKind::PossiblySame && !self.against[a].contains(&b) {
                for (one, other) in [(a, b), (b, a)] {
                    let most = beside[one].entry(other).or_default();
                    *most = link.similarity.max(*most);
                }
            }
        }
        for (n, finding) in found.iter_mut().enumerate() {
            let mut near: Vec<(u32, &String)> = beside[n]
                .iter()
                .map(|(&other, &s)| (s, &keys[other]))
                .collect();
            near.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(y.1)));
            near.truncate(MAX_BESIDE);
            finding.possibly_same = near.into_iter().map(|(_, key)| key.clone()).collect();
            finding.contradicts = self.against[n].iter().map(|&g| keys[g].clone()).collect();
            finding.contradicts.sort();
        }
    }
}

/// What the daemon itself found wrong with an input. Asked, whatever a table says: a reviewer
/// that was talked out of reporting cannot be outvoted by those who were.
fn rule_findings(by_rule: &[RawFinding], corpus: &Corpus) -> Vec<Finding> {
    let of = |raw: &RawFinding| {
        let anchors = corpus.resolve(raw);
        Finding {
            key: key_of(&raw.kind, &[&raw.claim], &anchors),
            kind: raw.kind.clone(),
            text: raw.claim.clone(),
            severity: raw.severity,
            severity_rank: raw.severity.weight() * 100,
            resolvability: raw.resolvability,
            agreement: Agreement::Unconfirmed,
            families: vec![RULES.to_owned()],
            decision: Decision::Ask,
            cell: "raised by rule about an input: always asked".to_owned(),
            answer: raw.answer.clone(),
            options: options(&[raw]),
            unanchored: anchors.is_empty(),
            anchors,
            voices: vec![Voice {
                agent: "synod".to_owned(),
                family: RULES.to_owned(),
                execution_id: String::new(),
                attempt_id: String::new(),
                range: None,
                claim: raw.claim.clone(),
                severity: raw.severity,
                resolvability: raw.resolvability,
                answer: raw.answer.clone(),
                reasoning: raw.reasoning.clone(),
                suggested_fix: raw.suggested_fix.clone(),
            }],
            possibly_same: Vec::new(),
            contradicts: Vec::new(),
            rank: 0,
            question_hash: String::new(),
            ballots: Vec::new(),
            basis: None,
            audited: None,
            located: None,
            blocks: Vec::new(),
            matter: None,
        }
    };
    by_rule.iter().map(of).collect()
}

/// Two matters with the same content (one agent's, or of a run in which nothing is merged) keep
/// keys of their own.
fn make_keys_unique(found: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in found {
        let times = seen.entry(finding.key.clone()).or_default();
        *times += 1;
        if *times > 1 {
            let nth = times.to_string();
            finding.key = Fingerprint::new("synod/again/v1")
                .part(&finding.key)
                .part(&nth)
                .finish();
        }
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
fn options(raws: &[&RawFinding]) -> Vec<String> {
    let mut forms: BTreeMap<String, &str> = BTreeMap::new();
    for raw in raws {
        for text in raw.answer.iter().chain(&raw.options) {
            let form = canonical(text);
            if !form.is_empty() {
                let wording = forms.entry(form).or_insert(text.trim());
                *wording = text.trim().min(wording);
            }
        }
    }
    forms.into_values().map(str::to_owned).collect()
}
