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
    attribute::{Mode, block, computed, invalid},
    diagnostic::{diagnostic, explain},
    messages::{article, capitalised},
    noun::{Importable, Noun},
    private::PrivateState,
    reconcile,
    resource::ManagedResource,
    spelling::{composed, is_injected},
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
        let name_prefix = filter(&format!("Only {} whose names begin with this.", N::NOUNS));
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
                && empty.trim().is_empty()
            {
                let problem = "it must not be empty; for no filter, leave it out or set it to null";
                invalid(
                    diags,
                    AttributePath::new(name.clone()),
                    name,
                    problem,
                    &format!("{empty:?}"),
                );
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
        if N::NEEDS_REST && !self.connection().has_rest(diags, &capitalised(&article(N::NOUN))) {
            return None;
        }
        N::plan_filters(diags, &client, &config);
        if !diags.errors.is_empty() {
            return None;
        }
        let call = Call::within(READ_LIMIT, self.connection().stop().token());
        let Importable {
            objects,
            unread,
            is_capped,
        } = match N::importable(&client, &call, &config).await {
            Ok(listed) => listed,
            Err(failure) => {
                diags.errors.push(explain::<N>(&failure, &list_of::<N>()));
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
            warn(results, summary, detail).await?;
        }
        let prefix = config.text("name_prefix").map(composed).unwrap_or_default();
        let is_named = |object: &&N::Object| composed(object.name()).starts_with(&*prefix);
        // The last one waits until it is known whether there is another one.
        let mut next: Option<Listed> = None;
        for object in objects.iter().filter(is_named) {
            if let Some(listed) = listed::<N>(&config, object) {
                give::<N>(results, next.replace(listed)).await?;
            }
        }
        let calls = &*N::calls(&client, &Attributes::default());
        for object in unread.iter().filter(is_named) {
            if results.remaining() == 1 && next.is_some() {
                // Whether it passes the other filters is not worth a read.
                warn_of_limit::<N>(results).await?;
                break;
            }
            match calls.find(&call, object.id()).await {
                Ok(Some(object)) => {
                    if let Some(listed) = listed::<N>(&config, &object) {
                        give::<N>(results, next.replace(listed)).await?;
                    }
                }
                Ok(None) => {}
                Err(failure) => {
                    diags.errors.push(explain::<N>(&failure, &list_of::<N>()));
                    return None;
                }
            }
        }
        if let Some((name, state)) = next {
            results.push(name, &state).await.ok()?;
        }
        Some(())
    }
}

/// An object's name and state.
type Listed = (String, Attributes);

fn list_of<N: Noun>() -> String {
    format!("the list of {}", N::NOUNS)
}

async fn warn(results: &mut ListResults, summary: String, detail: String) -> Option<()> {
    let warning = diagnostic(AttributePath::root(), summary, detail);
    results.warn(warning).await.ok()
}

/// The object as a list shows it, if it passes the noun's filters.
fn listed<N: Noun>(filters: &Attributes, object: &N::Object) -> Option<Listed> {
    let mut known = Attributes::default();
    known.set("id", text(Some(object.id())));
    known.set("timeouts", Value::Null);
    let (state, _) = reconcile::refresh::<N>(&known, &PrivateState::default().echo, object);
    N::passes(filters, &state).then(|| (object.name().to_owned(), state))
}

/// Tells that the list ends before its end.
async fn warn_of_limit<N: Noun>(results: &mut ListResults) -> Option<()> {
    let detail = format!(
        "The list ends at its limit, and there may be more {} that match. Raise limit in the list block (Terraform's own \
         is 100) to see all of them.",
        N::NOUNS
    );
    let summary = format!("The list of {} is cut at its limit", N::NOUNS);
    warn(results, summary, detail).await
}

/// Gives an object to the list, behind which there is another one: where it is the last that is wanted, that is told.
async fn give<N: Noun>(results: &mut ListResults, listed: Option<Listed>) -> Option<()> {
    let Some((name, state)) = listed else {
        return Some(());
    };
    if results.remaining() == 1 {
        warn_of_limit::<N>(results).await?;
    }
    results.push(name, &state).await.ok()
}

impl<N: Noun> GenerateConfig for ManagedResource<N> {
    /// Leaves out what is Runpod's own default or beyond the provider's bounds, what Runpod itself put into an environment, the second of two attributes
    /// that exclude each other, and `timeouts`.
    fn generate_config(&self, _: &mut Diagnostics, state: &mut Attributes) {
        for row in N::table().iter().filter(|row| row.is_of_resource()) {
            let is_usual = row.usual.is_some_and(|usual| {
                let usual = Value::Value(usual());
                state.get(row.name) == &usual || row.same(state.get(row.name), &usual)
            });
            // What Runpod holds beyond the provider's bounds stays as it is where it is left out.
            let is_refused = row.mode == Mode::OptionalComputed && {
                let mut refused = Diagnostics::default();
                row.check(&mut refused, state);
                !refused.errors.is_empty()
            };
            if is_usual || is_refused {
                state.set(row.name, Value::Null);
            }
        }
        if let Value::Value(Datum::Object(variables)) = state.get("env").clone() {
            let own = variables.0.into_iter().filter(|(key, _)| !is_injected(key));
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
