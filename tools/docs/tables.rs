//! What pages take from the provider's own tables, by the names of their directives.

use std::collections::BTreeMap;

use runpod::{Kind, Operation};
use terraform_provider_runpod::{
    diagnostic::{advice, headline},
    endpoint::rules::POOLS,
};

/// Every table.
pub fn tables() -> BTreeMap<String, String> {
    BTreeMap::from(
        [("failures", failures()), ("pools", pools())].map(|(name, table)| (name.to_owned(), table)),
    )
}

/// `{{ failures }}`: every kind of failure with its cure, and that of a delete where it is another.
fn failures() -> String {
    let sections = Kind::all().into_iter().map(|kind| {
        let [usual, delete] =
            [Operation::UpdateEndpoint, Operation::DeleteEndpoint].map(|operation| advice(&kind, operation));
        let delete = if delete == usual {
            String::new()
        } else {
            format!("\nWhen deleting: {delete}\n")
        };
        format!("### … {}\n\n{usual}\n{delete}", headline(&kind))
    });
    sections.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// `{{ pools }}`: the GPU pools that the provider knows, as rows of a table.
fn pools() -> String {
    let rows = POOLS
        .iter()
        .map(|(pool, types)| format!("| `{pool}` | {} |", types.join(", ")));
    rows.collect::<Vec<_>>().join("\n")
}
