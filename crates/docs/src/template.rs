//! One page from its template: the directives, and what each becomes.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    attributes, functions,
    schema::{Kind, Need, Schema},
};

/// Said on every page, after its front matter.
const GENERATED: &str =
    "<!-- Made by `make docs` from templates/, examples/ and the provider's schema. Edit those. -->";

/// What directives are filled from.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) examples: &'a Path,
    pub(crate) schema: &'a Schema,
    /// By the name of the directive that asks for it.
    pub(crate) tables: &'a BTreeMap<String, String>,
}

/// What became of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The page, and the schemas that it shows.
    Made {
        text: String,
        shows: Vec<(Kind, String)>,
    },
    /// It is left out, since the schema lacks these.
    Waits(Vec<String>),
}

/// A directive, read.
enum Directive<'a> {
    Example(&'a str),
    Provider,
    Schema(Kind, &'a str),
    Signature(&'a str),
    Terraform(&'a str, Option<&'a str>),
    Table(&'a str),
    Needs(Need),
    When(Need),
    Unless(Need),
    End,
}

impl<'a> Directive<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let words: Vec<_> = text.split(' ').collect();
        match words.as_slice() {
            ["example", path] => Some(Self::Example(path)),
            ["schema", "provider"] => Some(Self::Provider),
            ["schema", kind, name] => Some(Self::Schema(Kind::parse(kind)?, name)),
            ["identity", name] => Some(Self::Schema(Kind::Identity, name)),
            ["signature", name] => Some(Self::Signature(name)),
            ["terraform", version] => Some(Self::Terraform(version, None)),
            ["terraform", version, "opentofu", theirs] => Some(Self::Terraform(version, Some(theirs))),
            ["needs", what @ ..] => Need::parse(what).map(Self::Needs),
            ["when", what @ ..] => Need::parse(what).map(Self::When),
            ["unless", what @ ..] => Need::parse(what).map(Self::Unless),
            ["end"] => Some(Self::End),
            [table] => Some(Self::Table(table)),
            _ => None,
        }
    }
}

/// Fills a template.
///
/// # Errors
/// The line, and in words what is wrong there.
pub(crate) fn page(template: &str, parts: Parts<'_>) -> Result<Page, (usize, String)> {
    let mut text = String::new();
    let mut shows = Vec::new();
    let mut waits = Vec::new();
    let mut rules = 0;
    // The line of a `when`, and whether its lines are taken.
    let mut when: Option<(usize, bool)> = None;
    for (number, line) in (1..).zip(template.lines()) {
        let wrong = |problem: String| (number, problem);
        let directive = line.strip_prefix("{{ ").and_then(|line| line.strip_suffix(" }}"));
        let directive = match directive {
            Some(directive) => Some(
                Directive::parse(directive)
                    .ok_or_else(|| wrong(format!("no such directive: {directive}")))?,
            ),
            None => None,
        };
        match directive {
            Some(Directive::When(_) | Directive::Unless(_)) if when.is_some() => {
                return Err(wrong("a `when` in a `when`".to_owned()));
            }
            Some(Directive::When(need)) => when = Some((number, need.is_met(parts.schema))),
            Some(Directive::Unless(need)) => when = Some((number, !need.is_met(parts.schema))),
            Some(Directive::End) if when.take().is_none() => {
                return Err(wrong("an `end` without a `when`".to_owned()));
            }
            Some(Directive::End) => {}
            _ if matches!(when, Some((_, false))) => {}
            Some(Directive::Needs(need)) => {
                if !need.is_met(parts.schema) {
                    waits.push(need.to_string());
                }
            }
            Some(directive) => {
                if let Directive::Schema(kind, name) = directive {
                    shows.push((kind, name.to_owned()));
                }
                match missing(&directive, parts.schema) {
                    Some(need) => waits.push(need.to_string()),
                    None => {
                        text.push_str(&filled(&directive, parts).map_err(wrong)?);
                        text.push('\n');
                    }
                }
            }
            None => {
                text.push_str(line);
                text.push('\n');
                rules += usize::from(line == "---");
                if line == "---" && rules == 2 {
                    text.push_str(&format!("\n{GENERATED}\n"));
                }
            }
        }
    }
    if let Some((number, _)) = when {
        return Err((number, "this `when` has no `end`".to_owned()));
    }
    waits.sort();
    waits.dedup();
    Ok(match waits.is_empty() {
        true => Page::Made {
            text: without_gaps(&text),
            shows,
        },
        false => Page::Waits(waits),
    })
}

/// What a directive shows and the schema lacks.
fn missing(directive: &Directive<'_>, schema: &Schema) -> Option<Need> {
    let (kind, name) = match directive {
        Directive::Schema(kind, name) => (*kind, *name),
        Directive::Signature(name) => (Kind::Function, *name),
        _ => return None,
    };
    (!schema.has(kind, name)).then(|| Need::Named(kind, name.to_owned(), None))
}

fn filled(directive: &Directive<'_>, parts: Parts<'_>) -> Result<String, String> {
    match directive {
        Directive::Example(path) => example(&parts.examples.join(path)),
        Directive::Provider => attributes::list(parts.schema.provider()),
        Directive::Schema(Kind::Function, name) => functions::arguments(function(parts.schema, name)?),
        Directive::Signature(name) => functions::signature(name, function(parts.schema, name)?),
        Directive::Schema(kind, name) => attributes::list(parts.schema.attributes(*kind, name)),
        Directive::Terraform(version, theirs) => Ok(match theirs {
            Some(theirs) => format!("-> Needs Terraform {version} or OpenTofu {theirs}."),
            None => format!("-> Needs Terraform {version}; OpenTofu does not have it."),
        }),
        Directive::Table(name) => {
            let table = parts.tables.get(*name).cloned();
            table.ok_or_else(|| format!("no such directive: {name}"))
        }
        // These give no text of their own.
        Directive::Needs(_) | Directive::When(_) | Directive::Unless(_) | Directive::End => Ok(String::new()),
    }
}

fn function<'a>(schema: &'a Schema, name: &str) -> Result<&'a serde_json::Value, String> {
    schema
        .named(Kind::Function, name)
        .ok_or_else(|| format!("there is no function {name}"))
}

