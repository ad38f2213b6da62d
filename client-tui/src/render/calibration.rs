//! `agents --stats`: how often agents and families were right, by what people said, and which planted faults they
//! found. Counts, and intervals where counts allow one; nothing is ranked.

use synod_proto::v1::{Calibration, GetCalibrationResponse, Recall};

use super::{
    Look, clean,
    table::{Cell, table, table_without},
    wrap,
};

/// All figures.
pub fn calibration(known: &GetCalibrationResponse, look: &Look) -> String {
    let mut parts = Vec::new();
    let heading = [
        "AGENT",
        "FAMILY",
        "RIGHT",
        "BY ARBITERS",
        "WEIGHED",
        "AUDITED",
    ];
    if known.agents.is_empty() {
        parts.push(
            "nothing was judged yet: figures come from what people answer (`synod questions`), from audits and from \
             `synod gate probe`"
                .to_owned(),
        );
    } else {
        let rows: Vec<Vec<Cell>> = known.agents.iter().map(agent).collect();
        let first_to_go = ["BY ARBITERS", "FAMILY"];
        parts.push(table_without(
            &first_to_go,
            &heading,
            &rows,
            look.table_width,
            look.colour,
        ));
    }
    if !known.families.is_empty() {
        let rows: Vec<Vec<Cell>> = known
            .families
            .iter()
            .map(|family| {
                let mut row = agent(family);
                // The second column is an agent's family.
                row.remove(1);
                let weight = known.weights_permille.get(&family.name);
                let weight = weight.map_or_else(
                    || "-".to_owned(),
                    |w| format!("{}.{:03}", w / 1000, w % 1000),
                );
                row.push(Cell::plain(weight));
                row
            })
            .collect();
        let heading = [
            "FAMILY",
            "RIGHT",
            "BY ARBITERS",
            "WEIGHED",
            "AUDITED",
            "WEIGHT",
        ];
        let first_to_go = ["BY ARBITERS"];
        parts.push(table_without(
            &first_to_go,
            &heading,
            &rows,
            look.table_width,
            look.colour,
        ));
    }
    if !known.recall.is_empty() {
        parts.push(recall(&known.recall, look));
    }
    parts.push(correlation(known, look));
    let notes: Vec<String> = known
        .notes
        .iter()
        .flat_map(|note| wrap::wrap(&clean(note), look.width, "- ", "  "))
        .collect();
    if !notes.is_empty() {
        parts.push(notes.join("\n"));
    }
    parts.join("\n\n")
}

/// Planted faults, by agent and kind of fault.
pub fn recall(recall: &[Recall], look: &Look) -> String {
    if recall.is_empty() {
        return "no fault was planted yet; `synod gate probe GATE --spec PATH` plants some in a copy".to_owned();
    }
    let rows: Vec<Vec<Cell>> = recall
        .iter()
        .map(|known| {
            vec![
                Cell::plain(clean(&known.agent)),
                Cell::plain(clean(&known.fault)),
                Cell::plain(found(known)),
                Cell::plain(match known.compared {
                    0 => "-".to_owned(),
                    compared => format!("{}/{compared}", known.met_by_chance),
                }),
            ]
        })
        .collect();
    let heading = ["AGENT", "PLANTED FAULT", "FOUND", "BY CHANCE"];
    let table = table(&heading, &rows, look.table_width, look.colour);
    if recall.iter().all(|known| known.compared == 0) {
        return table;
    }
    let chance = wrap::wrap(BY_CHANCE, look.width, "", "  ").join("\n");
    format!("{table}\n\n{chance}")
}

/// What the last column of planted faults counts.
pub const BY_CHANCE: &str = "by chance: of places where nothing was planted, those that the same rule would have counted as found";

/// With those it gave no valid answer about.
fn found(known: &Recall) -> String {
    let found = share(
        known.found,
        known.planted,
        known.low_permille,
        known.high_permille,
    );
    match known.unanswered {
        0 => found,
        unanswered => format!("{found}; {unanswered} unanswered"),
    }
}

fn agent(known: &Calibration) -> Vec<Cell> {
    let arbiter = match known.arbiter_judged {
        0 => "-".to_owned(),
        judged => format!("{}/{judged}", known.arbiter_right),
    };
    let weighed = match known.weighed_permille {
        Some(share) => {
            let range = range(known.weighed_low_permille, known.weighed_high_permille);
            let range = range.map(|range| format!(", {range}")).unwrap_or_default();
            format!("{} %{range}", percent(share))
        }
        None => "-".to_owned(),
    };
    vec![
        Cell::plain(clean(&known.name)),
        Cell::plain(match clean(&known.family) {
            family if family.is_empty() => "-".to_owned(),
            family => family,
        }),
        Cell::plain(share(
            known.right,
            known.judged,
            known.low_permille,
            known.high_permille,
        )),
        Cell::plain(arbiter),
        Cell::plain(weighed),
        Cell::plain(known.audited.to_string()),
    ]
}

/// `8/10, 44–97 %`; the counts alone where there is no interval.
fn share(right: u32, of: u32, low: Option<u32>, high: Option<u32>) -> String {
    let range = range(low, high).map(|range| format!(", {range}"));
    format!("{right}/{of}{}", range.unwrap_or_default())
}

fn range(low: Option<u32>, high: Option<u32>) -> Option<String> {
    Some(format!("{}–{} %", percent(low?), percent(high?)))
}

fn percent(permille: u32) -> u32 {
    (permille + 5) / 10
}

fn correlation(known: &GetCalibrationResponse, look: &Look) -> String {
    let shared = known.shared_audited.unwrap_or_default();
    let said = match known.correlation_permille {
        Some(rho) => format!(
            "families share errors: correlation {}.{:03}, measured on {shared} audited items",
            rho / 1000,
            rho % 1000
        ),
        None => format!(
            "how much families share errors is assumed (0.45), not measured: {shared} of 50 shared audited items so far"
        ),
    };
    wrap::wrap(&said, look.width, "", "  ").join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn figures_are_counts_with_intervals() {
        let known =
            |name: &str, family: &str, right, judged, range: Option<(u32, u32)>| Calibration {
                name: name.into(),
                family: family.into(),
                right,
                judged,
                low_permille: range.map(|(low, _)| low),
                high_permille: range.map(|(_, high)| high),
                ..Calibration::default()
            };
        let mut alice = known("alice", "claude", 8, 10, Some((444, 975)));
        alice.arbiter_right = 1;
        alice.arbiter_judged = 3;
        alice.weighed_permille = Some(712);
        alice.weighed_low_permille = Some(600);
        alice.weighed_high_permille = Some(800);
        alice.audited = 4;
        let answer = GetCalibrationResponse {
            agents: vec![alice, known("bob", "gemini", 2, 3, None)],
            families: vec![known("claude", "", 8, 10, Some((444, 975)))],
            recall: vec![Recall {
                agent: "alice".into(),
                fault: "number-deleted".into(),
                found: 4,
                planted: 6,
                low_permille: Some(223),
                high_permille: Some(957),
                met_by_chance: 1,
                compared: 9,
                unanswered: 2,
            }],
            notes: vec![
                "bob was judged by fewer than 5 people's answers: too few for an interval".into(),
            ],
            weights_permille: [("claude".to_owned(), 1250)].into(),
            shared_audited: Some(4),
            ..GetCalibrationResponse::default()
        };
        let look = samples::look();
        insta::assert_snapshot!(format!(
            "{}\n\n{}",
            calibration(&answer, &look),
            calibration(&GetCalibrationResponse::default(), &look)
        ));
    }
}
