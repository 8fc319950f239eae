//! What a provider has, by the names that configurations use.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde_json::Value as Json;
use tf_provider::{DataSource, Diagnostics, Function, Resource, schema::Schema};

use super::{
    action::{Action, RegisteredAction},
    diagnostics::{error, only, provider_bug},
    erased::{AnyDataSource, AnyResource},
    function::RegisteredFunction,
    generate::{AnyGenerate, GenerateConfig},
    identity::{RegisteredIdentity, ResourceIdentity},
    list::{ListResource, RegisteredList},
    marks::Marks,
    operation::guarded,
    wire,
};

/// A resource's own way of bringing a stored state of an older schema version up to date.
///
/// (tf-provider's `Resource::upgrade` cannot be implemented: a type in its signature is not exported.)
pub trait UpgradeState: Send + Sync {
    /// Turns `state`, stored by schema version `version`, into one that fits the present schema. Attributes that
    /// the schema does not have are dropped afterwards, and missing ones are null.
    ///
    /// `None` without an error in `diags` counts as an error.
    fn upgrade_state(&self, diags: &mut Diagnostics, version: i64, state: Json) -> Option<Json>;
}

/// A resource's own way of accepting what another resource type, or another provider, has stored: what a `moved` block
/// between the two asks for (Terraform 1.8 and later).
///
/// Terraform asks a provider that is not configured.
pub trait MoveState: Send + Sync {
    /// Turns `state`, stored by `source`, into one that fits this resource's present schema. Attributes that the schema
    /// does not have are dropped afterwards, and missing ones are null; Terraform reads the resource next.
    ///
    /// `None` without an error in `diags` counts as an error.
    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource, state: Json) -> Option<Json>;
}

/// Who has stored a state that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveSource {
    /// The provider's address with its host, such as `registry.terraform.io/example-org/example`.
    pub provider_address: String,
    /// The resource type, such as `example_server`.
    pub type_name: String,
    /// The version of the schema that it was stored by.
    pub schema_version: i64,
}

/// What a provider has. [`Plugin::register`](super::Plugin::register) fills it.
#[derive(Default)]
pub struct Registration {
    pub(crate) resources: BTreeMap<String, Arc<RegisteredResource>>,
    pub(crate) data_sources: BTreeMap<String, Arc<RegisteredDataSource>>,
    pub(crate) functions: BTreeMap<String, Arc<RegisteredFunction>>,
    pub(crate) actions: BTreeMap<String, Arc<RegisteredAction>>,
    /// What is said of the provider's own arguments.
    pub(crate) marks: Marks,
    /// What was wrong with the registration.
    pub(crate) diags: Diagnostics,
}

/// A resource, and what it can do beyond tf-provider's trait.
pub(crate) struct RegisteredResource {
    pub resource: Arc<dyn AnyResource>,
    pub upgrades: Option<Arc<dyn UpgradeState>>,
    pub moves: Option<Arc<dyn MoveState>>,
    pub identity: Option<RegisteredIdentity>,
    pub list: Option<RegisteredList>,
    pub generate: Option<Box<dyn AnyGenerate>>,
    pub marks: Marks,
    schema: CachedSchema,
}

/// A data source.
pub(crate) struct RegisteredDataSource {
    pub data_source: Arc<dyn AnyDataSource>,
    pub marks: Marks,
    schema: CachedSchema,
}

