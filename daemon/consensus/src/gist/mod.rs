//! What a claim speaks of, and what it says about it: topics, questions, and a stance.
//!
//! Read word by word with closed lists (`vocabulary`), without grammar. It only ever tells two
//! claims apart; that two are alike is for `similarity`.

mod stance;
mod stem;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use crate::similarity::fnv;
use stance::Stance;
use stem::stem;
use vocabulary::{Question, Role, directs, excludes, is_article, opposite, orders, role, selects};
use words::{Word, words};

/// Words of a claim beyond this many are not read: what they would add is doubt, and two claims
/// as long as that are not taken for one in any case.
pub(crate) const MOST_WORDS: usize = 150;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gist {
    /// Prints of the stems of what it is about, sorted, each once.
    topics: Vec<u64>,
    /// The stems, and what it points at, in the order in which they come up.
    sequence: Vec<String>,
    /// The sentence without articles, and with its topics left out.
    frame: Vec<String>,
    /// The first topic it asks for: "which *users*".
    focus: Option<String>,
    /// Words that say how a thing takes part, each with the thing.
    orders: Vec<(String, String)>,
    /// Words that narrow it, sorted, each once.
    narrowed: Vec<String>,
    /// Of the questions one can ask about a sentence, a bit for each that it asks.
    questions: u16,
    must: bool,
    may: bool,
    stance: Stance,
    whole: bool,
}

/// Why two claims, alike as they are, may be two matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// One says the opposite of the other in one word.
    Opposite,
    /// Of one matter, one denies what the other does not.
    Denied,
    /// Each speaks of something the other does not, one of more, or they ask different questions.
    Matter,
}

impl Gist {
    pub(crate) fn of(claim: &str) -> Self {
        let mut gist = Self {
            topics: Vec::new(),
            sequence: Vec::new(),
            frame: Vec::new(),
            focus: None,
            orders: Vec::new(),
            narrowed: Vec::new(),
            questions: 0,
            must: false,
            may: false,
            stance: Stance::of(&[], false),
            whole: true,
        };
        let words = words(claim);
        gist.whole = words.len() <= MOST_WORDS;
        let mut roles: Vec<Role> = Vec::new();
        for (n, word) in words.iter().take(MOST_WORDS).enumerate() {
            let role = role(&words, n, roles.last().copied());
            roles.push(role);
            gist.read(&words, n, role);
            if matches!(role, Role::Topic | Role::Points | Role::Asks(_)) {
                gist.relate(&words, n, &roles);
            }
            if matches!(role, Role::Topic | Role::Points) {
                gist.frame.push(String::new());
            } else if !is_article(word.text()) {
                gist.frame.push(word.text().to_owned());
            }
        }
        gist.topics.sort_unstable();
        gist.topics.dedup();
        gist.narrowed.sort_unstable();
        gist.narrowed.dedup();
        gist.stance = Stance::of(&roles, claim.contains(['?', '？']));
        gist
    }

    fn read(&mut self, words: &[Word], n: usize, role: Role) {
        let word = words[n].text();
        match role {
            Role::Topic => {
                let before = n.checked_sub(1).map(|n| words[n].text());
                if self.focus.is_none() && before.is_some_and(selects) {
                    self.focus = Some(stem(word));
                }
                let stem = stem(word);
                self.topics.push(fnv(&stem));
                self.sequence.push(stem);
            }
            Role::Points => self.sequence.push(word.to_owned()),
            Role::Narrows => self.narrowed.push(word.to_owned()),
            Role::Asks(question) => self.questions |= question as u16,
            Role::Must => self.must = true,
            Role::May => self.may = true,
            Role::Filler | Role::Denies | Role::Lacks | Role::Reports | Role::Demands => {}
        }
    }

    /// Notes the words right before the `n`th, fillers aside, that say how it takes part.
    fn relate(&mut self, words: &[Word], n: usize, roles: &[Role]) {
        for before in (0..n).rev() {
            let word = words[before].text();
            if excludes(word) && roles[n] == Role::Points {
                self.orders
                    .push(("not".to_owned(), words[n].text().to_owned()));
            } else if orders(word) || directs(word) {
                self.orders.push((word.to_owned(), stem(words[n].text())));
            } else if roles[before] != Role::Filler {
                return;
            }
        }
    }