fn example(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let language = match path.extension().and_then(|end| end.to_str()) {
        Some("sh") => "shell",
        _ => "terraform",
    };
    Ok(format!("```{language}\n{}\n```", text.trim_end()))
}

/// Takes the further ones of several blank lines out, which a left-out part leaves behind; code keeps its own.
fn without_gaps(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut blank, mut in_code) = (false, false);
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        if in_code || !line.is_empty() || !blank {
            kept.push_str(line);
            kept.push('\n');
        }
        blank = line.is_empty();
    }
    kept.truncate(kept.trim_end().len());
    kept.push('\n');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn made(template: &str) -> Result<Page, (usize, String)> {
        let named = json!({ "type": "string", "description": "Its name.", "required": true });
        let printed = json!({ "provider_schemas": { "toy": {
            "provider": { "block": { "attributes": { "key": { "type": "string", "description": "A key.", "optional": true } } } },
            "resource_schemas": { "toy_box": { "block": { "attributes": { "name": named } } } },
            "functions": { "size": { "return_type": "number", "parameters": [] } },
        } } });
        let Some(schema) = Schema::of_the_only_provider(&printed) else {
            return Err((0, "no schema".to_owned()));
        };
        let directory = tempfile::tempdir().map_err(|error| (0, error.to_string()))?;
        fs::write(directory.path().join("box.tf"), "box = 1\n\n\nball = 2\n")
            .map_err(|error| (0, error.to_string()))?;
        let tables = BTreeMap::from([("faults".to_owned(), "none".to_owned())]);
        page(
            template,
            Parts {
                examples: directory.path(),
                schema: &schema,
                tables: &tables,
            },
        )
    }

    fn text(template: &str) -> String {
        match made(template) {
            Ok(Page::Made { text, .. }) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn directives_are_filled_and_the_origin_follows_the_front_matter() {
        let page =
            text("---\ntitle\n---\n{{ example box.tf }}\n{{ schema resource toy_box }}\n{{ faults }}\n");
        let wanted = format!(
            "---\ntitle\n---\n\n{GENERATED}\n```terraform\nbox = 1\n\n\nball = 2\n```\n### Required\n\n- `name` (String) Its name.\nnone\n"
        );
        assert_eq!(page, wanted);
        assert_eq!(text("{{ signature size }}\n"), "```text\nsize() number\n```\n");
        assert_eq!(
            text("{{ terraform 1.12 opentofu 1.12 }}\n"),
            "-> Needs Terraform 1.12 or OpenTofu 1.12.\n"
        );
        assert_eq!(
            text("{{ terraform 1.14 }}\n"),
            "-> Needs Terraform 1.14; OpenTofu does not have it.\n"
        );
    }

    #[test]
    fn a_page_waits_for_what_the_schema_lacks() {
        let waits =
            made("{{ needs provider api }}\n{{ schema resource toy_ball }}\n{{ signature weight }}\n");
        let lacks = ["function weight", "provider api", "resource toy_ball"].map(str::to_owned);
        assert_eq!(waits, Ok(Page::Waits(lacks.to_vec())));
        assert_eq!(text("{{ needs resource toy_box name }}\nhere\n"), "here\n");
    }

    #[test]
    fn a_part_is_left_out_without_a_gap_where_the_schema_lacks_what_it_is_about() {
        let part = |need: &str| text(&format!("a\n\n{{{{ when {need} }}}}\nb\n{{{{ end }}}}\n\nc\n"));
        assert_eq!(part("provider key"), "a\n\nb\n\nc\n");
        assert_eq!(part("provider api"), "a\n\nc\n");
        assert_eq!(
            text("{{ unless provider api }}\nb\n{{ end }}\n{{ unless provider key }}\nc\n{{ end }}\n"),
            "b\n"
        );
        assert_eq!(part("identity toy_box"), "a\n\nc\n");
        assert_eq!(text("a\n\n{{ when provider api }}\nb\n{{ end }}\n"), "a\n");
    }

    #[test]
    fn a_slip_in_a_template_is_an_error_with_its_line() {
        for (template, line, problem) in [
            ("x\n{{ shema resource toy_box }}\n", 2, "no such directive"),
            ("{{ failures }}\n", 1, "no such directive"),
            ("{{ example ball.tf }}\n", 1, "ball.tf"),
            ("x\n{{ when provider key }}\n", 2, "has no `end`"),
            ("{{ end }}\n", 1, "without a `when`"),
        ] {
            let error = made(template).err();
            assert!(
                error
                    .as_ref()
                    .is_some_and(|(at, text)| *at == line && text.contains(problem)),
                "{template:?}: {error:?}"
            );
        }
    }
}
