//! What was asked for of an object, in a form that can be kept and compared again: a table for each noun.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// One field of a noun: what a write asks for in it, and whether an object has that.
pub struct Asked<Write, Object> {
    /// What it is kept under, in the API's words.
    pub name: &'static str,
    /// What the write asks for; null is nothing. No secret, at most a digest of one.
    pub asked: fn(&Write) -> Value,
    /// Whether the object has that; what the API does not tell is let pass.
    pub has: fn(&Value, &Object) -> bool,
}

/// [`Collection::asked`](crate::Collection::asked) by the noun's table.
pub(crate) fn asked<Write, Object>(fields: &[Asked<Write, Object>], write: &Write) -> Value {
    let fields = fields
        .iter()
        .map(|field| (field.name.to_owned(), (field.asked)(write)));
    without_nulls(Value::Object(fields.collect::<Map<String, Value>>()))
}

/// [`Collection::is_as_asked`](crate::Collection::is_as_asked) by the noun's table.
pub(crate) fn is_as_asked<Write, Object>(
    fields: &[Asked<Write, Object>],
    asked: &Value,
    object: &Object,
) -> bool {
    fields.iter().all(|field| {
        asked
            .get(field.name)
            .is_none_or(|asked| (field.has)(asked, object))
    })
}

/// The object without the fields that are null.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

/// Whether two values are one: lists are compared as sets, numbers as numbers, texts without blanks around them.
pub(crate) fn same(asked: &Value, found: impl Serialize) -> bool {
    unordered(asked) == unordered(&json!(found))
}

/// A value as a sorted list of parts: a list's items, or a single part. Numbers are compared as numbers.
fn unordered(value: &Value) -> Vec<String> {
    let part = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    };
    let mut parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(part).collect(),
        other => vec![part(other)],
    };
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_any_order_and_spelling_of_a_number() {
        assert!(same(&json!(["ADA_24", "-NVIDIA L4"]), ["-NVIDIA L4", "ADA_24 "]));
        assert!(!same(&json!(["ADA_24", "-NVIDIA L4"]), ["ADA_24"]));
        assert!(same(&json!(4), 4.0) && !same(&json!(4), 4.5));
        assert!(same(&json!(""), Vec::<String>::new()) && !same(&json!("12.4"), ""));
    }
}
