//! A TOML file read by hand: every value keeps its place, and problems are gathered, not thrown.
//! It knows types and places; which keys exist and what they mean is the caller's.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{ConfigError, Fault, Problem};
use crate::near::nearest;
use crate::{duration, size};

/// Everything found wrong so far, with the byte offset where.
pub(crate) struct Problems<'t> {
    file: &'t Path,
    text: &'t str,
    found: Vec<(usize, Fault)>,
}

/// One table of the file and the words for it in a message.
pub(crate) struct Section<'d, 't> {
    title: String,
    offset: usize,
    table: &'d DeTable<'t>,
}

/// A value and the byte offset where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<T> {
    pub offset: usize,
    pub value: T,
}

/// Parses `text`, lets `read` take what it knows, and gives its result if nothing was wrong.
pub(crate) fn read_document<T>(
    file: &Path,
    text: &str,
    read: impl FnOnce(&Section<'_, '_>, &mut Problems<'_>) -> T,
) -> Result<T, ConfigError> {
    let mut problems = Problems {
        file,
        text,
        found: Vec::new(),
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let offset = error.span().map_or(0, |span| span.start);
        let message = one_line(error.message());
        problems.add(offset, Fault::Syntax { message });
    }
    // What was recovered from broken TOML would only give misleading problems on top.
    problems.finish()?;
    let section = Section {
        title: "the top level".to_owned(),
        offset: 0,
        table: root.get_ref(),
    };
    let value = read(&section, &mut problems);
    problems.finish()?;
    Ok(value)
}

impl Problems<'_> {
    pub fn add(&mut self, offset: usize, fault: Fault) {
        self.found.push((offset, fault));
    }

    fn finish(&mut self) -> Result<(), ConfigError> {
        if self.found.is_empty() {
            return Ok(());
        }
        let found = std::mem::take(&mut self.found);
        let mut problems: Vec<Problem> = found
            .into_iter()
            .map(|(offset, fault)| Problem {
                file: self.file.to_owned(),
                line: line_of(self.text, offset),
                fault,
            })
            .collect();
        // Stable: within a line, the order they were found in puts causes before consequences.
        problems.sort_by_key(|problem| problem.line);
        Err(ConfigError::Invalid(problems))
    }
}

