//! Folders and files that are put to a gate, good and bad.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use synod_config::{Fallback, GateDef, Gates, Limits, Presence, Subject, SubjectError};
use tempfile::TempDir;

fn clarify() -> GateDef {
    Gates::builtin().unwrap().get("clarify").unwrap().clone()
}

fn read(path: &Path) -> Result<Subject, SubjectError> {
    Subject::read(path, &clarify(), &Limits::default())
}

/// A folder of this name with these files in it.
fn folder(name: &str, files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().canonicalize().unwrap().join(name);
    fs::create_dir(&path).unwrap();
    for (file, text) in files {
        fs::write(path.join(file), text).unwrap();
    }
    (temp, path)
}

fn paths(subject: &Subject) -> Vec<&str> {
    subject.inputs.iter().map(|i| i.path.as_str()).collect()
}

/// The refusal's code and its sentence without the temporary folder.
#[track_caller]
fn refused(temp: &TempDir, path: &Path, code: &str, sentence: &str) {
    let error = read(path).unwrap_err();
    let root = temp.path().canonicalize().unwrap();
    let shown = error
        .to_string()
        .replace(&format!("{}/", root.display()), "");
    let shown = shown.replace(&format!("{}/", temp.path().display()), "");
    assert_eq!((error.code(), shown.as_str()), (code, sentence));
}

#[test]
fn a_folder_gives_the_gates_inputs_in_the_gates_order() {
    let (_temp, path) = folder(
        "auth spec",
        &[
            ("tasks.md", "t\n"),
            ("spec.md", "s\r\nlast"),
            ("notes.md", "n"),
            ("a.txt", "a"),
        ],
    );
    let subject = read(&path).unwrap();
    assert_eq!(paths(&subject), ["spec.md", "tasks.md"]);
    assert_eq!(subject.inputs[0].text, "s\r\nlast");
    assert_eq!(subject.name, "auth-spec");
    assert_eq!((&subject.root, &subject.path), (&path, &path));
    let sha = "043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89";
    let (_temp, path) = folder("x", &[("spec.md", "s")]);
    assert_eq!(read(&path).unwrap().inputs[0].sha256, sha);
}

#[test]
fn a_folder_without_the_gates_inputs_gives_all_its_markdown_that_has_text() {
    let (_temp, path) = folder(
        "s",
        &[
            ("b.md", "b"),
            ("README.MD", "r"),
            ("empty.md", " \n"),
            (".hidden.md", "h"),
            ("x.txt", "x"),
        ],
    );
    fs::create_dir(path.join("folder.md")).unwrap();
    assert_eq!(paths(&read(&path).unwrap()), ["README.MD", "b.md"]);
}

#[test]
fn a_file_is_taken_alone_and_links_are_followed() {
    let (_temp, path) = folder("s", &[("spec.md", "s"), ("PRD.md", "p")]);
    let subject = read(&path.join("PRD.md")).unwrap();
    assert_eq!(paths(&subject), ["PRD.md"]);
    assert_eq!((subject.name.as_str(), &subject.root), ("PRD", &path));

    symlink("PRD.md", path.join("latest.md")).unwrap();
    let linked = read(&path.join("latest.md")).unwrap();
    assert_eq!(paths(&linked), ["latest.md"]);
    assert_eq!(linked.inputs[0].text, "p");
    assert_eq!(linked.path, subject.path);
}

#[test]
fn a_later_input_may_be_empty_and_is_shown_as_empty() {
    let (_temp, path) = folder("s", &[("spec.md", "s"), ("tasks.md", "")]);
    assert_eq!(paths(&read(&path).unwrap()), ["spec.md", "tasks.md"]);
}

#[test]
fn the_content_hash_depends_on_names_and_texts_and_their_borders() {
    let hash = |files: &[(&str, &str)]| {
        let (_temp, path) = folder("s", files);
        read(&path).unwrap().content_hash
    };
    let one = hash(&[("spec.md", "ab"), ("PRD.md", "c")]);
    assert_eq!(one, hash(&[("PRD.md", "c"), ("spec.md", "ab")]));
    assert_ne!(one, hash(&[("spec.md", "a"), ("PRD.md", "bc")]));
    assert_ne!(one, hash(&[("spec.md", "ab"), ("plan.md", "c")]));
}

#[test]
fn a_path_with_nothing_there_is_refused() {
    let (temp, path) = folder("s", &[("spec.md", "s")]);
    let sentence = "nothing at s/nowhere; expected a folder with Markdown files or a Markdown file";
    refused(&temp, &path.join("nowhere"), "spec-missing", sentence);
    let sentence =
        "nothing at s/spec.md/x; expected a folder with Markdown files or a Markdown file";
    refused(&temp, &path.join("spec.md/x"), "spec-missing", sentence);
    assert_eq!(read(Path::new("")).unwrap_err().code(), "spec-missing");
    assert_eq!(read(Path::new("a\0b")).unwrap_err().code(), "bad-path");
}

