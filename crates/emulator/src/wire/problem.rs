//! Problem bodies (V2 1.2), as answers of REST v2 and as effects of faults bear them.

use axum::http::StatusCode;
use serde_json::json;

use super::answer::Answer;

/// The answer with a problem body; no lines leave out `errors`.
pub(crate) fn problem(status: u16, detail: &str, errors: &[impl AsRef<str>]) -> Answer {
    let mut body = json!({"title": title(status), "status": status, "detail": detail});
    if let (false, Some(map)) = (errors.is_empty(), body.as_object_mut()) {
        map.insert("errors".into(), errors.iter().map(AsRef::as_ref).collect());
    }
    let mut answer = Answer::json(status, &body);
    answer.headers = vec![("content-type".into(), "application/problem+json".into())];
    answer
}

/// The words of a status.
fn title(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}
