//! Continuing a path: Tab asks for names that do, and chooses among them.

use super::{Turn, turn};
use crate::{
    render::clean,
    tui::{
        model::{
            Model,
            form::{Body, Form, PathLine},
            layer::Layer,
        },
        msg::Cmd,
    },
};

fn focused(form: &mut Form) -> Option<&mut PathLine> {
    match form.fields.get_mut(form.focus).map(|field| &mut field.body) {
        Some(Body::Path(path)) => Some(path),
        Some(Body::One(_) | Body::Many(_) | Body::Line(_) | Body::Text(_)) | None => None,
    }
}

/// Tab in a path: the next of those to choose from, or asks for some. None in other fields.
pub fn tab(form: &mut Form) -> Option<Vec<Cmd>> {
    if step(form, Turn::Next) {
        return Some(Vec::new());
    }
    let path = focused(form)?;
    let typed = path.input.value().to_owned();
    path.asked = Some(typed.clone());
    Some(vec![Cmd::Complete(typed)])
}

/// To the next of those to choose from, or the one before; false if there are none.
pub fn step(form: &mut Form, way: Turn) -> bool {
    let Some(path) = focused(form).filter(|path| !path.found.is_empty()) else {
        return false;
    };
    let len = path.found.len();
    path.at = Some(match (way, path.at) {
        (Turn::Next, None) => 0,
        (Turn::Next, Some(at)) => (at + 1) % len,
        (Turn::Previous, None | Some(0)) => len - 1,
        (Turn::Previous, Some(at)) => at - 1,
    });
    true
}

/// Takes the chosen one; false if none is.
pub fn choose(form: &mut Form) -> bool {
    let Some(path) = focused(form) else {
        return false;
    };
    let Some(chosen) = path.at.and_then(|at| path.found.get(at)) else {
        return false;
    };
    path.input = chosen.clone().into();
    close(form)
}

/// Puts those to choose from away; false if there were none.
pub fn close(form: &mut Form) -> bool {
    let Some(path) = focused(form) else {
        return false;
    };
    path.at = None;
    !std::mem::take(&mut path.found).is_empty()
}

/// Names that continue a path. An answer to what is not typed any more says nothing.
pub fn completions(model: &mut Model, typed: &str, paths: Vec<String>) -> Vec<Cmd> {
    let Some(Layer::Form(form)) = model.layers.last_mut() else {
        return Vec::new();
    };
    let Some(path) = focused(form).filter(|path| path.asked.as_deref() == Some(typed)) else {
        return Vec::new();
    };
    path.asked = None;
    if path.input.value() != typed {
        return Vec::new();
    }
    // A name that would look like another one is not offered.
    let mut paths = paths;
    paths.retain(|path| clean(path) == *path);
    let begin = beginning(&paths);
    let at = form.focus;
    form.fields[at].error = None;
    let Some(path) = focused(form) else {
        return Vec::new();
    };
    match paths.as_slice() {
        [] if typed.is_empty() || typed.ends_with('/') => return turn(form, Turn::Next),
        [] => {
            form.fields[at].error = Some(format!(
                "expected the beginning of a path, found {}, with which none begins",
                clean(typed)
            ));
        }
        [only] if only == typed => return turn(form, Turn::Next),
        [only] => path.input = only.clone().into(),
        [_, _, ..] => {
            if begin.len() > typed.len() {
                path.input = begin.into();
            }
            path.found = paths;
            path.at = None;
        }
    }
    Vec::new()
}

/// What all of them begin with.
fn beginning(paths: &[String]) -> String {
    let mut all = paths.iter();
    let mut begin = all.next().cloned().unwrap_or_default();
    for path in all {
        let same = begin.chars().zip(path.chars());
        let same = same.take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8());
        begin.truncate(same.sum());
    }
    begin
}
