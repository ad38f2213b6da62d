//! Which findings of different agents are one matter. In doubt, they stay apart.
//!
//! Complete linkage over pairs that are the same, one finding per agent in a cluster, strongest
//! pairs first, ties by content: a pure function of the set. What agreement follows from a
//! cluster is for `decide`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::answer::RawFinding;
use crate::similarity::{POSSIBLY, Profile, SAME, Veto, dice, veto};
use crate::text::{canonical, squeeze};

/// Beyond this many findings nothing is merged: reading them is hopeless, merging is a gamble.
pub const MAX_FINDINGS: usize = 1000;

/// One finding of one agent, with what is needed to compare it.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Who raised it: a number per member of the roster. Two claims of one are never merged.
    pub member: usize,
    pub finding: &'a RawFinding,
    pub anchors: Vec<Anchor>,
    pub hash: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    Contradiction,
    PossiblySame,
}

/// Two claims of different agents that are not merged but belong side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub a: usize,
    pub b: usize,
    pub similarity: u32,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merging {
    Done,
    /// More than `MAX_FINDINGS`: every finding stands for itself.
    GivenUp {
        findings: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    /// Indices into the claims; every claim is in exactly one group.
    pub groups: Vec<Vec<usize>>,
    pub links: Vec<Link>,
    pub merging: Merging,
}

/// Groups claims. For one result whatever the order of arrival, hand them over in an order that
/// depends on content only.
pub fn cluster(claims: &[Claim<'_>]) -> Clusters {
    if claims.len() > MAX_FINDINGS {
        let groups = by_matter(claims);
        let merging = Merging::GivenUp {
            findings: claims.len(),
        };
        return Clusters {
            groups,
            links: Vec::new(),
            merging,
        };
    }
    let pairs = Pairs::of(claims);
    let groups = pairs.merge(claims);
    Clusters {
        groups,
        links: pairs.links,
        merging: Merging::Done,
    }
}

/// Every finding for itself, but for those whose matter the daemon itself has given: that is no guess.
fn by_matter(claims: &[Claim<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, claim) in claims.iter().enumerate() {
        let known = claim
            .finding
            .matter
            .as_deref()
            .map(|matter| of.entry(matter).or_insert(groups.len()));
        match known {
            Some(&mut group)
                if groups
                    .get(group)
                    .is_some_and(|of| of.iter().all(|&m| claims[m].member != claim.member)) =>
            {
                groups[group].push(n);
            }
            Some(_) | None => groups.push(vec![n]),
        }
    }
    groups
}

struct Same {
    similarity: u32,
    a: usize,
    b: usize,
}

struct Pairs {
    same: Vec<Same>,
    links: Vec<Link>,
}

impl Pairs {
    /// Compares only pairs that share a gram or a place: the others can be neither the same nor
    /// linked, unless they are identical, and then they share all they have.
    fn of(claims: &[Claim<'_>]) -> Self {
        let profiles: Vec<Profile> = claims
            .iter()
            .map(|c| Profile::of(&c.finding.claim))
            .collect();
        let identities: Vec<Identity> = claims.iter().map(Identity::of).collect();
        let mut postings: HashMap<u64, Vec<usize>> = HashMap::new();
        let overlapping = overlaps(claims);
        let mut pairs = Self {
            same: Vec::new(),
            links: Vec::new(),
        };
        let mut common = vec![0_usize; claims.len()];
        for b in 0..claims.len() {
            let mut touched = overlapping[b].clone();
            for gram in &profiles[b].grams {
                let seen = postings.entry(*gram).or_default();
                for &a in seen.iter() {
                    common[a] += 1;
                    if common[a] == 1 {
                        touched.push(a);
                    }
                }
                seen.push(b);
            }
            touched.sort_unstable();
            touched.dedup();
            for a in touched {
                let similarity = dice(common[a], &profiles[a], &profiles[b]);
                common[a] = 0;
                if claims[a].member != claims[b].member {
                    let overlap = overlapping[b].binary_search(&a).is_ok();
                    let identical = identities[a] == identities[b];
                    let stop = veto(&profiles[a], &profiles[b], similarity);
                    pairs.weigh(
                        claims,
                        a,
                        b,
                        &Evidence {
                            similarity,
                            overlap,
                            identical,
                            stop,
                        },
                    );
                }
            }
        }
        pairs
    }

    fn weigh(&mut self, claims: &[Claim<'_>], a: usize, b: usize, evidence: &Evidence) {
        let &Evidence {
            similarity,
            overlap,
            identical,
            stop,
        } = evidence;
        let same_kind = claims[a].finding.kind == claims[b].finding.kind;
        let identical = match (&claims[a].finding.matter, &claims[b].finding.matter) {
            (Some(one), Some(other)) if one == other => true,
            // Two matters by construction, however alike they read.
            (Some(_), _) | (_, Some(_)) => return,
            (None, None) => identical,
        };
        if identical || (overlap && same_kind && similarity >= SAME && stop.is_none()) {
            self.same.push(Same {
                similarity: if identical { 1000 } else { similarity },
                a,
                b,
            });
        }
        // Words alone contradict nothing when they are about two places.
        let unplaced = claims[a].anchors.is_empty() || claims[b].anchors.is_empty();
        let alike = match stop {
            None | Some(Veto::Doubt) => similarity >= POSSIBLY,
            Some(Veto::Marks | Veto::Contradiction) => false,
        };
        let kind = if stop == Some(Veto::Contradiction) && (overlap || unplaced) {
            LinkKind::Contradiction
        } else if overlap || alike {
            LinkKind::PossiblySame
        } else {
            return;
        };
        self.links.push(Link {
            a,
            b,
            similarity,
            kind,
        });
    }

    fn merge(&self, claims: &[Claim<'_>]) -> Vec<Vec<usize>> {
        let n = claims.len();
        let mut edges: Vec<&Same> = self.same.iter().collect();
        edges.sort_by_cached_key(|edge| {
            let mut ends = [edge.a, edge.b].map(|n| (&claims[n].hash, claims[n].member, n));
            ends.sort_unstable();
            let [low, high] = ends;
            (
                std::cmp::Reverse(edge.similarity),
                low.0,
                high.0,
                low.1,
                high.1,
                low.2,
                high.2,
            )
        });
        let mut linked = vec![false; n * n];
        for edge in &edges {
            linked[edge.a * n + edge.b] = true;
            linked[edge.b * n + edge.a] = true;
        }
        let mut group_of: Vec<usize> = (0..n).collect();
        let mut groups: Vec<Vec<usize>> = (0..n).map(|n| vec![n]).collect();
        for edge in edges {
            let (one, two) = (group_of[edge.a], group_of[edge.b]);
            let complete = one != two
                && groups[one].iter().all(|&x| {
                    groups[two]
                        .iter()
                        .all(|&y| linked[x * n + y] && claims[x].member != claims[y].member)
                });
            if complete {
                let moved = std::mem::take(&mut groups[two]);
                for &member in &moved {
                    group_of[member] = one;
                }
                groups[one].extend(moved);
            }
        }
        groups.retain(|group| !group.is_empty());
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort_unstable();
        groups
    }
}

struct Evidence {
    similarity: u32,
    overlap: bool,
    identical: bool,
    stop: Option<Veto>,
}

/// What must be equal for two findings to be the same without looking further. The place counts:
/// a rule says the same words about many.
#[derive(PartialEq, Eq)]
struct Identity {
    kind: String,
    claim: String,
    places: Vec<(String, usize, usize)>,
    /// For those whose words were found nowhere: the words.
    unplaced: Vec<String>,
}

impl Identity {
    fn of(claim: &Claim<'_>) -> Self {
        let places: Vec<_> = claim
            .anchors
            .iter()
            .map(|a| (a.path.clone(), a.start, a.end))
            .collect();
        let mut unplaced: Vec<String> = Vec::new();
        if places.is_empty() {
            unplaced.extend(claim.finding.quotes.iter().map(|q| squeeze(&q.text)));
            unplaced.extend(claim.finding.about.as_deref().map(canonical));
            unplaced.sort();
        }
        let finding = claim.finding;
        Self {
            kind: finding.kind.clone(),
            claim: canonical(&finding.claim),
            places,
            unplaced,
        }
    }
}

/// For each claim, the earlier ones that share a byte of an input with it, in order.
fn overlaps(claims: &[Claim<'_>]) -> Vec<Vec<usize>> {
    let mut by_path: BTreeMap<&str, Vec<(usize, usize, usize)>> = BTreeMap::new();
    for (n, claim) in claims.iter().enumerate() {
        for anchor in &claim.anchors {
            by_path
                .entry(&anchor.path)
                .or_default()
                .push((anchor.start, anchor.end, n));
        }
    }
    let n = claims.len();
    let mut earlier = vec![false; n * n];
    for places in by_path.values_mut() {
        places.sort_unstable();
        // A claim with many anchors is open once, to the furthest of their ends: all that follow
        // begin later, so the cost stays anchors × claims.
        let mut open: BTreeMap<usize, usize> = BTreeMap::new();
        for &(start, end, claim) in places.iter() {
            open.retain(|_, until| *until > start);
            for &other in open.keys() {
                earlier[claim.max(other) * n + claim.min(other)] = true;
            }
            open.entry(claim)
                .and_modify(|until| *until = end.max(*until))
                .or_insert(end);
        }
    }
    (0..n)
        .map(|row| {
            (0..row)
                .filter(|column| earlier[row * n + column])
                .collect()
        })
        .collect()
}
