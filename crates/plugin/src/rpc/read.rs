//! What configurations may say of a resource, what there is of an object, and its import.

use tf_provider::Diagnostics;

use super::{Call, Service, State};
use crate::{
    Plugin,
    diagnostics::error,
    identity::Identity,
    operation::operate,
    read_only,
    registration::RegisteredResource,
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
            new_identity: self.current_identity.clone(),
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
        let reader = resource.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { reader.resource.read(diags, &current, &private, &meta).await })
        });
        let Some(read) = outcome.await.optional(diags)? else {
            return Some(read_resource::Response {
                new_state: Some(Raw::null().into_wire()),
                ..Default::default()
            });
        };
        let stored = resource.stored_identity(self.current_identity.as_ref(), &Raw::null());
        let identity = resource.kept_identity(diags, stored, &read.state).ok()?;
        Some(read_resource::Response {
            new_state: Some(read.state.into_wire()),
            private: read.private,
            new_identity: identity.as_ref().map(Identity::to_wire),
            ..Default::default()
        })
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
        let given = match &resource.identity {
            Some(identity) => identity.read_wire(self.identity.as_ref()),
            None => None,
        };
        let (importer, id, by) = (resource.clone(), self.id, given.clone());
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move {
                let id = import_id(&importer, diags, id, by)?;
                importer.resource.import(diags, id).await
            })
        });
        let imported = outcome.await.required(diags)?;
        let identity = resource.kept_identity(diags, given, &imported.state).ok()?;
        Some(import_resource_state::Response {
            imported_resources: vec![ImportedResource {
                type_name: self.type_name,
                state: Some(imported.state.into_wire()),
                private: imported.private,
                identity: identity.as_ref().map(Identity::to_wire),
            }],
            ..Default::default()
        })
    }
}

/// The id that an import asks for, or that the identity stands for by which it asks.
fn import_id(
    resource: &RegisteredResource,
    diags: &mut Diagnostics,
    id: String,
    identity: Option<Identity>,
) -> Option<String> {
    let id = match (identity, &resource.identity) {
        (Some(identity), Some(registered)) => registered.resource.import_id(diags, &identity.to_raw())?,
        _ => id,
    };
    if id.trim().is_empty() {
        diags.add_error(error(
            "An import needs an id",
            "Give the id of the object that is to be imported.",
        ));
        return None;
    }
    Some(id)
}
