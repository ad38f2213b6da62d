//! Plays the words of a script in their order.

use std::{path::Path, time::Duration};

use crate::{
    PlayError, act, answer,
    script::Script,
    sheet::{self, Round},
    speak::Speaker,
};

/// Plays the script to its end. Returns the exit code.
pub fn play(before: &[&str], words: Vec<String>) -> Result<u8, PlayError> {
    let mut player = Player {
        before: before.iter().map(|&word| word.to_owned()).collect(),
        script: Script::new(words),
        prompt: None,
        rest: String::new(),
        speaker: Speaker::new(),
        code: 0,
        over: None,
    };
    while let Some(word) = player.script.peek() {
        // A cancel takes away the rest of the turn, this word too.
        match player.attend(&word)? {
            Attention::Plays => {
                player.script.pop();
                player.step(&word)?;
            }
            Attention::TurnIsOver => {}
        }
        if let Some(code) = player.over {
            return Ok(code);
        }
    }
    player.see_out()?;
    Ok(player.over.unwrap_or(player.code))
}

/// Whether a word is still to be played.
pub enum Attention {
    Plays,
    TurnIsOver,
}

/// The script as far as it is not played yet, and what is remembered.
pub struct Player {
    /// What makes this program a fake agent, in front of a script.
    before: Vec<String>,
    pub script: Script,
    pub speaker: Speaker,
    /// What it exits with at the end of the script.
    pub code: u8,
    /// What it exits with now.
    pub over: Option<u8>,
    prompt: Option<Vec<u8>>,
    /// The second half of an answer.
    rest: String,
}

impl Player {
    fn step(&mut self, word: &str) -> Result<(), PlayError> {
        match word {
            "read-prompt" => self.prompt().map(drop),
            "never-read" => {
                self.prompt.get_or_insert_default();
                Ok(())
            }
            "close-stdin" => act::close_stdin(),
            "echo-prompt" => act::print(&self.prompt()?),
            "print" => act::print(format!("{}\n", self.next(word)?).as_bytes()),
            "eprint" => act::eprint(format!("{}\n", self.next(word)?).as_bytes()),
            "half-line" => act::print(self.next(word)?.as_bytes()),
            "print-raw" => act::print(&act::unescaped(&self.next(word)?)?),
            "print-bytes" => act::print_bytes(self.number(word)?),
            "line-of" => act::line_of(self.number(word)?),
            "lines" => act::lines(self.number(word)?),
            "spam-stderr" => act::spam_stderr(self.number(word)?),
            "print-env" => act::print_env(&self.next(word)?),
            "print-cwd" => act::print_cwd(),
            "print-pid" => act::print(format!("{}\n", std::process::id()).as_bytes()),
            "marker" => act::print(b"=== AGENT COMPLETED ===\n<<<DONE>>>\n__EXIT_CODE:0__\n"),
            "sleep" => {
                let time = Duration::from_millis(self.number(word)?);
                self.pass(time).map(drop)
            }
            "wait-file" => {
                let path = self.next(word)?;
                self.wait_file(&path)
            }
            "touch" => act::touch(&self.next(word)?),
            "append" => {
                let path = self.next(word)?;
                act::append(&path, &self.next(word)?)
            }
            "exit" => std::process::exit(self.number(word)? as i32),
            "kill-self" => act::kill_self(&self.next(word)?),
            "stop-self" => act::kill_self("STOP"),
            "ignore" => {
                let signal = self.next(word)?;
                Err(act::again_ignoring(
                    &signal,
                    &self.before,
                    self.script.rest(),
                ))
            }
            "setsid" => rustix::process::setsid()
                .map(drop)
                .map_err(PlayError::world("make a session of its own")),
            "fork-child" => act::child(&self.before, &[], &self.script.block(word)?),
            "setsid-child" => act::child(&self.before, &["setsid"], &self.script.block(word)?),
            "double-fork-child" => act::orphan(&self.before, &self.script.block(word)?),
            "children" => {
                let count = self.number(word)?;
                let script = self.script.block(word)?;
                (0..count).try_for_each(|_| act::child(&self.before, &[], &script))
            }
            "answer" => {
                let text = self.answer(word, answer::Receipts::Copied)?;
                act::print(text.as_bytes())
            }
            "answer-without-receipts" => {
                let text = self.answer(word, answer::Receipts::Absent)?;
                act::print(text.as_bytes())
            }
            "answer-wrong-receipts" => {
                let text = self.answer(word, answer::Receipts::Wrong)?;
                act::print(text.as_bytes())
            }
            "answer-with-noise" => {
                let text = self.answer(word, answer::Receipts::Copied)?;
                let prompt = self.prompt()?;
                act::print(&answer::with_noise(&prompt, &text))
            }
            "answer-in-halves" => {
                let text = self.answer(word, answer::Receipts::Copied)?;
                let (half, rest) = text.split_at(text.floor_char_boundary(text.len() / 2));
                rest.clone_into(&mut self.rest);
                act::print(half.as_bytes())
            }
            "vote" | "rule" => {
                let text = self.on_sheet(word, answer::Receipts::Copied)?;
                act::print(text.as_bytes())
            }
            "vote-without-receipts" => {
                let text = self.on_sheet("vote", answer::Receipts::Absent)?;
                act::print(text.as_bytes())
            }
            "in" => self.word_in(),
            "half-rest" => act::print(std::mem::take(&mut self.rest).as_bytes()),
            other => self
                .speak_word(other)
                .unwrap_or_else(|| Err(PlayError::UnknownWord(other.to_owned()))),
        }
    }

