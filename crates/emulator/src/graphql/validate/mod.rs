//! What a request must satisfy before anyone asks who sent it: the document against the schema, then the
//! variables, with the wording of graphql-js (API facts 2.1, 2.11).

mod complaint;
pub(crate) mod types;
mod values;
mod variables;

use std::collections::HashSet;

use async_graphql::{
    Pos, Positioned,
    parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::Value as Literal;
use serde_json::{Value, json};

use complaint::Complaint;
use types::{Named, Types, core_name};
use values::{Literals, Owner};

use crate::graphql::request::{Body, operation};

/// The errors of a request that is not to run, as the answer shows them.
#[derive(Clone, Debug)]
pub(crate) struct Rejection(pub(crate) Vec<Value>);

impl Rejection {
    fn one(text: String, code: &str) -> Self {
        Self(vec![json!({"message": text, "extensions": {"code": code}})])
    }

    fn many(complaints: Vec<Complaint>, code: &str) -> Self {
        let read = |complaint: Complaint| {
            json!({
                "message": complaint.text,
                "locations": [{"line": complaint.at.line, "column": complaint.at.column}],
                "extensions": {"code": code},
            })
        };
        Self(complaints.into_iter().map(read).collect())
    }
}

/// Checks a request and gives its document.
///
/// # Errors
/// With all that is wrong, by the first of these that finds anything: syntax, document, variables.
pub(crate) fn check(types: &Types, body: &Body) -> Result<ExecutableDocument, Rejection> {
    let document = async_graphql::parser::parse_query(&body.query)
        .map_err(|error| Rejection::one(format!("Syntax Error: {error}"), "GRAPHQL_PARSE_FAILED"))?;
    let (name, operation) = operation(&document, body.operation_name.as_deref())
        .map_err(|text| Rejection::one(text, "OPERATION_RESOLUTION_FAILURE"))?;
    let operation = &operation.node;
    introspection(&document, operation)?;
    let mut walk = Walk {
        document: &document,
        literals: Literals {
            types,
            operation,
            operation_name: name.map(|name| name.as_str()),
            used: Vec::new(),
            complaints: variables::check_declarations(types, operation),
        },
        visited: HashSet::new(),
    };
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => {
            let text = "Schema is not configured to execute subscription operation.";
            return Err(Rejection::one(text.into(), "GRAPHQL_VALIDATION_FAILED"));
        }
    };
    walk.set(&operation.selection_set.node, root);
    walk.unused_variables();
    let complaints = walk.literals.complaints;
    if !complaints.is_empty() {
        return Err(Rejection::many(complaints, "GRAPHQL_VALIDATION_FAILED"));
    }
    let complaints = variables::check(types, operation, &body.variables);
    if !complaints.is_empty() {
        return Err(Rejection::many(complaints, "BAD_USER_INPUT"));
    }
    Ok(document)
}

fn introspection(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), Rejection> {
    let fragments = document
        .fragments
        .values()
        .map(|fragment| &fragment.node.selection_set.node);
    for set in fragments.chain([&operation.selection_set.node]) {
        for item in &set.items {
            if let Selection::Field(field) = &item.node
                && matches!(field.node.name.node.as_str(), "__schema" | "__type")
            {
                let text = "GraphQL introspection is not allowed by Apollo Server, but the query contained \
                            __schema or __type. To enable introspection, pass introspection: true to \
                            ApolloServer in production";
                return Err(Rejection::one(text.into(), "INTROSPECTION_DISABLED"));
            }
        }
    }
    Ok(())
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    literals: Literals<'a>,
    visited: HashSet<String>,
}

impl Walk<'_> {
    fn complain(&mut self, at: Pos, text: String) {
        self.literals.complaints.push(Complaint { text, at });
    }

    fn set(&mut self, set: &SelectionSet, parent: &str) {
        for item in &set.items {
            for directive in item.node.directives() {
                self.directive(
                    directive.node.name.node.as_str(),
                    &directive.node.arguments,
                    directive.pos,
                );
            }
            match &item.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::InlineFragment(inline) => {
                    let on = inline
                        .node
                        .type_condition
                        .as_ref()
                        .map(|on| on.node.on.node.to_string());
                    self.fragment(
                        &inline.node.selection_set.node,
                        on.as_deref().unwrap_or(parent),
                        parent,
                        item.pos,
                    );
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let Some(fragment) = self.document.fragments.get(name) else {
                        self.complain(spread.pos, format!("Unknown fragment \"{name}\"."));
                        continue;
                    };
                    if self.visited.insert(format!("{name} on {parent}")) {
                        let on = fragment.node.type_condition.node.on.node.to_string();
                        self.fragment(&fragment.node.selection_set.node, &on, parent, spread.pos);
                    }
                }
            }
        }
    }

    fn fragment(&mut self, set: &SelectionSet, on: &str, parent: &str, at: Pos) {
        if self.literals.types.object(on).is_none() {
            self.complain(at, format!("Unknown type \"{on}\"."));
        } else if on == parent {
            self.set(set, parent);
        } else {
            let text = format!(
                "Fragment cannot be spread here as objects of type \"{parent}\" can never be of type \"{on}\"."
            );
            self.complain(at, text);
        }
    }

    fn directive(
        &mut self,
        name: &str,
        given: &[(Positioned<async_graphql::Name>, Positioned<Literal>)],
        at: Pos,
    ) {
        if !matches!(name, "include" | "skip") {
            return self.complain(at, format!("Unknown directive \"@{name}\"."));
        }
        let condition = async_graphql::parser::types::Type::new("Boolean!");
        for (_, value) in given {
            if let Some(condition) = &condition {
                self.literals.value(&value.node, condition, false, value.pos);
            }
        }
    }

    fn field(&mut self, field: &Positioned<Field>, parent: &str) {
        let (at, field) = (field.pos, &field.node);
        let name = field.name.node.as_str();
        if name == "__typename" {
            return;
        }
        let types = self.literals.types;
        let Some(output) = types.object(parent).and_then(|fields| fields.get(name)) else {
            return self.complain(at, format!("Cannot query field \"{name}\" on type \"{parent}\"."));
        };
        let owner = Owner {
            short: name,
            full: format!("{parent}.{name}"),
        };
        self.literals
            .arguments(&field.arguments, &output.arguments, &owner, at);
        let inner = core_name(&output.ty);
        let is_object = matches!(types.get(inner), Some(Named::Object(_)));
        let has_set = !field.selection_set.node.items.is_empty();
        let ty = &output.ty;
        match (is_object, has_set) {
            (true, true) => self.set(&field.selection_set.node, inner),
            (true, false) => {
                let text = format!(
                    "Field \"{name}\" of type \"{ty}\" must have a selection of subfields. Did you mean \
                     \"{name} {{ ... }}\"?"
                );
                self.complain(at, text);
            }
            (false, true) => {
                let text = format!(
                    "Field \"{name}\" must not have a selection since type \"{ty}\" has no subfields."
                );
                self.complain(at, text);
            }
            (false, false) => {}
        }
    }

    fn unused_variables(&mut self) {
        let by = self
            .literals
            .operation_name
            .map(|name| format!(" in operation \"{name}\""));
        for definition in &self.literals.operation.variable_definitions {
            let name = definition.node.name.node.as_str();
            if !self.literals.used.iter().any(|used| used == name) {
                let text = format!(
                    "Variable \"${name}\" is never used{}.",
                    by.clone().unwrap_or_default()
                );
                self.literals.complaints.push(Complaint {
                    text,
                    at: definition.pos,
                });
            }
        }
    }
}
