//! `timeouts`: how long the operations on an endpoint may take.

use std::{collections::HashMap, time::Duration};

use jiff::SignedDuration;
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType},
};

use super::schema::computed_one;
use crate::{
    attribute::invalid,
    value::{Attributes, Datum},
};

/// The longest time that a read may take, retries included.
pub const READ_LIMIT: Duration = Duration::from_secs(300);

/// The operations that `timeouts` bounds, with the seconds that bound them where it is left out.
const OPERATIONS: [(&str, u64); 3] = [("create", 600), ("update", 600), ("delete", 600)];

/// The schema of `timeouts`.
pub fn schema() -> Attribute {
    let operation = |(name, seconds): (&str, u64)| {
        let description = format!(
            "Longest time to {name} the endpoint, a duration such as `10m`. Left out: `{}m`.",
            seconds / 60
        );
        let attribute = Attribute {
            constraint: AttributeConstraint::Optional,
            ..computed_one(AttributeType::String, &description)
        };
        (name.to_owned(), attribute)
    };
    Attribute {
        constraint: AttributeConstraint::Optional,
        ..computed_one(
            AttributeType::AttributeSingle(HashMap::from(OPERATIONS.map(operation))),
            "How long operations may take, retries included.",
        )
    }
}

/// Adds an error for each duration that is none.
pub fn check(diags: &mut Diagnostics, config: &Attributes) {
    for (operation, _) in OPERATIONS {
        let Some(given) = given(config, operation) else {
            continue;
        };
        if let Err(problem) = duration(given) {
            // Terraform shows the line of an attribute, but not of one within it.
            let path = AttributePath::new("timeouts");
            invalid(
                diags,
                path,
                &format!("timeouts.{operation}"),
                &problem,
                &format!("{given:?}"),
            );
        }
    }
}

/// How long `operation` (create, update, delete) may take by this configuration or state.
pub fn limit(attributes: &Attributes, operation: &str) -> Duration {
    let seconds = OPERATIONS
        .iter()
        .find(|(name, _)| *name == operation)
        .map_or(600, |(_, seconds)| *seconds);
    given(attributes, operation)
        .and_then(|text| duration(text).ok())
        .unwrap_or(Duration::from_secs(seconds))
}

fn given<'a>(attributes: &'a Attributes, operation: &str) -> Option<&'a str> {
    match attributes.get("timeouts").as_ref_option()? {
        Datum::Object(timeouts) => timeouts.text(operation),
        _ => None,
    }
}

/// A duration as it is written in HCL, such as `90s`, `10m` or `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Option<SignedDuration> = text.trim().parse().ok();
    match parsed.and_then(|duration| Duration::try_from(duration).ok()) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it must be a duration above zero, such as \"90s\", \"10m\" or \"1h30m\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn durations_are_written_as_in_other_providers() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "ten minutes", "-5m", "0s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
