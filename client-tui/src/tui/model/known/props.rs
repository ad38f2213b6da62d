//! Whatever comes in whatever order, what is known is what the same entities say when they are looked at anew:
//! order, parts, sums, attempts; and nothing that was read beside the feed takes a newer value back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use proptest::{prelude::*, test_runner::TestCaseResult};
use synod_proto::v1::{
    Attempt, AttemptProgress, Change, Deleted, Execution, Finding, Question, Run, Usage, Verdict,
    change::Entity,
};
use synod_shared::projection::{self, Projection};

use super::{Group, Known, Round, Tally, spent};
use crate::render::{instant, samples, usage::is_structured};

const RUNS: u8 = 2;
const PARTS: u8 = 3;
const PROVIDERS: [&str; 2] = ["local", "cloud"];

/// What the daemon does next: which thing, of which run, in which way.
#[derive(Debug, Clone, Copy)]
struct Deed {
    kind: u8,
    run: u8,
    part: u8,
    way: u8,
}

/// What the reader meets next.
#[derive(Debug, Clone, Copy)]
enum Meets {
    /// So many deeds come by the feed.
    Feed(u8),
    /// It fell behind: a snapshot so many deeds on.
    Snapshot(u8),
    /// A run that was read so many deeds before what the feed has told.
    ReadBefore(u8, u8),
    /// A run that was read so many deeds after.
    ReadAfter(u8, u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    (0..22_u8, 0..RUNS, 0..PARTS, any::<u8>()).prop_map(|(kind, run, part, way)| Deed {
        kind,
        run,
        part,
        way,
    })
}

fn meets() -> impl Strategy<Value = Meets> {
    prop_oneof![
        4 => (1..6_u8).prop_map(Meets::Feed),
        1 => (0..6_u8).prop_map(Meets::Snapshot),
        2 => (0..RUNS, 1..9_u8).prop_map(|(run, by)| Meets::ReadBefore(run, by)),
        2 => (0..RUNS, 1..9_u8).prop_map(|(run, by)| Meets::ReadAfter(run, by)),
    ]
}

/// The daemon's own tables after each deed, and the changes that led there.
struct Truth {
    now: Projection,
    /// For each deed: the tables after it.
    after: Vec<Projection>,
    changes: Vec<Change>,
    /// What was taken away, and by which deed.
    gone: BTreeMap<String, usize>,
}

impl Truth {
    fn of(deeds: &[Deed]) -> Self {
        let now = Projection::empty("feed");
        let mut truth = Self {
            after: vec![now.clone()],
            now,
            changes: Vec::new(),
            gone: BTreeMap::new(),
        };
        for deed in deeds {
            truth.does(*deed);
            truth.after.push(truth.now.clone());
        }
        truth
    }

    fn commit(&mut self, mut entity: Entity) {
        // Ids are never given twice.
        let again = match &entity {
            Entity::Finding(finding) => self.gone.contains_key(&finding.id),
            Entity::Question(question) => self.gone.contains_key(&question.id),
            _ => false,
        };
        if again {
            return;
        }
        let revision = self.now.revision + 1;
        match &mut entity {
            Entity::Run(e) => e.revision = revision,
            Entity::Execution(e) => e.revision = revision,
            Entity::Attempt(e) => e.revision = revision,
            Entity::Progress(e) => e.revision = revision,
            Entity::Finding(e) => e.revision = revision,
            Entity::Question(e) => e.revision = revision,
            Entity::Verdict(e) => e.revision = revision,
            Entity::Ledger(e) => e.revision = revision,
            Entity::Deleted(deleted) => {
                self.gone.insert(deleted.id.clone(), self.after.len());
            }
        }
        let change = Change {
            revision,
            at: Some(samples::at(i64::try_from(revision).unwrap())),
            entity: Some(entity),
            ..Change::default()
        };
        self.now.apply(&change);
        self.changes.push(change);
    }

