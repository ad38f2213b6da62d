//! What is put to gates.

use std::path::PathBuf;

use synod_proto::v1::{
    DiffSource, SpawnQualityGateRequest, SpawnQualityGateResponse, diff_source::Source,
};

use crate::{
    failure::Failure,
    intent,
    link::Session,
    tui::msg::{Force, STAGED, Subject},
};

/// What is put to any gate.
pub fn request(
    subject: &Subject,
    roster: &[String],
    force: Force,
) -> Result<SpawnQualityGateRequest, Failure> {
    let (subject, diff, cwd) = match subject {
        // The agents work in its folder.
        Subject::Spec(path) => (intent::absolute(&expanded(path))?, None, String::new()),
        Subject::Change(typed) => (
            String::new(),
            Some(change(typed)?),
            intent::working_directory(None)?,
        ),
    };
    Ok(SpawnQualityGateRequest {
        subject,
        diff,
        cwd,
        roster: roster.to_vec(),
        force: force == Force::Another,
        env: intent::environment(),
        ..SpawnQualityGateRequest::default()
    })
}

/// A change in the repository that the terminal is in. What revisions are is the daemon's to say.
fn change(typed: &str) -> Result<DiffSource, Failure> {
    let source = match typed.trim() {
        STAGED => intent::staged(),
        range => Source::Range(range.to_owned()),
    };
    intent::change(source, None)
}

/// Submits it; that there is nothing to review is no run, and a sentence.
pub async fn submit(
    session: &mut Session,
    request: &SpawnQualityGateRequest,
) -> Result<SpawnQualityGateResponse, Failure> {
    let answer = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.spawn_quality_gate(request).await }
        })
        .await?;
    if answer.nothing.is_empty() {
        Ok(answer)
    } else {
        Err(Failure::Input(answer.nothing))
    }
}

/// A path as typed, `~/` being the home directory.
pub fn expanded(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        (Some(_), None) | (None, _) => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_revisions_or_what_is_staged_and_is_no_subject() {
        let source = |typed: &str| {
            let change = Subject::Change(typed.to_owned());
            let request = request(&change, &[], Force::Attach).unwrap();
            assert_eq!(request.subject, "");
            let here = std::env::current_dir().unwrap();
            let diff = request.diff.unwrap();
            assert_eq!(diff.repository, here.to_str().unwrap());
            diff.source.unwrap()
        };
        assert_eq!(source(" main..x "), Source::Range("main..x".to_owned()));
        assert!(matches!(source("staged"), Source::Staged(_)));
        let spec = Subject::Spec("/specs/checkout".to_owned());
        let request = request(&spec, &[], Force::Another).unwrap();
        assert_eq!(request.subject, "/specs/checkout");
        assert!(request.diff.is_none() && request.force);
    }
}
