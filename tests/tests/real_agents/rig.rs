//! A world with the real CLIs in it, configured as agents and pointed at their models.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{Output, World};

use crate::{
    Cli,
    clis::{self, Found},
    models::Models,
    programs,
};

/// Two requirements that leave something open.
const SPEC: &str = "# Checkout

## Requirements

- FR-1: The system shall answer a search quickly.
- FR-2: The cart shall keep its items for 30 days.
";

/// See the module.
pub struct Rig {
    /// Before the models: its agents end first.
    pub world: World,
    pub models: Models,
    pub clis: Vec<Cli>,
}

impl Rig {
    /// None if there is no CLI here, which has been said.
    #[track_caller]
    pub fn new() -> Option<Self> {
        let Found { clis, folders } = clis::find()?;
        let models = Models::start();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = folders.into_iter().chain(std::env::split_paths(&path));
        let mut builder = World::with(programs())
            .env("PATH", std::env::join_paths(path).unwrap())
            .config(
                clis.iter()
                    .map(|cli| cli.section())
                    .collect::<Vec<_>>()
                    .concat(),
            );
        for cli in &clis {
            for (name, value) in cli.environment(&models.url(*cli)) {
                builder = builder.env(name, value);
            }
        }
        let world = builder.build();
        for cli in &clis {
            cli.settle(world.home(), &models.url(*cli));
        }
        Some(Self {
            world,
            models,
            clis,
        })
    }

    /// Whether this CLI is here.
    pub fn has(&self, cli: Cli) -> bool {
        self.clis.contains(&cli)
    }

    /// All of them, as a roster is given.
    fn roster(&self) -> String {
        let names: Vec<&str> = self.clis.iter().map(|cli| cli.name()).collect();
        names.join(",")
    }

    /// `synod gate run clarify` with all CLIs.
    #[track_caller]
    pub fn ask(&self, flags: &[&str]) -> Ended {
        let spec = self.world.spec_dir("checkout", &[("spec.md", SPEC)]);
        let mut command = self
            .world
            .synod_command(["--json", "gate", "run", "clarify", "--spec", &spec]);
        command.args(["--roster", &self.roster()]).args(flags);
        let out = self.world.finish(command, None);
        let Some(id) = serde_json::from_slice::<Value>(&out.stdout)
            .ok()
            .and_then(|run| Some(run["id"].as_str()?.to_owned()))
        else {
            panic!("expected a run, found {out}");
        };
        Ended {
            run: self.world.run(&id),
            out,
        }
    }

    /// The same, submitted only. Returns the run's id.
    #[track_caller]
    pub fn submit(&self) -> String {
        let spec = self.world.spec_dir("checkout", &[("spec.md", SPEC)]);
        let run = self.world.json([
            "gate",
            "run",
            "clarify",
            "--detach",
            "--spec",
            &spec,
            "--roster",
            &self.roster(),
        ]);
        run["id"].as_str().expect("the run's id").to_owned()
    }

    /// `synod run --agent CLI -` with this prompt, submitted only. Returns the run's id.
    #[track_caller]
    pub fn start(&self, cli: Cli, prompt: &str, flags: &[&str]) -> String {
        let mut command = self.world.synod_command(["--json", "run", "--detach"]);
        command.args(flags).args(["--agent", cli.name(), "-"]);
        let out = self.world.finish(command, Some(prompt.as_bytes()));
        let run = out.success().json();
        run["id"].as_str().expect("the run's id").to_owned()
    }

    /// The same, to its end.
    #[track_caller]
    pub fn run(&self, cli: Cli, prompt: &str, flags: &[&str]) -> v1::Run {
        let id = self.start(cli, prompt, flags);
        self.world.wait_end(&id)
    }

    /// The same, which must complete.
    #[track_caller]
    pub fn completed(&self, cli: Cli, prompt: &str, flags: &[&str]) -> v1::Attempt {
        let run = self.run(cli, prompt, flags);
        let attempt = World::only_attempt(&run).clone();
        assert_eq!(
            (run.state.as_str(), attempt.reason.as_str()),
            ("passed", "completed"),
            "{}: {}\n{}",
            cli.name(),
            attempt.detail,
            self.printed(&run.id),
        );
        attempt
    }

    /// What a run's agents printed, for failures.
    pub fn printed(&self, run: &str) -> String {
        format!(
            "--- stdout\n{}\n--- stderr\n{}",
            self.world.synod(["logs", "--raw", run]),
            self.world.synod(["logs", "--stderr", run])
        )
    }
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

    #[track_caller]
    pub fn execution(&self, cli: Cli) -> &v1::Execution {
        let mut all = self.run.executions.iter();
        all.find(|execution| execution.agent == cli.name())
            .unwrap_or_else(|| panic!("no {} in {:#?}", cli.name(), self.run))
    }

    /// Every one of these gave a valid answer, in one attempt.
    #[track_caller]
    pub fn answered(&self, rig: &Rig, clis: impl IntoIterator<Item = Cli>) {
        for cli in clis {
            let execution = self.execution(cli);
            assert_eq!(
                (execution.state.as_str(), execution.attempts.len()),
                ("completed", 1),
                "{execution:#?}\n{}",
                rig.printed(&execution.id)
            );
        }
    }
}

/// One item of an answer about FR-1.
pub fn finding(claim: &str, quote: &str) -> Value {
    json!({
        "kind": "ambiguity",
        "claim": claim,
        "severity": "important",
        "resolvability": "suggest-fix",
        "quotes": [{"path": "spec.md", "text": quote}],
        "reasoning": "Two readings.",
    })
}

/// The same with these keys set.
pub fn with(mut finding: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("expected an object, found {more}")
    };
    finding.as_object_mut().unwrap().extend(more);
    finding
}
