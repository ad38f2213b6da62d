//! What a gate says about everything after the first answers: repair, ballot, arbiter, audit.

use toml::de::DeValue;

use crate::agent::check_name;
use crate::document::{Problems, Section};
use crate::gate::{Agents, Companion};
use crate::gates::GateSource;

use super::companion::read_optional;
use super::roster::must_exist;

/// More than three times the same prompt is money for nothing.
const MOST_REPAIRS: u32 = 3;

pub(in crate::gate) struct Rounds {
    pub ballot: bool,
    pub repair: u32,
    pub arbiter: Option<String>,
    pub audit_permille: u32,
    pub ballot_prompt: Option<Companion>,
    pub arbiter_prompt: Option<Companion>,
}

pub(super) fn read_rounds(
    section: &Section<'_, '_>,
    source: &GateSource,
    agents: Agents<'_>,
    problems: &mut Problems<'_>,
) -> Rounds {
    let ballot = section.read("ballot", "true or false", problems, DeValue::as_bool);
    let repair = section.integer("repair", 0..=MOST_REPAIRS, problems);
    let audit = section.read("audit", AUDIT, problems, permille);
    Rounds {
        ballot: ballot.is_some_and(|at| at.value),
        repair: repair.unwrap_or(0),
        arbiter: read_arbiter(section, agents, problems),
        audit_permille: audit.map_or(0, |at| at.value),
        ballot_prompt: read_optional(
            "ballot_prompt",
            "prompt template",
            section,
            source,
            problems,
        ),
        arbiter_prompt: read_optional(
            "arbiter_prompt",
            "prompt template",
            section,
            source,
            problems,
        ),
    }
}

/// An empty name is none, so that a gate may say so.
fn read_arbiter(
    section: &Section<'_, '_>,
    agents: Agents<'_>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let expected = "the name of an agent, or \"\" for none";
    let name = section.read("arbiter", expected, problems, DeValue::as_str)?;
    if name.value.is_empty() {
        return None;
    }
    check_name(name, "an agent", problems);
    must_exist(section, name, agents, problems);
    Some(name.value.to_owned())
}

const AUDIT: &str = "a share from 0 to 1 with at most three decimals, such as 0.1";

/// Thousandths, exactly: a share that is none of them would silently be another one.
fn permille(value: &DeValue<'_>) -> Option<u32> {
    let text = match value {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.trim_end_matches('0');
    if digits.len() > 3 {
        return None;
    }
    let thousandths: u32 = format!("{digits:0<3}").parse().ok()?;
    let whole: u32 = whole.parse().ok()?;
    let share = whole.checked_mul(1000)?.checked_add(thousandths)?;
    (share <= 1000).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::permille;
    use toml::de::DeTable;

    fn read(text: &str) -> Option<u32> {
        let toml = format!("audit = {text}");
        let (table, errors) = DeTable::parse_recoverable(&toml);
        assert!(errors.is_empty(), "{text}");
        permille(table.get_ref().get("audit").unwrap().get_ref())
    }

    #[test]
    fn shares_are_read_as_exact_thousandths() {
        let check = |text: &str, share: Option<u32>| assert_eq!(read(text), share, "{text}");
        check("0", Some(0));
        check("1", Some(1000));
        check("0.0", Some(0));
        check("0.1", Some(100));
        check("0.125", Some(125));
        check("0.050000", Some(50));
        check("1.000", Some(1000));
        check("0.0005", None);
        check("1.001", None);
        check("-0.1", None);
        check("1e-1", None);
        check("\"0.1\"", None);
        check("inf", None);
        check("2", None);
    }
}
