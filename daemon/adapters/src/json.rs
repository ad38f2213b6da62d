//! JSON of strangers: read leniently, borrowed where it can be, bounded in depth.
//!
//! A line that another program wrote may hold anything. What is nested deeper than anything meant for us becomes
//! [`Json::Deep`] without recursion; half surrogate pairs (a text cut in the middle of an emoji), bytes that are
//! no UTF-8 and raw control characters are mended, so that a final line is never lost for one of them (O7, O8).
//!
//! Not here: what any field means.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// How deep a value is read. Everything that is meant for us lies within ten levels.
const DEEPEST: u8 = 48;

/// One value. Objects keep their order; of equal keys the last counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
    /// Too deep to be looked at.
    Deep,
}

/// What an absent field reads as.
const NULL: &Json<'static> = &Json::Null;

impl<'a> Json<'a> {
    /// The field of an object; null if there is none, or if this is no object.
    pub fn get(&self, key: &str) -> &Json<'a> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .rev()
                .find(|(name, _)| name == key)
                .map_or(NULL, |(_, value)| value),
            Self::Null
            | Self::Bool(_)
            | Self::Unsigned(_)
            | Self::Signed(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::List(_)
            | Self::Deep => NULL,
        }
    }

    /// A field of a field of …
    pub fn at(&self, path: &[&str]) -> &Json<'a> {
        path.iter().fold(self, |value, key| value.get(key))
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A count, also where it is written as `3.0` or `"3"`.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(*number),
            Self::Number(number) if number.is_finite() && *number >= 0.0 => Some(*number as u64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Unsigned(number) => Some(*number as f64),
            Self::Signed(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// Whether the field is there, be it `null`.
    pub fn has(&self, key: &str) -> bool {
        self.fields().iter().any(|(name, _)| name == key)
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn items(&self) -> &[Json<'a>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    pub fn fields(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Self::Object(fields) => fields,
            _ => &[],
        }
    }
}

/// As JSON again, canonical enough to be shown or to be the answer; what was too deep is `null`.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null | Self::Deep => f.write_str("null"),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Unsigned(number) => write!(f, "{number}"),
            Self::Signed(number) => write!(f, "{number}"),
            Self::Number(number) => f.write_str(&serde_json::Value::from(*number).to_string()),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(fields) => {
                f.write_str("{")?;
                for (i, (name, value)) in fields.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    write!(f, "{comma}{}:{value}", quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Reads one line. `read` gets the value if it is JSON, mended if need be; otherwise nothing happens.
pub fn with<T>(line: &[u8], read: impl FnOnce(&Json<'_>) -> T) -> Option<T> {
    if let Some(value) = parse(line) {
        return Some(read(&value));
    }
    // Only what looks like an object is worth a second look: log lines are common, broken JSON is rare.
    line.trim_ascii_start().starts_with(b"{").then_some(())?;
    let mended = mend(line);
    parse(&mended).map(|value| read(&value))
}

fn parse(line: &[u8]) -> Option<Json<'_>> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    // Depth is bounded by `Node`, and what lies deeper is skipped without recursion.
    let value = Node(DEEPEST).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// The same line with every half surrogate pair, every byte that is no UTF-8 and every raw control character
/// replaced.
fn mend(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(|c: char| c == '\\' || c < ' ') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let taken = if after.starts_with('\\') {
            match (surrogate(after), after.get(6..).and_then(surrogate)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                    out.push_str(after.get(..12).unwrap_or_default());
                    12
                }
                (Some(_), _) => {
                    out.push_str("\\ufffd");
                    6
                }
                (None, _) => {
                    // Two characters at least, so that an escaped backslash is not read as the start of an escape.
                    let length = 1 + after.chars().nth(1).map_or(0, char::len_utf8);
                    out.push_str(after.get(..length).unwrap_or_default());
                    length
                }
            }
        } else {
            out.push(' ');
            1
        };
        rest = after.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out.into_bytes()
}

/// The surrogate that an escape at the start of this text stands for.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(unit)
}

/// Reads one value with this many levels left.
struct Node(u8);

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json<'de>, D::Error> {
        if self.0 == 0 {
            // Without recursion: `serde_json` walks over ignored values with a stack of its own.
            reader.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Json::Deep);
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(u64::try_from(value).map_or(Json::Signed(value), Json::Unsigned))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Node(self.0 - 1))? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = map.next_key_seed(Name)? {
            fields.push((name, map.next_value_seed(Node(self.0 - 1))?));
        }
        Ok(Json::Object(fields))
    }
}

/// Reads the name of a field.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Cow<'de, str>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

#[cfg(test)]
mod tests;
