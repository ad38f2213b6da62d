//! The words by which an agent speaks in the way of a real CLI. What only a conversation has is in `attend.rs`.

use std::path::Path;

use crate::{
    PlayError, act, answer,
    conversation::{AfterEof, Asks, AtEndOfScript, Conversation, OnCancel, Permission},
    player::Player,
    voice::{self, Call, Facts, Failure, Line, Speech, Tier},
};

/// Who speaks, and how far it has come.
pub struct Speaker {
    pub tier: Tier,
    pub facts: Facts,
    begun: Begun,
    pub conversation: Conversation,
    /// How the last permission was answered.
    pub permission: Option<Permission>,
}

/// Whether the lines stand there with which a CLI begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    No,
    Yes,
}

impl Speaker {
    pub fn new() -> Self {
        Self {
            tier: Tier::Command,
            facts: Facts::new(),
            begun: Begun::No,
            conversation: Conversation::default(),
            permission: None,
        }
    }

    /// The prompt that came by a conversation.
    pub fn prompt(&self) -> Option<&[u8]> {
        (self.tier == Tier::Acp).then_some(self.facts.prompt.as_bytes())
    }

    /// It begins anew in another tier.
    pub fn becomes(&mut self, tier: Tier) {
        self.tier = tier;
        self.begun = Begun::No;
    }
}

impl Player {
    /// A word of an agent that speaks; `None` if it is none.
    pub fn speak_word(&mut self, word: &str) -> Option<Result<(), PlayError>> {
        Some(match word {
            "as" => self.word_as(),
            "session" => self
                .next(word)
                .map(|text| self.speaker.facts.session = text),
            "model" => self.next(word).map(|text| self.speaker.facts.model = text),
            "usage" => self.word_usage(),
            "cost" => self.word_cost(),
            "says" => self.text(word, Speech::Says),
            "thinks" => self.text(word, Speech::Thinks),
            "plans" => self.text(word, |text| {
                Speech::Plans(text.lines().map(str::to_owned).collect())
            }),
            "calls" => self.word_calls(),
            "returned" => self.text(word, Speech::Returned),
            "retries" => self.word_retries(),
            "final" => self.word_final(),
            "answers" => self.word_answers(),
            "votes" => self.word_on_sheet("vote"),
            "rules" => self.word_on_sheet("rule"),
            "done" => self.speak(&Speech::Done),
            "fails" => self.word_fails(),
            "no-final" => {
                self.over = Some(0);
                Ok(())
            }
            "half-says" => self.word_half_says(),
            "unknown-lines" => self
                .number(word)
                .and_then(|count| (1..=count).try_for_each(|n| self.speak(&Speech::Unknown(n)))),
            "log" => self.next(word).and_then(|path| {
                self.setting(word, |conversation| {
                    conversation.habits.log = Some(path.into());
                })
            }),
            "ignore-cancel" => self.setting(word, |it| it.habits.on_cancel = OnCancel::GoesOn),
            "never-end-turn" => self.setting(word, |it| {
                it.habits.at_end_of_script = AtEndOfScript::LeavesTurnOpen;
            }),
            "stay-after-eof" => self.setting(word, |it| it.habits.after_eof = AfterEof::Stays),
            "ask-twice" => self.setting(word, |it| it.habits.asks = Asks::Twice),
            "remembers" => self
                .next(word)
                .and_then(|text| self.setting(word, |it| it.habits.remembers = Some(text))),
            "refuses" => self.word_refuses(),
            "modes" => self.word_modes(),
            "asks" => self.word_asks(),
            "if-allowed" => self.word_if(word, Permission::Allowed),
            "if-rejected" => self.word_if(word, Permission::Rejected),
            "error" => self.word_error(),
            "stray" => self
                .next(word)
                .and_then(|text| act::print(format!("{text}\n").as_bytes())),
            _ => return None,
        })
    }

    fn word_as(&mut self) -> Result<(), PlayError> {
        let name = self.next("as")?;
        let tier = name.parse().map_err(|()| {
            unfit(
                "as",
                "command, claude, codex, gemini, opencode or acp",
                &name,
            )
        })?;
        self.speaker.becomes(tier);
        Ok(())
    }

    fn word_usage(&mut self) -> Result<(), PlayError> {
        self.speaker.facts.usage = voice::Usage {
            input: self.number("usage")?,
            cached: self.number("usage")?,
            output: self.number("usage")?,
            reasoning: self.number("usage")?,
        };
        Ok(())
    }

    fn word_cost(&mut self) -> Result<(), PlayError> {
        let found = self.next("cost")?;
        self.speaker.facts.cost = found
            .parse()
            .ok()
            .filter(|cost: &f64| cost.is_finite())
            .ok_or_else(|| unfit("cost", "US dollars, such as 0.25", &found))?;
        Ok(())
    }

    fn word_calls(&mut self) -> Result<(), PlayError> {
        let tool = self.next("calls")?;
        let what = self.next("calls")?;
        self.called(tool, what);
        self.speak(&Speech::Calls)
    }

