//! A conversation goes on after the daemon's death at any moment as if nothing had been: the agent is told the same,
//! nothing twice, nothing left out; people are asked the same, once.
//!
//! The world here: a journal and an output that survive, a shim that hands on whole lines of the journal, an agent
//! that follows a plan, and a daemon of which only the two files, the committed answers and the wish to cancel stay.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use serde_json::{Value, json};
use synod_adapters::{
    Policy, Rule, Ruling, ToolKind,
    acp::{END, Machine, Over, Setup},
};

/// What the agent does in its turn, one after the other.
#[derive(Debug, Clone)]
enum Act {
    Says,
    /// Not JSON.
    Noise,
    /// Asks, and goes on without waiting.
    Asks {
        kind: &'static str,
        twice: bool,
        same_id: bool,
    },
    /// Wants a file.
    Wants,
    /// Waits until all it asked is answered.
    Waits,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Says),
        1 => Just(Act::Noise),
        4 => (prop::sample::select(vec!["read", "edit", "execute"]), prop::bool::weighted(0.2), prop::bool::weighted(0.2))
            .prop_map(|(kind, twice, same_id)| Act::Asks { kind, twice, same_id }),
        1 => Just(Act::Wants),
        2 => Just(Act::Waits),
    ]
}

/// One step of the world.
#[derive(Debug, Clone)]
enum Step {
    /// The daemon reads so many more lines of output, and appends what is due; it may die: after so many whole lines,
    /// with so many bytes of the next one.
    Daemon {
        reads: usize,
        dies: Option<(usize, usize)>,
    },
    /// The agent handles a line, or goes on with its plan.
    Agent,
    /// A human answers one of the open questions.
    Human(prop::sample::Index),
    Cancel,
}

fn step(cancel: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_usize, prop::option::of((0..4_usize, 0..200_usize)))
            .prop_map(|(reads, dies)| Step::Daemon { reads, dies }),
        6 => Just(Step::Agent),
        2 => any::<prop::sample::Index>().prop_map(Step::Human),
        cancel => Just(Step::Cancel),
    ]
}

/// An agent that does what it planned.
#[derive(Debug)]
struct Agent {
    plan: VecDeque<Act>,
    in_turn: bool,
    next_id: u64,
    /// Requests without an answer, by id.
    unanswered: BTreeMap<String, usize>,
    heard: Vec<String>,
    out: Vec<String>,
    has_ended: bool,
}

impl Agent {
    fn new(plan: &[Act]) -> Self {
        Self {
            plan: plan.iter().cloned().collect(),
            in_turn: false,
            next_id: 0,
            unanswered: BTreeMap::new(),
            heard: Vec::new(),
            out: Vec::new(),
            has_ended: false,
        }
    }

    fn hears(&mut self, line: &str) {
        self.heard.push(line.to_owned());
        if line == END {
            self.has_ended = true;
            return;
        }
        let message: Value = serde_json::from_str(line).unwrap();
        let id = message["id"].clone();
        match message["method"].as_str() {
            Some("initialize") => self.replies(&id, &json!({"protocolVersion": 1})),
            Some("session/new") => self.replies(
                &id,
                &json!({"sessionId": "s", "modes": {"availableModes": [{"id": "default"}]}}),
            ),
            Some("session/set_mode") => self.replies(&id, &json!({})),
            Some("session/prompt") => self.in_turn = true,
            Some("session/cancel") => {
                self.plan.clear();
                self.unanswered.clear();
            }
            Some(other) => panic!("the agent was asked {other}"),
            None => {
                if let Some(left) = self.unanswered.get_mut(&id.to_string()) {
                    *left = left.saturating_sub(1);
                }
            }
        }
    }

    fn replies(&mut self, id: &Value, result: &Value) {
        self.out
            .push(json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string());
    }

