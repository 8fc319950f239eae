//! The provider's RPCs: what is not about one resource or data source, and the way to those that are.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tf_provider::{Diagnostics, schema::Schema};
use tonic::{Request, Response, Status};

use super::diagnostics::{error, only, to_wire};
use super::erased::AnyProvider;
use super::lifecycle::Life;
use super::offers::{DataSourceOffer, Offers, ResourceOffer, schema_of};
use super::operation::{guarded, operate};
use super::resource_service::check_read_only;
use super::value::Raw;
use super::{Plugin, resource_service, schema, wire};

pub(crate) type Answer<T> = Result<Response<T>, Status>;

/// A provider as gRPC sees it.
pub(crate) struct Service<P> {
    provider: Arc<P>,
    /// Filled by the first call, so that the handshake does not wait for it.
    offers: OnceLock<Offers>,
    /// What the provider's own configuration must be like.
    schema: OnceLock<Result<Schema, Diagnostics>>,
    pub(crate) life: Arc<Life>,
}

impl<P: Plugin> Service<P> {
    pub(crate) fn new(provider: Arc<P>, life: Arc<Life>) -> Self {
        Self {
            provider,
            offers: OnceLock::new(),
            schema: OnceLock::new(),
            life,
        }
    }

    fn offers(&self) -> &Offers {
        self.offers.get_or_init(|| {
            let mut offers = Offers::default();
            if let Err(panicked) = guarded(|| self.provider.register(&mut offers)) {
                offers.diags.add_error(panicked);
            }
            offers
        })
    }

    pub(crate) fn resource(&self, name: &str) -> Result<Arc<ResourceOffer>, Vec<wire::Diagnostic>> {
        self.offers()
            .resources
            .get(name)
            .cloned()
            .ok_or_else(|| unknown("resource", name))
    }

    fn data_source(&self, name: &str) -> Result<Arc<DataSourceOffer>, Vec<wire::Diagnostic>> {
        self.offers()
            .data_sources
            .get(name)
            .cloned()
            .ok_or_else(|| unknown("data source", name))
    }

    fn provider_schema(&self) -> &Result<Schema, Diagnostics> {
        self.schema
            .get_or_init(|| schema_of(|diags| AnyProvider::schema(&*self.provider, diags)))
    }

    fn whole_schema(&self) -> wire::get_provider_schema::Response {
        let offers = self.offers();
        let mut diags = offers.diags.clone();
        let mut answer = wire::get_provider_schema::Response {
            server_capabilities: Some(capabilities(offers)),
            ..Default::default()
        };
        match self.provider_schema() {
            Ok(schema) => answer.provider = Some(schema::to_wire(schema)),
            Err(broken) => diags.add_diagnostics(broken.clone()),
        }
        match schema_of(|diags| AnyProvider::meta_schema(&*self.provider, diags)) {
            // An empty one means that there is no provider_meta.
            Ok(schema) if schema.block.attributes.is_empty() && schema.block.blocks.is_empty() => {}
            Ok(schema) => answer.provider_meta = Some(schema::to_wire(&schema)),
            Err(broken) => diags.add_diagnostics(broken),
        }
        for (name, offer) in &offers.resources {
            match offer.schema() {
                Ok(schema) => {
                    answer
                        .resource_schemas
                        .insert(name.clone(), schema::to_wire(schema));
                }
                Err(broken) => diags.add_diagnostics(broken.clone()),
            }
        }
        for (name, offer) in &offers.data_sources {
            match offer.schema() {
                Ok(schema) => {
                    answer
                        .data_source_schemas
                        .insert(name.clone(), schema::to_wire(schema));
                }
                Err(broken) => diags.add_diagnostics(broken.clone()),
            }
        }
        answer.diagnostics = to_wire(diags);
        answer
    }
}

/// What Terraform may do that not every provider can answer.
fn capabilities(offers: &Offers) -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: offers.resources.values().any(|offer| offer.moving.is_some()),
        ..Default::default()
    }
}

fn unknown(kind: &str, name: &str) -> Vec<wire::Diagnostic> {
    to_wire(only(error(
        format!("Unknown {kind} {name}"),
        format!("The provider offers no {kind} of that name."),
    )))
}

/// Notes an RPC and how long it took, nothing of what it was about.
pub(crate) async fn traced<T>(rpc: &'static str, name: &str, answer: impl Future<Output = T>) -> Answer<T> {
    let start = Instant::now();
    let answer = answer.await;
    tracing::debug!(rpc, name, duration = ?start.elapsed(), "answered");
    Ok(Response::new(answer))
}