    pub fn called(&mut self, tool: String, what: String) {
        let facts = &mut self.speaker.facts;
        let id = facts.named("call_");
        facts.calls += 1;
        facts.call = Some(Call { id, tool, what });
    }

    fn word_retries(&mut self) -> Result<(), PlayError> {
        let status = self.number("retries")?;
        let after_ms = self.number("retries")?;
        let status = u16::try_from(status)
            .map_err(|_| unfit("retries", "an HTTP status", &status.to_string()))?;
        self.speaker.facts.retries += 1;
        self.speak(&Speech::Retries { status, after_ms })
    }

    /// `final` takes the text itself, or the path of a file that holds it.
    fn word_final(&mut self) -> Result<(), PlayError> {
        let word = self.next("final")?;
        let text = if Path::new(&word).is_absolute() {
            std::fs::read_to_string(&word).map_err(PlayError::file(&word))?
        } else {
            word
        };
        self.finally(text)
    }

    fn word_answers(&mut self) -> Result<(), PlayError> {
        let findings = self.next("answers")?;
        let prompt = self.prompt()?;
        let text = answer::answer(&prompt, &findings, answer::Receipts::Copied)?;
        self.finally(text)
    }

    fn word_on_sheet(&mut self, word: &str) -> Result<(), PlayError> {
        let text = self.on_sheet(word, answer::Receipts::Copied)?;
        self.finally(text)
    }

    fn finally(&mut self, text: String) -> Result<(), PlayError> {
        self.speak(&Speech::Final(text))
    }

    fn word_fails(&mut self) -> Result<(), PlayError> {
        let found = self.next("fails")?;
        let mut failure = found
            .parse()
            .map_err(|()| unfit("fails", Failure::NEEDS, &found))?;
        if let Failure::Status { retry_after, .. } = &mut failure
            && self.script.skip("retry-after")
        {
            *retry_after = Some(self.script.number("retry-after")?);
        }
        self.speak(&Speech::Fails(failure))
    }

    /// The line of `says`, cut in the middle and without its newline.
    fn word_half_says(&mut self) -> Result<(), PlayError> {
        let text = self.next("half-says")?;
        self.begin()?;
        let speaker = &mut self.speaker;
        let lines = voice::lines(speaker.tier, &Speech::Says(text), &mut speaker.facts);
        match lines.first() {
            Some(Line::Json(value)) => {
                let line = value.to_string();
                act::print(&line.as_bytes()[..line.len() / 2])
            }
            Some(Line::Text(line)) => act::print(&line.as_bytes()[..line.len() / 2]),
            Some(Line::Aside(_) | Line::Code(_)) | None => Ok(()),
        }
    }

    fn text(&mut self, word: &str, speech: impl FnOnce(String) -> Speech) -> Result<(), PlayError> {
        let text = self.next(word)?;
        self.speak(&speech(text))
    }

    /// The lines with which a CLI begins, once it has read its prompt.
    fn begin(&mut self) -> Result<(), PlayError> {
        if self.speaker.begun == Begun::Yes {
            return Ok(());
        }
        self.speaker.begun = Begun::Yes;
        if !matches!(self.speaker.tier, Tier::Command | Tier::Acp) {
            let prompt = self.prompt()?;
            self.speaker.facts.prompt = String::from_utf8_lossy(&prompt).into_owned();
        }
        self.tell(&Speech::Begins)
    }

    fn speak(&mut self, speech: &Speech) -> Result<(), PlayError> {
        match (self.speaker.tier, speech) {
            // Both fail before they have begun.
            (Tier::Gemini, Speech::Fails(Failure::Login)) | (Tier::Opencode, Speech::Fails(_)) => {}
            _ => self.begin()?,
        }
        if let Speech::Says(text) | Speech::Final(text) = speech {
            self.speaker.facts.message.clone_from(text);
        }
        self.tell(speech)
    }

    pub fn tell(&mut self, speech: &Speech) -> Result<(), PlayError> {
        let speaker = &mut self.speaker;
        for line in voice::lines(speaker.tier, speech, &mut speaker.facts) {
            match line {
                // An answer without an id is the end of the turn.
                Line::Json(value)
                    if speaker.tier == Tier::Acp && value.get("jsonrpc").is_none() =>
                {
                    speaker.conversation.end_turn(value)?;
                }
                Line::Json(value) => act::print(format!("{value}\n").as_bytes())?,
                Line::Text(text) => act::print(format!("{text}\n").as_bytes())?,
                Line::Aside(text) => act::eprint(format!("{text}\n").as_bytes())?,
                Line::Code(code) => self.code = code,
            }
        }
        Ok(())
    }
}

pub fn unfit(after: &str, needs: &'static str, found: &str) -> PlayError {
    PlayError::Unfit {
        after: after.to_owned(),
        needs,
        found: found.to_owned(),
    }
}
