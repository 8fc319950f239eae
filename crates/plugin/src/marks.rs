//! What tf-provider's schema types cannot say of an attribute: that it is write-only, and what to use instead of it. A
//! provider says it beside the schema, by path: the names of attributes and blocks with dots between.

use std::collections::{BTreeMap, BTreeSet};

use tf_provider::{
    Diagnostic, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType, Block, NestedBlock, Schema},
};

use super::{
    diagnostics::{error, provider_bug},
    tree::{Verdict, edit, inspect},
    value::Raw,
    wire,
};

/// What is said of a schema's attributes by path.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    /// The attributes whose value is in the configuration alone and in no state.
    write_only: BTreeSet<String>,
    /// What to use instead of what is deprecated. The empty path is the whole block.
    deprecated: BTreeMap<String, String>,
}

/// Said of what is deprecated where the provider says no more: Terraform wants a message.
const DEPRECATED: &str = "It is deprecated.";

impl Marks {
    pub(crate) fn write_only(&mut self, path: impl Into<String>) {
        self.write_only.insert(path.into());
    }

    pub(crate) fn deprecated(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.deprecated.insert(path.into(), message.into());
    }

    pub(crate) fn is_write_only(&self, path: &str) -> bool {
        self.write_only.contains(path)
    }

    /// Whether it is deprecated, and the message: Terraform takes both or neither.
    pub(crate) fn deprecation(&self, path: &str, deprecated: bool) -> (bool, String) {
        match self.deprecated.get(path) {
            Some(message) => (true, message.clone()),
            None if deprecated => (true, DEPRECATED.to_owned()),
            None => (false, String::new()),
        }
    }

    /// Adds an error for each mark that Terraform would refuse, or that is about nothing. `name` is whose schema it is.
    pub(crate) fn check(&self, diags: &mut Diagnostics, name: &str, schema: &Schema) {
        let unknown =
            |path: &str| provider_bug(format!("The schema of {name} has no {path:?} to be marked."));
        for path in &self.write_only {
            diags.errors.extend(match find(&schema.block, path) {
                Some((Found::Attribute(attribute), false)) if may_be_written(attribute) => None,
                Some((Found::Attribute(_), false)) => Some(provider_bug(format!(
                    "{path} of {name} cannot be write-only, for it is computed."
                ))),
                Some((Found::Attribute(_), true)) => Some(provider_bug(format!(
                    "{path} of {name} cannot be write-only, for it is in a set."
                ))),
                Some((Found::Block, _)) | None => Some(unknown(path)),
            });
        }
        for path in self.deprecated.keys() {
            if !path.is_empty() && find(&schema.block, path).is_none() {
                diags.add_error(unknown(path));
            }
        }
    }

    /// Makes the write-only attributes of a state null: Terraform takes no state in which one is not, and loses the
    /// object that was created with it.
    pub(crate) fn nullify_write_only(&self, schema: &Schema, state: &mut Option<wire::DynamicValue>) {
        if self.write_only.is_empty() || state.is_none() {
            return;
        }
        let mut raw = Raw::from(state.take());
        edit(&mut raw, &schema.block, &mut |place, _| {
            if self.is_write_only(place.name) {
                Verdict::Nullify
            } else {
                Verdict::Descend
            }
        });
        *state = Some(raw.into_wire());
    }

    /// Adds an error for each write-only attribute that the configuration sets: for a Terraform that knows no such
    /// attributes and would store the value.
    pub(crate) fn refuse_write_only(&self, diags: &mut Diagnostics, schema: &Schema, config: &Raw) {
        if self.write_only.is_empty() {
            return;
        }
        inspect(config, &schema.block, |place, part| {
            if self.is_write_only(place.name) && !part.is_null() {
                diags.add_error(Diagnostic {
                    attribute: place.path.clone(),
                    ..error(
                        "Write-only attributes are only supported in Terraform 1.11 and later",
                        format!(
                            "{} is write-only, and this Terraform would store its value in the state. Use a newer \
                             Terraform, or leave it out.",
                            place.name
                        ),
                    )
                });
            }
            true
        });
    }
}

fn may_be_written(attribute: &Attribute) -> bool {
    matches!(
        attribute.constraint,
        AttributeConstraint::Required | AttributeConstraint::Optional
    )
}

/// What a path leads to.
enum Found<'a> {
    Attribute(&'a Attribute),
    Block,
}

