//! How often agents and families were right, as a message. Counted by `synod-calibration`, anew for each call.

use std::collections::BTreeMap;

use synod_calibration::{
    Interval, Judged, Line, Recall, Scope, Tally, Who, recall, recall::Faults, table,
    weights::OUTCOMES,
};
use synod_proto::v1;
use tonic::Status;

use super::Context;
use crate::calibration::{self, Cut, Record};

pub(super) async fn get(
    context: &Context,
    request: v1::GetCalibrationRequest,
) -> Result<v1::GetCalibrationResponse, Status> {
    let gate = request.gate;
    context
        .read_bulk(move |reader| {
            let record = calibration::read(reader, &gate)?;
            Ok(message(&record, &gate))
        })
        .await
}

fn message(record: &Record, gate: &str) -> v1::GetCalibrationResponse {
    let lines = table(&record.judged);
    let (correlation_permille, shared) = record.correlation();
    let weights = record.weights(&lines, gate);
    v1::GetCalibrationResponse {
        agents: of_everything(&lines, &families(&record.judged), Whose::Agents),
        families: of_everything(&lines, &BTreeMap::new(), Whose::Families),
        recall: recalled(record),
        correlation_permille,
        shared_audited: Some(count(shared)),
        notes: notes(record, &lines, gate, weights.is_some()),
        weights_permille: weights.unwrap_or_default().into_iter().collect(),
    }
}

#[derive(Clone, Copy)]
enum Whose {
    Agents,
    Families,
}

fn of_everything(
    lines: &[Line],
    families: &BTreeMap<&str, &str>,
    whose: Whose,
) -> Vec<v1::Calibration> {
    let of = |line: &Line| match (&line.who, whose) {
        (Who::Agent(name), Whose::Agents) => {
            let family = families.get(name.as_str()).copied().unwrap_or_default();
            Some(figures(line, name, family))
        }
        (Who::Family(name), Whose::Families) => Some(figures(line, name, "")),
        (Who::Agent(_), Whose::Families) | (Who::Family(_), Whose::Agents) => None,
    };
    lines
        .iter()
        .filter(|line| line.scope == Scope::Everything)
        .filter_map(of)
        .collect()
}

fn figures(line: &Line, name: &str, family: &str) -> v1::Calibration {
    let human = line.human();
    let (low_permille, high_permille) = bounds(human.interval());
    let (weighed_low_permille, weighed_high_permille) =
        bounds(line.estimate.map(|estimate| estimate.interval));
    v1::Calibration {
        name: name.to_owned(),
        family: family.to_owned(),
        right: count(human.hits),
        judged: count(human.of()),
        low_permille,
        high_permille,
        arbiter_right: count(line.arbiter.hits),
        arbiter_judged: count(line.arbiter.of()),
        weighed_permille: line.estimate.map(|estimate| nearest(estimate.share)),
        weighed_low_permille,
        weighed_high_permille,
        audited: count(line.audited.of()),
    }
}

/// Each agent's family, as it was when it spoke last.
fn families(judged: &[Judged]) -> BTreeMap<&str, &str> {
    judged
        .iter()
        .map(|judged| (judged.agent.as_str(), judged.family.as_str()))
        .collect()
}

/// The sorts of each agent; all of them together stand first.
fn recalled(record: &Record) -> Vec<v1::Recall> {
    let chance: BTreeMap<(String, Faults), Tally> = recall(&record.compared)
        .into_iter()
        .map(|line| ((line.agent, line.faults), line.tally))
        .collect();
    recall(&record.probed)
        .into_iter()
        .map(|line: Recall| {
            let (low_permille, high_permille) = bounds(line.tally.interval());
            let chance = chance
                .get(&(line.agent.clone(), line.faults.clone()))
                .copied()
                .unwrap_or_default();
            v1::Recall {
                agent: line.agent,
                fault: match line.faults {
                    Faults::All => "all".to_owned(),
                    Faults::Sort(sort) => sort,
                },
                found: count(line.tally.hits),
                planted: count(line.tally.of()),
                low_permille,
                high_permille,
                met_by_chance: count(chance.hits),
                compared: count(chance.of()),
                unanswered: count(line.unanswered),
            }
        })
        .collect()
}

/// What the figures themselves do not say.
fn notes(record: &Record, lines: &[Line], gate: &str, weighed: bool) -> Vec<String> {
    let mut notes = Vec::new();
    for line in lines.iter().filter(|line| line.scope == Scope::Everything) {
        if let Who::Family(family) = &line.who {
            notes.push(format!("{family}: {}", line.caveat));
        }
    }
    if !gate.is_empty() && !weighed {
        notes.push(format!(
            "no weights: every family of the roster of {gate} needs {OUTCOMES} findings judged by people there"
        ));
    }
    let compared = recall(&record.compared);
    for line in compared.iter().filter(|line| line.faults == Faults::All) {
        if line.tally.hits > 0 {
            notes.push(format!(
                "{}: {} of {} places where nothing was planted would have counted as found; so much of its recall may \
                 be chance",
                line.agent,
                line.tally.hits,
                line.tally.of()
            ));
        }
    }
    match record.cut {
        Cut::Whole => {}
        Cut::Newest => {
            notes.push("older runs are left out: there are too many to count".to_owned());
        }
    }
    notes
}

fn bounds(interval: Option<Interval>) -> (Option<u32>, Option<u32>) {
    let Some(interval) = interval else {
        return (None, None);
    };
    (Some(down(interval.low)), Some(up(interval.high)))
}

/// A lower end: never more than it is.
fn down(share: f64) -> u32 {
    permille((1000.0 * share).floor())
}

/// An upper end: never less than it is.
fn up(share: f64) -> u32 {
    permille((1000.0 * share).ceil())
}

fn nearest(share: f64) -> u32 {
    permille((1000.0 * share).round())
}

fn permille(whole: f64) -> u32 {
    // Within 0 and 1000: nothing is lost.
    whole.clamp(0.0, 1000.0) as u32
}

fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_end_is_rounded_down_and_the_upper_end_up() {
        // Of 8 in 10: 0.4439045 to 0.9747893.
        let interval = Tally { hits: 8, misses: 2 }.interval();
        assert_eq!(bounds(interval), (Some(443), Some(975)));
        let none = Tally { hits: 0, misses: 5 }.interval();
        assert_eq!(bounds(none), (Some(0), Some(522)));
        assert_eq!(bounds(Tally::HIT.interval()), (None, None));
    }
}
