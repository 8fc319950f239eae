//! What users are told of an object beyond what a failed call says by itself.

use runpod::Object;
use tf_provider::{AttributePath, Diagnostics};

use super::{
    diagnostic::{error, warn_at},
    noun::Noun,
    reconcile::Deviation,
    value::Attributes,
};

/// What an error is about: `endpoint "sdxl" (i02xupws21hp6i)`.
pub fn subject<N: Noun>(state: &Attributes) -> String {
    let noun = N::NOUN;
    match (state.text("name"), state.text("id")) {
        (Some(name), Some(id)) => format!("{noun} {name:?} ({id})"),
        (Some(name), None) => format!("{noun} {name:?}"),
        (None, Some(id)) => format!("{noun} {id}"),
        (None, None) => article(noun),
    }
}

/// The noun with its article.
pub fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// The id in a state. An error where there is none, as in a state that another provider has spoiled: without it nothing
/// can be said of the object, least of all that it is gone.
pub fn id<'a, N: Noun>(diags: &mut Diagnostics, state: &'a Attributes) -> Option<&'a str> {
    let id = state.text("id").filter(|id| !id.is_empty());
    if id.is_none() {
        let detail = format!(
            "The state has no id for {}, so Runpod cannot be asked about it, and it may still exist and cost money. Find \
             its id in the Runpod console, then run \"terraform state rm <address>\" and \"terraform import <address> \
             <{} id>\".",
            subject::<N>(state),
            N::NOUN,
        );
        error(
            diags,
            format!("The state has no id for {}", article(N::NOUN)),
            detail,
        );
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

/// The objects of the account by name and id, for one who has given an id or a name that none has.
pub fn listed<N: Noun>(objects: &[Attributes], is_capped: bool) -> String {
    let doubt = "It may be mistyped, or belong to another account than the API key.";
    if objects.is_empty() {
        return format!("{doubt} The account has no {}.", N::NOUNS);
    }
    let lines = objects.iter().map(|object| {
        format!(
            "\n  {}  {:?}",
            object.text("id").unwrap_or_default(),
            object.text("name").unwrap_or_default()
        )
    });
    let capped = if is_capped {
        format!(
            "\nThe account may have more: Runpod lists the oldest {} only.",
            objects.len()
        )
    } else {
        String::new()
    };
    format!(
        "{doubt} The account has these {}:{}{capped}",
        N::NOUNS,
        lines.collect::<String>()
    )
}

/// What uses an object, as a sentence: `These endpoints use it: "sdxl" (i02xupws21hp6i).`; none where nothing does.
pub fn users<'o, O: Object>(
    nouns: &str,
    use_it: &str,
    objects: impl Iterator<Item = &'o O>,
) -> Option<String> {
    let named: Vec<String> = objects
        .map(|object| format!("{:?} ({})", object.name(), object.id()))
        .collect();
    (!named.is_empty()).then(|| format!("These {nouns} {use_it}: {}.", named.join(", ")))
}

/// Warns of what Runpod holds otherwise than it was told. `config` tells what the next plan makes of it.
pub fn warn_of_deviations<'a>(
    diags: &mut Diagnostics,
    config: &Attributes,
    deviations: impl Iterator<Item = &'a Deviation>,
) {
    for Deviation { name, sentence } in deviations {
        let next = if config.get(name).is_null() {
            "The next refresh takes it over into the state, since the configuration leaves it out."
        } else {
            "The next plan shows the difference."
        };
        let detail =
            format!("Runpod accepted the change but holds another value for {name}: {sentence}. {next}");
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("Runpod did not take {name} over"),
            detail,
        );
    }
}

/// Warns of what somebody else changed after the plan was made.
pub fn warn_of_drift(diags: &mut Diagnostics, config: &Attributes, drifted: &[Deviation]) {
    for Deviation { name, sentence } in drifted {
        let next = if config.get(name).is_null() {
            "the next refresh takes it over into the state"
        } else {
            "the next plan shows it"
        };
        let detail = format!(
            "{name} was changed outside Terraform after the plan was made: it is now {sentence}. The plan did not \
             show that, so it was left as it is; {next}."
        );
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("{name} has changed since the plan"),
            detail,
        );
    }
}

/// Adds the error of an object that vanished between plan and apply.
pub fn vanished<N: Noun>(diags: &mut Diagnostics, prior: &Attributes) {
    let detail = format!(
        "{} no longer exists: it was deleted outside Terraform after the plan was made. Run terraform plan again; it \
         will propose to create the {} anew.",
        capitalised(&subject::<N>(prior)),
        N::NOUN,
    );
    error(diags, format!("The {} is gone", N::NOUN), detail);
}
