//! Which of the caller's variables an agent gets.

use std::collections::BTreeMap;

use synod_adapters::{Profile, Purpose};
use synod_config::Agent;

use super::SubmitError;

/// What every program needs to find its way: places, language, terminal. No keys.
const BASE: &[&str] = &[
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "TERM",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];
/// Families of such names.
const BASE_PREFIXES: &[&str] = &["LC_", "XDG_"];

/// Variables of an agent's surroundings that it must not inherit: its own are set by the shim.
fn is_ours(name: &str) -> bool {
    matches!(name, "SYNOD_ATTEMPT" | "SYNOD_RUN" | "SYNOD_EXECUTION")
}

/// For a configured agent: the base, what its profile hands on if the caller has it, and its own allow-list, of which
/// a name that is missing is refused before the start. Then what the profile sets: for every start unless the caller
/// handed on something else, and for gates whatever the caller has, because it takes the agent's tools away.
pub fn for_agent(
    agent: &Agent,
    profile: Option<&Profile>,
    purpose: Purpose<'_>,
    caller: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, SubmitError> {
    let mut env = allowed(profile, caller);
    for name in &agent.env {
        let value = caller
            .get(name)
            .ok_or_else(|| SubmitError::MissingVariable {
                agent: agent.name.clone(),
                name: name.clone(),
            })?;
        if !is_possible(name, value) {
            return Err(SubmitError::ImpossibleVariable {
                agent: agent.name.clone(),
                name: name.clone(),
            });
        }
        env.insert(name.clone(), value.clone());
    }
    let Some(profile) = profile else {
        return Ok(env);
    };
    for (name, value) in &profile.set_env {
        env.entry(name.clone()).or_insert_with(|| value.clone());
    }
    match purpose {
        Purpose::Gate => env.extend(profile.gate_env.clone()),
        Purpose::Run | Purpose::Resume { .. } => {}
    }
    Ok(env)
}

/// What a program may have of the caller's without naming it.
pub fn allowed(
    profile: Option<&Profile>,
    caller: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    caller
        .iter()
        .filter(|(name, value)| {
            let wanted = BASE.contains(&name.as_str())
                || BASE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || profile.is_some_and(|profile| profile.hands_on(name));
            wanted && is_possible(name, value) && !is_ours(name)
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// For a command line: all the caller has.
pub(super) fn for_command(caller: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    caller
        .iter()
        .filter(|(name, value)| is_possible(name, value) && !is_ours(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether a process can be started with it: a client of the API may send what no environment holds.
fn is_possible(name: &str, value: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use synod_config::Config;

    use super::*;

    fn caller(vars: &[(&str, &str)]) -> BTreeMap<String, String> {
        vars.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn agent(env: &str) -> Agent {
        let text = format!("[agents.a]\nadapter = \"command\"\nargv = [\"true\"]\nenv = {env}\n");
        Config::parse(Path::new("c.toml"), &text, Path::new("synodd"))
            .unwrap()
            .agent("a")
            .unwrap()
            .clone()
    }

    #[test]
    fn an_agent_gets_the_base_and_what_it_is_allowed_and_no_more() {
        let have = caller(&[
            ("PATH", "/bin"),
            ("KEY", "k"),
            ("OTHER_KEY", "o"),
            ("LC_ALL", "C"),
        ]);
        let got = for_agent(&agent("[\"KEY\"]"), None, Purpose::Run, &have).unwrap();
        assert_eq!(
            got.keys().map(String::as_str).collect::<Vec<_>>(),
            ["KEY", "LC_ALL", "PATH"]
        );
    }

    #[test]
    fn a_missing_variable_is_named_before_anything_starts() {
        let error = for_agent(&agent("[\"KEY\"]"), None, Purpose::Run, &caller(&[])).unwrap_err();
        assert!(error.to_string().contains("KEY"), "{error}");
    }

    #[test]
    fn a_value_that_no_environment_can_hold_is_refused_where_it_is_needed_and_left_out_elsewhere() {
        let error = for_agent(
            &agent("[\"KEY\"]"),
            None,
            Purpose::Run,
            &caller(&[("KEY", "a\0b")]),
        )
        .unwrap_err();
        assert!(error.to_string().contains("NUL"), "{error}");
        let got = for_agent(
            &agent("[]"),
            None,
            Purpose::Run,
            &caller(&[("LC_A\0", "x"), ("LANG", "\0")]),
        )
        .unwrap();
        assert!(got.is_empty(), "{got:?}");
    }

    fn profile(text: &str) -> Profile {
        Profile::parse(&format!("program = \"x\"\n{text}")).unwrap()
    }

    #[test]
    fn what_a_profile_names_is_handed_on_if_the_caller_has_it() {
        let profile = profile("env = [\"A_KEY\", \"B_*\", \"GONE\"]");
        let have = caller(&[("A_KEY", "1"), ("B_X", "2"), ("BX", "3"), ("A_KEY2", "4")]);
        let got = for_agent(&agent("[]"), Some(&profile), Purpose::Run, &have).unwrap();
        assert_eq!(got, caller(&[("A_KEY", "1"), ("B_X", "2")]));
    }

    #[test]
    fn what_a_profile_sets_gives_way_to_the_caller_but_not_in_a_gate() {
        let profile = profile(
            "env = [\"UPDATE\", \"RULES\"]\nset_env = { UPDATE = \"0\", LAUNCH = \"1\" }\n\
             gate_env = { RULES = \"none\" }",
        );
        let have = caller(&[("UPDATE", "mine"), ("RULES", "mine")]);
        let got = |purpose| for_agent(&agent("[]"), Some(&profile), purpose, &have).unwrap();
        let run = caller(&[("UPDATE", "mine"), ("RULES", "mine"), ("LAUNCH", "1")]);
        assert_eq!(got(Purpose::Run), run);
        let gate = caller(&[("UPDATE", "mine"), ("RULES", "none"), ("LAUNCH", "1")]);
        assert_eq!(got(Purpose::Gate), gate);
    }
}
