//! The provider's RPCs. All of them take one path: [`Call`] says what a request is about and how it is answered, and the
//! [`Service`] does for each what all need.
//!
//! A new RPC is an `impl Call` for its request message and a line in [`rpcs!`] below.

mod action;
mod apply;
mod data_source;
mod function;
mod generate;
mod identity;
mod list;
mod plan;
mod provider;
mod read;
mod stored_state;

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use tf_provider::{Diagnostics, schema::Schema};
use tokio::sync::mpsc::Sender;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Request, Response, Status, codegen::BoxStream};

use super::{
    Plugin, Registration,
    diagnostics::{error, to_wire},
    erased::AnyProvider,
    lifecycle::Lifecycle,
    operation::guarded,
    registration::{CachedSchema, RegisteredDataSource, RegisteredResource},
    wire,
};

/// A request to which there is one answer.
pub(crate) trait Call<P: Plugin>: Send + Sized + 'static {
    /// The answer's message.
    type Answer: Answer;

    /// The type that the call is about, if there is one.
    fn type_name(&self) -> &str {
        ""
    }

    /// The answer to a call that comes to nothing: whatever Terraform has, it keeps.
    fn unchanged(&self) -> Self::Answer {
        Self::Answer::default()
    }

    /// The states that a resource's code is to see, in which a write-only attribute has no value.
    fn states(&mut self) -> Vec<State<'_>> {
        Vec::new()
    }

    /// The states that Terraform is to see, in which a write-only attribute has no value either.
    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        let _ = answer;
        Vec::new()
    }

    /// Answers. `None` is [`unchanged`](Self::unchanged); whether it is an error is said by `diags`.
    fn answer(
        self,
        service: &Service<P>,
        diags: &mut Diagnostics,
    ) -> impl Future<Output = Option<Self::Answer>> + Send;
}

/// A request to which there are any number of answers.
pub(crate) trait StreamCall<P: Plugin>: Send + Sized + 'static {
    /// One answer's message.
    type Event: Send + 'static;

    /// The type that the call is about.
    fn type_name(&self) -> &str;

    /// Begins the work that gives events, and gives in the end what was found on the way. `None` if there is none to do;
    /// whether that is an error is said by `diags`.
    fn start(
        self,
        service: &Service<P>,
        diags: &mut Diagnostics,
        events: Sender<Self::Event>,
    ) -> Option<impl Future<Output = Diagnostics> + Send + 'static>;

    /// The event that ends the stream, if there is one.
    fn last(diags: Diagnostics) -> Option<Self::Event>;
}

/// How many events may wait for Terraform to take them.
const PENDING_EVENTS: usize = 16;

/// Where a message has a resource's state.
pub(crate) type State<'a> = &'a mut Option<wire::DynamicValue>;

/// A message that answers a call.
pub(crate) trait Answer: Default + Send + 'static {
    /// Puts into it what was found on the way.
    fn report(&mut self, diags: Diagnostics);
}

/// A provider as gRPC sees it.
pub(crate) struct Service<P> {
    provider: Arc<P>,
    /// Filled by the first call, so that the handshake does not wait for it.
    registration: OnceLock<Registration>,
    /// What the provider's own configuration must be like; asked for once, for each validation needs it.
    schema: CachedSchema,
    /// What modules may say in `provider_meta`.
    meta_schema: CachedSchema,
    /// Counts operations, and tells them to stop.
    pub(crate) lifecycle: Arc<Lifecycle>,
}

impl<P: Plugin> Service<P> {
    pub(crate) fn new(provider: Arc<P>, lifecycle: Arc<Lifecycle>) -> Self {
        Self {
            provider,
            registration: OnceLock::new(),
            schema: CachedSchema::default(),
            meta_schema: CachedSchema::default(),
            lifecycle,
        }
    }

    /// The one path of every call. It notes the RPC and how long it took, nothing of what it was about.
    async fn dispatch<C: Call<P>>(
        &self,
        rpc: &'static str,
        mut call: C,
    ) -> Result<Response<C::Answer>, Status> {
        let start = Instant::now();
        let type_name = call.type_name().to_owned();
        let resource = self.registration().resources.get(&type_name);
        for state in call.states() {
            nullify_write_only(resource, state);
        }
        let unchanged = call.unchanged();
        let mut diags = Diagnostics::default();
        let mut answer = call.answer(self, &mut diags).await.unwrap_or(unchanged);
        for state in C::answered_states(&mut answer) {
            nullify_write_only(resource, state);
        }
        answer.report(diags);
        tracing::debug!(rpc, type_name, duration = ?start.elapsed(), "answered");
        Ok(Response::new(answer))
    }

