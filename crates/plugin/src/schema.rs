//! Schemas as the protocol has them, and states cut to what a schema knows.

use std::collections::HashMap;

use serde_json::Value as Json;
use tf_provider::schema::{
    Attribute, AttributeConstraint, AttributeType, Block, Description, NestedBlock, Schema, StringKind,
};

use super::{marks::Marks, value::Raw, wire};

/// A schema as Terraform wants it, its parts sorted by name.
pub(crate) fn to_wire(schema: &Schema, marks: &Marks) -> wire::Schema {
    let writer = Writer {
        marks,
        path: String::new(),
    };
    wire::Schema {
        version: schema.version,
        block: Some(writer.block(&schema.block)),
    }
}

/// Writes a part of a schema, with what is marked in it.
struct Writer<'a> {
    marks: &'a Marks,
    /// Where the part is.
    path: String,
}

/// The schema's parts in a stable order.
pub(crate) fn sorted<T>(map: &HashMap<String, T>) -> Vec<(&String, &T)> {
    let mut parts: Vec<_> = map.iter().collect();
    parts.sort_unstable_by_key(|part| part.0);
    parts
}

impl Writer<'_> {
    /// For what is in this part under `name`.
    fn inner(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            marks: self.marks,
            path,
        }
    }

    fn block(&self, block: &Block) -> wire::schema::Block {
        let (description, description_kind) = text(&block.description);
        let (deprecated, deprecation_message) = self.marks.deprecation(&self.path, block.deprecated);
        wire::schema::Block {
            version: block.version,
            attributes: self.attributes(&block.attributes),
            block_types: sorted(&block.blocks)
                .into_iter()
                .map(|(name, nested)| self.inner(name).nested_block(name, nested))
                .collect(),
            description,
            description_kind,
            deprecated,
            deprecation_message,
            ..Default::default()
        }
    }

    fn nested_block(&self, name: &str, nested: &NestedBlock) -> wire::schema::NestedBlock {
        use wire::schema::nested_block::NestingMode;
        // No maximum is 0.
        let (nesting, content, min_items, max_items) = match nested {
            NestedBlock::Single(content) => (NestingMode::Single, content, 1, 1),
            NestedBlock::List(content) => (NestingMode::List, content, 0, 0),
            NestedBlock::Set(content) => (NestingMode::Set, content, 0, 0),
            NestedBlock::Map(content) => (NestingMode::Map, content, 0, 0),
            NestedBlock::Group(content) => (NestingMode::Group, content, 0, 0),
            NestedBlock::Optional(content) => (NestingMode::List, content, 0, 1),
        };
        wire::schema::NestedBlock {
            type_name: name.to_owned(),
            block: Some(self.block(content)),
            nesting: nesting.into(),
            min_items,
            max_items,
        }
    }

    fn attributes(&self, attributes: &HashMap<String, Attribute>) -> Vec<wire::schema::Attribute> {
        sorted(attributes)
            .into_iter()
            .map(|(name, it)| self.inner(name).attribute(name, it))
            .collect()
    }

    fn attribute(&self, name: &str, attribute: &Attribute) -> wire::schema::Attribute {
        use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
        let nested_type = self.nested_type(&attribute.attr_type);
        let (description, description_kind) = text(&attribute.description);
        let (deprecated, deprecation_message) = self.marks.deprecation(&self.path, attribute.deprecated);
        wire::schema::Attribute {
            name: name.to_owned(),
            // One or the other: Terraform refuses a provider that sends both.
            r#type: match nested_type {
                Some(_) => Vec::new(),
                None => attribute.attr_type.to_string().into_bytes(),
            },
            nested_type,
            description,
            description_kind,
            required: attribute.constraint == Required,
            optional: matches!(attribute.constraint, Optional | OptionalComputed),
            computed: matches!(attribute.constraint, Computed | OptionalComputed),
            sensitive: attribute.sensitive,
            deprecated,
            deprecation_message,
            write_only: self.marks.is_write_only(&self.path),
        }
    }

    fn nested_type(&self, of: &AttributeType) -> Option<wire::schema::Object> {
        use wire::schema::object::NestingMode;
        let (nesting, content) = match of {
            AttributeType::AttributeSingle(content) => (NestingMode::Single, content),
            AttributeType::AttributeList(content) => (NestingMode::List, content),
            AttributeType::AttributeSet(content) => (NestingMode::Set, content),
            AttributeType::AttributeMap(content) => (NestingMode::Map, content),
            _ => return None,
        };
        Some(wire::schema::Object {
            attributes: self.attributes(content),
            nesting: nesting.into(),
            ..Default::default()
        })
    }
}

fn text(description: &Description) -> (String, i32) {
    let kind = match description.kind {
        StringKind::Plain => wire::StringKind::Plain,
        StringKind::Markdown => wire::StringKind::Markdown,
    };
    (description.content.clone(), kind.into())
}

/// A configuration as Terraform sent it. One that was left out is an object in which everything is null.
pub(crate) fn config(config: Option<wire::DynamicValue>, schema: &Schema) -> Raw {
    let config = Raw::from(config);
    if !config.is_null() {
        return config;
    }
    // JSON has all that an empty configuration needs, and writing it does not fail.
    let empty = rmp_serde::to_vec_named(&Json::Object(empty(&schema.block)));
    empty.map_or(config, Raw::Msgpack)
}

