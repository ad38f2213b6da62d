//! From a gate and a subject to the exact bytes an agent is given. Pure: the same arguments give
//! the same prompt. It does not draw the nonce and receipts, nor store or send anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use crate::error::did_you_mean;
use crate::fence::fence;
use crate::gate::{Companion, GateDef};
use crate::near::nearest;
use crate::receipt::{is_nonce, is_receipt, nonce_from, receipt_from};
use crate::subject::{Input, Subject};

/// Instructions one rendering may take. The built-in template takes some 30 for each input; a
/// template that needs this many is a loop that went wrong.
const FUEL: u64 = 200_000;

/// What a template may use.
const VARIABLES: [&str; 7] = [
    "gate.checkpoint",
    "gate.name",
    "gate.version",
    "inputs",
    "nonce",
    "role",
    "schema",
];

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It cannot be compiled or rendered.
    #[error("{file}:{line}: {message}")]
    Broken {
        /// The template's file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// It uses something there is not.
    #[error("{file}:{line}: unknown variable {found:?}; {}known variables: {known}", did_you_mean(.suggestion.as_deref()))]
    UnknownVariable {
        /// The template's file.
        file: String,
        /// The first line that mentions it, from 1.
        line: usize,
        /// As written.
        found: String,
        /// The nearest known one.
        suggestion: Option<String>,
        /// All of them, separated by commas.
        known: String,
    },
}

impl TemplateError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            TemplateError::Broken { .. } => "bad-template",
            TemplateError::UnknownVariable { .. } => "unknown-variable",
        }
    }
}

/// Why there is no prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// The template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The template left an input out, or changed it.
    #[error(
        "{file}: the prompt does not hold the input {input} whole; write {{{{ input.fenced }}}} for every input"
    )]
    InputLeftOut {
        /// The template's file.
        file: String,
        /// The input.
        input: String,
    },
    /// The nonce is no nonce.
    #[error("expected a nonce of 16 hex digits, found {found:?}")]
    BadNonce {
        /// As given.
        found: String,
    },
    /// The receipts are not one for each input.
    #[error("expected one receipt such as K7Q2-9XBM-03TD for each input; {input} has {found}")]
    BadReceipt {
        /// The input.
        input: String,
        /// What it has.
        found: String,
    },
    /// An input already holds the nonce or a receipt: by chance, or by someone who could guess.
    #[error("the input {input} holds the prompt's own nonce or a receipt; draw them again")]
    Collision {
        /// The input.
        input: String,
    },
}

impl PromptError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            PromptError::Template(error) => error.code(),
            PromptError::InputLeftOut { .. } => "input-left-out",
            PromptError::BadNonce { .. } => "bad-nonce",
            PromptError::BadReceipt { .. } => "bad-receipt",
            PromptError::Collision { .. } => "nonce-collision",
        }
    }
}

/// The prompt for one agent.
///
/// `receipts` has one entry for each input, by its path. Inputs are values to the template and
/// are never read as one, whatever stands in them.
pub fn render(
    gate: &GateDef,
    role: Option<&str>,
    subject: &Subject,
    nonce: &str,
    receipts: &BTreeMap<String, String>,
) -> Result<String, PromptError> {
    check_codes(subject, nonce, receipts)?;
    let mut inputs = Vec::with_capacity(subject.inputs.len());
    let mut fences = Vec::with_capacity(subject.inputs.len());
    for input in &subject.inputs {
        let receipt = receipts.get(&input.path).map_or("", String::as_str);
        let fenced = fence(nonce, &input.path, &input.text, receipt);
        inputs.push(Value::from_pairs([
            ("path", Value::from(&input.path)),
            ("bytes", Value::from(input.text.len())),
            ("fenced", Value::from(&fenced)),
        ]));
        fences.push((&input.path, fenced));
    }
    let context = Value::from_pairs([
        ("gate", gate_value(gate)),
        ("role", value_or_none(role)),
        ("nonce", Value::from(nonce)),
        ("schema", Value::from(gate.schema.text().trim_end())),
        ("inputs", Value::from(inputs)),
    ]);
    let env = environment();
    let prompt = env
        .render_named_str(&gate.prompt.name, &gate.prompt.text, context)
        .map_err(|error| broken(&gate.prompt, &error))?;
    match fences.iter().find(|(_, fenced)| !prompt.contains(fenced)) {
        Some((input, _)) => Err(PromptError::InputLeftOut {
            file: gate.prompt.name.clone(),
            input: (*input).clone(),
        }),
        None => Ok(prompt),
    }
}

