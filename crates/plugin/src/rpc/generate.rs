//! The RPC that asks for a configuration of an object that exists.

use tf_provider::Diagnostics;

use super::{Call, Service, State};
use crate::{Plugin, generate, operation::operate, value::Raw, wire::generate_resource_config};

impl<P: Plugin> Call<P> for generate_resource_config::Request {
    type Answer = generate_resource_config::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn states(&mut self) -> Vec<State<'_>> {
        vec![&mut self.state]
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.config]
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let mut config = Raw::from(self.state);
        // A listed object may come without its state.
        if !config.is_null() {
            let schema = resource.schema(diags)?;
            if resource.generate.is_some() {
                let generator = resource.clone();
                let outcome = operate(&service.lifecycle, move |diags| {
                    Box::pin(async move { generator.generate.as_ref()?.generate(diags, &config) })
                });
                config = Raw::Msgpack(outcome.await.required(diags)?);
                generate::keep_what_can_be_written(&mut config, schema, &resource.marks);
            } else {
                generate::by_default(&mut config, schema, &resource.marks);
            }
        }
        Some(generate_resource_config::Response {
            config: Some(config.into_wire()),
            ..Default::default()
        })
    }
}
