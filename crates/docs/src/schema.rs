//! A provider's schema as `terraform providers schema -json` prints it.

use std::fmt;

use serde_json::{Map, Value};

/// What one provider serves.
#[derive(Clone, Debug)]
pub struct Schema(Value);

/// What a schema has by name, under the registry's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Resource,
    DataSource,
    ListResource,
    Action,
    Function,
    Identity,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Resource,
        Self::DataSource,
        Self::ListResource,
        Self::Action,
        Self::Function,
        Self::Identity,
    ];

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word in a directive.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::DataSource => "data-source",
            Self::ListResource => "list-resource",
            Self::Action => "action",
            Self::Function => "function",
            Self::Identity => "identity",
        }
    }

    /// The key in Terraform's JSON.
    fn key(self) -> &'static str {
        match self {
            Self::Resource => "resource_schemas",
            Self::DataSource => "data_source_schemas",
            Self::ListResource => "list_resource_schemas",
            Self::Action => "action_schemas",
            Self::Function => "functions",
            Self::Identity => "resource_identity_schemas",
        }
    }
}

/// What a page or a part of it needs of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// An argument of the provider block.
    Provider(String),
    /// A kind's name, and an attribute of it.
    Named(Kind, String, Option<String>),
}

impl Need {
    pub(crate) fn parse(words: &[&str]) -> Option<Self> {
        let named = |kind: &str, name: &str, attribute: Option<&str>| {
            Some(Self::Named(
                Kind::parse(kind)?,
                name.to_owned(),
                attribute.map(str::to_owned),
            ))
        };
        match words {
            ["provider", attribute] => Some(Self::Provider((*attribute).to_owned())),
            [kind, name] => named(kind, name, None),
            [kind, name, attribute] => named(kind, name, Some(attribute)),
            _ => None,
        }
    }

    pub(crate) fn is_met(&self, schema: &Schema) -> bool {
        match self {
            Self::Provider(attribute) => schema.provider().contains_key(attribute),
            Self::Named(kind, name, None) => schema.has(*kind, name),
            Self::Named(kind, name, Some(attribute)) => {
                schema.has(*kind, name) && schema.attributes(*kind, name).contains_key(attribute)
            }
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(attribute) => write!(f, "provider {attribute}"),
            Self::Named(kind, name, None) => write!(f, "{} {name}", kind.word()),
            Self::Named(kind, name, Some(attribute)) => write!(f, "{} {name} {attribute}", kind.word()),
        }
    }
}

impl Schema {
    /// The schema of the one provider in what Terraform printed; `None` where there is none, or several.
    pub fn of_the_only_provider(printed: &Value) -> Option<Self> {
        let mut schemas = printed.get("provider_schemas")?.as_object()?.values();
        let schema = schemas.next()?;
        schemas.next().is_none().then(|| Self(schema.clone()))
    }

    pub(crate) fn has(&self, kind: Kind, name: &str) -> bool {
        self.named(kind, name).is_some()
    }

    /// All names of a kind, sorted.
    pub(crate) fn names(&self, kind: Kind) -> Vec<&str> {
        object(self.0.get(kind.key()))
            .keys()
            .map(String::as_str)
            .collect()
    }

    pub(crate) fn named(&self, kind: Kind, name: &str) -> Option<&Value> {
        self.0.get(kind.key())?.get(name)
    }

    /// The arguments of the provider block.
    pub(crate) fn provider(&self) -> &Map<String, Value> {
        object(self.0.pointer("/provider/block/attributes"))
    }

    /// The attributes of what has some; for a list resource those of its `config` block.
    pub(crate) fn attributes(&self, kind: Kind, name: &str) -> &Map<String, Value> {
        let of = self.named(kind, name);
        let config = "/block/block_types/config/block/attributes";
        let of = match kind {
            Kind::Identity => of.and_then(|identity| identity.get("attributes")),
            Kind::ListResource => {
                of.and_then(|list| list.pointer(config).or_else(|| list.pointer("/block/attributes")))
            }
            _ => of.and_then(|named| named.pointer("/block/attributes")),
        };
        object(of)
    }
}

/// An object, an empty one where there is none.
pub(crate) fn object(value: Option<&Value>) -> &Map<String, Value> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.and_then(Value::as_object).unwrap_or(&EMPTY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn needs_are_met_by_name_and_by_attribute() {
        let printed = json!({ "provider_schemas": { "x": {
            "provider": { "block": { "attributes": { "key": {} } } },
            "resource_schemas": { "toy_box": { "block": { "attributes": { "id": {} } } } },
            "list_resource_schemas": { "toy_box": { "block": { "block_types": { "config": { "block": {
                "attributes": { "prefix": {} } } } } } } },
            "functions": { "size": {} },
            "resource_identity_schemas": { "toy_box": { "attributes": { "id": {} } } },
        } } });
        let schema = Schema::of_the_only_provider(&printed).unwrap_or(Schema(Value::Null));
        let met = |need: &str| {
            let words: Vec<_> = need.split(' ').collect();
            Need::parse(&words).map(|need| need.is_met(&schema))
        };
        for need in [
            "provider key",
            "resource toy_box",
            "resource toy_box id",
            "list-resource toy_box prefix",
            "function size",
            "identity toy_box",
        ] {
            assert_eq!(met(need), Some(true), "{need}");
        }
        for need in [
            "provider api",
            "resource toy_ball",
            "resource toy_box size",
            "action toy_box",
        ] {
            assert_eq!(met(need), Some(false), "{need}");
        }
        for need in ["toy_box", "block toy_box", "resource"] {
            assert_eq!(met(need), None, "{need}");
        }
    }
}
