//! Gates of one's own: where they are found, which one counts, and what is said of broken ones.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use synod_config::{
    Agents, GateDef, GateDir, GateOrigin, GateSource, Gates, check_file, check_folder,
    repository_gates, user_gates,
};
use tempfile::TempDir;

use super::material::builtin;

const TEMPLATE: &str = "{% for input in inputs %}{{ input.fenced }}{% endfor %}";
const SCHEMA: &str = r#"{"required": ["findings"]}"#;

fn toml(name: &str) -> String {
    format!(
        "[gate]\nname = \"{name}\"\nversion = 7\nroster = [\"alice\"]\n\
         inputs = [{{ path = \"spec.md\" }}]\nprompt = \"t.j2\"\nschema = \"s.json\"\n"
    )
}

/// A folder of gates with these files, and a template and a schema.
fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().canonicalize().unwrap().join("gates");
    fs::create_dir(&path).unwrap();
    for (name, text) in files
        .iter()
        .chain(&[("t.j2", TEMPLATE), ("s.json", SCHEMA)])
    {
        fs::write(path.join(name), text).unwrap();
    }
    (temp, path)
}

fn dir(origin: GateOrigin, path: &Path) -> GateDir {
    GateDir {
        origin,
        path: path.to_owned(),
    }
}

fn load(path: &Path) -> Gates {
    Gates::load(&[dir(GateOrigin::User, path)]).unwrap()
}

#[test]
fn a_later_gate_takes_the_place_of_an_earlier_one_and_says_so() {
    let (_one, user) = folder(&[
        ("clarify.toml", &toml("clarify")),
        ("own.toml", &toml("own")),
    ]);
    let (_two, repository) = folder(&[("other-name.toml", &toml("clarify"))]);
    let gates = Gates::load(&[
        dir(GateOrigin::User, &user),
        dir(GateOrigin::Repository, &repository),
    ])
    .unwrap();
    let names: Vec<&str> = gates.all().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["analyze", "checklist", "clarify", "own", "review"]);
    let clarify = gates.found("clarify").unwrap();
    assert_eq!(clarify.origin, GateOrigin::Repository);
    assert_eq!(clarify.file, repository.join("other-name.toml"));
    assert_eq!(
        clarify.hides,
        [
            (GateOrigin::User, user.join("clarify.toml")),
            (GateOrigin::Builtin, PathBuf::from("clarify.toml")),
        ]
    );
    assert_eq!(gates.get("clarify").unwrap().version, 7);
    assert_eq!(gates.found("own").unwrap().origin, GateOrigin::User);
    assert_eq!(gates.found("review").unwrap().origin, GateOrigin::Builtin);
}

#[test]
fn a_folder_that_is_not_there_has_no_gates() {
    let gates = Gates::load(&[user_gates(Path::new("/nowhere/at/all"))]).unwrap();
    assert_eq!(gates.all().count(), 4);
    assert!(gates.unusable().is_empty());
}

#[test]
fn a_broken_gate_takes_no_other_away_and_is_refused_when_it_is_used() {
    let broken = toml("clarify").replace("version = 7", "version = 7\nqourum = 2");
    let (_temp, path) = folder(&[
        ("a.toml", &broken),
        ("b.toml", "not toml"),
        ("c.toml", &toml("c")),
    ]);
    let gates = load(&path);
    gates.get("c").unwrap();
    gates.get("analyze").unwrap();
    let error = gates.get("b").unwrap_err();
    assert_eq!(error.code(), "not-toml");
    // The built-in of this name is not run in its place.
    let error = gates.get("clarify").unwrap_err();
    assert_eq!(error.code(), "unknown-key");
    let start = format!(
        "{}:4: unknown key \"qourum\" in [gate]; did you mean \"quorum\"?",
        path.join("a.toml").display()
    );
    assert!(error.to_string().starts_with(&start), "{error}");
    assert_eq!(error.problems()[0].line, 4);
}

#[test]
fn two_files_of_one_name_refuse_each_other() {
    let (_temp, path) = folder(&[("a.toml", &toml("x")), ("b.toml", &toml("x"))]);
    let error = load(&path).get("x").unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{0}/a.toml and {0}/b.toml both define the gate \"x\"; give one of them another name",
            path.display()
        )
    );
}

#[test]
fn an_edit_holds_at_the_next_load() {
    let (_temp, path) = folder(&[("x.toml", &toml("x"))]);
    let before = load(&path).get("x").unwrap().content_hash();
    fs::write(path.join("t.j2"), format!("Look: {TEMPLATE}")).unwrap();
    let after = load(&path).get("x").unwrap().clone();
    assert_ne!(before, after.content_hash());
    assert_eq!(after.prompt.text, format!("Look: {TEMPLATE}"));
}

