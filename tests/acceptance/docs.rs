//! The registry's pages are those that `make docs` would write, and *When it fails* has every error there is.

#[path = "../../tools/docs/tables.rs"]
mod tables;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use registry_docs::{
    Schema, Site, Source,
    summaries::{PLACEHOLDER, Summaries},
};

use crate::support::{Cli, World};

/// The section whose kinds of failure come from a table, and how a summary of one begins.
const FAILURES: &str = "Could not …";

fn root(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)
}

#[test]
fn the_pages_are_what_the_schema_and_the_examples_say() {
    let world = World::new(Cli::Newer);
    world.write("");
    let served = world.json(&["providers", "schema", "-json"]);
    let site = Site::make(Source {
        templates: &root("templates"),
        examples: &root("examples"),
        schema: &Schema::of_the_only_provider(&served).unwrap(),
        tables: &tables::tables(),
    })
    .unwrap();
    assert_eq!(site.faults, Vec::<String>::new());
    let differences = site.differences(&root("docs")).unwrap();
    assert_eq!(differences, Vec::<String>::new(), "run `make docs`");
}

#[test]
fn the_examples_are_valid_hcl_in_terraforms_own_format() {
    let world = World::new(Cli::Newer);
    let examples = root("examples");
    world
        .terraform(&[
            "fmt",
            "-check",
            "-diff",
            "-no-color",
            "-recursive",
            examples.to_str().unwrap(),
        ])
        .ok();
}

/// The headings of *When it fails* that stand for a summary: those of the third level outside of that section.
fn headings() -> BTreeSet<String> {
    let page = fs::read_to_string(root("docs/guides/when-it-fails.md")).unwrap();
    let sections = page
        .split("\n## ")
        .filter(|section| !section.starts_with(FAILURES));
    let headings = sections.flat_map(|section| section.lines().filter_map(|line| line.strip_prefix("### ")));
    headings
        .map(|heading| heading.trim_end_matches(" (a warning)").to_owned())
        .collect()
}

#[test]
fn when_it_fails_has_every_error_and_warning_and_no_other() {
    let mut known = BTreeSet::new();
    let mut missing = Vec::new();
    let headings = headings();
    for source in ["src", "crates/plugin/src"] {
        let summaries = Summaries::of_crate(&root(source)).unwrap();
        assert_eq!(
            summaries.unread,
            BTreeSet::new(),
            "summaries that cannot be read off {source}"
        );
        for (summary, places) in summaries.known {
            if summary.starts_with(FAILURES) {
                continue;
            }
            if !headings.contains(&summary) {
                missing.push(format!(
                    "### {summary}    ({})",
                    Vec::from_iter(places).join(", ")
                ));
            }
            known.insert(summary);
        }
    }
    assert!(
        known.len() > 20 && known.iter().any(|summary| summary.contains(PLACEHOLDER)),
        "{known:?}"
    );
    assert!(
        missing.is_empty(),
        "templates/guides/when-it-fails.md lacks a heading, with meaning and cure, for:\n{}",
        missing.join("\n")
    );
    let stale: Vec<_> = headings.difference(&known).collect();
    assert!(
        stale.is_empty(),
        "templates/guides/when-it-fails.md explains what no code says: {stale:?}"
    );
}
