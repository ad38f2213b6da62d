//! The bindings themselves.

use std::fmt;

use super::Chord;

/// Where a binding holds. A screen's own go before those of lists, these before those that hold everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// On every screen.
    Everywhere,
    /// Wherever something can be selected or scrolled.
    Lists,
    /// On the list of runs.
    Runs,
    /// On one run.
    Run,
    /// On an attempt's output.
    Output,
    /// On the questions.
    Questions,
    /// On the events.
    Events,
    /// On agents and providers.
    Agents,
    /// On the ledger.
    Ledger,
    /// While the past is shown.
    Past,
}

impl Place {
    /// Every place, as the help lists them.
    pub const ALL: [Self; 10] = [
        Self::Everywhere,
        Self::Lists,
        Self::Runs,
        Self::Run,
        Self::Output,
        Self::Questions,
        Self::Events,
        Self::Agents,
        Self::Ledger,
        Self::Past,
    ];
}

impl Place {
    /// Whether keys of both may hold at the same time.
    pub fn meets(self, other: Self) -> bool {
        let anywhere = |place| matches!(place, Self::Everywhere | Self::Lists | Self::Past);
        self == other || anywhere(self) || anywhere(other)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everywhere => "everywhere",
            Self::Lists => "in lists",
            Self::Runs => "on Runs",
            Self::Run => "on a run",
            Self::Output => "on output",
            Self::Questions => "on Questions",
            Self::Events => "on Events",
            Self::Agents => "on Agents",
            Self::Ledger => "on the ledger",
            Self::Past => "in the past",
        })
    }
}

macro_rules! bindings {
    ($($variant:ident $name:literal in $place:ident: [$($key:literal),*] $hint:literal, $help:literal;)+) => {
        /// What a key can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $help] $variant,)+
        }

        impl Action {
            /// What it is called in the configuration and in the palette.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        /// Every action with its place, its keys and its words, as the help lists them.
        pub const BINDINGS: &[Binding] = &[
            $(Binding {
                action: Action::$variant,
                place: Place::$place,
                keys: &[$($key),*],
                hint: $hint,
                help: $help,
            },)+
        ];
    };
}

/// One line of the key map.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// Where.
    pub place: Place,
    /// With which keys, unless the settings say otherwise.
    pub keys: &'static [&'static str],
    /// A word or two for the hint line; empty: not shown there.
    pub hint: &'static str,
    /// A line for the help.
    pub help: &'static str,
}

impl Binding {
    /// The keys of the table.
    pub fn default_chords(&self) -> Vec<Chord> {
        self.keys
            .iter()
            .filter_map(|key| key.parse().ok())
            .collect()
    }

    /// The binding of an action; every one has exactly one.
    pub fn of(action: Action) -> Option<&'static Self> {
        BINDINGS.iter().find(|binding| binding.action == action)
    }
}

