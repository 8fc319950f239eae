//! Runpod's scalars and enums, each with the API's own spelling.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::schema;

/// A list that the API keeps as one comma-separated string, such as `gpuIds`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommaList(String);

impl CommaList {
    /// Joins the items in their order.
    pub fn of<I: IntoIterator<Item = S>, S: AsRef<str>>(items: I) -> Self {
        let items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
        Self(items.join(","))
    }

    /// The items in their order, without the blanks around them and without empty ones.
    pub fn items(&self) -> Vec<String> {
        self.0
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Display for CommaList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CommaList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CommaList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

cynic::impl_scalar!(CommaList, schema::String);

/// A number that is sent even where it is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NullableInt(pub Option<i32>);

cynic::impl_scalar!(NullableInt, schema::Int);

/// A moment as the API writes it: ISO 8601 with a zone.
#[derive(Clone, Debug, PartialEq, Eq, cynic::Scalar)]
#[cynic(graphql_type = "DateTime", schema_module = "schema")]
pub struct DateTime(pub String);

/// How an endpoint's workers start (API facts 1.1).
#[derive(Clone, Debug, PartialEq, Eq, cynic::Enum)]
#[cynic(schema_module = "schema", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlashBootType {
    /// Workers start cold.
    Off,
    /// Workers start from a snapshot where there is one.
    #[cynic(rename = "FLASHBOOT")]
    FlashBoot,
    /// As the former, before others.
    #[cynic(rename = "PRIORITY_FLASHBOOT")]
    PriorityFlashBoot,
    /// A kind that the API has learnt since.
    #[cynic(fallback)]
    Other(String),
}

impl FlashBootType {
    /// The API's name for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Off => "OFF",
            Self::FlashBoot => "FLASHBOOT",
            Self::PriorityFlashBoot => "PRIORITY_FLASHBOOT",
            Self::Other(name) => name,
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "OFF" => Self::Off,
            "FLASHBOOT" => Self::FlashBoot,
            "PRIORITY_FLASHBOOT" => Self::PriorityFlashBoot,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What a worker is meant to be doing (API facts 1.1).
#[derive(Clone, Debug, PartialEq, Eq, cynic::Enum)]
#[cynic(schema_module = "schema", rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum PodStatus {
    Created,
    Running,
    Restarting,
    Exited,
    Paused,
    Dead,
    Terminated,
    /// A status that the API has learnt since.
    #[cynic(fallback)]
    Other(String),
}

impl PodStatus {
    /// The API's name for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Created => "CREATED",
            Self::Running => "RUNNING",
            Self::Restarting => "RESTARTING",
            Self::Exited => "EXITED",
            Self::Paused => "PAUSED",
            Self::Dead => "DEAD",
            Self::Terminated => "TERMINATED",
            Self::Other(name) => name,
        }
    }
}

/// What a discount applies to (API facts 1.1).
#[derive(Clone, Debug, PartialEq, Eq, cynic::Enum)]
#[cynic(schema_module = "schema", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DiscountType {
    /// Serverless workers.
    Serverless,
    /// A kind that the API has learnt since.
    #[cynic(fallback)]
    Other(String),
}

impl DiscountType {
    /// The API's name for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Serverless => "SERVERLESS",
            Self::Other(name) => name,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};
    use serde_json::{from_value, to_value};

    const ITEM: &str = "-?[A-Z][A-Za-z0-9_. ]{0,10}[A-Za-z0-9]";

    proptest! {
        #[test]
        fn a_comma_list_gives_back_the_items_it_was_made_of(items in vec(ITEM, 0..5)) {
            prop_assert_eq!(CommaList::of(&items).items(), items);
        }

        #[test]
        fn a_comma_list_in_any_spelling_has_items_that_make_the_same_list(text in "[A-Z, ]{0,20}") {
            let items = from_value::<CommaList>(text.into()).unwrap().items();
            prop_assert!(items.iter().all(|item| !item.is_empty() && item.trim() == item));
            prop_assert_eq!(CommaList::of(&items).items(), items);
        }

        #[test]
        fn a_comma_list_travels_as_the_text_it_is(text in ".{0,20}") {
            let list: CommaList = from_value(text.clone().into()).unwrap();
            prop_assert_eq!(list.to_string(), text.clone());
            prop_assert_eq!(to_value(list).unwrap(), text);
        }

        #[test]
        fn a_nullable_number_travels_as_itself_or_as_null(number: Option<i32>) {
            let written = to_value(NullableInt(number)).unwrap();
            prop_assert_eq!(&written, &serde_json::Value::from(number));
            prop_assert_eq!(from_value::<NullableInt>(written).unwrap(), NullableInt(number));
        }

        #[test]
        fn a_flash_boot_type_keeps_its_name_be_it_known_or_new(
            name in "OFF|FLASHBOOT|PRIORITY_FLASHBOOT|[A-Z_]{1,12}"
        ) {
            let kind = FlashBootType::from_name(&name);
            prop_assert_eq!(kind.name(), &name);
            prop_assert_eq!(to_value(&kind).unwrap(), name.clone());
            prop_assert_eq!(from_value::<FlashBootType>(name.into()).unwrap(), kind);
        }

        #[test]
        fn a_pod_status_keeps_its_name_be_it_known_or_new(
            name in "CREATED|RUNNING|RESTARTING|EXITED|PAUSED|DEAD|TERMINATED|[A-Z_]{1,12}"
        ) {
            let status: PodStatus = from_value(name.clone().into()).unwrap();
            prop_assert_eq!(status.name(), name);
        }
    }
}
