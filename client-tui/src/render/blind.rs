//! What is asked blind must not be answered by the way it is shown: of a finding whose automatic decision is being
//! measured, nothing is shown but the matter itself until its question is settled.

use std::borrow::Cow;

use synod_proto::v1::{Finding, Question, Run};

use super::questions;

/// Whether a question measures an automatic decision and is still open.
pub fn is_blind(question: &Question) -> bool {
    question.audit && questions::is_open(question)
}

/// The run without whatever would give away a decision that is being measured.
pub fn blinded(run: &Run) -> Cow<'_, Run> {
    if !run.questions.iter().any(is_blind) {
        return Cow::Borrowed(run);
    }
    let mut run = run.clone();
    let blind: Vec<String> = run
        .questions
        .iter_mut()
        .filter(|question| is_blind(question))
        .map(|question| {
            question.recommended.clear();
            question.finding_id.clone()
        })
        .collect();
    for finding in &mut run.findings {
        if blind.contains(&finding.id) {
            hide(finding);
        }
    }
    Cow::Owned(run)
}

/// Options stay: they are what is chosen from. That it is asked is no secret.
fn hide(finding: &mut Finding) {
    "ask".clone_into(&mut finding.decision);
    finding.agreement.clear();
    finding.answer.clear();
    finding.voices.clear();
    finding.ballots.clear();
    finding.rule.clear();
    finding.audited.clear();
    finding.basis = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn an_open_audit_shows_the_matter_and_nothing_of_its_decision() {
        let mut run = samples::asking();
        run.questions[0].audit = true;
        run.findings[0].audited = "resolve".into();
        let seen = blinded(&run);
        let finding = &seen.findings[0];
        assert_eq!(finding.text, run.findings[0].text);
        assert_eq!(finding.options, run.findings[0].options);
        assert!(finding.voices.is_empty() && finding.rule.is_empty());
        assert!(finding.answer.is_empty() && finding.audited.is_empty());
        assert!(seen.questions[0].recommended.is_empty());
        assert_eq!(seen.findings[1..], run.findings[1..]);
    }

    #[test]
    fn once_it_is_settled_nothing_is_hidden() {
        let mut run = samples::asking();
        run.questions[1].audit = true;
        assert_eq!(*blinded(&run), run);
    }
}
