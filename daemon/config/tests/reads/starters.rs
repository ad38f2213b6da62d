//! The configuration that `synod init` writes.

use std::path::Path;

use synod_adapters::{Adapter, Profile};
use synod_config::Config;
use synod_config::starter::{Cli, Found, starter};

const CLIS: [Adapter; 4] = [
    Adapter::Claude,
    Adapter::Codex,
    Adapter::Gemini,
    Adapter::Opencode,
];

/// The text when those whose bit is set are there.
fn text_of(subset: usize) -> String {
    let clis: Vec<Cli> = CLIS
        .iter()
        .enumerate()
        .map(|(bit, adapter)| Cli {
            adapter: *adapter,
            found: if subset & (1 << bit) == 0 {
                Found::Nowhere
            } else {
                Found::Version("1.2.3".to_owned())
            },
        })
        .collect();
    starter(&clis, Profile::of)
}

fn parse(text: &str) -> Config {
    Config::parse(Path::new("config.toml"), text, Path::new("synodd")).unwrap()
}

#[test]
fn a_starter_is_read_whatever_was_found_and_names_exactly_that() {
    for subset in 0..1 << CLIS.len() {
        let config = parse(&text_of(subset));
        let found: Vec<&str> = CLIS
            .iter()
            .enumerate()
            .filter(|(bit, _)| subset & (1 << bit) != 0)
            .map(|(_, adapter)| adapter.as_str())
            .collect();
        let all = config.rosters.get("all").cloned().unwrap_or_default();
        assert_eq!(all, found);
        assert_eq!(config.agents.len(), 3 + found.len());
    }
}

/// Whoever takes a `#` away must not be punished for it.
#[test]
fn what_stands_in_comments_is_read_too() {
    let lines: Vec<String> = text_of(0b1111)
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            // A sentence begins with a capital or a name in backticks and holds no key.
            Some(rest) if rest.contains(" = ") || rest.starts_with(['[', ' ', ']']) => rest,
            _ => line,
        })
        .map(str::to_owned)
        .collect();
    let config = parse(&lines.join("\n"));
    assert_eq!(config.agents["codex"].model.as_deref(), Some("NAME"));
    assert_eq!(config.agents["careful"].permissions.rules.len(), 2);
    assert!(config.prices.of("MODEL").is_some());
}

#[test]
fn a_newcomer_with_two_clis_sees_this() {
    insta::assert_snapshot!(text_of(0b0011));
}
