//! What an expression can say, as far as the source tells.

use syn::{Block, Expr, Stmt};

use super::{
    PLACEHOLDER,
    source::{Name, Reading, Scope, Value, name_of_call},
};

impl Reading {
    /// What an expression can be.
    pub(super) fn said(&self, value: &Value, scopes: &[Scope], depth: usize) -> Vec<Said> {
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
pub(super) enum Said {
    Text(String),
    /// It is this parameter of the function around it.
    Parameter(Name, usize),
    /// It was said where the diagnostic came to be.
    Elsewhere,
    Unread,
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
