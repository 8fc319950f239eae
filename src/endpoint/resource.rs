//! `runpod_endpoint`, the resource: plan, create, read, update, delete, import.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::{
    AttributePath, Diagnostics, Resource,
    schema::Schema,
    value::{Value, ValueEmpty},
};

use super::{
    messages::{self, cannot_be_adopted, capitalised, listed, subject, warn_of, warn_of_drift},
    model::{self, Change, Echo},
    rules::{self, Workers},
    schema::{self, ATTRIBUTES},
    timeouts,
};
use crate::{
    attribute::Mode,
    diagnostic::{error, explain},
    managed::creation::{not_created, warn},
    provider::{Client, Connection},
    value::{Attributes, text},
};
use plugin::checkpoint;
use runpod::{
    Call, Endpoint, Error, Lookup,
    creation::{How, Warning},
    deletion,
    endpoint_collection::Endpoints,
    presence,
};

/// What the resource keeps beside its state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    #[serde(default)]
    echo: Echo,
    /// What was applied last; none after an import.
    #[serde(default)]
    applied: Option<Workers>,
}

impl Memory {
    fn of_apply(echo: Echo, state: &Attributes) -> Self {
        Self {
            echo,
            applied: Some(Workers::of(state)),
        }
    }

    /// The memory with another echo.
    fn hearing(&self, echo: Echo) -> Self {
        Self {
            echo,
            applied: self.applied,
        }
    }
}

/// The resource `runpod_endpoint`.
pub struct EndpointResource {
    connection: Connection,
}

type Kept = (Attributes, Option<Memory>);

impl EndpointResource {
    /// The resource on a connection.
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn call(&self, attributes: &Attributes, operation: &str) -> Call {
        Call::within(
            timeouts::limit(attributes, operation),
            self.connection.stop().token(),
        )
    }

    fn read_call(&self) -> Call {
        Call::within(timeouts::READ_LIMIT, self.connection.stop().token())
    }
}