    /// There is nobody to tell us: looks every few milliseconds.
    fn wait_file(&mut self, path: &str) -> Result<(), PlayError> {
        while !Path::new(path).exists() {
            match self.pass(Duration::from_millis(3))? {
                Attention::Plays => {}
                Attention::TurnIsOver => break,
            }
        }
        Ok(())
    }

    pub fn next(&mut self, after: &str) -> Result<String, PlayError> {
        self.script.next(after)
    }

    pub fn number(&mut self, after: &str) -> Result<u64, PlayError> {
        self.script.number(after)
    }

    pub fn prompt(&mut self) -> Result<Vec<u8>, PlayError> {
        if let Some(prompt) = self.speaker.prompt() {
            return Ok(prompt.to_vec());
        }
        if let Some(prompt) = &self.prompt {
            return Ok(prompt.clone());
        }
        let prompt = act::read_stdin()?;
        self.prompt = Some(prompt.clone());
        Ok(prompt)
    }

    fn answer(&mut self, word: &str, receipts: answer::Receipts) -> Result<String, PlayError> {
        let findings = self.next(word)?;
        answer::answer(&self.prompt()?, &findings, receipts)
    }

    /// What a script says of the findings in its prompt: votes or rulings.
    pub fn on_sheet(
        &mut self,
        word: &str,
        receipts: answer::Receipts,
    ) -> Result<String, PlayError> {
        let rules = self.next(word)?;
        let prompt = self.prompt()?;
        match word {
            "rule" => sheet::rule(&prompt, &rules, receipts),
            _ => sheet::vote(&prompt, &rules, receipts),
        }
    }

    /// A script for one round: an agent's command line is the same in each.
    fn word_in(&mut self) -> Result<(), PlayError> {
        let when = self.next("in")?;
        let block = self.script.block("in")?;
        let prompt = self.prompt()?;
        let prompt = String::from_utf8_lossy(&prompt);
        let plays = match when.as_str() {
            "first" => sheet::round_of(&prompt) == Round::First,
            "ballot" => sheet::round_of(&prompt) == Round::Ballot,
            "arbitration" => sheet::round_of(&prompt) == Round::Arbitration,
            "repair" => sheet::is_sent_back(&prompt),
            "fresh" => !sheet::is_sent_back(&prompt),
            _ => {
                return Err(PlayError::Unfit {
                    after: "in".to_owned(),
                    needs: "first, ballot, arbitration, repair or fresh",
                    found: when,
                });
            }
        };
        if plays {
            self.script.put_back(block);
        }
        Ok(())
    }
}
