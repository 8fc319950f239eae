//! What a provider offers, by the names that configurations use.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;
use tf_provider::schema::Schema;
use tf_provider::{DataSource, Diagnostics, Resource};

use super::diagnostics::{error, only};
use super::erased::{AnyDataSource, AnyResource};
use super::operation::guarded;

/// A resource's own way of bringing a stored state of an older schema version up to date.
///
/// (tf-provider's `Resource::upgrade` cannot be implemented: a type in its signature is not exported.)
pub trait UpgradeState: Send + Sync {
    /// Turns `state`, stored by schema version `version`, into one that fits the present schema. Attributes that
    /// the schema does not have are dropped afterwards, and missing ones are null.
    ///
    /// `None` without an error in `diags` counts as an error.
    fn upgrade(&self, diags: &mut Diagnostics, version: i64, state: Json) -> Option<Json>;
}

/// What a provider offers. [`Plugin::register`](super::Plugin::register) fills it.
#[derive(Default)]
pub struct Offers {
    pub(crate) resources: BTreeMap<String, Arc<ResourceOffer>>,
    pub(crate) data_sources: BTreeMap<String, Arc<DataSourceOffer>>,
    /// What was wrong with the registration.
    pub(crate) diags: Diagnostics,
}

pub(crate) struct ResourceOffer {
    pub resource: Arc<dyn AnyResource>,
    pub upgrade: Option<Arc<dyn UpgradeState>>,
    schema: CachedSchema,
}

pub(crate) struct DataSourceOffer {
    pub data_source: Arc<dyn AnyDataSource>,
    schema: CachedSchema,
}

type CachedSchema = OnceLock<Result<Schema, Diagnostics>>;

impl Offers {
    /// Offers a resource under `name`, which begins with the provider's type, such as `example_thing`.
    pub fn resource(&mut self, name: impl Into<String>, resource: impl Resource + 'static) {
        self.add_resource(name.into(), Arc::new(resource), None);
    }

    /// Offers a resource that knows how to upgrade states of its older schema versions.
    pub fn upgradable_resource<R>(&mut self, name: impl Into<String>, resource: R)
    where
        R: Resource + UpgradeState + 'static,
    {
        let resource = Arc::new(resource);
        self.add_resource(name.into(), resource.clone(), Some(resource));
    }

    /// Offers a data source under `name`.
    pub fn data_source(&mut self, name: impl Into<String>, data_source: impl DataSource + 'static) {
        let name = name.into();
        let offer = DataSourceOffer {
            data_source: Arc::new(data_source),
            schema: OnceLock::new(),
        };
        if self.data_sources.insert(name.clone(), Arc::new(offer)).is_some() {
            self.twice(&name);
        }
    }

    fn add_resource(
        &mut self,
        name: String,
        resource: Arc<dyn AnyResource>,
        upgrade: Option<Arc<dyn UpgradeState>>,
    ) {
        let offer = ResourceOffer {
            resource,
            upgrade,
            schema: OnceLock::new(),
        };
        if self.resources.insert(name.clone(), Arc::new(offer)).is_some() {
            self.twice(&name);
        }
    }

    fn twice(&mut self, name: &str) {
        self.diags.add_error(error(
            "The provider has a bug",
            format!("It offers {name} twice. Please report this to the provider's developers."),
        ));
    }
}

impl ResourceOffer {
    pub(crate) fn schema(&self) -> &Result<Schema, Diagnostics> {
        self.schema
            .get_or_init(|| schema_of(|diags| self.resource.schema(diags)))
    }
}

impl DataSourceOffer {
    pub(crate) fn schema(&self) -> &Result<Schema, Diagnostics> {
        self.schema
            .get_or_init(|| schema_of(|diags| self.data_source.schema(diags)))
    }
}

/// Asks for a schema; its lack is an error, and so is a panic. Warnings without an error are dropped.
pub(crate) fn schema_of(ask: impl FnOnce(&mut Diagnostics) -> Option<Schema>) -> Result<Schema, Diagnostics> {
    let mut diags = Diagnostics::default();
    match guarded(|| ask(&mut diags)) {
        Err(panicked) => Err(only(panicked)),
        Ok(_) if !diags.errors.is_empty() => Err(diags),
        Ok(Some(schema)) => Ok(schema),
        Ok(None) => Err(only(error(
            "The provider gave no schema",
            "This is a bug of the provider: please report it.",
        ))),
    }
}