/// What `path` leads to, and whether it is in a set.
fn find<'a>(block: &'a Block, path: &str) -> Option<(Found<'a>, bool)> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    if let Some(attribute) = block.attributes.get(first) {
        return find_in_attribute(attribute, rest);
    }
    let (content, set) = match block.blocks.get(first)? {
        NestedBlock::Set(content) => (content, true),
        NestedBlock::Single(content)
        | NestedBlock::List(content)
        | NestedBlock::Map(content)
        | NestedBlock::Group(content)
        | NestedBlock::Optional(content) => (content, false),
    };
    match rest {
        None => Some((Found::Block, set)),
        Some(rest) => find(content, rest).map(|(found, in_set)| (found, in_set || set)),
    }
}

fn find_in_attribute<'a>(attribute: &'a Attribute, path: Option<&str>) -> Option<(Found<'a>, bool)> {
    let Some(path) = path else {
        return Some((Found::Attribute(attribute), false));
    };
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let (fields, set) = match &attribute.attr_type {
        AttributeType::AttributeSet(fields) => (fields, true),
        AttributeType::AttributeSingle(fields)
        | AttributeType::AttributeList(fields)
        | AttributeType::AttributeMap(fields) => (fields, false),
        _ => return None,
    };
    let (found, in_set) = find_in_attribute(fields.get(first)?, rest)?;
    Some((found, in_set || set))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tf_provider::map;

    use super::*;

    fn schema() -> Schema {
        use AttributeConstraint::{Computed, Optional};
        let attribute = |attr_type, constraint| Attribute {
            attr_type,
            constraint,
            ..Default::default()
        };
        let leaf = || map! { "key" => attribute(AttributeType::String, Optional) };
        Schema {
            version: 0,
            block: Block {
                attributes: map! {
                    "id" => attribute(AttributeType::String, Computed),
                    "password" => attribute(AttributeType::String, Optional),
                    "login" => attribute(AttributeType::AttributeSingle(leaf()), Optional),
                    "logins" => attribute(AttributeType::AttributeSet(leaf()), Optional),
                },
                blocks: map! {
                    "rule" => NestedBlock::List(Block { attributes: leaf(), ..Default::default() }),
                    "rules" => NestedBlock::Set(Block { attributes: leaf(), ..Default::default() }),
                },
                ..Default::default()
            },
        }
    }

    fn problems(mark: impl FnOnce(&mut Marks)) -> usize {
        let (mut marks, mut diags) = (Marks::default(), Diagnostics::default());
        mark(&mut marks);
        marks.check(&mut diags, "toy", &schema());
        diags.errors.len()
    }

    #[test]
    fn a_mark_that_terraform_would_refuse_is_a_bug() {
        for fine in ["password", "login", "login.key", "rule.key"] {
            assert_eq!(problems(|marks| marks.write_only(fine)), 0, "{fine}");
        }
        for wrong in [
            "id",
            "logins.key",
            "rules.key",
            "rule",
            "none",
            "login.none",
            "password.x",
            "",
        ] {
            assert_eq!(problems(|marks| marks.write_only(wrong)), 1, "{wrong}");
        }
        for fine in ["", "id", "logins.key", "rules", "rules.key"] {
            assert_eq!(problems(|marks| marks.deprecated(fine, "x")), 0, "{fine}");
        }
        assert_eq!(problems(|marks| marks.deprecated("none", "x")), 1);
    }

    #[test]
    fn write_only_attributes_are_null_in_a_state_of_either_form() {
        let mut marks = Marks::default();
        for path in ["password", "login.key", "rule.key"] {
            marks.write_only(path);
        }
        let state = |secret: Option<&str>| {
            json!({
                "id": "x",
                "password": secret,
                "login": { "key": secret },
                "logins": [{ "key": "kept" }],
                "rule": [{ "key": secret }, { "key": secret }],
            })
        };
        let mut msgpack = Some(wire::DynamicValue {
            msgpack: rmp_serde::to_vec_named(&state(Some("hunter2"))).unwrap_or_default(),
            ..Default::default()
        });
        let mut json = Some(wire::DynamicValue {
            json: state(Some("hunter2")).to_string().into_bytes(),
            ..Default::default()
        });
        marks.nullify_write_only(&schema(), &mut msgpack);
        marks.nullify_write_only(&schema(), &mut json);
        let read: serde_json::Value =
            rmp_serde::from_slice(&msgpack.unwrap_or_default().msgpack).unwrap_or_default();
        assert_eq!(read, state(None));
        let read: serde_json::Value =
            serde_json::from_slice(&json.unwrap_or_default().json).unwrap_or_default();
        assert_eq!(read, state(None));
    }

    #[test]
    fn a_deprecation_has_both_its_flag_and_a_message() {
        let mut marks = Marks::default();
        marks.deprecated("old", "Use new.");
        assert_eq!(marks.deprecation("old", false), (true, "Use new.".to_owned()));
        assert_eq!(marks.deprecation("other", true), (true, DEPRECATED.to_owned()));
        assert_eq!(marks.deprecation("other", false), (false, String::new()));
    }
}