#[async_trait]
impl Resource for EndpointResource {
    type State<'a> = Attributes;
    type PrivateState<'a> = Option<Memory>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema::resource())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        for row in &ATTRIBUTES {
            row.check(diags, &config);
        }
        rules::together(diags, &config);
        timeouts::check(diags, &config);
        diags.errors.is_empty().then_some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: Attributes,
        private: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let client = self.connection.client(diags)?;
        let call = self.read_call();
        let id = messages::id(diags, &state)?;
        client.creator.seen(id);
        match presence::find(client.api.as_ref(), &call, id).await {
            Ok(Some(endpoint)) => {
                let memory = private.unwrap_or_default();
                let (state, echo) = model::refresh(&state, &memory.echo, &endpoint);
                Some((state, Some(memory.hearing(echo))))
            }
            Ok(None) => None,
            Err(failure) => {
                diags.errors.push(explain(&failure, &subject(&state)));
                None
            }
        }
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: Attributes,
        config: Attributes,
        _: ValueEmpty,
    ) -> Option<Kept> {
        proposed.set("id", Value::Unknown);
        let is_cpu = proposed.get("instance_ids").is_value();
        for row in ATTRIBUTES.iter().filter(|row| row.mode == Mode::OptionalComputed) {
            if proposed.get(row.name).is_null() && !(is_cpu && row.name == "gpu_count") {
                proposed.set(row.name, Value::Unknown);
            }
        }
        rules::workers_by_default(diags, &config);
        diags.errors.is_empty().then_some((proposed, None))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        proposed: Attributes,
        config: Attributes,
        private: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<(Attributes, Option<Memory>, Vec<AttributePath>)> {
        let applied = private.as_ref().and_then(|memory| memory.applied);
        rules::workers_changed(diags, &config, applied.unwrap_or(Workers::of(&prior)), &proposed);
        let replacing = model::replacing(&prior, &proposed).into_iter();
        let replacing = replacing.map(AttributePath::new).collect();
        diags.errors.is_empty().then_some((proposed, private, replacing))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: Attributes,
        private: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<Option<Memory>> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: Attributes,
        _: Attributes,
        _: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let client = self.connection.client(diags)?;
        let call = self.call(&planned, "create");
        let endpoints = Endpoints(client.api.clone());
        let input = model::to_create(&planned);
        let created = match client
            .creator
            .create(&endpoints, &call, &input.name, &input)
            .await
        {
            Ok(created) => created,
            Err(failure) => {
                not_created(diags, &subject(&planned), failure);
                return None;
            }
        };
        let (state, echo, deviations) = model::settle(&planned, &created.object);
        if created.how == How::FromAnEarlierRun {
            let adopted = self.adopt(diags, &client, &call, &created.object, &state, &created.warnings);
            return Some(adopted.await);
        }
        for warning in &created.warnings {
            warn(diags, warning);
        }
        warn_of(diags, deviations.iter());
        let memory = Some(Memory::of_apply(echo, &state));
        checkpoint::save(&state, &memory);
        Some((state, memory))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        planned: Attributes,
        _: Attributes,
        private: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let is_saved = ATTRIBUTES
            .iter()
            .any(|row| prior.get(row.name) != planned.get(row.name));
        if !is_saved {
            return Some((planned, private));
        }
        let client = self.connection.client(diags)?;
        client.creator.seen(messages::id(diags, &prior)?);
        let call = self.call(&planned, "update");
        let memory = private.unwrap_or_default();
        let updated = self.bring(diags, &client, &call, &prior, &planned, &memory).await;
        Some(updated.unwrap_or((prior, Some(memory))))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        _: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<()> {
        let client = self.connection.client(diags)?;
        let call = self.call(&prior, "delete");
        let id = messages::id(diags, &prior)?;
        client.creator.seen(id);
        match deletion::delete(client.api.as_ref(), &call, id).await {
            Ok(()) => Some(()),
            Err(failure) => {
                diags.errors.push(explain(&failure, &subject(&prior)));
                None
            }
        }
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, id: String) -> Option<Kept> {
        let client = self.connection.client(diags)?;
        let call = self.read_call();
        let id = id.trim();
        let mut wanted = Attributes::default();
        wanted.set("id", text(Some(id)));
        let found = match presence::find(client.api.as_ref(), &call, id).await {
            Ok(found) => found,
            Err(failure) => {
                diags.errors.push(explain(&failure, &subject(&wanted)));
                return None;
            }
        };
        let Some(endpoint) = found else {
            let known = client
                .api
                .account(&call)
                .await
                .map(|account| listed(&account))
                .unwrap_or_default();
            let detail = format!("Runpod has no endpoint with the id {id:?} in this account. {known}");
            error(diags, "There is no such endpoint to import", detail);
            return None;
        };
        client.creator.seen(id);
        wanted.set("timeouts", Value::Null);
        let (state, echo) = model::refresh(&wanted, &Echo::default(), &endpoint);
        Some((state, Some(Memory::default().hearing(echo))))
    }
}

impl EndpointResource {
    /// Takes over the endpoint of an interrupted run, which may have asked for something else than `planned`. Answers
    /// what the state is then.
    async fn adopt(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        endpoint: &Endpoint,
        planned: &Attributes,
        warnings: &[Warning],
    ) -> Kept {
        let (prior, echo) = model::refresh(planned, &Echo::default(), endpoint);
        let found = (prior, Some(Memory::default().hearing(echo)));
        checkpoint::save(&found.0, &found.1);
        let fixed = model::replacing(&found.0, planned);
        if !fixed.is_empty() {
            cannot_be_adopted(diags, &found.0, &fixed);
            return found;
        }
        for warning in warnings {
            warn(diags, warning);
        }
        let brought = self
            .bring(diags, client, call, &found.0, planned, &Memory::default())
            .await;
        brought.unwrap_or(found)
    }

    /// Brings the endpoint from `prior` to `planned`. Answers what the state is then, also when it failed half-way;
    /// nothing where nothing was done.
    async fn bring(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        prior: &Attributes,
        planned: &Attributes,
        memory: &Memory,
    ) -> Option<Kept> {
        let id = messages::id(diags, prior)?;
        let fresh = match presence::look_up(client.api.as_ref(), call, id).await {
            Ok(Some(fresh)) => fresh,
            Ok(None) => {
                let detail = format!(
                    "{} no longer exists: it was deleted outside Terraform after the plan was made. Run terraform \
                     plan again; it will propose to create the endpoint anew.",
                    capitalised(&subject(prior))
                );
                error(diags, "The endpoint is gone", detail);
                return None;
            }
            Err(failure) => {
                diags.errors.push(explain(&failure, &subject(prior)));
                return None;
            }
        };
        let Change {
            save,
            template,
            drifted,
        } = model::to_update(prior, planned, &memory.echo, &fresh);
        warn_of_drift(diags, &drifted);
        let mut now = fresh.endpoint.clone();
        let outcome = async {
            if let Some(template) = template {
                client.api.switch_template(call, id, &template).await?;
                now.template_id = Some(template);
            }
            if let Some(input) = save {
                now = client.api.update(call, &input).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(failure) = outcome.await {
            diags.errors.push(explain(&failure, &subject(prior)));
            return Some(self.after_failure(client, prior, memory, &failure, now).await);
        }
        let unshown: Vec<&str> = drifted.iter().map(|deviation| deviation.name).collect();
        let (state, echo, deviations) = model::settle(planned, &now);
        warn_of(
            diags,
            deviations
                .iter()
                .filter(|deviation| !unshown.contains(&deviation.name)),
        );
        let memory = Memory::of_apply(echo, &state);
        Some((state, Some(memory)))
    }

    /// What the state is after a failed update: what the API holds, or what is known of it.
    async fn after_failure(
        &self,
        client: &Client,
        prior: &Attributes,
        memory: &Memory,
        failure: &Error,
        known: Endpoint,
    ) -> Kept {
        let mut now = known;
        if failure.is_ambiguous()
            && let Ok(Lookup::Found(saved)) = client.api.find(&Call::last_look(), now.id()).await
        {
            now = saved.endpoint;
        }
        let (state, echo) = model::refresh(prior, &memory.echo, &now);
        (state, Some(memory.hearing(echo)))
    }
}
