//! What the fields come to: a call, or what is wrong with which of them.

use crate::tui::{
    model::{
        Catalog,
        form::{ANOTHER, Body, Form, Kind, What, chosen_checkpoint, problems},
    },
    msg::{Call, Force, Subject},
};

/// What is wrong, by field: one sentence each.
type Wrong = Vec<(What, String)>;

/// The call a form makes.
pub fn call(form: &Form, catalog: &Catalog) -> Result<Call, Wrong> {
    match form.kind {
        Kind::Gate => gate(form, catalog),
        Kind::Agent => agent(form),
        Kind::Command => command(form),
    }
}

fn gate(form: &Form, catalog: &Catalog) -> Result<Call, Wrong> {
    let mut wrong = Wrong::new();
    let gate = form.chosen(What::Gate).map(str::to_owned);
    if gate.is_none() {
        let why = if catalog.gates.is_some() {
            "expected a gate, found none that the daemon knows"
        } else {
            "expected a gate, found no daemon that knows one; :start-daemon starts one"
        };
        wrong.push((What::Gate, why.to_owned()));
    }
    let mut gates = catalog.gates.iter().flat_map(|answer| &answer.gates);
    let chosen = gates.find(|known| Some(&known.name) == gate.as_ref());
    if let Some(flawed) = chosen.filter(|known| !known.problems.is_empty()) {
        let why = format!("this gate is refused: {}", problems(flawed));
        wrong.push((What::Gate, why));
    }
    let subject = subject(form).map_err(|why| wrong.push(why));
    let roster = match form.field(What::Roster).map(|field| &field.body) {
        Some(Body::Many(many)) => many.marked(),
        _ => Vec::new(),
    };
    if roster.is_empty() && chosen.is_some_and(|known| known.roster.is_empty()) {
        let why = "expected who is asked, found nobody marked";
        wrong.push((What::Roster, why.to_owned()));
    }
    // The same agents are the gate's own roster, said without saying so.
    let own = super::own_roster(form, catalog);
    let roster = if roster == own { Vec::new() } else { roster };
    let force = match form.chosen(What::Equal) {
        Some(ANOTHER) => Force::Another,
        Some(_) | None => Force::Attach,
    };
    let (Some(gate), Ok(subject), true) = (gate, subject, wrong.is_empty()) else {
        return Err(wrong);
    };
    Ok(match chosen_checkpoint(&gate).map(str::to_owned) {
        Some(checkpoint) => Call::RunCheckpoint {
            checkpoint,
            subject,
            roster,
            force,
        },
        None => Call::RunGate {
            gate,
            subject,
            roster,
            force,
        },
    })
}

/// What the gate is given: whichever field is shown for it.
fn subject(form: &Form) -> Result<Subject, (What, String)> {
    let (what, subject, why): (_, fn(String) -> Subject, _) = match form.field(What::Change) {
        Some(_) => (
            What::Change,
            Subject::Change,
            "expected revisions or staged, found nothing",
        ),
        None => (
            What::Spec,
            Subject::Spec,
            "expected the path of a specification, a file or a folder, found nothing",
        ),
    };
    match form.text(what) {
        text if text.trim().is_empty() => Err((what, why.to_owned())),
        text => Ok(subject(text)),
    }
}

fn agent(form: &Form) -> Result<Call, Wrong> {
    let mut wrong = Wrong::new();
    let agent = form.chosen(What::Agent).map(str::to_owned);
    if agent.is_none() {
        let why = "expected a configured agent, found none; [agents.NAME] in config.toml makes one";
        wrong.push((What::Agent, why.to_owned()));
    }
    let prompt = form.text(What::Prompt);
    if prompt.trim().is_empty() {
        let why = "expected what the agent is to do, found nothing";
        wrong.push((What::Prompt, why.to_owned()));
    }
    let name = form.text(What::Name).trim().to_owned();
    match agent {
        Some(agent) if wrong.is_empty() => Ok(Call::RunAgent {
            agent,
            prompt,
            name,
        }),
        Some(_) | None => Err(wrong),
    }
}

fn command(form: &Form) -> Result<Call, Wrong> {
    let name = form.text(What::Name).trim().to_owned();
    match words(&form.text(What::Command)) {
        Ok(argv) => Ok(Call::RunCommand { argv, name }),
        Err(why) => Err(vec![(What::Command, why.to_owned())]),
    }
}

/// A command line as words, taken apart as a shell would, without expanding anything.
pub fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let words = shlex::split(line)
        .ok_or("expected each quote closed and something after each backslash, found the end")?;
    if words.is_empty() {
        return Err(if line.trim().is_empty() {
            "expected a program and its arguments, found nothing"
        } else {
            "expected a program and its arguments, found a comment; quote the # to mean it"
        });
    }
    Ok(words)
}
