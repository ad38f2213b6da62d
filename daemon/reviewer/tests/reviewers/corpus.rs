//! The labelled corpus: every hit is known and judged, and a rule that speaks unasked is at the
//! aim of the design, at most one hit in ten of no use to the author.
//!
//! `corpus/<name>/` holds specifications. `labels.tsv` says of every hit what its author would say,
//! `missed.tsv` what a human reviewer would have expected a rule to find. What is unknown or gone
//! fails here, with the line to add. The table: `cargo test -p synod-reviewer corpus -- --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use synod_reviewer::{Reviewer, Rule, Rules, Standing, review_with};

use crate::prompt::{prompt, rules};

/// One hit as it stands in a line of `labels.tsv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    spec: String,
    rule: String,
    claim: String,
    /// File and words of the first quote.
    at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Useful,
    NotUseful,
}

struct Labels {
    by_hit: BTreeMap<Hit, Label>,
    /// Specifications that nobody had looked at when the rules were last changed.
    unseen: BTreeSet<String>,
}

/// What a human reviewer would have expected, and no rule says.
struct Missed {
    spec: String,
    rule: String,
    file: String,
    words: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn labels() -> Labels {
    let mut labels = Labels {
        by_hit: BTreeMap::new(),
        unseen: BTreeSet::new(),
    };
    for (at, line) in read("labels.tsv").lines().enumerate() {
        if let Some(comment) = line.strip_prefix('#') {
            let unseen = comment.split_once("unseen:").map_or("", |(_, names)| names);
            labels
                .unseen
                .extend(unseen.split_whitespace().map(str::to_owned));
            continue;
        }
        let place = format!("labels.tsv:{}", at + 1);
        let cells: Vec<&str> = line.split('\t').collect();
        let [label, spec, rule, claim, quote, reason] = cells.as_slice() else {
            panic!("{place}: expected six cells, found {}", cells.len());
        };
        let label = match *label {
            "useful" => Label::Useful,
            "not-useful" => Label::NotUseful,
            other => panic!("{place}: expected useful or not-useful, found {other:?}"),
        };
        assert!(
            label == Label::Useful || !reason.is_empty(),
            "{place}: a not-useful hit needs a reason"
        );
        let hit = Hit {
            spec: (*spec).to_owned(),
            rule: (*rule).to_owned(),
            claim: (*claim).to_owned(),
            at: (*quote).to_owned(),
        };
        let before = labels.by_hit.insert(hit, label);
        assert!(before.is_none(), "{place}: labelled twice");
    }
    labels
}

fn missed() -> Vec<Missed> {
    read("missed.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [spec, rule, file, words, _why] = cells.as_slice() else {
                panic!("missed.tsv: expected five cells in {line:?}");
            };
            Missed {
                spec: (*spec).to_owned(),
                rule: (*rule).to_owned(),
                file: (*file).to_owned(),
                words: (*words).to_owned(),
            }
        })
        .collect()
}

/// All hits of all rules on the whole corpus.
fn hits() -> BTreeSet<Hit> {
    let mut hits = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let spec = path.file_name().unwrap().to_str().unwrap().to_owned();
        let files: Vec<(&str, String)> = ["spec.md", "PRD.md", "plan.md", "tasks.md"]
            .into_iter()
            .filter_map(|name| Some((name, std::fs::read_to_string(path.join(name)).ok()?)))
            .collect();
        let inputs: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let prompt = prompt(&inputs);
        for which in Reviewer::ALL {
            let answer = review_with(which, &Rules::all(), &prompt, |_| {}).unwrap();
            for (finding, rule) in answer.findings.iter().zip(rules(&answer)) {
                hits.insert(Hit {
                    spec: spec.clone(),
                    rule: rule.to_owned(),
                    claim: finding.claim.clone(),
                    at: format!("{}: {}", finding.quotes[0].path, finding.quotes[0].text),
                });
            }
        }
    }
    hits
}

fn lines<'h>(hits: impl Iterator<Item = &'h Hit>) -> String {
    hits.fold(String::new(), |mut lines, hit| {
        let Hit {
            spec,
            rule,
            claim,
            at,
        } = hit;
        writeln!(lines, "?\t{spec}\t{rule}\t{claim}\t{at}\t").unwrap();
        lines
    })
}

