//! References to secrets in an environment, and whether the account has what they name.

use runpod::{Call, collection::Collection};
use tf_provider::{AttributePath, Diagnostics};

use super::{
    connection::{Api, Connection},
    diagnostic::warn_at,
    timeouts::READ_LIMIT,
    value::{Attributes, pairs},
};

/// The names of the secrets that a value refers to (V2 5.4).
fn named(value: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for part in value.split("{{").skip(1) {
        let Some((inside, _)) = part.split_once("}}") else {
            continue;
        };
        names.extend(inside.trim().strip_prefix("RUNPOD_SECRET_"));
    }
    names
}

/// Warns of variables of a plan that refer to a secret that the account does not have, nor will have after this run.
/// Costs one list of secrets for all plans of a process, and nothing where no variable refers to one that it must ask
/// about. Where that cannot be asked, nothing is said.
pub async fn warn_of_missing(diags: &mut Diagnostics, connection: &Connection, planned: &Attributes) {
    let variables = pairs(planned.get("env")).unwrap_or_default();
    let referring: Vec<(&str, &str)> = variables
        .iter()
        .flat_map(|(key, value)| named(value).into_iter().map(move |name| (key.as_str(), name)))
        .filter(|(_, name)| !connection.plans_secret(name))
        .collect();
    let Some(client) = connection.configured() else {
        return;
    };
    if referring.is_empty() || client.api == Api::GraphQl {
        return;
    }
    let call = Call::within(READ_LIMIT, connection.stop().token());
    let Ok(listing) = client.runpod.secrets().list(&call).await else {
        return;
    };
    for (key, name) in referring {
        if listing.by_name(name).next().is_some() {
            continue;
        }
        let detail = format!(
            "The variable {key} refers to the secret {name:?}, and the account has no secret of that name: workers get the \
             reference itself as the value. Create the secret (runpod_secret), or correct the reference."
        );
        warn_at(
            diags,
            AttributePath::new("env").key(key.to_owned()),
            "A secret does not exist",
            detail,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand() {
        assert_eq!(named("{{ RUNPOD_SECRET_a }}"), ["a"]);
        assert_eq!(
            named("x{{RUNPOD_SECRET_a}}y{{ RUNPOD_SECRET_b/c }}"),
            ["a", "b/c"]
        );
        for none in ["", "{{ OTHER }}", "{{ RUNPOD_SECRET_a", "RUNPOD_SECRET_a }}"] {
            assert!(named(none).is_empty(), "{none}");
        }
    }
}
