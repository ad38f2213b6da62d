//! Lines of Claude Code that need no memory: its own remarks, results of tools, calls.

use crate::{Event, json::Json, read::base::Base};

pub fn system(line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    match line.get("subtype").text().unwrap_or_default() {
        "init" => base.session(
            events,
            line.get("session_id").text(),
            line.get("model").text(),
        ),
        "api_retry" => {
            let status = line.get("error_status").count();
            let error = line
                .get("error")
                .text()
                .unwrap_or("an error")
                .replace('_', " ");
            let why = status.map_or_else(|| error.clone(), |status| format!("{error} ({status})"));
            base.retries(
                events,
                small(line.get("attempt")).unwrap_or_default(),
                small(line.get("max_retries")),
                line.get("retry_delay_ms").count(),
                &why,
            );
        }
        "permission_denied" => {
            let tool = line.get("tool_name").text().unwrap_or("a tool");
            let why = line.get("message").text().unwrap_or_default();
            base.notes(events, &format!("{tool} was denied: {why}"));
        }
        "compact_boundary" => base.notes(events, "what was said before is now a summary"),
        "informational" | "warning" | "error" => {
            base.notes(events, line.get("content").text().unwrap_or_default());
        }
        "model_refusal_no_fallback" | "model_refusal_fallback" => {
            base.notes(events, "the model refused");
        }
        _ => {}
    }
}

pub fn user(line: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let synthetic = line.get("isSynthetic").is_true();
    for block in line.at(&["message", "content"]).items() {
        match block.get("type").text().unwrap_or_default() {
            "tool_result" => {
                let content = block.get("content");
                let parts: Vec<&str> = match content {
                    Json::Text(text) => vec![text],
                    other => other
                        .items()
                        .iter()
                        .filter_map(|part| part.get("text").text())
                        .collect(),
                };
                base.returned(
                    events,
                    block.get("tool_use_id").text().unwrap_or_default(),
                    !block.get("is_error").is_true(),
                    &parts.join("\n"),
                );
            }
            // The CLI speaks to its model; a prompt that is told back is no news.
            "text" => {
                let text = block.get("text").text().unwrap_or_default();
                if synthetic || text.starts_with("[Request interrupted") {
                    base.notes(events, text);
                }
            }
            _ => {}
        }
    }
}

pub fn call(block: &Json<'_>, base: &mut Base, events: &mut Vec<Event>) {
    let tool = block.get("name").text().unwrap_or("a tool");
    let input = block.get("input");
    base.calls(
        events,
        block.get("id").text().unwrap_or_default(),
        tool,
        input,
    );
    if tool == "TodoWrite" {
        let todos = input.get("todos").items();
        let entries = todos.iter().map(|todo| {
            let word = |key| todo.get(key).text().unwrap_or_default();
            (word("content"), word("status"))
        });
        base.plans(events, entries);
    }
}

fn small(value: &Json<'_>) -> Option<u32> {
    u32::try_from(value.count()?).ok()
}
