//! The ledger: what was decided in earlier runs, listed and forgotten.

use synod_core::input::Command;
use synod_proto::v1;
use tonic::{Code, Status};

use super::{Context, cancel::command, spawn::request_id, status};
use crate::{store::Reader, wire};

/// Entries in a page unless the caller says otherwise, and at most.
const PAGE: u32 = 200;
const LARGEST_PAGE: u32 = 2_000;

pub(super) async fn list(
    context: &Context,
    request: v1::ListLedgerRequest,
) -> Result<v1::ListLedgerResponse, Status> {
    let before = match request.page_token.as_str() {
        "" => None,
        token => Some(token.parse::<i64>().map_err(|_| {
            status::invalid(
                "bad-page-token",
                format!("expected the page token of an answer before, found {token:?}"),
            )
        })?),
    };
    let size = match request.page_size {
        0 => PAGE,
        size => size.min(LARGEST_PAGE),
    };
    let revision = context.read(Reader::revision).await?;
    let page = context
        .read(move |reader| reader.ledger(&request.gate, &request.subject, before, size))
        .await?;
    Ok(v1::ListLedgerResponse {
        entries: page
            .entries
            .iter()
            .map(|stamped| wire::ledger_entry(&stamped.value, stamped.revision))
            .collect(),
        next_page_token: page.next.map(|next| next.to_string()).unwrap_or_default(),
        revision,
    })
}

pub(super) async fn forget(
    context: &Context,
    request: v1::ForgetLedgerEntryRequest,
) -> Result<v1::ForgetLedgerEntryResponse, Status> {
    let id = request_id(&request.request_id)?;
    let word = request.entry_id.to_ascii_lowercase();
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(status::invalid(
            "bad-entry-id",
            format!(
                "expected the id of an entry of the ledger, or its beginning, found {:?}; `synod ledger` lists them",
                request.entry_id
            ),
        ));
    }
    let beginning = word.clone();
    let mut found = context
        .read(move |reader| reader.ledger_entries(&beginning))
        .await?;
    let entry = found.pop();
    if !found.is_empty() {
        return Err(status::with_reason(
            Code::InvalidArgument,
            "ambiguous",
            format!("{word:?} is the beginning of several entries; give more of it"),
        ));
    }
    // A whole id that is known no more was forgotten before: the same request may come again.
    let whole = match &entry {
        Some(entry) => entry.value.entry.id.clone(),
        None if word.len() == 64 => word,
        None => return Err(status::not_found("an entry of the ledger", &word)),
    };
    let payload = format!("forget {whole}");
    let wish = Command::ForgetLedgerEntry { entry: whole };
    let revision = command(context, id, &payload, wish).await?;
    Ok(v1::ForgetLedgerEntryResponse {
        entry: entry.map(|entry| wire::ledger_entry(&entry.value, entry.revision)),
        revision,
    })
}
