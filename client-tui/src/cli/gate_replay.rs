//! `gate replay`: a verdict computed once more from what is stored, also as another table would have decided.

use std::{fs, path::Path};

use synod_proto::v1::ReplayGateRequest;

use super::{app::App, args::GateReplayArgs};
use crate::{exit::Exit, failure::Failure, render::replay};

/// The largest table read: one is a few hundred bytes.
const LARGEST: u64 = 1 << 20;

/// See the module.
pub async fn gate_replay(app: &App, args: GateReplayArgs) -> Result<Exit, Failure> {
    let table = args.table.as_deref().map(read).transpose()?;
    let request = ReplayGateRequest {
        run_id: args.run,
        table: table.unwrap_or_default(),
        table_name: args
            .table
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    };
    let other_table = !request.table.is_empty();
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.replay_gate(request).await }
        })
        .await?;
    let under = if other_table {
        replay::Under::AnotherTable
    } else {
        replay::Under::ItsOwn
    };
    app.answer(&answer, |answer, look| replay::replay(answer, under, look))?;
    // What was recorded and what is computed must be one: a script can tell.
    Ok(match under {
        replay::Under::ItsOwn if !answer.same => Exit::Failed,
        replay::Under::ItsOwn | replay::Under::AnotherTable => Exit::Success,
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    let cannot =
        |error| Failure::Input(format!("cannot read the table {}: {error}", path.display()));
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > LARGEST {
        return Err(Failure::Input(format!(
            "expected a table of at most {LARGEST} bytes, found {size} in {}",
            path.display()
        )));
    }
    match fs::read_to_string(path).map_err(cannot)? {
        // An empty text means the run's own table to the daemon.
        table if table.trim().is_empty() => Err(Failure::Input(format!(
            "expected a decision table in {}, found nothing",
            path.display()
        ))),
        table => Ok(table),
    }
}