impl<'d, 't> Section<'d, 't> {
    /// Where this section starts.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How a message names this section, such as `[agents.alice]`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Refuses every key that is not in `known`.
    pub fn only(&self, known: &[&str], problems: &mut Problems<'_>) {
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let all = known.join(", ");
            let suggestion = nearest(name, known.iter().copied());
            let fault = match (value.get_ref(), self.title.strip_suffix(']'), &suggestion) {
                (DeValue::Table(_), Some(title), None) if title.matches('.').count() == 1 => {
                    let (kind, own) = title
                        .trim_start_matches('[')
                        .split_once('.')
                        .unwrap_or(("", ""));
                    Fault::UnquotedDot {
                        key: name.to_owned(),
                        section: self.title.clone(),
                        known: all,
                        quoted: format!("{kind}.\"{own}.{name}\""),
                    }
                }
                _ => Fault::UnknownKey {
                    key: name.to_owned(),
                    section: self.title.clone(),
                    suggestion,
                    known: all,
                },
            };
            problems.add(key.span().start, fault);
        }
    }

    /// The table under `key`, if there is one.
    pub fn section(&self, key: &str, problems: &mut Problems<'_>) -> Option<Section<'d, 't>> {
        let value = self.raw(key)?;
        let path = self.path(key);
        let expected = format!("a table, written [{path}]");
        let table = self.take(key, value, &expected, problems, DeValue::as_table)?;
        Some(Section {
            title: format!("[{path}]"),
            offset: value.span().start,
            table,
        })
    }

    /// The keys, with their places.
    pub fn keys(&self) -> impl Iterator<Item = At<&'d str>> + use<'d, 't> {
        let table: &'d DeTable<'t> = self.table;
        table.iter().map(|(key, _)| At {
            offset: key.span().start,
            value: key.get_ref().as_ref(),
        })
    }

    /// The tables under this one, by name, with the place of the name.
    pub fn sections(&self, problems: &mut Problems<'_>) -> Vec<(At<&'d str>, Section<'d, 't>)> {
        self.keys()
            .filter_map(|at| Some((at, self.section(at.value, problems)?)))
            .collect()
    }

    /// A string.
    pub fn string(
        &self,
        key: &str,
        expected: &str,
        problems: &mut Problems<'_>,
    ) -> Option<At<&'d str>> {
        self.read(key, expected, problems, |value| {
            value.as_str().filter(|text| !text.is_empty())
        })
    }

    /// A whole number within `range`.
    pub fn integer(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<u32>,
        problems: &mut Problems<'_>,
    ) -> Option<u32> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.read(key, &expected, problems, |value| {
            as_integer(value)
                .and_then(|n| u32::try_from(n).ok())
                .filter(|n| range.contains(n))
        })
        .map(|at| at.value)
    }

    /// As [`Section::integer`], for what may be more.
    pub fn count(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
        problems: &mut Problems<'_>,
    ) -> Option<u64> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.read(key, &expected, problems, |value| {
            as_integer(value)
                .and_then(|n| u64::try_from(n).ok())
                .filter(|n| range.contains(n))
        })
        .map(|at| at.value)
    }

    /// A size in bytes, more than 0.
    pub fn size(&self, key: &str, problems: &mut Problems<'_>) -> Option<u64> {
        let expected = format!("{}, more than 0", size::EXPECTED);
        self.read(key, &expected, problems, |value| {
            match value {
                DeValue::String(text) => size::parse(text),
                _ => as_integer(value).and_then(|n| u64::try_from(n).ok()),
            }
            // Sizes end up in signed 64-bit columns and offsets.
            .filter(|bytes| (1..=i64::MAX as u64).contains(bytes))
        })
        .map(|at| at.value)
    }

    /// A duration, more than 0.
    pub fn duration(&self, key: &str, problems: &mut Problems<'_>) -> Option<At<Duration>> {
        let expected = format!("{}, more than 0 and at most 366d", duration::EXPECTED);
        self.read(key, &expected, problems, |value| {
            duration::parse(value.as_str()?)
                .ok()
                .filter(|duration| !duration.is_zero())
        })
    }

    /// An array of strings.
    pub fn strings(
        &self,
        key: &str,
        expected: &str,
        problems: &mut Problems<'_>,
    ) -> Option<At<Vec<At<&'d str>>>> {
        let array = self.array(key, expected, problems)?;
        let mut strings = Vec::with_capacity(array.value.len());
        for item in array.value {
            let text = self.take(key, item, expected, problems, DeValue::as_str)?;
            strings.push(At {
                offset: item.span().start,
                value: text,
            });
        }
        Some(At {
            offset: array.offset,
            value: strings,
        })
    }

    /// An array of anything.
    pub fn array(
        &self,
        key: &str,
        expected: &str,
        problems: &mut Problems<'_>,
    ) -> Option<At<&'d [Spanned<DeValue<'t>>]>> {
        self.read(key, expected, problems, |value| {
            value.as_array().map(|array| &array[..])
        })
    }

    /// A table inside an array, named after the array's key.
    pub fn inline(&self, key: &str, item: &'d Spanned<DeValue<'t>>) -> Option<Section<'d, 't>> {
        Some(Section {
            title: format!("{key} of {}", self.title),
            offset: item.span().start,
            table: item.get_ref().as_table()?,
        })
    }

    /// Whatever `convert` makes of the value under `key`; `None` from it is a problem.
    pub fn read<T>(
        &self,
        key: &str,
        expected: &str,
        problems: &mut Problems<'_>,
        convert: impl FnOnce(&'d DeValue<'t>) -> Option<T>,
    ) -> Option<At<T>> {
        let value = self.raw(key)?;
        let converted = self.take(key, value, expected, problems, convert)?;
        Some(At {
            offset: value.span().start,
            value: converted,
        })
    }

    /// A problem with the value under `key`, at `offset`.
    pub fn refuse(&self, key: &str, at: At<&str>, expected: &str, problems: &mut Problems<'_>) {
        let fault = Fault::Value {
            key: key.to_owned(),
            section: self.title.clone(),
            expected: expected.to_owned(),
            found: at.value.to_owned(),
        };
        problems.add(at.offset, fault);
    }

    /// Says that `key` must be there, unless it is (and then is wrong in another way).
    pub fn missing(&self, key: &str, expected: &str, problems: &mut Problems<'_>) {
        if self.raw(key).is_none() {
            let fault = Fault::MissingKey {
                key: key.to_owned(),
                section: self.title.clone(),
                expected: expected.to_owned(),
            };
            problems.add(self.offset, fault);
        }
    }

    fn take<T>(
        &self,
        key: &str,
        value: &'d Spanned<DeValue<'t>>,
        expected: &str,
        problems: &mut Problems<'_>,
        convert: impl FnOnce(&'d DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let converted = convert(value.get_ref());
        if converted.is_none() {
            let found = describe(value.get_ref());
            let at = At {
                offset: value.span().start,
                value: found.as_str(),
            };
            self.refuse(key, at, expected, problems);
        }
        converted
    }

    /// The value under `key` as it stands.
    pub fn raw(&self, key: &str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn path(&self, key: &str) -> String {
        match self
            .title
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'))
        {
            Some(title) => format!("{title}.{}", quoted_key(key)),
            None => quoted_key(key).into_owned(),
        }
    }
}

/// What a value is, for `found …`.
pub(crate) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the string {:?}", shortened(text)),
        DeValue::Integer(number) => format!("the integer {number}"),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(flag) => format!("the boolean {flag}"),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(items) if items.is_empty() => "an empty array".to_owned(),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A whole number in any of TOML's bases.
pub(crate) fn as_integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Enough of a long string to recognise it.
fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => Cow::Owned(format!("{}…", &text[..cut])),
        None => Cow::Borrowed(text),
    }
}

fn quoted_key(key: &str) -> Cow<'_, str> {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(format!("{key:?}"))
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    1 + before.matches('\n').count()
}
