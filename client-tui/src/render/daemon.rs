//! `daemon status`.

use synod_proto::v1::GetDaemonStatusResponse;

use super::{Look, Tone, clean, span, wrap};

/// How the daemon is.
pub fn status(status: &GetDaemonStatusResponse, look: &Look) -> String {
    let mut lines = Vec::new();
    let mut field = |title: &str, value: String| {
        if !value.is_empty() {
            let first = format!("{title:12} ");
            lines.extend(wrap::wrap(&value, look.width, &first, &" ".repeat(13)));
        }
    };
    let number = |n: Option<u32>| n.unwrap_or_default().to_string();
    field("pid", status.pid.to_string());
    field(
        "version",
        format!("{}, protocol {}", clean(&status.version), status.protocol),
    );
    if let Some(uptime) = status.uptime.as_ref().filter(|time| time.seconds > 0) {
        field("up for", span(uptime.seconds * 1000));
    }
    field("socket", clean(&status.socket));
    field("state", clean(&status.state_dir));
    field("log", clean(&status.log));
    field("containment", clean(&status.containment));
    field("revision", status.revision.to_string());
    field("running", number(status.running));
    field("queued", number(status.queued));
    field("subscribers", number(status.subscribers));
    for warning in &status.warnings {
        let text = format!("warning: {}", clean(warning));
        for line in wrap::wrap(&text, look.width, "", "  ") {
            lines.push(look.colour.paint(Tone::Warn, &line));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_daemon_tells_where_it_lives_and_what_is_wrong() {
        insta::assert_snapshot!(status(&samples::daemon(), &samples::look()));
    }
}
