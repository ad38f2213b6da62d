//! An agent that plays a recording: what is started, and how what it prints is read.

use std::{fs::File, io::BufReader, path::Path};

use synod_adapters::Adapter;
use synod_config::Recording;
use synod_shared::recording::{Header, RecordingError};

use super::SubmitError;

/// The command line, and the adapter of the agent that was recorded.
pub fn replay(
    synodd: &Path,
    agent: &str,
    recording: &Recording,
) -> Result<(Vec<String>, Adapter), SubmitError> {
    let wrong = |source| SubmitError::Recording {
        agent: agent.to_owned(),
        path: recording.path.clone(),
        source,
    };
    let header = File::open(&recording.path)
        .map_err(RecordingError::from)
        .and_then(|file| Header::read(&mut BufReader::new(file)))
        .map_err(wrong)?;
    let adapter = header
        .adapter
        .parse()
        .map_err(|error: synod_adapters::UnknownAdapter| {
            wrong(RecordingError::Header(error.to_string()))
        })?;
    let argv = vec![
        synodd.to_string_lossy().into_owned(),
        "replay".to_owned(),
        recording.path.to_string_lossy().into_owned(),
        "--speed".to_owned(),
        recording.speed.to_string(),
    ];
    Ok((argv, adapter))
}
