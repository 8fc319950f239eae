//! What pages take from the provider's own tables, by the names of their directives.

use std::collections::BTreeMap;

use runpod::{Action, Api, Error, Kind, Operation, Refusal, endpoints};
use terraform_provider_runpod::{
    endpoint::{EndpointNoun, rules::POOLS},
    managed::{
        diagnostic::{advice, headline},
        noun::Noun,
    },
};

/// Every table.
pub fn tables() -> BTreeMap<String, String> {
    BTreeMap::from(
        [("failures", failures()), ("pools", pools())].map(|(name, table)| (name.to_owned(), table)),
    )
}

/// `{{ failures }}`: every kind of failure with its cure, and that of a delete where it is another.
fn failures() -> String {
    let kinds = Kind::all().filter(|kind| !matches!(kind, Kind::Refused(_)));
    let general = [
        Refusal::BALANCE,
        Refusal::IN_USE,
        Refusal::NAME_TAKEN,
        Refusal::OTHER,
    ];
    let mut sections: Vec<String> = kinds
        .chain(general.map(Kind::Refused))
        .map(|kind| {
            let kind = match kind {
                Kind::FieldNotPermitted { .. } => Kind::FieldNotPermitted {
                    field: "the field that the error names".to_owned(),
                },
                other => other,
            };
            // What ends is GraphQL; all else can befall any of the addresses.
            let api = Some(Api::GraphQl).filter(|_| kind == Kind::ApiEnded);
            let [usual, delete] = [Action::Update, Action::Delete].map(|action| advice(&kind, api, action));
            let delete = if delete == usual {
                String::new()
            } else {
                format!("\nWhen deleting: {delete}\n")
            };
            format!("### … {}\n\n{usual}\n{delete}", headline(&kind))
        })
        .collect();
    for known in endpoints::REFUSALS {
        let section = refusal(known.means).unwrap_or_default();
        if !section.is_empty() && !sections.contains(&section) {
            sections.push(section);
        }
    }
    sections.join("\n").trim_end().to_owned()
}

/// A refusal of an endpoint that is known, with its cure.
fn refusal(means: Refusal) -> Option<String> {
    const SAVE: Operation = Operation::new(
        Api::GraphQl,
        Action::Update,
        "saveEndpoint",
        "update the endpoint",
    );
    let concern = EndpointNoun::concern(&Error::new(SAVE, Kind::Refused(means), ""))?;
    Some(format!("### … {}\n\n{}\n", concern.headline, concern.advice))
}

/// `{{ pools }}`: the GPU pools that the provider knows, as rows of a table.
fn pools() -> String {
    let rows = POOLS
        .iter()
        .map(|(pool, types)| format!("| `{pool}` | {} |", types.join(", ")));
    rows.collect::<Vec<_>>().join("\n")
}
