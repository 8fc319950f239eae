//! The catalogue: `runpod_gpu_types`, `runpod_cpu_types` and `runpod_data_centers`, so that a configuration can choose by
//! memory, price and stock instead of by name. Prices are in USD an hour for one GPU or vCPU.

mod cpu_types;
mod data_centers;
mod gpu_types;

use std::{collections::HashMap, marker::PhantomData};

use async_trait::async_trait;
use plugin::Registration;
use runpod::{Call, Error};
use tf_provider::{
    AttributePath, DataSource, Diagnostics,
    schema::{Attribute, AttributeConstraint, AttributeType, Schema},
    value::{Value, ValueEmpty},
};

use crate::managed::{
    attribute::{Field, Type, block, computed, invalid},
    connection::{Client, Connection},
    data_source::attribute_of,
    diagnostic::explain_call,
    timeouts::READ_LIMIT,
    value::{Attributes, Datum},
};

/// The products that stock is told for.
const PRODUCTS: [&str; 2] = ["SERVERLESS", "POD"];

/// Registers the catalogue's data sources.
pub fn register(registration: &mut Registration, connection: &Connection) {
    one::<gpu_types::GpuTypes>(registration, connection);
    one::<cpu_types::CpuTypes>(registration, connection);
    one::<data_centers::DataCenters>(registration, connection);
}

fn one<C: Catalog>(registration: &mut Registration, connection: &Connection) {
    let source = CatalogDataSource::<C> {
        connection: connection.clone(),
        catalog: PhantomData,
    };
    registration.data_source(C::TYPE, source);
}

/// A part of the catalogue.
#[async_trait]
trait Catalog: Send + Sync + Sized + 'static {
    /// The data source's type: `runpod_gpu_types`; the part behind `runpod_` is its attribute.
    const TYPE: &'static str;

    /// What the data source is; Markdown.
    const DESCRIPTION: &'static str;

    /// What stands for each row.
    const FIELDS: &'static [Field];

    /// Whether stock is told for a product.
    const HAS_PRODUCT: bool = false;

    /// The rows.
    async fn rows(client: &Client, call: &Call, product: Option<&str>) -> Result<Vec<Attributes>, Error>;
}

/// The data source of a part of the catalogue.
struct CatalogDataSource<C> {
    connection: Connection,
    catalog: PhantomData<C>,
}

impl<C: Catalog> CatalogDataSource<C> {
    fn attribute() -> &'static str {
        attribute_of(C::TYPE)
    }
}

#[async_trait]
impl<C: Catalog> DataSource for CatalogDataSource<C> {
    type State<'a> = Attributes;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let rows = computed(
            Type::Objects(C::FIELDS).schema(&AttributeConstraint::Computed),
            "What there is, in the order of ids.",
        );
        let mut attributes = HashMap::from([(Self::attribute().to_owned(), rows)]);
        if C::HAS_PRODUCT {
            let product = Attribute {
                constraint: AttributeConstraint::Optional,
                ..computed(
                    AttributeType::String,
                    "`SERVERLESS` or `POD`: adds what is in stock for it. Left out: no stock is told.",
                )
            };
            attributes.insert("product".to_owned(), product);
        }
        Some(block(C::DESCRIPTION, attributes))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        if let Some(product) = config
            .text("product")
            .filter(|product| !PRODUCTS.contains(product))
        {
            let problem = "it must be one of \"SERVERLESS\", \"POD\"";
            let path = AttributePath::new("product");
            invalid(diags, path, "product", problem, &format!("{product:?}"));
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
        if !self
            .connection
            .has_rest(diags, &format!("Data source {}", C::TYPE))
        {
            return None;
        }
        let call = Call::within(READ_LIMIT, self.connection.stop().token());
        match C::rows(&client, &call, config.text("product")).await {
            Ok(rows) => {
                let mut state = config;
                let rows = rows.into_iter().map(|row| Value::Value(Datum::Object(row)));
                state.set(Self::attribute(), Value::Value(Datum::Many(rows.collect())));
                Some(state)
            }
            Err(failure) => {
                let subject = format!("data source {}", C::TYPE);
                diags.errors.push(explain_call(&failure, &subject));
                None
            }
        }
    }
}

/// A field of a row.
const fn field(name: &'static str, kind: Type, description: &'static str) -> Field {
    Field {
        name,
        kind,
        description,
        rule: crate::managed::attribute::Rule::Any,
    }
}

/// A row of these values.
fn row<const N: usize>(values: [(&str, Value<Datum>); N]) -> Attributes {
    let mut row = Attributes::default();
    for (name, value) in values {
        row.set(name, value);
    }
    row
}

/// A list of strings that is there even where it is empty, so that expressions can go over it.
fn list(items: &[String]) -> Value<Datum> {
    Value::Value(Datum::texts(items.iter().map(String::as_str)))
}
