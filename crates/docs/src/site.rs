//! All pages: made, compared with those that are stored, written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
};

use crate::{
    schema::{Kind, Schema},
    template::{Page, Parts, page},
};

/// The folders that the registries know; pages outside of them, but for the index, are not shown.
const FOLDERS: [&str; 6] = [
    "actions",
    "data-sources",
    "functions",
    "guides",
    "list-resources",
    "resources",
];

/// What the pages are made of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The directory of the templates, laid out as that of the pages.
    pub templates: &'a Path,
    /// The directory that `{{ example PATH }}` looks in.
    pub examples: &'a Path,
    /// What the provider serves.
    pub schema: &'a Schema,
    /// Markdown that is taken from elsewhere, by the name of its directive.
    pub tables: &'a BTreeMap<String, String>,
}

/// The pages, by their paths.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What is written.
    pub pages: BTreeMap<PathBuf, String>,
    /// The templates that are left out, each with what the schema lacks for it.
    pub waiting: BTreeMap<PathBuf, Vec<String>>,
    /// What is wrong with the site as a whole, in sentences: something of the schema that no page shows, a link to no
    /// page, a folder that no registry knows.
    pub faults: Vec<String>,
}

/// Why there are no pages.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A template has a mistake.
    #[error("{template}, line {line}: {problem}")]
    Template {
        /// Which, below the directory of the templates.
        template: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

impl Site {
    /// Makes every page.
    ///
    /// # Errors
    /// At the first template that cannot be read or has a mistake.
    pub fn make(source: Source<'_>) -> Result<Self, Error> {
        let parts = Parts {
            examples: source.examples,
            schema: source.schema,
            tables: source.tables,
        };
        let mut site = Self::default();
        let mut shown = BTreeSet::new();
        for template in files(source.templates)? {
            let text = read(&source.templates.join(&template))?;
            match page(&text, parts) {
                Ok(Page::Made { text, shows }) => {
                    shown.extend(shows);
                    site.pages.insert(template, text);
                }
                Ok(Page::Waits(lacks)) => {
                    site.waiting.insert(template, lacks);
                }
                Err((line, problem)) => {
                    return Err(Error::Template {
                        template,
                        line,
                        problem,
                    });
                }
            }
        }
        site.faults.extend(not_shown(source.schema, &shown));
        site.faults
            .extend(site.pages.keys().filter_map(|path| misplaced(path)));
        let links = site
            .pages
            .iter()
            .flat_map(|(path, text)| site.dead_links(path, text));
        site.faults.extend(links.collect::<Vec<_>>());
        Ok(site)
    }

    /// How the pages stored in a directory differ, in sentences; empty if they do not.
    ///
    /// # Errors
    /// If the directory or a page cannot be read.
    pub fn differences(&self, directory: &Path) -> Result<Vec<String>, Error> {
        let stored: BTreeSet<_> = files(directory)?.into_iter().collect();
        let mut differences = Vec::new();
        for (path, text) in &self.pages {
            if !stored.contains(path) {
                differences.push(format!("{} is missing", path.display()));
            } else if read(&directory.join(path))? != *text {
                differences.push(format!("{} is stale", path.display()));
            }
        }
        let left_over = stored.iter().filter(|path| !self.pages.contains_key(*path));
        differences
            .extend(left_over.map(|path| format!("{} has no template that is in use", path.display())));
        Ok(differences)
    }

    /// Writes the pages into a directory, and removes the others that are there.
    ///
    /// # Errors
    /// If a file cannot be written or removed.
    pub fn write(&self, directory: &Path) -> Result<(), Error> {
        fs::create_dir_all(directory).map_err(|source| at(directory, source))?;
        for stale in files(directory)?
            .iter()
            .filter(|path| !self.pages.contains_key(*path))
        {
            let stale = directory.join(stale);
            fs::remove_file(&stale).map_err(|source| at(&stale, source))?;
        }
        for (path, text) in &self.pages {
            let path = directory.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
            }
            fs::write(&path, text).map_err(|source| at(&path, source))?;
        }
        Ok(())
    }

    /// The links of a page to other pages that there are not, nor will be once the schema has what they wait for.
    fn dead_links(&self, path: &Path, text: &str) -> Vec<String> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_there = |target: &str| {
            let page = resolved(&folder.join(target));
            self.pages.contains_key(&page) || self.waiting.contains_key(&page)
        };
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#', ' ']).next());
        targets
            .filter(|target| target.ends_with(".md") && !target.contains("://") && !is_there(target))
            .map(|target| format!("{} links to {target}, which is no page", path.display()))
            .collect()
    }
}

