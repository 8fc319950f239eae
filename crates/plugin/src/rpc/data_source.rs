//! The RPCs about one data source.

use tf_provider::Diagnostics;

use super::{Call, Service};
use crate::{
    Plugin,
    operation::operate,
    read_only,
    value::Raw,
    wire::{read_data_source, validate_data_resource_config},
};

impl<P: Plugin> Call<P> for validate_data_resource_config::Request {
    type Answer = validate_data_resource_config::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let data_source = service.data_source(diags, &self.type_name)?;
        let config = Raw::from(self.config);
        let schema = data_source.schema(diags)?;
        read_only::check(diags, schema, &config);
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { data_source.data_source.validate(diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> Call<P> for read_data_source::Request {
    type Answer = read_data_source::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let data_source = service.data_source(diags, &self.type_name)?;
        let (config, meta) = (Raw::from(self.config), Raw::from(self.provider_meta));
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { data_source.data_source.read(diags, &config, &meta).await })
        });
        let state = outcome.await.required(diags)?;
        Some(read_data_source::Response {
            state: Some(Raw::Msgpack(state).into_wire()),
            ..Default::default()
        })
    }
}
