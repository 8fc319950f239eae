//! A configuration for an object that exists: what `-generate-config-out` prints (protocol 6.10, Terraform 1.14).

use std::sync::Arc;

use tf_provider::{
    Diagnostics, Resource,
    schema::{AttributeConstraint, AttributeType, Schema},
};

use super::{
    marks::Marks,
    tree::{Place, Verdict, edit},
    value::{CONFIG, Raw, STATE, decode, encode},
};

/// A resource that knows better than the schema what a person would write.
pub trait GenerateConfig: Resource {
    /// Turns the state of an object into the configuration that a person would write for it: null for values that are only
    /// the service's own defaults, for one of two attributes that exclude each other, and the like. A plan with it must
    /// be empty.
    ///
    /// What the provider alone sets, and what is deprecated or write-only, becomes null afterwards.
    fn generate_config(&self, diags: &mut Diagnostics, state: &mut Self::State<'_>);
}

/// Any [`GenerateConfig`], with its values as bytes.
pub(crate) trait AnyGenerate: Send + Sync {
    fn generate(&self, diags: &mut Diagnostics, state: &Raw) -> Option<Vec<u8>>;
}

impl<R: GenerateConfig> AnyGenerate for Arc<R> {
    fn generate(&self, diags: &mut Diagnostics, state: &Raw) -> Option<Vec<u8>> {
        let mut config = decode(diags, STATE, state)?;
        self.generate_config(diags, &mut config);
        encode(diags, CONFIG, &config)
    }
}

/// Takes out of a generated configuration what none may have.
pub(crate) fn keep_what_can_be_written(config: &mut Raw, schema: &Schema, marks: &Marks) {
    edit(config, &schema.block, &mut |place, _| {
        verdict(must_go(place, marks))
    });
}

/// Turns a state into a configuration as Terraform does for a provider that has no way of its own.
pub(crate) fn by_default(state: &mut Raw, schema: &Schema, marks: &Marks) {
    edit(state, &schema.block, &mut |place, part| {
        let attribute = place.attribute;
        let optional = matches!(
            attribute.constraint,
            AttributeConstraint::Optional | AttributeConstraint::OptionalComputed
        );
        let id = place.name == "id" && attribute.constraint == AttributeConstraint::OptionalComputed;
        let none = optional && attribute.attr_type == AttributeType::String && part.is_empty_text();
        verdict(id || none || must_go(place, marks))
    });
}

fn must_go(place: &Place<'_>, marks: &Marks) -> bool {
    let attribute = place.attribute;
    attribute.constraint == AttributeConstraint::Computed
        || marks.deprecation(place.name, attribute.deprecated).0
        || marks.is_write_only(place.name)
}

fn verdict(goes: bool) -> Verdict {
    if goes { Verdict::Nullify } else { Verdict::Descend }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use tf_provider::{
        map,
        schema::{Attribute, Block},
    };

    use super::*;

    fn schema() -> Schema {
        use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
        let attribute = |constraint| Attribute {
            attr_type: AttributeType::String,
            constraint,
            ..Default::default()
        };
        let nested = |constraint| Attribute {
            attr_type: AttributeType::AttributeList(map! {
                "id" => attribute(OptionalComputed),
                "state" => attribute(Computed),
            }),
            constraint,
            ..Default::default()
        };
        Schema {
            version: 0,
            block: Block {
                attributes: map! {
                    "id" => attribute(OptionalComputed),
                    "name" => attribute(Required),
                    "size" => attribute(OptionalComputed),
                    "note" => attribute(Optional),
                    "state" => attribute(Computed),
                    "old" => Attribute { deprecated: true, ..attribute(Optional) },
                    "marked" => attribute(Optional),
                    "disks" => nested(Optional),
                    "pods" => nested(Computed),
                },
                ..Default::default()
            },
        }
    }

    fn state() -> Json {
        json!({
            "id": "x", "name": "", "size": "9", "note": "", "state": "up", "old": "o", "marked": "m",
            "disks": [{ "id": "d", "state": "up" }], "pods": [{ "id": "p", "state": "up" }],
        })
    }

    fn edited(edit: fn(&mut Raw, &Schema, &Marks)) -> Json {
        let mut marks = Marks::default();
        marks.deprecated("marked", "Use note.");
        let mut raw = Raw::Msgpack(rmp_serde::to_vec_named(&state()).unwrap_or_default());
        edit(&mut raw, &schema(), &marks);
        match raw {
            Raw::Msgpack(bytes) => rmp_serde::from_slice(&bytes).unwrap_or_default(),
            Raw::Json(_) => Json::Null,
        }
    }

    #[test]
    fn by_default_it_is_what_terraform_would_make_of_it() {
        let expected = json!({
            "id": null, "name": "", "size": "9", "note": null, "state": null, "old": null, "marked": null,
            "disks": [{ "id": "d", "state": null }], "pods": null,
        });
        assert_eq!(edited(by_default), expected);
    }

    #[test]
    fn what_cannot_be_written_goes_and_nothing_else() {
        let expected = json!({
            "id": "x", "name": "", "size": "9", "note": "", "state": null, "old": null, "marked": null,
            "disks": [{ "id": "d", "state": null }], "pods": null,
        });
        assert_eq!(edited(keep_what_can_be_written), expected);
    }
}
