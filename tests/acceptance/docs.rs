//! The registry's pages, made of `templates/`, `examples/` and the schema that the provider serves.
//!
//! A template is a page with directives in it, each on a line of its own: `{{ example PATH }}` is a file below
//! `examples/`, `{{ schema provider }}`, `{{ schema resource NAME }}` and `{{ schema data-source NAME }}` are the
//! attributes, `{{ failures }}` is every kind of failure with its cure, and `{{ pools }}` the rows of the known GPU pools.
//! `make docs` writes the pages; otherwise the test compares them.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use runpod::{Action, Kind, endpoints};
use serde_json::Value;
use terraform_provider_runpod::{
    endpoint::rules::POOLS,
    managed::diagnostic::{advice, headline},
};

use crate::support::{Cli, World};

const GENERATED: &str =
    "<!-- Made by `make docs` from templates/, examples/ and the provider's schema. Edit those. -->";

#[test]
fn the_pages_are_what_the_schema_and_the_examples_say() {
    let world = World::new(Cli::Newer);
    world.write("");
    let served = world.json(&["providers", "schema", "-json"]);
    let schemas = served["provider_schemas"].as_object().unwrap();
    let schema = schemas.values().next().unwrap();

    let mut pages = BTreeMap::new();
    for template in files(&root("templates")) {
        let text = fs::read_to_string(root("templates").join(&template)).unwrap();
        pages.insert(template, page(&text, schema));
    }
    if env::var_os("UPDATE_DOCS").is_some() {
        update(&pages);
    }
    assert_eq!(
        files(&root("docs")),
        pages.keys().cloned().collect::<Vec<_>>(),
        "docs/ has other pages than templates/: run `make docs`"
    );
    for (path, text) in pages {
        let stored = fs::read_to_string(root("docs").join(&path)).unwrap();
        assert!(
            stored == text,
            "docs/{} is stale: run `make docs`",
            path.display()
        );
    }
}

fn root(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)
}

/// The files below a directory, by their paths in it, sorted.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|file| name.join(file)));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

