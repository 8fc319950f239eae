//! The plan of a change of one object.

use tf_provider::{AttributePath, Diagnostics};

use super::{Call, Service, State};
use crate::{
    Plugin, diagnostics::path, identity::Identity, object_id::IdChange, operation::operate,
    registration::RegisteredResource, value::Raw, wire::plan_resource_change,
};

/// What a plan of any kind comes to.
struct Planned {
    state: Raw,
    private: Vec<u8>,
    /// The attributes whose change takes a new object.
    replace: Vec<AttributePath>,
}

/// What a plan is made of.
struct Input {
    prior: Raw,
    proposed: Raw,
    config: Raw,
    private: Raw,
    meta: Raw,
}

impl<P: Plugin> Call<P> for plan_resource_change::Request {
    type Answer = plan_resource_change::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn states(&mut self) -> Vec<State<'_>> {
        vec![&mut self.prior_state, &mut self.proposed_new_state]
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.planned_state]
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let input = Input {
            prior: Raw::from(self.prior_state),
            proposed: Raw::from(self.proposed_new_state),
            config: Raw::from(self.config),
            private: Raw::private(self.prior_private),
            meta: Raw::from(self.provider_meta),
        };
        // A new object's identity is known once it is created.
        let identity = match input.prior.is_null() {
            true => None,
            false => resource.stored_identity(self.prior_identity.as_ref(), &input.prior),
        };
        let planner = resource.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { plan(&planner, diags, &input).await })
        });
        let planned = outcome.await.required(diags)?;
        if planned.replace.is_empty() {
            let kept = resource.kept_identity(diags, identity.clone(), &planned.state);
            kept.ok()?;
        }
        Some(plan_resource_change::Response {
            planned_state: Some(planned.state.into_wire()),
            planned_private: planned.private,
            requires_replace: planned.replace.into_iter().map(path).collect(),
            planned_identity: identity.as_ref().map(Identity::to_wire),
            ..Default::default()
        })
    }
}

async fn plan(resource: &RegisteredResource, diags: &mut Diagnostics, input: &Input) -> Option<Planned> {
    let Input {
        prior,
        proposed,
        config,
        private,
        meta,
    } = input;
    let resource = &resource.resource;
    if proposed.is_null() {
        let private = resource.plan_destroy(diags, prior, private, meta).await?;
        return Some(Planned {
            state: Raw::null(),
            private,
            replace: Vec::new(),
        });
    }
    let (planned, replace) = if prior.is_null() {
        let mut planned = resource.plan_create(diags, proposed, config, meta).await?;
        // The new half of a replacement: Terraform hands its planned private state to the destroy of the old object,
        // which needs what was remembered of that.
        if Raw::private(planned.private.clone()).is_null() && !private.is_null() {
            planned.private = private.bytes().to_vec();
        }
        (planned, Vec::new())
    } else {
        resource
            .plan_update(diags, prior, proposed, config, private, meta)
            .await?
    };
    if let Some(change) = IdChange::between(prior, &planned.state).filter(|_| replace.is_empty()) {
        diags.add_error(change.refused());
        return None;
    }
    Some(Planned {
        state: planned.state,
        private: planned.private,
        replace,
    })
}