#[test]
fn the_hash_of_a_gate_is_that_of_what_it_names_and_of_nothing_else() {
    let (_temp, path) = folder(&[("x.toml", &toml("x"))]);
    let hash = || load(&path).get("x").unwrap().content_hash();
    let before = hash();
    fs::write(path.join("unrelated.json"), "{}").unwrap();
    assert_eq!(before, hash());
    let (_temp, elsewhere) = folder(&[("x.toml", &toml("x"))]);
    assert_eq!(before, load(&elsewhere).get("x").unwrap().content_hash());
    fs::write(path.join("x.toml"), toml("x") + "# a comment\n").unwrap();
    assert_ne!(before, hash());
}

/// What a run keeps is enough to read its gate again when the files are gone.
#[test]
fn a_gate_is_read_again_from_what_was_kept_of_it() {
    let (temp, path) = folder(&[("x.toml", &toml("x"))]);
    let gate = load(&path).get("x").unwrap().clone();
    let kept = serde_json::to_string(gate.source()).unwrap();
    drop(temp);
    let source: GateSource = serde_json::from_str(&kept).unwrap();
    let again = GateDef::parse(&source).unwrap();
    assert_eq!(again.content_hash(), gate.content_hash());
    assert_eq!(again.to_toml(), gate.to_toml());
    assert_eq!(again.prompt, gate.prompt);
    for name in ["clarify", "checklist", "analyze", "review"] {
        let gate = builtin(name);
        let kept = serde_json::to_string(gate.source()).unwrap();
        let again = GateDef::parse(&serde_json::from_str(&kept).unwrap()).unwrap();
        assert_eq!(again.source(), gate.source());
    }
}

#[test]
fn nothing_outside_its_folder_gets_into_a_gate() {
    let with = |name: &str| toml("x").replace("t.j2", name);
    let (temp, path) = folder(&[
        ("up.toml", &with("../secret.j2").replace("\"x\"", "\"up\"")),
        (
            "absolute.toml",
            &with("/etc/hostname").replace("\"x\"", "\"absolute\""),
        ),
        ("link.toml", &with("link.j2").replace("\"x\"", "\"link\"")),
        (
            "stays.toml",
            &with("stays.j2").replace("\"x\"", "\"stays\""),
        ),
    ]);
    let secret = temp.path().join("secret.j2");
    fs::write(&secret, TEMPLATE).unwrap();
    symlink(&secret, path.join("link.j2")).unwrap();
    symlink("t.j2", path.join("stays.j2")).unwrap();
    fs::write(temp.path().join("outside.toml"), toml("outside")).unwrap();
    symlink(temp.path().join("outside.toml"), path.join("outside.toml")).unwrap();
    let gates = load(&path);
    for name in ["up", "absolute", "link"] {
        let error = gates.get(name).unwrap_err();
        assert_eq!(error.code(), "bad-companion", "{error}");
        assert!(
            error
                .to_string()
                .contains(":6: cannot use the prompt template"),
            "{error}"
        );
        assert!(
            error
                .to_string()
                .ends_with("it lies outside the gate's folder; copy the file there")
        );
    }
    gates.get("stays").unwrap();
    let error = gates.get("outside").unwrap_err().to_string();
    assert!(
        error.contains("it lies outside the gate's folder"),
        "{error}"
    );
}