impl Registration {
    /// Registers a resource under `name`, which begins with the provider's type, such as `example_server`. What else it
    /// can do is said of the answer.
    pub fn resource<R: Resource + 'static>(
        &mut self,
        name: impl Into<String>,
        resource: R,
    ) -> ResourceRegistration<'_, R> {
        let (name, resource) = (name.into(), Arc::new(resource));
        if self.resources.contains_key(&name) {
            self.twice(&name);
        }
        let registered = Arc::new(RegisteredResource {
            resource: resource.clone(),
            upgrades: None,
            moves: None,
            identity: None,
            list: None,
            generate: None,
            marks: Marks::default(),
            schema: CachedSchema::default(),
        });
        ResourceRegistration {
            registered: self.resources.entry(name).or_insert(registered),
            resource,
        }
    }

    /// Registers a data source under `name`.
    pub fn data_source(
        &mut self,
        name: impl Into<String>,
        data_source: impl DataSource + 'static,
    ) -> DataSourceRegistration<'_> {
        let name = name.into();
        if self.data_sources.contains_key(&name) {
            self.twice(&name);
        }
        let registered = Arc::new(RegisteredDataSource {
            data_source: Arc::new(data_source),
            marks: Marks::default(),
            schema: CachedSchema::default(),
        });
        DataSourceRegistration(self.data_sources.entry(name).or_insert(registered))
    }

    /// Registers a function under `name`: `provider::example::name(…)` in a configuration. It is called unconfigured, and
    /// must be pure. Its input is a tuple or struct of all arguments in their order, those of a variadic parameter as a
    /// list at the end; an error about one is `diags.function_error(index, text)`.
    pub fn function(&mut self, name: impl Into<String>, function: impl Function + 'static) {
        let name = name.into();
        let registered = Arc::new(RegisteredFunction::new(function));
        if self.functions.insert(name.clone(), registered).is_some() {
            self.twice(&name);
        }
    }

    /// Registers an action under `name`, which begins with the provider's type, such as `example_restart`.
    pub fn action(
        &mut self,
        name: impl Into<String>,
        action: impl Action + 'static,
    ) -> ActionRegistration<'_> {
        let name = name.into();
        if self.actions.contains_key(&name) {
            self.twice(&name);
        }
        let registered = Arc::new(RegisteredAction::new(action));
        ActionRegistration(self.actions.entry(name).or_insert(registered))
    }

    /// What there is to say of the provider's own arguments.
    pub fn provider(&mut self) -> ProviderRegistration<'_> {
        ProviderRegistration(&mut self.marks)
    }

    fn twice(&mut self, name: &str) {
        self.diags
            .add_error(provider_bug(format!("It registers {name} twice.")));
    }
}

/// A resource that has just been registered.
pub struct ResourceRegistration<'a, R> {
    registered: &'a mut Arc<RegisteredResource>,
    resource: Arc<R>,
}

impl<R: Resource + 'static> ResourceRegistration<'_, R> {
    /// It upgrades states of its older schema versions.
    pub fn with_upgrade(self) -> Self
    where
        R: UpgradeState,
    {
        let upgrades = self.resource.clone();
        self.with(|registered| registered.upgrades = Some(upgrades))
    }

    /// It accepts states of other resource types.
    pub fn with_move(self) -> Self
    where
        R: MoveState,
    {
        let moves = self.resource.clone();
        self.with(|registered| registered.moves = Some(moves))
    }

    /// Its objects have an identity.
    pub fn with_identity(self) -> Self
    where
        R: ResourceIdentity,
    {
        let identity = RegisteredIdentity {
            schema: self.resource.identity_schema(),
            resource: Box::new(self.resource.clone()),
        };
        self.with(|registered| registered.identity = Some(identity))
    }

    /// Its objects can be listed, which takes an identity: this implies [`with_identity`](Self::with_identity).
    pub fn with_list(self) -> Self
    where
        R: ListResource,
    {
        let list = RegisteredList {
            resource: Box::new(self.resource.clone()),
            schema: CachedSchema::default(),
        };
        self.with_identity()
            .with(|registered| registered.list = Some(list))
    }

    /// It says what a person would write for an object that exists. Others get what Terraform would make of the state.
    pub fn with_generated_config(self) -> Self
    where
        R: GenerateConfig,
    {
        let generate = Box::new(self.resource.clone());
        self.with(|registered| registered.generate = Some(generate))
    }

