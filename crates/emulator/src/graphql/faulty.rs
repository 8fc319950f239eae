//! How a fault shows in a GraphQL answer: errors beside data, holes, no data at all.

use serde_json::{Map, Value, json};

use crate::{
    faults::{effect::Effect, plan::Strike, root::Root},
    wire::{answer::Answer, summary::Summary},
};

/// Root fields that cannot be null, so that an error in them leaves no data at all.
const NON_NULL_ROOTS: [&str; 3] = ["saveEndpoint", "createNetworkVolume", "updateNetworkVolume"];
/// Fields of the account that cannot be null, so that an error in them makes `myself` null.
const NON_NULL_OF_USER: [&str; 2] = ["endpoints", "secrets"];

/// The answer that an effect puts in place of the real one.
pub(crate) fn replaced(effect: &Effect, summary: &Summary, strike: &Strike, real: Option<&Answer>) -> Answer {
    match effect {
        Effect::GraphqlError { message, code, .. } => match (strike.on.path().split_once('.'), real) {
            (Some((root, child)), Some(real)) => {
                let root_key = key_of(summary, root, None);
                let child_key = key_of(summary, root, Some(child));
                let path = if NON_NULL_OF_USER.contains(&child) {
                    root_key
                } else {
                    format!("{root_key}.{child_key}")
                };
                with_hole(real, &path, message, code)
            }
            _ => field_error(summary, &strike.on, message, code),
        },
        _ => Answer::json(200, &json!({ "data": null })),
    }
}

fn key_of(summary: &Summary, root: &str, child: Option<&str>) -> String {
    let call = summary.calls.iter().find(|call| call.field == root);
    let found = match child {
        None => call,
        Some(child) => call.and_then(|call| call.children.iter().find(|part| part.field == child)),
    };
    found.map_or_else(|| child.unwrap_or(root).to_owned(), |call| call.key.clone())
}

fn field_error(summary: &Summary, on: &Root, message: &str, code: &str) -> Answer {
    let struck = summary
        .calls
        .iter()
        .find(|call| call.field == on.path())
        .or_else(|| summary.calls.first());
    let data = if struck.is_none_or(|call| NON_NULL_ROOTS.contains(&call.field.as_str())) {
        Value::Null
    } else {
        let nulls = summary.calls.iter().map(|call| (call.key.clone(), Value::Null));
        Value::Object(nulls.collect::<Map<_, _>>())
    };
    let path: Vec<&str> = struck.map(|call| call.key.as_str()).into_iter().collect();
    let error = json!({"message": message, "path": path, "extensions": {"code": code}});
    Answer::json(200, &json!({"errors": [error], "data": data}))
}

/// A real answer whose value at a dotted path became null with an error; a refusal stays as it is.
pub(crate) fn with_hole(real: &Answer, path: &str, message: &str, code: &str) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&real.body) else {
        return real.clone();
    };
    let pointer = format!("/data/{}", path.replace('.', "/"));
    if let Some(value) = body.pointer_mut(&pointer) {
        *value = Value::Null;
    }
    let step = |part: &str| {
        part.parse::<u64>()
            .map_or_else(|_| json!(part), |index| json!(index))
    };
    let path: Vec<Value> = path.split('.').map(step).collect();
    let error = json!({"message": message, "path": path, "extensions": {"code": code}});
    if let Some(map) = body.as_object_mut() {
        let errors = map.entry("errors").or_insert_with(|| json!([]));
        if let Some(list) = errors.as_array_mut() {
            list.push(error);
        }
    }
    Answer {
        body: body.to_string().into_bytes(),
        ..real.clone()
    }
}
