//! The two forms in which values cross the border, as trees.

use std::borrow::Cow;

use tf_provider::AttributePathStep;

use super::Part;

/// A value that can be gone through.
pub(super) trait Node: Part + Sized {
    fn nullify(&mut self);
    fn field(&mut self, name: &str) -> Option<&mut Self>;
    /// The elements of a list or set, or the values of a map, each with its step.
    fn elements(&mut self) -> Vec<(AttributePathStep, &mut Self)>;
}

impl Part for rmpv::Value {
    fn is_null(&self) -> bool {
        self.is_nil()
    }

    fn is_empty_text(&self) -> bool {
        self.as_str() == Some("")
    }
}

impl Node for rmpv::Value {
    fn nullify(&mut self) {
        *self = Self::Nil;
    }

    fn field(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Map(fields) => fields
                .iter_mut()
                .find(|field| field.0.as_str() == Some(name))
                .map(|field| &mut field.1),
            _ => None,
        }
    }

    fn elements(&mut self) -> Vec<(AttributePathStep, &mut Self)> {
        match self {
            Self::Array(items) => indexed(items),
            Self::Map(fields) => fields
                .iter_mut()
                .map(|(key, value)| (key_step(key.as_str().unwrap_or_default()), value))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Part for serde_json::Value {
    fn is_null(&self) -> bool {
        self.is_null()
    }

    fn is_empty_text(&self) -> bool {
        self.as_str() == Some("")
    }
}

impl Node for serde_json::Value {
    fn nullify(&mut self) {
        *self = Self::Null;
    }

    fn field(&mut self, name: &str) -> Option<&mut Self> {
        self.as_object_mut()?.get_mut(name)
    }

    fn elements(&mut self) -> Vec<(AttributePathStep, &mut Self)> {
        match self {
            Self::Array(items) => indexed(items),
            Self::Object(fields) => fields
                .iter_mut()
                .map(|(key, value)| (key_step(key), value))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn indexed<N>(items: &mut [N]) -> Vec<(AttributePathStep, &mut N)> {
    let steps = (0..).map(AttributePathStep::Index);
    steps.zip(items).collect()
}

fn key_step(key: &str) -> AttributePathStep {
    AttributePathStep::Key(Cow::Owned(key.to_owned()))
}