#[tonic::async_trait]
impl<P: Plugin> wire::provider_server::Provider for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Answer<wire::get_metadata::Response> {
        use wire::get_metadata::{DataSourceMetadata, ResourceMetadata};
        traced("GetMetadata", "", async {
            let offers = self.offers();
            let resources = offers.resources.keys().cloned();
            let data_sources = offers.data_sources.keys().cloned();
            wire::get_metadata::Response {
                server_capabilities: Some(capabilities(offers)),
                diagnostics: to_wire(offers.diags.clone()),
                resources: resources
                    .map(|type_name| ResourceMetadata { type_name })
                    .collect(),
                data_sources: data_sources
                    .map(|type_name| DataSourceMetadata { type_name })
                    .collect(),
                ..Default::default()
            }
        })
        .await
    }

    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Answer<wire::get_provider_schema::Response> {
        traced("GetProviderSchema", "", async { self.whole_schema() }).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire::validate_provider_config::Request>,
    ) -> Answer<wire::validate_provider_config::Response> {
        traced("ValidateProviderConfig", "", async {
            let config = Raw::from(request.into_inner().config);
            let provider = self.provider.clone();
            let schema = self.provider_schema().clone();
            let outcome = operate(&self.life, move |diags| {
                Box::pin(async move {
                    check_read_only(diags, &schema, &config);
                    AnyProvider::validate(&*provider, diags, &config).await
                })
            });
            wire::validate_provider_config::Response {
                diagnostics: to_wire(outcome.await.required().diags),
            }
        })
        .await
    }

    async fn configure_provider(
        &self,
        request: Request<wire::configure_provider::Request>,
    ) -> Answer<wire::configure_provider::Response> {
        traced("ConfigureProvider", "", async {
            let request = request.into_inner();
            // A process that serves one Terraform may hear of the stop before it is configured.
            if self.life.debug {
                self.life.stop.begin_run();
            }
            let config = Raw::from(request.config);
            let provider = self.provider.clone();
            let outcome = operate(&self.life, move |diags| {
                Box::pin(async move {
                    AnyProvider::configure(&*provider, diags, request.terraform_version, &config).await
                })
            });
            wire::configure_provider::Response {
                diagnostics: to_wire(outcome.await.required().diags),
            }
        })
        .await
    }

    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Answer<wire::stop_provider::Response> {
        traced("StopProvider", "", async {
            self.life.stop.end_run();
            wire::stop_provider::Response::default()
        })
        .await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<wire::validate_data_resource_config::Request>,
    ) -> Answer<wire::validate_data_resource_config::Response> {
        let request = request.into_inner();
        traced("ValidateDataResourceConfig", &request.type_name, async {
            let diagnostics = match self.data_source(&request.type_name) {
                Err(diagnostics) => diagnostics,
                Ok(offer) => {
                    let config = Raw::from(request.config);
                    let outcome = operate(&self.life, move |diags| {
                        Box::pin(async move {
                            check_read_only(diags, offer.schema(), &config);
                            offer.data_source.validate(diags, &config).await
                        })
                    });
                    to_wire(outcome.await.required().diags)
                }
            };
            wire::validate_data_resource_config::Response { diagnostics }
        })
        .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Answer<wire::read_data_source::Response> {
        let request = request.into_inner();
        traced("ReadDataSource", &request.type_name, async {
            let offer = match self.data_source(&request.type_name) {
                Ok(offer) => offer,
                Err(diagnostics) => {
                    return wire::read_data_source::Response {
                        diagnostics,
                        ..Default::default()
                    };
                }
            };
            let (config, meta) = (Raw::from(request.config), Raw::from(request.provider_meta));
            let outcome = operate(&self.life, move |diags| {
                Box::pin(async move { offer.data_source.read(diags, &config, &meta).await })
            });
            let mut outcome = outcome.await.required();
            wire::read_data_source::Response {
                state: outcome.unmarred().map(|state| Raw::Msgpack(state).into_wire()),
                diagnostics: to_wire(outcome.diags),
                ..Default::default()
            }
        })
        .await
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Answer<wire::validate_resource_config::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced(
            "ValidateResourceConfig",
            &name,
            resource_service::validate(self, request),
        )
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Answer<wire::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced(
            "UpgradeResourceState",
            &name,
            resource_service::upgrade(self, request),
        )
        .await
    }

    async fn move_resource_state(
        &self,
        request: Request<wire::move_resource_state::Request>,
    ) -> Answer<wire::move_resource_state::Response> {
        let request = request.into_inner();
        let name = request.target_type_name.clone();
        traced(
            "MoveResourceState",
            &name,
            resource_service::take_over(self, request),
        )
        .await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Answer<wire::read_resource::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced("ReadResource", &name, resource_service::read(self, request)).await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Answer<wire::plan_resource_change::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced("PlanResourceChange", &name, resource_service::plan(self, request)).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Answer<wire::apply_resource_change::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced(
            "ApplyResourceChange",
            &name,
            resource_service::apply(self, request),
        )
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Answer<wire::import_resource_state::Response> {
        let request = request.into_inner();
        let name = request.type_name.clone();
        traced(
            "ImportResourceState",
            &name,
            resource_service::import(self, request),
        )
        .await
    }
}