    /// These attributes are write-only: their value is in the configuration of a validation, plan or apply, and nowhere
    /// else. Every state that the resource is given, and every one that it gives, has null there. A path inside nested
    /// attributes and blocks has dots, such as `login.password_wo`. They are required or optional, and in no set.
    pub fn write_only<S: Into<String>>(self, paths: impl IntoIterator<Item = S>) -> Self {
        let paths = paths.into_iter();
        self.with(|registered| paths.for_each(|path| registered.marks.write_only(path)))
    }

    /// What is at `path` is deprecated, and `message` says what to use instead. The empty path is the resource itself.
    pub fn deprecated(self, path: impl Into<String>, message: impl Into<String>) -> Self {
        self.with(|registered| registered.marks.deprecated(path, message))
    }

    /// Nobody else holds the entry while the registration goes on.
    fn with(self, change: impl FnOnce(&mut RegisteredResource)) -> Self {
        if let Some(registered) = Arc::get_mut(self.registered) {
            change(registered);
        }
        self
    }
}

/// A data source that has just been registered.
pub struct DataSourceRegistration<'a>(&'a mut Arc<RegisteredDataSource>);

impl DataSourceRegistration<'_> {
    /// What is at `path` is deprecated, and `message` says what to use instead. The empty path is the data source itself.
    pub fn deprecated(self, path: impl Into<String>, message: impl Into<String>) -> Self {
        if let Some(registered) = Arc::get_mut(self.0) {
            registered.marks.deprecated(path, message);
        }
        self
    }
}

/// An action that has just been registered.
pub struct ActionRegistration<'a>(&'a mut Arc<RegisteredAction>);

impl ActionRegistration<'_> {
    /// These attributes of its `config` are write-only: they, and they alone, may get ephemeral values.
    pub fn write_only<S: Into<String>>(self, paths: impl IntoIterator<Item = S>) -> Self {
        if let Some(registered) = Arc::get_mut(self.0) {
            let paths = paths.into_iter();
            paths.for_each(|path| registered.marks.write_only(path));
        }
        self
    }

    /// What is at `path` is deprecated, and `message` says what to use instead. The empty path is the action itself.
    pub fn deprecated(self, path: impl Into<String>, message: impl Into<String>) -> Self {
        if let Some(registered) = Arc::get_mut(self.0) {
            registered.marks.deprecated(path, message);
        }
        self
    }
}

/// The provider's own arguments.
pub struct ProviderRegistration<'a>(&'a mut Marks);

impl ProviderRegistration<'_> {
    /// The argument at `path` is deprecated, and `message` says what to use instead.
    pub fn deprecated(self, path: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.deprecated(path, message);
        self
    }
}

impl RegisteredResource {
    /// Makes the write-only attributes of a state null.
    pub(crate) fn nullify_write_only(&self, state: &mut Option<wire::DynamicValue>) {
        // Without a schema there is no state either.
        if let Some(schema) = self.schema(&mut Diagnostics::default()) {
            self.marks.nullify_write_only(schema, state);
        }
    }

    /// The schema, or what is wrong with it.
    pub(crate) fn schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.schema.get(diags, |diags| self.resource.schema(diags))
    }
}

impl RegisteredDataSource {
    /// The schema, or what is wrong with it.
    pub(crate) fn schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.schema.get(diags, |diags| self.data_source.schema(diags))
    }
}

/// A schema that is asked for once.
#[derive(Default)]
pub(crate) struct CachedSchema(OnceLock<Result<Schema, Diagnostics>>);

impl CachedSchema {
    /// The schema. Its lack is an error, and so is a panic. Warnings without an error are dropped.
    pub(crate) fn get(
        &self,
        diags: &mut Diagnostics,
        ask: impl FnOnce(&mut Diagnostics) -> Option<Schema>,
    ) -> Option<&Schema> {
        let schema = self.0.get_or_init(|| {
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
        });
        schema
            .as_ref()
            .map_err(|broken| diags.add_diagnostics(broken.clone()))
            .ok()
    }
}
