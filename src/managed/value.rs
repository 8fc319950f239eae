//! A Terraform value of any type, on top of tf-provider's [`Value`], so that attributes can be handled by a table.
//!
//! tf-provider wants one Rust struct for each state; a struct would repeat every attribute in its fields, its
//! schema, its checks and its conversions. Here an object is a map, and what an attribute is stands in its row.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use tf_provider::value::Value;

/// A known value; [`Value`] around it adds null and unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// A string. Numbers that binary cannot hold exactly, such as 0.1, arrive as strings too (protocol 6).
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// A list, set or tuple.
    Many(Vec<Value<Datum>>),
    /// An object or map.
    Object(Attributes),
}

/// The attributes of an object by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(pub BTreeMap<String, Value<Datum>>);

impl Attributes {
    /// The attribute's value; null where there is none.
    pub fn get(&self, name: &str) -> &Value<Datum> {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// Sets the attribute's value.
    pub fn set(&mut self, name: &str, value: Value<Datum>) {
        self.0.insert(name.to_owned(), value);
    }

    /// The attribute's text, if it is a known string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_ref_option().and_then(Datum::as_text)
    }

    /// Whether the attribute has something: neither null nor an empty collection, which means the same.
    pub fn has(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Value(Datum::Many(items)) => !items.is_empty(),
            Value::Value(Datum::Object(fields)) => !fields.0.is_empty(),
            value => value.is_value(),
        }
    }

    /// Whether the attribute certainly has nothing.
    pub fn lacks(&self, name: &str) -> bool {
        !self.has(name) && !self.get(name).is_unknown()
    }

    /// The attribute's number, if it is a known whole one.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name).as_ref_option().and_then(Datum::as_integer)
    }
}

impl Datum {
    /// A list of strings.
    pub fn texts<I: IntoIterator<Item = S>, S: Into<String>>(items: I) -> Self {
        Self::Many(
            items
                .into_iter()
                .map(|item| Value::Value(Self::Text(item.into())))
                .collect(),
        )
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The known strings of a list or set.
    pub fn as_texts(&self) -> Vec<&str> {
        match self {
            Self::Many(items) => items
                .iter()
                .filter_map(|item| item.as_ref_option()?.as_text())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        let known = |value: &Value<Datum>| match value {
            Value::Value(datum) => datum.is_wholly_known(),
            Value::Null => true,
            Value::Unknown => false,
        };
        match self {
            Self::Many(items) => items.iter().all(known),
            Self::Object(attributes) => attributes.0.values().all(known),
            _ => true,
        }
    }

    /// The distinct known strings of a list or set.
    pub fn as_text_set(&self) -> BTreeSet<&str> {
        self.as_texts().into_iter().collect()
    }
}

/// As the value stands in HCL.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Bool(yes) => write!(f, "{yes}"),
            Self::Many(items) => {
                let items: Vec<String> = items.iter().map(written).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Object(attributes) => {
                let items: Vec<String> = attributes
                    .0
                    .iter()
                    .map(|(name, value)| format!("{name} = {}", written(value)))
                    .collect();
                write!(f, "{{ {} }}", items.join(", "))
            }
        }
    }
}

/// As the value stands in HCL, null and unknown included.
pub fn written(value: &Value<Datum>) -> String {
    match value {
        Value::Value(datum) => datum.to_string(),
        Value::Null => "null".to_owned(),
        Value::Unknown => "(known after apply)".to_owned(),
    }
}

/// A known string, or null.
pub fn text(value: Option<impl Into<String>>) -> Value<Datum> {
    value.map_or(Value::Null, |text| Value::Value(Datum::Text(text.into())))
}

/// A known number, or null.
pub fn integer(value: Option<impl Into<i64>>) -> Value<Datum> {
    value.map_or(Value::Null, |number| Value::Value(Datum::Integer(number.into())))
}

/// A known boolean, or null.
pub fn boolean(value: Option<bool>) -> Value<Datum> {
    value.map_or(Value::Null, |yes| Value::Value(Datum::Bool(yes)))
}

/// A known number, or null, as Terraform would write it: a whole one without a fraction, and as a text one that binary
/// does not hold exactly, such as 0.7, which in a configuration is another number than the nearest binary one.
pub fn decimal(value: Option<f64>) -> Value<Datum> {
    value.map_or(Value::Null, |number| {
        Value::Value(if number.fract() == 0.0 && number.abs() < 1e15 {
            Datum::Integer(number as i64)
        } else if (number * 1024.0).fract() == 0.0 {
            Datum::Float(number)
        } else {
            Datum::Text(number.to_string())
        })
    })
}

