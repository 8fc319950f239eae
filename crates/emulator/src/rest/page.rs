//! Pages of a list: an opaque cursor and a limit (V2 1.4).

use serde_json::{Value, json};

use super::{problem::Problem, request::Request};

/// The most rows of a page, which is also how many it has by default.
const LIMIT: usize = 1000;

/// Cuts the page that a request asks for out of all rows of a noun, and tells how to go on.
///
/// # Errors
/// When the cursor is none of this list, or the limit is none.
pub(crate) fn cut<T>(
    request: &Request,
    noun: &str,
    rows: Vec<T>,
    id: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Value), Problem> {
    let limit = match request.query("limit") {
        None => LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=LIMIT).contains(limit))
            .ok_or_else(|| Problem::new(422, "limit must be between 1 and 1000"))?,
    };
    let start = match request.query("cursor") {
        None => 0,
        Some(cursor) => {
            let (offset, last) = opened(cursor, noun).ok_or_else(|| Problem::new(422, "invalid cursor"))?;
            let place = rows.iter().position(|row| id(row) == last);
            place.map_or(offset, |place| place + 1)
        }
    };
    let total = rows.len();
    let page: Vec<T> = rows.into_iter().skip(start).take(limit).collect();
    let end = start + page.len();
    let next = page
        .last()
        .filter(|_| end < total)
        .map(|last| hex(&format!("{noun}:{end}:{}", id(last))));
    let more = next.is_some();
    Ok((page, json!({"nextCursor": next, "hasNextPage": more})))
}

/// The offset and the last id of a cursor.
fn opened(cursor: &str, noun: &str) -> Option<(usize, String)> {
    let bytes: Option<Vec<u8>> = (0..cursor.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok())
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let mut parts = text.splitn(3, ':');
    if parts.next()? != noun {
        return None;
    }
    Some((parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
