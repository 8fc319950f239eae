//! `runpod_secret` and `runpod_secrets`: values that containers get and nobody reads back.

mod moment;

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Call, Error,
    secrets::{Secret, SecretWrite},
};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::managed::{
    attribute::{Attribute, Mode, Rule, Type},
    connection::Client,
    diagnostic::warn_at,
    messages::{capitalised, subject},
    noun::{Calls, Concern, Noun, Plan},
    spelling::Spelling,
    value::{Attributes, text, word},
    write_only,
};

/// Secrets.
pub struct SecretNoun;

const ROW: Attribute<Secret, SecretWrite> = Attribute::ROW;

/// How an environment refers to a secret (V2 5.4).
pub fn reference(name: &str) -> String {
    format!("{{{{ RUNPOD_SECRET_{name} }}}}")
}

/// Every attribute but `id` and `timeouts`. The value never comes back (V2 5.4).
static ATTRIBUTES: [Attribute<Secret, SecretWrite>; 8] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the secret, 1 to 191 characters, unique in the account: a letter or underscore, then letters, \
                      digits, `_`, `.`, `-` and `/`; not beginning with `RUNPOD`.",
        replaces: true,
        rule: Rule::Shape(name),
        read: |secret| text(Some(secret.name.as_str())),
        write: |write, value| write.name = word(value),
        ..ROW
    },
    Attribute {
        name: "description",
        mode: Mode::Optional,
        description: "What the secret is for.",
        left_out: "Left out: none.",
        rule: Rule::Length(1, 65535),
        read: |secret| {
            text(
                secret
                    .description
                    .as_deref()
                    .filter(|description| !description.is_empty()),
            )
        },
        write: |write, value| write.description = Some(word(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "value",
        mode: Mode::Optional,
        description: "The value. It is kept in the state; `value_wo` is not. One that was changed outside Terraform is sent \
                      again.",
        left_out: "Exactly one of `value` and `value_wo` is required.",
        sensitive: true,
        write: |write, value| write.value = word(value).map(Into::into),
        ..ROW
    },
    Attribute {
        name: "value_wo",
        mode: Mode::Optional,
        description: "The value, write-only: it stands in no state and no plan. Needs Terraform 1.11 and \
                      `value_wo_version`.",
        write_only: true,
        sensitive: true,
        write: |write, value| write.value = word(value).map(Into::into),
        ..ROW
    },
    Attribute {
        name: "value_wo_version",
        kind: Type::Number,
        mode: Mode::Optional,
        description: "Any number that changes with `value_wo`: its change sends the value again.",
        ..ROW
    },
    Attribute {
        name: "created_at",
        mode: Mode::Computed,
        description: "When the secret was created, as ISO 8601.",
        spelling: Spelling::Own(moment::is_same_datum),
        read: |secret| text(secret.created_at.as_deref()),
        ..ROW
    },
    Attribute {
        name: "value_last_updated_at",
        mode: Mode::Computed,
        description: "When the value was written last, as ISO 8601; null before the first change.",
        spelling: Spelling::Own(moment::is_same_datum),
        read: |secret| text(secret.value_last_updated_at.as_deref()),
        ..ROW
    },
    Attribute {
        name: "reference",
        mode: Mode::Computed,
        description: "The text to write as a variable's value in an `env`, for the secret's value to be put there: \
                      `{{ RUNPOD_SECRET_<name> }}`.",
        ..ROW
    },
];

#[async_trait]
impl Noun for SecretNoun {
    type Object = Secret;
    type Write = SecretWrite;

    const TYPE: &'static str = "runpod_secret";
    const TYPES: &'static str = "runpod_secrets";
    const NOUN: &'static str = "secret";
    const NOUNS: &'static str = "secrets";
    const DESCRIPTION: &'static str = "A secret of the account, which containers get through their environment. Nobody can read \
                                       its value back. Needs REST v2.";
    const ID: &'static str = "Id of the secret, given by Runpod.";
    const MOVED_FROM: &'static [&'static str] = &["runpod_secret"];
    const HIDDEN: &'static [&'static str] = &["value_wo_version"];

    fn table() -> &'static [Attribute<Secret, SecretWrite>] {
        &ATTRIBUTES
    }

    fn calls(client: &Client, _: &Attributes) -> Arc<Calls<Self>> {
        client.runpod.secrets()
    }

    fn check(diags: &mut Diagnostics, config: &Attributes) {
        write_only::check(diags, config, "value");
    }

    async fn plan(diags: &mut Diagnostics, plan: &mut Plan<'_>) {
        write_only::plan(diags, plan, "value");
        Self::derive(&mut plan.planned);
        if let Some(name) = plan.planned.text("name") {
            plan.connection.plan_secret(name);
        }
        let writes = ["value", "value_wo_version"]
            .iter()
            .any(|name| plan.changes(name));
        if plan.prior.is_some() && writes {
            plan.planned.set("value_last_updated_at", Value::Unknown);
        }
    }

    fn place(_: &Secret, found: &mut Attributes, like: &Attributes) {
        if is_changed_outside(like, found) {
            found.set("value", Value::Null);
        }
    }

    fn derive(state: &mut Attributes) {
        let reference = match state.get("name") {
            Value::Unknown => Value::Unknown,
            _ => text(state.text("name").map(reference)),
        };
        state.set("reference", reference);
    }

    fn concern(failure: &Error) -> Option<Concern> {
        Concern::name_taken(
            failure,
            "Another secret of the account has this name, and names of secrets are unique. Choose another name, or, if \
             that secret is the one meant here, take it over with \"terraform import <address> <secret id>\".",
        )
    }

    async fn read_warnings(
        diags: &mut Diagnostics,
        _: &Client,
        _: &Call,
        prior: &Attributes,
        found: &Attributes,
    ) {
        if !is_changed_outside(prior, found) {
            return;
        }
        let cure = if prior.get("value").is_null() {
            "Terraform does not know the value: to send value_wo again, change value_wo_version."
        } else {
            "The next apply sends the configuration's value again."
        };
        let detail = format!(
            "The value of {} was written at {}, and not by Terraform. {cure}",
            subject::<Self>(found),
            found.text("value_last_updated_at").unwrap_or("an unknown time"),
        );
        let summary = format!(
            "{} was changed outside Terraform",
            capitalised("a secret's value")
        );
        warn_at(diags, AttributePath::root(), summary, detail);
    }
}

