//! `timeouts`: how long the operations on an object may take.

use std::time::Duration;

use jiff::SignedDuration;
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType},
};

use super::{
    attribute::{computed, invalid},
    value::{Attributes, Datum},
};

/// The longest time that a read may take, retries included.
pub const READ_LIMIT: Duration = Duration::from_secs(300);

/// The operations that `timeouts` bounds, with the seconds that bound them where it is left out.
const OPERATIONS: [(&str, u64); 3] = [("create", 600), ("update", 600), ("delete", 600)];

/// The bounds of a duration: what is shorter ends an operation before it began, what is longer ends none.
const BOUNDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(7 * 24 * 3600));

/// The schema of `timeouts` for what is called `noun`; without `update` where there is no change in place.
pub fn schema(noun: &str, can_update: bool) -> Attribute {
    let operation = |(name, seconds): (&str, u64)| {
        let description = format!(
            "Longest time to {name} the {noun}, a duration such as `10m`. Left out: `{}m`.",
            seconds / 60
        );
        let attribute = Attribute {
            constraint: AttributeConstraint::Optional,
            ..computed(AttributeType::String, &description)
        };
        (name.to_owned(), attribute)
    };
    let operations = OPERATIONS.into_iter();
    let operations = operations.filter(|(name, _)| can_update || *name != "update");
    Attribute {
        constraint: AttributeConstraint::Optional,
        ..computed(
            AttributeType::AttributeSingle(operations.map(operation).collect()),
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

/// A duration as it is written in HCL, such as `90s`, `10m` or `1h30m`; the error says what is allowed.
pub fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Option<SignedDuration> = text.trim().parse().ok();
    let (least, most) = BOUNDS;
    match parsed.and_then(|duration| Duration::try_from(duration).ok()) {
        Some(duration) if (least..=most).contains(&duration) => Ok(duration),
        _ => Err("it must be a duration from 1s to 168h, such as \"90s\", \"10m\" or \"1h30m\"".to_owned()),
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
        for text in [
            "",
            "10",
            "ten minutes",
            "-5m",
            "0s",
            "1us",
            "999ms",
            "169h",
            "9223372036854775807s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
