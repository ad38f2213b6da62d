//! Which findings of this run are which matters of the ledger. In doubt, they are new.
//!
//! An entry is met by at most one finding: of two matters on one paragraph that read alike, only one was decided.

use std::collections::{BTreeMap, BTreeSet};

use super::{Block, Entry, content_hash};
use crate::anchor::Input;
use crate::block::Blocks;
use crate::finding::Finding;
use crate::similarity::{Profile, SAME, similarity, veto};
use crate::text::canonical;

/// What of a finding is compared with the ledger.
pub(crate) struct Said<'a> {
    pub(crate) key: &'a str,
    pub(crate) kind: &'a str,
    /// The claim of each of its voices, or its own where nobody raised it.
    pub(crate) claims: Vec<&'a str>,
    pub(crate) blocks: &'a [Block],
}

impl<'a> Said<'a> {
    pub(crate) fn of(finding: &'a Finding) -> Self {
        let voices = finding.voices.iter().map(|voice| voice.claim.as_str());
        let mut claims: Vec<&str> = voices.collect();
        if claims.is_empty() {
            claims.push(&finding.text);
        }
        Self {
            key: &finding.key,
            kind: &finding.kind,
            claims,
            blocks: &finding.blocks,
        }
    }
}

/// A matter of an earlier run, prepared for comparison: an entry, or a finding that nobody has answered yet.
pub(crate) struct Terms<'a, T = Entry> {
    pub(crate) of: &'a T,
    kind: &'a str,
    wordings: Vec<(String, Profile)>,
    blocks: BTreeSet<&'a Block>,
    /// Whether all it is bound to still stands.
    stands: bool,
    unchanged: bool,
}

impl<'a> Terms<'a> {
    /// `stands` says of one block whether it is still in the inputs; `content` is the hash of them all.
    pub(crate) fn of(entry: &'a Entry, stands: impl Fn(&Block) -> bool, content: &str) -> Self {
        let wordings = std::iter::once(&entry.claim).chain(&entry.wordings);
        Self {
            of: entry,
            kind: &entry.kind,
            wordings: wordings
                .map(|words| (canonical(words), Profile::of(words)))
                .collect(),
            blocks: entry.blocks.iter().collect(),
            stands: entry.blocks.iter().all(stands),
            unchanged: entry.content_hash == content,
        }
    }
}

impl<'a> Terms<'a, Finding> {
    /// As above, of a finding of a run over the inputs with this hash.
    pub(crate) fn asked(
        finding: &'a Finding,
        its_content: &str,
        stands: impl Fn(&Block) -> bool,
        content: &str,
    ) -> Self {
        let voices = finding.voices.iter().map(|voice| &voice.claim);
        Self {
            of: finding,
            kind: &finding.kind,
            wordings: std::iter::once(&finding.text)
                .chain(voices)
                .map(|words| (canonical(words), Profile::of(words)))
                .collect(),
            blocks: finding.blocks.iter().collect(),
            stands: finding.blocks.iter().all(stands),
            unchanged: its_content == content,
        }
    }
}

impl<T> Terms<'_, T> {
    /// Whether what it is about is still there as it was.
    pub(crate) fn binds(&self) -> bool {
        if self.blocks.is_empty() {
            self.unchanged
        } else {
            self.stands
        }
    }

    /// How alike the two are (0 to 1000) if the finding is this matter.
    pub(crate) fn meets(&self, said: &Said<'_>) -> Option<u32> {
        if self.kind != said.kind || !self.binds() {
            return None;
        }
        if said.blocks.is_empty() {
            // Nothing but the words says what it is about: they must be the same, about the same inputs.
            let same = self.unchanged && said.claims.iter().all(|claim| self.has(claim));
            return same.then_some(1000);
        }
        if !said.blocks.iter().any(|block| self.blocks.contains(block)) {
            return None;
        }
        let mut least = 1000;
        for claim in &said.claims {
            least = least.min(self.likeness(claim)?);
        }
        Some(least)
    }

    fn has(&self, claim: &str) -> bool {
        let claim = canonical(claim);
        self.wordings.iter().any(|(words, _)| *words == claim)
    }

    /// To the nearest wording the matcher takes for the same.
    fn likeness(&self, claim: &str) -> Option<u32> {
        if self.has(claim) {
            return Some(1000);
        }
        let profile = Profile::of(claim);
        let same = self.wordings.iter().filter_map(|(_, wording)| {
            let s = similarity(&profile, wording);
            (s >= SAME && veto(&profile, wording, s).is_none()).then_some(s)
        });
        same.max()
    }
}

/// Which finding met which entry: by the finding's key, the entry.
pub(crate) struct Meetings<'a>(BTreeMap<String, &'a Entry>);

impl<'a> Meetings<'a> {
    /// Most alike first; each finding and each entry once. What is `kept` stays as it is.
    pub(crate) fn of(terms: &[Terms<'a>], said: &[Said<'_>], kept: Self) -> Self {
        let mut by_kind: BTreeMap<&str, Vec<&Terms<'a>>> = BTreeMap::new();
        for terms in terms.iter().filter(|terms| terms.binds()) {
            by_kind.entry(terms.kind).or_default().push(terms);
        }
        let mut pairs: Vec<(u32, &str, &'a Entry)> = Vec::new();
        for said in said {
            let candidates = by_kind.get(said.kind).into_iter().flatten();
            pairs.extend(candidates.filter_map(|terms| {
                let likeness = terms.meets(said)?;
                Some((likeness, said.key, terms.of))
            }));
        }
        // Of entries as like as each other the strictest, then the newest.
        pairs.sort_by_cached_key(|(likeness, key, entry)| {
            use std::cmp::Reverse;
            (
                Reverse(*likeness),
                Reverse(entry.standing.must_fix()),
                Reverse(entry.standing.at_us()),
                (*key).to_owned(),
                entry.id.clone(),
            )
        });
        let Self(mut met) = kept;
        let mut taken: BTreeSet<&str> = met.values().map(|entry| entry.id.as_str()).collect();
        for (_, key, entry) in pairs {
            if !met.contains_key(key) && taken.insert(&entry.id) {
                met.insert(key.to_owned(), entry);
            }
        }
        Self(met)
    }

    pub(crate) fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Those of findings that are still there.
    pub(crate) fn of_those(&self, there: impl Fn(&str) -> bool) -> Self {
        let still = self.0.iter().filter(|(key, _)| there(key));
        Self(still.map(|(key, entry)| (key.clone(), *entry)).collect())
    }

    pub(crate) fn with(&self, key: &str) -> Option<&'a Entry> {
        self.0.get(key).copied()
    }

    /// Whether some finding is the entry's matter.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        self.0.values().any(|met| met.id == entry.id)
    }
}

/// Whether a finding of a run with these inputs is the entry's matter: kind equal, a block shared, all of the
/// entry's blocks still there, and each of its claims the same as a wording of the entry by the matcher. Without
/// blocks the claims must be identical and the inputs unchanged. Of several findings that meet one entry, `decide`
/// takes the one most alike.
pub fn meets(entry: &Entry, finding: &Finding, inputs: &[Input]) -> bool {
    let blocks = Blocks::new(inputs);
    let stands = |block: &Block| blocks.find(block).is_some();
    Terms::of(entry, stands, &content_hash(inputs))
        .meets(&Said::of(finding))
        .is_some()
}
