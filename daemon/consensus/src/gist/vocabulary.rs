//! The words by which a claim is read: what carries no matter of its own, what denies, what
//! says that something is not said, and which question a word stands for.
//!
//! Closed lists, written by hand; nothing is learnt. A word too few in them splits two findings,
//! so they are short. English first, then German and French, and the negations of some more:
//! a negation that is not seen would merge a claim with its opposite.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::stem::stem;
use super::words::Word;
use crate::similarity::fnv;

/// What one word does in a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Carries nothing.
    Filler,
    Denies,
    /// Says by itself that something is not said, or not well.
    Lacks,
    /// Speaks about what the text says: "defined", "measurable", "given".
    Reports,
    /// Demands: a report in the same claim is wanted, not there.
    Demands,
    Must,
    May,
    /// Narrows a claim so much that the other must have it too.
    Narrows,
    /// Stands for one of the questions one can ask about a sentence.
    Asks(Question),
    /// An id, a number, a file name, an operator.
    Points,
    /// Anything else: what the claim is about.
    Topic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Question {
    HowMany = 1,
    HowMuch = 1 << 1,
    Size = 1 << 2,
    HowLong = 1 << 3,
    HowOften = 1 << 4,
    When = 1 << 5,
    Start = 1 << 6,
    Who = 1 << 7,
    How = 1 << 8,
    Where = 1 << 9,
    Why = 1 << 10,
    Most = 1 << 11,
    Least = 1 << 12,
    Criteria = 1 << 13,
    WhatThen = 1 << 14,
    Whether = 1 << 15,
}

type Words = LazyLock<HashSet<&'static str>>;

/// Words without a matter of their own.
const FILLERS: &str = "\
    a about all also an and any anything are as at be because been being but by did do does even \
    exist exists for from get gets had has have here if in into is it its just make makes made of on \
    or since so still such that the their them then there therefore these they this those though \
    through to too use used uses using was were what which while will with would yet ab als am auch \
    auf aus bei beim damit das dass dem den der des die dies diese dieser ein eine einem einen einer \
    eines es für gelten gilt im ist mit oder sich sind soll sollen und vom von welche welchem \
    welchen welcher welches werden wird zu zum zur au aux ce cette dans de du elle en est et il la \
    le les ou par pour que quel quelle quelles quels sont sur un une";

/// Negations, and verbs that deny by themselves.
const DENIALS: &str = "\
    not no never none nothing nobody nowhere neither nor cannot without dont doesnt didnt isnt arent \
    wasnt cant wont shouldnt fail fails failing ignore ignores ignored omit omits omitted forget \
    forgets instead unable impossible nicht kein keine keinem keinen keiner keines nie niemals \
    niemand nichts nirgends nirgendwo ohne weder ne pas aucun aucune jamais sans rien ni nunca sin \
    ningún ninguna não nenhum sem non nessun nessuna senza niet geen nooit zonder inte ingen ikke \
    brak bez není нет не без никогда değil yok 不 没 没有 未 無 无";

/// Words that say by themselves that something is not said, or not well.
const LACKING: &str = "\
    lack lacks lacking missing misses absent unspecified undefined unclear unstated undecided vague \
    ambiguous ambiguity open silent unmeasurable untestable omission fehlt fehlen fehlende fehlender \
    unklar offen undefiniert unbestimmt vage mehrdeutig manque manquant manquante flou floue \
    indéfini indéfinie ambigu ambiguë 不明 不明確 曖昧 未定義 未定 未規定 未記載 不足";

/// Words about what a text says.
const REPORTS: &str = "\
    spec specification requirement requirements term terms say says said stated specify specifies \
    specified define defines defined definition describe describes described mention mentions \
    mentioned given named explain explains explained clear clearly clarify decided listed \
    measurable testable tested verifiable quantified quantify covered spezifikation anforderung \
    begriff definiert festgelegt beschrieben geregelt angegeben genannt erklärt steht messbar \
    prüfbar spécification exigence défini définie définis définies précisé précisée précise indiqué \
    indiquée dit décrit décrite mesurable vérifiable 定義 明記 記載 指定 規定 仕様 仕様書 説明";

/// Words about what a text says, or about something else: the word before decides.
static MAYBE_REPORTS: Words = LazyLock::new(|| {
    set("\
    state states name names give gives decide decides list lists cover covers test detail leave \
    leaves left")
});

/// Adjectives with which "how" asks for a degree, not for a way.
static DEGREES: Words = LazyLock::new(|| {
    set("\
    fast quick quickly slow large big small high low strong soon late early far deep old many much \
    long often viele viel lange oft schnell groß hoch")
});

/// Words that want something said.
const DEMANDS: &str = "\
    should need needs needed ought required better";

/// The words that stand for each question, as noun, as verb or asked.
const QUESTIONS: &[(Question, &str)] = &[
    (
        Question::HowMany,
        "many number count times quantity viele anzahl combien nombre",
    ),
    (Question::HowMuch, "much amount viel betrag"),
    (Question::Size, "size capacity größe taille"),
    (
        Question::HowLong,
        "long length duration lange dauer durée longtemps",
    ),
    (
        Question::HowOften,
        "often frequency frequently interval regularly oft häufig häufigkeit regelmäßig souvent \
         fréquence 頻度",
    ),
    (Question::When, "moment wann zeitpunkt quand"),
    (
        Question::Start,
        "start starts begin begins beginning beginn début",
    ),
    (Question::Who, "who whom whose wer wem wen qui"),
    (Question::How, "way method weg comment"),
    (Question::Where, "where location wo où"),
    (Question::Why, "why reason warum weshalb pourquoi"),
    (Question::Most, "maximum max maximal höchstens"),
    (Question::Least, "minimum min minimal mindestens"),
    (
        Question::Criteria,
        "criteria criterion kriterium kriterien critère critères",
    ),
    (
        Question::WhatThen,
        "happens happen behaviour behavior passiert",
    ),
    (Question::Whether, "whether ob"),
];

