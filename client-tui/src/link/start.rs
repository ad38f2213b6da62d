//! Starting a daemon, and telling why one does not come up.
//!
//! Two clients may start one each at the same moment: the daemon's own lock lets one win, the other ends, and
//! both clients find the winner at the socket.

use std::{
    env,
    fs::File,
    io::{self, Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use synod_proto::v1::GetDaemonStatusRequest;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use super::{
    dial::{Answer, Dial},
    session::{Session, is_lost},
};
use crate::failure::Failure;

/// How long a daemon may take until its socket answers: recovery after a crash reads what was left behind.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may then take until it answers: it opens and checks the database, however large.
const UNTIL_ANSWERED: Duration = Duration::from_secs(30);
/// A daemon that ended without having won may have lost to one that is about to answer. It has waited for that
/// one itself.
const AFTER_AN_END: Duration = Duration::from_secs(1);
/// Between two looks at the socket.
const PAUSE: Duration = Duration::from_millis(10);

/// Starts a daemon and waits until the socket answers. `why` says why nobody answered before.
pub async fn start(dial: &Dial, why: &io::Error) -> Result<(), Failure> {
    if env::var_os("SYNOD_ATTEMPT").is_some() {
        // It would be part of the agent's own tree, and die with it.
        return Err(Failure::Unreachable(format!(
            "no daemon answers at {}, and an agent (SYNOD_ATTEMPT is set) never starts one; start it from outside",
            dial.socket(),
        )));
    }
    let binary = binary(dial, why)?;
    let words = File::from(
        rustix::fs::memfd_create("synodd-start", rustix::fs::MemfdFlags::CLOEXEC)
            .map_err(|error| cannot_start(&binary, &error.into()))?,
    );
    let mut child = spawn(dial, &binary, &words).map_err(|error| cannot_start(&binary, &error))?;
    let begun = Instant::now();
    let mut ended: Option<(Instant, ExitStatus)> = None;
    loop {
        // The child first: one that ended because another daemon answers must not be taken for a failure.
        if ended.is_none()
            && let Ok(Some(status)) = child.try_wait()
        {
            ended = Some((Instant::now(), status));
        }
        if let Answer::Listening = dial.probe().await? {
            if ended.is_some() {
                return Ok(());
            }
            // The socket is there before the database is opened: only an answer says that the daemon serves.
            tokio::select! {
                status = child.wait() => {
                    let status = status.map_err(|error| cannot_start(&binary, &error))?;
                    ended = Some((Instant::now(), status));
                    continue;
                }
                answered = timeout(UNTIL_ANSWERED, answered(dial)) => {
                    reap_later(child);
                    return answered.map_err(|_| no_answer(&binary, dial, UNTIL_ANSWERED));
                }
            }
        }
        match ended {
            Some((_, status)) if !status.success() && !lost_a_race(&words) => {
                return Err(ended_early(&binary, status, &words, dial));
            }
            Some((at, status)) if at.elapsed() > AFTER_AN_END => {
                return Err(ended_early(&binary, status, &words, dial));
            }
            None if begun.elapsed() > PATIENCE => {
                reap_later(child);
                return Err(no_answer(&binary, dial, PATIENCE));
            }
            Some(_) | None => {}
        }
        sleep(PAUSE).await;
    }
}

/// Returns when a daemon has answered, whatever it said.
async fn answered(dial: &Dial) {
    loop {
        if let Ok(channel) = dial.channel() {
            let mut daemon = Session::supervisor_on(channel);
            match daemon.get_daemon_status(GetDaemonStatusRequest {}).await {
                Ok(_) => return,
                Err(status) if !is_lost(&status) => return,
                Err(_) => {}
            }
        }
        sleep(PAUSE).await;
    }
}

fn no_answer(binary: &Path, dial: &Dial, waited: Duration) -> Failure {
    Failure::Unreachable(format!(
        "started {} but {} did not answer within {} s; see {}",
        binary.display(),
        dial.socket(),
        waited.as_secs(),
        dial.paths.log().display(),
    ))
}

fn spawn(dial: &Dial, binary: &Path, words: &File) -> io::Result<Child> {
    let mut command = Command::new(binary);
    command.arg("serve");
    if let Some(socket) = &dial.socket_argument {
        command.arg("--socket").arg(socket);
    }
    command
        // Nothing of ours is kept busy by a process that outlives us.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // A file without a name: readable afterwards, never full, never a broken pipe once we are gone.
        .stderr(Stdio::from(words.try_clone()?))
        // An interrupt from the keyboard is for us alone, also before the daemon has a session of its own.
        .process_group(0)
        .spawn()
}

/// While we live we are the daemon's parent: when it ends it must not stay behind as a zombie.
fn reap_later(mut child: Child) {
    tokio::spawn(async move { child.wait().await });
}

/// The daemon's binary: `SYNOD_DAEMON`, or the one beside this program under the same name with a `d` (so
/// that renamed copies find each other), or `synodd`.
fn binary(dial: &Dial, why: &io::Error) -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os("SYNOD_DAEMON").filter(|name| !name.is_empty()) {
        let named = PathBuf::from(named);
        // A bare name is looked up in PATH; anything else must survive the change of directory.
        return if named.components().count() > 1 {
            std::path::absolute(&named).map_err(|error| cannot_start(&named, &error))
        } else {
            Ok(named)
        };
    }
    let own = env::current_exe().map_err(|error| {
        Failure::Unreachable(format!(
            "cannot tell where this program is, and so where synodd is: {error}; set SYNOD_DAEMON"
        ))
    })?;
    beside(&own).ok_or_else(|| {
        Failure::Unreachable(format!(
            "no daemon answers at {} ({}), and none can be started: expected synodd beside {}; \
             set SYNOD_DAEMON to its path",
            dial.socket(),
            silence(why),
            own.display(),
        ))
    })
}

fn silence(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::NotFound => "there is no socket".to_owned(),
        io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        _ => why.to_string(),
    }
}

