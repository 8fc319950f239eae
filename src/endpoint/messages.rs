//! What users are told about an endpoint beyond what a failed call says by itself.

use tf_provider::{AttributePath, Diagnostics};

use super::model::Deviation;
use crate::{
    diagnostic::{error, warn_at},
    value::Attributes,
};
use runpod::Account;

/// What an error is about: `endpoint "sdxl" (i02xupws21hp6i)`.
pub fn subject(state: &Attributes) -> String {
    match (state.text("name"), state.text("id")) {
        (Some(name), Some(id)) => format!("endpoint {name:?} ({id})"),
        (Some(name), None) => format!("endpoint {name:?}"),
        (None, Some(id)) => format!("endpoint {id}"),
        (None, None) => "an endpoint".to_owned(),
    }
}

/// The id in a state. An error where there is none, as in a state that another provider has spoiled: without it nothing
/// can be said of the endpoint, least of all that it is gone.
pub fn id<'a>(diags: &mut Diagnostics, state: &'a Attributes) -> Option<&'a str> {
    let id = state.text("id").filter(|id| !id.is_empty());
    if id.is_none() {
        let detail = format!(
            "The state has no id for {}, so Runpod cannot be asked about it, and it may still be running. Find its id in \
             the Runpod console, then run \"terraform state rm <address>\" and \"terraform import <address> <endpoint \
             id>\".",
            subject(state)
        );
        error(diags, "The state has no id for an endpoint", detail);
    }
    id
}

/// The text as the beginning of a sentence.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// The endpoints of the account by name and id, for one who has given an id or a name that none has.
pub fn listed(account: &Account) -> String {
    let doubt = "It may be mistyped, or belong to another account than the API key.";
    if account.endpoints.is_empty() {
        return format!("{doubt} The account has no endpoints.");
    }
    let lines = account.endpoints.iter().map(|endpoint| {
        format!(
            "\n  {}  {}",
            endpoint.id(),
            endpoint.name.as_deref().unwrap_or_default()
        )
    });
    let capped = if account.is_capped() {
        "\nThe account may have more: Runpod lists the oldest 400."
    } else {
        ""
    };
    format!(
        "{doubt} The account has these endpoints:{}{capped}",
        lines.collect::<String>()
    )
}

/// Warns of what Runpod holds otherwise than it was told.
pub fn warn_of<'a>(diags: &mut Diagnostics, deviations: impl Iterator<Item = &'a Deviation>) {
    for Deviation { name, sentence } in deviations {
        let detail = format!(
            "Runpod accepted the change but holds another value for {name}: {sentence}. The next plan shows the \
             difference."
        );
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("Runpod did not take {name} over"),
            detail,
        );
    }
}

/// Adds an error where what an earlier run left behind cannot become what the configuration says: with the state that
/// goes along, Terraform holds it tainted and replaces it.
pub fn cannot_be_adopted(diags: &mut Diagnostics, state: &Attributes, fixed: &[&str]) {
    let detail = format!(
        "An earlier apply in this directory was cut off while it created {}. The configuration now asks for another {}, \
         which cannot be changed in place. The endpoint is in the state as tainted: apply again, and it is replaced.",
        subject(state),
        fixed.join(" and ")
    );
    error(
        diags,
        "The endpoint of an interrupted apply is of another kind",
        detail,
    );
}

/// Warns of what somebody else changed after the plan was made.
pub fn warn_of_drift(diags: &mut Diagnostics, drifted: &[Deviation]) {
    for Deviation { name, sentence } in drifted {
        let detail = format!(
            "{name} was changed outside Terraform after the plan was made: it is now {sentence}. The plan did not \
             show that, so it was left as it is; the next plan shows it."
        );
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("{name} has changed since the plan"),
            detail,
        );
    }
}
