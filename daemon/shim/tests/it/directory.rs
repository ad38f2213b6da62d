//! The run directory: how it comes into being, how it is read, what is refused.

use std::{fs, os::unix::fs::PermissionsExt as _};

use synod_shim::{
    containment::Preference,
    dir::{DirError, RunDir, clean_unborn},
    inspect::{Evidence, inspect},
    records::Outcome,
    spec::Spec,
};

use crate::support::Setup;

fn setup() -> Setup {
    let mut setup = Setup::new(Preference::Session, ["true"]);
    setup.prompt = b"do it".to_vec();
    setup
}

#[test]
fn a_new_directory_is_whole_private_and_unclaimed() {
    let attempt = setup().create();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(attempt.dir.path().to_owned()), 0o700);
    for path in [attempt.dir.spec(), attempt.dir.prompt(), attempt.dir.lock()] {
        assert_eq!(mode(path), 0o600);
    }
    assert_eq!(attempt.dir.read_spec().unwrap(), attempt.setup.spec);
    assert_eq!(fs::read(attempt.dir.prompt()).unwrap(), b"do it");
    assert!(matches!(attempt.evidence(), Evidence::UnclaimedFree(_)));
    assert_eq!(RunDir::list(attempt.place.path()).unwrap().len(), 2);
}

#[test]
fn only_an_agent_that_is_spoken_to_has_a_journal_and_an_old_spec_asks_for_none() {
    let attempt = setup().create();
    assert!(!attempt.dir.stdin().exists());
    let mut spec = serde_json::to_value(&attempt.setup.spec).unwrap();
    spec.as_object_mut().unwrap().remove("stdin");
    let limits = spec.get_mut("limits").unwrap().as_object_mut().unwrap();
    limits.remove("first_byte_ms");
    let old: Spec = serde_json::from_value(spec).unwrap();
    assert_eq!(old, attempt.setup.spec);

    let attempt = setup().spoken_to().create();
    let journal = fs::metadata(attempt.dir.stdin()).unwrap();
    assert_eq!(journal.permissions().mode() & 0o777, 0o600);
    assert_eq!(journal.len(), 0);
    assert_eq!(attempt.dir.read_spec().unwrap(), attempt.setup.spec);
}

/// C1: whoever finds a directory adopts it.
#[test]
fn a_directory_that_exists_is_never_made_anew() {
    let attempt = setup().create();
    let again = RunDir::create(
        attempt.place.path(),
        "execution-1-1",
        &attempt.setup.spec,
        b"other",
    );
    assert!(matches!(again, Err(DirError::AlreadyExists { .. })));
    assert_eq!(fs::read(attempt.dir.prompt()).unwrap(), b"do it");
}

#[test]
fn even_an_empty_directory_of_that_name_counts_as_existing() {
    let attempt = setup().create();
    let parent = attempt.place.path();
    fs::create_dir(parent.join("execution-2-1")).unwrap();
    let made = RunDir::create(parent, "execution-2-1", &attempt.setup.spec, b"");
    assert!(matches!(made, Err(DirError::AlreadyExists { .. })));
    fs::create_dir(parent.join("archive")).unwrap();
    fs::create_dir(parent.join("archive/execution-1-1")).unwrap();
    let archived = attempt.dir.archive(&parent.join("archive"));
    assert!(matches!(archived, Err(DirError::AlreadyExists { .. })));
}

/// C1: killed in the middle of making it.
#[test]
fn a_half_made_directory_is_recognised_cleaned_and_no_obstacle() {
    let attempt = setup().create();
    let parent = attempt.place.path();
    let unborn = parent.join(".unborn-execution-2-1");
    fs::create_dir(&unborn).unwrap();
    fs::write(unborn.join("spec.json"), "{\"form").unwrap();
    let listed = RunDir::list(parent).unwrap();
    assert!(listed.iter().all(|dir| dir.path() != unborn));
    RunDir::create(parent, "execution-2-1", &attempt.setup.spec, b"").unwrap();
    assert!(!unborn.exists());
    fs::create_dir(&unborn).unwrap();
    assert_eq!(clean_unborn(parent).unwrap(), 1);
    assert!(!unborn.exists());
    assert_eq!(clean_unborn(&parent.join("never-made")).unwrap(), 0);
}

#[test]
fn a_torn_record_is_an_error_that_names_the_file() {
    let attempt = setup().create();
    fs::write(attempt.dir.exit_json(), "{\"format\":1,\"outc").unwrap();
    let error = inspect(&attempt.dir, "boot").unwrap_err();
    assert!(matches!(error, DirError::Malformed { .. }));
    assert!(error.to_string().contains("exit.json"), "{error}");
    fs::write(attempt.dir.spec(), "").unwrap();
    let error = attempt.dir.read_spec().unwrap_err().to_string();
    assert!(error.contains("spec.json"), "{error}");
}

#[test]
fn unknown_fields_are_tolerated_and_unknown_formats_are_not() {
    let attempt = setup().create();
    let mut json = serde_json::to_value(&attempt.setup.spec).unwrap();
    json["from_the_future"] = true.into();
    fs::write(attempt.dir.spec(), json.to_string()).unwrap();
    assert_eq!(attempt.dir.read_spec().unwrap(), attempt.setup.spec);
    json["format"] = 99.into();
    fs::write(attempt.dir.spec(), json.to_string()).unwrap();
    let refused = attempt.dir.read_spec();
    assert!(matches!(
        refused,
        Err(DirError::UnknownFormat { found: 99, .. })
    ));
}

#[test]
fn a_missing_lock_file_is_an_error_and_not_a_free_lock() {
    let attempt = setup().create();
    fs::remove_file(attempt.dir.lock()).unwrap();
    assert!(matches!(
        attempt.dir.try_lock(),
        Err(DirError::Missing { .. })
    ));
}

#[test]
fn a_lock_is_held_by_one_and_free_when_dropped() {
    let attempt = setup().create();
    let lock = attempt.dir.try_lock().unwrap().unwrap();
    assert!(attempt.dir.try_lock().unwrap().is_none());
    assert!(matches!(attempt.evidence(), Evidence::Held(None)));
    drop(lock);
    assert!(attempt.dir.try_lock().unwrap().is_some());
}

#[test]
fn the_wish_to_end_may_be_left_twice() {
    let attempt = setup().create();
    assert!(!attempt.dir.is_cancelled().unwrap());
    attempt.dir.write_cancel().unwrap();
    attempt.dir.write_cancel().unwrap();
    assert!(attempt.dir.is_cancelled().unwrap());
}

/// C2: the reboot is an injected boot id.
#[test]
fn a_free_directory_of_another_boot_is_told_apart_whether_claimed_or_not() {
    let attempt = setup().create();
    let other = || inspect(&attempt.dir, "another-boot").unwrap().1;
    assert!(matches!(other(), Evidence::OtherBoot));
    fs::write(attempt.dir.claimed(), "").unwrap();
    assert!(matches!(other(), Evidence::OtherBoot));
    assert!(matches!(attempt.evidence(), Evidence::ClaimedFree(None)));
}

#[test]
fn an_archived_directory_keeps_its_name_and_its_records() {
    let mut attempt = setup().launch();
    let exit = attempt.finish_here();
    assert_eq!(exit.outcome, Outcome::Exited { code: 0 });
    let archive = attempt.place.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let archived = attempt.dir.archive(&archive).unwrap();
    assert_eq!(archived.path(), archive.join("execution-1-1"));
    assert_eq!(archived.exit().unwrap(), Some(exit));
    assert!(!attempt.dir.path().exists());
}