fn beside(own: &Path) -> Option<PathBuf> {
    let mut sibling = own.file_name()?.to_os_string();
    sibling.push("d");
    [own.with_file_name(sibling), own.with_file_name("synodd")]
        .into_iter()
        .find(|path| path.is_file())
}

fn cannot_start(binary: &Path, error: &io::Error) -> Failure {
    Failure::Unreachable(format!(
        "cannot start the daemon {}: {error}; set SYNOD_DAEMON to the path of synodd",
        binary.display()
    ))
}

/// Whether the daemon said that another one holds the state: then that one will answer.
fn lost_a_race(words: &File) -> bool {
    last_words(words).contains("another daemon")
}

fn ended_early(binary: &Path, status: ExitStatus, words: &File, dial: &Dial) -> Failure {
    let said = last_words(words);
    let said = if said.is_empty() {
        format!("without a word; see {}", dial.paths.log().display())
    } else {
        format!("and said: {said}")
    };
    Failure::Unreachable(format!(
        "the daemon {} ended at once ({status}) {said}",
        binary.display()
    ))
}

/// The last three lines of what the daemon wrote to its standard error.
fn last_words(mut words: &File) -> String {
    let mut bytes = Vec::new();
    let end = words.metadata().map_or(0, |meta| meta.len());
    let read = words
        .seek(io::SeekFrom::Start(end.saturating_sub(4096)))
        .and_then(|_| words.read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let from = lines.len().saturating_sub(3);
    lines
        .get(from..)
        .unwrap_or_default()
        .join(" ")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::*;

    #[test]
    fn the_daemon_beside_a_renamed_copy_has_the_same_name_with_a_d() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        assert_eq!(beside(&file("synod")), None);
        fs::write(file("synodd"), "").unwrap();
        assert_eq!(beside(&file("test-synod")), Some(file("synodd")));
        fs::write(file("test-synodd"), "").unwrap();
        assert_eq!(beside(&file("test-synod")), Some(file("test-synodd")));
    }

    #[test]
    fn the_last_lines_of_a_daemon_are_its_last_words() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"one\n\ntwo\nthree\nfour: no space\n")
            .unwrap();
        assert_eq!(last_words(&file), "two three four: no space");
    }
}
