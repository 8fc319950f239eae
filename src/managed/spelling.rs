//! What is a respelling: two values that mean the same though they are written otherwise.
//!
//! Everywhere: canonically equal Unicode, and another order where order means nothing. In the API's own words, also
//! blanks around an item and the case of its letters. In variables of an environment, also keys that Runpod adds to
//! those that are wanted. Anything else is another value.

use std::{borrow::Cow, collections::BTreeSet};

use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::{Number, Value as Json};
use tf_provider::value::Value;

use super::value::{Attributes, Datum};

/// Which other spellings of a value mean the same.
#[derive(Clone, Copy)]
pub enum Spelling {
    /// None but canonically equal Unicode: names, ids, commands.
    Exact,
    /// Also another case and blanks around an item: the API's own words, such as pools, places, enums.
    Words,
    /// Variables of an environment, among which Runpod may put some of its own.
    Variables,
    /// A rule of the attribute's own.
    Own(fn(&Datum, &Datum) -> bool),
}

/// How the names of the variables begin that Runpod itself puts into an environment (API facts 2.7).
const PLATFORM: [&str; 2] = ["RUNPOD_", "FLASH_MODULE_PATH"];

/// Variables that Runpod is known to put into an environment, and nobody else does (API facts 2.7): others of
/// [`PLATFORM`], such as `RUNPOD_INIT_TIMEOUT`, are set by users as well.
const INJECTED: [&str; 2] = ["RUNPOD_API_KEY", "FLASH_MODULE_PATH"];

/// Whether a variable of this name is Runpod's alone.
pub fn is_injected(key: &str) -> bool {
    INJECTED.contains(&key)
}

/// Whether Runpod itself puts a variable of this name into an environment.
fn is_of_platform(key: &str) -> bool {
    PLATFORM.iter().any(|prefix| key.starts_with(prefix))
}

/// Whether two texts are the same JSON object or array, in whatever order of keys and spelling of numbers.
pub fn same_json(one: &str, other: &str) -> bool {
    let parsed = |text: &str| -> Option<Json> {
        let parsed = serde_json::from_str(text).ok()?;
        matches!(parsed, Json::Object(_) | Json::Array(_)).then_some(parsed)
    };
    match (parsed(one), parsed(other)) {
        (Some(one), Some(other)) => same_parsed(&one, &other),
        _ => false,
    }
}

fn same_parsed(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_parsed(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            let same = |(key, value)| other.get(key).is_some_and(|other| same_parsed(value, other));
            one.len() == other.len() && one.iter().all(same)
        }
        (Json::Number(one), Json::Number(other)) => same_number(one, other),
        _ => one == other,
    }
}

/// Whether two numbers are one, such as 1 and 1.0. Of those beyond what a float holds exactly it is not known.
fn same_number(one: &Number, other: &Number) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !one.is_f64() && !other.is_f64() {
        return one == other;
    }
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other && one.abs() < EXACT,
        _ => false,
    }
}

/// The text in Unicode's composed form: what is canonically equal is equal in it.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

impl Spelling {
    /// Whether what is found means the same as what is wanted; `unordered` where the order of items means nothing.
    pub fn same(self, unordered: bool, wanted: &Datum, found: &Datum) -> bool {
        if let Self::Own(same) = self {
            return same(wanted, found);
        }
        match (wanted, found) {
            (Datum::Text(wanted), Datum::Text(found)) => self.key(wanted) == self.key(found),
            (Datum::Many(_), Datum::Many(_)) if unordered => self.keys(wanted) == self.keys(found),
            (Datum::Many(wanted), Datum::Many(found)) => {
                wanted.len() == found.len()
                    && wanted
                        .iter()
                        .zip(found)
                        .all(|(wanted, found)| self.same_value(wanted, found))
            }
            (Datum::Object(wanted), Datum::Object(found)) => self.same_fields(wanted, found),
            _ => wanted == found,
        }
    }

    fn same_value(self, wanted: &Value<Datum>, found: &Value<Datum>) -> bool {
        match (wanted, found) {
            (Value::Value(wanted), Value::Value(found)) => self.same(false, wanted, found),
            _ => wanted == found,
        }
    }

    fn same_fields(self, wanted: &Attributes, found: &Attributes) -> bool {
        let is_added = |key: &str| self.has_variables() && is_of_platform(key);
        let mut keys = wanted.0.keys().chain(found.0.keys());
        keys.all(|key| {
            let (wanted, found) = (wanted.get(key), found.get(key));
            wanted.is_null() && is_added(key) || self.same_value(wanted, found)
        })
    }

    /// The keys that go from one value to the next and that Runpod might have added itself: whether they were anybody
    /// else's only a memory tells.
    pub fn taken_away(self, was: &Value<Datum>, wanted: &Value<Datum>) -> BTreeSet<String> {
        let keys = self.platform_keys(was);
        keys.difference(&self.platform_keys(wanted)).cloned().collect()
    }

