//! Functions: how they are called, and what they take.

use serde_json::Value;

use crate::attributes::type_in_words;

/// A function as it is called: `size(box string, units list of string...) number`.
///
/// # Errors
/// In words: a type that has none.
pub(crate) fn signature(name: &str, function: &Value) -> Result<String, String> {
    let mut parameters = Vec::new();
    for (parameter, variadic) in parameters_of(function) {
        let dots = if variadic { "..." } else { "" };
        parameters.push(format!(
            "{} {}{dots}",
            text(parameter, "name"),
            type_of(parameter.get("type"))?
        ));
    }
    let returned = type_of(function.get("return_type"))?;
    Ok(format!(
        "```text\n{name}({}) {returned}\n```",
        parameters.join(", ")
    ))
}

/// The parameters, numbered as they are given.
///
/// # Errors
/// In words: a parameter that is not described, or a type that has no word.
pub(crate) fn arguments(function: &Value) -> Result<String, String> {
    let mut rows = Vec::new();
    for (number, (parameter, variadic)) in (1..).zip(parameters_of(function)) {
        let name = text(parameter, "name");
        let description = text(parameter, "description");
        if description.is_empty() {
            return Err(format!("the parameter {name} is not described"));
        }
        let mut facts = type_in_words(parameter.get("type").unwrap_or(&Value::Null))
            .ok_or_else(|| format!("the type of {name} has no word"))?;
        if variadic {
            facts.push_str(", Variadic");
        }
        if parameter.get("is_nullable") == Some(&Value::Bool(true)) {
            facts.push_str(", Nullable");
        }
        rows.push(format!("{number}. `{name}` ({facts}) {description}"));
    }
    Ok(rows.join("\n"))
}

/// Each parameter, and whether it is the variadic one.
fn parameters_of(function: &Value) -> impl Iterator<Item = (&Value, bool)> {
    let fixed = function.get("parameters").and_then(Value::as_array);
    let variadic = function.get("variadic_parameter");
    let fixed = fixed.into_iter().flatten().map(|parameter| (parameter, false));
    fixed.chain(variadic.map(|parameter| (parameter, true)))
}

fn type_of(of: Option<&Value>) -> Result<String, String> {
    let of = of.unwrap_or(&Value::Null);
    let words = type_in_words(of).ok_or_else(|| format!("a type has no word: {of}"))?;
    Ok(words.replace("Boolean", "bool").to_lowercase())
}

fn text<'a>(parameter: &'a Value, key: &str) -> &'a str {
    parameter.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_function_is_shown_as_it_is_called() {
        let function = json!({
            "return_type": ["object", { "vcpus": "number" }],
            "parameters": [{ "name": "id", "type": "string", "description": "An id." }],
            "variadic_parameter": { "name": "flags", "type": "bool", "description": "Flags.", "is_nullable": true },
        });
        let called = "```text\nparse(id string, flags bool...) object\n```";
        assert_eq!(signature("parse", &function).as_deref(), Ok(called));
        let rows = "1. `id` (String) An id.\n2. `flags` (Boolean, Variadic, Nullable) Flags.";
        assert_eq!(arguments(&function).as_deref(), Ok(rows));
    }

    #[test]
    fn a_parameter_without_a_description_is_an_error() {
        let function = json!({ "return_type": "string", "parameters": [{ "name": "id", "type": "string" }] });
        assert_eq!(
            arguments(&function),
            Err("the parameter id is not described".to_owned())
        );
    }
}