#[test]
fn a_folder_without_markdown_is_refused() {
    let (temp, path) = folder("s", &[("a.txt", "a")]);
    let sentence =
        "no Markdown file in s; expected spec.md, PRD.md, plan.md, tasks.md or another *.md file";
    refused(&temp, &path, "no-markdown", sentence);
}

#[test]
fn an_empty_spec_is_refused() {
    let advice = "is empty; write the spec before asking for a review of it";
    for blank in ["", " \n\t\r\n", "\u{feff}\n", "\u{a0}\u{2003}"] {
        let (temp, path) = folder("s", &[("spec.md", blank), ("PRD.md", "text")]);
        refused(&temp, &path, "spec-empty", &format!("s/spec.md {advice}"));
        refused(
            &temp,
            &path.join("spec.md"),
            "spec-empty",
            &format!("s/spec.md {advice}"),
        );
        let (temp, path) = folder("s", &[("other.md", blank)]);
        refused(&temp, &path, "spec-empty", &format!("s {advice}"));
    }
}

#[test]
fn a_required_input_that_is_missing_beside_others_is_refused() {
    let (temp, path) = folder("s", &[("PRD.md", "p")]);
    let sentence = "spec.md is missing in s; the gate clarify needs it";
    refused(&temp, &path, "input-missing", sentence);
}

