//! Values as they cross the border: msgpack, or JSON where Terraform sends it, and typed on this side.

use serde::{Deserialize, Serialize};
use tf_provider::{AttributePath, Diagnostic, Diagnostics};

use super::{diagnostics::error, wire};

/// Null in msgpack.
const NIL: u8 = 0xc0;

/// How errors name a private state.
pub(crate) const PRIVATE: &str = "the private state";

/// How errors name a state.
pub(crate) const STATE: &str = "the state";

/// How errors name a configuration.
pub(crate) const CONFIG: &str = "the configuration";

/// How deep a private state may be nested. Nothing but the provider itself gives it a form, and each level takes of the
/// stack.
const PRIVATE_DEPTH: usize = 64;

/// A value as Terraform sent it.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    Msgpack(Vec<u8>),
    Json(Vec<u8>),
}

impl Raw {
    pub(crate) fn null() -> Self {
        Self::Msgpack(vec![NIL])
    }

    /// The private state is msgpack; none at all is null.
    pub(crate) fn private(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() {
            Self::null()
        } else {
            Self::Msgpack(bytes)
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        match self {
            Self::Msgpack(bytes) => bytes.as_slice() == [NIL],
            Self::Json(bytes) => bytes.trim_ascii() == b"null",
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Msgpack(bytes) | Self::Json(bytes) => bytes,
        }
    }

    pub(crate) fn into_wire(self) -> wire::DynamicValue {
        match self {
            Self::Msgpack(msgpack) => wire::DynamicValue {
                msgpack,
                json: Vec::new(),
            },
            Self::Json(json) => wire::DynamicValue {
                msgpack: Vec::new(),
                json,
            },
        }
    }
}

impl From<Option<wire::DynamicValue>> for Raw {
    fn from(value: Option<wire::DynamicValue>) -> Self {
        match value {
            Some(value) if !value.msgpack.is_empty() => Self::Msgpack(value.msgpack),
            Some(value) if !value.json.is_empty() => Self::Json(value.json),
            _ => Self::null(),
        }
    }
}

/// Reads `raw` as a `T`. `what` names it in the error that is added when that fails.
pub(crate) fn decode<'a, T>(diags: &mut Diagnostics, what: &str, raw: &'a Raw) -> Option<T>
where
    T: Deserialize<'a>,
{
    // Paths cost time, so they are looked for only where something is wrong.
    let failed = match raw {
        Raw::Msgpack(bytes) => match rmp_serde::from_slice(bytes) {
            Ok(value) => return Some(value),
            Err(_) => {
                let mut reader = rmp_serde::Deserializer::from_read_ref(bytes.as_slice());
                serde_path_to_error::deserialize::<_, T>(&mut reader)
                    .err()
                    .map(mismatch)
            }
        },
        Raw::Json(bytes) => match serde_json::from_slice(bytes) {
            Ok(value) => return Some(value),
            Err(_) => {
                let mut reader = serde_json::Deserializer::from_slice(bytes);
                serde_path_to_error::deserialize::<_, T>(&mut reader)
                    .err()
                    .map(mismatch)
            }
        },
    };
    diags.add_error(unreadable(what, failed.unwrap_or_default()));
    None
}

/// Reads a private state. It is a cache: one that cannot be read (another provider's, a later version's) is none at all,
/// which is null.
pub(crate) fn decode_private<'a, T: Deserialize<'a>>(diags: &mut Diagnostics, raw: &'a Raw) -> Option<T> {
    if let Raw::Msgpack(bytes) = raw {
        let mut reader = rmp_serde::Deserializer::from_read_ref(bytes.as_slice());
        reader.set_max_depth(PRIVATE_DEPTH);
        if let Ok(private) = T::deserialize(&mut reader) {
            return Some(private);
        }
    }
    tracing::warn!("a private state cannot be read, and counts as none");
    let none = rmp_serde::from_slice(&[NIL]).ok();
    if none.is_none() {
        // A type that knows no null has no form for none.
        diags.add_error(unreadable(PRIVATE, Mismatch::default()));
    }
    none
}

/// Writes a value for Terraform. `what` names it in the error that is added when that fails.
pub(crate) fn encode<T: Serialize>(diags: &mut Diagnostics, what: &str, value: &T) -> Option<Vec<u8>> {
    match rmp_serde::to_vec_named(value) {
        Ok(bytes) => Some(bytes),
        // The error's text could quote a value.
        Err(_) => {
            diags.add_error(error(
                format!("The provider could not write {what}"),
                "A value that it made has no form that Terraform understands. This is a bug of the provider: \
                 please report it.",
            ));
            None
        }
    }
}

