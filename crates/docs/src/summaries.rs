//! The errors and warnings that a provider can give, found in its source.
//!
//! A diagnostic begins where a `Diagnostic { summary: … }` is built or a constructor of tf-provider is called. A function
//! that hands one of its parameters on as a summary is itself such a place, and so on, until there are no more; so helpers
//! may have any names and lie in any file. A summary is a literal, a `format!` (whose placeholders become `…`), a constant,
//! a local variable, a choice between these, or what a function of the same crate gives.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Block, Expr, FnArg, ImplItemFn, ItemConst, ItemFn, ItemMod, Local, Pat, Signature, Stmt,
    spanned::Spanned,
    visit::{self, Visit},
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

/// A function or closure by its name and its number of arguments, which tell namesakes apart.
type Name = (String, usize);

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

/// A function or closure around the code that is being read.
#[derive(Clone, Default)]
struct Scope {
    name: Option<Name>,
    parameters: Vec<String>,
    locals: BTreeMap<String, Vec<Value>>,
}

/// What a local variable holds: an expression, or a part of it where a tuple is taken apart.
#[derive(Clone)]
struct Value {
    of: Expr,
    part: Option<usize>,
}

/// A call with the scopes that it stands in.
struct Call {
    name: Name,
    arguments: Vec<Expr>,
    scopes: Vec<Scope>,
    place: String,
}

#[derive(Default)]
struct Reading {
    file: String,
    scopes: Vec<Scope>,
    calls: Vec<Call>,
    /// The summaries of diagnostics that are built literally.
    built: Vec<(Expr, Vec<Scope>, String)>,
    constants: BTreeMap<String, Expr>,
    functions: BTreeMap<String, Vec<(Scope, Block)>>,
}

impl Reading {
    fn place(&self, at: &impl Spanned) -> String {
        format!("{}:{}", self.file, at.span().start().line)
    }

