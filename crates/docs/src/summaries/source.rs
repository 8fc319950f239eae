//! What is read off a crate's source: its calls, its literal diagnostics, and what names stand for where they are.

use std::collections::BTreeMap;

use syn::{
    Attribute, Block, Expr, FnArg, ImplItemFn, ItemConst, ItemFn, ItemMod, Local, Pat, Signature,
    spanned::Spanned,
    visit::{self, Visit},
};

/// A function or closure by its name and its number of arguments, which tell namesakes apart.
pub(super) type Name = (String, usize);

/// A function or closure around the code that is being read.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) name: Option<Name>,
    pub(super) parameters: Vec<String>,
    pub(super) locals: BTreeMap<String, Vec<Value>>,
}

/// What a local variable holds: an expression, or a part of it where a tuple is taken apart.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) of: Expr,
    pub(super) part: Option<usize>,
}

/// A call with the scopes that it stands in.
pub(super) struct Call {
    pub(super) name: Name,
    pub(super) arguments: Vec<Expr>,
    pub(super) scopes: Vec<Scope>,
    pub(super) place: String,
    /// Whether it is a plain `name(…)`, which can only be a function of the crate.
    pub(super) is_plain: bool,
}

#[derive(Default)]
pub(super) struct Reading {
    pub(super) file: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) calls: Vec<Call>,
    /// The summaries of diagnostics that are built literally.
    pub(super) built: Vec<(Expr, Vec<Scope>, String)>,
    pub(super) constants: BTreeMap<String, Expr>,
    pub(super) functions: BTreeMap<String, Vec<(Scope, Block)>>,
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
                is_plain: matches!(&*call.func, Expr::Path(path) if path.path.segments.len() == 1),
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
            is_plain: false,
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

pub(super) fn name_of_call(function: &Expr) -> Option<String> {
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