fn empty(block: &Block) -> serde_json::Map<String, Json> {
    let attributes = block.attributes.keys().map(|name| (name.clone(), Json::Null));
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let none = match nested {
            NestedBlock::Single(_) => Json::Null,
            NestedBlock::Group(block) => Json::Object(empty(block)),
            NestedBlock::Map(_) => Json::Object(serde_json::Map::new()),
            NestedBlock::List(_) | NestedBlock::Set(_) | NestedBlock::Optional(_) => Json::Array(Vec::new()),
        };
        (name.clone(), none)
    });
    attributes.chain(blocks).collect()
}

/// Adds null (of a block: none) for what a state leaves out at its top.
pub(crate) fn complete(state: &mut Json, schema: &Schema) {
    if let Json::Object(fields) = state {
        for (name, none) in empty(&schema.block) {
            fields.entry(name).or_insert(none);
        }
    }
}

/// Takes out of a stored state whatever the schema does not have (any more), at every depth: Terraform refuses
/// a state with attributes that it has no schema for.
pub(crate) fn prune(state: &mut Json, schema: &Schema) {
    prune_block(state, &schema.block);
}

fn prune_block(state: &mut Json, block: &Block) {
    let Json::Object(fields) = state else { return };
    fields.retain(|name, value| {
        if let Some(attribute) = block.attributes.get(name) {
            prune_value(value, &attribute.attr_type);
        } else if let Some(nested) = block.blocks.get(name) {
            prune_nested(value, nested);
        } else {
            return false;
        }
        true
    });
}

fn prune_nested(state: &mut Json, nested: &NestedBlock) {
    match nested {
        NestedBlock::Single(block) | NestedBlock::Group(block) => prune_block(state, block),
        NestedBlock::List(block)
        | NestedBlock::Set(block)
        | NestedBlock::Map(block)
        | NestedBlock::Optional(block) => each(state, |value| prune_block(value, block)),
    }
}

fn prune_value(state: &mut Json, of: &AttributeType) {
    match of {
        AttributeType::String | AttributeType::Number | AttributeType::Bool | AttributeType::Any => {}
        AttributeType::List(of) | AttributeType::Set(of) | AttributeType::Map(of) => {
            each(state, |value| prune_value(value, of));
        }
        AttributeType::Object(fields) => prune_fields(state, fields, |of| of),
        AttributeType::Tuple(parts) => {
            let values = state.as_array_mut().into_iter().flatten();
            values.zip(parts).for_each(|(value, of)| prune_value(value, of));
        }
        AttributeType::AttributeSingle(fields) => prune_fields(state, fields, |field| &field.attr_type),
        AttributeType::AttributeList(fields)
        | AttributeType::AttributeSet(fields)
        | AttributeType::AttributeMap(fields) => {
            each(state, |value| {
                prune_fields(value, fields, |field| &field.attr_type)
            });
        }
    }
}

fn prune_fields<T>(state: &mut Json, fields: &HashMap<String, T>, of: impl Fn(&T) -> &AttributeType) {
    let Json::Object(values) = state else { return };
    values.retain(|name, value| match fields.get(name) {
        Some(field) => {
            prune_value(value, of(field));
            true
        }
        None => false,
    });
}

/// The elements of a list, or the values of a map.
fn each(state: &mut Json, prune: impl FnMut(&mut Json)) {
    match state {
        Json::Array(values) => values.iter_mut().for_each(prune),
        Json::Object(values) => values.values_mut().for_each(prune),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tf_provider::map;

    use super::*;

    fn schema() -> Schema {
        let string = || Attribute {
            attr_type: AttributeType::String,
            ..Default::default()
        };
        let of = |attr_type| Attribute {
            attr_type,
            ..Default::default()
        };
        Schema {
            version: 3,
            block: Block {
                attributes: map! {
                    "zone" => string(),
                    "name" => string(),
                    "disk" => of(AttributeType::AttributeSingle(map! { "size" => string() })),
                    "ports" => of(AttributeType::AttributeMap(map! { "port" => string() })),
                    "object" => of(AttributeType::List(Box::new(AttributeType::Object(
                        map! { "a" => AttributeType::Bool },
                    )))),
                    "any" => of(AttributeType::Any),
                },
                blocks: map! { "rule" => NestedBlock::Set(Block {
                    attributes: map! { "from" => string() },
                    ..Default::default()
                }) },
                ..Default::default()
            },
        }
    }

    #[test]
    fn nested_attributes_have_no_type_beside_their_nested_type() {
        let wire = to_wire(&schema(), &Marks::default());
        let attributes = wire.block.map(|block| block.attributes).unwrap_or_default();
        for attribute in &attributes {
            assert_ne!(
                attribute.r#type.is_empty(),
                attribute.nested_type.is_none(),
                "{}",
                attribute.name
            );
        }
        let names: Vec<_> = attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .collect();
        assert_eq!(names, ["any", "disk", "name", "object", "ports", "zone"]);
    }

    #[test]
    fn a_state_loses_what_the_schema_has_not() {
        let mut state = json!({
            "name": "n", "gone": 1,
            "disk": { "size": "1", "gone": 1 },
            "ports": { "gone": { "port": "80", "gone": 1 } },
            "object": [{ "a": true, "gone": 1 }, null],
            "any": { "value": { "kept": 1 }, "type": "dynamic" },
            "rule": [{ "from": "x", "gone": { "from": 1 } }],
        });
        prune(&mut state, &schema());
        let kept = json!({
            "name": "n",
            "disk": { "size": "1" },
            "ports": { "gone": { "port": "80" } },
            "object": [{ "a": true }, null],
            "any": { "value": { "kept": 1 }, "type": "dynamic" },
            "rule": [{ "from": "x" }],
        });
        assert_eq!(state, kept);
    }
}
