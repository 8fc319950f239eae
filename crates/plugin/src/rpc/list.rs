//! The RPCs about lists of a resource's objects.

use std::sync::Arc;

use tf_provider::Diagnostics;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::{Call, Service, StreamCall, known};
use crate::{
    Plugin,
    diagnostics::to_wire,
    list::ListResults,
    operation::operate,
    read_only,
    registration::RegisteredResource,
    schema,
    wire::{list_resource, validate_list_resource_config},
};

/// A resource whose objects can be listed.
fn find<P: Plugin>(
    service: &Service<P>,
    diags: &mut Diagnostics,
    name: &str,
) -> Option<Arc<RegisteredResource>> {
    let found = service.registration().resources.get(name).cloned();
    let found = found.filter(|resource| resource.list.is_some());
    known(diags, "list resource", name, found)
}

impl<P: Plugin> Call<P> for validate_list_resource_config::Request {
    type Answer = validate_list_resource_config::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = find(service, diags, &self.type_name)?;
        let schema = resource.list.as_ref()?.schema(diags)?;
        let config = schema::config(self.config, schema);
        read_only::check(diags, schema, &config);
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { resource.list.as_ref()?.resource.validate(diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> StreamCall<P> for list_resource::Request {
    type Event = list_resource::Event;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn start(
        self,
        service: &Service<P>,
        diags: &mut Diagnostics,
        events: Sender<Self::Event>,
    ) -> Option<impl Future<Output = Diagnostics> + Send + 'static> {
        let resource = find(service, diags, &self.type_name)?;
        let config = schema::config(self.config, resource.list.as_ref()?.schema(diags)?);
        // 0 is none at all.
        let limit = u64::try_from(self.limit).unwrap_or_default();
        if limit == 0 {
            return None;
        }
        let lifecycle = service.lifecycle.clone();
        Some(async move {
            let over = CancellationToken::new();
            let mut results = ListResults::new(
                resource.clone(),
                events.clone(),
                self.include_resource_object,
                limit,
                over.clone(),
            );
            let outcome = operate(&lifecycle, move |diags| {
                Box::pin(async move {
                    let list = &resource.list.as_ref()?.resource;
                    let ended = over.clone();
                    tokio::select! {
                        biased;
                        () = ended.cancelled() => Some(()),
                        // Terraform has enough, or is gone.
                        () = events.closed() => Some(()),
                        listed = list.list(diags, &config, &mut results) => match over.is_cancelled() {
                            true => Some(()),
                            false => listed,
                        },
                    }
                })
            });
            let mut diags = Diagnostics::default();
            outcome.await.required(&mut diags);
            diags
        })
    }

    fn last(diags: Diagnostics) -> Option<Self::Event> {
        let diagnostic = to_wire(diags);
        (!diagnostic.is_empty()).then(|| list_resource::Event {
            diagnostic,
            ..Default::default()
        })
    }
}
