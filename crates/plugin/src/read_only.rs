//! What only the provider sets must not be in a configuration. Terraform does not check that: it would take such a value for
//! the object's own, an id included.

use tf_provider::{
    Diagnostic, Diagnostics,
    schema::{AttributeConstraint, Schema},
};

use super::{diagnostics::error, tree::inspect, value::Raw};

/// Adds an error for each read-only attribute that the configuration sets, at every depth. An unknown value is a value.
pub(crate) fn check(diags: &mut Diagnostics, schema: &Schema, config: &Raw) {
    inspect(config, &schema.block, |place, part| {
        let read_only = place.attribute.constraint == AttributeConstraint::Computed;
        if read_only && !part.is_null() {
            diags.add_error(Diagnostic {
                attribute: place.path.clone(),
                ..error(
                    format!("{} is read-only", place.name),
                    format!(
                        "The provider sets {}: a configuration cannot. Remove it from the configuration.",
                        place.name
                    ),
                )
            });
        }
        !read_only
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tf_provider::{
        map,
        schema::{Attribute, AttributeType, Block, NestedBlock},
    };

    use super::*;

    fn attribute(attr_type: AttributeType, constraint: AttributeConstraint) -> Attribute {
        Attribute {
            attr_type,
            constraint,
            ..Default::default()
        }
    }

    fn schema() -> Schema {
        use AttributeConstraint::{Computed, Optional, OptionalComputed};
        let computed = || attribute(AttributeType::String, Computed);
        let one = |wrap: fn(std::collections::HashMap<String, Attribute>) -> AttributeType, constraint| {
            attribute(wrap(map! { "id" => computed() }), constraint)
        };
        let inner = || Block {
            attributes: map! { "id" => computed() },
            ..Default::default()
        };
        Schema {
            version: 1,
            block: Block {
                attributes: map! {
                    "id" => computed(),
                    "free" => attribute(AttributeType::String, OptionalComputed),
                    "all" => one(AttributeType::AttributeSingle, Computed),
                    "single" => one(AttributeType::AttributeSingle, OptionalComputed),
                    "list" => one(AttributeType::AttributeList, Optional),
                    "set" => one(AttributeType::AttributeSet, Optional),
                    "map" => one(AttributeType::AttributeMap, Optional),
                },
                blocks: map! {
                    "block" => NestedBlock::Single(inner()),
                    "group" => NestedBlock::Group(inner()),
                    "blocks" => NestedBlock::List(inner()),
                    "block_set" => NestedBlock::Set(inner()),
                    "block_map" => NestedBlock::Map(inner()),
                    "maybe" => NestedBlock::Optional(inner()),
                },
                ..Default::default()
            },
        }
    }

    fn refused(config: &serde_json::Value) -> Vec<String> {
        let mut diags = Diagnostics::default();
        let raw = Raw::Msgpack(rmp_serde::to_vec_named(config).unwrap_or_default());
        check(&mut diags, &schema(), &raw);
        diags
            .errors
            .iter()
            .map(|error| error.attribute.to_string())
            .collect()
    }

    #[test]
    fn at_every_depth() {
        let set = json!({ "id": "mine" });
        let config = json!({
            "id": "mine", "free": "x", "all": set, "single": set,
            "list": [set], "set": [set], "map": { "k": set },
            "block": set, "group": set, "blocks": [set], "block_set": [set], "block_map": { "k": set },
            "maybe": [set],
        });
        let expected = [
            "all",
            "id",
            "list[0].id",
            "map[\"k\"].id",
            "set",
            "single.id",
            "block.id",
            "block_map[\"k\"].id",
            "block_set",
            "blocks[0].id",
            "group.id",
            "maybe[0].id",
        ];
        assert_eq!(refused(&config), expected);
    }

    #[test]
    fn null_is_not_set() {
        let unset = json!({ "id": null });
        let config =
            json!({ "id": null, "free": "x", "all": null, "single": unset, "list": [unset], "set": null });
        assert!(refused(&config).is_empty());
        assert!(refused(&json!(null)).is_empty());
    }

    #[test]
    fn unknown_is_set() {
        let mut diags = Diagnostics::default();
        // { "id": unknown }
        let config = Raw::Msgpack([&[0x81, 0xa2][..], b"id", &[0xd4, 0, 0]].concat());
        check(&mut diags, &schema(), &config);
        assert_eq!(diags.errors.len(), 1);
    }
}
