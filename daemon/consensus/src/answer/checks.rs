//! The shape `checks`: yes, no or "does not apply" to each question about each requirement.
//!
//! A no is a finding in fixed words, a yes clears the matter, "does not apply" says nothing. An answer that
//! passes a requirement over is refused: not having looked is not having found nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Answer, Quote, RawFinding, Resolvability, items};
use crate::checks::{CHECKS, Check};
use crate::requirement::Requirement;
use crate::schema::Mismatch;
use crate::text::squeeze;

/// Ordered by how much it clears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    No,
    NotApplicable,
    Yes,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::NotApplicable => "na",
            Self::Yes => "yes",
        }
    }
}

/// What was said about one matter, once or more often.
struct Said {
    /// The strictest.
    verdict: Verdict,
    /// Another verdict it also gave.
    also: Option<Verdict>,
    quote: Option<String>,
    note: Option<String>,
}

pub(super) fn read(value: &Value, requirements: &[Requirement]) -> Result<Answer, Mismatch> {
    let mut said: BTreeMap<(usize, usize), Said> = BTreeMap::new();
    for (n, item) in items(value, "checks")?.iter().enumerate() {
        let (matter, one) = check(n, item, requirements)?;
        let both = match said.remove(&matter) {
            Some(earlier) => stricter(earlier, one),
            None => one,
        };
        said.insert(matter, both);
    }
    if let Some(passed_over) =
        (0..requirements.len()).find(|of| said.range((*of, 0)..(*of + 1, 0)).next().is_none())
    {
        let expected = format!("a verdict on requirement {}", requirements[passed_over].id);
        return Err(Mismatch::at("/checks".to_owned(), &expected, None));
    }
    let mut answer = Answer::default();
    for ((requirement, check), said) in said {
        let (requirement, check) = (&requirements[requirement], &CHECKS[check]);
        match said.verdict {
            Verdict::No => answer.findings.push(finding(requirement, check, said)),
            Verdict::Yes => answer.cleared.push(matter(requirement, check)),
            Verdict::NotApplicable => {}
        }
    }
    Ok(answer)
}

fn matter(requirement: &Requirement, check: &Check) -> String {
    format!("{}/{}", requirement.id, check.id)
}

/// The positions of a requirement and a check, and what is said about them.
fn check(
    n: usize,
    item: &Value,
    requirements: &[Requirement],
) -> Result<((usize, usize), Said), Mismatch> {
    let wrong = |key: &str, expected: &str| {
        Mismatch::at(format!("/checks/{n}/{key}"), expected, item.get(key))
    };
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let id = text("requirement").unwrap_or_default().trim();
    let exact = requirements.iter().position(|r| r.id == id);
    let requirement = exact
        .or_else(|| {
            requirements
                .iter()
                .position(|r| r.id.eq_ignore_ascii_case(id))
        })
        .ok_or_else(|| wrong("requirement", "the id of a listed requirement"))?;
    let named = text("check").and_then(Check::named);
    let check = named
        .and_then(|check| CHECKS.iter().position(|known| known == check))
        .ok_or_else(|| {
            let ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
            wrong("check", &format!("one of {}", ids.join(", ")))
        })?;
    let verdict = match text("verdict") {
        Some("yes") => Verdict::Yes,
        Some("no") => Verdict::No,
        Some("na") => Verdict::NotApplicable,
        Some(_) | None => return Err(wrong("verdict", "yes, no or na")),
    };
    let words = |key: &str| {
        text(key)
            .map(str::to_owned)
            .filter(|t| !t.trim().is_empty())
    };
    Ok((
        (requirement, check),
        Said {
            verdict,
            also: None,
            quote: words("quote"),
            note: words("note"),
        },
    ))
}

/// Two verdicts on one matter: the one that clears less counts, whichever came first.
fn stricter(a: Said, b: Said) -> Said {
    let order = |said: &Said| (said.verdict, said.quote.clone(), said.note.clone());
    let (strict, lax) = if order(&a) <= order(&b) {
        (a, b)
    } else {
        (b, a)
    };
    let also = [strict.also, lax.also, Some(lax.verdict)]
        .into_iter()
        .flatten()
        .filter(|other| *other != strict.verdict)
        .max();
    Said { also, ..strict }
}

