//! Gates as the calibration sees them: families whose errors correlate, a table that decides who
//! is asked about what, and an audit.

use fastrand::Rng;
use synod_calibration::{Judge, Judged, Said, Sampling, Share, Tally, Truth};

pub const FAMILIES: [&str; 3] = ["a", "b", "c"];

/// How often each family is right, over all matters.
pub const RIGHT: f64 = 0.8;

/// What happened to one matter, and by whom it was decided.
pub struct Item {
    pub truth: Truth,
    /// Whether each family was right; none: it said nothing.
    pub right: [Option<bool>; 3],
    pub route: Route,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Asked,
    /// Resolved or noted.
    Alone,
    Watched,
    /// No family called it real: there is no finding.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// What is disputed is asked, what is unanimous is not. The plainest case.
    Disputes,
    /// The published table after a ballot, without an arbiter; of ten findings one is critical,
    /// four are important, five minor.
    Published,
    /// The same without a ballot: only who raises a matter has spoken on it.
    FirstRound,
}

/// What the audit draws from.
#[derive(Debug, Clone, Copy)]
pub struct Audit {
    pub share: Share,
    pub from: &'static [Route],
}

impl Audit {
    /// Of everything that a human does not see anyway.
    pub fn one_in_ten() -> Self {
        Self {
            share: Share::of_permille(100).unwrap(),
            from: &[Route::Alone, Route::Watched],
        }
    }
}

pub fn items(table: Table, rho: f64, number: usize, rng: &mut Rng) -> Vec<Item> {
    (0..number).map(|_| item(table, rho, rng)).collect()
}

/// One matter. Errors are exchangeable with correlation `rho`: a Pólya urn, which is to say that
/// how hard a matter is follows a Beta distribution.
fn item(table: Table, rho: f64, rng: &mut Rng) -> Item {
    let mut right = [false; 3];
    let mut so_far = 0.0;
    for (before, one) in (0_u8..).zip(&mut right) {
        let chance = (RIGHT * (1.0 - rho) + rho * so_far) / (1.0 - rho + rho * f64::from(before));
        *one = rng.f64() < chance;
        so_far += f64::from(u8::from(*one));
    }
    let truth = if rng.bool() {
        Truth::Real
    } else {
        Truth::NotReal
    };
    let real = |right: bool| said(truth, right) == Said::Real;
    let yes = right.iter().filter(|right| real(**right)).count();
    let spoke = |right| (table != Table::FirstRound || real(right)).then_some(right);
    Item {
        truth,
        right: right.map(spoke),
        route: route(table, yes, rng.u8(0..10)),
    }
}

fn said(truth: Truth, right: bool) -> Said {
    match (truth, right) {
        (Truth::Real, true) | (Truth::NotReal, false) => Said::Real,
        (Truth::Real, false) | (Truth::NotReal, true) => Said::NotReal,
    }
}

/// `yes` families of three call it real.
fn route(table: Table, yes: usize, severity: u8) -> Route {
    match table {
        Table::Disputes if yes == 0 || yes == 3 => Route::Alone,
        Table::Disputes => Route::Asked,
        Table::Published | Table::FirstRound => published(table, yes, severity),
    }
}

/// Severity 0 is critical, 1 to 4 are important, the others minor.
fn published(table: Table, yes: usize, severity: u8) -> Route {
    match (yes, severity) {
        (0, _) => Route::Nothing,
        (1, 1..=4) if table == Table::FirstRound => Route::Watched,
        (_, 0) | (1 | 2, 1..=4) => Route::Asked,
        (_, _) => Route::Alone,
    }
}

/// What people judged of `items`, and how often each family was right over all it spoke on.
pub fn judge(items: &[Item], audit: Option<Audit>, rng: &mut Rng) -> (Vec<Judged>, [f64; 3]) {
    let mut judged = Vec::new();
    let mut right = [Tally::default(); 3];
    for (number, item) in items.iter().enumerate() {
        let sampling = match (item.route, audit) {
            (Route::Nothing, _) => continue,
            (Route::Asked, audit) => Some(Sampling::Asked {
                audit: audit.map(|audit| audit.share),
            }),
            (route, Some(Audit { share, from }))
                if from.contains(&route) && rng.u16(0..1000) < share.permille() =>
            {
                Some(Sampling::Audited { share })
            }
            (Route::Alone | Route::Watched, _) => None,
        };
        for (family, is_right) in item.right.into_iter().enumerate() {
            let Some(is_right) = is_right else { continue };
            right[family] += if is_right { Tally::HIT } else { Tally::MISS };
            judged.extend(sampling.map(|sampling| Judged {
                item: number.to_string(),
                agent: FAMILIES[family].to_owned(),
                family: FAMILIES[family].to_owned(),
                gate: "clarify".to_owned(),
                kind: "ambiguity".to_owned(),
                said: said(item.truth, is_right),
                truth: item.truth,
                judge: Judge::Human(sampling),
            }));
        }
    }
    (
        judged,
        right.map(|tally| tally.hits as f64 / tally.of() as f64),
    )
}

#[test]
fn the_simulated_families_are_right_and_correlated_as_they_should_be() {
    let mut rng = Rng::with_seed(11);
    for rho in [0.0, 0.26, 0.45] {
        let items = items(Table::Disputes, rho, 100_000, &mut rng);
        let wrong = |families: &[usize]| {
            let wrong = |item: &&Item| families.iter().all(|i| item.right[*i] == Some(false));
            items.iter().filter(wrong).count() as f64 / items.len() as f64
        };
        let (first, last, both) = (wrong(&[0]), wrong(&[2]), wrong(&[0, 2]));
        let phi = (both - first * last) / (first * (1.0 - first) * last * (1.0 - last)).sqrt();
        println!(
            "seed 11, rho {rho}: right {:.3} and {:.3}, phi {phi:.3}",
            1.0 - first,
            1.0 - last
        );
        assert!(
            (first - 0.2).abs() < 0.01 && (last - 0.2).abs() < 0.01,
            "{first} {last}"
        );
        assert!((phi - rho).abs() < 0.02, "{phi} for {rho}");
    }
}