/// Tries a gate's template before anything depends on it: the names it uses, then a rendering
/// over made-up inputs, with a role and without.
pub(crate) fn check(gate: &GateDef) -> Result<(), PromptError> {
    check_names(&gate.prompt)?;
    let paths = || gate.inputs.iter().map(|input| input.path.clone());
    let inputs = paths().map(|path| Input {
        path,
        text: "# Sample\n".to_owned(),
        sha256: String::new(),
    });
    let subject = Subject {
        name: "sample".to_owned(),
        path: PathBuf::new(),
        root: PathBuf::new(),
        inputs: inputs.collect(),
        content_hash: String::new(),
    };
    let receipts = paths().map(|path| (path, receipt_from([0; 8]))).collect();
    for role in [None, Some("a sample role")] {
        render(gate, role, &subject, &nonce_from([0; 8]), &receipts)?;
    }
    Ok(())
}

fn check_names(template: &Companion) -> Result<(), TemplateError> {
    let env = environment();
    let compiled = env
        .template_from_named_str(&template.name, &template.text)
        .map_err(|error| broken(template, &error))?;
    // Sorted, so that the same template always gives the same complaint.
    let used: BTreeSet<String> = compiled.undeclared_variables(true).into_iter().collect();
    let globals: BTreeSet<&str> = env.globals().map(|(name, _)| name).collect();
    let first = |name: &'_ str| name.split('.').next().unwrap_or_default().to_owned();
    let known = |name: &String| {
        VARIABLES.contains(&name.as_str())
            || VARIABLES.contains(&first(name).as_str())
            || VARIABLES.iter().any(|known| first(known) == *name)
            || globals.contains(first(name).as_str())
    };
    match used.into_iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(found) => Err(TemplateError::UnknownVariable {
            file: template.name.clone(),
            line: first_use(&template.text, &found),
            suggestion: nearest(&found, VARIABLES),
            found,
            known: VARIABLES.join(", "),
        }),
    }
}

fn check_codes(
    subject: &Subject,
    nonce: &str,
    receipts: &BTreeMap<String, String>,
) -> Result<(), PromptError> {
    if !is_nonce(nonce) {
        return Err(PromptError::BadNonce {
            found: nonce.to_owned(),
        });
    }
    for input in &subject.inputs {
        let receipt = receipts.get(&input.path);
        if !receipt.is_some_and(|receipt| is_receipt(receipt)) {
            return Err(PromptError::BadReceipt {
                input: input.path.clone(),
                found: receipt.map_or("none".to_owned(), |receipt| format!("{receipt:?}")),
            });
        }
        let has = |code: &str| input.text.contains(code) || input.path.contains(code);
        if has(nonce) || receipts.values().any(|receipt| has(receipt)) {
            return Err(PromptError::Collision {
                input: input.path.clone(),
            });
        }
    }
    let stray = receipts
        .keys()
        .find(|path| subject.inputs.iter().all(|input| input.path != **path));
    match stray {
        Some(path) => Err(PromptError::BadReceipt {
            input: path.clone(),
            found: "a receipt and is no input".to_owned(),
        }),
        None => Ok(()),
    }
}

fn gate_value(gate: &GateDef) -> Value {
    Value::from_pairs([
        ("name", Value::from(&gate.name)),
        ("version", Value::from(gate.version)),
        ("checkpoint", value_or_none(gate.checkpoint.as_deref())),
    ])
}

/// `none`, which a template can ask for; an undefined value would be an error under `if`.
fn value_or_none(text: Option<&str>) -> Value {
    text.map_or_else(|| Value::from(()), Value::from)
}

/// Strict about undefined names, no escaping (a prompt is no HTML), bounded in what it may do,
/// and without a loader: a template can include nothing.
fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(FUEL));
    env
}

fn broken(template: &Companion, error: &minijinja::Error) -> TemplateError {
    let message = match error.kind() {
        ErrorKind::OutOfFuel => "the template takes too many steps; look for a loop".to_owned(),
        kind => match error.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        },
    };
    TemplateError::Broken {
        file: template.name.clone(),
        line: error.line().unwrap_or(1),
        message,
    }
}

/// The first line with a tag in it that mentions the name. The compiler does not say where.
fn first_use(text: &str, name: &str) -> usize {
    let tagged = |line: &str| line.contains(name) && (line.contains("{{") || line.contains("{%"));
    text.lines().position(tagged).map_or(1, |index| index + 1)
}
