//! Functions that configurations call, as tf-provider's `Function` (protocol 6.5, Terraform 1.8).
//!
//! Terraform calls them on a provider that is not configured, and remembers what they answer: they are pure.

use std::{collections::BTreeSet, sync::OnceLock};

use async_trait::async_trait;
use serde::Deserialize;
use serde_path_to_error::Segment;
use tf_provider::{
    AttributePath, AttributePathStep, Diagnostic, Diagnostics, Function,
    schema::{Description, FunctionSchema, Parameter, StringKind},
};

use super::{
    diagnostics::{error, provider_bug, without_backtrace},
    operation::guarded,
    value::{Raw, encode},
    wire::{self, FunctionError},
};

/// The array marker of msgpack that is followed by 32 bits of length.
const ARRAY_32: u8 = 0xdd;

/// Any [`Function`], with its values as bytes.
#[async_trait]
pub(crate) trait AnyFunction: Send + Sync {
    fn schema(&self, diags: &mut Diagnostics) -> Option<FunctionSchema>;
    /// `arguments` is an array in msgpack.
    async fn call(&self, diags: &mut Diagnostics, arguments: &[u8]) -> Option<Vec<u8>>;
}

#[async_trait]
impl<F: Function> AnyFunction for F {
    fn schema(&self, diags: &mut Diagnostics) -> Option<FunctionSchema> {
        Function::schema(self, diags)
    }

    async fn call(&self, diags: &mut Diagnostics, arguments: &[u8]) -> Option<Vec<u8>> {
        let input = decode::<F::Input<'_>>(diags, arguments)?;
        let output = Function::call(self, diags, input).await?;
        encode(diags, "the function's result", &output)
    }
}

/// Reads the arguments; an error is about the one that does not fit, and does not quote it.
fn decode<'a, T: Deserialize<'a>>(diags: &mut Diagnostics, arguments: &'a [u8]) -> Option<T> {
    let mut reader = rmp_serde::Deserializer::from_read_ref(arguments);
    let mismatch = match serde_path_to_error::deserialize(&mut reader) {
        Ok(input) => return Some(input),
        Err(mismatch) => mismatch,
    };
    let index = mismatch.path().iter().next().and_then(|segment| match segment {
        Segment::Seq { index } => i64::try_from(*index).ok(),
        _ => None,
    });
    diags.add_error(Diagnostic {
        attribute: index.map_or_else(AttributePath::default, AttributePath::function_argument),
        ..error("The provider could not read an argument of the function", "")
    });
    None
}

/// A function that is registered.
pub(crate) struct RegisteredFunction {
    function: Box<dyn AnyFunction>,
    schema: OnceLock<Result<FunctionSchema, Diagnostics>>,
}

impl RegisteredFunction {
    pub(crate) fn new(function: impl Function + 'static) -> Self {
        Self {
            function: Box::new(function),
            schema: OnceLock::new(),
        }
    }

    /// The parameters and the result, or what is wrong with them.
    pub(crate) fn schema(&self, diags: &mut Diagnostics) -> Option<&FunctionSchema> {
        let schema = self.schema.get_or_init(|| {
            let mut diags = Diagnostics::default();
            let schema = guarded(|| self.function.schema(&mut diags)).unwrap_or_else(|panicked| {
                diags.add_error(panicked);
                None
            });
            match schema {
                Some(schema) if diags.errors.is_empty() => Ok(schema),
                _ => {
                    if diags.errors.is_empty() {
                        diags.add_error(provider_bug("A function has no schema."));
                    }
                    Err(diags)
                }
            }
        });
        schema
            .as_ref()
            .map_err(|broken| diags.add_diagnostics(broken.clone()))
            .ok()
    }

    /// Calls it. The arguments of a variadic parameter become one list, the last of the input.
    pub(crate) async fn call(&self, diags: &mut Diagnostics, arguments: Vec<Raw>) -> Option<Vec<u8>> {
        let schema = self.schema(diags)?;
        let mut arguments = arguments.into_iter().map(msgpack).collect::<Vec<_>>();
        let positional = schema.parameters.len();
        let fits = match schema.variadic {
            Some(_) => arguments.len() >= positional,
            None => arguments.len() == positional,
        };
        if !fits {
            let count = arguments.len();
            let what = format!("It takes {positional} arguments, and was given {count}");
            diags.add_error(error(what, ""));
            return None;
        }
        if schema.variadic.is_some() {
            let variadic = array(&arguments.split_off(positional));
            arguments.push(variadic);
        }
        self.function.call(diags, &array(&arguments)).await
    }
}

fn msgpack(argument: Raw) -> Vec<u8> {
    match argument {
        Raw::Msgpack(bytes) => bytes,
        Raw::Json(bytes) => {
            let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            rmp_serde::to_vec_named(&json).unwrap_or_default()
        }
    }
}

