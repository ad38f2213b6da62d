//! From a run to what lies behind it: the prompt of an execution, the entry of the ledger about a finding.

use synod_proto::v1::LedgerEntry;

use super::selected;
use crate::{
    render::Tone,
    tui::{model::Model, msg::Cmd, update},
};

/// What the selected execution was given.
pub fn prompt(model: &mut Model) -> Vec<Cmd> {
    if let Some(execution) = selected(model) {
        update::output::open_prompt(model, &execution)
    } else {
        update::say(model, "no agent has been queued yet", Tone::Plain);
        Vec::new()
    }
}

/// The entry of the ledger that the finding which is read or selected is the same matter as.
pub fn ledger_id(model: &Model) -> Option<&str> {
    let place = &model.run;
    let read = place.reader.as_ref().map(|reader| &reader.finding);
    let finding = model
        .shown()
        .finding(read.or(place.findings.selected.as_ref())?)?;
    let basis = finding
        .basis
        .as_ref()
        .and_then(|basis| basis.entry.as_ref());
    let known = Some(&finding.ledger_id).filter(|id| !id.is_empty());
    known.or(basis.map(|entry| &entry.id)).map(String::as_str)
}

/// Asks before the ledger forgets the finding.
pub fn forget(model: &mut Model) {
    let Some(entry) = ledger_id(model).map(str::to_owned) else {
        let text = "the ledger knows nothing of this finding";
        return update::say(model, text, Tone::Plain);
    };
    let place = &model.run;
    let read = place.reader.as_ref().map(|reader| &reader.finding);
    let finding = read.or(place.findings.selected.as_ref());
    let finding = finding.and_then(|id| model.shown().finding(id));
    let entry = LedgerEntry {
        id: entry,
        claim: finding
            .map(|finding| finding.text.clone())
            .unwrap_or_default(),
        ..LedgerEntry::default()
    };
    update::ledger::ask_to_forget(model, &entry);
}
