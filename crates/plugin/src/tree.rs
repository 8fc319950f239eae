//! A value's parts side by side with what the schema says of them: the one walk that every check of a configuration and
//! every change of a state uses.

mod node;

use std::{borrow::Cow, collections::HashMap};

use tf_provider::{
    AttributePath, AttributePathStep,
    schema::{Attribute, AttributeType, Block, NestedBlock},
};

use self::node::Node;
use super::{schema::sorted, value::Raw};

/// An attribute that a value has, and where.
pub(crate) struct Place<'a> {
    /// What the schema says of it.
    pub attribute: &'a Attribute,
    /// Where it is in the value, for a diagnostic. The elements of a set have no path: inside one it names the set.
    pub path: &'a AttributePath,
    /// Where it is in the schema: the attributes' and blocks' names with dots between.
    pub name: &'a str,
}

/// A part of a value, as far as a visitor may know it: a value may be a secret.
pub(crate) trait Part {
    /// Whether it is null. An unknown value is not.
    fn is_null(&self) -> bool;
    /// Whether it is an empty string.
    fn is_empty_text(&self) -> bool;
}

/// What a visitor makes of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Go on with what is in it.
    Descend,
    /// Leave it as it is, with all that is in it.
    Leave,
    /// Make it null.
    Nullify,
}

/// Called with every attribute that the value has.
pub(crate) type Visitor<'v> = dyn FnMut(&Place<'_>, &dyn Part) -> Verdict + 'v;

/// Goes through the value, changing it as `visit` says, and tells whether it was changed. A value that cannot be read has
/// no parts: whoever decodes it reports that.
pub(crate) fn edit(raw: &mut Raw, block: &Block, visit: &mut Visitor<'_>) -> bool {
    match raw {
        Raw::Msgpack(bytes) => {
            let Ok(mut tree) = rmpv::decode::read_value(&mut bytes.as_slice()) else {
                return false;
            };
            let changed = walk(&mut tree, block, visit);
            if changed {
                let mut edited = Vec::with_capacity(bytes.len());
                // Writing into memory does not fail.
                if rmpv::encode::write_value(&mut edited, &tree).is_ok() {
                    *bytes = edited;
                }
            }
            changed
        }
        Raw::Json(bytes) => {
            let Ok(mut tree) = serde_json::from_slice::<serde_json::Value>(bytes) else {
                return false;
            };
            let changed = walk(&mut tree, block, visit);
            if changed {
                *bytes = tree.to_string().into_bytes();
            }
            changed
        }
    }
}