bindings! {
    Quit "quit" in Everywhere: ["q", "ctrl-c"] "quit", "leave; everything goes on running";
    Help "help" in Everywhere: ["?", "f1"] "help", "show this list of keys";
    Palette "palette" in Everywhere: [":", "ctrl-p"] "commands", "type a command";
    Back "back" in Everywhere: ["esc", "backspace"] "", "go back; never leaves";
    NextScreen "next-screen" in Everywhere: ["tab"] "", "the next screen";
    PreviousScreen "previous-screen" in Everywhere: ["backtab"] "", "the screen before";
    GoRuns "runs" in Everywhere: ["R"] "", "to Runs";
    GoQuestions "questions" in Everywhere: ["Q"] "", "to Questions";
    GoEvents "events" in Everywhere: ["E"] "", "to Events";
    GoAgents "agents" in Everywhere: ["A"] "", "to Agents";
    GoLedger "ledger" in Everywhere: ["L"] "", "what was decided for good: on a run of its gate and subject, else all of it";
    TimeTravel "past" in Everywhere: ["T"] "", "look at the past, or return from it";
    Copy "copy" in Everywhere: ["y"] "", "copy the id or the answer under the cursor";
    Repaint "repaint" in Everywhere: ["ctrl-l"] "", "draw everything anew";
    Suspend "suspend" in Everywhere: ["ctrl-z"] "", "back to the shell until `fg`";
    StartDaemon "start-daemon" in Everywhere: [] "", "start a daemon when none runs";

    Up "up" in Lists: ["k", "up"] "", "one up";
    Down "down" in Lists: ["j", "down"] "", "one down";
    Top "top" in Lists: ["g", "home"] "", "to the first";
    Bottom "bottom" in Lists: ["G", "end"] "", "to the last";
    HalfPageUp "half-page-up" in Lists: ["ctrl-u"] "", "half a screen up";
    HalfPageDown "half-page-down" in Lists: ["ctrl-d"] "", "half a screen down";
    PageUp "page-up" in Lists: ["pageup", "ctrl-b"] "", "a screen up";
    PageDown "page-down" in Lists: ["pagedown", "ctrl-f"] "", "a screen down";
    Open "open" in Lists: ["enter"] "open", "into what is selected";
    Filter "filter" in Lists: ["/"] "filter", "show only what matches";

    NewGate "new-gate" in Runs: ["n"] "new gate", "put a specification to a gate";
    NewAgent "new-agent" in Runs: ["N"] "new agent", "give one agent a prompt";
    NewCommand "new-command" in Runs: ["C"] "", "run a command";
    Output "output" in Runs: ["o"] "output", "the output of the newest attempt";
    Cancel "cancel" in Runs: ["x"] "cancel", "cancel the run, after a question";
    Retry "retry" in Runs: ["r"] "", "run it once more, after a question";
    Older "older" in Runs: ["m"] "", "more: runs that ended before those shown";

    PaneLeft "pane-left" in Run: ["h", "left"] "", "to the executions; reading a finding, to the one before";
    PaneRight "pane-right" in Run: ["l", "right"] "", "to the findings; reading a finding, to the next";
    RunOutput "run-output" in Run: ["o"] "output", "the output of the selected execution";
    RunCancel "run-cancel" in Run: ["x"] "cancel", "cancel the run, after a question";
    CancelExecution "cancel-execution" in Run: ["X"] "", "cancel the selected execution, after a question";
    RunRetry "run-retry" in Run: ["r"] "retry", "run the selected execution once more, after a question";
    RunQuestions "run-questions" in Run: ["a"] "answer", "answer what the run asks";
    Prompt "prompt" in Run: ["p"] "", "the exact prompt of the selected execution";
    RunForget "forget-decision" in Run: ["F"] "", "let the ledger forget the finding, after a question: it is asked anew";
    CopySession "copy-session" in Run: ["Y"] "", "copy the session id of the selected agent, with which it can be gone on with";

    Search "search" in Output: ["/"] "search", "look for text; a capital letter makes case matter";
    Follow "follow" in Output: ["f"] "follow", "stay at the end while more is printed";
    Wrap "wrap" in Output: ["w"] "wrap", "wrap long lines, or scroll them sideways";
    OtherStream "other-stream" in Output: ["s"] "stream", "the next stream: what an agent says and does, what it prints, its standard error";
    PreviousAttempt "previous-attempt" in Output: ["["] "", "the attempt before";
    NextAttempt "next-attempt" in Output: ["]"] "", "the attempt after";
    ScrollLeft "scroll-left" in Output: ["h", "left"] "", "sideways to the left";
    ScrollRight "scroll-right" in Output: ["l", "right"] "", "sideways to the right";
    NextMatch "next-match" in Output: ["n"] "", "the next line that matches";
    PreviousMatch "previous-match" in Output: ["N"] "", "the matching line before";

    Option1 "option-1" in Questions: ["1"] "", "answer with option 1";
    Option2 "option-2" in Questions: ["2"] "", "answer with option 2";
    Option3 "option-3" in Questions: ["3"] "", "answer with option 3";
    Option4 "option-4" in Questions: ["4"] "", "answer with option 4";
    Option5 "option-5" in Questions: ["5"] "", "answer with option 5";
    Option6 "option-6" in Questions: ["6"] "", "answer with option 6";
    Option7 "option-7" in Questions: ["7"] "", "answer with option 7";
    Option8 "option-8" in Questions: ["8"] "", "answer with option 8";
    Option9 "option-9" in Questions: ["9"] "", "answer with option 9";
    Recommended "recommended" in Questions: ["a"] "accept", "answer with what is recommended";
    OwnAnswer "own-answer" in Questions: ["e"] "write", "write an answer of your own";
    MustFix "must-fix" in Questions: ["f"] "must fix", "the subject must be mended first";
    Dismiss "dismiss" in Questions: ["d"] "not an issue", "it is not an issue";
    Later "later" in Questions: ["l"] "later", "not now; it stays open";
    Duplicate "duplicate" in Questions: ["u"] "", "it is the same as another finding";
    Rest "rest" in Questions: ["b"] "the rest", "one answer to all that is open of this run";
    Settled "settled" in Questions: ["s"] "", "show settled questions too, or not";
    NextQuestion "next-question" in Questions: ["n"] "", "the next question that waits";
    PreviousQuestion "previous-question" in Questions: ["N"] "", "the waiting question before";
    ScrollDown "scroll-down" in Questions: ["J"] "", "scroll the question's text down";
    ScrollUp "scroll-up" in Questions: ["K"] "", "scroll the question's text up";
    QuestionRun "question-run" in Questions: ["o"] "run", "the run this is about";

    Chain "chain" in Events: ["enter"] "chain", "only what led here and came of it, or everything again";
    FollowEvents "follow-events" in Events: ["f"] "follow", "stay at the newest";
    OlderEvents "older-events" in Events: ["m"] "", "more: what happened before";
    EventRun "event-run" in Events: ["o"] "run", "the run this is about";

    Refresh "refresh" in Agents: ["r"] "refresh", "ask the daemon anew";
    Calibration "calibration" in Agents: ["c"] "figures", "to the figures: how often each was right";

    Forget "forget" in Ledger: ["d"] "forget", "let it be forgotten, after a question: the matter is asked anew";
    LedgerScope "whole-ledger" in Ledger: ["a"] "scope", "of all gates and subjects, or again of the one";
    LedgerRun "ledger-run" in Ledger: ["o"] "run", "the run that said so";
    OlderEntries "older-entries" in Ledger: ["m"] "", "more: what was decided before";
    RereadLedger "reread-ledger" in Ledger: ["r"] "", "ask the daemon anew";

    Earlier "earlier" in Past: [","] "earlier", "one change back";
    LaterRevision "later-revision" in Past: ["."] "later", "one change on";
    MuchEarlier "much-earlier" in Past: ["<"] "", "a hundredth of all changes back";
    MuchLater "much-later" in Past: [">"] "", "a hundredth of all changes on";
    GoTo "go-to" in Past: ["@"] "revision", "to a revision by its number";
}
