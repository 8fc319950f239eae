//! `runpod_endpoint`, the resource: plan, create, read, update, delete, import.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tf_provider::{
    AttributePath, Diagnostics, Resource,
    schema::Schema,
    value::{Value, ValueEmpty},
};

use super::{
    model::{self, Change, Deviation, Echo},
    rules,
    schema::{self, ATTRIBUTES, TIMEOUTS},
};
use crate::{
    attribute::{Mode, invalid},
    diagnostic::{error, explain, warn_at},
    plugin::checkpoint,
    provider::{Client, Connection},
    runpod::{
        Account, Call, Endpoint, Error, LIST_CAP, Lookup,
        creation::{Failure, How, Unseen},
        deletion, presence,
    },
    value::{Attributes, Datum, text},
};

/// The longest time that a read may take, retries included.
pub const READ_LIMIT: Duration = Duration::from_secs(300);

/// What the resource keeps beside its state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    #[serde(default)]
    echo: Echo,
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

    fn call(&self, state: &Attributes, operation: &str) -> Call {
        let default = TIMEOUTS
            .iter()
            .find(|(name, _)| *name == operation)
            .map_or(600, |(_, seconds)| *seconds);
        let limit = timeout(state, operation).and_then(|text| duration(text).ok());
        Call::within(
            limit.unwrap_or(Duration::from_secs(default)),
            self.connection.stop().token(),
        )
    }

    fn read_call(&self) -> Call {
        Call::within(READ_LIMIT, self.connection.stop().token())
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
        for (operation, _) in TIMEOUTS {
            if let Some(Err(problem)) = timeout(&config, operation).map(duration) {
                // Terraform shows the line of an attribute, but not of one within it.
                let path = AttributePath::new("timeouts");
                let given = format!("{:?}", timeout(&config, operation).unwrap_or_default());
                invalid(diags, path, &format!("timeouts.{operation}"), &problem, &given);
            }
        }
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
        let id = state.text("id").unwrap_or_default().to_owned();
        client.creator.seen(&id);
        match find(&client, &call, &id).await {
            Ok(Some(endpoint)) => {
                let (state, echo) = model::refresh(&state, &private.unwrap_or_default().echo, &endpoint);
                Some((state, Some(Memory { echo })))
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
        _: Attributes,
        private: Option<Memory>,
        _: ValueEmpty,
    ) -> Option<(Attributes, Option<Memory>, Vec<AttributePath>)> {
        rules::workers(diags, &proposed);
        let mut replacing: Vec<AttributePath> = ATTRIBUTES
            .iter()
            .filter(|row| row.replaces && prior.get(row.name) != proposed.get(row.name))
            .map(|row| row.path())
            .collect();
        if prior.get("instance_ids").is_null() != proposed.get("instance_ids").is_null() {
            replacing.extend([AttributePath::new("instance_ids"), AttributePath::new("gpu_ids")]);
        }
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
        let created = match client
            .creator
            .create(client.api.as_ref(), &call, &model::to_create(&planned))
            .await
        {
            Ok(created) => created,
            Err(failure) => {
                not_created(diags, &planned, failure);
                return None;
            }
        };
        let kept = settle(&planned, &created.endpoint, diags);
        checkpoint::save(&kept.0, &kept.1);
        if created.how != How::FromAnEarlierRun {
            return Some(kept);
        }
        // The earlier run may have asked for something else than this one does.
        let prior = model::refresh(&kept.0, &Echo::default(), &created.endpoint).0;
        let adopted = self
            .bring(diags, &client, &call, &prior, &kept.0, &Echo::default())
            .await;
        Some(adopted.unwrap_or(kept))
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
        let call = self.call(&planned, "update");
        let memory = private.unwrap_or_default();
        let updated = self
            .bring(diags, &client, &call, &prior, &planned, &memory.echo)
            .await;
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
        let id = prior.text("id").unwrap_or_default();
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
        let found = match find(&client, &call, id).await {
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
        wanted.set("timeouts", Value::Null);
        let (state, echo) = model::refresh(&wanted, &Echo::default(), &endpoint);
        Some((state, Some(Memory { echo })))
    }
}

impl EndpointResource {
    /// Brings the endpoint from `prior` to `planned`. Answers what the state is then, also when it failed half-way;
    /// nothing where nothing was done.
    async fn bring(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        prior: &Attributes,
        planned: &Attributes,
        echo: &Echo,
    ) -> Option<Kept> {
        let id = prior.text("id").unwrap_or_default();
        client.creator.seen(id);
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
        } = model::to_update(prior, planned, echo, &fresh);
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
            return Some(self.after_failure(client, prior, echo, &failure, now).await);
        }
        let unshown: Vec<&str> = drifted.iter().map(|deviation| deviation.name).collect();
        let (state, echo, deviations) = model::settle(planned, &now);
        warn_of(
            diags,
            deviations
                .iter()
                .filter(|deviation| !unshown.contains(&deviation.name)),
        );
        Some((state, Some(Memory { echo })))
    }

    /// What the state is after a failed update: what the API holds, or what is known of it.
    async fn after_failure(
        &self,
        client: &Client,
        prior: &Attributes,
        echo: &Echo,
        failure: &Error,
        known: Endpoint,
    ) -> Kept {
        let mut now = known;
        if failure.is_ambiguous()
            && let Ok(Lookup::Found(saved)) = client.api.find(&Call::last_look(), now.id()).await
        {
            now = saved.endpoint;
        }
        let (state, echo) = model::refresh(prior, echo, &now);
        (state, Some(Memory { echo }))
    }
}

