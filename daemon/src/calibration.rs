//! From what is stored to what calibration counts: who said what about which finding, and what it turned out to be.
//!
//! Counting is `synod-calibration`'s. Figures are made when somebody asks and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};

use synod_calibration::{
    Correlation, Judge, Judged, Line, Probed, Said, Sampling, Scope, Share, Tally, Truth, Who,
    recall::Outcome as Met, table, weights,
};
use synod_consensus::{
    Disposition, Finding as Content, RULES, Real, Ruling, TrackRecord,
    finding::Basis,
    probe::{Key, Raised},
    settle::word_on,
};
use synod_core::entity::{Finding, Probe};

use crate::store::{GateRun, Reader, StoreError};

/// Runs read at a time.
const PAGE: u32 = 32;
/// Words that are counted, the newest: about two megabytes, as each submission counts them. What is older is another
/// model's anyway.
const MOST: usize = 10_000;

/// What there is to count.
#[derive(Debug, Default)]
pub struct Record {
    /// In the order of the runs.
    pub judged: Vec<Judged>,
    /// Agents before planted faults.
    pub probed: Vec<Probed>,
    /// Agents before places where nothing was planted: `Found` is what meets one by chance.
    pub compared: Vec<Probed>,
    /// The families of models of each gate's newest roster.
    pub rosters: BTreeMap<String, BTreeSet<String>>,
    /// Whether older runs were left out.
    pub cut: Cut,
    /// Who was measured by which faults already.
    planted: BTreeSet<Planted>,
}

/// A gate, an agent, and the faults it was put before. Asked about the same ones again, an agent that finds them by
/// rule finds them again: that is no second observation.
type Planted = (String, String, String);

/// Whether everything was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cut {
    #[default]
    Whole,
    /// The newest [`MOST`] words only.
    Newest,
}

/// Reads it, of one gate or, where that is empty, of all.
pub fn read(reader: &Reader, gate: &str) -> Result<Record, StoreError> {
    let mut record = Record::default();
    let mut before = None;
    loop {
        let page = reader.gate_runs(gate, before, PAGE)?;
        for run in &page.runs {
            record.add(run);
        }
        if record.words() >= MOST {
            record.cut = Cut::Newest;
        }
        match (page.next, record.cut) {
            (Some(next), Cut::Whole) => before = Some(next),
            (Some(_) | None, Cut::Newest) | (None, Cut::Whole) => break,
        }
    }
    // The newest came first; of two words on one item the later counts.
    record.judged.reverse();
    Ok(record)
}

impl Record {
    /// What a run of this gate is to know of its families.
    pub fn of_families(&self, gate: &str) -> TrackRecord {
        TrackRecord {
            correlation_permille: self.correlation().0,
            weights_permille: self.weights(&table(&self.judged), gate).unwrap_or_default(),
        }
    }

    /// How alike the mistakes of families of models are, in thousandths, if enough is known; and of how many audited
    /// items the best known pair has both judged.
    pub fn correlation(&self) -> (Option<u32>, u64) {
        let models: Vec<Judged> = (self.judged.iter())
            .filter(|judged| judged.family != RULES)
            .cloned()
            .collect();
        match Correlation::measure(&models) {
            Correlation::Assumed { shared } => (None, shared),
            // Nearer to alike than to apart: an overstated independence is the dangerous error.
            Correlation::Measured { rho, shared, .. } => {
                let permille = (1000.0 * rho).ceil().clamp(0.0, 1000.0);
                (Some(permille as u32), shared)
            }
        }
    }

    /// Weights compare families within one gate: without one there are none. `lines` are the table of what was judged.
    pub fn weights(&self, lines: &[Line], gate: &str) -> Option<BTreeMap<String, u32>> {
        let mut families: BTreeMap<String, Tally> = (self.rosters.get(gate)?.iter())
            .map(|family| (family.clone(), Tally::default()))
            .collect();
        for line in lines {
            if let (Who::Family(family), Scope::Gate(of)) = (&line.who, &line.scope)
                && of == gate
                && let Some(tally) = families.get_mut(family)
            {
                *tally = line.human();
            }
        }
        let named = weights(&families)?.into_iter();
        Some(
            named
                .map(|(family, weight)| (family, u32::from(weight.permille())))
                .collect(),
        )
    }