fn at(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| at(path, source))
}

/// The files below a directory, by their paths in it, sorted.
fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(|source| at(directory, source))? {
        let entry = entry.map_err(|source| at(directory, source))?;
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_dir() {
            found.extend(files(&entry.path())?.into_iter().map(|file| name.join(file)));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// What the schema has and no page shows.
fn not_shown(schema: &Schema, shown: &BTreeSet<(Kind, String)>) -> Vec<String> {
    let all = Kind::ALL.into_iter().flat_map(|kind| {
        schema
            .names(kind)
            .into_iter()
            .map(move |name| (kind, name.to_owned()))
    });
    all.filter(|of| !shown.contains(of))
        .map(|(kind, name)| match kind {
            Kind::Identity => format!("no page has {{{{ identity {name} }}}}"),
            _ => format!("no page has {{{{ schema {} {name} }}}}", kind.word()),
        })
        .collect()
}

fn misplaced(path: &Path) -> Option<String> {
    let folder = path.parent()?.to_str()?;
    let known = FOLDERS.contains(&folder) || path == Path::new("index.md");
    (!known).then(|| format!("{} is in no folder that the registries show", path.display()))
}

/// A path without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn site(templates: &[(&str, &str)]) -> Result<Site, Box<dyn std::error::Error>> {
        let directory = tempfile::tempdir()?;
        for (path, text) in templates {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().ok_or("no folder")?)?;
            fs::write(path, text)?;
        }
        let printed = json!({ "provider_schemas": { "toy": {
            "resource_schemas": { "toy_box": { "block": { "attributes": {} } } },
            "resource_identity_schemas": { "toy_box": { "attributes": {} } },
        } } });
        let schema = Schema::of_the_only_provider(&printed).ok_or("no schema")?;
        let source = Source {
            templates: directory.path(),
            examples: directory.path(),
            schema: &schema,
            tables: &BTreeMap::new(),
        };
        Ok(Site::make(source)?)
    }

    const BOX: (&str, &str) = (
        "resources/box.md",
        "{{ schema resource toy_box }}\n{{ identity toy_box }}\n",
    );

    #[test]
    fn what_no_page_shows_is_a_fault() -> Outcome {
        assert_eq!(site(&[BOX])?.faults, Vec::<String>::new());
        let faults = site(&[("resources/box.md", "nothing\n")])?.faults;
        assert_eq!(
            faults,
            [
                "no page has {{ schema resource toy_box }}",
                "no page has {{ identity toy_box }}"
            ]
        );
        Ok(())
    }

    #[test]
    fn links_lead_to_pages_that_are_made_or_wait() -> Outcome {
        let guide = (
            "guides/a.md",
            "[box](../resources/box.md#id), [out](https://x.org/y.md), [b](b.md), [c](c.md)\n",
        );
        let waits = ("guides/b.md", "{{ schema resource toy_ball }}\n");
        let made = site(&[BOX, guide, waits])?;
        assert_eq!(made.faults, ["guides/a.md links to c.md, which is no page"]);
        assert_eq!(
            made.waiting.get(Path::new("guides/b.md")),
            Some(&vec!["resource toy_ball".to_owned()])
        );
        Ok(())
    }

    #[test]
    fn a_folder_that_no_registry_knows_is_a_fault() -> Outcome {
        let faults = site(&[BOX, ("index.md", "x\n"), ("lists/a.md", "x\n")])?.faults;
        assert_eq!(faults, ["lists/a.md is in no folder that the registries show"]);
        Ok(())
    }

    #[test]
    fn what_was_written_differs_no_more_and_other_pages_are_gone() -> Outcome {
        let made = site(&[BOX, ("index.md", "x\n")])?;
        let docs = tempfile::tempdir()?;
        fs::write(docs.path().join("old.md"), "")?;
        fs::write(docs.path().join("index.md"), "y\n")?;
        let differences = [
            "index.md is stale",
            "resources/box.md is missing",
            "old.md has no template that is in use",
        ];
        assert_eq!(made.differences(docs.path())?, differences);
        made.write(docs.path())?;
        assert_eq!(made.differences(docs.path())?, Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn a_mistake_names_the_template_and_the_line() -> Outcome {
        let error = site(&[("index.md", "x\n{{ end }}\n")])
            .err()
            .map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("index.md, line 2: an `end` without a `when`")
        );
        Ok(())
    }
}
