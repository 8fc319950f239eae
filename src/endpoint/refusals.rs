//! What Runpod's refusals of an endpoint are about, and how they are cured.

use runpod::{
    Error, Kind,
    endpoints::{
        GPU_IDS_MISSING, POD_TEMPLATE, TEMPLATE_NAME_TAKEN, TEMPLATE_NOT_FOUND, VOLUME_NOT_FOUND,
        WORKER_QUOTA,
    },
};

use crate::managed::noun::Concern;

/// What a refusal is about.
pub fn concern(failure: &Error) -> Option<Concern> {
    let Kind::Refused(refusal) = failure.kind else {
        return None;
    };
    let concern = match refusal {
        WORKER_QUOTA => Concern::at(
            "workers_max",
            "the account's worker quota is used up",
            "The sum of workers_max over all endpoints of the account is limited by its quota. Lower workers_max here or \
             on other endpoints, delete endpoints that are not needed, or ask Runpod for a larger quota.",
        ),
        TEMPLATE_NOT_FOUND => Concern::at(
            "template_id",
            "the template does not exist",
            "Check template_id: the template may have been deleted, belong to another account, or be mistyped. Template \
             ids are shown in the Runpod console under Templates.",
        ),
        POD_TEMPLATE => Concern::at(
            "template_id",
            "the template is a pod template",
            "Endpoints take serverless templates only. Choose one of those, or make one with runpod_template.",
        ),
        VOLUME_NOT_FOUND => Concern::at(
            "network_volume_ids",
            "a network volume does not exist",
            "Check network_volume_id and network_volume_ids: the volume may have been deleted, belong to another account, \
             or be mistyped. Volume ids are shown in the Runpod console under Storage.",
        ),
        GPU_IDS_MISSING => Concern::at(
            "gpu_ids",
            "Runpod misses GPU pools",
            "For a GPU endpoint, name at least one GPU pool in gpu_ids, such as [\"AMPERE_16\"]. On a CPU endpoint this is \
             a known fault of Runpod's: there is nothing to change in the configuration. Try again later, or over the \
             other API (the provider's api).",
        ),
        TEMPLATE_NAME_TAKEN => Concern::at(
            "name",
            "the name of the endpoint's own template is taken",
            "Runpod keeps a template for each endpoint under the endpoint's name, and another template has that name. \
             Choose another name, or delete the template that has it in the Runpod console.",
        ),
        _ => return None,
    };
    Some(concern)
}