#[test]
fn every_hit_is_labelled_and_every_label_is_a_hit() {
    let (hits, labels) = (hits(), labels().by_hit);
    let unknown = lines(hits.iter().filter(|hit| !labels.contains_key(hit)));
    let gone = lines(labels.keys().filter(|hit| !hits.contains(hit)));
    assert!(
        unknown.is_empty() && gone.is_empty(),
        "hits without a label (judge them and add them to labels.tsv):\n{unknown}\n\
         labels without a hit (take them out):\n{gone}"
    );
    assert!(hits.len() >= 200, "{} hits", hits.len());
}

#[test]
fn what_is_said_to_be_missed_stands_in_the_corpus_and_is_missed() {
    let hits = hits();
    for one in missed() {
        let Missed {
            spec,
            rule,
            file,
            words,
        } = one;
        assert!(Rule::named(&rule).is_some(), "no rule {rule:?}");
        assert!(
            read(&format!("{spec}/{file}")).contains(&words),
            "{spec}/{file} does not say {words:?}"
        );
        let found = hits
            .iter()
            .find(|hit| hit.spec == spec && hit.rule == rule && hit.at.contains(&words));
        assert!(found.is_none(), "no longer missed: {found:?}");
    }
}

/// How often a rule hit, and how often that was useful.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    hits: usize,
    useful: usize,
}

impl Count {
    fn add(&mut self, label: Label) {
        self.hits += 1;
        self.useful += usize::from(label == Label::Useful);
    }

    /// `k of n, s %`.
    fn shown(self) -> String {
        match (self.useful * 100).checked_div(self.hits) {
            Some(share) => format!("{} of {}, {share} %", self.useful, self.hits),
            None => "-".to_owned(),
        }
    }

    /// At most one hit in ten is not useful.
    fn is_at_the_aim(self) -> bool {
        (self.hits - self.useful) * 10 <= self.hits
    }
}

#[test]
fn a_rule_that_is_on_is_useful_nine_times_in_ten_and_the_docs_say_so() {
    let labels = labels();
    let missed = missed();
    let mut table = format!(
        "{:<24} {:<4} {:>16} {:>16} {:>16}\n",
        "rule", "", "useful", "where unseen", "found of expected"
    );
    let (mut on, mut on_unseen) = (Count::default(), Count::default());
    let mut below = Vec::new();
    for rule in Rule::ALL {
        let (mut all, mut unseen) = (Count::default(), Count::default());
        for (hit, label) in &labels.by_hit {
            if hit.rule != rule.name() {
                continue;
            }
            all.add(*label);
            if labels.unseen.contains(&hit.spec) {
                unseen.add(*label);
            }
        }
        let expected = missed.iter().filter(|one| one.rule == rule.name()).count();
        let recall = Count {
            hits: all.useful + expected,
            useful: all.useful,
        };
        let standing = match rule.standing() {
            Standing::On => "on",
            Standing::Off => "off",
        };
        writeln!(
            table,
            "{:<24} {standing:<4} {:>16} {:>16} {:>16}",
            rule.name(),
            all.shown(),
            unseen.shown(),
            recall.shown()
        )
        .unwrap();
        if rule.standing() == Standing::On {
            for (sum, part) in [(&mut on, all), (&mut on_unseen, unseen)] {
                sum.hits += part.hits;
                sum.useful += part.useful;
            }
            if all.hits == 0 || !all.is_at_the_aim() {
                below.push(rule.name());
            }
        } else {
            assert!(!all.is_at_the_aim(), "{rule} is at the aim and yet off");
        }
    }
    writeln!(
        table,
        "{:<29} {:>16} {:>16}",
        "all that are on",
        on.shown(),
        on_unseen.shown()
    )
    .unwrap();
    eprintln!("{table}");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reviewers.md");
    assert!(
        std::fs::read_to_string(docs).unwrap().contains(&table),
        "docs/reviewers.md has another table than this one:\n{table}"
    );
    assert!(
        below.is_empty(),
        "on, and below the aim: {below:?}\n{table}"
    );
    assert!(on_unseen.is_at_the_aim(), "{table}");
}
