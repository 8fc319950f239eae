//! The scalars of the API beyond GraphQL's own (API facts 1.1).

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A point in time, as ISO 8601 text.
#[derive(Clone, Debug)]
pub(crate) struct DateTime(pub(crate) String);

#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// What a deletion returns: always null, without a selection.
#[derive(Clone, Debug)]
pub(crate) struct Void;

#[Scalar]
impl ScalarType for Void {
    fn parse(_: Value) -> InputValueResult<Self> {
        Ok(Self)
    }
    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// A port of a pod.
#[derive(Clone, Debug)]
pub(crate) struct Port(pub(crate) Value);

#[Scalar]
impl ScalarType for Port {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }
    fn to_value(&self) -> Value {
        self.0.clone()
    }
}
