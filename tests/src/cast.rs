//! The agents of a gate and the specification they read.

use std::path::Path;

use serde_json::{Value, json};
use synod_proto::v1;

use crate::{Output, World, config};

/// Four requirements with nothing in them that a rule of the daemon's own would report.
pub const SPEC: &str = "# Checkout

## Requirements

- FR-1: The system shall answer a search quickly.
- FR-2: The system shall end a session after inactivity.
- FR-3: The cart shall keep its items for 30 days.
- FR-4: The shop shall send a receipt by e-mail.
";

/// Who may be asked. Each agent plays a script.
#[must_use]
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

    /// The same with a script that was put together.
    pub fn played(self, name: &str, family: &str, script: &[String]) -> Self {
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        self.agent(name, family, &script)
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
        settle_with_two(self.world);
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

    /// What became of an agent in the first round: the execution's state and reason.
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

/// A gate of one's own, user-wide: asks for what `clarify` asks, of `spec.md` alone and once. `more` are further lines
/// of its TOML, whole keys first: `ballot = true`, `[gate.deadlines]`.
pub fn gate(world: &World, name: &str, more: &str) {
    let dir = world.config_dir().join("gates");
    std::fs::create_dir_all(&dir).unwrap();
    write_gate(&dir, name, more);
}

/// As the program has it, but that two families are enough to settle something: with rosters that a test can play,
/// nothing would be settled otherwise.
fn settle_with_two(world: &World) {
    let dir = world.config_dir().join("gates");
    std::fs::create_dir_all(&dir).unwrap();
    let text = include_str!("../../daemon/config/src/builtin/clarify.toml");
    write_companions(&dir, "clarify");
    std::fs::write(dir.join("clarify.toml"), format!("{text}\n{TWO_FAMILIES}")).unwrap();
}

/// For the end of a gate's file.
const TWO_FAMILIES: &str = "[gate.table]\nfamilies = { critical = 2, important = 2, minor = 2 }\n";

fn write_companions(dir: &Path, name: &str) {
    let prompt = include_str!("../../daemon/config/src/builtin/clarify.md.j2");
    let schema = include_str!("../../daemon/consensus/src/builtin/clarify.schema.json");
    std::fs::write(dir.join(format!("{name}.md.j2")), prompt).unwrap();
    std::fs::write(dir.join(format!("{name}.schema.json")), schema).unwrap();
}

/// The same in any folder of gates.
pub fn write_gate(dir: &Path, name: &str, more: &str) {
    let text = format!(
        "[gate]\nname = {name:?}\nversion = 1\nroster = []\nprompt = \"{name}.md.j2\"\n\
         schema = \"{name}.schema.json\"\ninputs = [{{ path = \"spec.md\", required = true }}]\n{more}"
    );
    let text = if more.contains("[gate.table") {
        text
    } else {
        format!("{text}\n{TWO_FAMILIES}")
    };
    write_companions(dir, name);
    std::fs::write(dir.join(format!("{name}.toml")), text).unwrap();
}

/// `synod gate run clarify` over a specification, followed to its end, as JSON.
#[track_caller]
pub fn ask(world: &World, spec: &str, roster: &[&str], flags: &[&str]) -> Ended {
    ask_gate(world, "clarify", spec, roster, flags)
}

/// Any gate, in the same way.
#[track_caller]
pub fn ask_gate(world: &World, gate: &str, spec: &str, roster: &[&str], flags: &[&str]) -> Ended {
    let mut command = world.synod_command(["--json", "gate", "run", gate, "--spec", spec]);
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
    submit_gate(world, "clarify", spec, roster, flags)
}

/// Any gate, in the same way.
#[track_caller]
pub fn submit_gate(
    world: &World,
    gate: &str,
    spec: &str,
    roster: &[&str],
    flags: &[&str],
) -> String {
    let mut command = world.synod_command(["--json", "gate", "run", gate, "--spec", spec]);
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

/// What a verdict says, without ids and times.
pub fn said(run: &v1::Run) -> Value {
    let of_agent = |execution: &str| {
        let mut all = run.executions.iter();
        all.find(|e| e.id == execution).map(|e| e.agent.clone())
    };
    let place = |id: &String| run.findings.iter().position(|f| f.id == *id);
    let findings: Vec<Value> = run
        .findings
        .iter()
        .map(|finding| {
            let mut finding = finding.clone();
            let beside: Vec<_> = finding.possibly_same.iter().map(place).collect();
            finding.possibly_same.clear();
            for voice in &mut finding.voices {
                voice.attempt_id.clear();
                voice.execution_id = of_agent(&voice.execution_id).unwrap();
            }
            for cast in &mut finding.ballots {
                cast.attempt_id.clear();
                cast.execution_id = of_agent(&cast.execution_id).unwrap();
            }
            finding.ledger_id.clear();
            (finding.id, finding.run_id, finding.revision) = Default::default();
            json!([synod_shared::json::to_json(&finding).unwrap(), beside])
        })
        .collect();
    let questions: Vec<Value> = run
        .questions
        .iter()
        .map(|q| {
            json!([
                place(&q.finding_id),
                q.text,
                q.rank,
                q.content_hash,
                q.recommended
            ])
        })
        .collect();
    let verdict = run.verdict.as_ref().unwrap();
    json!([
        run.state,
        findings,
        questions,
        verdict.trust,
        verdict.answered
    ])
}
