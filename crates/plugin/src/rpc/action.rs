//! The RPCs about actions.

use std::sync::Arc;

use tf_provider::Diagnostics;
use tokio::sync::mpsc::Sender;

use super::{Call, Service, StreamCall, known};
use crate::{
    Plugin,
    action::{Progress, RegisteredAction},
    diagnostics::to_wire,
    operation::operate,
    read_only, schema,
    wire::{
        invoke_action::{self, event},
        plan_action, validate_action_config,
    },
};

fn find<P: Plugin>(
    service: &Service<P>,
    diags: &mut Diagnostics,
    name: &str,
) -> Option<Arc<RegisteredAction>> {
    let found = service.registration().actions.get(name).cloned();
    known(diags, "action", name, found)
}

impl<P: Plugin> Call<P> for validate_action_config::Request {
    type Answer = validate_action_config::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let action = find(service, diags, &self.type_name)?;
        let schema = action.schema(diags)?;
        let config = schema::config(self.config, schema);
        read_only::check(diags, schema, &config);
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { action.action.validate(diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> Call<P> for plan_action::Request {
    type Answer = plan_action::Response;

    fn type_name(&self) -> &str {
        &self.action_type
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let action = find(service, diags, &self.action_type)?;
        let config = schema::config(self.config, action.schema(diags)?);
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { action.action.plan(diags, &config).await })
        });
        outcome.await.required(diags)?;
        None
    }
}

impl<P: Plugin> StreamCall<P> for invoke_action::Request {
    type Event = invoke_action::Event;

    fn type_name(&self) -> &str {
        &self.action_type
    }

    fn start(
        self,
        service: &Service<P>,
        diags: &mut Diagnostics,
        events: Sender<Self::Event>,
    ) -> Option<impl Future<Output = Diagnostics> + Send + 'static> {
        let action = find(service, diags, &self.action_type)?;
        let config = schema::config(self.config, action.schema(diags)?);
        let lifecycle = service.lifecycle.clone();
        Some(async move {
            let progress = Progress::new(events);
            let outcome = operate(&lifecycle, move |diags| {
                Box::pin(async move { action.action.invoke(diags, &config, &progress).await })
            });
            let mut diags = Diagnostics::default();
            outcome.await.required(&mut diags);
            diags
        })
    }

    /// A stream that ends without it passes for success.
    fn last(diags: Diagnostics) -> Option<Self::Event> {
        let completed = event::Completed {
            diagnostics: to_wire(diags),
        };
        Some(invoke_action::Event {
            r#type: Some(event::Type::Completed(completed)),
        })
    }
}
