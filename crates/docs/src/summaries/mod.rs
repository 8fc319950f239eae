//! The errors and warnings that a provider can give, found in its source.
//!
//! A diagnostic begins where a `Diagnostic { summary: … }` is built or a constructor of tf-provider is called. A function
//! that hands one of its parameters on as a summary is itself such a place, and so on, until there are no more; so helpers
//! may have any names and lie in any file. A summary is a literal, a `format!` (whose placeholders become `…`), a constant,
//! a local variable, a choice between these, or what a function of the same crate gives.

mod source;
mod values;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use syn::{Expr, visit::Visit};

use self::{
    source::{Name, Reading, Scope, Value},
    values::Said,
};

/// What is put for each placeholder of a format string.
pub const PLACEHOLDER: &str = "…";

/// The summaries of a crate's diagnostics.
#[derive(Clone, Debug, Default)]
pub struct Summaries {
    /// Each summary, with the places that give it, as `path:line`.
    pub known: BTreeMap<String, BTreeSet<String>>,
    /// The places whose summary cannot be read off the source.
    pub unread: BTreeSet<String>,
}

/// Why the source could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// A file is no Rust.
    #[error("{0}: {1}")]
    Syntax(PathBuf, syn::Error),
}

impl Summaries {
    /// Those of the crate whose source is in a directory. Tests (`#[cfg(test)]`, files named `tests.rs`, `…_tests.rs` or
    /// below `tests/`) are passed over.
    ///
    /// # Errors
    /// If a file cannot be read or parsed.
    pub fn of_crate(source: &Path) -> Result<Self, Error> {
        let mut reading = Reading::default();
        for path in rust_files(source)? {
            let text = fs::read_to_string(&path).map_err(|error| Error::File(path.clone(), error))?;
            let file = syn::parse_file(&text).map_err(|error| Error::Syntax(path.clone(), error))?;
            let name = path
                .strip_prefix(source.parent().unwrap_or(source))
                .unwrap_or(&path);
            reading.file = name.display().to_string();
            reading.visit_file(&file);
        }
        Ok(reading.finish())
    }
}

