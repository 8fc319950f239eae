//! The data sources of any noun: one object, by id or name, and all of the account.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use runpod::{Call, Error};
use tf_provider::{
    AttributePath, DataSource, Diagnostics,
    schema::{Attribute as SchemaAttribute, AttributeConstraint, AttributeType, Schema},
    value::{Value, ValueEmpty},
};

use super::{
    attribute::{block, computed, invalid},
    connection::{Client, Connection},
    diagnostic::{error_at, explain, warn_at},
    messages::listed,
    noun::Noun,
    reconcile,
    resource::id_attribute,
    spelling::composed,
    timeouts::READ_LIMIT,
    value::{Attributes, Datum, text},
};
use runpod::collection::Object;

/// The data source for one object of a noun.
pub struct OneDataSource<N> {
    connection: Connection,
    noun: PhantomData<N>,
}

impl<N: Noun> OneDataSource<N> {
    /// The data source on a connection.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection,
            noun: PhantomData,
        }
    }
}

/// An object with everything that data sources tell of it.
pub fn shown<N: Noun>(object: &N::Object) -> Attributes {
    let mut shown = reconcile::found::<N>(object, &Attributes::default());
    shown.0.retain(|name, _| is_shown::<N>(name));
    for value in shown.0.values_mut().filter(|value| value.is_unknown()) {
        *value = Value::Null;
    }
    shown.set("id", text(Some(object.id())));
    N::derive(&mut shown);
    shown
}

/// Whether data sources show an attribute: none that could not be read back, or belongs to a resource alone.
fn is_shown<N: Noun>(name: &str) -> bool {
    let row = N::table().iter().find(|row| row.name == name);
    row.is_some_and(|row| !row.write_only && !row.sensitive && !N::HIDDEN.contains(&name))
}

fn attributes<N: Noun>() -> HashMap<String, SchemaAttribute> {
    let rows = N::table().iter().filter(|row| is_shown::<N>(row.name));
    rows.map(|row| (row.name.to_owned(), row.schema_as(AttributeConstraint::Computed)))
        .collect()
}

/// The client, where the chosen API has the noun.
fn client<N: Noun>(connection: &Connection, diags: &mut Diagnostics, kind: &str) -> Option<Arc<Client>> {
    let client = connection.client(diags)?;
    let can_ask = !N::NEEDS_REST || connection.has_rest(diags, &format!("Data source {kind}"));
    can_ask.then_some(client)
}

#[async_trait]
impl<N: Noun> DataSource for OneDataSource<N> {
    type State<'a> = Attributes;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let mut attributes = attributes::<N>();
        let id = id_attribute::<N>(AttributeConstraint::OptionalComputed);
        attributes.insert("id".to_owned(), id);
        if let Some(name) = attributes.get_mut("name") {
            name.constraint = AttributeConstraint::OptionalComputed;
        }
        let description = format!(
            "One of the account's {}, found by `id` or by `name`: set exactly one of them.",
            N::NOUNS
        );
        Some(block(&description, attributes))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        let (id, name) = (config.get("id"), config.get("name"));
        if id.is_value() && name.is_value() {
            let detail = "id and name are both set. Set exactly one of them.";
            let summary = format!("Two ways to find the {}", N::NOUN);
            error_at(diags, AttributePath::new("name"), summary, detail);
        }
        if id.is_null() && name.is_null() {
            let detail = "Neither id nor name is set. Set exactly one of them.";
            let summary = format!("No way to find the {}", N::NOUN);
            error_at(diags, AttributePath::new("id"), summary, detail);
        }
        for key in ["id", "name"]
            .into_iter()
            .filter(|key| config.text(key).is_some_and(|text| text.trim().is_empty()))
        {
            let problem = "it must not be empty; leave it out or set it to null to find by the other";
            invalid(diags, AttributePath::new(key), key, problem, "\"\"");
        }
        diags.errors.is_empty().then_some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        _: ValueEmpty,
    ) -> Option<Attributes> {
        let client = client::<N>(&self.connection, diags, N::TYPE)?;
        let call = Call::within(READ_LIMIT, self.connection.stop().token());
        let found = find::<N>(diags, &client, &call, &config).await;
        let mut state = match found {
            Ok(found) => found?,
            Err(failure) => {
                let wanted = config.text("id").or(config.text("name")).unwrap_or_default();
                let subject = format!("data source {}, {wanted:?}", N::TYPE);
                diags.errors.push(explain::<N>(&failure, &subject));
                return None;
            }
        };
        N::complete_one(diags, &self.connection, &client, &call, &mut state).await;
        // What was asked for stands as it was asked for.
        for key in ["id", "name"]
            .into_iter()
            .filter(|key| config.get(key).is_value())
        {
            state.set(key, config.get(key).clone());
        }
        diags.errors.is_empty().then_some(state)
    }
}

