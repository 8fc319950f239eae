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

/// A resource's own way of taking over what another resource type, or another provider, has stored: what a `moved` block
/// between the two asks for (Terraform 1.8 and later).
pub trait MoveState: Send + Sync {
    /// Turns `state`, stored by `origin`, into one that fits this resource's present schema. Attributes that the schema
    /// does not have are dropped afterwards, and missing ones are null; Terraform reads the resource next.
    ///
    /// `None` without an error in `diags` counts as an error.
    fn take_over(&self, diags: &mut Diagnostics, origin: &Origin, state: Json) -> Option<Json>;
}

/// Who has stored a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The provider's address with its host, such as `registry.terraform.io/example-org/example`.
    pub provider: String,
    /// The resource type, such as `example_thing`.
    pub resource: String,
    /// The version of the schema that it was stored by.
    pub version: i64,
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
    pub moving: Option<Arc<dyn MoveState>>,
    schema: CachedSchema,
}

pub(crate) struct DataSourceOffer {
    pub data_source: Arc<dyn AnyDataSource>,
    schema: CachedSchema,
}

type CachedSchema = OnceLock<Result<Schema, Diagnostics>>;

impl Offers {
    /// Offers a resource under `name`, which begins with the provider's type, such as `example_thing`. What else it can
    /// do is said of the answer.
    pub fn resource<R: Resource + 'static>(
        &mut self,
        name: impl Into<String>,
        resource: R,
    ) -> Offered<'_, R> {
        let (name, resource) = (name.into(), Arc::new(resource));
        if self.resources.contains_key(&name) {
            self.twice(&name);
        }
        let offer = Arc::new(ResourceOffer {
            resource: resource.clone(),
            upgrade: None,
            moving: None,
            schema: OnceLock::new(),
        });
        Offered {
            offer: self.resources.entry(name).or_insert(offer),
            resource,
        }
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

    fn twice(&mut self, name: &str) {
        self.diags.add_error(error(
            "The provider has a bug",
            format!("It offers {name} twice. Please report this to the provider's developers."),
        ));
    }
}

/// A resource that has just been offered.
pub struct Offered<'a, R> {
    offer: &'a mut Arc<ResourceOffer>,
    resource: Arc<R>,
}

impl<R: Resource + 'static> Offered<'_, R> {
    /// It upgrades states of its older schema versions.
    pub fn upgrading(self) -> Self
    where
        R: UpgradeState,
    {
        let upgrade = self.resource.clone();
        self.with(|offer| offer.upgrade = Some(upgrade))
    }

    /// It takes over states of other resource types.
    pub fn moving(self) -> Self
    where
        R: MoveState,
    {
        let moving = self.resource.clone();
        self.with(|offer| offer.moving = Some(moving))
    }

    /// Nobody else has the offer while it is being made.
    fn with(self, change: impl FnOnce(&mut ResourceOffer)) -> Self {
        if let Some(offer) = Arc::get_mut(self.offer) {
            change(offer);
        }
        self
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