    fn function(&mut self, signature: &Signature, body: &Block) {
        let parameters: Vec<_> = signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(typed) => Some(name_of(&typed.pat)),
                FnArg::Receiver(_) => None,
            })
            .collect();
        let name = signature.ident.to_string();
        let scope = Scope {
            name: Some((name.clone(), parameters.len())),
            parameters,
            locals: locals(body),
        };
        self.functions
            .entry(name)
            .or_default()
            .push((scope.clone(), body.clone()));
        self.scopes.push(scope);
        self.visit_block(body);
        self.scopes.pop();
    }

    fn closure(&mut self, name: Option<String>, closure: &syn::ExprClosure) {
        let parameters: Vec<_> = closure.inputs.iter().map(name_of).collect();
        let scope = Scope {
            name: name.map(|name| (name, parameters.len())),
            parameters,
            locals: match closure.body.as_ref() {
                Expr::Block(block) => locals(&block.block),
                _ => BTreeMap::new(),
            },
        };
        self.scopes.push(scope);
        self.visit_expr(&closure.body);
        self.scopes.pop();
    }

    fn finish(self) -> Summaries {
        let mut takes: BTreeMap<Name, BTreeSet<usize>> = CONSTRUCTORS
            .iter()
            .map(|(name, arity, at)| (((*name).to_owned(), *arity), BTreeSet::from([*at])))
            .collect();
        loop {
            let mut found = Summaries::default();
            let mut handed_on = BTreeSet::new();
            for (summary, scopes, place) in &self.built {
                self.note(summary, scopes, place, &mut found, &mut handed_on);
            }
            for call in &self.calls {
                for at in takes.get(&call.name).into_iter().flatten() {
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

    /// What an expression can be.
    fn said(&self, value: &Value, scopes: &[Scope], depth: usize) -> Vec<Said> {
        if depth > 16 {
            return vec![Said::Unread];
        }
        let again = |of: &Expr| {
            self.said(
                &Value {
                    of: of.clone(),
                    part: value.part,
                },
                scopes,
                depth + 1,
            )
        };
        let tail = |block: &Block| match block.stmts.last() {
            Some(Stmt::Expr(last, None)) if !leaves(last) => again(last),
            // Such a branch gives nothing: it returns or goes on.
            _ => Vec::new(),
        };
        match &value.of {
            Expr::Tuple(tuple) => match value.part.and_then(|part| tuple.elems.iter().nth(part)) {
                Some(part) => self.said(
                    &Value {
                        of: part.clone(),
                        part: None,
                    },
                    scopes,
                    depth + 1,
                ),
                None => vec![Said::Unread],
            },
            Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => vec![Said::Text(text.value())],
                _ => vec![Said::Unread],
            },
            Expr::Macro(call) if call.mac.path.is_ident("format") => {
                let text = call.mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
                    let text: syn::LitStr = input.parse()?;
                    let _: proc_macro2::TokenStream = input.parse()?;
                    Ok(text)
                });
                vec![text.map_or(Said::Unread, |text| {
                    Said::Text(without_placeholders(&text.value()))
                })]
            }
            Expr::Reference(inner) => again(&inner.expr),
            Expr::Paren(inner) => again(&inner.expr),
            Expr::Group(inner) => again(&inner.expr),
            Expr::Block(block) => tail(&block.block),
            Expr::If(choice) => {
                let mut said = tail(&choice.then_branch);
                said.extend(choice.else_branch.iter().flat_map(|(_, other)| again(other)));
                said
            }
            Expr::Match(choice) => {
                let arms = choice.arms.iter().map(|arm| &*arm.body);
                arms.filter(|arm| !leaves(arm)).flat_map(again).collect()
            }
            Expr::MethodCall(call) if is_conversion(&call.method.to_string()) => again(&call.receiver),
            // A diagnostic's summary handed on: it was noted where it came to be.
            Expr::Field(field) if matches!(&field.member, syn::Member::Named(name) if name == "summary") => {
                vec![Said::Elsewhere]
            }
            Expr::Call(call) => match (name_of_call(&call.func), call.args.first()) {
                (Some(name), Some(of))
                    if ["from", "Borrowed", "Owned", "Some", "Ok"].contains(&name.as_str()) =>
                {
                    again(of)
                }
                (Some(name), _) => self.given(&name, value.part, depth),
                _ => vec![Said::Unread],
            },
            Expr::MethodCall(call) => self.given(&call.method.to_string(), value.part, depth),
            Expr::Path(path) => match path.path.segments.last() {
                Some(last) => self.named(&last.ident.to_string(), value.part, scopes, depth),
                None => vec![Said::Unread],
            },
            _ => vec![Said::Unread],
        }
    }

    /// What functions of that name give.
    fn given(&self, name: &str, part: Option<usize>, depth: usize) -> Vec<Said> {
        let Some(functions) = self.functions.get(name) else {
            return vec![Said::Unread];
        };
        let mut all = Vec::new();
        for (scope, body) in functions {
            let of = Expr::Block(syn::ExprBlock {
                attrs: Vec::new(),
                label: None,
                block: body.clone(),
            });
            let said = self.said(&Value { of, part }, std::slice::from_ref(scope), depth + 1);
            // A parameter of that function is not one of the caller's.
            all.extend(said.into_iter().map(|said| match said {
                Said::Parameter(..) => Said::Unread,
                said => said,
            }));
        }
        all
    }

    /// What a name stands for: a local variable, a parameter, a constant.
    fn named(&self, name: &str, part: Option<usize>, scopes: &[Scope], depth: usize) -> Vec<Said> {
        for (at, scope) in scopes.iter().enumerate().rev() {
            if let Some(values) = scope.locals.get(name) {
                let outer = scopes.get(..=at).unwrap_or(scopes);
                let values = values.iter().map(|value| match value.part {
                    None => Value {
                        of: value.of.clone(),
                        part,
                    },
                    Some(_) => value.clone(),
                });
                return values
                    .flat_map(|value| self.said(&value, outer, depth + 1))
                    .collect();
            }
            if let Some(place) = scope.parameters.iter().position(|parameter| parameter == name) {
                return match &scope.name {
                    Some(function) => vec![Said::Parameter(function.clone(), place)],
                    None => vec![Said::Unread],
                };
            }
        }
        match self.constants.get(name) {
            Some(of) => self.said(&Value { of: of.clone(), part }, &[], depth + 1),
            None => vec![Said::Unread],
        }
    }
}

