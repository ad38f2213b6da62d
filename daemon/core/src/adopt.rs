//! The adoption table: what the database says and what the run directory proves, and so what to do.
//!
//! Looked at whenever an actor begins to attend an attempt: at its start, after a restart of the daemon, after
//! an actor's failure. First match wins.

use synod_shared::words::AttemptState;

/// What the database says about an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Nothing.
    Unknown,
    /// It has ended.
    Terminal,
    /// It was committed as starting.
    Starting,
    /// It was seen running.
    Running,
    /// It is being ended.
    Stopping,
}

impl From<AttemptState> for Row {
    fn from(state: AttemptState) -> Self {
        match state {
            AttemptState::Starting => Self::Starting,
            AttemptState::Running => Self::Running,
            AttemptState::Stopping => Self::Stopping,
            AttemptState::Exited | AttemptState::Lost => Self::Terminal,
        }
    }
}

/// What the run directory proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// There is none: the shim was never launched, because the directory is made durable before.
    NoDirectory,
    /// `exit.json` is there.
    Exited,
    /// Somebody holds the lock: the shim lives.
    Held,
    /// The directory is of another boot, and nobody holds its lock.
    OtherBoot,
    /// The lock is free, and the agent may have been started.
    Claimed,
    /// The lock is free (and now ours), and the agent was never started.
    Unclaimed,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// End what runs, and archive the directory.
    StopAndArchive,
    /// Take the rows from `spec.json`, then look again. Never start.
    Import,
    /// Ingest the output to its recorded lengths, then commit the exit.
    Ingest,
    /// Attend it: tail from the committed offset until the shim ends.
    Attend,
    /// It was running when the machine went down.
    HostRestarted,
    /// Kill the leaf by its name; the shim was lost.
    ShimLost,
    /// It was never started, and is not wanted any more.
    NeverStarted,
    /// Start it, keeping the lock just taken.
    Start,
    /// Make the directory, then start it.
    CreateAndStart,
    /// Its directory is gone although it was seen running.
    DirectoryLost,
}

/// The table.
#[must_use]
pub const fn adopt(row: Row, evidence: Evidence) -> Adoption {
    use Adoption as A;
    use Evidence as E;
    use Row as R;
    match (row, evidence) {
        (R::Terminal, _) => A::StopAndArchive,
        (R::Unknown, _) => A::Import,
        (R::Starting | R::Running | R::Stopping, E::Exited) => A::Ingest,
        (R::Starting | R::Running | R::Stopping, E::Held) => A::Attend,
        (R::Starting | R::Running | R::Stopping, E::OtherBoot) => A::HostRestarted,
        // A running attempt was claimed once; a claim that has vanished is as good as a lost shim.
        (R::Starting | R::Running | R::Stopping, E::Claimed) | (R::Running, E::Unclaimed) => {
            A::ShimLost
        }
        (R::Stopping, E::Unclaimed | E::NoDirectory) => A::NeverStarted,
        (R::Starting, E::Unclaimed) => A::Start,
        (R::Starting, E::NoDirectory) => A::CreateAndStart,
        (R::Running, E::NoDirectory) => A::DirectoryLost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [Row; 5] = [
        Row::Unknown,
        Row::Terminal,
        Row::Starting,
        Row::Running,
        Row::Stopping,
    ];
    const EVIDENCE: [Evidence; 6] = [
        Evidence::NoDirectory,
        Evidence::Exited,
        Evidence::Held,
        Evidence::OtherBoot,
        Evidence::Claimed,
        Evidence::Unclaimed,
    ];

    /// C1, C2: the whole table, to be read.
    #[test]
    fn the_table_is_what_it_is() {
        let pairs = ROWS
            .into_iter()
            .flat_map(|row| EVIDENCE.into_iter().map(move |evidence| (row, evidence)));
        let lines: Vec<String> = pairs
            .map(|(row, evidence)| format!("{row:?} + {evidence:?} => {:?}", adopt(row, evidence)))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    /// C1: the only ways to a start are a row that says so and evidence that nothing was ever started.
    #[test]
    fn nothing_starts_unless_it_is_proved_never_to_have_started() {
        for row in ROWS {
            for evidence in EVIDENCE {
                if matches!(
                    adopt(row, evidence),
                    Adoption::Start | Adoption::CreateAndStart
                ) {
                    assert_eq!(row, Row::Starting);
                    assert!(matches!(
                        evidence,
                        Evidence::Unclaimed | Evidence::NoDirectory
                    ));
                }
            }
        }
    }
}