/// Where a value is not what was expected, and what was.
#[derive(Default)]
struct Mismatch {
    attribute: Option<String>,
    path: String,
    expected: Option<String>,
}

fn mismatch<E: std::fmt::Display>(error: serde_path_to_error::Error<E>) -> Mismatch {
    use serde_path_to_error::Segment;
    let attribute = error.path().iter().next().and_then(|segment| match segment {
        Segment::Map { key } => Some(key.clone()),
        _ => None,
    });
    let path = error.path().to_string();
    Mismatch {
        attribute,
        path,
        expected: harmless(&error.into_inner().to_string()),
    }
}

/// What an error of serde says without quoting a value, which might be a secret.
fn harmless(message: &str) -> Option<String> {
    let quotes_a_value = ["invalid type: ", "invalid value: ", "invalid length "];
    if quotes_a_value.iter().any(|start| message.starts_with(start)) {
        let (_, expected) = message.rsplit_once(", expected ")?;
        let expected = expected.split(" at line ").next().unwrap_or(expected);
        return Some(format!("expected {expected}"));
    }
    message.starts_with("missing field `").then(|| message.to_owned())
}

fn unreadable(what: &str, mismatch: Mismatch) -> Diagnostic {
    let place = match &mismatch.attribute {
        Some(_) => format!("the attribute {}", mismatch.path),
        None => "it".to_owned(),
    };
    let reason = mismatch
        .expected
        .unwrap_or_else(|| "its value has another form than expected".to_owned());
    Diagnostic {
        attribute: mismatch.attribute.map(AttributePath::new).unwrap_or_default(),
        ..error(
            format!("The provider could not read {what}"),
            format!("The reading failed at {place}: {reason}."),
        )
    }
}

#[cfg(test)]
mod tests {
    use tf_provider::value::Value;

    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Object {
        name: String,
        sizes: Vec<u8>,
    }

    fn failure<T: for<'a> Deserialize<'a>>(raw: Raw) -> Diagnostic {
        let mut diags = Diagnostics::default();
        assert!(decode::<T>(&mut diags, "the state", &raw).is_none());
        diags.errors.pop().unwrap_or_else(|| error("", ""))
    }

    #[test]
    fn a_mismatch_names_the_attribute_and_quotes_nothing() {
        let wrong = serde_json::json!({ "name": "x", "sizes": [1, "hunter2"] });
        let json = Raw::Json(wrong.to_string().into_bytes());
        let msgpack = Raw::Msgpack(rmp_serde::to_vec_named(&wrong).unwrap_or_default());
        for raw in [json, msgpack] {
            let diag = failure::<Object>(raw);
            assert_eq!(diag.attribute, AttributePath::new("sizes"));
            assert!(diag.detail.contains("sizes[1]"), "{diag:?}");
            assert!(!diag.detail.contains("hunter2"), "{diag:?}");
        }
    }

    #[test]
    fn garbage_is_an_error() {
        for bytes in [
            &[0xc1_u8][..],
            &[0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0x91; 4000],
            b"\xdb\xff\xff\xff\xff",
        ] {
            failure::<Object>(Raw::private(bytes.to_vec()));
        }
        failure::<Object>(Raw::Json(b"{".to_vec()));
    }

    #[test]
    fn a_private_state_that_cannot_be_read_is_none() {
        for bytes in [
            &b"\x81\xa1x\x01"[..],
            b"not msgpack",
            &[0xc1],
            &[0x91; 4000],
            b"{\"a\":1}",
            b"",
        ] {
            let mut diags = Diagnostics::default();
            let raw = Raw::private(bytes.to_vec());
            let private: Option<Value<Object>> = decode_private(&mut diags, &raw);
            assert!(matches!(private, Some(Value::Null)), "{bytes:?}");
            assert!(diags.errors.is_empty() && diags.warnings.is_empty());
        }
    }

    #[test]
    fn nothing_is_null() {
        let mut diags = Diagnostics::default();
        assert!(Raw::from(None).is_null() && Raw::private(Vec::new()).is_null());
        let private: Option<Value<String>> = decode(&mut diags, "", &Raw::private(Vec::new()));
        assert_eq!(private, Some(Value::Null));
    }
}