fn update(pages: &BTreeMap<PathBuf, String>) {
    for stale in files(&root("docs"))
        .iter()
        .filter(|path| !pages.contains_key(*path))
    {
        fs::remove_file(root("docs").join(stale)).unwrap();
    }
    for (path, text) in pages {
        let path = root("docs").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A page from its template; the note on its origin follows the front matter.
fn page(template: &str, schema: &Value) -> String {
    let mut page = String::new();
    let mut rules = 0;
    for line in template.lines() {
        let directive = line.strip_prefix("{{ ").and_then(|line| line.strip_suffix(" }}"));
        match directive {
            Some(directive) => page.push_str(&filled(directive, schema)),
            None => page.push_str(line),
        }
        page.push('\n');
        rules += usize::from(line == "---");
        if line == "---" && rules == 2 {
            page.push_str(&format!("\n{GENERATED}\n"));
        }
    }
    page
}

fn filled(directive: &str, schema: &Value) -> String {
    match directive.split(' ').collect::<Vec<_>>().as_slice() {
        ["example", path] => {
            let text = fs::read_to_string(root("examples").join(path)).unwrap();
            let language = if path.ends_with(".sh") {
                "shell"
            } else {
                "terraform"
            };
            format!("```{language}\n{}\n```", text.trim_end())
        }
        ["schema", "provider"] => attributes(&schema["provider"]["block"]["attributes"], ""),
        ["schema", "resource", name] => {
            attributes(&schema["resource_schemas"][name]["block"]["attributes"], "")
        }
        ["schema", "data-source", name] => {
            attributes(&schema["data_source_schemas"][name]["block"]["attributes"], "")
        }
        ["failures"] => failures(),
        ["pools"] => pools(),
        other => panic!("no such directive: {other:?}"),
    }
}

/// The attributes of a block or a nested object, those that a user sets first; `within` is the path of the object.
fn attributes(block: &Value, within: &str) -> String {
    let block = block.as_object().unwrap();
    let mut text = String::new();
    let mut nested = Vec::new();
    for (title, belongs) in GROUPS {
        let mut rows = block
            .iter()
            .filter(|(_, attribute)| belongs(attribute))
            .peekable();
        if rows.peek().is_some() {
            let title = if within.is_empty() {
                format!("### {title}")
            } else {
                format!("{title}:")
            };
            text.push_str(&format!("{title}\n\n"));
        }
        for (name, attribute) in rows {
            text.push_str(&row(name, attribute, within));
            if attribute["nested_type"].is_object() {
                nested.push((path(within, name), &attribute["nested_type"]["attributes"]));
            }
        }
        if text.ends_with(".\n") || text.ends_with(")\n") {
            text.push('\n');
        }
    }
    for (path, block) in nested {
        let anchor = path.replace('.', "--");
        text.push_str(&format!(
            "<a id=\"nestedatt--{anchor}\"></a>\n### Nested Schema for `{path}`\n\n"
        ));
        text.push_str(&attributes(block, &path));
        text.push_str("\n\n");
    }
    text.trim_end().to_owned()
}

type Belongs = fn(&Value) -> bool;

const GROUPS: [(&str, Belongs); 3] = [
    ("Required", |attribute| attribute["required"] == true),
    ("Optional", |attribute| attribute["optional"] == true),
    ("Read-Only", |attribute| {
        attribute["required"] != true && attribute["optional"] != true
    }),
];

fn row(name: &str, attribute: &Value, within: &str) -> String {
    let mut facts = vec![kind(attribute)];
    if attribute["sensitive"] == true {
        facts.push("Sensitive".to_owned());
    }
    let description = attribute["description"].as_str().unwrap_or_default();
    assert!(!description.is_empty(), "{name} is not described");
    let below = if attribute["nested_type"].is_object() {
        let anchor = path(within, name).replace('.', "--");
        format!(" (see [below for nested schema](#nestedatt--{anchor}))")
    } else {
        String::new()
    };
    format!("- `{name}` ({}) {description}{below}\n", facts.join(", "))
}

fn path(within: &str, name: &str) -> String {
    if within.is_empty() {
        name.to_owned()
    } else {
        format!("{within}.{name}")
    }
}

fn kind(attribute: &Value) -> String {
    let simple = |name: &Value| match name.as_str() {
        Some("string") => "String",
        Some("number") => "Number",
        Some("bool") => "Boolean",
        _ => panic!("a type that the pages have no word for: {name}"),
    };
    match (&attribute["nested_type"]["nesting_mode"], &attribute["type"]) {
        (Value::String(mode), _) if mode == "single" => "Attributes".to_owned(),
        (Value::String(mode), _) => format!("Attributes {}", capitalised(mode)),
        (_, Value::Array(parts)) => match parts.as_slice() {
            [Value::String(outer), inner] => format!("{} of {}", capitalised(outer), simple(inner)),
            _ => panic!("a type that the pages have no word for: {parts:?}"),
        },
        (_, name) => simple(name).to_owned(),
    }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// Every kind of failure with its cure, and that of a delete where it is another.
fn failures() -> String {
    let mut refusals: Vec<Kind> = Vec::new();
    for known in endpoints::REFUSALS {
        let kind = Kind::Refused(known.means);
        if !refusals.contains(&kind) {
            refusals.push(kind);
        }
    }
    let sections = Kind::all().chain(refusals).map(|kind| {
        let [usual, delete] =
            [Action::Update, Action::Delete].map(|action| advice(&kind, runpod::Api::GraphQl, action));
        let delete = if delete == usual {
            String::new()
        } else {
            format!("\nWhen deleting: {delete}\n")
        };
        format!("### … {}\n\n{usual}\n{delete}", headline(&kind))
    });
    sections.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// The GPU pools that the provider knows, as rows of a table.
fn pools() -> String {
    let rows = POOLS
        .iter()
        .map(|(pool, types)| format!("| `{pool}` | {} |", types.join(", ")));
    rows.collect::<Vec<_>>().join("\n")
}
