//! Places: where a result is, in lines as far as they are known, in bytes otherwise.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use synod_proto::v1::{Anchor, Located, Place};

use super::super::{QUOTE, Report, item::Item, item::Source, lines};

/// What may stand in a relative reference as it is. A colon could be taken for the end of a scheme.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The first place of a matter: the one that it is shown at. A matter without one stands at the first input.
pub(super) fn first(report: &Report<'_>, item: &Item<'_>) -> Value {
    let path = match item.path() {
        "" => report.answer.inputs.first().map_or("", String::as_str),
        path => path,
    };
    physical(report, path, region(report, item))
}

/// The other places of a finding.
pub(super) fn others(report: &Report<'_>, item: &Item<'_>) -> Vec<Value> {
    let Source::Found { finding, .. } = item.source else {
        return Vec::new();
    };
    let places = report.places(&finding.id);
    (1..)
        .zip(finding.anchors.iter().skip(1))
        .map(|(n, anchor)| {
            let region = of_anchor(anchor, places.get(n));
            physical(report, &anchor.path, region)
        })
        .collect()
}

/// What a suggested text replaces: exactly what is quoted, or nothing if that is not one place. Of lines all of them,
/// with their indentation if the text has one.
pub(super) fn replaced(report: &Report<'_>, item: &Item<'_>, text: &str) -> Option<Value> {
    let Source::Found { finding, .. } = item.source else {
        return None;
    };
    let [anchor] = finding.anchors.as_slice() else {
        return None;
    };
    let mut region = match (&finding.located, report.places(&finding.id).first()) {
        (Some(located), place @ Some(_))
            if anchor.path == located.path && !text.starts_with([' ', '\t']) =>
        {
            of_lines(located)?;
            of_anchor(anchor, place)?
        }
        (Some(located), _) => of_lines(located)?,
        (None, place) => of_anchor(anchor, place)?,
    };
    region.remove("snippet");
    Some(region.into())
}

pub(super) fn artifact(report: &Report<'_>, path: &str) -> Value {
    let path = match path {
        "" => "unknown",
        path => path.trim_start_matches('/'),
    };
    let whole = format!("{}{path}", report.base);
    let uri = utf8_percent_encode(&whole, PLAIN).to_string();
    json!({"uri": uri, "uriBaseId": "%SRCROOT%"})
}

fn physical(report: &Report<'_>, path: &str, region: Option<Map<String, Value>>) -> Value {
    let mut physical = json!({"artifactLocation": artifact(report, path)});
    if let Some(region) = region {
        physical["region"] = region.into();
    }
    json!({"physicalLocation": physical})
}

fn region(report: &Report<'_>, item: &Item<'_>) -> Option<Map<String, Value>> {
    if let Some(located) = item.located() {
        let mut region = of_lines(located)?;
        with_snippet(&mut region, item.quote());
        return Some(region);
    }
    match item.source {
        Source::Found { finding, .. } => {
            let place = report.places(&finding.id).first();
            of_anchor(finding.anchors.first()?, place)
        }
        Source::Left { entry, place } => {
            let mut region = of_place(place?);
            with_snippet(&mut region, &entry.quote);
            Some(region)
        }
    }
}

/// Whole lines of the new side. Lines of the old side are not in any file that could be looked at.
fn of_lines(located: &Located) -> Option<Map<String, Value>> {
    if located.side == "old" || located.first == 0 {
        return None;
    }
    let mut region = Map::new();
    region.insert("startLine".to_owned(), located.first.into());
    region.insert("startColumn".to_owned(), 1.into());
    let last = located.last.max(located.first);
    region.insert("endLine".to_owned(), last.into());
    Some(region)
}

fn of_anchor(anchor: &Anchor, place: Option<&Place>) -> Option<Map<String, Value>> {
    let mut region = match place {
        Some(place) => of_place(place),
        None => bytes(anchor.start?, anchor.end?)?,
    };
    with_snippet(&mut region, &anchor.quote);
    Some(region)
}

fn of_place(place: &Place) -> Map<String, Value> {
    let mut region = bytes(place.start, place.end).unwrap_or_default();
    if place.first_line > 0 && place.first_column > 0 {
        let last = place.last_line.max(place.first_line);
        region.insert("startLine".to_owned(), place.first_line.into());
        region.insert("startColumn".to_owned(), place.first_column.into());
        region.insert("endLine".to_owned(), last.into());
        if place.end_column > 0 {
            region.insert("endColumn".to_owned(), place.end_column.into());
        }
    }
    region
}

fn bytes(start: u64, end: u64) -> Option<Map<String, Value>> {
    let length = end.checked_sub(start)?;
    let mut region = Map::new();
    region.insert("byteOffset".to_owned(), start.into());
    region.insert("byteLength".to_owned(), length.into());
    Some(region)
}

fn with_snippet(region: &mut Map<String, Value>, quote: &str) {
    let quote = lines(quote, QUOTE);
    if !quote.is_empty() {
        region.insert("snippet".to_owned(), json!({"text": quote}));
    }
}
