//! `runpod_endpoint` and `runpod_endpoints`: Runpod's serverless endpoints, over GraphQL and REST v2.

pub mod actions;
#[cfg(test)]
mod model_tests;
mod refusals;
mod rest;
pub mod rules;
pub mod schema;
mod shared_template;
mod together;

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Api, Call, Error, Refusal,
    endpoints::{Endpoint, EndpointWrite, Endpoints, TEMPLATE_NOT_FOUND, VOLUME_NOT_FOUND},
};
use serde_json::json;
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{self as tf_schema, AttributeType},
    value::Value,
};

use self::{schema::ATTRIBUTES, together::Workers};
use crate::{
    container::{CONTAINER, look_for_command, place_command},
    managed::{
        self,
        attribute::{Attribute, computed, invalid},
        connection::{self, Client, Connection},
        diagnostic::{error_at, explain},
        list::filter,
        noun::{Calls, Concern, Importable, Noun, Plan},
        value::{Attributes, Datum, decimal, text},
    },
};

/// Serverless endpoints.
pub struct EndpointNoun;

/// Where an endpoint's jobs go, by its id and type.
pub fn url(id: &str, kind: &str) -> String {
    if kind.eq_ignore_ascii_case("LB") {
        format!("https://{id}.api.runpod.ai")
    } else {
        format!("https://api.runpod.ai/v2/{id}")
    }
}

/// The API for an endpoint with these attributes.
fn api(client: &Client, attributes: &Attributes) -> Api {
    match client.api {
        connection::Api::GraphQl => Api::GraphQl,
        connection::Api::Rest => Api::Rest,
        connection::Api::Auto if has_image(attributes) => Api::Rest,
        connection::Api::Auto => Api::GraphQl,
    }
}

/// Whether an endpoint's container is its own, as far as a plan knows.
fn has_image(attributes: &Attributes) -> bool {
    attributes.has("image") || attributes.get("image").is_unknown() && attributes.lacks("template_id")
}

fn endpoints(client: &Client, attributes: &Attributes) -> Arc<dyn Endpoints> {
    client.runpod.endpoints(api(client, attributes))
}

#[async_trait]
impl Noun for EndpointNoun {
    type Object = Endpoint;
    type Write = EndpointWrite;

