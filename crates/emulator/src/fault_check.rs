//! Whether a fault can ever strike, and its effects can happen: one that cannot is a mistake of who wrote it.

use axum::http::{HeaderName, HeaderValue};

use crate::{
    faults::{effect::Effect, fault::Fault, root::Root},
    graphql::Engine,
    jobs,
    rest::routes,
};

/// Says what is wrong with a fault.
pub(crate) fn check(graphql: &Engine, fault: &Fault) -> Result<(), String> {
    if fault.nth == 0 {
        return Err("nth counts from 1, so no request is number 0".into());
    }
    if fault.times == Some(0) {
        return Err("a fault of 0 times never strikes; null is always".into());
    }
    let path = fault.on.path();
    let (is_known, is_rest) = match fault.on.operation() {
        Some(_) => (names_operation(&fault.on), true),
        None => (fault.on == Root::Any || graphql.has_field(path), false),
    };
    if !is_known {
        return Err(format!(
            "\"{path}\" is no field of GraphQL, such as saveEndpoint or myself.endpoints, and no operation, such as \
             POST /v2/serverless, PATCH /v2/serverless/{{id}} or * /v2/*"
        ));
    }
    fault
        .then
        .iter()
        .try_for_each(|effect| effect_check(effect, is_rest, path))
}

fn names_operation(root: &Root) -> bool {
    let mut known = routes::operations().chain(jobs::OPERATIONS.map(str::to_owned));
    known.any(|operation| root.means(&operation))
}

fn effect_check(effect: &Effect, is_rest: bool, path: &str) -> Result<(), String> {
    match effect {
        Effect::Http { status, headers, .. } => {
            if !(200..=599).contains(status) {
                return Err(format!(
                    "{status} is no status of an answer; it must be between 200 and 599"
                ));
            }
            for (name, value) in headers {
                if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                    return Err(format!("\"{name}: {value}\" is no HTTP header"));
                }
            }
            Ok(())
        }
        Effect::GraphqlError { .. } | Effect::DataNull { .. } | Effect::Partial { .. } if is_rest => {
            Err(format!(
                "{path} is answered with problem bodies; graphqlError, dataNull and partial are for GraphQL"
            ))
        }
        _ => Ok(()),
    }
}
