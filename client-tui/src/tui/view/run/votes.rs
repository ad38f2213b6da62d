//! The votes on one finding, in full.

use synod_proto::v1::Finding;

use super::{cell::vote, lines::Lines};
use crate::{
    render::{Tone, clean},
    tui::model::Model,
};

/// Every vote of the second round, then who was asked and gave none.
pub fn votes(model: &Model, finding: &Finding, lines: &mut Lines) {
    let seats = &model.run.matrix.seats;
    let held = seats.iter().any(|seat| seat.ballot.is_some());
    if finding.ballots.is_empty() && !held {
        return;
    }
    let count = |word: &str| {
        finding
            .ballots
            .iter()
            .filter(|cast| cast.real == word)
            .count()
    };
    let heading = format!(
        "VOTES: {} yes, {} no, {} unsure",
        count("yes"),
        count("no"),
        count("unsure")
    );
    lines.whole("", Tone::Plain);
    lines.whole(&heading, Tone::Strong);
    for cast in &finding.ballots {
        let family = match clean(&cast.family) {
            family if family.is_empty() => String::new(),
            family => format!(" [{family}]"),
        };
        let answer = match clean(&cast.answer) {
            answer if answer.is_empty() => String::new(),
            answer => format!(": {answer}"),
        };
        let words = format!(
            "{} {}{family}, {}{answer}",
            vote(&cast.real),
            clean(&cast.agent),
            clean(&cast.real)
        );
        let tone = match vote(&cast.real) {
            "y" => Tone::Good,
            "n" => Tone::Warn,
            _ => Tone::Faint,
        };
        lines.whole(&words, tone);
    }
    let matrix = &model.run.matrix;
    let voted: std::collections::HashSet<usize> = finding
        .ballots
        .iter()
        .filter_map(|cast| matrix.column_of_vote(cast))
        .collect();
    let raised: std::collections::HashSet<usize> = finding
        .voices
        .iter()
        .filter_map(|voice| matrix.column(voice))
        .collect();
    let silent: Vec<String> = seats
        .iter()
        .enumerate()
        .filter(|(column, seat)| {
            let heard = voted.contains(column) || raised.contains(column);
            seat.ballot.is_some() && !heard
        })
        .map(|(_, seat)| seat.name.clone())
        .take(20)
        .collect();
    if !silent.is_empty() {
        lines.add("no vote of", &silent.join(", "), Tone::Faint);
    }
}
