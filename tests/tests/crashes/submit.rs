//! Submitting over the API with request ids of one's own, again and again until it is acknowledged.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use synod_proto::v1::{self, spawn_agent_request::Work};
use synod_tests::{DEADLINE, World};
use tonic::{Code, Status};

/// A command line as a request. The environment makes its processes this world's.
pub fn command(world: &World, request_id: &str, argv: &[String]) -> v1::SpawnAgentRequest {
    v1::SpawnAgentRequest {
        request_id: request_id.to_owned(),
        work: Some(Work::Command(v1::CommandLine {
            argv: argv.to_vec(),
            input: Vec::new(),
        })),
        cwd: world.work().to_str().unwrap().to_owned(),
        env: environment(world),
        ..Default::default()
    }
}

pub fn environment(world: &World) -> HashMap<String, String> {
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    HashMap::from([
        variable("HOME", world.home().to_str().unwrap()),
        variable("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ])
}

/// Submits once.
pub fn try_submit(world: &World, request: &v1::SpawnAgentRequest) -> Result<v1::Run, Status> {
    let mut client = world.supervisor();
    let answer = world.block_on(client.spawn_agent(request.clone()))?;
    Ok(answer.into_inner().run.expect("the run in the answer"))
}

/// Submits with the same request id until the answer arrives. Somebody else starts daemons.
pub fn submit(world: &World, request: &v1::SpawnAgentRequest) -> v1::Run {
    until_acknowledged(|| try_submit(world, request))
}

/// A gate run in the same way.
pub fn submit_gate(world: &World, request: &v1::SpawnQualityGateRequest) -> v1::Run {
    until_acknowledged(|| {
        let mut client = world.supervisor();
        let answer = world.block_on(client.spawn_quality_gate(request.clone()))?;
        Ok(answer.into_inner().run.expect("the run in the answer"))
    })
}

fn until_acknowledged(mut ask: impl FnMut() -> Result<v1::Run, Status>) -> v1::Run {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match ask() {
            Ok(run) => return run,
            Err(status) => assert!(is_lost(&status), "refused: {status:?}"),
        }
        assert!(Instant::now() < deadline, "never acknowledged");
        // Nothing tells of the next daemon.
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Whether the daemon went away rather than saying no.
pub fn is_lost(status: &Status) -> bool {
    std::error::Error::source(status).is_some() || status.code() == Code::Unavailable
}
