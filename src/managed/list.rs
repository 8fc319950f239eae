//! `terraform query`: the objects of the account as list results, and configurations of them as a person would write
//! them.

use async_trait::async_trait;
use plugin::{GenerateConfig, ListResource, ListResults};
use runpod::{Call, collection::Object};
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute as SchemaAttribute, AttributeConstraint, AttributeType, Schema},
    value::Value,
};

use super::{
    attribute::{block, computed, invalid},
    diagnostic::{diagnostic, explain},
    noun::Noun,
    private::PrivateState,
    reconcile,
    resource::ManagedResource,
    spelling::{composed, is_of_platform},
    timeouts::READ_LIMIT,
    value::{Attributes, Datum, text},
};

/// A filter that lists take as an optional string.
pub fn filter(description: &str) -> SchemaAttribute {
    SchemaAttribute {
        constraint: AttributeConstraint::Optional,
        ..computed(AttributeType::String, description)
    }
}

#[async_trait]
impl<N: Noun> ListResource for ManagedResource<N> {
    type ListConfig<'a> = Attributes;

    fn list_schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let name_prefix = filter(&format!("Only {} whose names begin so.", N::NOUNS));
        let mut attributes = std::collections::HashMap::from([("name_prefix".to_owned(), name_prefix)]);
        for (name, filter) in N::filters() {
            attributes.insert(name.to_owned(), filter);
        }
        Some(block(
            &format!(
                "The {} of the account, oldest first where Runpod tells.",
                N::NOUNS
            ),
            attributes,
        ))
    }

    async fn validate_list<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        for (name, value) in &config.0 {
            if let Value::Value(Datum::Text(empty)) = value
                && empty.is_empty()
            {
                let problem = "it must not be empty; for no filter, leave it out or set it to null";
                invalid(diags, AttributePath::new(name.clone()), name, problem, "\"\"");
            }
        }
        N::check_filters(diags, &config);
        diags.errors.is_empty().then_some(())
    }

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        results: &mut ListResults,
    ) -> Option<()> {
        let client = self.connection().client(diags)?;
        N::plan_filters(diags, &client, &config);
        if !diags.errors.is_empty() {
            return None;
        }
        let call = Call::within(READ_LIMIT, self.connection().stop().token());
        let (objects, is_capped) = match N::importable(&client, &call).await {
            Ok(listed) => listed,
            Err(failure) => {
                let subject = format!("list of {}", N::NOUNS);
                diags.errors.push(explain::<N>(&failure, &subject));
                return None;
            }
        };
        if is_capped {
            let detail = format!(
                "Runpod listed {} {}, the oldest, and lists no more: the account may have others.",
                objects.len(),
                N::NOUNS
            );
            let summary = format!("The list of {} may be cut", N::NOUNS);
            let warning = diagnostic(AttributePath::root(), summary, detail);
            results.warn(warning).await.ok()?;
        }
        let prefix = config.text("name_prefix").map(composed).unwrap_or_default();
        for object in &objects {
            let mut known = Attributes::default();
            known.set("id", text(Some(object.id())));
            known.set("timeouts", Value::Null);
            let (state, _) = reconcile::refresh::<N>(&known, &PrivateState::default().echo, object);
            if composed(object.name()).starts_with(&*prefix) && N::passes(&config, &state) {
                results.push(object.name(), &state).await.ok()?;
            }
        }
        Some(())
    }
}

impl<N: Noun> GenerateConfig for ManagedResource<N> {
    /// Leaves out what is Runpod's own default, what Runpod itself put into an environment, the second of two attributes
    /// that exclude each other, and `timeouts`.
    fn generate_config(&self, _: &mut Diagnostics, state: &mut Attributes) {
        for row in N::table().iter().filter(|row| row.is_of_resource()) {
            let is_usual = row.usual.is_some_and(|usual| {
                let usual = Value::Value(usual());
                state.get(row.name) == &usual || row.same(state.get(row.name), &usual)
            });
            if is_usual {
                state.set(row.name, Value::Null);
            }
        }
        if let Value::Value(Datum::Object(variables)) = state.get("env").clone() {
            let own = variables.0.into_iter().filter(|(key, _)| !is_of_platform(key));
            let own = Attributes(own.collect());
            let own = if own.0.is_empty() {
                Value::Null
            } else {
                Value::Value(Datum::Object(own))
            };
            state.set("env", own);
        }
        state.set("timeouts", Value::Null);
        N::generate(state);
    }
}