async fn find<N: Noun>(
    diags: &mut Diagnostics,
    client: &Client,
    call: &Call,
    config: &Attributes,
) -> Result<Option<Attributes>, Error> {
    let (objects, is_capped) = N::all(client, call).await?;
    if let Some(id) = config.text("id") {
        if let Some(object) = objects.iter().find(|object| object.text("id") == Some(id)) {
            return Ok(Some(object.clone()));
        }
        let calls = N::calls(client, &Attributes::default());
        if let Some(object) = calls.find(call, id).await? {
            return Ok(Some(shown::<N>(&object)));
        }
        let detail = format!(
            "Runpod has no {} with the id {id:?} in this account. {}",
            N::NOUN,
            listed::<N>(&objects, is_capped)
        );
        let summary = format!("There is no such {}", N::NOUN);
        error_at(diags, AttributePath::new("id"), summary, detail);
        return Ok(None);
    }
    let name = config.text("name").unwrap_or_default();
    let bears = |object: &&Attributes| {
        object
            .text("name")
            .is_some_and(|other| composed(other) == composed(name))
    };
    let bearers: Vec<&Attributes> = objects.iter().filter(bears).collect();
    match bearers.as_slice() {
        [object] => {
            if is_capped {
                warn_of_cap::<N>(diags, &AttributePath::new("name"), objects.len());
            }
            return Ok(Some((*object).clone()));
        }
        [] => {
            let detail = format!(
                "Runpod has no {} named {name:?} in this account. {}",
                N::NOUN,
                listed::<N>(&objects, is_capped)
            );
            let summary = format!("There is no such {}", N::NOUN);
            error_at(diags, AttributePath::new("name"), summary, detail);
        }
        several => {
            let ids: Vec<&str> = several.iter().filter_map(|object| object.text("id")).collect();
            let detail = format!(
                "{} {} are named {name:?}: {}. Set id instead, to one of these.",
                several.len(),
                N::NOUNS,
                ids.join(", ")
            );
            let summary = format!("Several {} have this name", N::NOUNS);
            error_at(diags, AttributePath::new("name"), summary, detail);
        }
    }
    Ok(None)
}

/// The attribute that has all of a data source's objects: its type without the provider's prefix.
pub fn attribute_of(type_name: &'static str) -> &'static str {
    type_name.strip_prefix("runpod_").unwrap_or(type_name)
}

fn warn_of_cap<N: Noun>(diags: &mut Diagnostics, path: &AttributePath, count: usize) {
    let detail = format!(
        "Runpod listed {count} {}, the oldest, and lists no more: the account may have others that do not show here. \
         Find them by id, or use api = \"rest\", whose lists have no such limit.",
        N::NOUNS
    );
    let summary = format!("The list of {} may be cut", N::NOUNS);
    warn_at(diags, path.clone(), summary, detail);
}

/// The data source for all objects of a noun.
pub struct AllDataSource<N> {
    connection: Connection,
    noun: PhantomData<N>,
}

impl<N: Noun> AllDataSource<N> {
    /// The data source on a connection.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection,
            noun: PhantomData,
        }
    }

    /// The attribute that has the objects.
    fn attribute() -> &'static str {
        attribute_of(N::TYPES)
    }
}

#[async_trait]
impl<N: Noun> DataSource for AllDataSource<N> {
    type State<'a> = Attributes;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let mut object = attributes::<N>();
        object.insert("id".to_owned(), id_attribute::<N>(AttributeConstraint::Computed));
        let description = format!("The {}.", N::NOUNS);
        let all = computed(AttributeType::AttributeList(object), &description);
        let mut attributes = HashMap::from([(Self::attribute().to_owned(), all)]);
        for (name, attribute) in N::attributes_of_all() {
            attributes.insert(name.to_owned(), attribute);
        }
        Some(block(&format!("All {} of the account.", N::NOUNS), attributes))
    }

    async fn read<'a>(&self, diags: &mut Diagnostics, _: Attributes, _: ValueEmpty) -> Option<Attributes> {
        let client = client::<N>(&self.connection, diags, N::TYPES)?;
        let call = Call::within(READ_LIMIT, self.connection.stop().token());
        let mut state = Attributes::default();
        let read = async {
            let (objects, is_capped) = N::all(&client, &call).await?;
            if is_capped {
                warn_of_cap::<N>(diags, &AttributePath::root(), objects.len());
            }
            let objects = objects.into_iter();
            let objects = objects
                .map(|object| Value::Value(Datum::Object(object)))
                .collect();
            state.set(Self::attribute(), Value::Value(Datum::Many(objects)));
            N::complete_all(&client, &call, &mut state).await
        };
        match read.await {
            Ok(()) => Some(state),
            Err(failure) => {
                let subject = format!("data source {}", N::TYPES);
                diags.errors.push(explain::<N>(&failure, &subject));
                None
            }
        }
    }
}