    /// Goes on with its turn, if it has one.
    fn acts(&mut self) {
        if !self.in_turn {
            return;
        }
        match self.plan.front() {
            None => {
                self.in_turn = false;
                self.replies(&json!(3), &json!({"stopReason": "end_turn"}));
            }
            Some(Act::Waits) => {
                if self.unanswered.values().all(|left| *left == 0) {
                    self.plan.pop_front();
                }
            }
            Some(Act::Says) => {
                self.plan.pop_front();
                self.out.push(
                    json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": {
                        "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "tool_call"}}}})
                    .to_string(),
                );
            }
            Some(Act::Noise) => {
                self.plan.pop_front();
                self.out.push("Ripgrep is not available.".to_owned());
            }
            Some(Act::Wants) => {
                self.plan.pop_front();
                let id = self.fresh();
                self.out.push(
                    json!({"jsonrpc": "2.0", "id": id, "method": "fs/read_text_file", "params": {}}).to_string(),
                );
            }
            Some(Act::Asks {
                kind,
                twice,
                same_id,
            }) => {
                let (kind, twice, same_id) = (*kind, *twice, *same_id);
                self.plan.pop_front();
                let what = self.fresh();
                let id = if same_id { json!("again") } else { json!(what) };
                *self.unanswered.entry(id.to_string()).or_default() += 1;
                let line = json!({"jsonrpc": "2.0", "id": id, "method": "session/request_permission", "params": {
                    "sessionId": "s",
                    "toolCall": {"toolCallId": format!("c{what}"), "kind": kind, "title": format!("{kind} {what}")},
                    "options": [
                        {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
                        {"optionId": "no", "name": "No", "kind": "reject_once"}]}})
                .to_string();
                for _ in 0..=usize::from(twice) {
                    self.out.push(line.clone());
                }
            }
        }
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

/// The daemon's memory: gone when it dies.
struct Daemon {
    machine: Machine,
    read: usize,
}

struct World {
    journal: Vec<u8>,
    forwarded: usize,
    agent: Agent,
    daemon: Daemon,
    committed: BTreeMap<String, &'static str>,
    asked: BTreeMap<String, String>,
    wished_away: bool,
}

/// By the words of the request, so that every world answers alike.
fn choice(what: &str) -> &'static str {
    if what.len() % 2 == 0 { "yes" } else { "no" }
}

impl World {
    fn new(plan: &[Act]) -> Self {
        Self {
            journal: Vec::new(),
            forwarded: 0,
            agent: Agent::new(plan),
            daemon: Daemon {
                machine: machine(),
                read: 0,
            },
            committed: BTreeMap::new(),
            asked: BTreeMap::new(),
            wished_away: false,
        }
    }

    /// A daemon that knows nothing but what is kept.
    fn boots(&mut self) {
        let whole = self
            .journal
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        self.journal.truncate(whole);
        let mut machine = machine();
        for line in self
            .journal
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            machine.sent(line);
        }
        for line in &self.agent.out {
            machine.received(line.as_bytes());
        }
        for (request, choice) in &self.committed {
            machine.answer(request, choice);
        }
        if self.wished_away {
            machine.cancel();
        }
        self.daemon = Daemon {
            machine,
            read: self.agent.out.len(),
        };
        self.asks();
    }

    fn asks(&mut self) {
        for open in self.daemon.machine.open() {
            let known = self.asked.insert(open.request.clone(), open.what.clone());
            assert!(
                known.is_none_or(|what| what == open.what),
                "another question under the same name"
            );
            assert!(
                !self.committed.contains_key(&open.request),
                "asked again: {}",
                open.what
            );
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Daemon { reads, dies } => {
                for line in self.agent.out.iter().skip(self.daemon.read).take(*reads) {
                    self.daemon.machine.received(line.as_bytes());
                    self.daemon.read += 1;
                }
                self.asks();
                for (nth, line) in self.daemon.machine.next().into_iter().enumerate() {
                    if let Some((whole, torn)) = dies
                        && nth == *whole
                    {
                        let torn = (*torn).min(line.len());
                        self.journal.extend_from_slice(&line.as_bytes()[..torn]);
                        break;
                    }
                    self.journal.extend_from_slice(line.as_bytes());
                    self.journal.push(b'\n');
                    self.daemon.machine.sent(line.as_bytes());
                }
                if dies.is_some() {
                    self.boots();
                }
            }
            Step::Agent => self.agent_goes_on(),
            Step::Human(index) => {
                let open: Vec<_> = self
                    .asked
                    .iter()
                    .filter(|(request, _)| !self.committed.contains_key(*request))
                    .collect();
                if !open.is_empty() {
                    let (request, what) = open[index.index(open.len())];
                    self.daemon.machine.answer(request, choice(what));
                    self.committed.insert(request.clone(), choice(what));
                }
            }
            Step::Cancel => {
                self.wished_away = true;
                self.daemon.machine.cancel();
            }
        }
    }

    fn agent_goes_on(&mut self) {
        if self.agent.has_ended {
            return;
        }
        let rest = &self.journal[self.forwarded..];
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                let line = String::from_utf8(rest[..end].to_vec()).unwrap();
                self.forwarded += end + 1;
                self.agent.hears(&line);
            }
            None => self.agent.acts(),
        }
    }

    /// Without further accidents, to the end.
    fn finish(&mut self) {
        for _ in 0..10_000 {
            if self.agent.has_ended {
                return;
            }
            self.step(&Step::Daemon {
                reads: usize::MAX,
                dies: None,
            });
            let waiting: Vec<_> = self.daemon.machine.open();
            for open in waiting {
                self.daemon
                    .machine
                    .answer(&open.request, choice(&open.what));
                self.committed.insert(open.request, choice(&open.what));
            }
            self.agent_goes_on();
        }
        panic!("the conversation does not end: {:?}", self.agent);
    }

    fn heard(&self) -> Vec<&str> {
        let mut heard: Vec<&str> = self.agent.heard.iter().map(String::as_str).collect();
        heard.sort_unstable();
        heard
    }
}

