//! `gate new`: the files of a gate of one's own, made from one there is. Nothing that is there is overwritten.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use synod_proto::v1::{GetGateStarterRequest, GetGateStarterResponse};

use super::{app::App, args::GateNewArgs, keep};
use crate::{exit::Exit, failure::Failure, intent, output, output::Form, render::clean};

/// See the module.
pub async fn gate_new(app: &App, args: GateNewArgs) -> Result<Exit, Failure> {
    let request = GetGateStarterRequest {
        name: args.name,
        from: args.from.unwrap_or_default(),
        cwd: intent::working_directory(None)?,
        user_wide: args.user,
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.get_gate_starter(request).await }
        })
        .await?;
    let written = write(&answer)?;
    match app.form {
        Form::Json => output::object(&answer)?,
        Form::Text => {
            for path in &written {
                output::line(&format!("wrote {}", clean(&path.display().to_string())))?;
            }
        }
    }
    let name = clean(&request.name);
    app.note(&format!(
        "`synod gate check` says what is wrong with it, `synod gate run {name} --spec PATH` runs it"
    ));
    Ok(Exit::Success)
}

/// Writes all files into their folder; none if one of them is there.
fn write(answer: &GetGateStarterResponse) -> Result<Vec<PathBuf>, Failure> {
    let folder = Path::new(&answer.folder);
    if !folder.is_absolute() {
        return Err(Failure::Protocol(format!(
            "expected an absolute folder for the new gate, the daemon named {:?}",
            answer.folder
        )));
    }
    let mut paths = Vec::new();
    for file in &answer.files {
        let name = Path::new(&file.name);
        let mut pieces = name.components();
        let (Some(Component::Normal(_)), None) = (pieces.next(), pieces.next()) else {
            return Err(Failure::Protocol(format!(
                "expected a file's name, the daemon named {:?}",
                file.name
            )));
        };
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(Failure::Input(format!(
                "{} is there already; nothing was written. Take another name, or remove it first",
                path.display()
            )));
        }
        paths.push(path);
    }
    fs::create_dir_all(folder)
        .map_err(|error| Failure::Input(format!("cannot make {}: {error}", folder.display())))?;
    for (path, file) in paths.iter().zip(&answer.files) {
        keep::new(path, file.text.as_bytes())?;
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use synod_proto::v1::StarterFile;

    use super::*;

    fn starter(folder: &Path, names: &[&str]) -> GetGateStarterResponse {
        GetGateStarterResponse {
            folder: folder.to_str().unwrap().into(),
            files: names
                .iter()
                .map(|&name| StarterFile {
                    name: name.into(),
                    text: "text".into(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_new_gate_is_written_into_a_folder_made_for_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(".synod/gates");
        let written = write(&starter(&folder, &["style.toml", "style.md.j2"])).unwrap();
        assert_eq!(
            written,
            [folder.join("style.toml"), folder.join("style.md.j2")]
        );
        assert_eq!(fs::read(folder.join("style.toml")).unwrap(), b"text");
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_half_written() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("style.md.j2"), "mine").unwrap();
        assert!(write(&starter(root.path(), &["style.toml", "style.md.j2"])).is_err());
        assert!(!root.path().join("style.toml").exists());
        assert_eq!(fs::read(root.path().join("style.md.j2")).unwrap(), b"mine");
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let root = tempfile::tempdir().unwrap();
        for name in ["../style.toml", "/tmp/x", "a/b", ""] {
            assert!(write(&starter(root.path(), &[name])).is_err(), "{name}");
        }
    }
}