    fn does(&mut self, deed: Deed) {
        let Deed { run, part, way, .. } = deed;
        let run_id = format!("run{run}");
        if self.gone.contains_key(&run_id) {
            return;
        }
        if !self.now.runs.contains_key(&run_id) {
            return self.commit(Entity::Run(run_of(run, way)));
        }
        let execution_id = format!("{run_id}-e{part}");
        let attempt_id = format!("{execution_id}-a{}", way % 2);
        match deed.kind {
            0 | 1 => self.commit(Entity::Run(run_of(run, way))),
            2 if way.is_multiple_of(16) => self.deletes(&run_id),
            2..=5 => self.commit(Entity::Execution(Execution {
                id: execution_id,
                run_id,
                agent: format!("agent{part}"),
                provider: PROVIDERS[usize::from(part) % 2].to_owned(),
                adapter: word(&["command", "claude", "", "acp"], part),
                state: word(EXECUTIONS, way),
                part: word(&["ballot", "", "", "arbiter", "odd"], part),
                position: Some(u32::from(part / 2)),
                queued_at: Some(samples::at(i64::from(part))),
                ..Execution::default()
            })),
            6..=8 if self.now.executions.contains_key(&execution_id) => {
                let ended = |a: &Attempt| a.state == "exited";
                if self.now.attempts.get(&attempt_id).is_none_or(|a| !ended(a)) {
                    let state = word(
                        &["starting", "running", "stopping", "exited", "running"],
                        way / 2,
                    );
                    let own = (state == "exited").then(|| self.printed(&attempt_id));
                    self.commit(Entity::Attempt(Attempt {
                        id: attempt_id,
                        execution_id,
                        run_id,
                        number: u32::from(way % 2) + 1,
                        state,
                        output_bytes: own.map(|(out, _)| out),
                        error_bytes: own.map(|(_, err)| err),
                        ended_at: own.map(|_| samples::at(i64::from(way) * 1_500)),
                        usage: own.and_then(|(out, _)| usage(out)),
                        ..Attempt::default()
                    }));
                }
            }
            9..=12 | 20 | 21 => self.prints(&run_id, way),
            13 | 14 => self.commit(Entity::Finding(Finding {
                id: format!("{run_id}-f{part}"),
                run_id,
                text: format!("{way}"),
                severity: word(&["critical", "important", "minor"], way),
                position: (way % 5 > 0).then_some(u32::from(way / 16)),
                ..Finding::default()
            })),
            15..=17 => self.commit(Entity::Question(Question {
                id: format!("{run_id}-q{part}"),
                run_id,
                state: word(&["open", "later", "settled"], way),
                rank: i32::from(way / 8),
                ..Question::default()
            })),
            18 => self.commit(Entity::Verdict(Verdict {
                run_id,
                trust: format!("{way}"),
                ..Verdict::default()
            })),
            _ => {
                let (kind, id) = if way.is_multiple_of(2) {
                    ("finding", format!("{run_id}-f{part}"))
                } else {
                    ("question", format!("{run_id}-q{part}"))
                };
                let known = self.now.findings.contains_key(&id);
                if known || self.now.questions.contains_key(&id) {
                    self.commit(gone(kind, &id));
                }
            }
        }
    }

    fn printed(&self, attempt: &str) -> (u64, u64) {
        let progress = self.now.progress.get(attempt);
        progress.map_or((0, 0), |p| (p.output_bytes, p.error_bytes))
    }

