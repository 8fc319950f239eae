//! What REST v2 cannot hold of an endpoint, told at plan (V2 8.2, 10).
//!
//! Only what the plan changes is told: what Runpod put there itself, or an import found, never blocks a plan.

use tf_provider::{AttributePath, Diagnostics};

use super::rules::{FLAVORS, POOLS, instance, is_country};
use crate::managed::{
    attribute::{Type, invalid, texts},
    diagnostic::error_at,
    noun::Plan,
    value::Datum,
};

/// Adds an error for each configured value that REST v2 cannot hold.
pub fn check(diags: &mut Diagnostics, plan: &Plan<'_>) {
    country_codes(diags, plan);
    scaler(diags, plan);
    cuda(diags, plan);
    instances(diags, plan);
    pools(diags, plan);
}

fn items<'p>(plan: &'p Plan<'_>, name: &'static str, kind: Type) -> Vec<(AttributePath, &'p str)> {
    if !plan.is_configured_anew(name) {
        return Vec::new();
    }
    let Some(datum) = plan.config.get(name).as_ref_option() else {
        return Vec::new();
    };
    let items = texts(kind, &AttributePath::new(name), datum).into_iter();
    items.filter_map(|(path, item)| Some((path, item?))).collect()
}

fn country_codes(diags: &mut Diagnostics, plan: &Plan<'_>) {
    for (path, item) in items(plan, "locations", Type::Set) {
        if is_country(item) {
            let problem = "REST v2 takes ids of data centres alone, such as \"EU-RO-1\", and no country codes; the data \
                           source runpod_data_centers lists them";
            invalid(diags, path, "locations", problem, &format!("{item:?}"));
        }
    }
}

fn scaler(diags: &mut Diagnostics, plan: &Plan<'_>) {
    let is = |name: &str, word: &str| plan.planned.text(name) == Some(word);
    let kind_is_lb = is("type", "LB");
    // A scaler is written whole, so that a new value writes the type along (V2 3.1).
    let is_written = |name: &&str| plan.is_configured_anew(name);
    if kind_is_lb && is("scaler_type", "QUEUE_DELAY") {
        let problem = "REST v2 takes REQUEST_COUNT alone for an endpoint of type \"LB\"";
        let is_configured = plan.config.has("scaler_type");
        let at = if is_configured {
            "scaler_type"
        } else {
            "scaler_value"
        };
        let names: &[&str] = if is_configured {
            &["scaler_type", "scaler_value", "type"]
        } else {
            &["scaler_value"]
        };
        if names.iter().any(is_written) {
            invalid(
                diags,
                AttributePath::new(at),
                "scaler_type",
                problem,
                "\"QUEUE_DELAY\"",
            );
        }
    }
    let is_queue = is("type", "QB") || plan.config.lacks("type") && !kind_is_lb;
    let is_changed = ["idle_timeout", "scaler_type", "type"]
        .iter()
        .any(|name| plan.is_configured_anew(name));
    if is_queue && is("scaler_type", "REQUEST_COUNT") && plan.config.has("idle_timeout") && is_changed {
        let detail = "idle_timeout is set, but REST v2 takes none for an endpoint with a queue (type \"QB\") that scales on \
                      REQUEST_COUNT. Leave idle_timeout out, or scale on QUEUE_DELAY.";
        error_at(
            diags,
            AttributePath::new("idle_timeout"),
            "REST v2 takes no idle_timeout here",
            detail,
        );
    }
}

fn cuda(diags: &mut Diagnostics, plan: &Plan<'_>) {
    let both = plan.config.has("allowed_cuda_versions") && plan.config.has("min_cuda_version");
    let is_changed =
        plan.is_configured_anew("allowed_cuda_versions") || plan.is_configured_anew("min_cuda_version");
    if both && is_changed {
        let detail = "allowed_cuda_versions and min_cuda_version are both set, and REST v2 takes one of them only. Leave \
                      one out.";
        error_at(
            diags,
            AttributePath::new("min_cuda_version"),
            "REST v2 takes one rule for CUDA versions",
            detail,
        );
    }
}

fn instances(diags: &mut Diagnostics, plan: &Plan<'_>) {
    for (path, item) in items(plan, "instance_ids", Type::List) {
        let problem = match instance(item) {
            None => {
                "REST v2 wants a flavour, its vCPUs and its GB of memory, such as \"cpu3c-2-4\"".to_owned()
            }
            Some((_, vcpus, _)) if vcpus < 2 => {
                "REST v2 has no CPU instances with less than 2 vCPUs".to_owned()
            }
            Some((_, vcpus, _)) if !vcpus.is_power_of_two() || vcpus > 32 => {
                "REST v2 takes 2, 4, 8, 16 or 32 vCPUs".to_owned()
            }
            Some((flavor, vcpus, memory)) => {
                let ratio = FLAVORS.iter().find(|(known, _)| *known == flavor);
                let Some((_, ratio)) = ratio else { continue };
                let own = vcpus.saturating_mul(*ratio);
                if own == memory {
                    continue;
                }
                format!(
                    "on REST v2 {flavor} with {vcpus} vCPUs has {own} GB of memory: write \"{flavor}-{vcpus}-{own}\""
                )
            }
        };
        invalid(diags, path, "instance_ids", &problem, &format!("{item:?}"));
    }
}

fn pools(diags: &mut Diagnostics, plan: &Plan<'_>) {
    for (path, item) in items(plan, "gpu_ids", Type::List) {
        let owner = POOLS.iter().find(|(_, types)| types.contains(&item));
        if let Some((pool, _)) = owner {
            let problem =
                format!("it is a GPU type, and REST v2 takes pools alone; write its pool, \"{pool}\"");
            invalid(
                diags,
                path,
                "gpu_ids",
                &problem,
                &Datum::Text(item.to_owned()).to_string(),
            );
        }
    }
}
