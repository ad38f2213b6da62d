//! Templates: compiled strictly, bounded in what they may do, and told what is wrong with them by
//! line. Which values a template is given is said by whoever renders it.

use std::collections::BTreeSet;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use crate::error::did_you_mean;
use crate::gate::Companion;
use crate::near::nearest;

/// Instructions one rendering may take. The built-in templates take some 30 for each input; a
/// template that needs this many is a loop that went wrong.
const FUEL: u64 = 200_000;

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

/// Checks the names a template uses against those it is given.
pub(super) fn check_names(template: &Companion, variables: &[&str]) -> Result<(), TemplateError> {
    let env = environment();
    let compiled = env
        .template_from_named_str(&template.name, &template.text)
        .map_err(|error| broken(template, &error))?;
    // Sorted, so that the same template always gives the same complaint.
    let used: BTreeSet<String> = compiled.undeclared_variables(true).into_iter().collect();
    let globals: BTreeSet<&str> = env.globals().map(|(name, _)| name).collect();
    let first = |name: &'_ str| name.split('.').next().unwrap_or_default().to_owned();
    let known = |name: &String| {
        variables.contains(&name.as_str())
            || variables.contains(&first(name).as_str())
            || variables.iter().any(|known| first(known) == *name)
            || globals.contains(first(name).as_str())
    };
    match used.into_iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(found) => Err(TemplateError::UnknownVariable {
            file: template.file.clone(),
            line: first_use(&template.text, &found),
            suggestion: nearest(&found, variables.iter().copied()),
            found,
            known: variables.join(", "),
        }),
    }
}

/// The template with its values. Values are never read as templates, whatever stands in them.
pub(super) fn expand(template: &Companion, context: Value) -> Result<String, TemplateError> {
    environment()
        .render_named_str(&template.name, &template.text, context)
        .map_err(|error| broken(template, &error))
}

/// `none`, which a template can ask for; an undefined value would be an error under `if`.
pub(super) fn value_or_none(text: Option<&str>) -> Value {
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
        file: template.file.clone(),
        line: error.line().unwrap_or(1),
        message,
    }
}

/// The first line with a tag in it that mentions the name. The compiler does not say where.
fn first_use(text: &str, name: &str) -> usize {
    let tagged = |line: &str| line.contains(name) && (line.contains("{{") || line.contains("{%"));
    text.lines().position(tagged).map_or(1, |index| index + 1)
}
