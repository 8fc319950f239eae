//! The RPCs about one resource, above all: which state Terraform is left with, whatever happens.

use tf_provider::{AttributePath, Diagnostics, schema::Schema};

use super::diagnostics::{error, only, path, to_wire};
use super::erased::Made;
use super::object_id::IdChange;
use super::offers::Origin;
use super::operation::{Outcome, operate};
use super::service::Service;
use super::value::Raw;
use super::{Plugin, read_only, upgrade, wire};

pub(crate) async fn validate<P: Plugin>(
    service: &Service<P>,
    request: wire::validate_resource_config::Request,
) -> wire::validate_resource_config::Response {
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => return wire::validate_resource_config::Response { diagnostics },
    };
    let config = Raw::from(request.config);
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move {
            check_read_only(diags, offer.schema(), &config);
            offer.resource.validate(diags, &config).await
        })
    });
    wire::validate_resource_config::Response {
        diagnostics: to_wire(outcome.await.required().diags),
    }
}

pub(crate) async fn upgrade<P: Plugin>(
    service: &Service<P>,
    request: wire::upgrade_resource_state::Request,
) -> wire::upgrade_resource_state::Response {
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => {
            return wire::upgrade_resource_state::Response {
                diagnostics,
                ..Default::default()
            };
        }
    };
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move { upgrade::upgrade(&offer, diags, request.version, request.raw_state) })
    });
    let mut outcome = outcome.await.required();
    wire::upgrade_resource_state::Response {
        upgraded_state: outcome.unmarred().map(|state| Raw::Json(state).into_wire()),
        diagnostics: to_wire(outcome.diags),
    }
}

pub(crate) async fn take_over<P: Plugin>(
    service: &Service<P>,
    request: wire::move_resource_state::Request,
) -> wire::move_resource_state::Response {
    let offer = match service.resource(&request.target_type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => {
            return wire::move_resource_state::Response {
                diagnostics,
                ..Default::default()
            };
        }
    };
    let origin = Origin {
        provider: request.source_provider_address,
        resource: request.source_type_name,
        version: request.source_schema_version,
    };
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move { upgrade::take_over(&offer, diags, &origin, request.source_state) })
    });
    let mut outcome = outcome.await.required();
    wire::move_resource_state::Response {
        target_state: outcome.unmarred().map(|state| Raw::Json(state).into_wire()),
        diagnostics: to_wire(outcome.diags),
        ..Default::default()
    }
}

/// `None` without an error says that the object is gone; this is the one place where it is an answer.
pub(crate) async fn read<P: Plugin>(
    service: &Service<P>,
    request: wire::read_resource::Request,
) -> wire::read_resource::Response {
    let current = Raw::from(request.current_state);
    let kept = wire::read_resource::Response {
        new_state: Some(current.clone().into_wire()),
        private: request.private.clone(),
        ..Default::default()
    };
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => return wire::read_resource::Response { diagnostics, ..kept },
    };
    let (private, meta) = (Raw::private(request.private), Raw::from(request.provider_meta));
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move { offer.resource.read(diags, &current, &private, &meta).await })
    })
    .await;
    let failed = !outcome.diags.errors.is_empty();
    let diagnostics = to_wire(outcome.diags);
    match outcome.value {
        _ if failed => wire::read_resource::Response { diagnostics, ..kept },
        Some(made) => wire::read_resource::Response {
            new_state: Some(made.state.into_wire()),
            private: made.private,
            diagnostics,
            ..Default::default()
        },
        None => wire::read_resource::Response {
            new_state: Some(Raw::null().into_wire()),
            diagnostics,
            ..Default::default()
        },
    }
}

/// What a plan of any kind comes to.
struct Planned {
    state: Raw,
    private: Vec<u8>,
    replace: Vec<AttributePath>,
}

pub(crate) async fn plan<P: Plugin>(
    service: &Service<P>,
    request: wire::plan_resource_change::Request,
) -> wire::plan_resource_change::Response {
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => {
            return wire::plan_resource_change::Response {
                diagnostics,
                ..Default::default()
            };
        }
    };
    let prior = Raw::from(request.prior_state);
    let proposed = Raw::from(request.proposed_new_state);
    let config = Raw::from(request.config);
    let private = Raw::private(request.prior_private);
    let meta = Raw::from(request.provider_meta);
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move {
            let resource = &offer.resource;
            if proposed.is_null() {
                let private = resource.plan_destroy(diags, &prior, &private, &meta).await?;
                return Some(Planned {
                    state: Raw::null(),
                    private,
                    replace: Vec::new(),
                });
            }
            let (made, replace) = if prior.is_null() {
                (
                    resource.plan_create(diags, &proposed, &config, &meta).await?,
                    Vec::new(),
                )
            } else {
                let (made, replace) = resource
                    .plan_update(diags, &prior, &proposed, &config, &private, &meta)
                    .await?;
                if let Some(change) = IdChange::between(&prior, &made.state).filter(|_| replace.is_empty()) {
                    diags.add_error(change.refused());
                    return None;
                }
                (made, replace)
            };
            Some(Planned {
                state: made.state,
                private: made.private,
                replace,
            })
        })
    });
    let mut outcome = outcome.await.required();
    let planned = outcome.unmarred();
    let diagnostics = to_wire(outcome.diags);
    match planned {
        Some(planned) => wire::plan_resource_change::Response {
            planned_state: Some(planned.state.into_wire()),
            planned_private: planned.private,
            requires_replace: planned.replace.into_iter().map(path).collect(),
            diagnostics,
            ..Default::default()
        },
        None => wire::plan_resource_change::Response {
            diagnostics,
            ..Default::default()
        },
    }
}