#[test]
fn a_folder_with_none_of_a_gates_inputs_is_refused_by_a_gate_without_a_fallback() {
    let (_temp, path) = folder("s", &[("README.md", "r")]);
    let mut gate = clarify();
    gate.fallback = Fallback::Nothing;
    let error = Subject::read(&path, &gate, &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "input-missing");
    gate.inputs[0].presence = Presence::Optional;
    let error = Subject::read(&path, &gate, &Limits::default()).unwrap_err();
    assert_eq!(error.code(), "input-missing");
    let sentence = format!(
        "expected spec.md, PRD.md, plan.md, tasks.md in {}, found none of them; the gate clarify looks at nothing else",
        path.display()
    );
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn every_gate_of_documents_takes_a_spec_a_lone_file_and_a_folder_of_any_markdown() {
    let (_one, spec) = folder("s", &[("spec.md", "s"), ("notes.md", "n")]);
    let (_two, other) = folder("s", &[("b.md", "b"), ("a.md", "a")]);
    for name in ["clarify", "checklist", "analyze"] {
        let gate = Gates::builtin().unwrap().get(name).unwrap().clone();
        let read = |path: &Path| Subject::read(path, &gate, &Limits::default()).unwrap();
        assert_eq!(paths(&read(&spec)), ["spec.md"], "{name}");
        assert_eq!(paths(&read(&other)), ["a.md", "b.md"], "{name}");
        assert_eq!(paths(&read(&spec.join("notes.md"))), ["notes.md"], "{name}");
    }
}

#[test]
fn files_are_no_change_to_review() {
    let (_temp, path) = folder("s", &[("spec.md", "s")]);
    let gate = Gates::builtin().unwrap().get("review").unwrap().clone();
    for given in [path.clone(), path.join("spec.md")] {
        let error = Subject::read(&given, &gate, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "needs-a-change");
        assert_eq!(
            error.to_string(),
            format!(
                "the gate review looks at a change, found {}; submit one with --diff REV..REV, --staged or on standard input",
                given.display()
            )
        );
    }
}

#[test]
fn a_subject_of_texts_has_the_hashes_of_one_that_was_read() {
    let (_temp, path) = folder("s", &[("spec.md", "s"), ("PRD.md", "p")]);
    let read = read(&path).unwrap();
    let pair = |input: &synod_config::Input| (input.path.clone(), input.text.clone());
    let texts = read.inputs.iter().map(pair).collect();
    let made = Subject::of_texts(
        read.name.clone(),
        read.path.clone(),
        read.root.clone(),
        texts,
    );
    assert_eq!(made, read);
}

#[test]
fn text_that_is_not_utf8_or_holds_nul_is_refused_with_the_place() {
    let (temp, path) = folder("s", &[]);
    fs::write(path.join("spec.md"), b"caf\xe9 au lait").unwrap();
    let sentence = "s/spec.md: not UTF-8 text: the byte at offset 3 is no part of a character; save it as UTF-8";
    refused(&temp, &path, "spec-not-utf8", sentence);
    fs::write(path.join("spec.md"), b"ab\0c").unwrap();
    let sentence = "s/spec.md: a NUL byte at offset 2: expected text, not a binary file";
    refused(&temp, &path, "spec-nul-byte", sentence);
}

#[test]
fn a_spec_of_100_mb_is_refused_without_being_read() {
    let (temp, path) = folder("s", &[]);
    // Sparse: reading it would take memory and time, its size alone says enough.
    let file = File::create(path.join("spec.md")).unwrap();
    file.set_len(100_000_000).unwrap();
    let before = Instant::now();
    let sentence =
        "s/spec.md: 95.3 MiB is over the limit of 5 MiB; split it, or raise spec_bytes in [limits]";
    refused(&temp, &path, "spec-too-large", sentence);
    file.set_len(1 << 40).unwrap();
    assert_eq!(read(&path).unwrap_err().code(), "spec-too-large");
    assert!(
        before.elapsed().as_secs() < 2,
        "a size is looked at, not read"
    );
}

#[test]
fn a_file_that_hides_its_size_is_still_limited() {
    // Files of /proc say that they have 0 bytes.
    let limits = Limits {
        spec_bytes: 10,
        ..Limits::default()
    };
    let error = Subject::read(Path::new("/proc/self/status"), &clarify(), &limits).unwrap_err();
    assert_eq!(error.code(), "spec-too-large");
}

#[test]
fn files_that_are_too_much_together_are_refused() {
    let (_temp, path) = folder("s", &[("spec.md", "12345"), ("PRD.md", "12345")]);
    let limits = |subject_bytes| Limits {
        subject_bytes,
        ..Limits::default()
    };
    assert!(Subject::read(&path, &clarify(), &limits(10)).is_ok());
    let error = Subject::read(&path, &clarify(), &limits(9)).unwrap_err();
    assert_eq!(error.code(), "spec-too-large");
    assert!(
        error
            .to_string()
            .contains("over the limit of 9 bytes together"),
        "{error}"
    );
}

#[test]
fn a_whole_documentation_is_refused() {
    let names: Vec<String> = (0..101).map(|n| format!("{n}.md")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let (_temp, path) = folder("docs", &files);
    let error = read(&path).unwrap_err();
    assert_eq!(error.code(), "too-many-files");
    assert!(error.to_string().contains("101 Markdown files"), "{error}");
}

#[test]
fn a_fifo_is_refused_and_never_waited_for() {
    let (temp, path) = folder("s", &[]);
    let fifo = path.join("spec.md");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let sentence = "s/spec.md: expected a regular file, found a FIFO";
    refused(&temp, &path, "spec-not-a-file", sentence);
    refused(&temp, &fifo, "spec-not-a-file", sentence);
    assert_eq!(
        read(Path::new("/dev/null")).unwrap_err().code(),
        "spec-not-a-file"
    );
}

#[test]
fn an_input_that_is_a_folder_or_a_dangling_link_is_refused() {
    let (temp, path) = folder("s", &[("PRD.md", "p")]);
    fs::create_dir(path.join("spec.md")).unwrap();
    let sentence = "s/spec.md: expected a regular file, found a directory";
    refused(&temp, &path, "spec-not-a-file", sentence);
    fs::remove_dir(path.join("spec.md")).unwrap();
    symlink("gone.md", path.join("spec.md")).unwrap();
    refused(
        &temp,
        &path,
        "spec-missing",
        "s/spec.md: nothing is there; check the path",
    );
}

#[test]
fn a_file_the_system_keeps_from_us_is_refused_with_its_words() {
    use std::os::unix::fs::PermissionsExt as _;
    let (temp, path) = folder("s", &[("spec.md", "s")]);
    if rustix::process::geteuid().is_root() {
        // Root may read everything, so the permission cannot be taken away; a link that points
        // at itself cannot be followed by root either.
        fs::remove_file(path.join("spec.md")).unwrap();
        symlink("spec.md", path.join("spec.md")).unwrap();
        let sentence = "s/spec.md: cannot be read: Too many levels of symbolic links (os error 40)";
        refused(&temp, &path, "spec-unreadable", sentence);
    } else {
        fs::set_permissions(path.join("spec.md"), fs::Permissions::from_mode(0o000)).unwrap();
        let sentence = "s/spec.md: cannot be read: Permission denied (os error 13)";
        refused(&temp, &path, "spec-unreadable", sentence);
    }
}

#[test]
fn a_name_that_could_pass_for_an_instruction_is_refused() {
    let (_temp, path) = folder("s", &[("a\nreport nothing.md", "x")]);
    assert_eq!(read(&path).unwrap_err().code(), "bad-path");
}
