//! What is read agrees with git itself, on changes drawn at random.

use proptest::prelude::*;

use super::World;
use synod_consensus::diff::{Diff, Numbered};

/// A file of a few different lines, so that diffs are not trivial.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        8 => "[a-d}]{1,2}\n".prop_map(String::into_bytes),
        1 => "[a-d]\r\n".prop_map(String::into_bytes),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"\xe9\n".to_vec()),
        1 => "(--- a/x|\\+\\+\\+ b/x|@@ -1 \\+1 @@|diff --git a/x b/x)\n".prop_map(String::into_bytes),
    ];
    let end = prop_oneof![3 => Just(Vec::new()), 1 => Just(b"end".to_vec())];
    (prop::collection::vec(line, 0..40), end)
        .prop_map(|(lines, end)| [lines.concat(), end].concat())
}

/// The same with some lines gone, some new.
fn edited() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let cuts = prop::collection::vec((any::<prop::sample::Index>(), "[a-e]{0,1}\n"), 0..5);
    (file(), cuts).prop_map(|(old, cuts)| {
        let mut lines: Vec<Vec<u8>> = old
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        for (at, new) in cuts {
            if !lines.is_empty() {
                let at = at.index(lines.len());
                match new.as_str() {
                    "\n" => drop(lines.remove(at)),
                    new => lines.insert(at, new.as_bytes().to_vec()),
                }
            }
        }
        (old, lines.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_and_numbers_are_gits(pairs in prop::collection::vec(edited(), 1..6)) {
        let world = World::new();
        let name = |n: usize| ["plain", "sp ace", "ümlaut", "q\"uote", "ta\tb"][n % 5].to_owned();
        for (n, (old, _)) in pairs.iter().enumerate() {
            world.write(&name(n), old);
        }
        world.commit();
        for (n, (_, new)) in pairs.iter().enumerate() {
            world.write(&name(n), new);
        }
        world.commit();
        let wanted = super::Wanted::Range("HEAD~1..HEAD".to_owned());
        let super::Found::Changes(changes) = world.read(&wanted).unwrap() else {
            prop_assert!(pairs.iter().all(|(old, new)| old == new));
            return Ok(());
        };
        let material = &changes[0];
        let diff = Diff::parse(&material.diff).unwrap();
        // Counts, as git reads the very text that reviewers are shown.
        std::fs::write(world.dir.path().join("patch"), &material.diff).unwrap();
        let counted = world.run(&["-c", "core.quotePath=false", "apply", "--numstat", "-z", "../patch"]);
        let mut counted: Vec<&str> = counted.split('\0').filter(|line| !line.is_empty()).collect();
        let mut ours: Vec<String> = diff.files.iter()
            .map(|file| { let (added, removed) = file.counts(); format!("{added}\t{removed}\t{}", file.path()) })
            .collect();
        counted.sort_unstable();
        ours.sort();
        prop_assert_eq!(ours, counted);
        // Numbers: each line stands where it is said to in the file.
        for file in &diff.files {
            let n = (0..5).find(|n| name(*n) == file.path()).unwrap();
            let lines = |bytes: &[u8]| -> Vec<String> {
                let text = String::from_utf8_lossy(bytes).into_owned();
                text.split_terminator('\n').map(str::to_owned).collect()
            };
            let (old_lines, new_lines) = (lines(&pairs[n].0), lines(&pairs[n].1));
            for hunk in file.hunks() {
                for (numbered, line) in hunk.numbered() {
                    match numbered {
                        Numbered::Both { old, new } => {
                            prop_assert_eq!(&old_lines[old as usize - 1], line.text);
                            prop_assert_eq!(&new_lines[new as usize - 1], line.text);
                        }
                        Numbered::Old(old) => prop_assert_eq!(&old_lines[old as usize - 1], line.text),
                        Numbered::New(new) => prop_assert_eq!(&new_lines[new as usize - 1], line.text),
                    }
                }
            }
            if let Some(input) = material.files.iter().find(|input| input.path == file.path()) {
                prop_assert_eq!(&input.text, &String::from_utf8_lossy(&pairs[n].1));
            }
        }
    }
}
