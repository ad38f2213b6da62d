//! The daemon is killed at random moments under load.

use std::{
    fmt::Write as _,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use rustix::process::Signal;
use synod_proto::v1;
use synod_tests::{World, config, eventually, processes, random::Random};

use crate::{
    expected::{Expected, assert_each_line_counted_once, assert_started_once, starts, starts_file},
    programs,
    submit::{command, environment, submit, submit_gate},
};

/// Kills while submits stream in, and as many while only agents work.
const KILLS: u32 = 50;
/// Bounds on what is submitted, not goals.
const API_SUBMITS: usize = 250;
const CLI_SUBMITS: usize = 60;
const GATES: usize = 8;
const WAITING: usize = 3;
const PRINTING: usize = 12;

struct Load<'w> {
    world: &'w World,
    acknowledged: Mutex<Vec<(Expected, String)>>,
    streaming: AtomicBool,
}

/// C1
#[test]
fn a_hundred_kills_of_the_daemon_lose_nothing_and_repeat_nothing() {
    let begun = Instant::now();
    let mut random =
        Random::seeded("a_hundred_kills_of_the_daemon_lose_nothing_and_repeat_nothing");
    let world = World::with(programs()).build();
    world.write_config(&gate_agents(&world));
    world.spec_dir("spec", &[("spec.md", "# Shop\n\nThe shop sells things.\n")]);
    world.start_daemon();
    let load = Load {
        world: &world,
        acknowledged: Mutex::default(),
        streaming: AtomicBool::new(true),
    };
    let waiting = load.start_waiting();
    let (mut rngs, mut gates) = ([random.split(), random.split(), random.split()], Vec::new());
    thread::scope(|scope| {
        let [api, cli, gate] = &mut rngs;
        let streams = [
            scope.spawn(|| load.stream_over_the_api(api)),
            scope.spawn(|| load.stream_over_the_command_line(cli)),
        ];
        let gate_stream = scope.spawn(|| load.stream_gates(gate));
        kill_again_and_again(&world, &mut random, KILLS);
        load.streaming.store(false, Ordering::Relaxed);
        // The last submits under way need a daemon that stays.
        world.start_daemon();
        for stream in streams {
            stream.join().unwrap();
        }
        gates = gate_stream.join().unwrap();
    });
    for n in 0..PRINTING {
        let expected = Expected::printing(&world, &format!("printing-{n}"), n as i32, 120);
        load.submit(expected);
    }
    kill_again_and_again(&world, &mut random, KILLS);
    world.start_daemon();
    for (run, pid, start) in &waiting {
        let attempt = World::only_attempt(&world.run(run)).clone();
        assert_eq!(
            (attempt.state.as_str(), attempt.pid),
            ("running", Some(*pid))
        );
        assert_eq!(start_time(*pid), *start, "the agent goes on undisturbed");
    }
    fs::write(world.at("go"), "").unwrap();
    let acknowledged = load.acknowledged.into_inner().unwrap();
    for (expected, run) in &acknowledged {
        expected.assert_ended(&world, &world.wait_end(run));
    }
    for run in &gates {
        let run = world.wait_end(run);
        assert_eq!(run.state, "passed", "{run:#?}");
    }
    eprintln!(
        "{} kills, {} runs and {} gates acknowledged, {:?}",
        2 * KILLS,
        acknowledged.len(),
        gates.len(),
        begun.elapsed()
    );
    assert_started_once(&world, acknowledged.iter().map(|(one, _)| one.tag.as_str()));
    let (attempts, starts) = (attempts_of(&world), starts(&world));
    assert_eq!(attempts, starts.len(), "an attempt is a start");
    assert_each_line_counted_once(&world);
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
    assert_eq!(world.live_dirs(), Vec::<String>::new());
}

/// Attempts that ran, of all runs.
fn attempts_of(world: &World) -> usize {
    let runs = world.all_runs();
    let executions = runs.iter().flat_map(|run| &run.executions);
    executions.flat_map(|execution| &execution.attempts).count()
}

