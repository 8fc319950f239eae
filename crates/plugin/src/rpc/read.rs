//! What configurations may say of a resource, what there is of an object, and its import.

use tf_provider::Diagnostics;

use super::{Call, Service, State};
use crate::{
    Plugin,
    diagnostics::error,
    operation::operate,
    read_only,
    value::Raw,
    wire::{
        import_resource_state::{self, ImportedResource},
        read_resource, validate_resource_config,
    },
};

impl<P: Plugin> Call<P> for validate_resource_config::Request {
    type Answer = validate_resource_config::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let config = Raw::from(self.config);
        let schema = resource.schema(diags)?;
        read_only::check(diags, schema, &config);
        let client = self.client_capabilities.unwrap_or_default();
        if !client.write_only_attributes_allowed {
            resource.marks.refuse_write_only(diags, schema, &config);
        }
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { resource.resource.validate(diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> Call<P> for read_resource::Request {
    type Answer = read_resource::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn unchanged(&self) -> Self::Answer {
        read_resource::Response {
            new_state: Some(Raw::from(self.current_state.clone()).into_wire()),
            private: self.private.clone(),
            ..Default::default()
        }
    }

    fn states(&mut self) -> Vec<State<'_>> {
        vec![&mut self.current_state]
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.new_state]
    }

    /// Here alone, no answer without an error is one: the object is gone.
    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let (current, private) = (Raw::from(self.current_state), Raw::private(self.private));
        let meta = Raw::from(self.provider_meta);
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { resource.resource.read(diags, &current, &private, &meta).await })
        });
        match outcome.await.optional(diags)? {
            Some(read) => Some(read_resource::Response {
                new_state: Some(read.state.into_wire()),
                private: read.private,
                ..Default::default()
            }),
            None => Some(read_resource::Response {
                new_state: Some(Raw::null().into_wire()),
                ..Default::default()
            }),
        }
    }
}

impl<P: Plugin> Call<P> for import_resource_state::Request {
    type Answer = import_resource_state::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        let imported = answer.imported_resources.iter_mut();
        imported.map(|imported| &mut imported.state).collect()
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        if self.id.is_empty() {
            diags.add_error(error(
                "An import needs an id",
                "The provider imports by id alone.",
            ));
            return None;
        }
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { resource.resource.import(diags, self.id).await })
        });
        let imported = outcome.await.required(diags)?;
        Some(import_resource_state::Response {
            imported_resources: vec![ImportedResource {
                type_name: self.type_name,
                state: Some(imported.state.into_wire()),
                private: imported.private,
                ..Default::default()
            }],
            ..Default::default()
        })
    }
}