fn finding(requirement: &Requirement, check: &Check, said: Said) -> RawFinding {
    let inside = |quote: &String| squeeze(&requirement.text).contains(&squeeze(quote));
    let quote = said.quote.filter(inside);
    let of_two_minds = said.also.map(|other| {
        format!(
            "It answered both no and {}; the stricter counts.",
            other.word()
        )
    });
    let reasoning: Vec<String> = said.note.into_iter().chain(of_two_minds).collect();
    RawFinding {
        kind: check.id.to_owned(),
        claim: format!("{}: {}", requirement.id, check.fault),
        severity: check.severity,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: (!reasoning.is_empty()).then(|| reasoning.join(" ")),
        suggested_fix: None,
        quotes: vec![Quote {
            path: Some(requirement.path.clone()),
            text: quote.unwrap_or_else(|| requirement.text.clone()),
        }],
        about: Some(requirement.id.clone()),
        matter: Some(matter(requirement, check)),
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn requirements() -> Vec<Requirement> {
        let of = |id: &str, start: usize, text: &str| Requirement {
            id: id.into(),
            path: "spec.md".into(),
            start,
            end: start + text.len(),
            text: text.into(),
        };
        vec![
            of("FR-1", 0, "- FR-1: Search must answer fast."),
            of("FR-2", 40, "- FR-2: Paid\n  orders ship."),
        ]
    }

    fn one(requirement: &str, check: &str, verdict: &str) -> Value {
        json!({"requirement": requirement, "check": check, "verdict": verdict,
            "quote": "answer  fast", "note": "n"})
    }

    fn read_all(checks: &[Value]) -> Result<Answer, Mismatch> {
        read(&json!({"checks": checks}), &requirements())
    }

    #[test]
    fn a_no_is_a_finding_a_yes_clears_and_na_says_nothing() {
        let answer = read_all(&[
            one("FR-1", "measurable", "no"),
            one("fr-2", " Actor", "yes"),
            one("FR-2", "trigger", "na"),
        ])
        .unwrap();
        assert_eq!(answer.cleared, ["FR-2/actor"]);
        assert_eq!(answer.findings.len(), 1);
        let no = &answer.findings[0];
        assert_eq!(no.matter.as_deref(), Some("FR-1/measurable"));
        assert_eq!(
            no.claim,
            "FR-1: it states no measurable criterion, or a number without a unit"
        );
        assert_eq!(
            (no.kind.as_str(), no.quotes[0].text.as_str()),
            ("measurable", "answer  fast")
        );
    }

    #[test]
    fn words_that_do_not_stand_in_the_requirement_are_replaced_by_it() {
        let answer = read_all(&[one("FR-1", "actor", "yes"), one("FR-2", "actor", "no")]).unwrap();
        assert_eq!(
            answer.findings[0].quotes[0].text,
            "- FR-2: Paid\n  orders ship."
        );
    }

    #[test]
    fn invented_requirements_and_checks_are_refused_with_their_place() {
        let refused = |checks: &[Value]| read_all(checks).unwrap_err();
        let invented = refused(&[one("FR-1", "actor", "no"), one("FR-9", "actor", "no")]);
        assert_eq!(invented.path, "/checks/1/requirement");
        assert_eq!(invented.found, "string \"FR-9\"");
        assert_eq!(
            refused(&[one("FR-1", "clarity", "no")]).path,
            "/checks/0/check"
        );
        assert_eq!(
            refused(&[one("FR-1", "actor", "8/10")]).path,
            "/checks/0/verdict"
        );
        assert_eq!(refused(&[json!("FR-1")]).path, "/checks/0/requirement");
        assert_eq!(
            read(&json!({}), &requirements()).unwrap_err().path,
            "/checks"
        );
    }

    #[test]
    fn an_answer_that_passes_a_requirement_over_is_refused() {
        let empty = read_all(&[]).unwrap_err();
        assert_eq!(empty.expected, "a verdict on requirement FR-1");
        let half = read_all(&[one("FR-1", "actor", "yes")]).unwrap_err();
        assert_eq!(half.expected, "a verdict on requirement FR-2");
    }

    #[test]
    fn of_two_verdicts_on_one_matter_the_stricter_counts_and_it_is_said() {
        let other = || one("FR-2", "actor", "na");
        let both = [
            one("FR-1", "actor", "yes"),
            one("FR-1", "actor", "no"),
            other(),
        ];
        let back = [
            one("FR-1", "actor", "no"),
            one("FR-1", "actor", "yes"),
            other(),
        ];
        for checks in [both, back] {
            let answer = read_all(&checks).unwrap();
            assert!(answer.cleared.is_empty());
            let reasoning = answer.findings[0].reasoning.as_deref().unwrap();
            assert_eq!(
                reasoning,
                "n It answered both no and yes; the stricter counts."
            );
        }
        let open = read_all(&[
            one("FR-1", "actor", "yes"),
            one("FR-1", "actor", "na"),
            other(),
        ]);
        assert_eq!(open.unwrap(), Answer::default());
    }
}