    /// The one path of every call with a stream of answers. The work goes on when Terraform does not listen any more.
    async fn dispatch_stream<C: StreamCall<P>>(
        &self,
        rpc: &'static str,
        call: C,
    ) -> Result<Response<BoxStream<C::Event>>, Status> {
        let start = Instant::now();
        let type_name = call.type_name().to_owned();
        let mut diags = Diagnostics::default();
        let (events, answers) = tokio::sync::mpsc::channel(PENDING_EVENTS);
        let work = call.start(self, &mut diags, events.clone());
        tokio::spawn(async move {
            if let Some(work) = work {
                diags.add_diagnostics(work.await);
            }
            if let Some(last) = C::last(diags) {
                // Nobody may listen any more.
                let _ = events.send(last).await;
            }
            tracing::debug!(rpc, type_name, duration = ?start.elapsed(), "answered");
        });
        let answers = ReceiverStream::new(answers).map(Ok);
        Ok(Response::new(Box::pin(answers)))
    }

    fn registration(&self) -> &Registration {
        self.registration.get_or_init(|| {
            let mut registration = Registration::default();
            if let Err(panicked) = guarded(|| self.provider.register(&mut registration)) {
                registration.diags.add_error(panicked);
            }
            registration
        })
    }

    fn schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.schema
            .get(diags, |diags| AnyProvider::schema(&*self.provider, diags))
    }

    fn meta_schema(&self, diags: &mut Diagnostics) -> Option<&Schema> {
        self.meta_schema
            .get(diags, |diags| AnyProvider::meta_schema(&*self.provider, diags))
    }

    fn resource(&self, diags: &mut Diagnostics, name: &str) -> Option<Arc<RegisteredResource>> {
        let found = self.registration().resources.get(name).cloned();
        known(diags, "resource", name, found)
    }

    fn data_source(&self, diags: &mut Diagnostics, name: &str) -> Option<Arc<RegisteredDataSource>> {
        let found = self.registration().data_sources.get(name).cloned();
        known(diags, "data source", name, found)
    }
}

fn nullify_write_only(resource: Option<&Arc<RegisteredResource>>, state: State<'_>) {
    if let Some(resource) = resource {
        resource.nullify_write_only(state);
    }
}

/// Adds an error if there is nothing of that name.
fn known<T>(diags: &mut Diagnostics, kind: &str, name: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        diags.add_error(error(
            format!("Unknown {kind} {name}"),
            format!("The provider has no {kind} of that name."),
        ));
    }
    found
}

/// Sends the named RPCs down the one path. A message that answers one of them has a field `diagnostics`, except where it
/// implements [`Answer`] itself.
macro_rules! rpcs {
    (
        with_diagnostics { $($rpc:literal $method:ident,)* }
        without { $($plain_rpc:literal $plain_method:ident,)* }
        streams { $($stream_rpc:literal $stream_method:ident,)* }
    ) => {
        $(
            impl Answer for wire::$method::Response {
                fn report(&mut self, diags: Diagnostics) {
                    self.diagnostics = to_wire(diags);
                }
            }
        )*

        #[tonic::async_trait]
        impl<P: Plugin> wire::provider_server::Provider for Service<P> {
            $(
                async fn $method(
                    &self,
                    request: Request<wire::$method::Request>,
                ) -> Result<Response<wire::$method::Response>, Status> {
                    self.dispatch($rpc, request.into_inner()).await
                }
            )*
            $(
                async fn $plain_method(
                    &self,
                    request: Request<wire::$plain_method::Request>,
                ) -> Result<Response<wire::$plain_method::Response>, Status> {
                    self.dispatch($plain_rpc, request.into_inner()).await
                }
            )*
            $(
                async fn $stream_method(
                    &self,
                    request: Request<wire::$stream_method::Request>,
                ) -> Result<Response<BoxStream<wire::$stream_method::Event>>, Status> {
                    self.dispatch_stream($stream_rpc, request.into_inner()).await
                }
            )*
        }
    };
}

rpcs! {
    with_diagnostics {
        "GetMetadata" get_metadata,
        "GetProviderSchema" get_provider_schema,
        "ValidateProviderConfig" validate_provider_config,
        "ConfigureProvider" configure_provider,
        "ValidateResourceConfig" validate_resource_config,
        "UpgradeResourceState" upgrade_resource_state,
        "MoveResourceState" move_resource_state,
        "ReadResource" read_resource,
        "ImportResourceState" import_resource_state,
        "PlanResourceChange" plan_resource_change,
        "ApplyResourceChange" apply_resource_change,
        "ValidateDataResourceConfig" validate_data_resource_config,
        "ReadDataSource" read_data_source,
        "GetResourceIdentitySchemas" get_resource_identity_schemas,
        "UpgradeResourceIdentity" upgrade_resource_identity,
        "GenerateResourceConfig" generate_resource_config,
        "GetFunctions" get_functions,
        "ValidateActionConfig" validate_action_config,
        "PlanAction" plan_action,
        "ValidateListResourceConfig" validate_list_resource_config,
    }
    without {
        "StopProvider" stop_provider,
        "CallFunction" call_function,
    }
    streams {
        "ListResource" list_resource,
        "InvokeAction" invoke_action,
    }
}
