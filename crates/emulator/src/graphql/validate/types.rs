//! The schema as requests are checked against it: read once from its own text.

use std::collections::HashMap;

use async_graphql::{
    parser::parse_schema,
    parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};

/// An argument, or a field of an input object.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) has_default: bool,
}

impl Slot {
    /// Whether it must be given.
    pub(crate) fn is_required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

/// A field of an output type.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) ty: Type,
    pub(crate) arguments: Vec<Slot>,
}

/// A named type.
#[derive(Debug)]
pub(crate) enum Named {
    Object(HashMap<String, Output>),
    Input(Vec<Slot>),
    Enum(Vec<String>),
    Scalar,
}

/// All types by name.
#[derive(Debug, Default)]
pub(crate) struct Types {
    named: HashMap<String, Named>,
}

impl Types {
    /// Whether an output type has a field of this name.
    pub(crate) fn has_field(&self, of: &str, field: &str) -> bool {
        matches!(self.named.get(of), Some(Named::Object(fields)) if fields.contains_key(field))
    }

    /// Reads the text of a schema.
    ///
    /// # Errors
    /// When it is no schema.
    pub(crate) fn read(sdl: &str) -> Result<Self, String> {
        let document = parse_schema(sdl).map_err(|error| error.to_string())?;
        let mut named = HashMap::new();
        for builtin in ["Int", "Float", "String", "Boolean", "ID"] {
            named.insert(builtin.to_owned(), Named::Scalar);
        }
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let definition = definition.node;
            let kind = match definition.kind {
                TypeKind::Object(object) => Named::Object(
                    object
                        .fields
                        .into_iter()
                        .map(|field| output(field.node))
                        .collect(),
                ),
                TypeKind::InputObject(input) => {
                    Named::Input(input.fields.into_iter().map(|field| slot(field.node)).collect())
                }
                TypeKind::Enum(set) => Named::Enum(
                    set.values
                        .into_iter()
                        .map(|value| value.node.value.node.to_string())
                        .collect(),
                ),
                _ => Named::Scalar,
            };
            named.insert(definition.name.node.to_string(), kind);
        }
        Ok(Self { named })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Named> {
        self.named.get(name)
    }

    /// The fields of an object type; none for any other.
    pub(crate) fn object(&self, name: &str) -> Option<&HashMap<String, Output>> {
        match self.named.get(name) {
            Some(Named::Object(fields)) => Some(fields),
            _ => None,
        }
    }
}

fn output(field: FieldDefinition) -> (String, Output) {
    let arguments = field
        .arguments
        .into_iter()
        .map(|argument| slot(argument.node))
        .collect();
    (
        field.name.node.to_string(),
        Output {
            ty: field.ty.node,
            arguments,
        },
    )
}

fn slot(value: InputValueDefinition) -> Slot {
    Slot {
        name: value.name.node.to_string(),
        ty: value.ty.node,
        has_default: value.default_value.is_some(),
    }
}

/// The name at the heart of a type, without lists and exclamation marks.
pub(crate) fn core_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => core_name(inner),
    }
}

/// The same type, but nullable.
pub(crate) fn nullable(ty: &Type) -> Type {
    Type {
        base: ty.base.clone(),
        nullable: true,
    }
}