/// A list of strings; null where there are none, as that is how "none" stands in HCL.
pub fn strings<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Value<Datum> {
    match Datum::texts(items) {
        Datum::Many(items) if items.is_empty() => Value::Null,
        texts => Value::Value(texts),
    }
}

/// A map of strings; null where there are none.
pub fn map<'a>(items: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value<Datum> {
    let mut fields = Attributes::default();
    for (key, value) in items {
        fields.set(key, text(Some(value.as_str())));
    }
    if fields.0.is_empty() {
        Value::Null
    } else {
        Value::Value(Datum::Object(fields))
    }
}

/// The string of a value; none where it is null or unknown.
pub fn word(value: &Value<Datum>) -> Option<String> {
    value.as_ref_option().and_then(Datum::as_text).map(str::to_owned)
}

/// The strings of a value; none where it is null or unknown.
pub fn words(value: &Value<Datum>) -> Option<Vec<String>> {
    let words = value.as_ref_option()?.as_texts();
    Some(words.into_iter().map(str::to_owned).collect())
}

/// The whole number of a value.
pub fn number(value: &Value<Datum>) -> Option<i64> {
    value.as_ref_option().and_then(Datum::as_integer)
}

/// The boolean of a value.
pub fn truth(value: &Value<Datum>) -> Option<bool> {
    match value.as_ref_option() {
        Some(Datum::Bool(yes)) => Some(*yes),
        _ => None,
    }
}

/// The pairs of strings of a map; none where it is null or unknown.
pub fn pairs(value: &Value<Datum>) -> Option<Vec<(String, String)>> {
    match value.as_ref_option()? {
        Datum::Object(fields) => {
            let pairs = fields.0.iter();
            Some(
                pairs
                    .filter_map(|(key, value)| Some((key.clone(), word(value)?)))
                    .collect(),
            )
        }
        _ => None,
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
            Self::Many(items) => items.serialize(serializer),
            Self::Object(attributes) => attributes.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DatumVisitor)
    }
}

struct DatumVisitor;

impl<'de> Visitor<'de> for DatumVisitor {
    type Value = Datum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a known Terraform value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Datum, E> {
        Ok(Datum::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Datum, E> {
        Ok(Datum::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Datum, E> {
        Ok(i64::try_from(value).map_or(Datum::Text(value.to_string()), Datum::Integer))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Datum, E> {
        Ok(Datum::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Datum, E> {
        Ok(Datum::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Datum, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Datum::Many(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Datum, A::Error> {
        let mut attributes = BTreeMap::new();
        while let Some((name, value)) = access.next_entry()? {
            attributes.insert(name, value);
        }
        Ok(Datum::Object(Attributes(attributes)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value<Datum>> {
        let leaf = prop_oneof![
            Just(Value::Null),
            Just(Value::Unknown),
            any::<String>().prop_map(|text| Value::Value(Datum::Text(text))),
            any::<i64>().prop_map(|number| Value::Value(Datum::Integer(number))),
            any::<bool>().prop_map(|yes| Value::Value(Datum::Bool(yes))),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(|items| Value::Value(Datum::Many(items))),
                prop::collection::btree_map("[a-z_]{1,8}", inner, 0..6)
                    .prop_map(|map| Value::Value(Datum::Object(Attributes(map)))),
            ]
        })
    }

    proptest! {
        #[test]
        fn survives_the_wire(value in any_value()) {
            let bytes = rmp_serde::to_vec_named(&value).unwrap();
            prop_assert_eq!(rmp_serde::from_slice::<Value<Datum>>(&bytes).unwrap(), value);
        }
    }

    #[test]
    fn a_fraction_is_what_terraform_writes_it_as() {
        for (number, datum) in [
            (4.0, Datum::Integer(4)),
            (2.5, Datum::Float(2.5)),
            (0.7, Datum::Text("0.7".to_owned())),
        ] {
            assert_eq!(decimal(Some(number)), Value::Value(datum));
        }
    }

    #[test]
    fn a_refined_unknown_is_unknown() {
        // Extension type 12 with a refinement map, as Terraform sends a string known to be not null.
        let bytes = [0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2];
        assert_eq!(
            rmp_serde::from_slice::<Value<Datum>>(&bytes).unwrap(),
            Value::Unknown
        );
    }
}