    const TYPE: &'static str = "runpod_endpoint";
    const TYPES: &'static str = "runpod_endpoints";
    const NOUN: &'static str = "endpoint";
    const NOUNS: &'static str = "endpoints";
    const DESCRIPTION: &'static str = "A serverless endpoint: a container on workers that Runpod scales up and down. The \
                                       container is a template's (`template_id`) or the endpoint's own (`image`).";
    const ID: &'static str = "Id of the endpoint, 14 lower-case letters and digits, given by Runpod.";
    const MOVED_FROM: &'static [&'static str] = &["runpod_serverless_endpoint", "runpod_endpoint"];
    const NEEDS_REST: bool = false;
    const MISSING: &'static [Refusal] = &[TEMPLATE_NOT_FOUND, VOLUME_NOT_FOUND];

    fn table() -> &'static [Attribute<Endpoint, EndpointWrite>] {
        &ATTRIBUTES
    }

    fn calls(client: &Client, attributes: &Attributes) -> Arc<Calls<Self>> {
        endpoints(client, attributes)
    }

    fn check(diags: &mut Diagnostics, config: &Attributes) {
        together::check(diags, config);
    }

    async fn plan(diags: &mut Diagnostics, plan: &mut Plan<'_>) {
        match plan.prior {
            None => {
                if plan.planned.has("instance_ids") && plan.config.get("gpu_count").is_null() {
                    plan.planned.set("gpu_count", Value::Null);
                }
                if plan.planned.has("template_id") {
                    plan.planned.set("disk", Value::Null);
                }
                together::workers_created(diags, plan.config);
            }
            Some(prior) => {
                if may_change_kind(prior, plan.config, &plan.planned) {
                    plan.replace.extend(["instance_ids", "gpu_ids"]);
                }
                container_of_plan(prior, plan.config, &mut plan.planned);
                idle_timeout_of_plan(prior, plan.config, &mut plan.planned);
                let applied = plan.private.applied.clone();
                let applied = applied.and_then(|applied| serde_json::from_value(applied).ok());
                let applied = applied.unwrap_or(Workers::of(prior));
                together::workers_changed(diags, plan.config, applied, &plan.planned);
            }
        }
        let Some(client) = plan.connection.configured() else {
            return;
        };
        match api(&client, &plan.planned) {
            Api::Rest => rest::check(diags, plan),
            _ if client.api == connection::Api::GraphQl => needs_rest(diags, plan),
            _ => {}
        }
        if let Some(prior) = plan.prior {
            shared_template::check(diags, &client, plan.connection, prior, &plan.planned).await;
        }
    }

    fn looked_for(prior: &Attributes, planned: &Attributes) -> Attributes {
        let mut like = planned.clone();
        look_for_command(prior, &mut like);
        // Another order of the pools is a change, though REST v2 may show them in any.
        like.set("gpu_ids", prior.get("gpu_ids").clone());
        if has_country(prior) {
            like.set("locations", prior.get("locations").clone());
        }
        let volumes = ["network_volume_id", "network_volume_ids"];
        if !volumes.iter().any(|name| planned.has(name)) {
            for name in volumes {
                like.set(name, prior.get(name).clone());
            }
        }
        if becomes_own(prior, planned) {
            // What the template left in the container is no change that somebody made.
            let left_out = CONTAINER.into_iter().filter(|name| !planned.has(name));
            left_out.for_each(|name| like.set(name, Value::Unknown));
        }
        like
    }

    fn place(endpoint: &Endpoint, found: &mut Attributes, like: &Attributes) {
        place_volumes(endpoint, found, like);
        place_command(&endpoint.container, found, like);
        let is_over_rest = endpoint.template_id.is_none();
        // Nobody knows how country codes read over REST v2 (V2 10.18).
        if is_over_rest && has_country(like) {
            found.set("locations", Value::Unknown);
        }
        for name in CONTAINER.into_iter().filter(|name| *name != "disk") {
            if like.get(name).is_unknown() {
                found.set(name, Value::Unknown);
            }
        }
        if endpoint.container.image.is_none() {
            for name in CONTAINER.into_iter().chain(["image"]) {
                found.set(name, Value::Unknown);
            }
        }
        if like.has("template_id") {
            for name in CONTAINER.into_iter().chain(["image"]) {
                found.set(name, Value::Null);
            }
            // Bound to this endpoint, it is the private copy that REST v2 made of the one that was applied.
            if endpoint.template_is_own {
                found.set("template_id", Value::Unknown);
            }
        } else if like.has("image") || endpoint.template_id.is_none() {
            found.set("template_id", Value::Null);
        }
        let both = (
            found.get("gpu_ids").as_ref_option(),
            like.get("gpu_ids").as_ref_option(),
        );
        if let (Some(is), Some(was)) = both
            && endpoint.template_id.is_none()
            && rules::same_gpus_in_any_order(is, was)
        {
            found.set("gpu_ids", like.get("gpu_ids").clone());
        }
    }

    fn complete(
        write: &mut EndpointWrite,
        changed: Option<(&Attributes, &Attributes)>,
        planned: &Attributes,
        fresh: Option<&Endpoint>,
    ) -> bool {
        let Some((prior, _)) = changed else { return false };
        let becomes_own = becomes_own(prior, planned);
        if becomes_own {
            // What the template put there goes.
            let container = &mut write.container;
            container.args.get_or_insert_default();
            container.entrypoint.get_or_insert_default();
            container.cmd.get_or_insert_default();
            container.ports.get_or_insert_default();
            container.env.get_or_insert_default();
            container.registry_id.get_or_insert_default();
        }
        let revision = "template_revision";
        // GraphQL, which shows the template, keeps the endpoint linked to it.
        let is_linked = fresh.is_some_and(|fresh| fresh.template_id.is_some());
        let applies = !is_linked
            && planned.has("template_id")
            && planned.has(revision)
            && planned.get(revision) != prior.get(revision);
        // REST v2 hides it from a queue that scales on requests, and what it has afterwards nobody knows (V2 10, 23).
        if planned.get("scaler_type") != prior.get("scaler_type") && write.scaler_type.is_some() {
            write.idle_timeout = planned
                .integer("idle_timeout")
                .filter(|_| planned.text("scaler_type") == Some("QUEUE_DELAY"))
                .or(write.idle_timeout);
        }
        if write.gpu_count.is_some() && write.gpu_ids.is_none() {
            // They go together over REST v2, which may show the pools in another order than that of their priority.
            let ids = planned.get("gpu_ids").as_ref_option().map(Datum::as_texts);
            write.gpu_ids = ids.map(|ids| ids.into_iter().map(str::to_owned).collect());
        }
        if applies {
            write.template_id = planned.text("template_id").map(str::to_owned);
        }
        becomes_own || applies
    }

    fn derive(state: &mut Attributes) {
        // REST v2 need not tell the type (V2 2.1), which the state then keeps.
        let kind = state.text("type").unwrap_or("QB");
        let url = state.text("id").map(|id| url(id, kind));
        if url.is_some() {
            state.set("url", text(url));
        }
    }

    async fn guard(
        diags: &mut Diagnostics,
        client: &Client,
        call: &Call,
        (prior, planned): (&Attributes, &Attributes),
        _: &Endpoint,
        write: &mut EndpointWrite,
    ) {
        if shared_template::guard(diags, client, call, prior, planned).await {
            write.template_id = None;
        }
    }

    fn concern(failure: &Error) -> Option<Concern> {
        refusals::concern(failure)
    }

    fn applied(config: &Attributes, _: &Attributes) -> Option<serde_json::Value> {
        Some(json!(Workers::of(config)))
    }

    async fn complete_one(
        diags: &mut Diagnostics,
        _: &Connection,
        client: &Client,
        call: &Call,
        found: &mut Attributes,
    ) {
        let id = found.text("id").unwrap_or_default().to_owned();
        let endpoints = endpoints(client, &Attributes::default());
        let workers = async {
            // Where one call tells those of all endpoints, it serves every data source.
            let of_all = endpoints.all_workers(call).await?;
            match of_all.and_then(|mut of_all| of_all.remove(&id)) {
                Some(workers) => Ok(workers),
                None => endpoints.workers(call, &id).await,
            }
        };
        match workers.await {
            Ok(workers) => found.set("pods", pods(&workers)),
            Err(failure) => {
                let subject = format!("data source runpod_endpoint, {id:?}");
                diags.errors.push(explain::<Self>(&failure, &subject));
            }
        }
    }

    fn attributes_of_all() -> Vec<(&'static str, tf_schema::Attribute)> {
        let field = |name: &str, kind, description| (name.to_owned(), computed(kind, description));
        let discount = [
            field(
                "discount_factor",
                AttributeType::Number,
                "The factor on the price.",
            ),
            field(
                "type",
                AttributeType::String,
                "What it applies to, such as `SERVERLESS`.",
            ),
            field(
                "expiration_date",
                AttributeType::String,
                "When it ends, as ISO 8601.",
            ),
        ];
        let discount = computed(
            AttributeType::AttributeSingle(discount.into()),
            "The account's discount on serverless, or null; always null over REST v2, which does not tell.",
        );
        vec![("serverless_discount", discount)]
    }

    async fn complete_all(client: &Client, call: &Call, state: &mut Attributes) -> Result<(), Error> {
        let endpoints = endpoints(client, &Attributes::default());
        let discount = endpoints.serverless_discount(call).await?;
        let discount = discount.map_or(Value::Null, |discount| {
            let mut object = Attributes::default();
            object.set("discount_factor", decimal(discount.factor));
            object.set("type", text(discount.kind));
            object.set("expiration_date", text(discount.expiration_date));
            Value::Value(Datum::Object(object))
        });
        state.set("serverless_discount", discount);
        let workers = endpoints.all_workers(call).await?.unwrap_or_default();
        if let Value::Value(Datum::Many(objects)) = &mut state.get("endpoints").clone() {
            for object in objects.iter_mut() {
                if let Value::Value(Datum::Object(object)) = object {
                    let own = workers.get(object.text("id").unwrap_or_default());
                    object.set("pods", own.map_or(Value::Null, |own| pods(own)));
                }
            }
            state.set("endpoints", Value::Value(Datum::Many(std::mem::take(objects))));
        }
        Ok(())
    }

    fn filters() -> Vec<(&'static str, tf_schema::Attribute)> {
        let template =
            "Only endpoints that are linked to this template. GraphQL alone tells: an error over REST v2.";
        vec![
            ("type", filter("Only endpoints of this type: `QB` or `LB`.")),
            ("template_id", filter(template)),
        ]
    }

    fn check_filters(diags: &mut Diagnostics, filters: &Attributes) {
        if let Some(kind) = filters.text("type").filter(|kind| !["QB", "LB"].contains(kind)) {
            let problem = "it must be one of \"QB\", \"LB\"";
            invalid(
                diags,
                AttributePath::new("type"),
                "type",
                problem,
                &format!("{kind:?}"),
            );
        }
    }

    fn plan_filters(diags: &mut Diagnostics, client: &Client, filters: &Attributes) {
        if filters.has("template_id") && client.api == connection::Api::Rest {
            let detail = "template_id is a filter, but the provider's api is \"rest\", and REST v2 does not tell the template \
                          of an endpoint. Leave the filter out.";
            error_at(
                diags,
                AttributePath::new("template_id"),
                "REST v2 cannot filter by template",
                detail,
            );
        }
    }

    fn passes(filters: &Attributes, state: &Attributes) -> bool {
        let mut wanted = ["type", "template_id"]
            .into_iter()
            .filter(|name| filters.has(name));
        wanted.all(|name| filters.text(name) == state.text(name))
    }

    async fn importable(
        client: &Client,
        call: &Call,
        filters: &Attributes,
    ) -> Result<Importable<Endpoint>, Error> {
        let listing = endpoints(client, &Attributes::default()).list(call).await?;
        let mut importable = Importable {
            objects: listing.objects.clone(),
            unread: Vec::new(),
            is_capped: listing.is_capped,
        };
        if listing.is_capped && client.api == connection::Api::Auto {
            // REST v2's list is whole, and tells the type.
            let whole = client.runpod.endpoints(Api::Rest).list(call).await?;
            let kind = filters.text("type");
            let unread = whole.objects.iter().filter(|endpoint| {
                listing.by_id(&endpoint.id).is_none() && (kind.is_none() || endpoint.kind.as_deref() == kind)
            });
            importable.unread = unread.cloned().collect();
            importable.is_capped = whole.is_capped;
        }
        Ok(importable)
    }

    fn generate(state: &mut Attributes) {
        if state.has("network_volume_id") {
            state.set("network_volume_ids", Value::Null);
        }
        if state.has("template_id") {
            state.set("image", Value::Null);
        }
        if state.has("instance_ids") {
            state.set("gpu_ids", Value::Null);
            state.set("gpu_count", Value::Null);
        }
    }

    async fn all(client: &Client, call: &Call) -> Result<(Vec<Attributes>, bool), Error> {
        let listing = endpoints(client, &Attributes::default()).list(call).await?;
        let shown = |endpoint| managed::data_source::shown::<Self>(endpoint);
        let mut objects: Vec<Attributes> = listing.objects.iter().map(shown).collect();
        let mut is_capped = listing.is_capped;
        if client.api == connection::Api::Auto {
            let over_rest = client.runpod.endpoints(Api::Rest).list(call).await?;
            // REST v2 alone tells the container, and its list is whole.
            is_capped &= over_rest.is_capped;
            for endpoint in &over_rest.objects {
                let container = shown(endpoint);
                match objects
                    .iter_mut()
                    .find(|object| object.text("id") == Some(&endpoint.id))
                {
                    Some(object) => {
                        for name in CONTAINER.into_iter().chain(["image"]) {
                            object.set(name, container.get(name).clone());
                        }
                    }
                    None => objects.push(container),
                }
            }
        }
        Ok((objects, is_capped))
    }
}