    /// What is wanted with the keys that Runpod added itself, which nobody configured: a write replaces the whole map, and
    /// Runpod does not add them again (API facts 2.7).
    pub fn with_added(self, wanted: &Value<Datum>, found: &Value<Datum>, was: &Value<Datum>) -> Value<Datum> {
        let (true, Value::Value(Datum::Object(found))) = (self.has_variables(), found) else {
            return wanted.clone();
        };
        let fields = |value: &Value<Datum>| match value {
            Value::Value(Datum::Object(fields)) => fields.clone(),
            _ => Attributes::default(),
        };
        let (mut all, was) = (fields(wanted), fields(was));
        for (key, value) in &found.0 {
            if is_of_platform(key) && all.get(key).is_null() && was.get(key).is_null() {
                all.set(key, value.clone());
            }
        }
        Value::Value(Datum::Object(all))
    }

    /// Whether the value has keys among which Runpod may put some of its own.
    pub fn has_variables(self) -> bool {
        matches!(self, Self::Variables)
    }

    /// The keys of variables that Runpod might have added itself.
    pub fn platform_keys(self, value: &Value<Datum>) -> BTreeSet<String> {
        match (self, value) {
            (Self::Variables, Value::Value(Datum::Object(fields))) => fields
                .0
                .keys()
                .filter(|key| is_of_platform(key))
                .cloned()
                .collect(),
            _ => BTreeSet::new(),
        }
    }

    /// A text such that two of them are equal where the texts mean the same.
    fn key(self, text: &str) -> String {
        match self {
            Self::Words => composed(text.trim()).to_ascii_uppercase(),
            Self::Exact | Self::Variables | Self::Own(_) => composed(text).into_owned(),
        }
    }

    fn keys(self, datum: &Datum) -> BTreeSet<String> {
        datum.as_texts().into_iter().map(|text| self.key(text)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(pairs: &[(&str, &str)]) -> Datum {
        let mut fields = Attributes::default();
        for (key, value) in pairs {
            fields.set(key, Value::Value(Datum::Text((*value).to_owned())));
        }
        Datum::Object(fields)
    }

    fn text(text: &str) -> Datum {
        Datum::Text(text.to_owned())
    }

    #[test]
    fn canonically_equal_unicode_is_one() {
        assert!(Spelling::Exact.same(false, &text("café"), &text("cafe\u{301}")));
        assert!(!Spelling::Exact.same(false, &text("café"), &text("cafe")));
    }

    #[test]
    fn the_apis_words_are_case_blind_and_nothing_else_is() {
        assert!(Spelling::Words.same(false, &text(" ampere_16"), &text("AMPERE_16 ")));
        assert!(!Spelling::Words.same(false, &text("AMPERE_16"), &text("AMPERE_24")));
        assert!(!Spelling::Exact.same(false, &text("sdxl"), &text("SDXL")));
    }

    #[test]
    fn a_json_text_is_the_same_in_other_blanks_and_numbers_and_no_other_text_is() {
        assert!(same_json("[1,  2]", "[1,2]"));
        assert!(same_json(r#"{"b": 1.0, "a": "<"}"#, r#"{"a":"\u003c","b":1}"#));
        for (one, other) in [
            ("[1, 2]", "[2, 1]"),
            (r#"{"a": 1}"#, r#"{"a": 1, "b": null}"#),
            ("[12345678901234567890123]", "[12345678901234567890124]"),
            ("1.0", "1"),
            ("a  b", "a b"),
        ] {
            assert!(!same_json(one, other), "{one} {other}");
        }
    }

    #[test]
    fn order_counts_in_a_list_and_not_in_a_set() {
        let (one, other) = (Datum::texts(["a", "b"]), Datum::texts(["b", "a"]));
        assert!(Spelling::Exact.same(true, &one, &other));
        assert!(!Spelling::Exact.same(false, &one, &other));
        assert!(!Spelling::Exact.same(true, &one, &Datum::texts(["a"])));
    }

    #[test]
    fn keys_that_runpod_adds_are_nobodys_difference_and_others_are() {
        let mine = map(&[("TOKEN", "x")]);
        let added = map(&[("RUNPOD_API_KEY", "y"), ("TOKEN", "x")]);
        assert!(Spelling::Variables.same(false, &mine, &added));
        assert!(!Spelling::Exact.same(false, &mine, &added));
        assert!(!Spelling::Variables.same(false, &mine, &map(&[("OTHER", "y"), ("TOKEN", "x")])));
        assert!(!Spelling::Variables.same(false, &mine, &map(&[("TOKEN", "z")])));
        let own = map(&[("RUNPOD_INIT_TIMEOUT", "800")]);
        let changed = map(&[("RUNPOD_INIT_TIMEOUT", "900")]);
        for found in [changed, map(&[])] {
            assert!(
                !Spelling::Variables.same(false, &own, &found),
                "one that is wanted counts: {found:?}"
            );
        }
        let (own, added) = (Value::Value(own), Value::Value(added));
        let away = Spelling::Variables.taken_away(&own, &added);
        assert_eq!(away, BTreeSet::from(["RUNPOD_INIT_TIMEOUT".to_owned()]));
    }

    proptest! {
        #[test]
        fn a_value_means_the_same_as_itself(items in proptest::collection::vec(".{0,6}", 0..4)) {
            let datum = Datum::texts(items);
            for spelling in [Spelling::Exact, Spelling::Words, Spelling::Variables] {
                prop_assert!(spelling.same(true, &datum, &datum) && spelling.same(false, &datum, &datum));
            }
        }
    }
}
