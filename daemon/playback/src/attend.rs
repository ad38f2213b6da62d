//! A script within a conversation: whose turn it is, what is asked, and what a cancel or the client's end takes
//! away from it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    PlayError,
    conversation::{AfterEof, AtEndOfScript, Conversation, Heard, Modes, Permission},
    player::{Attention, Player},
    speak::unfit,
    voice::{Asked, Speech, Tier},
};

/// Words that no turn is needed for: settings and ends.
const SETTINGS: [&str; 19] = [
    "as",
    "session",
    "model",
    "usage",
    "cost",
    "never-read",
    "log",
    "ignore-cancel",
    "never-end-turn",
    "stay-after-eof",
    "ask-twice",
    "refuses",
    "modes",
    "remembers",
    "ignore",
    "eprint",
    "exit",
    "kill-self",
    "stop-self",
];

impl Player {
    pub fn setting(
        &mut self,
        word: &str,
        set: impl FnOnce(&mut Conversation),
    ) -> Result<(), PlayError> {
        self.only_acp(word)?;
        if self.speaker.conversation.has_begun() {
            return Err(PlayError::TooLate {
                word: word.to_owned(),
            });
        }
        set(&mut self.speaker.conversation);
        Ok(())
    }

    fn only_acp(&self, word: &str) -> Result<(), PlayError> {
        match self.speaker.tier {
            Tier::Acp => Ok(()),
            Tier::Command | Tier::Claude | Tier::Codex | Tier::Gemini | Tier::Opencode => {
                Err(PlayError::OnlyAcp {
                    word: word.to_owned(),
                })
            }
        }
    }

    pub fn word_refuses(&mut self) -> Result<(), PlayError> {
        let method = self.next("refuses")?;
        let (code, text) = self.code_and_text("refuses")?;
        self.setting("refuses", |it| {
            it.habits.refuses.insert(method, (code, text));
        })
    }

    pub fn word_modes(&mut self) -> Result<(), PlayError> {
        let ids = self.next("modes")?;
        let ids = ids.split(',').filter(|id| *id != "none");
        let ids = ids.map(str::to_owned).collect();
        self.setting("modes", |it| it.habits.modes = Modes::These(ids))
    }

    pub fn word_error(&mut self) -> Result<(), PlayError> {
        self.only_acp("error")?;
        let (code, message) = self.code_and_text("error")?;
        let error = json!({"code": code, "message": message});
        self.speaker.conversation.end_turn(json!({"error": error}))
    }

    fn code_and_text(&mut self, word: &str) -> Result<(i64, String), PlayError> {
        let found = self.next(word)?;
        let code = found
            .parse()
            .map_err(|_| unfit(word, "the code of an error, such as -32603", &found))?;
        Ok((code, self.next(word)?))
    }

    pub fn word_asks(&mut self) -> Result<(), PlayError> {
        self.only_acp("asks")?;
        let kind = self.next("asks")?;
        let what = self.next("asks")?;
        let path = self.script.next_if(|word| word.contains('/'));
        self.called(kind.clone(), what);
        self.speaker.permission = None;
        let asked = Asked {
            kind: &kind,
            path: path.as_deref(),
        };
        let speaker = &mut self.speaker;
        speaker.conversation.ask(&speaker.facts, asked)?;
        loop {
            match self.hear(None)? {
                Heard::Answer(Some(option)) => {
                    self.speaker.permission = Some(if option.starts_with("allow") {
                        Permission::Allowed
                    } else {
                        Permission::Rejected
                    });
                    return Ok(());
                }
                // The client gave the turn up; its notification says so too.
                Heard::Answer(None) => {
                    self.speaker.permission = Some(Permission::Rejected);
                    return Ok(());
                }
                Heard::Cancel | Heard::Eof => return Ok(()),
                Heard::Prompt | Heard::Silence => {}
            }
        }
    }

    pub fn word_if(&mut self, word: &str, wanted: Permission) -> Result<(), PlayError> {
        self.only_acp(word)?;
        let block = self.script.block(word)?;
        if self.speaker.permission == Some(wanted) {
            self.script.put_back(block);
        }
        Ok(())
    }

    /// Before a word is played: a turn must be under way unless the word only sets something. What a client says
    /// in the meantime is heard.
    pub fn attend(&mut self, word: &str) -> Result<Attention, PlayError> {
        if self.speaker.tier != Tier::Acp || SETTINGS.contains(&word) {
            return Ok(Attention::Plays);
        }
        if self.speaker.conversation.in_turn() {
            return Ok(match self.hear(Some(Instant::now()))? {
                Heard::Cancel => Attention::TurnIsOver,
                Heard::Prompt | Heard::Answer(_) | Heard::Eof | Heard::Silence => Attention::Plays,
            });
        }
        while !self.speaker.conversation.in_turn() && self.over.is_none() {
            self.hear(None)?;
        }
        Ok(if self.over.is_some() {
            Attention::TurnIsOver
        } else {
            Attention::Plays
        })
    }

    /// Hears, and does what a cancel and the end of the conversation ask for.
    fn hear(&mut self, until: Option<Instant>) -> Result<Heard, PlayError> {
        let speaker = &mut self.speaker;
        let heard = speaker.conversation.hear(&mut speaker.facts, until)?;
        match &heard {
            Heard::Cancel if speaker.conversation.in_turn() => {
                let result = json!({"stopReason": "cancelled"});
                speaker.conversation.end_turn(json!({"result": result}))?;
                self.script.skip_past("done");
            }
            Heard::Eof if !speaker.conversation.in_turn() || until.is_none() => self.leave(),
            Heard::Prompt | Heard::Cancel | Heard::Answer(_) | Heard::Eof | Heard::Silence => {}
        }
        Ok(heard)
    }

    /// The client is gone.
    fn leave(&mut self) {
        match self.speaker.conversation.habits.after_eof {
            AfterEof::Ends => self.over = Some(self.code),
            AfterEof::Stays => loop {
                std::thread::park();
            },
        }
    }

    /// Time passes; a conversation goes on meanwhile, and a cancel ends the wait.
    pub fn pass(&mut self, time: Duration) -> Result<Attention, PlayError> {
        if self.speaker.tier != Tier::Acp {
            std::thread::sleep(time);
            return Ok(Attention::Plays);
        }
        let until = Instant::now() + time;
        loop {
            match self.hear(Some(until))? {
                Heard::Cancel => return Ok(Attention::TurnIsOver),
                Heard::Eof => {
                    std::thread::sleep(until.saturating_duration_since(Instant::now()));
                    return Ok(Attention::Plays);
                }
                Heard::Silence => return Ok(Attention::Plays),
                Heard::Prompt | Heard::Answer(_) => {}
            }
        }
    }

    /// After the last word: a conversation goes on until the client has enough.
    pub fn see_out(&mut self) -> Result<(), PlayError> {
        if self.speaker.tier != Tier::Acp {
            return Ok(());
        }
        while self.over.is_none() {
            let ends = self.speaker.conversation.habits.at_end_of_script == AtEndOfScript::EndsTurn;
            if self.speaker.conversation.in_turn() && ends {
                self.tell(&Speech::Done)?;
            }
            self.hear(None)?;
        }
        Ok(())
    }
}
