//! The one resource: plan, create, read, update, delete and import of any noun.

use std::marker::PhantomData;

use async_trait::async_trait;
use plugin::checkpoint;
use runpod::{
    Call, Deletion, Error, Kind,
    collection::Object,
    creation::{Failure, How},
};
use tf_provider::{
    AttributePath, Diagnostics, Resource,
    schema::{AttributeConstraint, AttributeType, Schema},
    value::{Value, ValueEmpty},
};

use super::{
    attribute::{Mode, block, computed},
    connection::{Client, Connection},
    creation,
    diagnostic::{error, explain, explain_each},
    messages::{self, listed, subject},
    noun::{Calls, Noun},
    plan,
    presence::{self, Presence},
    private::{PrivateState, now},
    reconcile::{self, Change},
    secrets, timeouts,
    value::{Attributes, text},
};

/// The resource of a noun.
pub struct ManagedResource<N> {
    connection: Connection,
    noun: PhantomData<N>,
}

/// A state and what is kept beside it.
type Kept = (Attributes, Option<PrivateState>);

impl<N: Noun> ManagedResource<N> {
    /// The resource on a connection.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection,
            noun: PhantomData,
        }
    }

    /// The way to the client.
    pub fn connection(&self) -> &Connection {
        &self.connection
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

/// The schema of a noun's resource.
pub fn schema<N: Noun>() -> Schema {
    let rows = N::table().iter().filter(|row| row.is_of_resource());
    let mut attributes: std::collections::HashMap<_, _> = rows
        .map(|row| (row.name.to_owned(), row.schema(N::NOUN)))
        .collect();
    attributes.insert("id".to_owned(), computed(AttributeType::String, N::ID));
    attributes.insert("timeouts".to_owned(), timeouts::schema(N::NOUN, N::CAN_UPDATE));
    block(N::DESCRIPTION, attributes)
}

/// The schema's attribute `id`, with another constraint.
pub fn id_attribute<N: Noun>(constraint: AttributeConstraint) -> tf_provider::schema::Attribute {
    tf_provider::schema::Attribute {
        constraint,
        ..computed(AttributeType::String, N::ID)
    }
}

#[async_trait]
impl<N: Noun> Resource for ManagedResource<N> {
    type State<'a> = Attributes;
    type PrivateState<'a> = Option<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema::<N>())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        for row in N::table() {
            row.check(diags, &config);
        }
        N::check(diags, &config);
        timeouts::check(diags, &config);
        diags.errors.is_empty().then_some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: Attributes,
        private: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let client = self.connection.client(diags)?;
        let call = self.read_call();
        let id = messages::id::<N>(diags, &state)?;
        client.creator.seen(id);
        let mut private = private.unwrap_or_default();
        let calls = &*N::calls(&client, &state);
        match presence::find::<N>(diags, calls, &call, &state, id, &private).await {
            Ok(Presence::Found(object)) => {
                self.remember_owner(calls, &call, &mut private).await;
                let (refreshed, echo) = reconcile::refresh::<N>(&state, &private.echo, &object);
                N::read_warnings(diags, &client, &call, &state, &refreshed).await;
                private.echo = echo;
                Some((refreshed, Some(private)))
            }
            Ok(Presence::Gone | Presence::OutOfSight) => None,
            Err(failure) => {
                diags.errors.push(explain::<N>(&failure, &subject::<N>(&state)));
                None
            }
        }
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        proposed: Attributes,
        config: Attributes,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let planned = plan::create::<N>(diags, &self.connection, &config, proposed).await;
        secrets::warn_of_missing(diags, &self.connection, &planned).await;
        diags.errors.is_empty().then_some((planned, None))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        proposed: Attributes,
        config: Attributes,
        private: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(Attributes, Option<PrivateState>, Vec<AttributePath>)> {
        let known = private.clone().unwrap_or_default();
        let (planned, replace) =
            plan::update::<N>(diags, &self.connection, &config, &prior, proposed, &known).await;
        secrets::warn_of_missing(diags, &self.connection, &planned).await;
        let replace = replace.into_iter().map(AttributePath::new).collect();
        diags.errors.is_empty().then_some((planned, private, replace))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: Attributes,
        private: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Option<PrivateState>> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: Attributes,
        config: Attributes,
        _: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let client = self.connection.client(diags)?;
        let call = self.call(&planned, "create");
        let calls = &*N::calls(&client, &planned);
        let write = reconcile::to_create::<N>(&config, &planned);
        let name = planned.text("name").unwrap_or_default();
        let created = loop {
            match client.creator.create(calls, &call, name, &write).await {
                Err(Failure::Nothing(failure)) if self.lags(&client, &call, &failure, &planned).await => {}
                outcome => break outcome,
            }
        };
        let created = match created {
            Ok(created) => created,
            Err(failure) => {
                creation::not_created::<N>(diags, &planned, failure);
                return None;
            }
        };
        for warning in &created.warnings {
            creation::warn(diags, warning);
        }
        client.recent.made(created.object.id());
        let (state, echo, deviations) = reconcile::settle::<N>(&planned, &created.object);
        let mut private = PrivateState {
            echo,
            created: Some(now()),
            variables: reconcile::variables::<N>(&config),
            applied: N::applied(&config, &state),
            ..PrivateState::default()
        };
        checkpoint::save(&known(&state), &Some(private.clone()));
        self.remember_owner(calls, &call, &mut private).await;
        if created.how == How::FromAnEarlierRun {
            let found = (state.clone(), private);
            return Some(
                self.adopt(diags, &client, &call, &created.object, &config, found)
                    .await,
            );
        }
        messages::warn_of_deviations(diags, &config, deviations.iter());
        Some((state, Some(private)))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        planned: Attributes,
        config: Attributes,
        private: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Kept> {
        let mut private = private.unwrap_or_default();
        let is_saved = N::table()
            .iter()
            .any(|row| prior.get(row.name) != planned.get(row.name));
        if !is_saved || !N::CAN_UPDATE {
            private.imported &= !is_saved;
            return Some((planned, Some(private)));
        }
        let client = self.connection.client(diags)?;
        client.creator.seen(messages::id::<N>(diags, &prior)?);
        let call = self.call(&planned, "update");
        let updated = self
            .change(diags, &client, &call, &prior, &planned, &config, &private)
            .await;
        Some(updated.unwrap_or((prior, Some(private))))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Attributes,
        private: Option<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        let client = self.connection.client(diags)?;
        let call = self.call(&prior, "delete");
        let id = messages::id::<N>(diags, &prior)?;
        client.creator.seen(id);
        let calls = &*N::calls(&client, &prior);
        // Terraform hands on no private state of what is tainted: it may be new.
        let private = private.unwrap_or_else(|| PrivateState {
            created: Some(now()),
            ..PrivateState::default()
        });
        let deleted = async {
            if calls.delete(&call, id).await? == Deletion::Done {
                return Ok(Presence::Gone);
            }
            // What a delete does not see may be out of its sight, or not show yet.
            match presence::find_by_id::<N>(diags, calls, &call, &prior, id, &private).await? {
                Presence::Found(_) => calls.delete(&call, id).await.map(|_| Presence::Gone),
                absence => Ok(absence),
            }
        };
        match deleted.await {
            Ok(Presence::OutOfSight) => None,
            Ok(_) => Some(()),
            Err(failure) => {
                let mut diagnostic = explain::<N>(&failure, &subject::<N>(&prior));
                if matches!(failure.kind, Kind::Refused(_))
                    && let Some(users) = N::users(&client, id).await
                {
                    diagnostic.detail = format!("{}\n\n{users}", diagnostic.detail).into();
                }
                diags.errors.push(diagnostic);
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
        let calls = &*N::calls(&client, &wanted);
        let object = match calls.find(&call, id).await {
            Ok(Some(object)) => object,
            Ok(None) => {
                let known = match N::all(&client, &call).await {
                    Ok((objects, is_capped)) => listed::<N>(&objects, is_capped),
                    Err(_) => String::new(),
                };
                let detail = format!(
                    "Runpod has no {} with the id {id:?} in this account. {known}",
                    N::NOUN
                );
                error(diags, format!("There is no such {} to import", N::NOUN), detail);
                return None;
            }
            Err(failure) => {
                diags.errors.push(explain::<N>(&failure, &subject::<N>(&wanted)));
                return None;
            }
        };
        N::check_import(diags, &client, &call, &object).await;
        if !diags.errors.is_empty() {
            return None;
        }
        client.creator.seen(id);
        wanted.set("timeouts", Value::Null);
        let mut private = PrivateState {
            imported: true,
            ..PrivateState::default()
        };
        self.remember_owner(calls, &call, &mut private).await;
        let (state, _) = reconcile::refresh::<N>(&wanted, &private.echo, &object);
        Some((state, Some(private)))
    }
}

impl<N: Noun> ManagedResource<N> {
    /// Notes whose object it is, where the API tells; what cannot be told now is noted another time.
    async fn remember_owner(&self, calls: &Calls<N>, call: &Call, private: &mut PrivateState) {
        if let Ok(Some(owner)) = calls.owner(call).await {
            private.owner = Some(owner);
        }
    }

    /// Whether a write was refused for what this run made a moment ago, and is to be tried again after a pause.
    async fn lags(&self, client: &Client, call: &Call, failure: &Error, planned: &Attributes) -> bool {
        let is_missing = match failure.kind {
            Kind::NotFound => true,
            Kind::Refused(refusal) => N::MISSING.contains(&refusal),
            _ => false,
        };
        is_missing && client.recent.is_in(planned) && call.pause(presence::AGAIN).await
    }

    /// Takes over the object of an interrupted run, which may have asked for something else than is planned now. Answers
    /// what the state is then.
    async fn adopt(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        object: &N::Object,
        config: &Attributes,
        (planned, private): (Attributes, PrivateState),
    ) -> Kept {
        let (mut prior, echo) = reconcile::refresh::<N>(&planned, &Default::default(), object);
        for name in secrets_in_place::<N>() {
            prior.set(name, Value::Null);
        }
        let private = PrivateState { echo, ..private };
        let found = (prior.clone(), Some(private.clone()));
        checkpoint::save(&found.0, &found.1);
        let (_, fixed) = plan::update::<N>(
            &mut Diagnostics::default(),
            &self.connection,
            config,
            &prior,
            planned.clone(),
            &private,
        )
        .await;
        if !fixed.is_empty() {
            let detail = format!(
                "An earlier apply in this directory was cut off while it created {}. The configuration now asks for \
                 another {}, which cannot be changed in place. The {} is in the state as tainted: apply again, and it \
                 is replaced.",
                subject::<N>(&prior),
                fixed.join(" and "),
                N::NOUN,
            );
            let summary = format!("The {} of an interrupted apply is of another kind", N::NOUN);
            error(diags, summary, detail);
            return found;
        }
        // A change makes them anew.
        let mut planned = planned;
        for row in N::table().iter().filter(|row| row.mode == Mode::Computed) {
            planned.set(row.name, Value::Unknown);
        }
        let changed = self
            .change(diags, client, call, &prior, &planned, config, &private)
            .await;
        changed.unwrap_or(found)
    }

    /// Changes the object from `prior` to `planned`. Answers what the state is then, also when it failed half-way;
    /// nothing where nothing was done.
    #[allow(clippy::too_many_arguments)]
    async fn change(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        prior: &Attributes,
        planned: &Attributes,
        config: &Attributes,
        private: &PrivateState,
    ) -> Option<Kept> {
        let id = messages::id::<N>(diags, prior)?;
        let calls = &*N::calls(client, planned);
        let fresh = match presence::find_by_id::<N>(diags, calls, call, prior, id, private).await {
            Ok(Presence::Found(fresh)) => fresh,
            Ok(Presence::Gone) => {
                messages::vanished::<N>(diags, prior);
                return None;
            }
            Ok(Presence::OutOfSight) => return None,
            Err(failure) => {
                diags.errors.push(explain::<N>(&failure, &subject::<N>(prior)));
                return None;
            }
        };
        let Change {
            mut write,
            differs,
            drifted,
        } = reconcile::to_update::<N>(prior, planned, config, &private.echo, &fresh);
        let mut now = *fresh;
        if differs {
            N::guard(diags, client, call, (prior, planned), &now, &mut write).await;
            if !diags.errors.is_empty() {
                return None;
            }
            let updated = loop {
                match calls.update(call, &now, &write).await {
                    Err(failure) if self.lags(client, call, &failure, planned).await => {}
                    outcome => break outcome,
                }
            };
            match updated {
                Ok(updated) => now = updated,
                Err(failure) => {
                    diags
                        .errors
                        .extend(explain_each::<N>(&failure, &subject::<N>(prior)));
                    return Some(after_failure::<N>(calls, prior, private, &failure, now).await);
                }
            }
        }
        messages::warn_of_drift(diags, config, &drifted);
        let unshown: Vec<&str> = drifted.iter().map(|deviation| deviation.name).collect();
        let (state, echo, deviations) = reconcile::settle::<N>(planned, &now);
        let told = deviations
            .iter()
            .filter(|deviation| !unshown.contains(&deviation.name));
        messages::warn_of_deviations(diags, config, told);
        let private = PrivateState {
            echo,
            imported: false,
            variables: reconcile::variables::<N>(config),
            applied: N::applied(config, &state),
            ..private.clone()
        };
        Some((state, Some(private)))
    }
}

/// Attributes that say which secret an object has, where another one can be written in place: no read tells which it
/// is, so that what an earlier run wrote is not known.
fn secrets_in_place<N: Noun>() -> impl Iterator<Item = &'static str> {
    let says = |name: &str| {
        let rows = N::table().iter().filter(|row| row.sensitive && !row.replaces);
        rows.into_iter().any(|row| match name.strip_prefix(row.name) {
            Some(rest) => rest.is_empty() && !row.write_only || rest == "_version" && row.write_only,
            None => false,
        })
    };
    N::table()
        .iter()
        .map(|row| row.name)
        .filter(move |name| N::CAN_UPDATE && says(name))
}

/// What the state is after a failed update: what the API holds, or what is known of it. An update may take several
/// calls, so that only a read tells how far it came.
async fn after_failure<N: Noun>(
    calls: &Calls<N>,
    prior: &Attributes,
    private: &PrivateState,
    failure: &Error,
    before: N::Object,
) -> Kept {
    let id = prior.text("id").unwrap_or_default();
    let now = if failure.attempts > 0 {
        calls.find(&Call::last_look(), id).await.ok().flatten()
    } else {
        None
    };
    let (state, echo) = reconcile::refresh::<N>(prior, &private.echo, &now.unwrap_or(before));
    let private = PrivateState {
        echo,
        ..private.clone()
    };
    (state, Some(private))
}

/// The state with null for what is not known: Terraform takes no unknown value after an apply.
fn known(state: &Attributes) -> Attributes {
    let mut known = state.clone();
    for value in known.0.values_mut().filter(|value| value.is_unknown()) {
        *value = Value::Null;
    }
    known
}
