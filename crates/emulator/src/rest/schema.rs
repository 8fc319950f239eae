//! The shape of a body: a small part of JSON Schema, with the wording of the validator that the real API uses
//! (V2 1.2).

use serde_json::{Map, Value};

/// A text that must match: its regular expression, and the check that stands for it.
pub(crate) type Pattern = (&'static str, fn(&str) -> bool);

/// What a value must be.
pub(crate) enum Schema {
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
    },
    Text {
        min: usize,
        max: usize,
        pattern: Option<Pattern>,
    },
    TextOrNull,
    Word(&'static [&'static str]),
    List {
        item: Box<Schema>,
        min: usize,
        unique: bool,
    },
    Map(Box<Schema>),
    Object(Object),
    /// One of several closed objects, told apart by the word of a property.
    Union {
        tag: &'static str,
        variants: Vec<(&'static str, Object)>,
    },
}

/// A closed object: no key but those of its members.
#[derive(Default)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
    pub(crate) min_properties: usize,
    /// Whether the members are an `allOf`, so that one that fails takes its keys with it: they count as
    /// unknown then.
    pub(crate) is_noisy: bool,
}

/// Keys that are declared together.
#[derive(Default)]
pub(crate) struct Member {
    pub(crate) properties: Vec<(&'static str, Schema)>,
    pub(crate) required: Vec<&'static str>,
    /// A key that is required unless another is there.
    pub(crate) required_unless: Option<(&'static str, &'static str)>,
    /// A key that needs another beside it.
    pub(crate) dependent: Option<(&'static str, &'static str)>,
}

/// Any text.
pub(crate) fn text() -> Schema {
    text_of(0, usize::MAX)
}

/// A text of so many characters.
pub(crate) fn text_of(min: usize, max: usize) -> Schema {
    Schema::Text {
        min,
        max,
        pattern: None,
    }
}

/// A text that matches.
pub(crate) fn matching(pattern: Pattern) -> Schema {
    Schema::Text {
        min: 0,
        max: usize::MAX,
        pattern: Some(pattern),
    }
}

/// A whole number of at least this much.
pub(crate) fn at_least(min: i64) -> Schema {
    Schema::Integer {
        min,
        max: i32::MAX.into(),
    }
}

/// A list of any length.
pub(crate) fn list(item: Schema) -> Schema {
    Schema::List {
        item: Box::new(item),
        min: 0,
        unique: false,
    }
}

/// A closed object of one member.
pub(crate) fn closed(properties: Vec<(&'static str, Schema)>, required: &[&'static str]) -> Object {
    Object {
        members: vec![Member {
            properties,
            required: required.to_vec(),
            ..Member::default()
        }],
        ..Object::default()
    }
}

impl Object {
    /// All that is wrong with a body.
    pub(crate) fn check(&self, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        object(self, value, "$", &mut errors);
        errors
    }
}

fn check(schema: &Schema, value: &Value, path: &str, errors: &mut Vec<String>) {
    let mut wrong = |text: String| errors.push(format!("{path}: {text}"));
    match (schema, value) {
        (Schema::Boolean, Value::Bool(_)) | (Schema::TextOrNull, Value::String(_) | Value::Null) => {}
        (Schema::Integer { min, max }, Value::Number(number)) => match whole(number) {
            None => wrong("got number, want integer".into()),
            Some(given) if given < *min => wrong(format!("minimum: got {given}, want {min}")),
            Some(given) if given > *max => wrong(format!("maximum: got {given}, want {max}")),
            Some(_) => {}
        },
        (Schema::Number { min }, Value::Number(number)) => {
            if number.as_f64().is_none_or(|given| given < *min) {
                wrong(format!("minimum: got {number}, want {min}"));
            }
        }
        (Schema::Text { min, max, pattern }, Value::String(given)) => {
            let length = given.chars().count();
            if length < *min {
                wrong(format!("minLength: got {length}, want {min}"));
            }
            if length > *max {
                wrong(format!("maxLength: got {length}, want {max}"));
            }
            if let Some((text, holds)) = pattern
                && !holds(given)
            {
                wrong(format!("'{given}' does not match pattern '{text}'"));
            }
        }
        (Schema::Word(words), given) => {
            if !words.iter().any(|word| given == word) {
                wrong(one_of(words));
            }
        }
        (Schema::List { item, min, unique }, Value::Array(items)) => {
            if items.len() < *min {
                wrong(format!("minItems: got {}, want {min}", items.len()));
            }
            if let Some((first, second)) = twins(items).filter(|_| *unique) {
                wrong(format!("items at {first} and {second} are equal"));
            }
            for (at, value) in items.iter().enumerate() {
                check(item, value, &format!("{path}[{at}]"), errors);
            }
        }
        (Schema::Map(item), Value::Object(map)) => {
            for (key, value) in map {
                check(item, value, &format!("{path}.{key}"), errors);
            }
        }
        (Schema::Object(shape), value) => object(shape, value, path, errors),
        (Schema::Union { tag, variants }, Value::Object(map)) => {
            let word = map.get(*tag).and_then(Value::as_str);
            match variants.iter().find(|(name, _)| Some(*name) == word) {
                Some((_, shape)) => object(shape, value, path, errors),
                None if map.contains_key(*tag) => {
                    let words: Vec<_> = variants.iter().map(|(name, _)| *name).collect();
                    errors.push(format!("{path}.{tag}: {}", one_of(&words)));
                }
                None => wrong(format!("missing property '{tag}'")),
            }
        }
        (schema, value) => wrong(format!("got {}, want {}", kind(value), wanted(schema))),
    }
}

fn object(shape: &Object, value: &Value, path: &str, errors: &mut Vec<String>) {
    let Value::Object(map) = value else {
        errors.push(format!("{path}: got {}, want object", kind(value)));
        return;
    };
    if map.len() < shape.min_properties {
        errors.push(format!(
            "{path}: minProperties: got {}, want {}",
            map.len(),
            shape.min_properties
        ));
    }
    let mut known: Vec<&str> = Vec::new();
    for member in &shape.members {
        let before = errors.len();
        check_member(member, map, path, errors);
        if errors.len() == before || !shape.is_noisy {
            known.extend(member.properties.iter().map(|(name, _)| *name));
        }
    }
    let mut unknown: Vec<_> = map.keys().filter(|key| !known.contains(&key.as_str())).collect();
    unknown.sort();
    if !unknown.is_empty() {
        let names: Vec<_> = unknown.iter().map(|name| format!("'{name}'")).collect();
        errors.push(format!(
            "{path}: additional properties {} not allowed",
            names.join(", ")
        ));
    }
}

fn check_member(member: &Member, map: &Map<String, Value>, path: &str, errors: &mut Vec<String>) {
    let needed = member
        .required_unless
        .filter(|(_, unless)| !map.contains_key(*unless));
    let required = needed
        .map(|(name, _)| name)
        .into_iter()
        .chain(member.required.iter().copied());
    let missing: Vec<_> = required
        .filter(|name| !map.contains_key(*name))
        .map(|name| format!("'{name}'"))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => errors.push(format!("{path}: missing property {one}")),
        several => errors.push(format!("{path}: missing properties {}", several.join(", "))),
    }
    if let Some((name, needs)) = member.dependent
        && map.contains_key(name)
        && !map.contains_key(needs)
    {
        errors.push(format!(
            "{path}: properties '{needs}' required, if '{name}' exists"
        ));
    }
    for (name, schema) in &member.properties {
        if let Some(value) = map.get(*name) {
            check(schema, value, &format!("{path}.{name}"), errors);
        }
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.as_slice() {
        [only] => format!("value must be {only}"),
        several => format!("value must be one of {}", several.join(", ")),
    }
}

/// A number as a whole one, `1.0` included.
pub(crate) fn whole(number: &serde_json::Number) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)]
    let of_float = |value: f64| (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64);
    let large = || number.as_u64().map(|_| i64::MAX);
    number
        .as_i64()
        .or_else(large)
        .or_else(|| of_float(number.as_f64()?))
}