/// Every refusal of a file beside a gate, with its words.
#[test]
fn what_is_wrong_with_files_beside_a_gate_is_said_at_the_line_that_names_them() {
    let with = |name: &str, template: &str| toml(name).replace("t.j2", template);
    let (_temp, path) = folder(&[
        ("absent.toml", &with("absent", "tt.j2")),
        ("huge.toml", &with("huge", "huge.j2")),
        ("binary.toml", &with("binary", "binary.j2")),
        ("folder.toml", &with("folder", "sub")),
        ("broken.toml", &with("broken", "broken.j2")),
        (
            "schema.toml",
            &toml("schema").replace("s.json", "broken.j2"),
        ),
        ("hidden.toml", &with("hidden", "")),
    ]);
    let sparse = fs::File::create(path.join("huge.j2")).unwrap();
    sparse.set_len(2 << 20).unwrap();
    fs::write(path.join("binary.j2"), b"a\0b").unwrap();
    fs::create_dir(path.join("sub")).unwrap();
    fs::write(path.join("broken.j2"), "one\n{{ inputz }}").unwrap();
    let mut told = String::new();
    for one in check_folder(&path, Agents::Later).unwrap() {
        let error = one.gate.unwrap_err();
        let words = error
            .to_string()
            .replace(&format!("{}/", path.display()), "");
        writeln!(told, "{} [{}]\n{words}\n", one.name, error.code()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_check_knows_the_agents_where_a_submission_would() {
    let own = toml("x")
        .replace("version = 7", "version = 7\narbiter = \"alise\"")
        .replace("[\"alice\"]", "[\"alice\", { agent = \"bop\" }]");
    let (_temp, path) = folder(&[("x.toml", &own)]);
    let known: BTreeSet<String> = ["alice", "bob"].map(str::to_owned).into();
    let file = path.join("x.toml");
    let error = check_file(&file, Agents::Known(&known)).gate.unwrap_err();
    let words = error
        .to_string()
        .replace(&format!("{}/", path.display()), "");
    assert_eq!(
        words,
        "x.toml:4: unknown agent \"alise\" in [gate]; did you mean \"alice\"? known: alice, bob\n\
         x.toml:5: unknown agent \"bop\" in [gate]; did you mean \"bob\"? known: alice, bob"
    );
    check_file(&file, Agents::Later).gate.unwrap();
}

#[test]
fn a_check_of_nothing_says_that_nothing_is_there() {
    let (_temp, path) = folder(&[("x.toml", &toml("x"))]);
    let error = check_folder(&path.join("no"), Agents::Later).unwrap_err();
    assert_eq!(error.code(), "gates-unreadable");
    let checked = check_file(&path.join("y.toml"), Agents::Later);
    assert_eq!(checked.name, "y");
    assert_eq!(checked.gate.unwrap_err().code(), "not-found");
}

#[test]
fn a_checkpoint_runs_all_its_gates_or_none() {
    let at = |name: &str| toml(name).replace("version", "checkpoint = \"before-plan\"\nversion");
    let (_temp, path) = folder(&[("x.toml", &at("x"))]);
    let names = |gates: &Gates| -> Result<Vec<String>, &'static str> {
        let gates = gates
            .of_checkpoint("before-plan")
            .map_err(|error| error.code())?;
        Ok(gates.iter().map(|gate| gate.name.clone()).collect())
    };
    assert_eq!(names(&load(&path)).unwrap(), ["clarify", "x"]);
    // Broken, and of another checkpoint: none of its business.
    fs::write(
        path.join("y.toml"),
        at("y").replace("before-plan", "later") + "x = 1\n",
    )
    .unwrap();
    assert_eq!(names(&load(&path)).unwrap(), ["clarify", "x"]);
    fs::write(path.join("z.toml"), at("z") + "x = 1\n").unwrap();
    assert_eq!(names(&load(&path)), Err("unknown-key"));
    fs::write(path.join("z.toml"), "no toml").unwrap();
    assert_eq!(names(&load(&path)), Err("not-toml"));
    let error = Gates::builtin()
        .unwrap()
        .of_checkpoint("before-plans")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no gate has the checkpoint \"before-plans\"; did you mean \"before-plan\"? known checkpoints: after-plan, after-tasks, before-plan, before-push"
    );
}

#[test]
fn a_folder_of_gates_that_cannot_be_used_refuses_every_gate() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("gates");
    fs::write(&path, "a file").unwrap();
    let gates = load(&path);
    assert_eq!(gates.unusable().len(), 1);
    let error = gates.get("clarify").unwrap_err();
    assert_eq!(error.code(), "gates-unreadable");
    assert_eq!(
        gates.of_checkpoint("before-plan").unwrap_err().code(),
        "gates-unreadable"
    );
    fs::remove_file(&path).unwrap();
    symlink("gone", &path).unwrap();
    assert_eq!(
        load(&path).get("clarify").unwrap_err().code(),
        "gates-unreadable"
    );
}

#[test]
fn a_repositorys_gates_are_found_from_anywhere_in_it_and_not_beyond() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().canonicalize().unwrap();
    let deep = root.join("repository/specs/auth");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("spec.md"), "x").unwrap();
    fs::create_dir(root.join("repository/.git")).unwrap();
    fs::create_dir_all(root.join(".synod/gates")).unwrap();
    assert_eq!(
        repository_gates(&deep),
        None,
        "what lies above the repository is none of it"
    );
    let gates = root.join("repository/.synod/gates");
    fs::create_dir_all(&gates).unwrap();
    let found = Some(dir(GateOrigin::Repository, &gates));
    assert_eq!(repository_gates(&deep), found);
    assert_eq!(repository_gates(&deep.join("spec.md")), found);
    assert_eq!(repository_gates(&root.join("repository")), found);
    fs::create_dir_all(deep.join(".synod/gates")).unwrap();
    let nearest = Some(dir(GateOrigin::Repository, &deep.join(".synod/gates")));
    assert_eq!(repository_gates(&deep.join("spec.md")), nearest);
    let elsewhere = root.join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let above = Some(dir(GateOrigin::Repository, &root.join(".synod/gates")));
    assert_eq!(
        repository_gates(&elsewhere),
        above,
        "no repository: up to the root"
    );
    assert_eq!(repository_gates(&root.join("nowhere")), None);
}

/// A file in the place of the folder is told, not passed by.
#[test]
fn what_stands_in_the_place_of_a_repositorys_gates_is_found_too() {
    let temp = tempfile::tempdir().unwrap();
    fs::create_dir(temp.path().join(".synod")).unwrap();
    fs::write(temp.path().join(".synod/gates"), "").unwrap();
    let found = repository_gates(temp.path()).unwrap();
    assert_eq!(
        Gates::load(&[found])
            .unwrap()
            .get("clarify")
            .unwrap_err()
            .code(),
        "gates-unreadable"
    );
}