/// Goes through the value without changing it.
pub(crate) fn inspect(raw: &Raw, block: &Block, mut visit: impl FnMut(&Place<'_>, &dyn Part) -> bool) {
    let mut copy = raw.clone();
    edit(&mut copy, block, &mut |place, part| {
        if visit(place, part) {
            Verdict::Descend
        } else {
            Verdict::Leave
        }
    });
}

fn walk<N: Node>(tree: &mut N, block: &Block, visit: &mut Visitor<'_>) -> bool {
    let mut walk = Walk {
        visit,
        path: AttributePath::default(),
        name: String::new(),
        in_set: false,
        changed: false,
    };
    walk.block(tree, block);
    walk.changed
}

/// One walk, and where it is.
struct Walk<'w, 'v> {
    visit: &'w mut Visitor<'v>,
    path: AttributePath,
    name: String,
    in_set: bool,
    changed: bool,
}

impl Walk<'_, '_> {
    fn block<N: Node>(&mut self, node: &mut N, block: &Block) {
        self.attributes(node, &block.attributes);
        for (name, nested) in sorted(&block.blocks) {
            let Some(part) = node.field(name) else { continue };
            self.named(name, |walk| match nested {
                NestedBlock::Single(block) | NestedBlock::Group(block) => walk.block(part, block),
                NestedBlock::Set(block) => walk.each(part, true, |walk, item| walk.block(item, block)),
                NestedBlock::List(block) | NestedBlock::Map(block) | NestedBlock::Optional(block) => {
                    walk.each(part, false, |walk, item| walk.block(item, block));
                }
            });
        }
    }

    fn attributes<N: Node>(&mut self, node: &mut N, attributes: &HashMap<String, Attribute>) {
        for (name, attribute) in sorted(attributes) {
            let Some(part) = node.field(name) else { continue };
            self.named(name, |walk| walk.attribute(part, attribute));
        }
    }

    fn attribute<N: Node>(&mut self, part: &mut N, attribute: &Attribute) {
        let place = Place {
            attribute,
            path: &self.path,
            name: &self.name,
        };
        match (self.visit)(&place, part) {
            Verdict::Descend => {}
            Verdict::Leave => return,
            Verdict::Nullify => {
                if !part.is_null() {
                    part.nullify();
                    self.changed = true;
                }
                return;
            }
        }
        match &attribute.attr_type {
            AttributeType::AttributeSingle(fields) => self.attributes(part, fields),
            AttributeType::AttributeSet(fields) => {
                self.each(part, true, |walk, item| walk.attributes(item, fields));
            }
            AttributeType::AttributeList(fields) | AttributeType::AttributeMap(fields) => {
                self.each(part, false, |walk, item| walk.attributes(item, fields));
            }
            _ => {}
        }
    }

    fn named(&mut self, name: &str, go: impl FnOnce(&mut Self)) {
        let length = self.name.len();
        if length > 0 {
            self.name.push('.');
        }
        self.name.push_str(name);
        self.stepped(AttributePathStep::Attribute(Cow::Owned(name.to_owned())), go);
        self.name.truncate(length);
    }

    fn each<N: Node>(&mut self, node: &mut N, set: bool, mut go: impl FnMut(&mut Self, &mut N)) {
        let outer = self.in_set;
        self.in_set |= set;
        for (step, item) in node.elements() {
            self.stepped(step, |walk| go(walk, item));
        }
        self.in_set = outer;
    }

    fn stepped(&mut self, step: AttributePathStep, go: impl FnOnce(&mut Self)) {
        if self.in_set {
            return go(self);
        }
        self.path.steps.push(step);
        go(self);
        self.path.steps.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tf_provider::{map, schema::AttributeConstraint};

    use super::*;

    fn nested(attr_type: AttributeType) -> Attribute {
        Attribute {
            attr_type,
            constraint: AttributeConstraint::Optional,
            ..Default::default()
        }
    }

    fn block() -> Block {
        let leaf = || nested(AttributeType::String);
        Block {
            attributes: map! {
                "a" => leaf(),
                "one" => nested(AttributeType::AttributeSingle(map! { "a" => leaf() })),
                "list" => nested(AttributeType::AttributeList(map! { "a" => leaf() })),
                "map" => nested(AttributeType::AttributeMap(map! { "a" => leaf() })),
                "set" => nested(AttributeType::AttributeSet(map! { "a" => leaf() })),
            },
            blocks: map! {
                "block" => NestedBlock::List(Block {
                    attributes: map! { "a" => leaf() },
                    ..Default::default()
                }),
                "set_block" => NestedBlock::Set(Block {
                    attributes: map! { "a" => leaf() },
                    ..Default::default()
                }),
            },
            ..Default::default()
        }
    }

    fn value() -> serde_json::Value {
        json!({
            "a": "1",
            "one": { "a": "2" },
            "list": [{ "a": null }, { "a": "3" }],
            "map": { "k": { "a": "4" } },
            "set": [{ "a": "5" }],
            "block": [{ "a": "6" }],
            "set_block": [{ "a": "7" }],
            "other": { "a": "8" },
        })
    }

    fn forms() -> [Raw; 2] {
        [
            Raw::Msgpack(rmp_serde::to_vec_named(&value()).unwrap_or_default()),
            Raw::Json(value().to_string().into_bytes()),
        ]
    }

    #[test]
    fn every_attribute_is_visited_with_its_path() {
        for raw in forms() {
            let mut seen = Vec::new();
            inspect(&raw, &block(), |place, part| {
                if place.name.ends_with('a') && !part.is_null() {
                    seen.push(format!("{} {}", place.name, place.path));
                }
                true
            });
            let expected = [
                "a a",
                "list.a list[1].a",
                "map.a map[\"k\"].a",
                "one.a one.a",
                "set.a set",
                "block.a block[0].a",
                "set_block.a set_block",
            ];
            assert_eq!(seen, expected);
        }
    }

    #[test]
    fn only_what_is_named_becomes_null() {
        for mut raw in forms() {
            let changed = edit(&mut raw, &block(), &mut |place, _| match place.name {
                "map.a" | "set.a" | "set_block.a" => Verdict::Nullify,
                _ => Verdict::Descend,
            });
            assert!(changed);
            let edited: serde_json::Value = match &raw {
                Raw::Msgpack(bytes) => rmp_serde::from_slice(bytes).unwrap_or_default(),
                Raw::Json(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
            };
            let mut expected = value();
            for (pointer, null) in [
                ("/map/k/a", json!(null)),
                ("/set/0/a", json!(null)),
                ("/set_block/0/a", json!(null)),
            ] {
                if let Some(place) = expected.pointer_mut(pointer) {
                    *place = null;
                }
            }
            assert_eq!(edited, expected);
        }
    }

    #[test]
    fn what_stays_keeps_its_very_bytes() {
        // A 128-bit number as Terraform writes it, a refined unknown, a float that is a whole number.
        let bytes = [
            &[0x83, 0xa1, b'n', 0xa3][..],
            b"0.1",
            &[
                0xa1, b'u', 0xc7, 3, 12, 0x81, 1, 0xc2, 0xa1, b'a', 0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0,
            ],
        ]
        .concat();
        let mut raw = Raw::Msgpack(bytes.clone());
        let block = Block {
            attributes: map! { "gone" => nested(AttributeType::String), "u" => nested(AttributeType::String) },
            ..Default::default()
        };
        assert!(!edit(&mut raw, &block, &mut |_, part| {
            assert!(!part.is_null(), "an unknown value is not null");
            Verdict::Descend
        }));
        let changed = edit(&mut raw, &block, &mut |_, _| Verdict::Nullify);
        let nulled = [
            bytes.get(..9).unwrap_or_default(),
            &[0xc0],
            bytes.get(15..).unwrap_or_default(),
        ]
        .concat();
        assert!(changed);
        assert!(matches!(raw, Raw::Msgpack(edited) if edited == nulled));
    }
}
