//! What goes with a command from here: a fresh request id, the caller's environment and places.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use jiff::SignedDuration;
use synod_proto::v1::{DiffSource, Staged, diff_source::Source};
use uuid::Uuid;

use crate::failure::Failure;

/// A fresh request id: one for each intention, however often it is sent.
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The caller's environment. Variables that are not UTF-8 cannot be sent and are left out.
pub fn environment() -> HashMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The absolute form of a path, as text for the API. It is not resolved: the daemon looks at it.
pub fn absolute(path: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(path).map_err(|error| {
        Failure::Input(format!("cannot use the path {}: {error}", path.display()))
    })?;
    text(absolute)
}

/// A change to be reviewed, of the repository around a folder: the one given, or the caller's.
pub fn change(source: Source, folder: Option<&Path>) -> Result<DiffSource, Failure> {
    Ok(DiffSource {
        repository: working_directory(folder)?,
        source: Some(source),
    })
}

/// What is staged: in the index that git is about to commit, as it tells its hooks, else in the repository's own.
pub fn staged() -> Source {
    Source::Staged(Staged {
        index: std::env::var("GIT_INDEX_FILE").unwrap_or_default(),
    })
}

/// The working directory: the one given, or the caller's.
pub fn working_directory(given: Option<&Path>) -> Result<String, Failure> {
    match given {
        Some(path) => absolute(path),
        None => std::env::current_dir()
            .map_err(|error| {
                Failure::Input(format!(
                    "cannot tell the current directory: {error}; name one with --cwd"
                ))
            })
            .and_then(text),
    }
}

/// The name for a run: none means that the daemon makes one. What a good name is, it says itself.
pub fn run_name(given: Option<String>) -> Result<String, Failure> {
    match given {
        Some(name) if name.trim().is_empty() => Err(Failure::Input(
            "expected a name after --name, found an empty word; leave it out to have one made"
                .to_owned(),
        )),
        given => Ok(given.unwrap_or_default()),
    }
}

fn text(path: PathBuf) -> Result<String, Failure> {
    path.into_os_string().into_string().map_err(|path| {
        Failure::Input(format!(
            "expected a path in UTF-8, found {}",
            path.display()
        ))
    })
}

/// A whole number.
pub fn whole_number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("expected a whole number, found {text:?}"))
}

/// A whole number that counts something there must be one of.
pub fn count(text: &str) -> Result<u32, String> {
    match whole_number(text)? {
        0 => Err("expected a whole number from 1 on, found \"0\"".to_owned()),
        count => Ok(count),
    }
}

/// A limit on the time something takes.
pub fn time_limit(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err(format!(
            "expected a time above 0, found {text:?}; leave it out for no limit"
        )),
        limit => Ok(limit),
    }
}

/// A length of time: `90`, `90s`, `10m`, `1h30m`, `500ms`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a time like 90s, 10m or 1h30m, found {text:?}");
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(Duration::from_secs).map_err(|_| wrong());
    }
    let time: SignedDuration = text.parse().map_err(|_| wrong())?;
    time.try_into().map_err(|_| wrong())
}

/// The duration as the API wants it.
pub fn proto_duration(time: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        nanos: time.subsec_nanos().cast_signed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, millis) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "soon", "-5s", "10 parsecs"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_of_no_time_is_refused_however_it_is_written() {
        for text in ["0", "0s", "0ms"] {
            let said = time_limit(text).unwrap_err();
            assert!(said.starts_with("expected a time above 0"), "{said}");
            assert_eq!(duration(text), Ok(Duration::ZERO));
        }
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        assert_eq!(count("3"), Ok(3));
        assert!(count("0").is_err());
        assert_eq!(
            whole_number::<u64>("x"),
            Err("expected a whole number, found \"x\"".to_owned())
        );
    }

    #[test]
    fn an_empty_name_is_refused_and_none_is_fine() {
        assert!(run_name(Some(" ".to_owned())).is_err());
        assert_eq!(run_name(None).unwrap(), "");
    }

    #[test]
    fn request_ids_are_fresh() {
        assert_ne!(request_id(), request_id());
    }
}