    /// Output of one of the live attempts of a run grows, on one of the two streams.
    fn prints(&mut self, run: &str, way: u8) {
        let live = self.now.attempts.values();
        let mut live = live.filter(|a| a.run_id == run && a.state != "exited");
        let first = live.next().cloned();
        let Some(attempt) = live.nth(usize::from(way % 4)).cloned().or(first) else {
            return;
        };
        let (mut out, mut err) = self.printed(&attempt.id);
        if way.is_multiple_of(3) {
            err += 1 + u64::from(way);
        } else {
            out += 1 + u64::from(way);
        }
        let at = samples::at(i64::try_from(self.now.revision).unwrap());
        self.commit(Entity::Progress(AttemptProgress {
            attempt_id: attempt.id,
            execution_id: attempt.execution_id,
            run_id: attempt.run_id,
            output_bytes: out,
            error_bytes: err,
            last_line: format!("{out} and {err}"),
            last_output_at: Some(at),
            usage: usage(out / 2),
            ..AttemptProgress::default()
        }));
    }

    /// A run goes with all its parts.
    fn deletes(&mut self, run: &str) {
        let Some(whole) = self.now.compose_run(run) else {
            return;
        };
        for finding in &whole.findings {
            self.commit(gone("finding", &finding.id));
        }
        for question in &whole.questions {
            self.commit(gone("question", &question.id));
        }
        for execution in &whole.executions {
            for attempt in &execution.attempts {
                self.commit(gone("progress", &attempt.id));
                self.commit(gone("attempt", &attempt.id));
            }
            self.commit(gone("execution", &execution.id));
        }
        self.commit(gone("verdict", run));
        self.commit(gone("run", run));
    }
}

const EXECUTIONS: &[&str] = &[
    "queued",
    "running",
    "validating",
    "completed",
    "failed",
    "odd",
];

fn word(words: &[&str], way: u8) -> String {
    words[usize::from(way) % words.len()].to_owned()
}

/// What was used by whoever printed so much: some tell nothing, some no cost, some an estimate.
fn usage(bytes: u64) -> Option<Usage> {
    let count = u32::try_from(bytes).unwrap_or(u32::MAX);
    (!bytes.is_multiple_of(4)).then(|| Usage {
        input_tokens: Some(count),
        cached_tokens: (!bytes.is_multiple_of(3)).then_some(count / 2),
        output_tokens: Some(count / 3),
        reasoning_tokens: None,
        cost_usd: (bytes % 4 > 1).then_some(f64::from(count) / 3e4),
        estimated: (bytes % 4 > 1).then_some(bytes.is_multiple_of(5)),
    })
}

fn gone(kind: &str, id: &str) -> Entity {
    Entity::Deleted(Deleted {
        kind: kind.to_owned(),
        id: id.to_owned(),
    })
}

fn run_of(run: u8, way: u8) -> Run {
    Run {
        id: format!("run{run}"),
        name: format!("{way}"),
        state: word(&["executing", "awaiting-human", "passed", "deciding"], way),
        open_questions: u32::from(way % 3).checked_sub(1),
        // Two of them at the same moment.
        created_at: Some(samples::at(i64::from(run / 2))),
        ..Run::default()
    }
}

/// What a reader must know: what the feed has told, and what was read ahead of it.
#[derive(Default)]
struct Expected {
    /// Deeds the feed has told.
    told: usize,
    /// Runs, and after which deed they were read.
    read: BTreeSet<(usize, u8)>,
    /// The deed the last snapshot was of.
    born: usize,
}

impl Expected {
    /// The entities, the newest value of each that came.
    fn entities(&self, truth: &Truth) -> Projection {
        let mut known = truth.after[self.told].clone();
        for (at, run) in self.read.range((self.told + 1, 0)..) {
            let then = &truth.after[*at];
            let of = format!("run{run}");
            let mine = |id: &str| id == of;
            // What the daemon wrote since, so that each map is extended by what was read.
            let newer = |id: &String| truth.gone.get(id).is_none_or(|deed| *deed > self.told);
            macro_rules! take {
                ($($map:ident by $run:ident),+) => {
                    $(for (id, value) in then.$map.iter().filter(|(_, value)| mine(&value.$run)) {
                        if newer(id) {
                            known.$map.insert(id.clone(), value.clone());
                        }
                    })+
                };
            }
            take!(runs by id, executions by run_id, attempts by run_id, progress by run_id);
            take!(findings by run_id, questions by run_id, verdicts by run_id);
        }
        known
    }
}

fn check(known: &Known, expected: &Projection) -> TestCaseResult {
    let mut runs: Vec<&Run> = expected.runs.values().collect();
    let created = |run: &Run| run.created_at.as_ref().map(|at| (at.seconds, at.nanos));
    runs.sort_by_key(|run| {
        (
            Group::of(run),
            std::cmp::Reverse(created(run)),
            run.id.clone(),
        )
    });
    let listed: Vec<(Group, String)> = known.runs().map(|(g, run)| (g, run.id.clone())).collect();
    let anew: Vec<(Group, String)> = runs.iter().map(|r| (Group::of(r), r.id.clone())).collect();
    prop_assert_eq!(listed, anew);
    prop_assert_eq!(known.run_count(), runs.len());
    let needing = runs.iter().filter(|run| Group::of(run) == Group::NeedsYou);
    prop_assert_eq!(known.needing(), needing.count());
    check_spent(known, expected)?;
    for run in &runs {
        let plain = |run: &Run| Run {
            revision: 0,
            ..run.clone()
        };
        prop_assert_eq!(known.run(&run.id).map(plain), Some(plain(run)));
        prop_assert_eq!(known.verdict(&run.id), expected.verdicts.get(&run.id));
        check_parts(known, expected, &run.id)?;
    }
    for provider in PROVIDERS {
        let of = expected.executions.values();
        let of = of.filter(|execution| execution.provider == provider);
        prop_assert_eq!(known.provider(provider), sums(of), "{}", provider);
    }
    Ok(())
}

/// Tokens and money of all, of a day in a zone far from all others, and of none.
fn check_spent(known: &Known, expected: &Projection) -> TestCaseResult {
    let all = expected.attempts.values();
    let all: Vec<Attempt> = all
        .map(|attempt| projection::compose_attempt(attempt, expected.progress.get(&attempt.id)))
        .collect();
    let costs = all.iter().filter_map(|attempt| attempt.usage);
    let costs = costs.filter_map(|usage| usage.cost_usd);
    prop_assert_eq!(known.tells_cost(), costs.count() > 0);
    let zone = TimeZone::fixed(jiff::tz::Offset::from_seconds(20_700).unwrap());
    for day in 0..5_i64 {
        let moment = instant(&samples::at(day * 86_400)).unwrap();
        let anew = spent::day_anew(&all, moment, &zone);
        prop_assert_eq!(known.used_on_day(moment, &zone), anew, "day {}", day);
    }
    Ok(())
}

fn check_parts(known: &Known, expected: &Projection, run: &str) -> TestCaseResult {
    let mut executions: Vec<&Execution> = expected.executions.values().collect();
    executions.retain(|e| e.run_id == run);
    executions.sort_by_cached_key(|e| (Round::of(e), projection::seat(e)));
    let mut findings: Vec<&Finding> = expected.findings.values().collect();
    findings.retain(|f| f.run_id == run);
    findings.sort_by_cached_key(|f| projection::place(f));
    let mut questions: Vec<&Question> = expected.questions.values().collect();
    questions.retain(|q| q.run_id == run);
    questions.sort_by_cached_key(|q| projection::urgency(q));
    let parts = known.parts(run).cloned().unwrap_or_default();
    let ids: Vec<&String> = executions.iter().map(|e| &e.id).collect();
    prop_assert_eq!(parts.executions.iter().collect::<Vec<_>>(), ids);
    let ids: Vec<&String> = findings.iter().map(|f| &f.id).collect();
    prop_assert_eq!(parts.findings.iter().collect::<Vec<_>>(), ids);
    let ids: Vec<&String> = questions.iter().map(|q| &q.id).collect();
    prop_assert_eq!(parts.questions.iter().collect::<Vec<_>>(), ids);
    prop_assert_eq!(parts.tally, sums(executions.iter().copied()));
    for round in Round::ALL {
        let of = executions.iter().copied().filter(|e| Round::of(e) == round);
        prop_assert_eq!(parts.rounds.tally(round), sums(of));
    }
    let structured = executions.iter().filter(|e| is_structured(e));
    prop_assert_eq!(parts.structured as usize, structured.count());
    let printed = expected.progress.values().filter(|p| p.run_id == run);
    let printed = printed.filter_map(|p| p.last_output_at.as_ref().and_then(instant));
    prop_assert_eq!(parts.last_output, printed.max());
    for finding in findings {
        prop_assert_eq!(known.finding(&finding.id), Some(finding));
    }
    for question in questions {
        prop_assert_eq!(known.question(&question.id), Some(question));
    }
    let mut attempts = Vec::new();
    for execution in &executions {
        attempts.extend(expected.compose_execution(&execution.id).unwrap().attempts);
    }
    prop_assert_eq!(known.used_by(run), spent::anew(&attempts).usage());
    for execution in executions {
        prop_assert_eq!(known.execution(&execution.id), Some(execution));
        let whole = expected.compose_execution(&execution.id).unwrap();
        let of = known.attempts_of(&execution.id).iter();
        let attempts: Vec<Attempt> = of.filter_map(|id| known.attempt(id)).collect();
        prop_assert_eq!(
            attempts.last().cloned(),
            known.newest_attempt(&execution.id)
        );
        prop_assert_eq!(attempts, whole.attempts);
    }
    Ok(())
}

fn sums<'a>(executions: impl Iterator<Item = &'a Execution>) -> Tally {
    let mut tally = Tally::default();
    for execution in executions {
        tally.all += 1;
        match execution.state.as_str() {
            "completed" | "failed" => tally.done += 1,
            "running" | "validating" => tally.running += 1,
            "queued" => tally.queued += 1,
            _ => {}
        }
    }
    tally
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    /// T2
    #[test]
    fn what_is_known_is_what_the_same_entities_say_anew(
        deeds in proptest::collection::vec(deed(), 1..120),
        way in proptest::collection::vec(meets(), 1..40),
    ) {
        let truth = Truth::of(&deeds);
        let last = truth.after.len() - 1;
        let mut known = Known::from_snapshot("feed", truth.after[0].to_snapshot("", 0));
        let mut expected = Expected::default();
        for meets in way.into_iter().chain([Meets::Feed(u8::MAX)]) {
            match meets {
                Meets::Feed(by) => {
                    let to = (expected.told + usize::from(by)).min(last);
                    let since = known.revision();
                    let until = truth.after[to].revision;
                    let next = truth.changes.iter();
                    for change in next.filter(|c| c.revision > since && c.revision <= until) {
                        known.apply(change.clone());
                    }
                    expected.told = to;
                }
                Meets::Snapshot(by) => {
                    let to = (expected.told + usize::from(by)).min(last);
                    let snapshot = truth.after[to].to_snapshot("fell-behind", 0);
                    known = Known::from_snapshot("feed", snapshot);
                    expected = Expected { told: to, born: to, ..Expected::default() };
                }
                Meets::ReadBefore(run, by) => {
                    // What went before the snapshot has left no trace in it.
                    let at = expected.told.saturating_sub(usize::from(by)).max(expected.born);
                    if let Some(run) = truth.after[at].compose_run(&format!("run{run}")) {
                        known.merge(run);
                    }
                }
                Meets::ReadAfter(run, by) => {
                    let at = (expected.told + usize::from(by)).min(last);
                    if let Some(whole) = truth.after[at].compose_run(&format!("run{run}")) {
                        known.merge(whole);
                        expected.read.insert((at, run));
                    }
                }
            }
            prop_assert_eq!(known.revision(), truth.after[expected.told].revision);
            check(&known, &expected.entities(&truth))?;
        }
    }
}
