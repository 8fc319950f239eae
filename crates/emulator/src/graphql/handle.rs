//! One request to `/graphql`: the checks in the order of the real API, the run, and the fault that strikes it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::faults::effect::Effect;
use crate::faults::fault::Root;
use crate::faults::plan::Strike;
use crate::graphql::request::{Body, Summary, without_absent_variables};
use crate::graphql::validate;
use crate::wire::answer::{Answer, Manner};
use crate::wire::log::Envelope;
use crate::world::World;

/// Root fields that cannot be null, so that an error in them leaves no data at all.
const NON_NULL_ROOTS: [&str; 3] = ["saveEndpoint", "createNetworkVolume", "updateNetworkVolume"];
/// Fields of the account that cannot be null, so that an error in them makes `myself` null.
const NON_NULL_OF_USER: [&str; 2] = ["endpoints", "secrets"];

/// Answers a request and writes it into the log.
pub(crate) async fn handle(world: Arc<World>, envelope: Envelope) -> Answer {
    let body = Body::read(&envelope.body);
    let summary = body.as_ref().map(Summary::of).unwrap_or_default();
    let number = world.log().arrived(&envelope, &summary);
    let strike = world.plan().strike(&summary);
    let answer = match strike {
        None => execute(&world, &envelope, body).await,
        Some(strike) => {
            let told = serde_json::to_string(&strike.effects).unwrap_or_default();
            world.log().struck(number, told);
            under_fault(&world, &envelope, body, &summary, &strike).await
        }
    };
    world.log().answered(number, answer.seen_status());
    answer
}

async fn under_fault(
    world: &Arc<World>,
    envelope: &Envelope,
    body: Result<Body, String>,
    summary: &Summary,
    strike: &Strike,
) -> Answer {
    for effect in &strike.effects {
        match effect {
            Effect::HoldBefore => world.holds.park().await,
            Effect::LatencyBefore { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Effect::CloseBefore => return Answer::closed(),
            Effect::Http {
                after_commit: false, ..
            }
            | Effect::DataNull { after_commit: false } => {
                return replaced(effect, summary, strike, None);
            }
            Effect::GraphqlError {
                after_commit: false, ..
            } if !strike.on.path().contains('.') => {
                return replaced(effect, summary, strike, None);
            }
            _ => {}
        }
    }
    let mut answer = execute(world, envelope, body).await;
    for effect in &strike.effects {
        match effect {
            Effect::HoldAfter => world.holds.park().await,
            Effect::LatencyAfter { ms } => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Effect::CutBody => answer = answer.in_manner(Manner::HalfBody),
            Effect::CloseDuring => answer = answer.in_manner(Manner::HeadersOnly),
            Effect::CloseAfterCommit => answer = answer.in_manner(Manner::Closed),
            Effect::Partial { path, message, code } => {
                answer = with_hole(&answer, path, message, code);
            }
            Effect::Http { .. } | Effect::GraphqlError { .. } | Effect::DataNull { .. } => {
                answer = replaced(effect, summary, strike, Some(&answer));
            }
            _ => {}
        }
    }
    answer
}

/// The answer that an effect puts in place of the real one.
fn replaced(effect: &Effect, summary: &Summary, strike: &Strike, real: Option<&Answer>) -> Answer {
    match effect {
        Effect::Http {
            status,
            headers,
            body,
            ..
        } => {
            let headers = headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            Answer {
                status: *status,
                headers,
                body: body.clone().into_bytes(),
                manner: Manner::Whole,
            }
        }
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
fn with_hole(real: &Answer, path: &str, message: &str, code: &str) -> Answer {
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

/// The real answer.
async fn execute(world: &Arc<World>, envelope: &Envelope, body: Result<Body, String>) -> Answer {
    if world.store().switches.user_agent_check && !is_honest(envelope.user_agent.as_deref()) {
        return Answer::text(403, "error code: 1010");
    }
    if envelope.method != "POST" {
        let mut answer = Answer::text(405, "GraphQL is spoken over POST here.");
        answer.headers.push(("allow".into(), "POST".into()));
        return answer;
    }
    let is_json = envelope
        .content_type
        .as_deref()
        .is_some_and(|kind| kind.starts_with("application/json"));
    if !is_json {
        let text = "POST body missing, invalid Content-Type, or JSON object has no keys.";
        return Answer::error(400, text, "BAD_REQUEST");
    }
    let body = match body {
        Ok(body) => body,
        Err(text) => return Answer::error(400, &text, "BAD_REQUEST"),
    };
    let document = match validate::check(&world.types, &body) {
        Ok(document) => without_absent_variables(document, &body.variables),
        Err(rejection) => return Answer::errors(400, rejection.0),
    };
    let Some(caller) = world.caller(key(envelope).as_deref()) else {
        return Answer::error(401, "Unauthorized", "UNAUTHENTICATED");
    };
    let mut request = async_graphql::Request::new(body.query)
        .variables(async_graphql::Variables::from_json(Value::Object(body.variables)))
        .data(Arc::clone(world))
        .data(caller);
    request.operation_name = body.operation_name;
    request.set_parsed_query(document);
    let response = world.api.execute(request).await;
    let unrun = !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty());
    if unrun {
        let errors = response
            .errors
            .iter()
            .filter_map(|error| serde_json::to_value(error).ok());
        return Answer::errors(400, errors.map(coded).collect());
    }
    // Written from the response itself, so that fields keep the order of the selection.
    match serde_json::to_vec(&response) {
        Ok(body) => Answer {
            body,
            ..Answer::json(200, &Value::Null)
        },
        Err(error) => Answer::error(500, &error.to_string(), "INTERNAL_SERVER_ERROR"),
    }
}

fn coded(mut error: Value) -> Value {
    if let Some(map) = error.as_object_mut() {
        map.insert("extensions".into(), json!({"code": "GRAPHQL_VALIDATION_FAILED"}));
    }
    error
}

/// Whether the firewall lets a User-Agent pass: any but none and Python's own (API facts 2.1).
fn is_honest(user_agent: Option<&str>) -> bool {
    let agent = user_agent.unwrap_or_default().trim().to_ascii_lowercase();
    !agent.is_empty() && !agent.starts_with("python-urllib")
}

/// The key of a request, from the header or from the query.
fn key(envelope: &Envelope) -> Option<String> {
    let header = envelope.authorization.as_deref().and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| key.trim().to_owned())
    });
    let query = || {
        let (_, query) = envelope.uri.split_once('?')?;
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(name, _)| *name == "api_key")
            .map(|(_, key)| key.to_owned())
            .next()
    };
    header.or_else(query).filter(|key| !key.is_empty())
}
