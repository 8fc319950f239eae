//! What may be logged and told: bodies without secrets, messages of one line without the key.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// The longest message that is passed on.
const LONGEST: usize = 300;

/// What stands for a secret.
const MASK: &str = "(hidden)";

/// Words that a field's name has when its value is a secret, or as a container's command may hold one.
const SECRET_NAMES: [&str; 9] = [
    "key",
    "secret",
    "password",
    "token",
    "credential",
    "auth",
    "args",
    "cmd",
    "entrypoint",
];

/// What no log and no message may show: the key, and what else a request declares to be secret.
#[derive(Clone)]
pub struct Secrets(Vec<SecretString>);

impl Secrets {
    /// The key and other texts.
    pub fn new(key: &SecretString, others: &[String]) -> Self {
        let others = others.iter().map(|text| SecretString::from(text.as_str()));
        let mut secrets: Vec<SecretString> = others.chain([key.clone()]).collect();
        secrets.retain(|secret| !secret.expose_secret().is_empty());
        // A secret that is part of another one must not break it up.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        Self(secrets)
    }

    /// A body for the log: values of secret fields and of environment variables are hidden, and secrets wherever they
    /// are.
    pub fn body(&self, body: &Value) -> String {
        let mut copy = body.clone();
        hide(&mut copy, false);
        self.0.iter().fold(copy.to_string(), |text, secret| {
            // Within JSON a secret stands with its escapes.
            let quoted = Value::from(secret.expose_secret()).to_string();
            text.replace(quoted.get(1..quoted.len() - 1).unwrap_or_default(), MASK)
        })
    }

    /// A message in one line of bounded length, without secrets.
    pub fn line(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose_secret(), MASK)
        });
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line,
        }
    }
}

/// Hides secret values; `all` where every value of an object is one.
fn hide(value: &mut Value, all: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, false)),
        Value::Object(fields) => {
            // GraphQL tells a variable by two fields, REST as a field of `env`; a secret of the account is a `value`.
            let is_variable = fields.contains_key("key") && fields.contains_key("value");
            for (name, value) in fields.iter_mut() {
                let name = name.to_lowercase();
                let is_secret = SECRET_NAMES.iter().any(|word| name.contains(word)) && !is_variable;
                let is_value = name == "value" && value.is_string();
                if (all || is_secret || is_value || (is_variable && name == "value")) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    hide(value, name == "env");
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn body(body: &Value, key: &str) -> String {
        Secrets::new(&key.into(), &[]).body(body)
    }

    fn line(text: &str, key: &str) -> String {
        Secrets::new(&key.into(), &[]).line(text)
    }

    /// Any JSON in which this text stands in names and values.
    fn json_with(text: &'static str) -> impl Strategy<Value = Value> {
        let string = "[a-z\"\\\\\n]{0,4}".prop_map(move |around| format!("{around}{text}{around}"));
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            string.clone().prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 20, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::hash_map(string.clone(), inner, 0..4)
                    .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_body_shows_the_key_wherever_it_stands(json in json_with("rpa_1\"2\\3")) {
            let shown = body(&json, "rpa_1\"2\\3");
            prop_assert!(!shown.contains("rpa_1"), "{}", shown);
        }

        #[test]
        fn no_message_shows_the_key_or_breaks_its_line(before in "(?s).{0,400}", after in "(?s).{0,400}") {
            let shown = line(&format!("{before}rpa_1{after}"), "rpa_1");
            prop_assert!(!shown.contains("rpa_1"), "{}", shown);
            prop_assert!(shown.chars().count() <= LONGEST + 1 && !shown.contains('\n'));
        }

        #[test]
        fn a_body_without_secrets_is_shown_as_it_is(json in json_with("plain")) {
            prop_assert_eq!(body(&json, "rpa_1"), json.to_string());
        }
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let shown = body(
            &json!({
                "variables": {"input": {"name": "x", "env": [{"key": "HF_TOKEN", "value": "hf_1"}]}},
                "data": {"aiKey": "ai_2", "note": "rpa_3 was given", "nested": {"secretKey": "s4", "password": 5550123, "tokens": ["t6"]}}
            }),
            "rpa_3",
        );
        for secret in ["hf_1", "ai_2", "rpa_3", "s4", "5550123", "t6"] {
            assert!(!shown.contains(secret), "{secret} is shown in {shown}");
        }
        for known in ["HF_TOKEN", "\"x\""] {
            assert!(shown.contains(known), "{known} is hidden in {shown}");
        }
    }

    #[test]
    fn variables_and_values_of_rest_are_hidden_and_what_a_request_declares() {
        let secrets = Secrets::new(&"rpa_1".into(), &["pass word".to_owned(), "pass".to_owned()]);
        let shown = secrets.body(&json!({
            "env": {"DATABASE_URL": "postgres://u:p@h"}, "name": "x", "value": "s3", "image": "pass word/a"
        }));
        for secret in ["postgres", "s3", "pass", "word"] {
            assert!(!shown.contains(secret), "{secret} is shown in {shown}");
        }
        assert!(
            shown.contains("DATABASE_URL") && shown.contains("\"x\""),
            "{shown}"
        );
        assert_eq!(
            secrets.line("'pass word' is too short"),
            "'(hidden)' is too short"
        );
    }

    #[test]
    fn messages_are_one_bounded_line() {
        assert_eq!(line("a\n  b rpa_1", "rpa_1"), "a b (hidden)");
        assert_eq!(line(&"é".repeat(LONGEST), "k"), "é".repeat(LONGEST));
        assert_eq!(line(&"é".repeat(400), "k"), "é".repeat(LONGEST) + "…");
    }
}