/// Three agents that append their attempt's id, and answer that there is nothing to find.
fn gate_agents(world: &World) -> String {
    let mut text = config::SHORT_GRACE.to_owned();
    for (name, family) in [("alice", "a"), ("bob", "b"), ("carol", "c")] {
        let script = format!(
            "echo gate-$SYNOD_ATTEMPT >>{}; exec {} answer '[]'",
            starts_file(world),
            world.programs().fake_agent.display()
        );
        let argv = ["sh", "-c", &script].map(str::to_owned);
        text.write_str(&config::agent(name, family, &argv, ""))
            .unwrap();
    }
    text
}

impl Load<'_> {
    fn submit(&self, expected: Expected) {
        let request = command(self.world, &expected.tag, &expected.argv);
        let run = submit(self.world, &request);
        self.acknowledged.lock().unwrap().push((expected, run.id));
    }

    /// Agents that live through everything: run, pid, and when that process started.
    fn start_waiting(&self) -> Vec<(String, u32, Option<String>)> {
        let gate = self.world.at("go");
        (0..WAITING)
            .map(|n| {
                let expected =
                    Expected::waiting(self.world, &format!("waiting-{n}"), n as i32, &gate);
                self.submit(expected);
                let run = self.acknowledged.lock().unwrap()[n].1.clone();
                let pid = World::only_attempt(&self.world.wait_running(&run)).pid;
                let pid = pid.expect("the pid of a running agent");
                (run, pid, start_time(pid))
            })
            .collect()
    }

    fn stream_over_the_api(&self, random: &mut Random) {
        for n in 0..API_SUBMITS {
            if !self.streaming.load(Ordering::Relaxed) {
                return;
            }
            let (tag, code) = (format!("api-{n}"), random.below(200) as i32);
            self.submit(match random.below(10) {
                0 => Expected::printing(self.world, &tag, code, 40),
                _ => Expected::short(self.world, &tag, code),
            });
            random.pass_up_to(30);
        }
    }

    fn stream_over_the_command_line(&self, random: &mut Random) {
        let mut unreachable = 0;
        for n in 0..CLI_SUBMITS {
            if !self.streaming.load(Ordering::Relaxed) {
                break;
            }
            let expected = Expected::short(self.world, &format!("cli-{n}"), n as i32);
            let mut call = self
                .world
                .synod_command(["--json", "exec", "--detach", "--"]);
            call.args(&expected.argv);
            let output = self.world.finish(call, None);
            match output.code {
                Some(0) => {
                    let run = output.json()["id"].as_str().unwrap().to_owned();
                    self.acknowledged.lock().unwrap().push((expected, run));
                }
                // The very daemon it had started was killed: said, and nothing was promised.
                Some(125) if output.stderr().contains("ended at once (signal: 9") => {
                    unreachable += 1;
                }
                _ => panic!("{output}"),
            }
            random.pass_up_to(50);
        }
        eprintln!("{unreachable} calls saw the daemon they had started being killed");
    }

    fn stream_gates(&self, random: &mut Random) -> Vec<String> {
        let mut runs = Vec::new();
        for n in 0..GATES {
            if !self.streaming.load(Ordering::Relaxed) {
                break;
            }
            let request = v1::SpawnQualityGateRequest {
                request_id: format!("gate-{n}"),
                gate: "clarify".to_owned(),
                subject: self.world.at("spec"),
                roster: ["alice", "bob", "carol"].map(str::to_owned).to_vec(),
                force: true,
                env: environment(self.world),
                ..Default::default()
            };
            runs.push(submit_gate(self.world, &request).id);
            random.pass_up_to(800);
        }
        runs
    }
}

/// Kills the daemon at moments of all kinds: while it starts, just after it answered, while it works.
fn kill_again_and_again(world: &World, random: &mut Random, times: u32) {
    let mut killed = 0;
    while killed < times {
        let start = world.spawn_synod(["daemon", "start"]);
        if random.below(2) == 0 {
            start.finish();
            random.pass_up_to(200);
        } else {
            random.pass_up_to(60);
        }
        let Some(pid) = world.find_daemon() else {
            continue;
        };
        processes::signal(pid, Signal::KILL);
        eventually("the end of the killed daemon", || {
            (!processes::is_alive(pid)).then_some(())
        });
        killed += 1;
    }
}

/// Field 22 of `/proc/PID/stat`.
fn start_time(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(19).map(str::to_owned)
}
