//! Variables of a request against the types the operation declares: graphql-js's coercion and its wording.

use async_graphql::{
    Name, Pos,
    parser::types::{BaseType, OperationDefinition, Type},
};
use serde_json::{Map, Value};

use super::{
    complaint::Complaint,
    types::{Named, Types, core_name, nullable},
};

/// Checks the variables of an operation.
pub(crate) fn check(
    types: &Types,
    operation: &OperationDefinition,
    variables: &Map<String, Value>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for definition in &operation.variable_definitions {
        let (name, ty): (&Name, &Type) = (&definition.node.name.node, &definition.node.var_type.node);
        let mut complain = |text: String| {
            complaints.push(Complaint {
                text,
                at: definition.pos,
            })
        };
        match variables.get(name.as_str()) {
            None if ty.nullable || definition.node.default_value.is_some() => {}
            None => complain(format!(
                "Variable \"${name}\" of required type \"{ty}\" was not provided."
            )),
            Some(Value::Null) if !ty.nullable => {
                complain(format!(
                    "Variable \"${name}\" of non-null type \"{ty}\" must not be null."
                ));
            }
            Some(value) => {
                let mut found = Vec::new();
                let mut walk = Walk {
                    types,
                    found: &mut found,
                };
                walk.value(value, ty, &mut Vec::new());
                for (path, value, text) in found {
                    let place = if path.is_empty() {
                        String::new()
                    } else {
                        format!(" at \"{name}{path}\"")
                    };
                    complain(format!(
                        "Variable \"${name}\" got invalid value {value}{place}; {text}"
                    ));
                }
            }
        }
    }
    complaints
}

struct Walk<'a> {
    types: &'a Types,
    found: &'a mut Vec<(String, String, String)>,
}

impl Walk<'_> {
    fn complain(&mut self, path: &[String], value: &Value, text: String) {
        self.found.push((path.concat(), shown(value), text));
    }

    fn value(&mut self, value: &Value, ty: &Type, path: &mut Vec<String>) {
        if value.is_null() {
            if !ty.nullable {
                self.complain(
                    path,
                    value,
                    format!("Expected non-nullable type \"{ty}\" not to be null."),
                );
            }
            return;
        }
        match (&ty.base, value) {
            (BaseType::List(inner), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(format!("[{index}]"));
                    self.value(item, inner, path);
                    path.pop();
                }
            }
            (BaseType::List(inner), single) => self.value(single, inner, path),
            (BaseType::Named(name), _) => self.named(value, name.as_str(), path),
        }
    }

    fn named(&mut self, value: &Value, name: &str, path: &mut Vec<String>) {
        match self.types.get(name) {
            Some(Named::Input(slots)) => {
                let Value::Object(map) = value else {
                    let text = format!("Expected type \"{name}\" to be an object.");
                    return self.complain(path, value, text);
                };
                for slot in slots {
                    match map.get(&slot.name) {
                        Some(inner) => {
                            path.push(format!(".{}", slot.name));
                            self.value(inner, &slot.ty, path);
                            path.pop();
                        }
                        None if slot.is_required() => {
                            let (field, ty) = (&slot.name, &slot.ty);
                            let text =
                                format!("Field \"{field}\" of required type \"{ty}\" was not provided.");
                            self.complain(path, value, text);
                        }
                        None => {}
                    }
                }
                for key in map
                    .keys()
                    .filter(|key| !slots.iter().any(|slot| slot.name == **key))
                {
                    let text = format!("Field \"{key}\" is not defined by type \"{name}\".");
                    self.complain(path, value, text);
                }
            }
            Some(Named::Enum(members)) => match value {
                Value::String(text) if members.contains(text) => {}
                Value::String(text) => {
                    let text = format!("Value \"{text}\" does not exist in \"{name}\" enum.");
                    self.complain(path, value, text);
                }
                other => {
                    let text = format!(
                        "Enum \"{name}\" cannot represent non-string value: {}.",
                        shown(other)
                    );
                    self.complain(path, value, text);
                }
            },
            _ => {
                if let Some(text) = scalar_fault(name, value) {
                    self.complain(path, value, text);
                }
            }
        }
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if value.is_object() || value.is_array() {
        text.replace("\":", "\": ").replace(",\"", ", \"")
    } else {
        text
    }
}

/// Why a JSON value is not of a built-in scalar, in graphql-js's words.
pub(crate) fn scalar_fault(name: &str, value: &Value) -> Option<String> {
    let text = shown(value);
    match (name, value) {
        ("Int", Value::Number(number)) => match number.as_i64() {
            Some(whole) if i32::try_from(whole).is_ok() => None,
            Some(_) => Some(format!(
                "Int cannot represent non 32-bit signed integer value: {text}"
            )),
            None => Some(format!("Int cannot represent non-integer value: {text}")),
        },
        ("Int", _) => Some(format!("Int cannot represent non-integer value: {text}")),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Bool(_)) => {
            None
        }
        ("ID", Value::Number(number)) if number.is_i64() => None,
        ("Float", _) => Some(format!("Float cannot represent non numeric value: {text}")),
        ("String", _) => Some(format!("String cannot represent a non string value: {text}")),
        ("Boolean", _) => Some(format!("Boolean cannot represent a non boolean value: {text}")),
        ("ID", _) => Some(format!("ID cannot represent value: {text}")),
        _ => None,
    }
}

/// Whether a variable of one type may stand where another is expected.
pub(crate) fn fits(variable: &Type, has_default: bool, place: &Type, place_has_default: bool) -> bool {
    if !place.nullable && variable.nullable {
        return (has_default || place_has_default) && fits(variable, false, &nullable(place), false);
    }
    match (&variable.base, &place.base) {
        (BaseType::Named(a), BaseType::Named(b)) => a == b,
        (BaseType::List(a), BaseType::List(b)) => fits(a, false, b, false),
        _ => false,
    }
}

/// The type a variable was declared with, if it was.
pub(crate) fn declared<'a>(operation: &'a OperationDefinition, name: &str) -> Option<(&'a Type, bool, Pos)> {
    let found = operation
        .variable_definitions
        .iter()
        .find(|definition| definition.node.name.node == name)?;
    Some((
        &found.node.var_type.node,
        found.node.default_value.is_some(),
        found.pos,
    ))
}

/// Complaints about declared types that do not exist or are not for input.
pub(crate) fn check_declarations(types: &Types, operation: &OperationDefinition) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for definition in &operation.variable_definitions {
        let ty = &definition.node.var_type.node;
        let name = &definition.node.name.node;
        let text = match types.get(core_name(ty)) {
            None => format!("Unknown type \"{}\".", core_name(ty)),
            Some(Named::Object(_)) => format!("Variable \"${name}\" cannot be non-input type \"{ty}\"."),
            Some(_) => continue,
        };
        complaints.push(Complaint {
            text,
            at: definition.node.var_type.pos,
        });
    }
    complaints
}