/// An array of values that are in msgpack already.
fn array(items: &[Vec<u8>]) -> Vec<u8> {
    let length = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let mut array = vec![ARRAY_32];
    array.extend_from_slice(&length.to_be_bytes());
    array.extend(items.iter().flatten());
    array
}

/// What Terraform shows of what went wrong: the first error, without the full stop that Terraform puts after it.
pub(crate) fn to_error(diags: Diagnostics) -> Option<FunctionError> {
    let first = diags.errors.into_iter().next()?;
    let detail = without_backtrace(&first.detail);
    let text = match detail.is_empty() {
        true => first.summary.into_owned(),
        false => format!("{}: {detail}", first.summary),
    };
    let function_argument = match first.attribute.steps.first() {
        Some(AttributePathStep::Index(index)) => Some(*index),
        _ => None,
    };
    Some(FunctionError {
        text: text.trim_end_matches('.').to_owned(),
        function_argument,
    })
}

/// Adds an error for each mistake for which Terraform would refuse the provider. `name` is the function's.
pub(crate) fn check(diags: &mut Diagnostics, name: &str, schema: &FunctionSchema) {
    let parameters = schema.parameters.iter().chain(&schema.variadic);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    if !is_identifier(name) {
        diags.add_error(provider_bug(format!("{name:?} cannot be a function's name.")));
    }
    for parameter in parameters {
        if !is_identifier(&parameter.name) || !names.insert(&parameter.name) {
            diags.add_error(provider_bug(format!(
                "The function {name} cannot have a parameter {:?}, or not twice.",
                parameter.name
            )));
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-')
}

pub(crate) fn to_wire(schema: &FunctionSchema) -> wire::Function {
    let (description, description_kind) = text(&schema.description);
    wire::Function {
        parameters: schema.parameters.iter().map(parameter).collect(),
        variadic_parameter: schema.variadic.as_ref().map(parameter),
        r#return: Some(wire::function::Return {
            r#type: schema.return_type.to_string().into_bytes(),
        }),
        summary: schema.summary.clone(),
        description,
        description_kind,
        deprecation_message: schema.deprecated.clone().unwrap_or_default(),
    }
}

fn parameter(parameter: &Parameter) -> wire::function::Parameter {
    let (description, description_kind) = text(&parameter.description);
    wire::function::Parameter {
        name: parameter.name.clone(),
        r#type: parameter.param_type.to_string().into_bytes(),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description,
        description_kind,
    }
}

fn text(description: &Description) -> (String, i32) {
    let kind = match description.kind {
        StringKind::Plain => wire::StringKind::Plain,
        StringKind::Markdown => wire::StringKind::Markdown,
    };
    (description.content.clone(), kind.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str) -> Parameter {
        Parameter {
            name: name.to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn names_that_terraform_refuses_are_bugs() {
        let problems = |name: &str, parameters: &[&str], variadic: Option<&str>| {
            let mut diags = Diagnostics::default();
            let schema = FunctionSchema {
                parameters: parameters.iter().copied().map(parameter).collect(),
                variadic: variadic.map(parameter),
                ..Default::default()
            };
            check(&mut diags, name, &schema);
            diags.errors.len()
        };
        assert_eq!(problems("endpoint_url", &["id", "type"], Some("more")), 0);
        assert_eq!(problems("1", &[], None), 1);
        assert_eq!(problems("f", &["", "a b"], None), 2);
        assert_eq!(problems("f", &["a", "a"], None), 1);
        assert_eq!(problems("f", &["a"], Some("a")), 1);
    }

    #[test]
    fn an_error_names_its_argument_and_ends_without_a_full_stop() {
        let mut diags = Diagnostics::default();
        diags.add_error(Diagnostic {
            attribute: AttributePath::function_argument(2),
            ..error("It is wrong", "Write another one.")
        });
        let shown = to_error(diags);
        assert_eq!(
            shown.map(|shown| (shown.text, shown.function_argument)),
            Some(("It is wrong: Write another one".to_owned(), Some(2)))
        );
        assert_eq!(to_error(Diagnostics::default()), None);
    }

    #[test]
    fn arguments_are_told_apart_and_not_quoted() {
        let arguments = array(&[
            msgpack(Raw::Json(b"\"a\"".to_vec())),
            msgpack(Raw::Json(b"\"hunter2\"".to_vec())),
        ]);
        let mut diags = Diagnostics::default();
        assert_eq!(
            decode::<(String, String)>(&mut diags, &arguments),
            Some(("a".to_owned(), "hunter2".to_owned()))
        );
        assert_eq!(decode::<(String, i64)>(&mut diags, &arguments), None);
        let shown = to_error(diags).unwrap_or_default();
        assert_eq!(shown.function_argument, Some(1));
        assert!(!shown.text.contains("hunter2"));
    }
}
