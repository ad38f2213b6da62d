//! Tokens and money by day.

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use synod_adapters::Money;
use synod_proto::v1;
use tonic::Status;

use super::{Context, status};

/// More days than anybody looks at.
const MOST_DAYS: u32 = 3_660;

pub(super) async fn get_usage(
    context: &Context,
    request: v1::GetUsageRequest,
) -> Result<v1::GetUsageResponse, Status> {
    let days = request.days.max(1);
    if days > MOST_DAYS {
        return Err(status::invalid(
            "bad-days",
            format!("expected 1 to {MOST_DAYS} days, found {days}"),
        ));
    }
    let now = Timestamp::now();
    let zone = TimeZone::system();
    // The beginning of the first day: today is one of them.
    let first = now
        .to_zoned(zone.clone())
        .start_of_day()
        .and_then(|today| today.checked_sub((i64::from(days) - 1).days()))
        .map_or(Timestamp::UNIX_EPOCH, |first| first.timestamp());
    let sums = context
        .read_bulk(move |reader| reader.usage(first.as_microsecond(), now.as_microsecond(), &zone))
        .await?;
    let used = sums
        .into_iter()
        .map(|((day, agent, model), used)| v1::UsedOnDay {
            day: day.to_string(),
            agent,
            model,
            attempts: used.attempts,
            input_tokens: used.usage.input_tokens,
            cached_tokens: used.usage.cached_tokens,
            output_tokens: used.usage.output_tokens,
            reasoning_tokens: used.usage.reasoning_tokens,
            cost_usd: used
                .usage
                .cost
                .map(|Money(millionths)| millionths as f64 / 1e6),
            estimated: used.usage.cost.map(|_| used.usage.estimated),
        })
        .collect();
    Ok(v1::GetUsageResponse { used })
}
