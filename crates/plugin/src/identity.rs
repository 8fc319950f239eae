//! What tells an object of a resource from all others, for good: resource identity (protocol 6.9, Terraform 1.12).
//!
//! The server derives an object's identity from its state, on every path. An identity never changes: another one is
//! another object's.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use tf_provider::{Diagnostic, Diagnostics, Resource, schema::AttributeType};

use super::{
    diagnostics::{error, provider_bug},
    operation::guarded,
    value::{Raw, decode, encode},
    wire,
};

/// How errors name an identity.
const IDENTITY: &str = "the identity";

/// A resource whose objects have an identity.
pub trait ResourceIdentity: Resource {
    /// The identity as a flat object: a struct or map with the attributes of the schema.
    type Identity: Serialize + DeserializeOwned + Send;

    /// What the identity consists of.
    fn identity_schema(&self) -> IdentitySchema;

    /// The identity of the object that has this state; `None` if the state does not tell it (yet).
    fn identity(&self, state: &Self::State<'_>) -> Option<Self::Identity>;

    /// The id by which `Resource::import` finds the object of this identity. Attributes that are optional for an import may
    /// be null. `None` without an error in `diags` counts as an error.
    fn import_id(&self, diags: &mut Diagnostics, identity: Self::Identity) -> Option<String>;

    /// Turns an identity, stored by version `version` of its schema, into one of the present version. `None` if there is no
    /// way: the next read derives it anew.
    fn upgrade_identity(&self, version: i64, identity: Json) -> Option<Json> {
        let _ = (version, identity);
        None
    }
}

/// What an identity consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentitySchema {
    /// Grows when an attribute goes away or gets another type. It begins at 0.
    pub version: i64,
    /// The attributes: permanent, enough to tell two objects of all accounts apart, no secrets.
    pub attributes: Vec<IdentityAttribute>,
}

/// One attribute of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityAttribute {
    /// Its name.
    pub name: String,
    /// A string, a number, a boolean, or a list of one of them.
    pub attr_type: AttributeType,
    /// Whether an import by identity must give it. If not, it may.
    pub required_for_import: bool,
    /// What it is, in Markdown.
    pub description: String,
}

impl IdentityAttribute {
    /// A string that an import by identity must give.
    pub fn required(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            attr_type: AttributeType::String,
            required_for_import: true,
            description: description.into(),
        }
    }

    /// A string that an import by identity may give.
    pub fn optional(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            required_for_import: false,
            ..Self::required(name, description)
        }
    }
}

impl IdentitySchema {
    /// Adds an error for each mistake for which Terraform would refuse the provider. `name` is the resource's.
    pub(crate) fn check(&self, diags: &mut Diagnostics, name: &str) {
        use AttributeType::{Bool, List, Number, String};
        if self.version < 0 || self.attributes.is_empty() {
            diags.add_error(provider_bug(format!(
                "The identity of {name} has no attributes or a negative version."
            )));
        }
        for attribute in &self.attributes {
            let fits = match &attribute.attr_type {
                String | Number | Bool => true,
                List(of) => matches!(**of, String | Number | Bool),
                _ => false,
            };
            if !fits {
                diags.add_error(provider_bug(format!(
                    "{:?} of the identity of {name} has a type that no identity may have.",
                    attribute.name
                )));
            }
        }
    }

    pub(crate) fn to_wire(&self) -> wire::ResourceIdentitySchema {
        use wire::resource_identity_schema::IdentityAttribute as Attribute;
        let attributes = self.attributes.iter().map(|attribute| Attribute {
            name: attribute.name.clone(),
            r#type: attribute.attr_type.to_string().into_bytes(),
            required_for_import: attribute.required_for_import,
            optional_for_import: !attribute.required_for_import,
            description: attribute.description.clone(),
        });
        wire::ResourceIdentitySchema {
            version: self.version,
            identity_attributes: attributes.collect(),
        }
    }
}

/// Any [`ResourceIdentity`], with its values as bytes.
pub(crate) trait AnyIdentity: Send + Sync {
    fn of(&self, state: &Raw) -> Option<Vec<u8>>;
    fn import_id(&self, diags: &mut Diagnostics, identity: &Raw) -> Option<String>;
    fn upgrade(&self, version: i64, identity: Json) -> Option<Json>;
}

impl<R: ResourceIdentity> AnyIdentity for Arc<R> {
    fn of(&self, state: &Raw) -> Option<Vec<u8>> {
        // A state that cannot be read is reported by whoever has to do with it.
        let mut unreported = Diagnostics::default();
        let state = decode(&mut unreported, IDENTITY, state)?;
        let identity = ResourceIdentity::identity(&**self, &state)?;
        encode(&mut unreported, IDENTITY, &identity)
    }

    fn import_id(&self, diags: &mut Diagnostics, identity: &Raw) -> Option<String> {
        let identity = decode(diags, IDENTITY, identity)?;
        ResourceIdentity::import_id(&**self, diags, identity)
    }

    fn upgrade(&self, version: i64, identity: Json) -> Option<Json> {
        self.upgrade_identity(version, identity)
    }
}

/// The identities of a registered resource.
pub(crate) struct RegisteredIdentity {
    pub schema: IdentitySchema,
    pub resource: Box<dyn AnyIdentity>,
}

/// An identity whose attributes are those of the schema, in its order. None is unknown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity(Vec<(String, rmpv::Value)>);

