//! What becomes of commands when somebody leaves.

use std::path::Path;

use synod_shared::paths::Paths;
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;

use super::*;

fn calls(folder: &Path) -> Calls {
    let home = folder.to_path_buf();
    let paths = Paths::from_vars(
        |name| (name == "HOME").then(|| home.clone().into_os_string()),
        Some(&folder.join("s")),
    );
    let dial = Dial {
        paths: paths.unwrap(),
        socket_argument: None,
    };
    let (to, _) = mpsc::channel(1);
    Calls::new(dial, to)
}

fn cancel() -> Call {
    let run = "3f9a".to_owned();
    Call::CancelRun { run }
}

#[tokio::test]
async fn who_leaves_waits_for_the_answer_to_a_command_and_to_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut calls = calls(folder.path());
    calls.send(Call::Agents);
    calls.send(cancel());
    let socket = calls.dial.paths.socket.clone();
    let finished = tokio::spawn(calls.finish());
    tokio::task::yield_now().await;
    assert!(!finished.is_finished(), "there is no daemon yet");
    let incoming = UnixListenerStream::new(UnixListener::bind(socket).unwrap());
    // It refuses every call, which is an answer.
    let nothing = tonic::service::Routes::default();
    let server = tonic::transport::Server::builder().add_routes(nothing);
    tokio::spawn(server.serve_with_incoming(incoming));
    finished.await.unwrap().unwrap();
}

/// T2
#[tokio::test(start_paused = true)]
async fn who_leaves_without_a_daemon_is_told_that_a_command_has_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut calls = calls(folder.path());
    calls.send(cancel());
    let failure = calls.finish().await.unwrap_err().to_string();
    assert!(failure.contains("not answered"), "{failure}");
}