/// What an expression says.
enum Said {
    Text(String),
    /// It is this parameter of the function around it.
    Parameter(Name, usize),
    /// It was said where the diagnostic came to be.
    Elsewhere,
    Unread,
}

impl<'ast> Visit<'ast> for Reading {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_const(&mut self, constant: &'ast ItemConst) {
        self.constants
            .insert(constant.ident.to_string(), (*constant.expr).clone());
        visit::visit_item_const(self, constant);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !is_test(&function.attrs) {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_test(&function.attrs) {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.function(&function.sig, body);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        match &local.init {
            Some(init) if matches!(*init.expr, Expr::Closure(_)) => {
                if let Expr::Closure(closure) = &*init.expr {
                    self.closure(Some(name_of(&local.pat)), closure);
                }
            }
            _ => visit::visit_local(self, local),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.closure(None, closure);
    }

    fn visit_expr_struct(&mut self, built: &'ast syn::ExprStruct) {
        let is_diagnostic = built
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Diagnostic");
        for field in &built.fields {
            if is_diagnostic && matches!(&field.member, syn::Member::Named(name) if name == "summary") {
                let place = self.place(&field.expr);
                self.built.push((field.expr.clone(), self.scopes.clone(), place));
            }
        }
        visit::visit_expr_struct(self, built);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Some(name) = name_of_call(&call.func) {
            self.calls.push(Call {
                name: (name, call.args.len()),
                arguments: call.args.iter().cloned().collect(),
                scopes: self.scopes.clone(),
                place: self.place(call),
            });
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.calls.push(Call {
            name: (call.method.to_string(), call.args.len()),
            arguments: call.args.iter().cloned().collect(),
            scopes: self.scopes.clone(),
            place: self.place(call),
        });
        visit::visit_expr_method_call(self, call);
    }
}

/// The variables of a block and of the blocks in it.
fn locals(body: &Block) -> BTreeMap<String, Vec<Value>> {
    struct Locals(BTreeMap<String, Vec<Value>>);
    impl<'ast> Visit<'ast> for Locals {
        fn visit_local(&mut self, local: &'ast Local) {
            if let Some(init) = &local.init {
                let mut holds = |pat: &Pat, part: Option<usize>| {
                    let value = Value {
                        of: (*init.expr).clone(),
                        part,
                    };
                    self.0.entry(name_of(pat)).or_default().push(value);
                };
                match &local.pat {
                    Pat::Tuple(tuple) => tuple
                        .elems
                        .iter()
                        .enumerate()
                        .for_each(|(at, pat)| holds(pat, Some(at))),
                    pat => holds(pat, None),
                }
            }
            visit::visit_local(self, local);
        }

        // A closure has its own.
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    }
    let mut locals = Locals(BTreeMap::new());
    locals.visit_block(body);
    locals.0
}

fn name_of(pat: &Pat) -> String {
    match pat {
        Pat::Ident(ident) => ident.ident.to_string(),
        Pat::Type(typed) => name_of(&typed.pat),
        _ => String::new(),
    }
}

fn name_of_call(function: &Expr) -> Option<String> {
    match function {
        Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Path>()
                    .is_ok_and(|path| path.is_ident("test"))
    })
}

/// Whether an expression is left without a value.
fn leaves(expression: &Expr) -> bool {
    matches!(expression, Expr::Return(_) | Expr::Continue(_) | Expr::Break(_))
}

fn is_conversion(method: &str) -> bool {
    [
        "into",
        "to_owned",
        "to_string",
        "clone",
        "as_str",
        "into_owned",
        "as_ref",
        "unwrap_or_default",
    ]
    .contains(&method)
}

/// A format string with `…` for each placeholder.
fn without_placeholders(format: &str) -> String {
    let mut text = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '{' | '}' if letters.peek() == Some(&letter) => {
                letters.next();
                text.push(letter);
            }
            '{' => {
                letters.by_ref().find(|letter| *letter == '}');
                text.push_str(PLACEHOLDER);
            }
            letter => text.push(letter),
        }
    }
    text
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
