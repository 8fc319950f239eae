//! Arguments and literals in a document against their types, in graphql-js's words.

use async_graphql::{
    Pos,
    parser::types::{BaseType, OperationDefinition, Type},
};
use async_graphql_value::Value as Literal;

use super::{
    complaint::Complaint,
    types::{Named, Slot, Types},
    variables::{declared, fits, scalar_fault},
};

/// Where a document's literals are checked: the schema and the operation that declares the variables.
pub(crate) struct Literals<'a> {
    pub(crate) types: &'a Types,
    pub(crate) operation: &'a OperationDefinition,
    pub(crate) operation_name: Option<&'a str>,
    pub(crate) used: Vec<String>,
    pub(crate) complaints: Vec<Complaint>,
}

impl Literals<'_> {
    fn complain(&mut self, at: Pos, text: String) {
        self.complaints.push(Complaint { text, at });
    }

    /// Checks one literal, and counts the variables in it as used.
    pub(crate) fn value(&mut self, value: &Literal, ty: &Type, has_default: bool, at: Pos) {
        if let Literal::Variable(name) = value {
            return self.variable(name.as_str(), ty, has_default, at);
        }
        if matches!(value, Literal::Null) {
            if !ty.nullable {
                self.complain(at, format!("Expected value of type \"{ty}\", found null."));
            }
            return;
        }
        match (&ty.base, value) {
            (BaseType::List(inner), Literal::List(items)) => {
                for item in items {
                    self.value(item, inner, false, at);
                }
            }
            (BaseType::List(inner), single) => self.value(single, inner, false, at),
            (BaseType::Named(name), _) => self.named(value, name.as_str(), at),
        }
    }

    fn variable(&mut self, name: &str, place: &Type, place_has_default: bool, at: Pos) {
        self.used.push(name.to_owned());
        match declared(self.operation, name) {
            None => {
                let by = self
                    .operation_name
                    .map(|name| format!(" by operation \"{name}\""))
                    .unwrap_or_default();
                self.complain(at, format!("Variable \"${name}\" is not defined{by}."));
            }
            Some((ty, has_default, _)) if !fits(ty, has_default, place, place_has_default) => {
                let text = format!(
                    "Variable \"${name}\" of type \"{ty}\" used in position expecting type \"{place}\"."
                );
                self.complain(at, text);
            }
            Some(_) => {}
        }
    }

    fn named(&mut self, value: &Literal, name: &str, at: Pos) {
        match self.types.get(name) {
            Some(Named::Input(slots)) => {
                let Literal::Object(map) = value else {
                    return self.complain(at, format!("Expected value of type \"{name}\", found {value}."));
                };
                for slot in slots {
                    match map.get(slot.name.as_str()) {
                        Some(inner) => self.value(inner, &slot.ty, slot.has_default, at),
                        None if slot.is_required() => {
                            let (field, ty) = (&slot.name, &slot.ty);
                            let text = format!(
                                "Field \"{name}.{field}\" of required type \"{ty}\" was not provided."
                            );
                            self.complain(at, text);
                        }
                        None => {}
                    }
                }
                for key in map
                    .keys()
                    .filter(|key| !slots.iter().any(|slot| slot.name == key.as_str()))
                {
                    self.complain(at, format!("Field \"{key}\" is not defined by type \"{name}\"."));
                }
            }
            Some(Named::Enum(members)) => match value {
                Literal::Enum(member) if members.iter().any(|known| known == member.as_str()) => {}
                Literal::Enum(member) => {
                    self.complain(
                        at,
                        format!("Value \"{member}\" does not exist in \"{name}\" enum."),
                    );
                }
                other => {
                    self.complain(
                        at,
                        format!("Enum \"{name}\" cannot represent non-enum value: {other}."),
                    );
                }
            },
            _ => self.scalar(value, name, at),
        }
    }

    fn scalar(&mut self, value: &Literal, name: &str, at: Pos) {
        let text = match value {
            Literal::Number(_) | Literal::String(_) | Literal::Boolean(_) => {
                let json = value
                    .clone()
                    .into_const()
                    .and_then(|value| value.into_json().ok());
                json.and_then(|json| scalar_fault(name, &json))
            }
            _ if matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID") => {
                scalar_fault(name, &serde_json::Value::Null)
                    .map(|text| text.replace("null", &value.to_string()))
            }
            _ => None,
        };
        if let Some(text) = text {
            self.complain(at, text);
        }
    }

    /// Checks the arguments of a field or directive; `owner` is what they belong to.
    pub(crate) fn arguments(
        &mut self,
        given: &[(
            async_graphql::Positioned<async_graphql::Name>,
            async_graphql::Positioned<Literal>,
        )],
        slots: &[Slot],
        owner: &Owner<'_>,
        at: Pos,
    ) {
        for (name, value) in given {
            match slots.iter().find(|slot| name.node == slot.name) {
                Some(slot) => self.value(&value.node, &slot.ty, slot.has_default, value.pos),
                None => {
                    let text = format!("Unknown argument \"{}\" on field \"{}\".", name.node, owner.full);
                    self.complain(name.pos, text);
                }
            }
        }
        for slot in slots.iter().filter(|slot| slot.is_required()) {
            if !given.iter().any(|(name, _)| name.node == slot.name) {
                let text = format!(
                    "Field \"{}\" argument \"{}\" of type \"{}\" is required, but it was not provided.",
                    owner.short, slot.name, slot.ty
                );
                self.complain(at, text);
            }
        }
    }
}

/// What arguments belong to, as messages name it.
pub(crate) struct Owner<'a> {
    /// `saveEndpoint`
    pub(crate) short: &'a str,
    /// `Mutation.saveEndpoint`
    pub(crate) full: String,
}