fn pods(workers: &[runpod::endpoints::Worker]) -> Value<Datum> {
    let pod = |worker: &runpod::endpoints::Worker| {
        let mut object = Attributes::default();
        object.set("desired_status", text(Some(worker.status.as_str())));
        Value::Value(Datum::Object(object))
    };
    Value::Value(Datum::Many(workers.iter().map(pod).collect()))
}

/// Whether the endpoint may change between GPU and CPU workers, which needs another endpoint.
fn may_change_kind(prior: &Attributes, config: &Attributes, planned: &Attributes) -> bool {
    let is_unknown = planned.get("instance_ids").is_unknown();
    // Without GPUs it can be nothing but a CPU endpoint.
    let is_cpu = planned.has("instance_ids") || is_unknown && config.lacks("gpu_ids");
    is_unknown && !is_cpu || prior.has("instance_ids") != is_cpu
}

/// Whether some of the places are countries, which REST v2 does not show as such.
fn has_country(attributes: &Attributes) -> bool {
    let places = attributes.get("locations").as_ref_option().map(Datum::as_texts);
    places.into_iter().flatten().any(rules::is_country)
}

/// Whether an endpoint whose container was a template's gets one of its own.
fn becomes_own(prior: &Attributes, planned: &Attributes) -> bool {
    planned.has("image") && !prior.has("image")
}