    fn words(&self) -> usize {
        self.judged.len() + self.probed.len() + self.compared.len()
    }

    /// Of probes with the same faults the newest counts that an agent answered.
    fn add_probe(&mut self, run: &GateRun, probe: &Probe) {
        let (probed, compared) = measured(run, probe);
        let answered = probed.iter().chain(&compared);
        let answered: BTreeSet<&str> = answered
            .filter(|one| one.outcome != Met::Unanswered)
            .map(|one| one.agent.as_str())
            .collect();
        let of = |agent: &str| {
            let (gate, faults) = (run.gate.gate.clone(), probe.faults.to_string());
            (gate, agent.to_owned(), faults)
        };
        let known: BTreeSet<String> = answered
            .into_iter()
            .filter(|agent| !self.planted.insert(of(agent)))
            .map(str::to_owned)
            .collect();
        let new = |one: &Probed| !known.contains(&one.agent);
        self.probed.extend(probed.into_iter().filter(new));
        self.compared.extend(compared.into_iter().filter(new));
    }

    /// Runs come newest first.
    fn add(&mut self, run: &GateRun) {
        if let Some(probe) = &run.gate.probe {
            self.add_probe(run, probe);
            return;
        }
        let families = || {
            let models = run.gate.roster.iter().filter(|seat| seat.family != RULES);
            models.map(|seat| seat.family.clone()).collect()
        };
        self.rosters
            .entry(run.gate.gate.clone())
            .or_insert_with(families);
        let mut judged = judged(run);
        judged.reverse();
        self.judged.extend(judged);
    }
}

/// Every word on every finding of a run that somebody judged.
fn judged(run: &GateRun) -> Vec<Judged> {
    let answers = answers(run);
    let contents: Vec<Content> = run.findings.iter().map(|f| f.content.clone()).collect();
    let mut all = Vec::new();
    for finding in &run.findings {
        let said = said(run, &finding.content);
        let human = word_on(&finding.content, &contents, &answers)
            .and_then(|word| truth_of(&word))
            .map(|truth| (truth, Judge::Human(sampling(run, &finding.content))));
        let arbiter = ruled(&finding.content).map(|truth| (truth, Judge::Arbiter));
        for (truth, judge) in human.into_iter().chain(arbiter) {
            all.extend(said.iter().map(|((agent, family), said)| Judged {
                item: finding.id.to_string(),
                agent: (*agent).to_owned(),
                family: (*family).to_owned(),
                gate: run.gate.gate.clone(),
                kind: finding.content.kind.clone(),
                said: *said,
                truth,
                judge,
            }));
        }
    }
    all
}

/// What people said, by the keys of findings. What was answered in bulk nobody looked at.
fn answers(run: &GateRun) -> BTreeMap<String, Disposition> {
    let keys: BTreeMap<String, &str> = run
        .findings
        .iter()
        .map(|finding| (finding.id.to_string(), finding.content.key.as_str()))
        .collect();
    run.questions
        .iter()
        .filter_map(|question| {
            let settled = question.settled.as_ref().filter(|settled| !settled.bulk)?;
            let key = keys.get(&question.id.to_string())?;
            let disposition = match &settled.disposition {
                Disposition::DuplicateOf(id) => {
                    Disposition::DuplicateOf((*keys.get(id)?).to_owned())
                }
                Disposition::Answer(_)
                | Disposition::Option(_)
                | Disposition::MustFix
                | Disposition::Dismiss
                | Disposition::Later => settled.disposition.clone(),
            };
            Some(((*key).to_owned(), disposition))
        })
        .collect()
}

fn truth_of(word: &Disposition) -> Option<Truth> {
    match word {
        Disposition::Answer(_) | Disposition::Option(_) | Disposition::MustFix => Some(Truth::Real),
        Disposition::Dismiss => Some(Truth::NotReal),
        Disposition::Later | Disposition::DuplicateOf(_) => None,
    }
}

