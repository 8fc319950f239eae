//! A change of one object: above all, which state Terraform is left with, whatever happens.

use tf_provider::Diagnostics;

use super::{Call, Service, State};
use crate::{
    Plugin, diagnostics::error, erased::ResourceState, identity::Identity, object_id::IdChange,
    operation::operate, registration::RegisteredResource, value::Raw, wire::apply_resource_change,
};

/// What a change is made of.
struct Input {
    prior: Raw,
    planned: Raw,
    config: Raw,
    private: Raw,
    meta: Raw,
}

/// What a change of any kind comes to.
enum Applied {
    Left(ResourceState),
    Destroyed,
}

impl<P: Plugin> Call<P> for apply_resource_change::Request {
    type Answer = apply_resource_change::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn unchanged(&self) -> Self::Answer {
        let prior = Raw::from(self.prior_state.clone());
        let (private, identity) = if prior.is_null() {
            (Vec::new(), None)
        } else {
            (self.planned_private.clone(), self.planned_identity.clone())
        };
        apply_resource_change::Response {
            new_state: Some(prior.into_wire()),
            private,
            new_identity: identity,
            ..Default::default()
        }
    }

    fn states(&mut self) -> Vec<State<'_>> {
        vec![&mut self.prior_state, &mut self.planned_state]
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.new_state]
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let input = Input {
            prior: Raw::from(self.prior_state),
            planned: Raw::from(self.planned_state),
            config: Raw::from(self.config),
            private: Raw::private(self.planned_private),
            meta: Raw::from(self.provider_meta),
        };
        let prior = input.prior.clone();
        // A new object has no identity yet; the planned one may be that of the object that it replaces.
        let before = match prior.is_null() {
            true => None,
            false => resource.stored_identity(self.planned_identity.as_ref(), &prior),
        };
        let applier = resource.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { apply(&applier, diags, &input).await })
        });
        let mut outcome = outcome.await;
        let checkpoint = outcome.checkpoint.take();
        let left = match outcome.answered(diags) {
            Some(Applied::Left(left)) => left,
            Some(Applied::Destroyed) if diags.errors.is_empty() => {
                return Some(apply_resource_change::Response {
                    new_state: Some(Raw::null().into_wire()),
                    ..Default::default()
                });
            }
            _ => checkpoint?,
        };
        let left = same_object(diags, &prior, left);
        let identity = resource.kept_identity(diags, before, &left.state).ok()?;
        Some(apply_resource_change::Response {
            new_state: Some(left.state.into_wire()),
            private: left.private,
            new_identity: identity.as_ref().map(Identity::to_wire),
            ..Default::default()
        })
    }
}

async fn apply(resource: &RegisteredResource, diags: &mut Diagnostics, input: &Input) -> Option<Applied> {
    let Input {
        prior,
        planned,
        config,
        private,
        meta,
    } = input;
    let resource = &resource.resource;
    match (prior.is_null(), planned.is_null()) {
        (true, true) => {
            diags.add_error(error("There is nothing to apply", "Both states are null."));
            None
        }
        (true, false) => {
            let created = resource.create(diags, planned, config, private, meta).await;
            created.map(Applied::Left)
        }
        (false, false) => {
            if let Some(change) = IdChange::between(prior, planned) {
                diags.add_error(change.refused());
                return None;
            }
            let updated = resource
                .update(diags, prior, planned, config, private, meta)
                .await;
            updated.map(Applied::Left)
        }
        (false, true) => {
            let destroyed = resource.destroy(diags, prior, private, meta).await;
            destroyed.map(|()| Applied::Destroyed)
        }
    }
}

/// What a change left, with the id that the object had before.
fn same_object(diags: &mut Diagnostics, prior: &Raw, mut left: ResourceState) -> ResourceState {
    if let Some(change) = IdChange::between(prior, &left.state) {
        let (state, told) = change.reverted(left.state);
        left.state = state;
        diags.add_error(told);
    }
    left
}
