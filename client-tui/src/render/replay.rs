//! `gate replay`: what a verdict computed once more came to.

use synod_proto::v1::ReplayGateResponse;

use super::{Look, clean, short, wrap};

/// Which table it was computed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The one the run was decided by.
    ItsOwn,
    /// One that the caller named.
    AnotherTable,
}

/// The result as text.
pub fn replay(answer: &ReplayGateResponse, under: Under, look: &Look) -> String {
    let was = clean(&answer.recorded_state);
    let head = match (under, answer.same) {
        (Under::ItsOwn, true) => {
            format!("the same, byte by byte, as was recorded; before anybody was asked the run was {was}")
        }
        (Under::ItsOwn, false) => {
            "not what was recorded: the outcome computed now differs. Another version of the daemon may decide \
             otherwise; if it is the same version, please report it"
                .to_owned()
        }
        (Under::AnotherTable, _) => match (clean(&answer.state), answer.redecided.len()) {
            (state, 0) => format!("that table decides the same: {state}"),
            (state, n) => format!(
                "that table decides {n} of the findings otherwise; before anybody was asked the run would have been \
                 {state}, and was {was}"
            ),
        },
    };
    let mut lines = wrap::wrap(&head, look.width, "", "");
    for finding in &answer.redecided {
        lines.push(String::new());
        let claim = format!("{:8}  {}", short(&finding.finding_id), clean(&finding.text));
        lines.extend(wrap::wrap(&claim, look.width, "", "          "));
        let change = format!("{} → {}", clean(&finding.was), clean(&finding.would_be));
        lines.extend(wrap::wrap(
            &change,
            look.width,
            "          ",
            "            ",
        ));
        if !finding.rule.is_empty() {
            let rule = format!("why: {}", clean(&finding.rule));
            lines.extend(wrap::wrap(&rule, look.width, "          ", "            "));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use synod_proto::v1::Redecided;

    use super::*;
    use crate::render::samples;

    #[test]
    fn a_replay_tells_what_another_table_decides_otherwise() {
        let same = ReplayGateResponse {
            same: true,
            recorded_state: "awaiting-human".into(),
            ..ReplayGateResponse::default()
        };
        let other = ReplayGateResponse {
            state: "passed".into(),
            recorded_state: "awaiting-human".into(),
            redecided: vec![Redecided {
                finding_id: "7c1e55aa00000000".into(),
                text: "“The checkout shall be fast” names no number: what is fast, measured where?"
                    .into(),
                was: "ask".into(),
                would_be: "resolve".into(),
                rule: "confirmed, one answer × critical: resolve".into(),
            }],
            ..ReplayGateResponse::default()
        };
        let look = samples::look();
        insta::assert_snapshot!(format!(
            "{}\n\n{}\n\n{}",
            replay(&same, Under::ItsOwn, &look),
            replay(&ReplayGateResponse::default(), Under::ItsOwn, &look),
            replay(&other, Under::AnotherTable, &look),
        ));
    }
}