/// What the arbiter said, whether or not a human was asked as well.
fn ruled(finding: &Content) -> Option<Truth> {
    let audited = finding.audited.as_ref();
    let mut bases = finding
        .basis
        .iter()
        .chain(audited.and_then(|audited| audited.basis.as_ref()));
    bases.find_map(|basis| match basis {
        Basis::Ledger { .. } => None,
        Basis::Arbiter { ruling, .. } => match ruling {
            Ruling::Uphold { .. } => Some(Truth::Real),
            Ruling::Overrule { .. } => Some(Truth::NotReal),
            Ruling::Abstain { .. } => None,
        },
    })
}

fn sampling(run: &GateRun, finding: &Content) -> Sampling {
    let share = u16::try_from(run.gate.policy.audit_permille)
        .ok()
        .and_then(Share::of_permille);
    match (&finding.audited, share) {
        (Some(_), Some(share)) => Sampling::Audited { share },
        (Some(_) | None, audit) => Sampling::Asked { audit },
    }
}

/// Each agent's first word on a finding: raised, cleared, or voted. What the daemon itself found has no agent.
fn said<'a>(run: &'a GateRun, finding: &'a Content) -> BTreeMap<(&'a str, &'a str), Said> {
    let mut said = BTreeMap::new();
    for voice in finding.voices.iter().filter(|v| !v.execution_id.is_empty()) {
        said.insert((voice.agent.as_str(), voice.family.as_str()), Said::Real);
    }
    let cleared = finding.matter.iter().flat_map(|matter| {
        run.said
            .iter()
            .filter_map(move |(execution, said)| match said {
                synod_consensus::Said::Answer(answer) => {
                    answer.cleared.contains(matter).then_some((
                        execution.agent.name.as_str(),
                        execution.agent.family.as_str(),
                    ))
                }
                synod_consensus::Said::Ballot(_) | synod_consensus::Said::Rulings(_) => None,
            })
    });
    for who in cleared {
        said.entry(who).or_insert(Said::NotReal);
    }
    for cast in &finding.ballots {
        let vote = match cast.real {
            Real::Yes => Said::Real,
            Real::No => Said::NotReal,
            Real::Unsure => continue,
        };
        said.entry((cast.agent.as_str(), cast.family.as_str()))
            .or_insert(vote);
    }
    said
}

/// What each agent of a probe found, and what of its findings meets places where nothing was planted.
fn measured(run: &GateRun, probe: &Probe) -> (Vec<Probed>, Vec<Probed>) {
    // A key that is not understood is of another version: nothing is known of that run.
    let Ok(key) = serde_json::from_value::<Key>(probe.faults.clone()) else {
        return (Vec::new(), Vec::new());
    };
    let agents: BTreeSet<&str> = run.gate.roster.iter().map(|s| s.agent.as_str()).collect();
    let (mut probed, mut compared) = (Vec::new(), Vec::new());
    for agent in agents {
        let answered = run.verdict.answered.iter().any(|name| name == agent);
        let raised = raised(&run.findings, agent);
        let one = |fault: &str, met: bool| Probed {
            agent: agent.to_owned(),
            fault: fault.to_owned(),
            outcome: match (answered, met) {
                (false, _) => Met::Unanswered,
                (true, true) => Met::Found,
                (true, false) => Met::Missed,
            },
        };
        probed.extend(key.faults.iter().map(|fault| {
            let found = raised.iter().any(|raised| fault.is_found_by(raised));
            one(fault.sort.word(), found)
        }));
        compared.extend(key.controls.iter().map(|control| {
            let met = raised.iter().any(|raised| control.is_met_by(raised));
            one(control.sort.word(), met)
        }));
    }
    (probed, compared)
}

/// What an agent raised. Where several raised one finding, its anchors are those of all of them.
fn raised<'a>(findings: &'a [Finding], agent: &str) -> Vec<Raised<'a>> {
    let voices = findings.iter().flat_map(|finding| {
        let content = &finding.content;
        let own = content.voices.iter().filter(|voice| voice.agent == agent);
        own.map(|voice| Raised {
            anchors: &content.anchors,
            claim: &voice.claim,
            matter: content.matter.as_deref(),
        })
    });
    voices.collect()
}

#[cfg(test)]
mod tests;