fn twins(items: &[Value]) -> Option<(usize, usize)> {
    items.iter().enumerate().find_map(|(second, item)| {
        let first = items.iter().take(second).position(|earlier| earlier == item)?;
        Some((first, second))
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn wanted(schema: &Schema) -> &'static str {
    match schema {
        Schema::Boolean => "boolean",
        Schema::Integer { .. } => "integer",
        Schema::Number { .. } => "number",
        Schema::Text { .. } | Schema::Word(_) => "string",
        Schema::TextOrNull => "string or null",
        Schema::List { .. } => "array",
        Schema::Map(_) | Schema::Object(_) | Schema::Union { .. } => "object",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(schema: Schema, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        check(&schema, value, "$.x", &mut errors);
        errors
    }

    #[test]
    fn each_kind_says_what_it_wants() {
        let unique = || Schema::List {
            item: Box::new(text_of(1, 3)),
            min: 1,
            unique: true,
        };
        for (schema, value, text) in [
            (Schema::Boolean, json!("a"), "got string, want boolean"),
            (at_least(1), json!(0), "minimum: got 0, want 1"),
            (at_least(1), json!(1.5), "got number, want integer"),
            (
                at_least(1),
                json!(99_999_999_999_i64),
                "maximum: got 99999999999, want 2147483647",
            ),
            (
                Schema::Number { min: 0.5 },
                json!(0.25),
                "minimum: got 0.25, want 0.5",
            ),
            (text_of(1, 3), json!(""), "minLength: got 0, want 1"),
            (text_of(1, 3), json!("four"), "maxLength: got 4, want 3"),
            (text(), Value::Null, "got null, want string"),
            (Schema::TextOrNull, json!(1), "got number, want string or null"),
            (
                Schema::Word(&["A", "B"]),
                json!("C"),
                "value must be one of 'A', 'B'",
            ),
            (
                Schema::Word(&["A", "B"]),
                json!(true),
                "value must be one of 'A', 'B'",
            ),
            (unique(), json!([]), "minItems: got 0, want 1"),
            (unique(), json!(["a", "b", "a"]), "items at 0 and 2 are equal"),
            (
                matching(("^a$", |text| text == "a")),
                json!("b"),
                "'b' does not match pattern '^a$'",
            ),
        ] {
            assert_eq!(wrong(schema, &value), [format!("$.x: {text}")]);
        }
        assert!(wrong(at_least(1), &json!(2.0)).is_empty());
        assert_eq!(
            wrong(list(Schema::Boolean), &json!([1])),
            ["$.x[0]: got number, want boolean"]
        );
    }

    #[test]
    fn a_member_that_fails_takes_its_keys_along() {
        let noisy = |is_noisy| Object {
            members: vec![
                Member {
                    properties: vec![("env", Schema::Map(Box::new(text())))],
                    ..Member::default()
                },
                Member {
                    properties: vec![("name", text()), ("size", at_least(1))],
                    required: vec!["name"],
                    ..Member::default()
                },
            ],
            is_noisy,
            min_properties: 0,
        };
        let body = json!({"env": {}, "size": 1, "odd": 2});
        assert_eq!(
            noisy(true).check(&body),
            [
                "$: missing property 'name'",
                "$: additional properties 'odd', 'size' not allowed"
            ]
        );
        assert_eq!(
            noisy(false).check(&body),
            [
                "$: missing property 'name'",
                "$: additional properties 'odd' not allowed"
            ]
        );
    }
}
