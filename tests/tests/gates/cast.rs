//! The agents of a gate and the specification they read.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{Output, World, config};

/// Four requirements with nothing in them that a rule of the daemon's own would report.
pub const SPEC: &str = "# Checkout

## Requirements

- FR-1: The system shall answer a search quickly.
- FR-2: The system shall end a session after inactivity.
- FR-3: The cart shall keep its items for 30 days.
- FR-4: The shop shall send a receipt by e-mail.
";

/// Who may be asked. Each agent plays a script.
pub struct Cast<'a> {
    world: &'a World,
    text: String,
}

impl<'a> Cast<'a> {
    pub fn new(world: &'a World) -> Self {
        Self::with_limits(world, config::SHORT_GRACE)
    }

    /// `text` is written before the agents.
    pub fn with_limits(world: &'a World, text: &str) -> Self {
        Self {
            world,
            text: text.to_owned(),
        }
    }

    pub fn agent(self, name: &str, family: &str, script: &[&str]) -> Self {
        self.agent_with(name, family, script, "")
    }

    /// `more` are further lines of the section.
    pub fn agent_with(mut self, name: &str, family: &str, script: &[&str], more: &str) -> Self {
        let argv = self.world.programs().fake(script);
        self.text
            .push_str(&config::agent(name, family, &argv, more));
        self
    }

    /// Any program.
    pub fn program(mut self, name: &str, family: &str, argv: &[&str]) -> Self {
        let argv: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
        self.text.push_str(&config::agent(name, family, &argv, ""));
        self
    }

    /// From now on these are the configured ones.
    pub fn enter(self) {
        self.world.write_config(&self.text);
    }
}

/// One item of an answer. `quote` is a piece of [`SPEC`].
pub fn finding(claim: &str, severity: &str, quote: &str) -> Value {
    json!({
        "kind": "ambiguity",
        "claim": claim,
        "severity": severity,
        "resolvability": "suggest-fix",
        "quotes": [{"path": "spec.md", "text": quote}],
        "reasoning": "Two readings.",
    })
}

/// The same with these keys set.
pub fn with(mut finding: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    finding.as_object_mut().unwrap().extend(more);
    finding
}

/// A gate run that was followed to where it goes on by itself no more.
pub struct Ended {
    pub out: Output,
    pub run: v1::Run,
}

impl Ended {
    /// The exit code and the run's state.
    pub fn end(&self) -> (i32, &str) {
        (self.out.code.unwrap(), self.run.state.as_str())
    }

    /// What became of an agent: the execution's state and reason.
    #[track_caller]
    pub fn of(&self, agent: &str) -> (&str, &str) {
        let execution = self.execution(agent);
        (&execution.state, &execution.reason)
    }

    #[track_caller]
    pub fn execution(&self, agent: &str) -> &v1::Execution {
        let mut all = self.run.executions.iter();
        all.find(|execution| execution.agent == agent)
            .unwrap_or_else(|| panic!("no agent {agent} in {:#?}", self.run))
    }

    /// The only finding.
    #[track_caller]
    pub fn only(&self) -> &v1::Finding {
        let findings = &self.run.findings;
        assert_eq!(findings.len(), 1, "{findings:#?}");
        &findings[0]
    }
}

/// The folder with [`SPEC`].
pub fn spec(world: &World) -> String {
    world.spec_dir("checkout", &[("spec.md", SPEC)])
}

/// `synod gate run clarify` over a specification, followed to its end, as JSON.
#[track_caller]
pub fn ask(world: &World, spec: &str, roster: &[&str], flags: &[&str]) -> Ended {
    let mut command = world.synod_command(["--json", "gate", "run", "clarify", "--spec", spec]);
    command.arg("--roster").arg(roster.join(",")).args(flags);
    let out = world.finish(command, None);
    assert_eq!(out.stderr(), "", "{out}");
    let id = out.json()["id"].as_str().expect("the run's id").to_owned();
    Ended {
        run: world.run(&id),
        out,
    }
}

/// The same, submitted only. Returns the run's id.
#[track_caller]
pub fn submit(world: &World, spec: &str, roster: &[&str], flags: &[&str]) -> String {
    let mut command = world.synod_command(["--json", "gate", "run", "clarify", "--spec", spec]);
    command
        .arg("--detach")
        .arg("--roster")
        .arg(roster.join(","));
    command.args(flags);
    let run = world.finish(command, None).success().json();
    run["id"].as_str().expect("the run's id").to_owned()
}

/// Lets agents go on that wait for this file.
pub fn release(world: &World, name: &str) {
    std::fs::write(world.at(name), "").unwrap();
}
