//! `events`: the change feed, once or for ever.

use synod_proto::v1::GetDaemonStatusRequest;

use super::{
    app::{App, look_of_answers},
    args::EventsArgs,
    follow,
};
use crate::{
    exit::Exit,
    failure::Failure,
    link::{Changes, FeedItem, Follow},
    output::{self, Form},
    render::change,
};

/// See the module.
pub async fn events(app: &App, args: EventsArgs) -> Result<Exit, Failure> {
    let mut session = app.session().await?;
    // The feed is named from the start: after a restart over another database nothing is mixed up.
    let status = session
        .call(|mut daemon| async move { daemon.get_daemon_status(GetDaemonStatusRequest {}).await })
        .await?;
    if let Some(since) = args.since.filter(|since| *since > status.revision) {
        return Err(Failure::Input(format!(
            "revision {since} is yet to come; the newest is {}",
            status.revision
        )));
    }
    let (since, wanted) = match (args.since, args.follow) {
        (Some(since), true) => (since, Follow::EveryChange),
        (None, true) => (status.revision, Follow::EveryChange),
        (since, false) => (since.unwrap_or_default(), Follow::Until(status.revision)),
    };
    let mut changes = Changes::new(session, Some(since), &status.feed_id, wanted);
    let mut told = follow::ToldAway::default();
    loop {
        match changes.next().await? {
            FeedItem::Change(one) => match app.form {
                Form::Json => output::stream_object(&*one)?,
                Form::Text => output::line(&change::change(&one, &look_of_answers()))?,
            },
            FeedItem::Snapshot(snapshot) => output::note(&change::snapshot(&snapshot)),
            FeedItem::Away(away) => told.tell(app, away),
            FeedItem::End => return Ok(Exit::Success),
        }
    }
}
