//! Figure 3: how much of what is settled without a human is settled wrongly.
//!
//! Wrong is what is resolved though it is no matter at all, or with another answer than the right one. Real matters
//! that are noted or watched are counted beside it: nobody has decided anything about those.

use std::collections::BTreeMap;

use fastrand::Rng;
use synod_consensus::table::Families;
use synod_consensus::{Decision, Severity, Table};

use crate::count;
use crate::families::{Matter, Word};
use crate::gate::{Disputes, MATTERS, hold, matter_of, severity};

const RHOS: [f64; 3] = [0.0, 0.26, 0.45];

/// Of matters that families have a word on, those that are real.
const HALF: f64 = 0.5;

/// Wrong among what is resolved: no more than this.
fn limit(severity: Severity) -> f64 {
    match severity {
        Severity::Critical | Severity::Important => 0.02,
        Severity::Minor => 0.05,
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    findings: usize,
    asked: usize,
    resolved: usize,
    wrong: usize,
    aside: usize,
    aside_real: usize,
}

impl Counts {
    fn share(self) -> f64 {
        self.wrong as f64 / self.resolved.max(1) as f64
    }

    /// Whether this is no more than `limit`, as far as so many can tell: two standard deviations are allowed, which
    /// is 0.1 % of important ones at the counts of the document.
    fn keeps(self, limit: f64) -> bool {
        let allowed = limit * self.resolved as f64;
        self.wrong as f64 <= allowed + 2.0 * allowed.sqrt()
    }
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    families: usize,
    rho: f64,
    real: f64,
    table: Table,
    disputes: Disputes,
}

impl Setting {
    fn of(families: usize, rho: f64) -> Self {
        Self {
            families,
            rho,
            real: HALF,
            table: Table::default(),
            disputes: Disputes::Ask,
        }
    }

    fn two_are_enough(self) -> Self {
        let table = Table {
            families: Families::TWO,
            ..self.table
        };
        Self { table, ..self }
    }

    /// Measures, and prints a row of the document's table for each severity.
    fn measure(self, seed: u64) -> BTreeMap<Severity, Counts> {
        let words = match self.disputes {
            Disputes::Ask => self.families,
            Disputes::Arbitrate => self.families + 1,
        };
        let mut rng = Rng::with_seed(seed);
        let mut all: BTreeMap<Severity, Counts> = BTreeMap::new();
        for _ in 0..count("SYNOD_GATES", 40) {
            let draw = |_| Matter::draw(words, self.rho, self.real, &mut rng);
            let matters: Vec<Matter> = (0..MATTERS).map(draw).collect();
            for finding in hold(&matters, self.table, self.disputes, &mut rng).findings {
                let (n, truth) = (matter_of(&finding), matters[matter_of(&finding)].truth);
                let of = all.entry(severity(n)).or_default();
                of.findings += 1;
                match finding.decision {
                    Decision::Resolve => {
                        of.resolved += 1;
                        of.wrong += usize::from(finding.answer != truth.answer());
                    }
                    Decision::Ask | Decision::Arbitrate => of.asked += 1,
                    Decision::Note | Decision::Watch | Decision::Settled => {
                        of.aside += 1;
                        of.aside_real += usize::from(truth != Word::No);
                    }
                }
            }
        }
        for (severity, of) in &all {
            let wrong = match of.resolved {
                0 => "–".to_owned(),
                _ => format!("{:.1} %", 100.0 * of.share()),
            };
            println!(
                "| {} | {:.2} | {:.1} | {seed} | {} | {} | {} | {} | {wrong} | {} | {} |",
                self.families,
                self.rho,
                self.real,
                severity.word(),
                of.findings,
                of.asked,
                of.resolved,
                of.aside,
                of.aside_real,
            );
        }
        all
    }
}

fn head(title: &str) {
    println!("\n{title}, {} gates a row", count("SYNOD_GATES", 40));
    println!(
        "| families | ρ | real | seed | severity | findings | asked | resolved | of these wrong | noted or watched | of these real |"
    );
    println!("|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|");
}

#[test]
fn no_more_than_two_percent_of_important_and_five_of_minor_settlements_are_wrong() {
    head("The default table");
    for families in [2, 3, 5, 7] {
        for (seed, rho) in (1..).zip(RHOS) {
            for (severity, of) in Setting::of(families, rho).measure(seed) {
                assert!(of.keeps(limit(severity)), "{severity:?} {of:?}");
                let settles = families >= Families::default().of(severity);
                assert_eq!(of.resolved > 0, settles, "{severity:?} {of:?}");
            }
        }
    }
}

/// Why the table counts families.
#[test]
fn if_two_families_were_enough_their_common_mistakes_would_be_too_many() {
    head("The same table, if two families were enough for everything");
    for families in [2, 3, 5] {
        for (seed, rho) in (1..).zip(RHOS) {
            let measured = Setting::of(families, rho).two_are_enough().measure(seed);
            let too_many = |severity| measured[&severity].share() > limit(severity);
            let expected = families < 5 && rho > 0.4;
            assert!(!expected || too_many(Severity::Important), "{measured:?}");
            assert!(!expected || too_many(Severity::Minor), "{measured:?}");
        }
    }
    head("The same, if more of the matters were real");
    for (seed, real) in [(4, 0.7), (5, 0.9)] {
        for families in [2, 3, 5] {
            let setting = Setting::of(families, 0.45).two_are_enough();
            Setting { real, ..setting }.measure(seed);
        }
    }
}

/// Why an arbiter's word counts as one more family's, and not as the last one.
#[test]
fn an_arbiter_whose_word_settled_disputes_would_be_wrong_about_every_fourth() {
    let with = |setting: Setting| Setting {
        disputes: Disputes::Arbitrate,
        ..setting
    };
    head("The default table, and an arbiter of one more family");
    for families in [2, 3, 5] {
        for (severity, of) in with(Setting::of(families, 0.45)).measure(3) {
            assert!(of.keeps(limit(severity)), "{severity:?} {of:?}");
        }
    }
    head("The same, if two families and so one beside the arbiter were enough");
    for families in [2, 3, 5] {
        let alone = Setting::of(families, 0.45).two_are_enough();
        let [without, with] =
            [alone, with(alone)].map(|setting| setting.measure(3)[&Severity::Important]);
        let ruled = (with.resolved, with.wrong);
        assert!(ruled.1 > without.wrong, "{ruled:?} {without:?}");
    }
}

/// For orientation: what the issue of a gate would be if its families simply voted, "no" being one more answer.
#[test]
fn plain_voting_of_three_is_wrong_too_often_even_where_it_is_unanimous() {
    println!("\n| ρ | seed | matters | unanimous | of these wrong | majority | of these wrong |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    let matters = 100_000;
    for (seed, rho) in (1..).zip(RHOS) {
        let mut rng = Rng::with_seed(seed);
        // By votes for the winner: how often, and how often wrong.
        let mut won = [(0_usize, 0_usize); 4];
        for _ in 0..matters {
            let matter = Matter::draw(3, rho, HALF, &mut rng);
            let votes = |word: &Word| matter.words.iter().filter(|w| *w == word).count();
            let winner = matter.words.iter().max_by_key(|word| votes(word)).unwrap();
            let (all, wrong) = &mut won[votes(winner)];
            *all += 1;
            *wrong += usize::from(*winner != matter.truth);
        }
        let [_, _, two, three] = won;
        let majority = (two.0 + three.0, two.1 + three.1);
        let percent = |(all, wrong): (usize, usize)| 100.0 * wrong as f64 / all as f64;
        println!(
            "| {rho:.2} | {seed} | {matters} | {} | {:.1} % | {} | {:.1} % |",
            three.0,
            percent(three),
            majority.0,
            percent(majority)
        );
        assert!(percent(three) < percent(majority), "{won:?}");
        if rho > 0.2 {
            assert!(percent(three) > 2.0 && percent(majority) > 10.0, "{won:?}");
        }
    }
}
