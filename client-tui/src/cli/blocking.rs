//! Which end of a gate run blocks its caller: a hook that lets a push through, a job that fails.
//!
//! Only open questions are weighed by severity. What people have decided stands, whatever its severity; what was
//! there before the change never blocks.

use clap::{Args, ValueEnum};
use synod_proto::v1::{Finding, Question, Run};

use crate::exit::{Degraded, Exit};

#[derive(Debug, Clone, Args)]
pub struct BlockingArgs {
    /// End with 10 only if a question of this severity or a higher one is open, else with 0
    #[arg(long, value_name = "SEVERITY")]
    pub block_on: Option<BlockOn>,
    /// Without a quorum, or when the deadline passed: end with 11 or 12, or with 0 and a warning
    #[arg(long, value_name = "WHAT", default_value = "block")]
    pub on_no_quorum: OnNoQuorum,
}

/// From which severity on an open question blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum BlockOn {
    Minor,
    Important,
    Critical,
    /// No question blocks, and no rejection either.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnNoQuorum {
    Block,
    Warn,
}

/// How the caller is to end, and what has to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub exit: Exit,
    pub remark: Option<String>,
}

/// Judges a run that has ended or needs an answer.
pub fn judge(run: &Run, args: &BlockingArgs, degraded: Degraded) -> Judged {
    let exit = Exit::of_run(&run.state, degraded).unwrap_or(Exit::Refused);
    let passes = |remark: String| Judged {
        exit: Exit::Success,
        remark: Some(remark),
    };
    match (exit, args.block_on, args.on_no_quorum) {
        (Exit::NeedsAnswer, Some(block_on), _) => {
            let open: Vec<&Question> = run.questions.iter().filter(|q| is_open(q)).collect();
            let blocking = open.iter().filter(|q| blocks(q, run, block_on)).count();
            let remark = format!(
                "{blocking} of {} open questions block ({})",
                open.len(),
                block_on.words()
            );
            // A run that waits for people without saying for what is not to be waved through.
            if blocking > 0 || open.is_empty() {
                Judged {
                    exit,
                    remark: Some(remark),
                }
            } else {
                passes(remark)
            }
        }
        (Exit::Failed, Some(BlockOn::Never), _) if run.state == "rejected" => {
            passes("rejected, which does not block (--block-on never)".to_owned())
        }
        (Exit::NoQuorum | Exit::DeadlineExceeded, _, OnNoQuorum::Warn) => passes(format!(
            "warning: nobody vouches for this: {} (--on-no-quorum warn)",
            match exit {
                Exit::DeadlineExceeded => "the deadline passed",
                _ => "too few valid answers",
            }
        )),
        _ => Judged { exit, remark: None },
    }
}

impl BlockOn {
    fn words(self) -> &'static str {
        match self {
            Self::Minor => "--block-on minor",
            Self::Important => "--block-on important",
            Self::Critical => "--block-on critical",
            Self::Never => "--block-on never",
        }
    }
}

fn is_open(question: &Question) -> bool {
    matches!(question.state.as_str(), "open" | "later")
}

fn blocks(question: &Question, run: &Run, block_on: BlockOn) -> bool {
    let finding = run.findings.iter().find(|f| f.id == question.finding_id);
    if finding.is_some_and(is_pre_existing) {
        return false;
    }
    let severity = match question.severity.as_str() {
        "minor" => BlockOn::Minor,
        "important" => BlockOn::Important,
        // A word of a newer daemon is not taken lightly.
        _ => BlockOn::Critical,
    };
    severity >= block_on
}

fn is_pre_existing(finding: &Finding) -> bool {
    finding
        .located
        .as_ref()
        .is_some_and(|located| located.pre_existing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use synod_proto::v1::Located;

    fn run(state: &str, questions: &[(&str, &str)]) -> Run {
        let of = |(n, (severity, state)): (usize, &(&str, &str))| Question {
            finding_id: n.to_string(),
            severity: (*severity).to_owned(),
            state: (*state).to_owned(),
            ..Question::default()
        };
        Run {
            state: state.to_owned(),
            questions: questions.iter().enumerate().map(of).collect(),
            ..Run::default()
        }
    }

    #[track_caller]
    fn check(run: &Run, block_on: Option<BlockOn>, on_no_quorum: OnNoQuorum, code: u8) {
        let args = BlockingArgs {
            block_on,
            on_no_quorum,
        };
        let judged = judge(run, &args, Degraded::Accepted);
        assert_eq!(judged.exit.code(), code, "{judged:?}");
    }

    #[test]
    fn open_questions_block_from_a_severity_on() {
        use BlockOn::{Critical, Important, Minor, Never};
        let important = run(
            "awaiting-human",
            &[
                ("important", "open"),
                ("minor", "open"),
                ("critical", "settled"),
            ],
        );
        for (block_on, code) in [
            (None, 10),
            (Some(Minor), 10),
            (Some(Important), 10),
            (Some(Critical), 0),
            (Some(Never), 0),
        ] {
            check(&important, block_on, OnNoQuorum::Block, code);
        }
        check(
            &run("awaiting-human", &[("minor", "later")]),
            Some(Minor),
            OnNoQuorum::Block,
            10,
        );
        check(
            &run("awaiting-human", &[("minor", "open")]),
            Some(Important),
            OnNoQuorum::Block,
            0,
        );
        check(
            &run("awaiting-human", &[("dreadful", "open")]),
            Some(Critical),
            OnNoQuorum::Block,
            10,
        );
        check(
            &run("awaiting-human", &[]),
            Some(Critical),
            OnNoQuorum::Block,
            10,
        );
    }

    #[test]
    fn what_was_there_before_never_blocks() {
        let mut run = run("awaiting-human", &[("critical", "open")]);
        run.findings.push(Finding {
            id: "0".to_owned(),
            located: Some(Located {
                pre_existing: true,
                ..Located::default()
            }),
            ..Finding::default()
        });
        check(&run, Some(BlockOn::Minor), OnNoQuorum::Block, 0);
        run.findings[0].located = None;
        check(&run, Some(BlockOn::Minor), OnNoQuorum::Block, 10);
    }

    #[test]
    fn what_people_rejected_blocks_unless_nothing_does() {
        check(
            &run("rejected", &[]),
            Some(BlockOn::Critical),
            OnNoQuorum::Block,
            1,
        );
        check(
            &run("rejected", &[]),
            Some(BlockOn::Never),
            OnNoQuorum::Block,
            0,
        );
        check(
            &run("failed", &[]),
            Some(BlockOn::Never),
            OnNoQuorum::Warn,
            1,
        );
        check(
            &run("cancelled", &[]),
            Some(BlockOn::Never),
            OnNoQuorum::Warn,
            13,
        );
        check(
            &run("passed", &[]),
            Some(BlockOn::Minor),
            OnNoQuorum::Block,
            0,
        );
    }

    #[test]
    fn without_a_quorum_the_caller_chooses() {
        for (state, code) in [("no-quorum", 11), ("deadline-exceeded", 12)] {
            check(
                &run(state, &[]),
                Some(BlockOn::Never),
                OnNoQuorum::Block,
                code,
            );
            check(&run(state, &[]), None, OnNoQuorum::Warn, 0);
        }
        check(&run("rejected", &[]), None, OnNoQuorum::Warn, 1);
    }
}