/// What is left out of the container's computed attributes where the container changes: none where it becomes a
/// template's, and the API's choice where it becomes the endpoint's own.
fn container_of_plan(prior: &Attributes, config: &Attributes, planned: &mut Attributes) {
    if !config.get("disk").is_null() {
        return;
    }
    if planned.lacks("image") {
        planned.set("disk", Value::Null);
    } else if !prior.has("image") || planned.get("image").is_unknown() && !planned.lacks("template_id") {
        planned.set("disk", Value::Unknown);
    }
}

/// A change of the scaler may show an `idle_timeout` that REST v2 did not show before.
fn idle_timeout_of_plan(prior: &Attributes, config: &Attributes, planned: &mut Attributes) {
    let is_left_out = config.get("idle_timeout").is_null() && prior.get("idle_timeout").is_null();
    if is_left_out && prior.get("scaler_type") != planned.get("scaler_type") {
        planned.set("idle_timeout", Value::Unknown);
    }
}

/// A single volume may be read through either of GraphQL's two fields; it is put where `like` has its volumes.
fn place_volumes(endpoint: &Endpoint, found: &mut Attributes, like: &Attributes) {
    let ids = endpoint.volume_ids();
    let [only] = ids.as_slice() else { return };
    let (single, many) = (text(Some(*only)), Value::Value(Datum::texts([*only])));
    if like.has("network_volume_ids") {
        found.set("network_volume_id", Value::Null);
        found.set("network_volume_ids", many);
    } else if like.has("network_volume_id") {
        found.set("network_volume_id", single);
        found.set("network_volume_ids", Value::Null);
    }
}

/// GraphQL has no container of an endpoint's own.
fn needs_rest(diags: &mut Diagnostics, plan: &Plan<'_>) {
    if has_image(&plan.planned) {
        let detail = "image needs REST v2, and the provider's api is \"graphql\". Set api to \"auto\" or \"rest\" in the \
                      provider block (or RUNPOD_API), or use template_id.";
        error_at(
            diags,
            AttributePath::new("image"),
            "An endpoint with an image needs REST v2",
            detail,
        );
    }
}
