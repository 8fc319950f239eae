//! A request's body and document: reading them, and what is worth knowing of them before they run.

use async_graphql::{
    Name, Positioned,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};
use async_graphql_value::{ConstValue, Value as GraphValue};
use serde_json::{Map, Value, json};

use crate::wire::summary::{Call, Summary};

/// The JSON body of a GraphQL request.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) query: String,
    pub(crate) variables: Map<String, Value>,
    pub(crate) operation_name: Option<String>,
}

impl Body {
    /// Reads a body; the error is the text the server answers with HTTP 400.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let Value::Object(body) = value else {
            return Err("Operation batching disabled.".into());
        };
        let query = match body.get("query") {
            Some(Value::String(query)) if !query.trim().is_empty() => query.clone(),
            Some(Value::String(_) | Value::Null) | None => {
                return Err(
                    "GraphQL operations must contain a non-empty `query` or a `persistedQuery` \
                            extension."
                        .into(),
                );
            }
            Some(_) => return Err("GraphQL queries must be strings.".into()),
        };
        let variables = match body.get("variables") {
            Some(Value::Object(map)) => map.clone(),
            Some(Value::Null) | None => Map::new(),
            Some(_) => return Err("`variables` in a POST body must be provided as an object.".into()),
        };
        let operation_name = match body.get("operationName") {
            Some(Value::String(name)) => Some(name.clone()),
            Some(Value::Null) | None => None,
            Some(_) => return Err("`operationName` in a POST body must be a string.".into()),
        };
        Ok(Self {
            query,
            variables,
            operation_name,
        })
    }
}

/// The operation of a document that a request asks for; the error is graphql-js's text.
pub(crate) fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'a Name>, &'a Positioned<OperationDefinition>), String> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(map), None) if map.len() == 1 => {
            let only = map.iter().next().map(|(name, operation)| (Some(name), operation));
            only.ok_or_else(|| "Must provide an operation.".into())
        }
        (DocumentOperations::Multiple(_), None) => {
            Err("Must provide operation name if query contains multiple operations.".into())
        }
        (DocumentOperations::Multiple(map), Some(wanted)) => map
            .iter()
            .find(|(name, _)| name.as_str() == wanted)
            .map(|(name, operation)| (Some(name), operation))
            .ok_or_else(|| format!("Unknown operation named \"{wanted}\".")),
        (DocumentOperations::Single(_), Some(wanted)) => {
            Err(format!("Unknown operation named \"{wanted}\"."))
        }
    }
}

/// Sums up a request; whatever cannot be read is left out.
pub(crate) fn summary(body: &Body) -> Summary {
    let Ok(document) = async_graphql::parser::parse_query(&body.query) else {
        return Summary::default();
    };
    let Ok((name, operation)) = operation(&document, body.operation_name.as_deref()) else {
        return Summary::default();
    };
    let depth = if operation.node.ty == OperationType::Query {
        1
    } else {
        0
    };
    let items = &operation.node.selection_set.node.items;
    Summary {
        operation_name: name.map(ToString::to_string),
        calls: calls(&document, items, &body.variables, depth, 8),
    }
}

fn calls(
    document: &ExecutableDocument,
    items: &[Positioned<Selection>],
    variables: &Map<String, Value>,
    depth: u8,
    fuel: u8,
) -> Vec<Call> {
    if fuel == 0 {
        return Vec::new();
    }
    let of_set = |items| calls(document, items, variables, depth, fuel - 1);
    let mut found = Vec::new();
    for item in items {
        match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                let nested = &field.selection_set.node.items;
                let children = if depth > 0 {
                    calls(document, nested, variables, depth - 1, fuel - 1)
                } else {
                    Vec::new()
                };
                found.push(Call {
                    key: field.response_key().node.to_string(),
                    field: field.name.node.to_string(),
                    arguments: arguments(field, variables),
                    children,
                });
            }
            Selection::InlineFragment(inline) => {
                found.extend(of_set(&inline.node.selection_set.node.items));
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    found.extend(of_set(&fragment.node.selection_set.node.items));
                }
            }
        }
    }
    found
}

fn arguments(field: &Field, variables: &Map<String, Value>) -> Value {
    let mut map = Map::new();
    for (name, value) in &field.arguments {
        map.insert(name.node.to_string(), plain(&value.node, variables));
    }
    Value::Object(map)
}

/// A literal of a document as JSON, its variables filled in; an absent variable is left out of an object.
fn plain(value: &GraphValue, variables: &Map<String, Value>) -> Value {
    match value {
        GraphValue::Variable(name) => variables.get(name.as_str()).cloned().unwrap_or_default(),
        GraphValue::List(items) => items.iter().map(|item| plain(item, variables)).collect(),
        GraphValue::Object(entries) => {
            let there = |value: &GraphValue| match value {
                GraphValue::Variable(name) => variables.contains_key(name.as_str()),
                _ => true,
            };
            let kept = entries.iter().filter(|(_, value)| there(value));
            Value::Object(
                kept.map(|(name, value)| (name.to_string(), plain(value, variables)))
                    .collect(),
            )
        }
        GraphValue::Enum(name) => json!(name.as_str()),
        other => other
            .clone()
            .into_const()
            .and_then(|value: ConstValue| value.into_json().ok())
            .unwrap_or_default(),
    }
}

/// Takes the variables that were not sent out of an operation: an argument or input field that is such a
/// variable counts as left out, which is not the same as null.
pub(crate) fn without_absent_variables(
    mut document: ExecutableDocument,
    variables: &Map<String, Value>,
) -> ExecutableDocument {
    let mut absent = Vec::new();
    let operations: Vec<&mut Positioned<OperationDefinition>> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(map) => map.values_mut().collect(),
    };
    for operation in operations {
        operation.node.variable_definitions.retain(|definition| {
            let name = &definition.node.name.node;
            let kept = definition.node.default_value.is_some() || variables.contains_key(name.as_str());
            if !kept {
                absent.push(name.clone());
            }
            kept
        });
        strip_set(&mut operation.node.selection_set.node, &absent);
    }
    for fragment in document.fragments.values_mut() {
        strip_set(&mut fragment.node.selection_set.node, &absent);
    }
    document
}

fn strip_set(set: &mut SelectionSet, absent: &[Name]) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                field
                    .arguments
                    .retain_mut(|(_, value)| strip(&mut value.node, absent));
                strip_set(&mut field.selection_set.node, absent);
            }
            Selection::InlineFragment(inline) => strip_set(&mut inline.node.selection_set.node, absent),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Whether a literal stays, after what it holds was stripped.
fn strip(value: &mut GraphValue, absent: &[Name]) -> bool {
    match value {
        GraphValue::Variable(name) => !absent.contains(name),
        GraphValue::Object(entries) => {
            entries.retain(|_, inner| strip(inner, absent));
            true
        }
        GraphValue::List(items) => {
            for item in items {
                if !strip(item, absent) {
                    *item = GraphValue::Null;
                }
            }
            true
        }
        _ => true,
    }
}
