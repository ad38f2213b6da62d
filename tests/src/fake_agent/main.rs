//! An agent that plays a script: the words of its command line, in order. At the end it exits with 0.
//!
//! | words | what it does |
//! |---|---|
//! | `read-prompt` | reads standard input to its end and remembers it |
//! | `never-read` | reads nothing; says so in the script |
//! | `close-stdin` | closes standard input |
//! | `echo-prompt` | prints what it remembers, byte for byte |
//! | `print TEXT`, `eprint TEXT` | one line on standard output, standard error |
//! | `half-line TEXT` | prints without a newline |
//! | `print-raw TEXT` | prints with `\n`, `\r`, `\t`, `\e`, `\0`, `\\`, `\xHH` as those bytes, without a newline |
//! | `print-bytes N` | N bytes in lines of 64, newlines counted |
//! | `line-of N` | one line of N bytes and its newline |
//! | `lines N` | `line 1` to `line N` |
//! | `spam-stderr N` | N bytes on standard error, in lines of 64 |
//! | `print-env NAME`, `print-cwd`, `print-pid` | what it was started with |
//! | `marker` | prints the kind of line that wrappers take for an end |
//! | `sleep MS` | sleeps |
//! | `wait-file PATH` | waits until the file exists: so a test orders things without sleeping |
//! | `touch PATH` | makes the file |
//! | `append PATH TEXT` | appends a line: counts starts |
//! | `exit N`, `kill-self SIG`, `stop-self` | ends, is ended, stops; `SIG` is a name (`KILL`) or a number |
//! | `ignore SIG` | ignores a signal from here on. Starts the program anew: a prompt read before is forgotten |
//! | `fork-child [ SCRIPT ]` | a child that holds our outputs and plays the script in brackets; not waited for |
//! | `setsid-child [ SCRIPT ]` | the same in a session of its own |
//! | `double-fork-child [ SCRIPT ]` | the same, but its parent ends at once |
//! | `children N [ SCRIPT ]` | N children |
//! | `setsid` | makes a session of its own |
//! | `answer JSON`, `answer FILE` | an answer to a gate's prompt (read first, if it was not): findings as a JSON list, receipts copied from the ends of the fences, also for the string `"$RECEIPTS"` within |
//! | `answer-without-receipts …` | without them |
//! | `answer-wrong-receipts …` | with wrong ones |
//! | `answer-with-noise …` | with the prompt's echo, log lines, tool output and a cost summary around it |
//! | `answer-in-halves …` | its first half, then, with `wait-file` in mind, `half-rest` |
//! | `half-rest` | the second half |

// Not a program for anybody but tests.
#![allow(clippy::unwrap_used, clippy::panic)]

mod act;
mod answer;

use std::collections::VecDeque;

fn main() {
    let words: VecDeque<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.into_string().expect("words in UTF-8"))
        .collect();
    Player {
        words,
        prompt: None,
        rest: String::new(),
    }
    .play();
}

/// The script as far as it is not played yet, and what is remembered.
struct Player {
    words: VecDeque<String>,
    prompt: Option<Vec<u8>>,
    /// The second half of an answer.
    rest: String,
}

impl Player {
    fn play(&mut self) {
        while let Some(word) = self.words.pop_front() {
            self.step(&word);
        }
    }

    fn step(&mut self, word: &str) {
        match word {
            "read-prompt" => drop(self.prompt()),
            "never-read" => {}
            "close-stdin" => act::close_stdin(),
            "echo-prompt" => act::print(&self.prompt()),
            "print" => act::print(format!("{}\n", self.next(word)).as_bytes()),
            "eprint" => act::eprint(format!("{}\n", self.next(word)).as_bytes()),
            "half-line" => act::print(self.next(word).as_bytes()),
            "print-raw" => act::print(&act::unescaped(&self.next(word))),
            "print-bytes" => act::print_bytes(self.number(word)),
            "line-of" => act::line_of(self.number(word)),
            "lines" => act::lines(self.number(word)),
            "spam-stderr" => act::spam_stderr(self.number(word)),
            "print-env" => act::print_env(&self.next(word)),
            "print-cwd" => {
                let cwd = std::env::current_dir().unwrap();
                act::print(format!("{}\n", cwd.display()).as_bytes());
            }
            "print-pid" => act::print(format!("{}\n", std::process::id()).as_bytes()),
            "marker" => act::print(b"=== AGENT COMPLETED ===\n<<<DONE>>>\n__EXIT_CODE:0__\n"),
            "sleep" => std::thread::sleep(std::time::Duration::from_millis(self.number(word))),
            "wait-file" => act::wait_file(&self.next(word)),
            "touch" => std::fs::write(self.next(word), b"").unwrap(),
            "append" => {
                let path = self.next(word);
                act::append(&path, &self.next(word));
            }
            "exit" => std::process::exit(self.number(word) as i32),
            "kill-self" => act::kill_self(&self.next(word)),
            "stop-self" => act::kill_self("STOP"),
            "ignore" => {
                let signal = self.next(word);
                act::again_ignoring(&signal, &self.words);
            }
            "setsid" => {
                rustix::process::setsid().expect("a session of its own");
            }
            "fork-child" => act::child(&[], &self.block(word)),
            "setsid-child" => act::child(&["setsid"], &self.block(word)),
            "double-fork-child" => act::orphan(&self.block(word)),
            "children" => {
                let count = self.number(word);
                let script = self.block(word);
                (0..count).for_each(|_| act::child(&[], &script));
            }
            "answer" => {
                let text = self.answer(word, answer::Receipts::Copied);
                act::print(text.as_bytes());
            }
            "answer-without-receipts" => {
                let text = self.answer(word, answer::Receipts::Absent);
                act::print(text.as_bytes());
            }
            "answer-wrong-receipts" => {
                let text = self.answer(word, answer::Receipts::Wrong);
                act::print(text.as_bytes());
            }
            "answer-with-noise" => {
                let text = self.answer(word, answer::Receipts::Copied);
                let prompt = self.prompt();
                act::print(&answer::with_noise(&prompt, &text));
            }
            "answer-in-halves" => {
                let text = self.answer(word, answer::Receipts::Copied);
                let (half, rest) = text.split_at(text.len() / 2);
                rest.clone_into(&mut self.rest);
                act::print(half.as_bytes());
            }
            "half-rest" => act::print(std::mem::take(&mut self.rest).as_bytes()),
            other => panic!("no word of a script: {other:?}"),
        }
    }

    fn next(&mut self, after: &str) -> String {
        self.words
            .pop_front()
            .unwrap_or_else(|| panic!("{after} needs another word"))
    }

    fn number(&mut self, after: &str) -> u64 {
        let word = self.next(after);
        word.parse()
            .unwrap_or_else(|_| panic!("{after} needs a number, not {word:?}"))
    }

    /// The words between brackets, which may hold further ones.
    fn block(&mut self, after: &str) -> Vec<String> {
        let open = self.next(after);
        assert_eq!(open, "[", "{after} needs a script in brackets");
        let mut depth = 1;
        let mut words = Vec::new();
        loop {
            let word = self.next(after);
            match word.as_str() {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return words;
            }
            words.push(word);
        }
    }

    fn prompt(&mut self) -> Vec<u8> {
        self.prompt.get_or_insert_with(act::read_stdin).clone()
    }

    fn answer(&mut self, word: &str, receipts: answer::Receipts) -> String {
        let findings = self.next(word);
        answer::answer(&self.prompt(), &findings, receipts)
    }
}