    /// Whether anything forbids to take two like claims for one.
    pub(crate) fn doubt(&self, other: &Self) -> Option<Doubt> {
        let (own, others) = (self.beyond(other), other.beyond(self));
        if self.opposes(other, own, others) {
            return Some(Doubt::Opposite);
        }
        if own != Beyond::None || others != Beyond::None || self.is_another_matter(other) {
            return Some(Doubt::Matter);
        }
        let (a, b) = (self.stance, other.stance);
        match (a.against(b), a.is_gap() && b.is_gap()) {
            (false, _) => None,
            // Two gaps are two gaps: only what is said can contradict.
            (true, true) => Some(Doubt::Matter),
            (true, false) => Some(Doubt::Denied),
        }
    }

    fn opposes(&self, other: &Self, own: Beyond, others: Beyond) -> bool {
        if self.stance.is_gap() || other.stance.is_gap() {
            return false;
        }
        match (own, others) {
            (Beyond::One(one), Beyond::One(other)) => opposite(one, other),
            (Beyond::None, Beyond::None) => {
                let both = Question::Most as u16 | Question::Least as u16;
                let (a, b) = (self.questions, other.questions);
                a ^ b == both && a & b & both == 0
            }
            (Beyond::Many, _)
            | (_, Beyond::Many)
            | (Beyond::None, Beyond::One(_))
            | (Beyond::One(_), Beyond::None) => false,
        }
    }

    fn is_another_matter(&self, other: &Self) -> bool {
        let elsewhere = match (&self.focus, &other.focus) {
            (Some(one), Some(two)) => one != two,
            (_, _) => false,
        };
        let unnamed = self.topics.is_empty();
        let turned = self.turns(other) || self.exchanges(other);
        let forced = |one: &Self, two: &Self| one.must && !one.may && two.may && !two.must;
        let forces = forced(self, other) || forced(other, self);
        let narrower = self.narrowed != other.narrowed;
        let unread = !self.whole || !other.whole;
        self.questions != other.questions
            || elsewhere
            || unnamed
            || turned
            || forces
            || narrower
            || unread
    }

    /// Whether both are one sentence with words exchanged: "hotels rate guests" and "guests rate
    /// hotels" differ in nothing else.
    fn exchanges(&self, other: &Self) -> bool {
        let sorted = |gist: &Self| {
            let mut words = gist.sequence.clone();
            words.sort_unstable();
            words
        };
        self.frame == other.frame
            && self.sequence != other.sequence
            && sorted(self) == sorted(other)
    }

    /// Whether something takes part in another way: "mail before charge" is not "charge before
    /// mail", and "from members" is not "to members".
    fn turns(&self, other: &Self) -> bool {
        let after = |gist: &Self, word: &str| -> Vec<String> {
            let found = gist.orders.iter().filter(|(order, _)| order == word);
            found.map(|(_, thing)| thing.clone()).collect()
        };
        let before = |gist: &Self, thing: &str| -> Vec<String> {
            let found = gist
                .orders
                .iter()
                .filter(|(order, it)| it == thing && order != "of");
            found.map(|(order, _)| order.clone()).collect()
        };
        let apart = |ours: Vec<String>, theirs: Vec<String>| {
            !theirs.is_empty() && ours.iter().all(|one| !theirs.contains(one))
        };
        self.orders.iter().any(|(word, thing)| {
            let ordered = word == "not" || orders(word);
            (ordered && apart(after(self, word), after(other, word)))
                || (word != "of" && apart(before(self, thing), before(other, thing)))
        })
    }

    /// The topics that `other` does not have.
    fn beyond(&self, other: &Self) -> Beyond {
        let mut theirs = other.topics.iter().peekable();
        let mut beyond = Beyond::None;
        for topic in &self.topics {
            while theirs.next_if(|their| *their < topic).is_some() {}
            if theirs.peek() == Some(&topic) {
                continue;
            }
            beyond = match beyond {
                Beyond::None => Beyond::One(*topic),
                Beyond::One(_) | Beyond::Many => return Beyond::Many,
            };
        }
        beyond
    }
}

/// What one claim speaks of alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beyond {
    None,
    One(u64),
    Many,
}
