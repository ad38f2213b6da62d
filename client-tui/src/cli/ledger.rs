//! `ledger`: what was decided in earlier runs and still counts; `ledger forget` lets a matter be asked anew.

use synod_proto::v1::{ForgetLedgerEntryRequest, ListLedgerRequest, ListLedgerResponse};

use super::{
    app::App,
    args::{ForgetArgs, LedgerArgs, LedgerVerb},
};
use crate::{exit::Exit, failure::Failure, intent, link::Session, render::ledger as render};

/// Entries asked for at a time.
const PAGE: u32 = 1_000;

/// See the module.
pub async fn ledger(app: &App, args: LedgerArgs) -> Result<Exit, Failure> {
    if let Some(LedgerVerb::Forget(args)) = args.verb {
        return forget(app, args).await;
    }
    let subject = args.subject.as_deref().map(intent::absolute).transpose()?;
    let request = ListLedgerRequest {
        gate: args.gate.unwrap_or_default(),
        subject: subject.unwrap_or_default(),
        page_size: PAGE,
        page_token: String::new(),
    };
    let answer = all(&mut app.session().await?, request).await?;
    app.answer(&answer, |answer, look| {
        render::ledger(&answer.entries, look)
    })?;
    Ok(Exit::Success)
}

/// All pages as one.
async fn all(
    session: &mut Session,
    mut request: ListLedgerRequest,
) -> Result<ListLedgerResponse, Failure> {
    let mut whole = ListLedgerResponse::default();
    loop {
        let page = session
            .call(|mut daemon| {
                let request = request.clone();
                async move { daemon.list_ledger(request).await }
            })
            .await?;
        whole.entries.extend(page.entries);
        whole.revision = page.revision;
        // A token that comes again would go on for ever.
        if page.next_page_token.is_empty() || page.next_page_token == request.page_token {
            return Ok(whole);
        }
        request.page_token = page.next_page_token;
    }
}

async fn forget(app: &App, args: ForgetArgs) -> Result<Exit, Failure> {
    let request = ForgetLedgerEntryRequest {
        request_id: intent::request_id(),
        entry_id: args.id,
    };
    let answer = app
        .session()
        .await?
        .call(|mut daemon| {
            let request = request.clone();
            async move { daemon.forget_ledger_entry(request).await }
        })
        .await?;
    app.answer(&answer, |answer, look| {
        render::forgotten(answer.entry.as_ref(), look)
    })?;
    Ok(Exit::Success)
}
