//! `init`: looks for the CLIs that Synod knows and writes a configuration with those that are there.
//!
//! What the file says is the daemon's to know. An existing file is never changed, only replaced with `--force`, and
//! then kept beside.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use synod_proto::v1::{ProbeAgentsRequest, ProbeAgentsResponse};

use super::{
    app::{App, look_of_answers},
    args::InitArgs,
};
use crate::{
    exit::Exit,
    failure::Failure,
    intent,
    output::{self, Form},
    render::probes as render,
};

/// Kept files beside the configuration that are looked through for a free name.
const BACKUPS: u32 = 1000;

/// See the module.
pub async fn init(app: &App, args: InitArgs) -> Result<Exit, Failure> {
    app.note("looking for agents; each may take some seconds to tell its version");
    let request = ProbeAgentsRequest {
        env: intent::environment(),
        scope: "clis".to_owned(),
        versions: true,
        ..ProbeAgentsRequest::default()
    };
    let mut session = app.session().await?;
    let found = session
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.probe_agents(request).await }
        })
        .await?;
    if args.print {
        return print(app, &found);
    }
    let file = PathBuf::from(&found.config_file);
    let done = if args.force {
        replace(&file, &found.starter)?
    } else {
        write_new(&file, &found.starter)?
    };
    match app.form {
        Form::Json => output::object(&found)?,
        Form::Text => output::line(&said(&found, &file, &done))?,
    }
    Ok(Exit::Success)
}

fn print(app: &App, found: &ProbeAgentsResponse) -> Result<Exit, Failure> {
    match app.form {
        Form::Json => output::object(found)?,
        Form::Text => output::line(&found.starter)?,
    }
    Ok(Exit::Success)
}

/// What became of the file.
enum Done {
    Written,
    Replaced { kept: PathBuf },
    LeftAlone,
}

fn said(found: &ProbeAgentsResponse, file: &Path, done: &Done) -> String {
    let clis = render::clis(found, &look_of_answers());
    let file = file.display();
    let nobody = found.probes.iter().all(|probe| probe.path.is_empty());
    let next = if nobody {
        "next: install one of them and say `synod init --force`; the three reviewers by rules work without: \
         `synod gate run clarify --spec PATH`"
    } else {
        "next: `synod doctor`, then `synod gate run clarify --spec PATH --roster all`"
    };
    match done {
        Done::Written => format!("{clis}\n\nwrote {file}\n{next}"),
        Done::Replaced { kept } => {
            let kept = kept.display();
            format!("{clis}\n\nwrote {file}; the one before is kept as {kept}\n{next}")
        }
        Done::LeftAlone => format!(
            "{clis}\n\n{file} is there and was left alone. `synod init` would have written this; take from it \
             what you want, or say `synod init --force`, which keeps the old one beside:\n\n{}",
            found.starter
        ),
    }
}

fn write_new(file: &Path, text: &str) -> Result<Done, Failure> {
    make_folder(file)?;
    match create(file, text) {
        Ok(()) => Ok(Done::Written),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Done::LeftAlone),
        Err(error) => Err(cannot("write", file, &error)),
    }
}

fn replace(file: &Path, text: &str) -> Result<Done, Failure> {
    make_folder(file)?;
    let kept = match fs::symlink_metadata(file) {
        Ok(_) => Some(keep(file)?),
        Err(_) => None,
    };
    let fresh = file.with_extension("toml.new");
    // Left by one that was interrupted.
    if let Err(error) = fs::remove_file(&fresh)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(cannot("replace", &fresh, &error));
    }
    create(&fresh, text)
        .and_then(|()| fs::rename(&fresh, file))
        .map_err(|error| cannot("write", file, &error))?;
    Ok(kept.map_or(Done::Written, |kept| Done::Replaced { kept }))
}

/// A second name for the file as it is: at no moment is there none.
fn keep(file: &Path) -> Result<PathBuf, Failure> {
    for number in 1..=BACKUPS {
        let kept = file.with_extension(format!("toml.old-{number}"));
        match fs::hard_link(file, &kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot("keep a copy of", file, &error)),
        }
    }
    Err(Failure::Input(format!(
        "{} has {BACKUPS} kept files beside it; remove some",
        file.display()
    )))
}

fn make_folder(file: &Path) -> Result<(), Failure> {
    let Some(folder) = file.parent() else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| cannot("make the folder", folder, &error))
}

fn create(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Input(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_configuration_is_left_alone_unless_forced_and_then_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("synod/config.toml");
        assert!(matches!(write_new(&file, "a").unwrap(), Done::Written));
        assert!(matches!(write_new(&file, "b").unwrap(), Done::LeftAlone));
        assert_eq!(fs::read_to_string(&file).unwrap(), "a");
        for (text, number) in [("b", 1), ("c", 2)] {
            let before = fs::read_to_string(&file).unwrap();
            let Done::Replaced { kept } = replace(&file, text).unwrap() else {
                panic!("expected a kept file");
            };
            assert!(kept.ends_with(format!("config.toml.old-{number}")));
            assert_eq!(fs::read_to_string(kept).unwrap(), before);
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}
