//! `[agents.NAME.permissions]`: what an agent that asks may do without a human.

use synod_adapters::{Policy, Rule, Ruling, ToolKind};
use toml::de::DeValue;

use crate::document::{At, Problems, Section, describe};

const KEYS: [&str; 2] = ["default", "rules"];
const RULE_KEYS: [&str; 3] = ["kinds", "paths", "ruling"];
const RULING: &str = r#""allow", "ask" or "deny""#;

/// The kinds of tools, as they are written in a rule.
const KINDS: [(&str, ToolKind); 10] = [
    ("read", ToolKind::Read),
    ("edit", ToolKind::Edit),
    ("delete", ToolKind::Delete),
    ("move", ToolKind::Move),
    ("search", ToolKind::Search),
    ("execute", ToolKind::Execute),
    ("think", ToolKind::Think),
    ("fetch", ToolKind::Fetch),
    ("switch-mode", ToolKind::SwitchMode),
    ("other", ToolKind::Other),
];

/// Reads the section; without one every request is put to a human.
pub(super) fn read(agent: &Section<'_, '_>, problems: &mut Problems<'_>) -> Policy {
    let mut policy = Policy::default();
    let Some(section) = agent.section("permissions", problems) else {
        return policy;
    };
    section.only(&KEYS, problems);
    if let Some(default) = ruling("default", &section, problems) {
        policy.otherwise = default;
    }
    let expected = r#"an array of rules, such as [{ kinds = ["read"], ruling = "allow" }]"#;
    let Some(rules) = section.array("rules", expected, problems) else {
        return policy;
    };
    for item in rules.value {
        if let Some(rule) = section.inline("rules", item) {
            policy.rules.extend(read_rule(&rule, problems));
        } else {
            let found = describe(item.get_ref());
            let at = At {
                offset: item.span().start,
                value: found.as_str(),
            };
            section.refuse("rules", at, expected, problems);
        }
    }
    policy
}

fn read_rule(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Rule> {
    section.only(&RULE_KEYS, problems);
    section.missing("ruling", RULING, problems);
    Some(Rule {
        kinds: kinds(section, problems),
        paths: paths(section, problems),
        ruling: ruling("ruling", section, problems)?,
    })
}

fn ruling(key: &str, section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Option<Ruling> {
    let ruling = section.read(key, RULING, problems, |value| match value {
        DeValue::String(text) => match text.as_ref() {
            "allow" => Some(Ruling::Allow),
            "ask" => Some(Ruling::Ask),
            "deny" => Some(Ruling::Deny),
            _ => None,
        },
        _ => None,
    })?;
    Some(ruling.value)
}

/// No kinds would be a rule about all of them, which nobody means by an empty list.
fn kinds(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Vec<ToolKind> {
    let names = KINDS.map(|(name, _)| name).join(", ");
    let expected = format!("an array of kinds of tools ({names}), at least one");
    let Some(found) = section.strings("kinds", &expected, problems) else {
        return Vec::new();
    };
    refuse_empty("kinds", &found, &expected, section, problems);
    let mut kinds = Vec::new();
    for name in &found.value {
        match KINDS.iter().find(|(known, _)| *known == name.value) {
            Some((_, kind)) => kinds.push(*kind),
            None => refuse("kinds", *name, &expected, section, problems),
        }
    }
    kinds
}

fn paths(section: &Section<'_, '_>, problems: &mut Problems<'_>) -> Vec<String> {
    let expected = r#"an array of patterns, such as ["src/**", "*.md"], at least one"#;
    let Some(found) = section.strings("paths", expected, problems) else {
        return Vec::new();
    };
    refuse_empty("paths", &found, expected, section, problems);
    for pattern in &found.value {
        if pattern.value.is_empty() || pattern.value.contains('\0') {
            refuse("paths", *pattern, expected, section, problems);
        }
    }
    found.value.iter().map(|at| at.value.to_owned()).collect()
}

fn refuse_empty(
    key: &str,
    found: &At<Vec<At<&str>>>,
    expected: &str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) {
    if found.value.is_empty() {
        let at = At {
            offset: found.offset,
            value: "an empty array",
        };
        section.refuse(key, at, expected, problems);
    }
}

fn refuse(
    key: &str,
    found: At<&str>,
    expected: &str,
    section: &Section<'_, '_>,
    problems: &mut Problems<'_>,
) {
    let shown = format!("{:?}", found.value);
    let at = At {
        offset: found.offset,
        value: shown.as_str(),
    };
    section.refuse(key, at, expected, problems);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words here and those of recorded requests are the same.
    #[test]
    fn every_kind_is_written_as_it_is_stored() {
        for (name, kind) in KINDS {
            assert_eq!(
                serde_json::to_value(kind).unwrap(),
                serde_json::Value::from(name)
            );
        }
    }
}