fn rust_files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |error| Error::File(directory.to_owned(), error);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.is_dir() && name != "tests" {
            found.extend(rust_files(&path)?);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// tf-provider's own constructors, by name and number of arguments, with the place of the summary among them.
const CONSTRUCTORS: [(&str, usize, usize); 11] = [
    ("root_error", 2, 0),
    ("root_warning", 2, 0),
    ("error", 3, 0),
    ("warning", 3, 0),
    ("error_short", 2, 0),
    ("warning_short", 2, 0),
    ("root_error_short", 1, 0),
    ("root_warning_short", 1, 0),
    ("root", 2, 0),
    ("short", 2, 0),
    ("root_short", 1, 0),
];

impl Reading {
    fn finish(self) -> Summaries {
        let constructors: BTreeMap<Name, usize> = CONSTRUCTORS
            .iter()
            .map(|(name, arity, at)| (((*name).to_owned(), *arity), *at))
            .collect();
        let mut takes: BTreeMap<Name, BTreeSet<usize>> = BTreeMap::new();
        loop {
            let mut found = Summaries::default();
            let mut handed_on = BTreeSet::new();
            for (summary, scopes, place) in &self.built {
                self.note(summary, scopes, place, &mut found, &mut handed_on);
            }
            for call in &self.calls {
                // A helper of the crate may bear a constructor's name: `error(diags, …)` is none of tf-provider's.
                let constructor = constructors.get(&call.name).filter(|_| !call.is_plain);
                for at in takes.get(&call.name).into_iter().flatten().chain(constructor) {
                    if let Some(summary) = call.arguments.get(*at) {
                        self.note(summary, &call.scopes, &call.place, &mut found, &mut handed_on);
                    }
                }
            }
            let before: usize = takes.values().map(BTreeSet::len).sum();
            for (name, at) in handed_on {
                takes.entry(name).or_default().insert(at);
            }
            if takes.values().map(BTreeSet::len).sum::<usize>() == before {
                return found;
            }
        }
    }

    /// Notes what an expression says as a summary, or whose parameter it is.
    fn note(
        &self,
        summary: &Expr,
        scopes: &[Scope],
        place: &str,
        found: &mut Summaries,
        handed_on: &mut BTreeSet<(Name, usize)>,
    ) {
        let value = Value {
            of: summary.clone(),
            part: None,
        };
        for said in self.said(&value, scopes, 0) {
            match said {
                Said::Text(text) => {
                    found.known.entry(text).or_default().insert(place.to_owned());
                }
                Said::Parameter(name, at) => {
                    handed_on.insert((name, at));
                }
                Said::Elsewhere => {}
                Said::Unread => {
                    found.unread.insert(place.to_owned());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> (Vec<String>, usize) {
        let mut reading = Reading {
            file: "x.rs".to_owned(),
            ..Reading::default()
        };
        match syn::parse_file(source) {
            Ok(file) => reading.visit_file(&file),
            Err(error) => return (vec![error.to_string()], 0),
        }
        let summaries = reading.finish();
        (summaries.known.into_keys().collect(), summaries.unread.len())
    }

    const HELPERS: &str = "
        pub fn diagnostic(path: Path, summary: impl Into<Text>, detail: &str) -> Diagnostic {
            Diagnostic { summary: summary.into(), detail, attribute: path }
        }
        fn error(diags: &mut D, summary: &str) { diags.errors.push(diagnostic(root(), summary, \"\")); }
    ";

    #[test]
    fn summaries_are_followed_through_helpers_of_any_name() {
        let (known, unread) = found(&format!(
            "{HELPERS}
            fn refuse(diags: &mut D, what: &str) {{ error(diags, &format!(\"No {{what}} {{{{x}}}} {{:?}}\", 1)); }}
            fn tell(diags: &mut D) {{
                let say = |text: &str| error(diags, text);
                say(\"By a closure\");
                refuse(diags, \"box\");
                diags.root_error(\"By the trait's own\", \"\");
                diags.add(Diagnostic {{ attribute: x, ..diagnostic(root(), \"With another path\", \"\") }});
            }}"
        ));
        assert_eq!(
            known,
            [
                "By a closure",
                "By the trait's own",
                "No … {x} …",
                "With another path"
            ]
        );
        assert_eq!(unread, 0);
    }

    #[test]
    fn choices_constants_and_what_functions_give_are_all_read() {
        let (known, unread) = found(&format!(
            "{HELPERS}
            const FIXED: &str = \"A constant\";
            fn word(kind: Kind) -> &'static str {{ match kind {{ Kind::A => \"Kind a\", Kind::B => \"Kind b\" }} }}
            fn tell(diags: &mut D, many: bool, kind: Kind) {{
                error(diags, FIXED);
                error(diags, word(kind));
                let summary = if many {{ \"Many\" }} else {{ \"One\" }};
                error(diags, summary);
                let (summary, detail) = match many {{ true => (\"Left\".to_owned(), 1), false => return }};
                error(diags, &summary);
            }}"
        ));
        assert_eq!(known, ["A constant", "Kind a", "Kind b", "Left", "Many", "One"]);
        assert_eq!(unread, 0);
    }

    #[test]
    fn a_helper_with_a_constructors_name_is_none() {
        let (known, unread) = found(&format!(
            "{HELPERS}
            fn error(diags: &mut D, summary: &str, detail: &str) {{ diags.add(diagnostic(root(), summary, detail)); }}
            fn check(diags: &mut D) {{ error(diags, \"Refused\", \"\"); }}
            fn try_out() {{ check(&mut Diagnostics::default()); }}"
        ));
        assert_eq!(known, ["Refused"]);
        assert_eq!(unread, 0);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_tests_are_passed_over() {
        let (known, unread) = found(&format!(
            "{HELPERS}
            fn tell(diags: &mut D, from: &Source) {{ error(diags, &from.text[3]); }}
            fn pass(diags: &mut D, from: Diagnostic) {{ error(diags, &from.summary); }}
            #[cfg(test)]
            mod tests {{ fn x(diags: &mut D) {{ error(diags, \"In a test\"); }} }}"
        ));
        assert_eq!(known, Vec::<String>::new());
        assert_eq!(unread, 1);
    }
}
