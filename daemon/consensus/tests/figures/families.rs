//! Families that are right four times in five, and err together.
//!
//! What they say about one matter is drawn here; how they come to raise it is not.

use fastrand::Rng;

/// How often each family is right, over all matters.
pub const RIGHT: f64 = 0.8;

/// How often two that are wrong make the same mistake: what Kim et al. (2025) measured on questions with four
/// answers. A family that errs makes the matter's common mistake with the root of this chance, or one of its own.
pub const SAME_MISTAKE: f64 = 0.6;

/// What may be said about a matter, and what is true of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It is no matter at all.
    No,
    /// It is, and this is the answer: 0 is the right one if there is any.
    Yes(usize),
}

impl Word {
    pub fn answer(self) -> Option<String> {
        match self {
            Self::No => None,
            Self::Yes(n) => Some(format!("as proposal {n} says")),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Matter {
    pub truth: Word,
    /// One for each family.
    pub words: Vec<Word>,
}

impl Matter {
    /// Errors are exchangeable with correlation `rho`: a Pólya urn, which is to say that how hard a matter is
    /// follows a Beta distribution. It is a real matter with the chance `real`.
    pub fn draw(families: usize, rho: f64, real: f64, rng: &mut Rng) -> Self {
        let truth = if rng.f64() < real {
            Word::Yes(0)
        } else {
            Word::No
        };
        let common = match truth {
            Word::Yes(_) if rng.bool() => Word::No,
            Word::Yes(_) | Word::No => Word::Yes(1),
        };
        let mut right_so_far = 0.0;
        let words = (0..families).map(|family| {
            let before = family as f64;
            let chance = (RIGHT * (1.0 - rho) + rho * right_so_far) / (1.0 - rho + rho * before);
            if rng.f64() < chance {
                right_so_far += 1.0;
                truth
            } else if rng.f64() < SAME_MISTAKE.sqrt() {
                common
            } else {
                Word::Yes(2 + family)
            }
        });
        let words = words.collect();
        Self { truth, words }
    }
}

#[test]
fn the_simulated_families_are_right_and_err_together_as_they_should() {
    let mut rng = Rng::with_seed(11);
    for rho in [0.0, 0.26, 0.45] {
        let matters: Vec<Matter> = (0..100_000)
            .map(|_| Matter::draw(3, rho, 0.5, &mut rng))
            .collect();
        let share = |of: &dyn Fn(&Matter) -> bool| {
            matters.iter().filter(|m| of(m)).count() as f64 / matters.len() as f64
        };
        let wrong = |m: &Matter, family: usize| m.words[family] != m.truth;
        let (first, last) = (share(&|m| wrong(m, 0)), share(&|m| wrong(m, 2)));
        let both = share(&|m| wrong(m, 0) && wrong(m, 2));
        let alike = share(&|m| wrong(m, 0) && m.words[0] == m.words[2]) / both;
        let phi = (both - first * last) / (first * (1.0 - first) * last * (1.0 - last)).sqrt();
        println!(
            "seed 11, rho {rho}: wrong {first:.3} and {last:.3}, phi {phi:.3}, same mistake {alike:.3}"
        );
        assert!((first - 0.2).abs() < 0.01 && (last - 0.2).abs() < 0.01);
        assert!((phi - rho).abs() < 0.02, "{phi} for {rho}");
        assert!((alike - SAME_MISTAKE).abs() < 0.03, "{alike}");
    }
}
