//! One agent that is spoken to, and what it heard.

use std::{collections::HashSet, fs};

use serde_json::Value;
use synod_proto::v1;
use synod_tests::{World, config};

use crate::world;

const SPEC: &str =
    "# Checkout\n\n- FR-1: The shop shall send a receipt by e-mail within 5 minutes.\n";

/// See the module.
pub struct Stage {
    pub world: World,
}

impl Stage {
    /// An agent that plays this script in its turn. `more` are further lines of its section.
    pub fn of(script: &[&str], more: &str) -> Self {
        Self::after(&[], script, more)
    }

    /// The same; `before` is played before it is one that is spoken to.
    pub fn after(before: &[&str], script: &[&str], more: &str) -> Self {
        let world = world();
        let heard = world.at("heard");
        let words = [before, &["as", "acp", "log", &heard], script].concat();
        let agent = config::agent("acp", "house", &world.programs().fake(&words), more)
            .replace("adapter = \"command\"", "adapter = \"acp\"");
        world.write_config(&format!("{}{agent}", config::SHORT_GRACE));
        Self { world }
    }

    /// Starts the run and does not wait. Returns its id.
    #[track_caller]
    pub fn start(&self) -> String {
        let run = self
            .world
            .json(["run", "--agent", "acp", "--detach", "do it"]);
        run["id"].as_str().unwrap().to_owned()
    }

    /// The same for a gate over a small specification.
    #[track_caller]
    pub fn start_gate(&self) -> String {
        let spec = self.world.spec_dir("spec", &[("spec.md", SPEC)]);
        let run = self.world.json([
            "gate", "run", "clarify", "--spec", &spec, "--roster", "acp", "--detach",
        ]);
        run["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the run asks for permission, and gives the question.
    #[track_caller]
    pub fn wait_question(&self, run: &str) -> v1::Question {
        let asking = self
            .world
            .wait_run(run, |run| open_of(run).next().is_some());
        let open: Vec<&v1::Question> = open_of(&asking).collect();
        assert_eq!(open.len(), 1, "{open:?}");
        open[0].clone()
    }

    /// What the agent heard, line by line.
    pub fn heard(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.world.at("heard")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The methods it was called, in their order; `answer` for an answer to one of its requests.
    pub fn methods(&self) -> Vec<String> {
        self.heard()
            .iter()
            .map(|line| line["method"].as_str().unwrap_or("answer").to_owned())
            .collect()
    }

    /// The options that were chosen; `cancelled` for a request that was called off.
    pub fn chosen(&self) -> Vec<String> {
        self.heard()
            .iter()
            .filter(|line| line["method"].is_null())
            .map(|line| {
                let outcome = &line["result"]["outcome"];
                let option = outcome["optionId"].as_str();
                option
                    .or(outcome["outcome"].as_str())
                    .unwrap_or("error")
                    .to_owned()
            })
            .collect()
    }

    /// Nothing was said to it twice.
    #[track_caller]
    pub fn assert_heard_nothing_twice(&self) {
        let heard = self.heard();
        let mut seen = HashSet::new();
        for line in &heard {
            let what = (line["method"].to_string(), line["id"].to_string());
            assert!(seen.insert(what), "heard twice: {line}\n{heard:#?}");
        }
    }
}

/// Permissions that wait.
pub fn open_of(run: &v1::Run) -> impl Iterator<Item = &v1::Question> {
    run.questions
        .iter()
        .filter(|question| question.about == "permission" && question.state == "open")
}
