//! The RPCs about the provider as a whole: what it has, its configuration, the stop.

use tf_provider::Diagnostics;

use super::{Answer, Call, Service, function::functions};
use crate::{
    Plugin, Registration,
    erased::AnyProvider,
    marks::Marks,
    operation::operate,
    read_only, schema,
    value::Raw,
    wire::{
        ActionSchema, ServerCapabilities, configure_provider, get_metadata, get_provider_schema,
        stop_provider, validate_provider_config,
    },
};

/// What Terraform may do that not every provider can answer.
fn capabilities(registration: &Registration) -> ServerCapabilities {
    let mut resources = registration.resources.values();
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: resources.any(|resource| resource.moves.is_some()),
        generate_resource_config: true,
    }
}

impl<P: Plugin> Call<P> for get_metadata::Request {
    type Answer = get_metadata::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        use get_metadata::{
            ActionMetadata, DataSourceMetadata, FunctionMetadata, ListResourceMetadata, ResourceMetadata,
        };
        let registration = service.registration();
        diags.add_diagnostics(registration.diags.clone());
        let resources = registration.resources.keys().cloned();
        let data_sources = registration.data_sources.keys().cloned();
        let listed = registration
            .resources
            .iter()
            .filter(|(_, resource)| resource.list.is_some());
        Some(get_metadata::Response {
            server_capabilities: Some(capabilities(registration)),
            resources: resources
                .map(|type_name| ResourceMetadata { type_name })
                .collect(),
            data_sources: data_sources
                .map(|type_name| DataSourceMetadata { type_name })
                .collect(),
            functions: registration
                .functions
                .keys()
                .map(|name| FunctionMetadata { name: name.clone() })
                .collect(),
            actions: registration
                .actions
                .keys()
                .map(|name| ActionMetadata {
                    type_name: name.clone(),
                })
                .collect(),
            list_resources: listed
                .map(|(name, _)| ListResourceMetadata {
                    type_name: name.clone(),
                })
                .collect(),
            ..Default::default()
        })
    }
}

impl<P: Plugin> Call<P> for get_provider_schema::Request {
    type Answer = get_provider_schema::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let registration = service.registration();
        diags.add_diagnostics(registration.diags.clone());
        let mut answer = get_provider_schema::Response {
            server_capabilities: Some(capabilities(registration)),
            ..Default::default()
        };
        answer.provider = service.schema(diags).map(|schema| {
            registration.marks.check(diags, "the provider", schema);
            schema::to_wire(schema, &registration.marks)
        });
        // An empty one means that there is no provider_meta.
        let meta = service.meta_schema(diags);
        let meta = meta.filter(|meta| !meta.block.attributes.is_empty() || !meta.block.blocks.is_empty());
        answer.provider_meta = meta.map(|meta| schema::to_wire(meta, &Marks::default()));
        for (name, resource) in &registration.resources {
            if let Some(schema) = resource.schema(diags) {
                resource.marks.check(diags, name, schema);
                let schema = schema::to_wire(schema, &resource.marks);
                answer.resource_schemas.insert(name.clone(), schema);
            }
            let list = resource.list.as_ref();
            if let Some(schema) = list.and_then(|list| list.schema(diags)) {
                let schema = schema::to_wire(schema, &Marks::default());
                answer.list_resource_schemas.insert(name.clone(), schema);
            }
        }
        for (name, data_source) in &registration.data_sources {
            if let Some(schema) = data_source.schema(diags) {
                data_source.marks.check(diags, name, schema);
                let schema = schema::to_wire(schema, &data_source.marks);
                answer.data_source_schemas.insert(name.clone(), schema);
            }
        }
        for (name, action) in &registration.actions {
            if let Some(schema) = action.schema(diags) {
                action.marks.check(diags, name, schema);
                let schema = Some(schema::to_wire(schema, &action.marks));
                answer
                    .action_schemas
                    .insert(name.clone(), ActionSchema { schema });
            }
        }
        answer.functions = functions(registration, diags);
        Some(answer)
    }
}

impl<P: Plugin> Call<P> for validate_provider_config::Request {
    type Answer = validate_provider_config::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let config = Raw::from(self.config);
        let schema = service.schema(diags)?;
        read_only::check(diags, schema, &config);
        let provider = service.provider.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { AnyProvider::validate(&*provider, diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> Call<P> for configure_provider::Request {
    type Answer = configure_provider::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        // A process that serves one Terraform may hear of the stop before it is configured.
        if service.lifecycle.debug {
            service.lifecycle.stop.begin_run();
        }
        let config = Raw::from(self.config);
        let provider = service.provider.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move {
                AnyProvider::configure(&*provider, diags, self.terraform_version, &config).await
            })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> Call<P> for stop_provider::Request {
    type Answer = stop_provider::Response;

    async fn answer(self, service: &Service<P>, _: &mut Diagnostics) -> Option<Self::Answer> {
        service.lifecycle.stop.end_run();
        None
    }
}

impl Answer for stop_provider::Response {
    /// A stop does not fail.
    fn report(&mut self, _: Diagnostics) {}
}