fn machine() -> Machine {
    Machine::new(Setup {
        cwd: "/w".to_owned(),
        prompt: "do it".to_owned(),
        policy: Policy {
            rules: vec![Rule {
                kinds: vec![ToolKind::Read],
                paths: Vec::new(),
                ruling: Ruling::Allow,
            }],
            otherwise: Ruling::Ask,
        },
        ..Setup::default()
    })
}

/// In every world, cancelled or not.
#[track_caller]
fn check_sound(world: &World) {
    let heard = &world.agent.heard;
    assert_eq!(heard.iter().filter(|line| *line == END).count(), 1);
    assert_eq!(heard.last().unwrap(), END);
    let methods: Vec<String> = heard[..heard.len() - 1]
        .iter()
        .filter_map(|line| {
            let message: Value = serde_json::from_str(line).unwrap();
            message["method"].as_str().map(str::to_owned)
        })
        .collect();
    let once: BTreeSet<&String> = methods.iter().collect();
    assert_eq!(once.len(), methods.len(), "said twice: {methods:?}");
    let order = [
        "initialize",
        "session/new",
        "session/set_mode",
        "session/prompt",
        "session/cancel",
    ];
    let expected: Vec<&str> = order.into_iter().take(methods.len()).collect();
    assert_eq!(methods, expected);

    // As many answers to each id as there were requests with different words, until it was told to end.
    let mut requests: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for line in &world.agent.out {
        if let Ok(message) = serde_json::from_str::<Value>(line)
            && message["method"].is_string()
            && !message["id"].is_null()
        {
            requests
                .entry(message["id"].to_string())
                .or_default()
                .insert(line);
        }
    }
    for (id, asked) in requests {
        let answers = heard
            .iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["method"].is_null() && message["id"].to_string() == id)
            .count();
        assert_eq!(answers, asked.len(), "answers to {id}");
    }
    assert!(world.daemon.machine.has_ended());
    assert_eq!(world.daemon.machine.next(), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing is said twice, nothing is left out, nobody is asked again; the agent hears what it would have heard.
    #[test]
    fn whenever_the_daemon_dies_the_agent_hears_the_same(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(0), 0..120),
    ) {
        let plan: Vec<Act> = plan.into_iter().chain([Act::Waits]).collect();
        let mut quiet = World::new(&plan);
        quiet.finish();
        check_sound(&quiet);
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        world.finish();
        check_sound(&world);
        prop_assert_eq!(quiet.heard(), world.heard());
        prop_assert_eq!(&quiet.asked, &world.asked);
        prop_assert_eq!(world.daemon.machine.is_over(), Some(Over::Answered));
    }

    /// A wish to cancel ends it, wherever it falls.
    #[test]
    fn whenever_it_is_cancelled_and_the_daemon_dies_the_conversation_ends_in_order(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(1), 0..120),
    ) {
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        world.step(&Step::Cancel);
        world.finish();
        check_sound(&world);
        prop_assert!(world.daemon.machine.is_over().is_some());
    }

    /// Which side's lines are read first makes no difference.
    #[test]
    fn the_order_between_the_two_files_does_not_matter(
        plan in prop::collection::vec(act(), 0..12),
        steps in prop::collection::vec(step(0), 0..80),
        turns in prop::collection::vec(any::<bool>(), 0..200),
    ) {
        let mut world = World::new(&plan);
        for step in &steps {
            world.step(step);
        }
        let journal = String::from_utf8(world.journal.clone()).unwrap();
        let mut ours: VecDeque<&str> = journal.lines().collect();
        let mut theirs: VecDeque<&str> = world.agent.out.iter().map(String::as_str).collect();
        let mut mixed = machine();
        for turn in turns {
            let (ours, theirs) = (&mut ours, &mut theirs);
            if turn {
                if let Some(line) = ours.pop_front() { mixed.sent(line.as_bytes()); }
            } else if let Some(line) = theirs.pop_front() { mixed.received(line.as_bytes()); }
        }
        for line in theirs { mixed.received(line.as_bytes()); }
        for line in ours { mixed.sent(line.as_bytes()); }
        world.committed.clear();
        world.asked.clear();
        world.boots();
        prop_assert_eq!(mixed.next(), world.daemon.machine.next());
        prop_assert_eq!(mixed.open(), world.daemon.machine.open());
        prop_assert_eq!(mixed.is_over(), world.daemon.machine.is_over());
    }
}
