//! What survives a daemon, and what does not.

use std::collections::BTreeMap;

use proptest::prelude::*;
use synod_adapters::{
    Policy, Rule, Ruling, ToolKind,
    acp::{Machine, Setup},
};

use crate::agent::{Act, Agent};

/// One step of the world.
#[derive(Debug, Clone)]
pub enum Step {
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

pub fn step(cancel: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_usize, prop::option::of((0..4_usize, 0..200_usize)))
            .prop_map(|(reads, dies)| Step::Daemon { reads, dies }),
        6 => Just(Step::Agent),
        2 => any::<prop::sample::Index>().prop_map(Step::Human),
        cancel => Just(Step::Cancel),
    ]
}

/// The daemon's memory: gone when it dies.
pub struct Daemon {
    pub machine: Machine,
    read: usize,
}

pub struct World {
    pub journal: Vec<u8>,
    forwarded: usize,
    pub agent: Agent,
    pub daemon: Daemon,
    pub committed: BTreeMap<String, &'static str>,
    pub asked: BTreeMap<String, String>,
    wished_away: bool,
}

/// By the words of the request, so that every world answers alike.
fn choice(what: &str) -> &'static str {
    if what.len().is_multiple_of(2) {
        "yes"
    } else {
        "no"
    }
}

impl World {
    pub fn new(plan: &[Act]) -> Self {
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
    pub fn boots(&mut self) {
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

    pub fn step(&mut self, step: &Step) {
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
    pub fn finish(&mut self) {
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

    pub fn heard(&self) -> Vec<&str> {
        let mut heard: Vec<&str> = self.agent.heard.iter().map(String::as_str).collect();
        heard.sort_unstable();
        heard
    }
}

pub fn machine() -> Machine {
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
