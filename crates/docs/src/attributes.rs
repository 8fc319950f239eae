//! Attributes as lists of Markdown, in the registry's own words for their types.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::schema::object;

type Belongs = fn(&Value) -> bool;

const GROUPS: [(&str, Belongs); 3] = [
    ("Required", |it| {
        is(it, "required") || is(it, "required_for_import")
    }),
    ("Optional", |it| {
        is(it, "optional") || is(it, "optional_for_import")
    }),
    ("Read-Only", |it| {
        ![
            "required",
            "required_for_import",
            "optional",
            "optional_for_import",
        ]
        .iter()
        .any(|mode| is(it, mode))
    }),
];

const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

/// The attributes of a block, those that a user sets first, then what is nested in them.
///
/// # Errors
/// In words: an attribute that is not described, or whose type has no word.
pub(crate) fn list(attributes: &Map<String, Value>) -> Result<String, String> {
    let mut text = String::new();
    groups(attributes, "", &mut text)?;
    Ok(text.trim_end().to_owned())
}

/// The groups of a block or of a nested object; `within` is the path of the object.
fn groups(attributes: &Map<String, Value>, within: &str, text: &mut String) -> Result<(), String> {
    let mut nested = Vec::new();
    for (title, belongs) in GROUPS {
        let rows: Vec<_> = attributes.iter().filter(|(_, it)| belongs(it)).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = match within {
            "" => writeln!(text, "### {title}\n"),
            _ => writeln!(text, "{title}:\n"),
        };
        for (name, attribute) in rows {
            text.push_str(&row(name, attribute, within)?);
            if let Some(inner) = attribute.get("nested_type") {
                nested.push((path(within, name), object(inner.get("attributes"))));
            }
        }
        text.push('\n');
    }
    if attributes.values().any(|it| is(it, "write_only")) {
        text.push_str("-> Write-only arguments need Terraform 1.11 or OpenTofu 1.11, and are in no state and no plan.\n\n");
    }
    for (path, inner) in nested {
        let _ = writeln!(
            text,
            "<a id=\"nestedatt--{}\"></a>\n### Nested Schema for `{path}`\n",
            path.replace('.', "--")
        );
        groups(inner, &path, text)?;
    }
    Ok(())
}

fn row(name: &str, attribute: &Value, within: &str) -> Result<String, String> {
    let at = path(within, name);
    let mut facts =
        vec![type_of(attribute).ok_or_else(|| format!("the type of {at} has no word: {attribute}"))?];
    for (mark, word) in [
        ("sensitive", "Sensitive"),
        ("deprecated", "Deprecated"),
        ("write_only", WRITE_ONLY),
    ] {
        if is(attribute, mark) {
            facts.push(word.to_owned());
        }
    }
    let description = attribute
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if description.is_empty() {
        return Err(format!("{at} is not described"));
    }
    let below = match attribute.get("nested_type") {
        Some(_) => format!(
            " (see [below for nested schema](#nestedatt--{}))",
            at.replace('.', "--")
        ),
        None => String::new(),
    };
    Ok(format!(
        "- `{name}` ({}) {description}{below}\n",
        facts.join(", ")
    ))
}

fn path(within: &str, name: &str) -> String {
    match within {
        "" => name.to_owned(),
        _ => format!("{within}.{name}"),
    }
}

fn is(attribute: &Value, mark: &str) -> bool {
    attribute.get(mark) == Some(&Value::Bool(true))
}

fn type_of(attribute: &Value) -> Option<String> {
    match attribute.get("nested_type") {
        Some(nested) => match nested.get("nesting_mode")?.as_str()? {
            "single" => Some("Attributes".to_owned()),
            mode => Some(format!("Attributes {}", capitalised(mode))),
        },
        None => type_in_words(attribute.get("type")?),
    }
}

