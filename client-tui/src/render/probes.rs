//! What is there to run agents with: for `init` and `doctor`.

use synod_proto::v1::{Diagnosis, Probe, ProbeAgentsResponse, Run};

use super::{
    Look, Tone, clean, daemon, runs, span,
    table::{Cell, table},
    usage, wrap,
};

/// The CLIs looked for, and what to do about those that are not there.
pub fn clis(found: &ProbeAgentsResponse, look: &Look) -> String {
    let mut text = programs(&found.probes, look);
    advice(&mut text, &found.probes, look);
    text
}

/// Everything that `doctor` looked at.
pub fn diagnosis(all: &Diagnosis, look: &Look) -> String {
    let mut parts = Vec::new();
    if let Some(status) = &all.daemon {
        // Told among the problems, where it counts.
        let mut status = status.clone();
        status
            .warnings
            .retain(|warning| !all.problems.contains(warning));
        parts.push(daemon::status(&status, look));
    }
    if !all.probes.is_empty() {
        let mut text = programs(&all.probes, look);
        advice(&mut text, &all.probes, look);
        parts.push(text);
    }
    if !all.runs.is_empty() {
        parts.push(asked(&all.runs, look));
    }
    let agents: Vec<String> = all
        .probes
        .iter()
        .flat_map(|probe| {
            let named = |problem: &String| format!("{}: {problem}", probe.name);
            probe.problems.iter().map(named).collect::<Vec<_>>()
        })
        .collect();
    // Those of agents stand beside them already.
    let others: Vec<&String> = all
        .problems
        .iter()
        .filter(|problem| !agents.contains(problem))
        .collect();
    if !others.is_empty() {
        let lines: Vec<String> = others
            .iter()
            .flat_map(|problem| problem.lines())
            .flat_map(|line| wrap::wrap(&format!("problem: {}", clean(line)), look.width, "", "  "))
            .map(|line| look.colour.paint(Tone::Bad, &line))
            .collect();
        parts.push(lines.join("\n"));
    }
    parts.push(match all.problems.len() {
        0 => "all is well".to_owned(),
        1 => "one problem".to_owned(),
        n => format!("{n} problems"),
    });
    parts.join("\n\n")
}

fn programs(probes: &[Probe], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = probes
        .iter()
        .map(|probe| {
            let tone = match probe.state.as_str() {
                "ok" => Tone::Good,
                _ => Tone::Bad,
            };
            let place = if probe.path.is_empty() {
                &probe.program
            } else {
                &probe.path
            };
            vec![
                Cell::plain(clean(&probe.name)),
                Cell::plain(clean(&probe.adapter)),
                Cell::toned(clean(&probe.state), tone),
                Cell::plain(or_dash(&probe.version)),
                Cell::plain(clean(place)),
            ]
        })
        .collect();
    table(
        &["AGENT", "ADAPTER", "STATE", "VERSION", "PROGRAM"],
        &rows,
        look.table_width,
        look.colour,
    )
}

fn advice(text: &mut String, probes: &[Probe], look: &Look) {
    let mut lines = Vec::new();
    for probe in probes {
        let name = clean(&probe.name);
        for problem in &probe.problems {
            let line = format!("{name}: {}", clean(problem));
            for line in wrap::wrap(&line, look.width, "", "  ") {
                lines.push(look.colour.paint(Tone::Bad, &line));
            }
        }
        for hint in &probe.hints {
            let line = format!("{name}: {}", clean(hint));
            lines.extend(wrap::wrap(&line, look.width, "", "  "));
        }
    }
    if !lines.is_empty() {
        text.push_str("\n\n");
        text.push_str(&lines.join("\n"));
    }
}

/// Runs that asked for one word.
fn asked(ended: &[Run], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = ended
        .iter()
        .map(|run| {
            let attempts = runs::attempts(run);
            let attempt = attempts.last();
            let took = attempt
                .and_then(|attempt| attempt.duration.as_ref())
                .map(|time| span(time.seconds * 1000 + i64::from(time.nanos / 1_000_000)));
            let model = attempt.map(|attempt| attempt.model.as_str());
            let used = attempt
                .and_then(|attempt| attempt.usage.as_ref())
                .map(usage::whole);
            let tone = super::tone_of(&run.state);
            vec![
                Cell::plain(clean(&run.name)),
                Cell::toned(clean(&run.reason), tone),
                Cell::plain(took.unwrap_or_else(|| "-".to_owned())),
                Cell::plain(or_dash(model.unwrap_or_default())),
                Cell::plain(or_dash(&used.unwrap_or_default())),
            ]
        })
        .collect();
    table(
        &["RUN", "ENDED WITH", "TOOK", "MODEL", "USED"],
        &rows,
        look.table_width,
        look.colour,
    )
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        clean(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    fn probe(name: &str, state: &str) -> Probe {
        Probe {
            name: name.into(),
            adapter: name.into(),
            state: state.into(),
            program: name.into(),
            ..Probe::default()
        }
    }

    fn found() -> Vec<Probe> {
        vec![
            Probe {
                path: "/usr/bin/claude".into(),
                version: "2.2.0".into(),
                hints: vec!["Synod was tested with 2.1.330; 2.2.0 may behave differently".into()],
                ..probe("claude", "ok")
            },
            Probe {
                problems: vec!["codex: no such program in PATH (/usr/bin)".into()],
                hints: vec!["install it: npm install -g codex\u{1b}[2J".into()],
                ..probe("codex", "missing")
            },
        ]
    }

    #[test]
    fn clis_are_told_with_what_to_do_about_those_that_are_missing() {
        let found = ProbeAgentsResponse {
            probes: found(),
            ..ProbeAgentsResponse::default()
        };
        insta::assert_snapshot!(clis(&found, &samples::look()));
    }

    #[test]
    fn a_diagnosis_tells_each_problem_once() {
        let config = "config.toml:3: unknown key \"x\"";
        let mut status = samples::daemon();
        status.warnings.push(config.into());
        let all = Diagnosis {
            daemon: Some(status),
            probes: found(),
            runs: vec![samples::ended_command()],
            problems: vec![
                config.into(),
                "codex: codex: no such program in PATH (/usr/bin)".into(),
            ],
        };
        insta::assert_snapshot!(diagnosis(&all, &samples::look()));
    }
}
