//! What users are told about an endpoint beyond what a failed call says by itself.

use tf_provider::{AttributePath, Diagnostics};

use super::model::Deviation;
use crate::{
    diagnostic::{error, explain, warn_at},
    value::Attributes,
};
use runpod::{
    Endpoint, LIST_CAP, Listing,
    creation::{Failure, Unseen},
};

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
pub fn listed(account: &Listing<Endpoint>) -> String {
    let doubt = "It may be mistyped, or belong to another account than the API key.";
    if account.objects.is_empty() {
        return format!("{doubt} The account has no endpoints.");
    }
    let lines = account
        .objects
        .iter()
        .map(|endpoint| format!("\n  {}  {}", endpoint.id, endpoint.name));
    let capped = if account.is_capped {
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

/// Tells that a create has taken over what an earlier run left behind.
pub fn warn_of_adoption(diags: &mut Diagnostics, state: &Attributes) {
    let detail = format!(
        "An earlier apply in this directory was cut off while it created {}, before its id was in the state. It was taken \
         over instead of creating another one, and has what the configuration says.",
        subject(state)
    );
    let summary = "An endpoint of an interrupted apply was taken over";
    warn_at(diags, AttributePath::root(), summary, detail);
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

/// Adds the error of a create that made no endpoint that is known.
pub fn not_created(diags: &mut Diagnostics, planned: &Attributes, failure: Failure) {
    let subject = subject(planned);
    let name = planned.text("name").unwrap_or_default();
    match failure {
        Failure::Nothing(failure) => diags.errors.push(explain(&failure, &subject)),
        Failure::Unknown(failure, unseen) => {
            let mut diagnostic = explain(&failure, &subject);
            diagnostic.detail = format!(
                "{}\n\nWhether the endpoint was created is not known: {}",
                diagnostic.detail,
                unseen_endpoint(unseen, name)
            )
            .into();
            diags.errors.push(diagnostic);
        }
        Failure::Several(ids, failure) => {
            let cause = failure.map_or_else(
                || "An earlier run was cut off while it created this endpoint".to_owned(),
                |failure| format!("The answer to the create was lost ({})", failure.message),
            );
            let detail = format!(
                "{cause}, and now several endpoints named {name:?} are new and match: {}. Keep one of them with \
                 \"terraform import <address> <endpoint id>\" and delete those that are not needed in the Runpod \
                 console.",
                ids.join(", ")
            );
            error(diags, "Several endpoints may be the one created", detail);
        }
    }
}

/// Why it is not known whether an endpoint was created, and what to do about it.
fn unseen_endpoint(unseen: Unseen, name: &str) -> String {
    let adopts = "If it does appear, the next apply in this directory adopts it instead of creating another; from \
                  elsewhere, look in the Runpod console and run \"terraform import <address> <endpoint id>\".";
    match unseen {
        Unseen::NotListed => {
            format!("Runpod was asked again, and so far no new endpoint is named {name:?}. {adopts}")
        }
        Unseen::NotRead => format!("Runpod was asked again, but the answer did not tell. {adopts}"),
        Unseen::BeyondCap => format!(
            "Runpod lists the oldest {LIST_CAP} endpoints of an account only, so that a new one named {name:?} does not \
             show. Look for it in the Runpod console. If it is there, run \"terraform import <address> <endpoint \
             id>\". If it is not, delete the notes of creates, which are in the directory runpod/creates of \
             Terraform's data directory (.terraform), and apply again."
        ),
    }
}