/// A type of cty's JSON in the registry's words: `Map of String`.
pub(crate) fn type_in_words(of: &Value) -> Option<String> {
    match of {
        Value::String(name) => match name.as_str() {
            "string" => Some("String".to_owned()),
            "number" => Some("Number".to_owned()),
            "bool" => Some("Boolean".to_owned()),
            "dynamic" => Some("Dynamic".to_owned()),
            _ => None,
        },
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(outer), _] if outer == "object" => Some("Object".to_owned()),
            [Value::String(outer), inner] => {
                Some(format!("{} of {}", capitalised(outer), type_in_words(inner)?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(attributes: Value) -> Result<String, String> {
        list(object(Some(&attributes)))
    }

    #[test]
    fn what_a_user_sets_comes_first_and_types_have_their_words() {
        let text = listed(json!({
            "id": { "type": "string", "description": "Its id.", "computed": true },
            "env": { "type": ["map", "string"], "description": "Variables.", "optional": true },
            "rows": { "type": ["list", ["list", "number"]], "description": "Rows.", "optional": true, "computed": true },
            "name": { "type": "string", "description": "Its name.", "required": true },
            "old": { "type": "bool", "description": "Not any more.", "optional": true, "deprecated": true },
        }));
        let wanted = "### Required\n\n- `name` (String) Its name.\n\n### Optional\n\n- `env` (Map of String) Variables.\n\
                      - `old` (Boolean, Deprecated) Not any more.\n- `rows` (List of List of Number) Rows.\n\n\
                      ### Read-Only\n\n- `id` (String) Its id.";
        assert_eq!(text.as_deref(), Ok(wanted));
    }

    #[test]
    fn nested_attributes_of_any_depth_have_sections_of_their_own() {
        let text = listed(
            json!({ "boxes": { "description": "Boxes.", "computed": true, "nested_type": {
            "nesting_mode": "list",
            "attributes": { "lid": { "description": "Its lid.", "computed": true, "nested_type": {
                "nesting_mode": "single",
                "attributes": { "open": { "type": "bool", "description": "Whether.", "computed": true } },
            } } },
        } } }),
        );
        let wanted = "### Read-Only\n\n- `boxes` (Attributes List) Boxes. (see [below for nested schema](#nestedatt--boxes))\n\n\
                      <a id=\"nestedatt--boxes\"></a>\n### Nested Schema for `boxes`\n\nRead-Only:\n\n\
                      - `lid` (Attributes) Its lid. (see [below for nested schema](#nestedatt--boxes--lid))\n\n\
                      <a id=\"nestedatt--boxes--lid\"></a>\n### Nested Schema for `boxes.lid`\n\nRead-Only:\n\n\
                      - `open` (Boolean) Whether.";
        assert_eq!(text.as_deref(), Ok(wanted));
    }

    #[test]
    fn write_only_arguments_say_so_and_which_terraform_they_need() {
        let secret = json!({ "type": "string", "description": "The value.", "optional": true, "sensitive": true, "write_only": true });
        let text = listed(json!({ "value_wo": secret })).unwrap_or_default();
        assert!(
            text.contains("- `value_wo` (String, Sensitive, [Write-only](https://"),
            "{text}"
        );
        assert!(
            text.ends_with("need Terraform 1.11 or OpenTofu 1.11, and are in no state and no plan."),
            "{text}"
        );
    }

    #[test]
    fn an_identity_tells_what_an_import_requires() {
        let text = listed(
            json!({ "id": { "type": "string", "description": "Its id.", "required_for_import": true } }),
        );
        assert_eq!(text.as_deref(), Ok("### Required\n\n- `id` (String) Its id."));
    }

    #[test]
    fn what_is_not_described_or_has_no_word_is_an_error() {
        let silent = listed(json!({ "name": { "type": "string", "required": true } }));
        assert_eq!(silent, Err("name is not described".to_owned()));
        let strange = listed(json!({ "name": { "type": "text", "description": "x", "required": true } }));
        assert!(strange.is_err_and(|problem| problem.starts_with("the type of name has no word")));
    }
}
