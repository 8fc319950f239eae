//! The data sources `runpod_endpoint` (one, by id or name) and `runpod_endpoints` (all of the account).

use std::collections::BTreeMap;

use async_trait::async_trait;
use tf_provider::{
    AttributePath, DataSource, Diagnostics,
    schema::Schema,
    value::{Value, ValueEmpty},
};

use super::{messages::listed, model, schema, timeouts::READ_LIMIT};
use crate::{
    diagnostic::{error_at, explain},
    provider::{Client, Connection},
    value::{Attributes, Datum, text},
};
use runpod::{Call, Discount, Endpoint, Error, Listing, Worker};

/// The data source `runpod_endpoint`.
pub struct EndpointDataSource {
    connection: Connection,
}

impl EndpointDataSource {
    /// The data source on a connection.
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for EndpointDataSource {
    type State<'a> = Attributes;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema::data_source())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        let (id, name) = (config.get("id"), config.get("name"));
        if id.is_value() && name.is_value() {
            let detail = "id and name are both set. Set exactly one of them.";
            error_at(
                diags,
                AttributePath::new("name"),
                "Two ways to find an endpoint",
                detail,
            );
        }
        if id.is_null() && name.is_null() {
            let detail = "Neither id nor name is set. Set exactly one of them.";
            error_at(
                diags,
                AttributePath::new("id"),
                "No way to find an endpoint",
                detail,
            );
        }
        for key in ["id", "name"]
            .into_iter()
            .filter(|key| config.text(key).is_some_and(|text| text.trim().is_empty()))
        {
            crate::attribute::invalid(
                diags,
                AttributePath::new(key),
                key,
                "it must not be empty",
                "\"\"",
            );
        }
        diags.errors.is_empty().then_some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        _: ValueEmpty,
    ) -> Option<Attributes> {
        let client = self.connection.client(diags)?;
        let call = Call::within(READ_LIMIT, self.connection.stop().token());
        let found = match (config.text("id"), config.text("name")) {
            (Some(id), _) => by_id(diags, &client, &call, id).await,
            (None, name) => by_name(diags, &client, &call, name.unwrap_or_default()).await,
        };
        let found = match found {
            Ok(Some(endpoint)) => {
                let workers = client.api.workers(&call, &endpoint.id).await;
                workers.map(|workers| Some((endpoint, workers)))
            }
            Ok(None) => Ok(None),
            Err(failure) => Err(failure),
        };
        match found {
            Ok(None) => None,
            Ok(Some((endpoint, workers))) => Some(object(&endpoint, &workers)),
            Err(failure) => {
                let wanted = config.text("id").or(config.text("name")).unwrap_or_default();
                diags.errors.push(explain(
                    &failure,
                    &format!("data source runpod_endpoint, {wanted:?}"),
                ));
                None
            }
        }
    }
}

async fn by_id(
    diags: &mut Diagnostics,
    client: &Client,
    call: &Call,
    id: &str,
) -> Result<Option<Endpoint>, Error> {
    let found = client.api.get(call, id).await?;
    if found.is_none() {
        let account = client.api.list(call).await?;
        let detail = format!(
            "Runpod has no endpoint with the id {id:?} in this account. {}",
            listed(&account)
        );
        error_at(
            diags,
            AttributePath::new("id"),
            "There is no such endpoint",
            detail,
        );
    }
    Ok(found)
}

async fn by_name(
    diags: &mut Diagnostics,
    client: &Client,
    call: &Call,
    name: &str,
) -> Result<Option<Endpoint>, Error> {
    let account = client.api.list(call).await?;
    let bearers: Vec<&Endpoint> = account.by_name(name).collect();
    match bearers.as_slice() {
        [endpoint] => return Ok(Some((*endpoint).clone())),
        [] => {
            let detail = format!(
                "Runpod has no endpoint named {name:?} in this account. {}",
                listed(&account)
            );
            error_at(
                diags,
                AttributePath::new("name"),
                "There is no such endpoint",
                detail,
            );
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|endpoint| endpoint.id.as_str()).collect();
            let detail = format!(
                "{} endpoints are named {name:?}: {}. Set id instead, to one of these.",
                several.len(),
                ids.join(", ")
            );
            error_at(
                diags,
                AttributePath::new("name"),
                "Several endpoints have this name",
                detail,
            );
        }
    }
    Ok(None)
}

/// The data source `runpod_endpoints`.
pub struct EndpointsDataSource {
    connection: Connection,
}

impl EndpointsDataSource {
    /// The data source on a connection.
    pub fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for EndpointsDataSource {
    type State<'a> = Attributes;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema::list_data_source())
    }

    async fn read<'a>(&self, diags: &mut Diagnostics, _: Attributes, _: ValueEmpty) -> Option<Attributes> {
        let client = self.connection.client(diags)?;
        let call = Call::within(READ_LIMIT, self.connection.stop().token());
        let read = async {
            let listing = client.api.list(&call).await?;
            let workers = client.api.all_workers(&call).await?.unwrap_or_default();
            let discount = client.api.serverless_discount(&call).await?;
            Ok::<_, Error>(all(&listing, &workers, discount.as_ref()))
        };
        match read.await {
            Ok(state) => Some(state),
            Err(failure) => {
                diags
                    .errors
                    .push(explain(&failure, "data source runpod_endpoints"));
                None
            }
        }
    }
}

fn all(
    listing: &Listing<Endpoint>,
    workers: &BTreeMap<String, Vec<Worker>>,
    serverless_discount: Option<&Discount>,
) -> Attributes {
    let none = Vec::new();
    let endpoints = listing.objects.iter().map(|endpoint| {
        let workers = workers.get(&endpoint.id).unwrap_or(&none);
        Value::Value(Datum::Object(object(endpoint, workers)))
    });
    let mut state = Attributes::default();
    state.set("endpoints", Value::Value(Datum::Many(endpoints.collect())));
    state.set(
        "serverless_discount",
        serverless_discount.map_or(Value::Null, discount),
    );
    state
}

fn discount(discount: &Discount) -> Value<Datum> {
    let mut object = Attributes::default();
    object.set(
        "discount_factor",
        discount
            .factor
            .map_or(Value::Null, |factor| Value::Value(schema::float(factor))),
    );
    object.set("type", text(discount.kind.as_deref()));
    object.set("expiration_date", text(discount.expiration_date.as_deref()));
    Value::Value(Datum::Object(object))
}

/// An endpoint with everything that the data sources tell of it.
fn object(endpoint: &Endpoint, workers: &[Worker]) -> Attributes {
    let mut object = model::read(endpoint, &Attributes::default());
    object.set("id", text(Some(&endpoint.id)));
    object.set("created_at", text(endpoint.created_at.as_deref()));
    let pods = workers.iter().map(|worker| {
        let mut object = Attributes::default();
        object.set("desired_status", text(Some(&worker.status)));
        Value::Value(Datum::Object(object))
    });
    object.set("pods", Value::Value(Datum::Many(pods.collect())));
    object
}
