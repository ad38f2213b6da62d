//! The report as JSON: the API's own message in its canonical form, indented. Its shape is that of
//! `GetReportResponse` in `proto/synod/v1/supervisor.proto`.

use synod_proto::v1::GetReportResponse;
use synod_shared::json::{self, JsonError};

use super::Report;

/// The report.
pub fn json(report: &Report<'_>) -> Result<String, JsonError> {
    let answer = GetReportResponse {
        run: Some(report.run.as_ref().clone()),
        ..report.answer.clone()
    };
    Ok(format!("{:#}\n", json::to_json(&answer)?))
}
