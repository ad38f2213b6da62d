//! `daemon status`, `stop` and `start`. The first two never start one: otherwise `stop` could not be meant.

use std::{os::fd::OwnedFd, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, PidfdFlags, pidfd_open},
};
use synod_proto::v1::{GetDaemonStatusRequest, GetDaemonStatusResponse, ShutdownRequest};
use tonic::transport::Channel;

use super::{app::App, args::DaemonVerb};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    link::{Session, bounded},
    output::{self, Form},
    render::daemon as render,
};

/// How long a daemon may take to end: it commits what it has and closes the database.
const UNTIL_GONE: Duration = Duration::from_secs(30);

/// See the module.
pub async fn daemon(app: &App, verb: DaemonVerb) -> Result<Exit, Failure> {
    match verb {
        DaemonVerb::Status => status(app).await,
        DaemonVerb::Stop => stop(app).await,
        DaemonVerb::Start => start(app).await,
    }
}

async fn status(app: &App) -> Result<Exit, Failure> {
    let none = || Failure::NoDaemon {
        socket: app.dial.socket(),
    };
    let channel = app.dial.connect_only().await?.ok_or_else(none)?;
    app.answer(&ask(channel).await?, render::status)?;
    Ok(Exit::Success)
}

async fn ask(channel: Channel) -> Result<GetDaemonStatusResponse, Failure> {
    let mut daemon = Session::supervisor_on(channel);
    let answer = bounded(daemon.get_daemon_status(GetDaemonStatusRequest {})).await?;
    Ok(answer?.into_inner())
}

async fn start(app: &App) -> Result<Exit, Failure> {
    let ran_before = app.dial.connect_only().await?.is_some();
    // Sent again if the one that answered was just going: afterwards one runs.
    let mut session = Session::open(app.dial.clone()).await?;
    let status = session
        .call(|mut daemon| async move { daemon.get_daemon_status(GetDaemonStatusRequest {}).await })
        .await?;
    match app.form {
        Form::Json => output::object(&status)?,
        Form::Text => {
            let what = if ran_before {
                "a daemon is running already"
            } else {
                "the daemon is started"
            };
            output::line(&format!(
                "{what}: pid {}, {}",
                status.pid,
                app.dial.socket()
            ))?;
        }
    }
    Ok(Exit::Success)
}

async fn stop(app: &App) -> Result<Exit, Failure> {
    let Some(channel) = app.dial.connect_only().await? else {
        return match app.form {
            Form::Json => output::line("{}"),
            Form::Text => output::line(&format!("no daemon is running at {}", app.dial.socket())),
        }
        .map(|()| Exit::Success);
    };
    let pid = ask(channel.clone()).await?.pid;
    // Held from before the end: a pid alone could be another process's by then.
    let process = open_process(pid);
    let request = ShutdownRequest {
        request_id: intent::request_id(),
    };
    let mut daemon = Session::supervisor_on(channel);
    let answer = bounded(daemon.shutdown(request)).await??.into_inner();
    drop(daemon);
    wait_until_gone(app, process, answer.pid).await?;
    match app.form {
        Form::Json => output::object(&answer)?,
        Form::Text => output::line(&match answer.running.unwrap_or_default() {
            0 => format!("the daemon (pid {pid}) has ended"),
            1 => format!("the daemon (pid {pid}) has ended; one attempt goes on without it"),
            n => format!("the daemon (pid {pid}) has ended; {n} attempts go on without it"),
        })?,
    }
    Ok(Exit::Success)
}

fn open_process(pid: u32) -> Option<OwnedFd> {
    let pid = Pid::from_raw(pid.cast_signed())?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

async fn wait_until_gone(app: &App, process: Option<OwnedFd>, pid: u32) -> Result<(), Failure> {
    let still_there = || {
        Failure::Unreachable(format!(
            "the daemon (pid {pid}) took the call but has not ended within {} s; see {}",
            UNTIL_GONE.as_secs(),
            app.dial.paths.log().display()
        ))
    };
    let Some(process) = process else {
        // Not to be seen from here (another pid namespace): its socket is all there is to look at.
        return wait_for_silence(app).await.ok_or_else(still_there);
    };
    let gone = tokio::task::spawn_blocking(move || wait_for_end(&process)).await;
    match gone {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(still_there()),
    }
}

async fn wait_for_silence(app: &App) -> Option<()> {
    let until = tokio::time::Instant::now() + UNTIL_GONE;
    while tokio::time::Instant::now() < until {
        if matches!(app.dial.connect_only().await, Ok(None)) {
            return Some(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}

/// A pidfd is readable once its process has ended, reaped or not.
fn wait_for_end(process: &OwnedFd) -> bool {
    let timeout = Timespec {
        tv_sec: UNTIL_GONE.as_secs().cast_signed(),
        tv_nsec: 0,
    };
    loop {
        let mut fds = [PollFd::new(process, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            Ok(ready) => return ready > 0,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