/// Words of which one says the opposite of the other.
const OPPOSITES: &str = "\
    before/after minimum/maximum least/most high/low higher/lower long/short longer/shorter \
    early/late full/empty increase/decrease increases/decreases allow/forbid allowed/forbidden \
    permitted/prohibited optional/mandatory enabled/disabled enable/disable include/exclude \
    included/excluded above/below more/less more/fewer fast/slow large/small strict/lax \
    public/private always/never add/remove synchronously/asynchronously manually/automatically \
    manual/automatic vor/nach hoch/niedrig lang/kurz avant/après";

/// Words whose two sides cannot be exchanged.
static ORDERS: Words = LazyLock::new(|| {
    set("\
    after against before between by from instead into of over per than until vor nach als aus je \
    pro statt bis von avant après depuis par sans")
});

static ROLES: LazyLock<HashMap<&str, Role>> = LazyLock::new(|| {
    let mut roles = HashMap::new();
    for (question, words) in QUESTIONS {
        roles.extend(
            words
                .split_whitespace()
                .map(|word| (word, Role::Asks(*question))),
        );
    }
    // The later list wins where a word is in two.
    for (words, role) in [
        (FILLERS, Role::Filler),
        (REPORTS, Role::Reports),
        (DEMANDS, Role::Demands),
        (LACKING, Role::Lacks),
        (DENIALS, Role::Denies),
    ] {
        roles.extend(words.split_whitespace().map(|word| (word, role)));
    }
    roles
});

/// Prints of their stems, both ways round.
static OPPOSITE_PRINTS: LazyLock<HashSet<(u64, u64)>> = LazyLock::new(|| {
    let pairs = OPPOSITES
        .split_whitespace()
        .filter_map(|pair| pair.split_once('/'));
    pairs
        .map(|(one, other)| (fnv(&stem(one)), fnv(&stem(other))))
        .flat_map(|(one, other)| [(one, other), (other, one)])
        .collect()
});

/// What the `n`th of the folded `words` does; `before` is the role of the one before it.
pub(crate) fn role(words: &[Word], n: usize, before: Option<Role>) -> Role {
    let word = match &words[n] {
        Word::Plain(word) => word.as_str(),
        Word::Pointer(_) => return Role::Points,
    };
    let after = words.get(n + 1).map(Word::text);
    let asked = n > 0 && matches!(words[n - 1].text(), "how" | "wie");
    match word {
        "must" | "shall" | "muss" | "müssen" | "doit" | "doivent" => return Role::Must,
        "may" | "can" | "could" | "might" | "darf" | "dürfen" | "kann" | "können" | "peut"
        | "peuvent" => return Role::May,
        "only" | "except" | "unless" | "nur" | "außer" | "seulement" | "sauf" => {
            return Role::Narrows;
        }
        // "How many" asks what "many" asks; "how fast" asks about being fast.
        "how" | "wie" => {
            return match after {
                Some(next) if DEGREES.contains(next) => Role::Filler,
                Some(_) | None => Role::Asks(Question::How),
            };
        }
        // "Too long" is an answer.
        "long" | "lange" if !asked => return Role::Topic,
        // As a question, not as a condition.
        "when" => {
            return match before {
                None | Some(Role::Reports | Role::Lacks | Role::Denies) => {
                    Role::Asks(Question::When)
                }
                Some(_) => Role::Filler,
            };
        }
        _ => {}
    }
    if word.ends_with("n't") || word.starts_with("n'") {
        return Role::Denies;
    }
    if MAYBE_REPORTS.contains(word) {
        let open = after.is_some_and(|next| ROLES.get(next) == Some(&Role::Lacks));
        return match before {
            Some(Role::Denies | Role::Reports | Role::Demands | Role::Points) => Role::Reports,
            Some(_) | None if open => Role::Reports,
            Some(_) | None => Role::Topic,
        };
    }
    ROLES.get(word).copied().unwrap_or(Role::Topic)
}

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Whether a word asks for the one after it.
pub(crate) fn selects(word: &str) -> bool {
    matches!(
        word,
        "which"
            | "what"
            | "whose"
            | "welche"
            | "welchem"
            | "welchen"
            | "welcher"
            | "welches"
            | "quel"
            | "quelle"
            | "quels"
            | "quelles"
    )
}

/// Whether a word says which way something goes, or whose it is.
pub(crate) fn directs(word: &str) -> bool {
    static DIRECTIONS: Words = LazyLock::new(|| set("to for via à pour für zu"));
    DIRECTIONS.contains(word)
}

/// Whether a word says that the pointer after it is not the one.
pub(crate) fn excludes(word: &str) -> bool {
    matches!(word, "not" | "instead" | "than" | "nicht" | "statt" | "pas")
}

pub(crate) fn is_article(word: &str) -> bool {
    static ARTICLES: Words = LazyLock::new(|| {
        set(
            "a an the das dem den der des die ein eine einem einen einer eines la \
        le les un une",
        )
    });
    ARTICLES.contains(word)
}

/// Whether what stands before a word cannot be exchanged with what stands after it.
pub(crate) fn orders(word: &str) -> bool {
    ORDERS.contains(word)
}

/// Whether one of two stems, given by their prints, says the opposite of the other.
pub(crate) fn opposite(a: u64, b: u64) -> bool {
    OPPOSITE_PRINTS.contains(&(a, b))
}