/// Finds an endpoint in the shared list, or else by its id; `None` only if it does not exist.
pub async fn find(client: &Client, call: &Call, id: &str) -> Result<Option<Endpoint>, Error> {
    let account = client.api.account(call).await?;
    if let Some(endpoint) = account.by_id(id) {
        return Ok(Some(endpoint.clone()));
    }
    let found = presence::look_up(client.api.as_ref(), call, id).await?;
    Ok(found.map(|saved| saved.endpoint))
}

/// The endpoints of the account by name and id, for one who has given an id or a name that none has.
pub fn listed(account: &Account) -> String {
    let doubt = "It may be mistyped, or belong to another account than the API key.";
    if account.endpoints.is_empty() {
        return format!("{doubt} The account has no endpoints.");
    }
    let lines = account.endpoints.iter().map(|endpoint| {
        format!(
            "\n  {}  {}",
            endpoint.id(),
            endpoint.name.as_deref().unwrap_or_default()
        )
    });
    let capped = if account.is_capped() {
        "\nThe account may have more: Runpod lists the oldest 400."
    } else {
        ""
    };
    format!(
        "{doubt} The account has these endpoints:{}{capped}",
        lines.collect::<String>()
    )
}

fn settle(planned: &Attributes, endpoint: &Endpoint, diags: &mut Diagnostics) -> Kept {
    let (state, echo, deviations) = model::settle(planned, endpoint);
    warn_of(diags, deviations.iter());
    (state, Some(Memory { echo }))
}

fn warn_of<'a>(diags: &mut Diagnostics, deviations: impl Iterator<Item = &'a Deviation>) {
    for Deviation { name, sentence } in deviations {
        let detail = format!(
            "Runpod accepted the change but holds another value for {name}: {sentence}. The next plan shows the \
             difference."
        );
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("Runpod did not take {name} over"),
            detail,
        );
    }
}

fn warn_of_drift(diags: &mut Diagnostics, drifted: &[Deviation]) {
    for Deviation { name, sentence } in drifted {
        let detail = format!(
            "{name} was changed outside Terraform after the plan was made: it is now {sentence}. The plan did not \
             show that, so it was left as it is; the next plan shows it."
        );
        warn_at(
            diags,
            AttributePath::new(*name),
            format!("{name} has changed since the plan"),
            detail,
        );
    }
}

fn not_created(diags: &mut Diagnostics, planned: &Attributes, failure: Failure) {
    let subject = subject(planned);
    let name = planned.text("name").unwrap_or_default();
    match failure {
        Failure::Nothing(failure) => diags.errors.push(explain(&failure, &subject)),
        Failure::Unknown(failure, unseen) => {
            let mut diagnostic = explain(&failure, &subject);
            diagnostic.detail = format!(
                "{}\n\nWhether the endpoint was created is not known: {}",
                diagnostic.detail,
                unseen_endpoint(unseen, name)
            )
            .into();
            diags.errors.push(diagnostic);
        }
        Failure::Several(ids, failure) => {
            let cause = failure.map_or_else(
                || "An earlier run was cut off while it created this endpoint".to_owned(),
                |failure| format!("The answer to the create was lost ({})", failure.message),
            );
            let detail = format!(
                "{cause}, and now several endpoints named {name:?} are new and match: {}. Keep one of them with \
                 \"terraform import <address> <endpoint id>\" and delete those that are not needed in the Runpod \
                 console.",
                ids.join(", ")
            );
            error(diags, "Several endpoints may be the one created", detail);
        }
    }
}

/// Why it is not known whether an endpoint was created, and what to do about it.
fn unseen_endpoint(unseen: Unseen, name: &str) -> String {
    let adopts = "If it does appear, the next apply in this directory adopts it instead of creating another; from \
                  elsewhere, look in the Runpod console and run \"terraform import <address> <endpoint id>\".";
    match unseen {
        Unseen::NotListed => {
            format!("Runpod was asked again, and so far no new endpoint is named {name:?}. {adopts}")
        }
        Unseen::NotRead => format!("Runpod was asked again, but the answer did not tell. {adopts}"),
        Unseen::BeyondCap => format!(
            "Runpod lists the oldest {LIST_CAP} endpoints of an account only, so that a new one named {name:?} does not \
             show. Look for it in the Runpod console. If it is there, run \"terraform import <address> <endpoint \
             id>\". If it is not, delete the notes of creates, which are in the directory runpod/creates of \
             Terraform's data directory (.terraform), and apply again."
        ),
    }
}

/// What an error is about: `endpoint "sdxl" (i02xupws21hp6i)`.
fn subject(state: &Attributes) -> String {
    match (state.text("name"), state.text("id")) {
        (Some(name), Some(id)) => format!("endpoint {name:?} ({id})"),
        (Some(name), None) => format!("endpoint {name:?}"),
        (None, Some(id)) => format!("endpoint {id}"),
        (None, None) => "an endpoint".to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

fn timeout<'a>(state: &'a Attributes, operation: &str) -> Option<&'a str> {
    match state.get("timeouts").as_ref_option()? {
        Datum::Object(timeouts) => timeouts.text(operation),
        _ => None,
    }
}

/// A duration as it is written in HCL, such as `90s`, `10m` or `1h30m`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Option<SignedDuration> = text.trim().parse().ok();
    match parsed.and_then(|duration| Duration::try_from(duration).ok()) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it must be a duration above zero, such as \"90s\", \"10m\" or \"1h30m\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn durations_are_written_as_in_other_providers() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "ten minutes", "-5m", "0s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
