//! What only GraphQL tells of templates, and what REST v2's writes depend on: which endpoint a template's row belongs to
//! (V2 2.5, 3.3). Which endpoints are linked to a template, the list of endpoints over GraphQL tells.

use cynic::QueryBuilder;

use super::{
    GraphQl,
    operations::{TemplateBinding, TemplateBindingVariables},
};
use crate::{Action, Api, Call, Error, Operation};

const BINDING: Operation = Operation::new(
    Api::GraphQl,
    Action::Read,
    "podTemplate",
    "read which endpoint the template belongs to",
);

/// The row of a template, as far as it concerns endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The endpoint whose private copy this row is; none where it is a template by itself, which several may share.
    pub endpoint_id: Option<String>,
}

impl GraphQl {
    /// Whose row this template is; `None` where there is no such template.
    pub async fn template_binding(&self, call: &Call, id: &str) -> Result<Option<Binding>, Error> {
        let variables = TemplateBindingVariables { id: id.to_owned() };
        self.ask(BINDING, call, &TemplateBinding::build(variables), |answer| {
            let template = answer.whole()?.parse::<TemplateBinding>()?.pod_template;
            Ok(template.map(|template| Binding {
                endpoint_id: template.bound_endpoint_id.filter(|id| !id.is_empty()),
            }))
        })
        .await
    }
}
