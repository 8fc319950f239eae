//! What there is of a resource, without a state: list resources (protocol 6.10), which `terraform query` asks for
//! (Terraform 1.14).

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::{Diagnostic, Diagnostics, schema::Schema};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    diagnostics::{only, only_warning, provider_bug, to_wire},
    identity::{Identity, ResourceIdentity},
    registration::{CachedSchema, RegisteredResource},
    value::{CONFIG, Raw, decode, encode},
    wire::{self, list_resource::Event},
};

/// A resource whose objects can be listed.
#[async_trait]
pub trait ListResource: ResourceIdentity {
    /// What a `list` block's `config` says: filters.
    type ListConfig<'a>: Deserialize<'a> + Send;

    /// The schema of `config`. If it requires nothing, `config` may be left out, and all of it is null.
    fn list_schema(&self, diags: &mut Diagnostics) -> Option<Schema>;

    /// Checks `config`, in which values may be unknown. `None` without an error in `diags` counts as an error.
    async fn validate_list<'a>(&self, diags: &mut Diagnostics, config: Self::ListConfig<'a>) -> Option<()> {
        let _ = (diags, config);
        Some(())
    }

    /// Gives the objects that there are to `results`, in a stable order, until it wants no more. No value of `config` is
    /// unknown.
    ///
    /// An error in `diags` hides all that was found. `None` without one counts as an error, unless nothing more was
    /// wanted. The future is dropped as soon as Terraform has had enough.
    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Self::ListConfig<'a>,
        results: &mut ListResults,
    ) -> Option<()>;
}

/// Nothing more of a list is wanted: the limit is reached, or Terraform is gone. It is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing more of the list is wanted")]
pub struct ListOver;

/// Where the objects of a list go.
pub struct ListResults {
    /// The resource that they are of, which knows what their identity and their write-only attributes are.
    resource: Arc<RegisteredResource>,
    events: mpsc::Sender<Event>,
    include_resource: bool,
    /// How many more are wanted.
    remaining: u64,
    /// Cancelled when nothing more is wanted.
    over: CancellationToken,
}

impl ListResults {
    pub(crate) fn new(
        resource: Arc<RegisteredResource>,
        events: mpsc::Sender<Event>,
        include_resource: bool,
        limit: u64,
        over: CancellationToken,
    ) -> Self {
        Self {
            resource,
            events,
            include_resource,
            remaining: limit,
            over,
        }
    }

    /// Whether the objects' states are asked for. If not, what costs more than their identities can be left out.
    pub fn include_resource(&self) -> bool {
        self.include_resource
    }

    /// How many more objects are wanted.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Gives one object: how it is called, and its state, from which its identity is derived. Waits until Terraform takes
    /// it.
    pub async fn push<S: Serialize + Sync>(
        &mut self,
        display_name: impl Into<String>,
        state: &S,
    ) -> Result<(), ListOver> {
        let mut diags = Diagnostics::default();
        let Some(state) = encode(&mut diags, "a listed object", state).map(Raw::Msgpack) else {
            return self.fail(diags).await;
        };
        let identity = self.resource.identity_of(&state);
        let mut resource = self.include_resource.then(|| state.into_wire());
        self.resource.nullify_write_only(&mut resource);
        self.found(display_name.into(), identity, resource).await
    }

    /// Gives one object without its state: how it is called, and its identity as `ResourceIdentity` has it.
    pub async fn push_identity<I: Serialize + Sync>(
        &mut self,
        display_name: impl Into<String>,
        identity: &I,
    ) -> Result<(), ListOver> {
        let mut diags = Diagnostics::default();
        let Some(identity) = encode(&mut diags, "a listed identity", identity) else {
            return self.fail(diags).await;
        };
        let registered = self.resource.identity.as_ref();
        let identity = registered.and_then(|registered| registered.read(&Raw::Msgpack(identity)));
        self.found(display_name.into(), identity, None).await
    }

    /// Tells something of the list as a whole, such as that it is not complete. Terraform goes on; it hears of this at
    /// once, where a warning in `diags` comes after the last object, and so not if the limit is reached.
    pub async fn warn(&mut self, warning: Diagnostic) -> Result<(), ListOver> {
        self.send(Event {
            diagnostic: to_wire(only_warning(warning)),
            ..Default::default()
        })
        .await
    }

    async fn found(
        &mut self,
        display_name: String,
        identity: Option<Identity>,
        resource_object: Option<wire::DynamicValue>,
    ) -> Result<(), ListOver> {
        if self.remaining == 0 {
            return Err(ListOver);
        }
        // Terraform shows nothing of a list in which an identity is missing.
        let Some(identity) = identity else {
            let what = format!("What it lists as {display_name:?} has no identity.");
            return self.fail(only(provider_bug(what))).await;
        };
        let event = Event {
            identity: Some(identity.to_wire()),
            display_name,
            resource_object,
            diagnostic: Vec::new(),
        };
        self.send(event).await?;
        self.remaining = self.remaining.saturating_sub(1);
        if self.remaining == 0 {
            return self.end();
        }
        Ok(())
    }

    /// Ends the list with errors.
    async fn fail(&mut self, diags: Diagnostics) -> Result<(), ListOver> {
        let event = Event {
            diagnostic: to_wire(diags),
            ..Default::default()
        };
        self.send(event).await?;
        self.end()
    }

    async fn send(&mut self, event: Event) -> Result<(), ListOver> {
        if self.over.is_cancelled() {
            return Err(ListOver);
        }
        match self.events.send(event).await {
            Ok(()) => Ok(()),
            Err(_) => self.end(),
        }
    }

    fn end(&mut self) -> Result<(), ListOver> {
        self.remaining = 0;
        self.over.cancel();
        Err(ListOver)
    }
}

/// Any [`ListResource`], with its values as bytes.
#[async_trait]
pub(crate) trait AnyList: Send + Sync {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;
    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()>;
    async fn list(&self, diags: &mut Diagnostics, config: &Raw, results: &mut ListResults) -> Option<()>;
}

#[async_trait]
impl<R: ListResource + 'static> AnyList for Arc<R> {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        self.list_schema(diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Raw) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        self.validate_list(diags, config).await
    }

    async fn list(&self, diags: &mut Diagnostics, config: &Raw, results: &mut ListResults) -> Option<()> {
        let config = decode(diags, CONFIG, config)?;
        ListResource::list(&**self, diags, config, results).await
    }
}

/// The lists of a registered resource.
pub(crate) struct RegisteredList {
    pub resource: Box<dyn AnyList>,
    pub schema: CachedSchema,
}

impl RegisteredList {
    /// The schema of the block `config`, or what is wrong with it.
    pub(crate) fn schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.schema.get(diags, |diags| self.resource.schema(diags))
    }
}