impl RegisteredIdentity {
    /// The identity in a state. None if the state does not tell it: null, unknown, or without what an import needs.
    pub(crate) fn of(&self, state: &Raw) -> Option<Identity> {
        if state.is_null() {
            return None;
        }
        let identity = guarded(|| self.resource.of(state)).unwrap_or_else(|panicked| {
            tracing::error!(detail = %panicked.detail, "no identity could be derived from a state");
            None
        });
        let identity = self.read(&Raw::Msgpack(identity?))?;
        let mut told = identity.0.iter().zip(&self.schema.attributes);
        let complete = told.all(|((_, value), attribute)| !(attribute.required_for_import && value.is_nil()));
        complete.then_some(identity)
    }

    /// An identity as Terraform sent it.
    pub(crate) fn read_wire(&self, data: Option<&wire::ResourceIdentityData>) -> Option<Identity> {
        self.read(&Raw::from(data?.identity_data.clone()))
    }

    /// Cuts an identity to what the schema has; null for what it lacks.
    pub(crate) fn read(&self, identity: &Raw) -> Option<Identity> {
        let from_json;
        let mut bytes = match identity {
            Raw::Msgpack(bytes) => bytes.as_slice(),
            Raw::Json(bytes) => {
                let json: Json = serde_json::from_slice(bytes).ok()?;
                from_json = rmp_serde::to_vec_named(&json).ok()?;
                from_json.as_slice()
            }
        };
        let rmpv::Value::Map(fields) = rmpv::decode::read_value(&mut bytes).ok()? else {
            return None;
        };
        let attributes = self.schema.attributes.iter().map(|attribute| {
            let field = fields
                .iter()
                .find(|field| field.0.as_str() == Some(&attribute.name));
            let value = field.map_or(rmpv::Value::Nil, |field| field.1.clone());
            (!value.is_ext()).then(|| (attribute.name.clone(), value))
        });
        attributes.collect::<Option<_>>().map(Identity)
    }
}

impl Identity {
    /// The error that `found` is another object's, if it is. What was not known of this identity may have become known.
    pub(crate) fn changed_to(&self, found: &Self) -> Option<Diagnostic> {
        let mut pairs = self.0.iter().zip(&found.0);
        let ((name, before), (_, after)) =
            pairs.find(|((_, before), (_, after))| !before.is_nil() && before != after)?;
        Some(error(
            "Unexpected Identity Change",
            format!(
                "An object keeps its identity, but {name} of it has become {after} where it was {before}: this is \
                 another object. The state was left as it was. This is a bug of the provider: please report it."
            ),
        ))
    }

    pub(crate) fn to_raw(&self) -> Raw {
        let fields = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.clone()));
        let mut bytes = Vec::new();
        // Writing into memory does not fail.
        let _ = rmpv::encode::write_value(&mut bytes, &rmpv::Value::Map(fields.collect()));
        Raw::Msgpack(bytes)
    }

    pub(crate) fn to_wire(&self) -> wire::ResourceIdentityData {
        wire::ResourceIdentityData {
            identity_data: Some(self.to_raw().into_wire()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tf_provider::map;

    use super::*;

    struct Nothing;

    impl AnyIdentity for Nothing {
        fn of(&self, state: &Raw) -> Option<Vec<u8>> {
            match state {
                Raw::Msgpack(bytes) => Some(bytes.clone()),
                Raw::Json(_) => None,
            }
        }

        fn import_id(&self, _: &mut Diagnostics, _: &Raw) -> Option<String> {
            None
        }

        fn upgrade(&self, _: i64, _: Json) -> Option<Json> {
            None
        }
    }

    fn registered() -> RegisteredIdentity {
        RegisteredIdentity {
            schema: IdentitySchema {
                version: 0,
                attributes: vec![
                    IdentityAttribute::required("id", ""),
                    IdentityAttribute::optional("zone", ""),
                ],
            },
            resource: Box::new(Nothing),
        }
    }

    fn packed(value: &Json) -> Raw {
        Raw::Msgpack(rmp_serde::to_vec_named(value).unwrap_or_default())
    }

    #[test]
    fn a_state_without_what_an_import_needs_tells_no_identity() {
        let registered = registered();
        assert!(
            registered
                .of(&packed(&json!({ "id": "x", "zone": null })))
                .is_some()
        );
        assert!(
            registered
                .of(&packed(&json!({ "id": null, "zone": "z" })))
                .is_none()
        );
        assert!(registered.of(&Raw::null()).is_none());
        let unknown = Raw::Msgpack([&[0x81, 0xa2][..], b"id", &[0xd4, 0, 0]].concat());
        assert!(registered.of(&unknown).is_none());
    }

    #[test]
    fn what_was_null_may_become_known_and_nothing_else_may_change() {
        let read = |value: &Json| registered().read(&packed(value));
        let (Some(null), Some(known), Some(other)) = (
            read(&json!({ "id": "x" })),
            read(&json!({ "zone": "z", "id": "x", "more": 1 })),
            read(&json!({ "id": "x", "zone": "y" })),
        ) else {
            unreachable!("all of them are identities")
        };
        assert_eq!(null.changed_to(&known), None);
        assert_eq!(known.changed_to(&known), None);
        assert!(known.changed_to(&other).is_some());
        assert!(known.changed_to(&null).is_some());
    }

    #[test]
    fn a_type_that_terraform_refuses_is_a_bug() {
        let problems = |attr_type: AttributeType| {
            let mut diags = Diagnostics::default();
            let mut schema = registered().schema;
            if let Some(attribute) = schema.attributes.first_mut() {
                attribute.attr_type = attr_type;
            }
            schema.check(&mut diags, "toy");
            diags.errors.len()
        };
        assert_eq!(problems(AttributeType::List(Box::new(AttributeType::Number))), 0);
        for refused in [
            AttributeType::Any,
            AttributeType::Set(Box::new(AttributeType::String)),
            AttributeType::Object(map! { "a" => AttributeType::String }),
        ] {
            assert_eq!(problems(refused), 1);
        }
    }
}
