//! The rules that tie an endpoint's attributes together, at validate and where a plan changes them.

use serde::{Deserialize, Serialize};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::{
    container::{CONTAINER, check_command},
    managed::{
        attribute::{doubtful, invalid},
        diagnostic::{error_at, warn_at},
        value::Attributes,
    },
};

/// Checks a configuration.
pub fn check(diags: &mut Diagnostics, config: &Attributes) {
    container(diags, config);
    compute(diags, config);
    volumes(diags, config);
    workers(diags, config);
    if config.has("min_cuda_version") && config.has("allowed_cuda_versions") {
        let detail = "Both allowed_cuda_versions and min_cuda_version are set. GraphQL takes both; REST v2, which is what \
                      stays, takes only one of them, so prefer one.";
        warn_at(
            diags,
            AttributePath::new("min_cuda_version"),
            "Two rules for CUDA versions",
            detail,
        );
    }
}

fn container(diags: &mut Diagnostics, config: &Attributes) {
    if config.has("template_id") && config.has("image") {
        let detail = "template_id and image are both set, but an endpoint takes its container from a template or has one \
                      of its own. Set one of them and leave the other out.";
        error_at(
            diags,
            AttributePath::new("image"),
            "Two containers are chosen",
            detail,
        );
    }
    if config.lacks("template_id") && config.lacks("image") {
        let detail = "Neither image nor template_id is set. Set image to the container image that the workers run, such \
                      as \"runpod/worker-v1-vllm:v2.7.0\", or template_id to the id of a serverless template.";
        error_at(
            diags,
            AttributePath::new("image"),
            "No container is chosen",
            detail,
        );
    }
    if config.has("template_id") {
        for name in CONTAINER.into_iter().filter(|name| config.has(name)) {
            let detail = format!(
                "{name} is set beside template_id, but the container is the template's. Set {name} on the template, or \
                 use image instead of template_id."
            );
            error_at(
                diags,
                AttributePath::new(name),
                format!("{name} goes with image alone"),
                detail,
            );
        }
    }
    if config.has("template_revision") && config.lacks("template_id") {
        let detail = "template_revision is set, but there is no template_id whose template it could speak of. Leave it out.";
        error_at(
            diags,
            AttributePath::new("template_revision"),
            "template_revision goes with template_id alone",
            detail,
        );
    }
    check_command(diags, config);
}

fn compute(diags: &mut Diagnostics, config: &Attributes) {
    if config.lacks("gpu_ids") && config.lacks("instance_ids") {
        let detail = "Neither gpu_ids nor instance_ids is set. Set gpu_ids to the GPU pools to use in order of \
                      priority, such as [\"AMPERE_16\"], or instance_ids for a CPU endpoint, such as [\"cpu3c-2-4\"].";
        error_at(
            diags,
            AttributePath::new("gpu_ids"),
            "No kind of worker is chosen",
            detail,
        );
    }
    if !config.has("instance_ids") {
        return;
    }
    if config.has("gpu_ids") {
        let detail = "gpu_ids and instance_ids are both set, but an endpoint runs on GPUs or on CPUs. Set gpu_ids for a \
                      GPU endpoint, or instance_ids for a CPU endpoint, and leave the other out.";
        error_at(
            diags,
            AttributePath::new("instance_ids"),
            "Two kinds of worker are chosen",
            detail,
        );
    }
    if let Value::Value(count) = config.get("gpu_count") {
        let detail = format!(
            "gpu_count is {count}, but instance_ids makes this a CPU endpoint, which has no GPUs. Leave gpu_count out."
        );
        error_at(
            diags,
            AttributePath::new("gpu_count"),
            "A CPU endpoint has no gpu_count",
            detail,
        );
    }
}

fn volumes(diags: &mut Diagnostics, config: &Attributes) {
    if config.has("network_volume_id") && config.has("network_volume_ids") {
        let detail = "network_volume_id and network_volume_ids are both set. Set network_volume_id for one volume, or \
                      network_volume_ids for several, one in each data centre.";
        error_at(
            diags,
            AttributePath::new("network_volume_ids"),
            "Two ways to attach volumes",
            detail,
        );
    }
}

/// `workers_min` over `workers_max` is only doubted: Runpod itself brings it about (API facts 2.6), and what it holds must
/// be importable.
fn workers(diags: &mut Diagnostics, values: &Attributes) {
    if let (Some(min), Some(max)) = (values.integer("workers_min"), values.integer("workers_max"))
        && min > max
    {
        let problem =
            format!("it is {min} and exceeds workers_max, which is {max}; Runpod refuses to be told so");
        doubtful(diags, AttributePath::new("workers_min"), "workers_min", &problem);
    }
}

/// How many workers there were to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workers {
    min: Option<i64>,
    max: Option<i64>,
}

impl Workers {
    /// Those of a state or a configuration.
    pub fn of(attributes: &Attributes) -> Self {
        Self {
            min: attributes.integer("workers_min"),
            max: attributes.integer("workers_max"),
        }
    }
}

/// `workers_min` must not exceed `workers_max` after a change of the configuration since it was last applied. What Runpod
/// made of it since is never refused, for that would refuse a destroy, too: it lowers `workers_max` itself (API facts
/// 2.6), and so does a delete.
pub fn workers_changed(diags: &mut Diagnostics, config: &Attributes, applied: Workers, planned: &Attributes) {
    let config = Workers::of(config);
    let (Some(min), Some(max)) = (planned.integer("workers_min"), planned.integer("workers_max")) else {
        return;
    };
    if min <= max {
        return;
    }
    let of_runpod = |configured: Option<i64>| if configured.is_some() { "" } else { " at Runpod" };
    let (name, problem, given) = if config.min.is_some() && config.min != applied.min {
        let also = if config.max.is_some() {
            ""
        } else {
            "; set workers_max too"
        };
        let problem = format!(
            "it must not exceed workers_max, which is {max}{}{also}",
            of_runpod(config.max)
        );
        ("workers_min", problem, min)
    } else if config.max.is_some() && config.max != applied.max {
        let also = if config.min.is_some() {
            ""
        } else {
            "; set workers_min too"
        };
        let problem = format!(
            "it must not be below workers_min, which is {min}{}{also}",
            of_runpod(config.min)
        );
        ("workers_max", problem, max)
    } else {
        return;
    };
    invalid(
        diags,
        AttributePath::new(name),
        name,
        &problem,
        &given.to_string(),
    );
}

/// At creation `workers_min` must not exceed `workers_max`, or the 3 that Runpod sets where that is left out (API facts
/// 2.3).
pub fn workers_created(diags: &mut Diagnostics, config: &Attributes) {
    let Some(min) = config.integer("workers_min") else {
        return;
    };
    let problem = match config.get("workers_max") {
        Value::Null if min > 3 => {
            "Runpod sets workers_max to 3 where it is left out; set workers_max too".to_owned()
        }
        Value::Value(max) if max.as_integer().is_some_and(|max| min > max) => {
            format!("it must not exceed workers_max, which is {max}")
        }
        _ => return,
    };
    invalid(
        diags,
        AttributePath::new("workers_min"),
        "workers_min",
        &problem,
        &min.to_string(),
    );
}
