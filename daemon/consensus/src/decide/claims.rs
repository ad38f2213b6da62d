//! The first round: what members claim, and which of it is one matter.

use std::collections::{BTreeMap, BTreeSet};

use crate::anchor::Anchor;
use crate::answer::RawFinding;
use crate::cluster::{Claim, Link, LinkKind, Merging, cluster};
use crate::decide::Member;
use crate::decide::ground::Ground;
use crate::finding::{Located, key_of, key_of_merged};
use crate::text::Fingerprint;

/// A claim in a group: who says it, how often they said exactly this, and where on a diff.
pub(crate) struct Raised<'a> {
    pub(crate) member: &'a Member,
    pub(crate) times: usize,
    pub(crate) located: Option<Located>,
}

/// The claims of all valid answers, and how they relate.
pub(crate) struct Claims<'a> {
    pub(crate) all: Vec<Claim<'a>>,
    pub(crate) raised: Vec<Raised<'a>>,
    pub(crate) links: Vec<Link>,
    pub(crate) merging: Merging,
}

/// A partition of the claims into matters.
pub(crate) struct Matters<'a> {
    pub(crate) claims: &'a Claims<'a>,
    pub(crate) groups: Vec<Group>,
    /// For each claim its group.
    pub(crate) group_of: Vec<usize>,
    /// For each group, the groups that contradict it.
    pub(crate) against: Vec<BTreeSet<usize>>,
}

/// One matter.
pub(crate) struct Group {
    /// Indices into the claims, ascending; never empty.
    pub(crate) claims: Vec<usize>,
    pub(crate) key: String,
    /// Keys of the first round's matters it consists of, sorted; one when nothing was merged.
    pub(crate) parts: Vec<String>,
}

impl<'a> Claims<'a> {
    /// In an order of content. What an agent says twice word for word is one claim, said twice.
    pub(crate) fn of(members: &[&'a Member], ground: &Ground) -> (Self, Vec<Vec<usize>>) {
        let mut all: Vec<Claim<'a>> = Vec::new();
        let mut raised: Vec<Raised<'a>> = Vec::new();
        for (n, &member) in members.iter().enumerate() {
            let Ok(answer) = &member.result else { continue };
            let findings = answer.findings.iter();
            let mut hashed: Vec<(String, &RawFinding)> = findings
                .map(|finding| (finding.canonical_hash(), finding))
                .collect();
            hashed.sort();
            for (hash, finding) in hashed {
                if let (Some(last), Some(voice)) = (all.last(), raised.last_mut())
                    && last.member == n
                    && last.hash == hash
                {
                    voice.times += 1;
                    continue;
                }
                let placed = ground.place(finding);
                all.push(Claim {
                    member: n,
                    finding,
                    anchors: placed.anchors,
                    hash,
                });
                raised.push(Raised {
                    member,
                    times: 1,
                    located: placed.located,
                });
            }
        }
        let clusters = cluster(&all);
        let claims = Self {
            links: clusters.links,
            merging: clusters.merging,
            all,
            raised,
        };
        (claims, clusters.groups)
    }

    pub(crate) fn anchors(&self, members: &[usize], ground: &Ground) -> Vec<Anchor> {
        let all = members
            .iter()
            .flat_map(|&n| self.all[n].anchors.iter().cloned());
        let mut anchors: Vec<Anchor> = all.collect::<BTreeSet<_>>().into_iter().collect();
        anchors.sort_by_key(|anchor| (ground.order(&anchor.path), anchor.start, anchor.end));
        anchors
    }

    /// Whose words stand for a group: the gravest, then the best anchored, then the fullest.
    pub(crate) fn spokesman(&self, members: &[usize]) -> usize {
        let order = |&&n: &&usize| {
            let claim = &self.all[n];
            let length = claim.finding.claim.chars().count();
            (
                claim.finding.severity,
                claim.anchors.len(),
                length,
                std::cmp::Reverse(&claim.hash),
            )
        };
        // A group is never empty; the fallback only keeps this total.
        members.iter().max_by_key(order).copied().unwrap_or(0)
    }
}

impl<'a> Matters<'a> {
    /// As the matcher grouped them.
    pub(crate) fn first(claims: &'a Claims<'a>, groups: Vec<Vec<usize>>, ground: &Ground) -> Self {
        let mut seen = BTreeMap::new();
        let groups = groups.into_iter().map(|members| {
            let kind = &claims.all[claims.spokesman(&members)].finding.kind;
            let words: Vec<&str> = members
                .iter()
                .map(|&n| claims.all[n].finding.claim.as_str())
                .collect();
            let key = key_of(kind, &words, &claims.anchors(&members, ground));
            let key = unique(key, &mut seen);
            Group {
                claims: members,
                parts: vec![key.clone()],
                key,
            }
        });
        Self::of(claims, groups.collect())
    }

    /// With groups joined as `sets` of their indices says. Those in none stay as they are, and keep their keys.
    pub(crate) fn joined(&self, sets: &[Vec<usize>]) -> Matters<'a> {
        let mut groups: Vec<Group> = Vec::new();
        let mut moved = BTreeSet::new();
        for set in sets.iter().filter(|set| set.len() > 1) {
            let mut claims: Vec<usize> = Vec::new();
            let mut parts: Vec<String> = Vec::new();
            for &group in set {
                moved.insert(group);
                claims.extend(&self.groups[group].claims);
                parts.extend(self.groups[group].parts.iter().cloned());
            }
            claims.sort_unstable();
            parts.sort();
            let key = key_of_merged(&parts);
            groups.push(Group { claims, key, parts });
        }
        let kept = self.groups.iter().enumerate();
        groups.extend(
            kept.filter(|(n, _)| !moved.contains(n))
                .map(|(_, group)| Group {
                    claims: group.claims.clone(),
                    key: group.key.clone(),
                    parts: group.parts.clone(),
                }),
        );
        groups.sort_by(|a, b| a.claims.cmp(&b.claims));
        Self::of(self.claims, groups)
    }

    fn of(claims: &'a Claims<'a>, groups: Vec<Group>) -> Self {
        let mut group_of = vec![0; claims.all.len()];
        for (n, group) in groups.iter().enumerate() {
            for &claim in &group.claims {
                group_of[claim] = n;
            }
        }
        let mut against = vec![BTreeSet::new(); groups.len()];
        let contradictions = claims.links.iter();
        for link in contradictions.filter(|link| link.kind == LinkKind::Contradiction) {
            let (a, b) = (group_of[link.a], group_of[link.b]);
            if a != b {
                against[a].insert(b);
                against[b].insert(a);
            }
        }
        Self {
            claims,
            groups,
            group_of,
            against,
        }
    }

    /// Members who raised it, ascending.
    pub(crate) fn raisers(&self, group: usize) -> BTreeSet<usize> {
        let claims = self.groups[group].claims.iter();
        claims.map(|&n| self.claims.all[n].member).collect()
    }
}

/// Two matters with the same content (one agent's, or of a run in which nothing is merged) keep
/// keys of their own.
pub(crate) fn unique(key: String, seen: &mut BTreeMap<String, usize>) -> String {
    let times = seen.entry(key.clone()).or_default();
    *times += 1;
    if *times == 1 {
        return key;
    }
    Fingerprint::new("synod/again/v1")
        .part(&key)
        .part(&times.to_string())
        .finish()
}