/// Whether somebody else wrote the value: it was written at another time than the state, which knows the secret, has. What
/// was not written since the create was written by it.
fn is_changed_outside(state: &Attributes, found: &Attributes) -> bool {
    let (created, written) = ("created_at", "value_last_updated_at");
    if !state.has(created) || state.get(written).is_unknown() {
        return false;
    }
    let was = state.text(written).or(state.text(created));
    match (was, found.text(written)) {
        (Some(was), Some(is)) => !moment::is_same(was, is),
        _ => false,
    }
}

/// Whether it can be a secret's name (V2 5.4); the error says what is wrong with it.
pub fn name(text: &str) -> Result<(), String> {
    let mut bytes = text.bytes();
    let begins = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !begins || !bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte)) {
        return Err(
            "a secret's name begins with a letter or underscore and has letters, digits, \"_\", \".\", \"-\" and \"/\""
                .to_owned(),
        );
    }
    if text.len() > 191 {
        return Err(format!(
            "it must have 1 to 191 characters, and this has {}",
            text.len()
        ));
    }
    if text.to_ascii_uppercase().starts_with("RUNPOD") {
        return Err("a secret's name must not begin with RUNPOD".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_what_an_environment_takes() {
        assert_eq!(reference("hf_token"), "{{ RUNPOD_SECRET_hf_token }}");
    }

    #[test]
    fn names_have_their_pattern() {
        for good in ["a", "_x", "hf/token-1.2"] {
            assert!(name(good).is_ok(), "{good}");
        }
        for bad in ["", "1a", "a b", "RUNPOD_X", "runpod", &"a".repeat(192)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
