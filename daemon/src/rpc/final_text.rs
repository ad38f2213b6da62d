//! What agents said at last, put into a run that somebody asked for. Read from the kept output, stored nowhere else.

use std::sync::Arc;

use synod_adapters::Adapter;
use synod_core::entity::{Attempt, Work};
use synod_proto::v1;
use synod_shim::dir::RunDir;
use tonic::Status;

use super::{Context, status};
use crate::{attempt::Reading, store::RunParts};

/// All final messages of a run together, in one message of the protocol.
const ROOM: usize = synod_proto::MAX_MESSAGE / 4;

impl Context {
    /// Puts the final messages of a run's ended attempts into it. A command line has none: its output is what it is.
    pub(super) async fn with_final_texts(
        &self,
        parts: &RunParts,
        mut run: v1::Run,
    ) -> Result<v1::Run, Status> {
        if matches!(parts.run.value.work, Work::Command) {
            return Ok(run);
        }
        let wanted: Vec<(Attempt, Adapter)> = parts
            .attempts
            .iter()
            .map(|stamped| &stamped.value)
            .filter(|attempt| attempt.state.is_terminal())
            .filter_map(|attempt| {
                let mut executions = parts.executions.iter().map(|stamped| &stamped.value);
                let execution = executions.find(|one| one.id == attempt.execution)?;
                Some((attempt.clone(), execution.agent.adapter))
            })
            .collect();
        let launcher = Arc::clone(&self.launcher);
        let mut texts = tokio::task::spawn_blocking(move || {
            let text = |(attempt, adapter): (Attempt, Adapter)| {
                let length = attempt.end.as_ref().map_or(0, |end| end.output_bytes);
                // It moves from one to the other, never back.
                let text = [launcher.live_dir(&attempt), launcher.archived_dir(&attempt)]
                    .iter()
                    .find_map(|dir| read(dir, adapter, length));
                text.map(|text| (attempt.id.to_string(), text))
            };
            wanted
                .into_iter()
                .filter_map(text)
                .collect::<std::collections::HashMap<String, Text>>()
        })
        .await
        .map_err(|_| status::ended())?;
        let mut room = ROOM;
        for attempt in run.executions.iter_mut().flat_map(|one| &mut one.attempts) {
            let Some(mut text) = texts.remove(&attempt.id) else {
                continue;
            };
            let end = text.beginning.floor_char_boundary(room);
            text.beginning.truncate(end);
            room -= end;
            attempt.final_text_bytes = Some(text.length);
            attempt.final_text = Some(text.beginning);
        }
        Ok(run)
    }
}

/// A final message: its beginning, as much as could ever be told, and its whole length in bytes.
struct Text {
    beginning: String,
    length: u64,
}

/// None if there is no final message, or nothing to read it from.
fn read(dir: &RunDir, adapter: Adapter, length: u64) -> Option<Text> {
    use std::io::Read as _;
    let file = std::fs::File::open(dir.stdout()).ok()?;
    if adapter.is_structured() {
        let text = Reading::final_text(dir, adapter, length).ok()??;
        return Some(Text {
            length: text.len() as u64,
            beginning: text,
        });
    }
    let mut bytes = Vec::new();
    file.take(length.min(ROOM as u64))
        .read_to_end(&mut bytes)
        .ok()?;
    Some(Text {
        beginning: String::from_utf8_lossy(&bytes).into_owned(),
        length,
    })
}