pub(crate) async fn apply<P: Plugin>(
    service: &Service<P>,
    request: wire::apply_resource_change::Request,
) -> wire::apply_resource_change::Response {
    let prior = Raw::from(request.prior_state);
    let planned = Raw::from(request.planned_state);
    // What Terraform is left with if nothing better comes of it: what there was before.
    let kept = wire::apply_resource_change::Response {
        new_state: Some(prior.clone().into_wire()),
        private: if prior.is_null() {
            Vec::new()
        } else {
            request.planned_private.clone()
        },
        ..Default::default()
    };
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => return wire::apply_resource_change::Response { diagnostics, ..kept },
    };
    let config = Raw::from(request.config);
    let private = Raw::private(request.planned_private);
    let meta = Raw::from(request.provider_meta);
    let before = prior.clone();
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move {
            let resource = &offer.resource;
            match (prior.is_null(), planned.is_null()) {
                (true, true) => {
                    diags.add_error(error("There is nothing to apply", "Both states are null."));
                    None
                }
                (true, false) => resource
                    .create(diags, &planned, &config, &private, &meta)
                    .await
                    .map(Applied::Made),
                (false, false) => {
                    if let Some(change) = IdChange::between(&prior, &planned) {
                        diags.add_error(change.refused());
                        return None;
                    }
                    let updated = resource.update(diags, &prior, &planned, &config, &private, &meta);
                    updated.await.map(Applied::Made)
                }
                (false, true) => resource
                    .destroy(diags, &prior, &private, &meta)
                    .await
                    .map(|()| Applied::Destroyed),
            }
        })
    });
    let Outcome {
        value,
        mut diags,
        checkpoint,
    } = outcome.await.required();
    let failed = !diags.errors.is_empty();
    let mut made_response = |made| made_response(same_object(&mut diags, &before, made));
    let left = match value {
        Some(Applied::Made(made)) => made_response(made),
        Some(Applied::Destroyed) if !failed => wire::apply_resource_change::Response {
            new_state: Some(Raw::null().into_wire()),
            ..Default::default()
        },
        _ => checkpoint.map_or(kept, made_response),
    };
    wire::apply_resource_change::Response {
        diagnostics: to_wire(diags),
        ..left
    }
}

/// What an apply of any kind comes to.
enum Applied {
    Made(Made),
    Destroyed,
}

/// What was made, with the id that the object had before.
fn same_object(diags: &mut Diagnostics, before: &Raw, mut made: Made) -> Made {
    if let Some(change) = IdChange::between(before, &made.state) {
        let (state, told) = change.reverted(made.state);
        made.state = state;
        diags.add_error(told);
    }
    made
}

/// Adds an error for each read-only attribute in a configuration. Without a schema there is nothing to check.
pub(crate) fn check_read_only(diags: &mut Diagnostics, schema: &Result<Schema, Diagnostics>, config: &Raw) {
    if let Ok(schema) = schema {
        read_only::check(diags, schema, config);
    }
}

fn made_response(made: Made) -> wire::apply_resource_change::Response {
    wire::apply_resource_change::Response {
        new_state: Some(made.state.into_wire()),
        private: made.private,
        ..Default::default()
    }
}

pub(crate) async fn import<P: Plugin>(
    service: &Service<P>,
    request: wire::import_resource_state::Request,
) -> wire::import_resource_state::Response {
    use wire::import_resource_state::{ImportedResource, Response};
    let offer = match service.resource(&request.type_name) {
        Ok(offer) => offer,
        Err(diagnostics) => {
            return Response {
                diagnostics,
                ..Default::default()
            };
        }
    };
    if request.id.is_empty() {
        let no_id = error("An import needs an id", "The provider imports by id alone.");
        return Response {
            diagnostics: to_wire(only(no_id)),
            ..Default::default()
        };
    }
    let outcome = operate(&service.life, move |diags| {
        Box::pin(async move { offer.resource.import(diags, request.id).await })
    });
    let mut outcome = outcome.await.required();
    let imported = outcome.unmarred().map(|made| ImportedResource {
        type_name: request.type_name,
        state: Some(made.state.into_wire()),
        private: made.private,
        ..Default::default()
    });
    Response {
        imported_resources: imported.into_iter().collect(),
        diagnostics: to_wire(outcome.diags),
        ..Default::default()
    }
}
