//! Whether an action can do anything here and now: what cannot is neither hinted at nor offered by the palette.
//! Its key still answers, with a sentence that says why.

use synod_proto::v1::Question;

use crate::tui::{
    keys::{Action, Binding, Place},
    model::{Model, Screen, known::Group, link::LinkState},
    msg::Stream,
    update::{questions::selected_permission, run::ledger_id},
    view::open_questions,
};

/// See the module.
pub fn applies(model: &Model, action: Action) -> bool {
    use Action as A;
    if model.past.is_some() && commands(action) {
        return false;
    }
    match action {
        A::StartDaemon => matches!(model.link.state, LinkState::Away { .. }),
        A::TimeTravel => model.past.is_some() || model.live.revision() > 0,
        A::GoRuns => *model.screen() != Screen::Runs,
        A::GoQuestions => *model.screen() != Screen::Questions,
        A::GoEvents => *model.screen() != Screen::Events,
        A::GoLedger => *model.screen() != Screen::Ledger,
        A::GoAgents => *model.screen() != Screen::Agents,
        A::Filter => matches!(
            model.screen(),
            Screen::Runs | Screen::Questions | Screen::Events | Screen::Ledger
        ),
        A::Open => match model.screen() {
            Screen::Runs => !model.runs.rows.is_empty(),
            Screen::Output => false,
            Screen::Ledger => !model.ledger.rows.is_empty(),
            Screen::Questions => question(model).is_some(),
            Screen::Run(_) | Screen::Events | Screen::Agents => true,
        },
        A::Output | A::Retry => model.runs.run().is_some(),
        A::Cancel => model.runs.run().is_some_and(|run| is_live(model, run)),
        A::RunCancel | A::CancelExecution => of_run(model).is_some_and(|run| is_live(model, run)),
        A::RunQuestions => of_run(model)
            .and_then(|run| model.shown().run(run))
            .is_some_and(|run| open_questions(model.shown(), run) > 0),
        A::Recommended if is_blind(model) => false,
        // Only the agent's own choices are an answer to it.
        A::Recommended | A::OwnAnswer | A::MustFix | A::Duplicate => {
            waits(model) && selected_permission(model).is_none()
        }
        A::Rest => asks(model) && selected_permission(model).is_none(),
        A::Dismiss | A::Later => waits(model),
        A::CopySession => of_run(model)
            .and_then(|run| model.shown().parts(run))
            .is_some_and(|parts| parts.structured > 0),
        // Nothing comes after a prompt.
        A::Follow => model.output.stream != Stream::Prompt,
        A::RunForget => of_run(model).is_some() && ledger_id(model).is_some(),
        A::Forget | A::LedgerRun => model.ledger.selected().is_some(),
        A::OlderEntries => !model.ledger.next_page.is_empty(),
        A::Older => model.live.older_runs > 0,
        _ => true,
    }
}

/// Whether the selected question is asked without a recommendation.
fn is_blind(model: &Model) -> bool {
    let selected = model.questions.selected.as_ref();
    selected.is_some_and(|id| model.shown().is_blind(id))
}

fn question(model: &Model) -> Option<&Question> {
    model.shown().question(model.questions.selected.as_ref()?)
}

/// Whether a question is selected that can be answered.
fn waits(model: &Model) -> bool {
    question(model).is_some_and(|question| model.shown().waits(question))
}

/// Whether anything of the selected question's run is open.
fn asks(model: &Model) -> bool {
    question(model)
        .and_then(|question| model.shown().run(&question.run_id))
        .is_some_and(|run| open_questions(model.shown(), run) > 0)
}

fn of_run(model: &Model) -> Option<&str> {
    match model.screen() {
        Screen::Run(id) => Some(id),
        Screen::Runs
        | Screen::Output
        | Screen::Questions
        | Screen::Events
        | Screen::Agents
        | Screen::Ledger => None,
    }
}

fn is_live(model: &Model, run: &str) -> bool {
    let group = model.shown().group(run);
    group.is_some_and(|group| group != Group::Finished)
}

/// Whether it commands the daemon, which nothing in the past can.
fn commands(action: Action) -> bool {
    use Action as A;
    let starts = matches!(action, A::NewGate | A::NewAgent | A::NewCommand | A::Older);
    let changes = matches!(
        action,
        A::Cancel
            | A::Retry
            | A::RunCancel
            | A::CancelExecution
            | A::RunRetry
            | A::RunQuestions
            | A::RunForget
            | A::Forget
    );
    let looks = matches!(
        action,
        A::Settled
            | A::QuestionRun
            | A::NextQuestion
            | A::PreviousQuestion
            | A::ScrollDown
            | A::ScrollUp
    );
    let on_questions = Binding::of(action).is_some_and(|known| known.place == Place::Questions);
    starts || changes || (on_questions && !looks)
}

/// The number of the option an action answers with.
pub fn option_number(action: Action) -> Option<u32> {
    action.name().strip_prefix("option-")?.parse().ok()
}
