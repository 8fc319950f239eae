//! The rules of an endpoint's attributes that need more than a number or a word: GPU pools, CUDA versions, places.

use serde::{Deserialize, Serialize};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::{
    attribute::{Type, doubtful, invalid, texts},
    diagnostic::{error_at, warn_at},
    value::{Attributes, Datum},
};

/// GPU pools and their members (API facts 2.4). Only for hints: Runpod adds pools without notice.
pub const POOLS: &[(&str, &[&str])] = &[
    (
        "AMPERE_16",
        &[
            "NVIDIA RTX A4000",
            "NVIDIA RTX A4500",
            "NVIDIA RTX 4000 Ada Generation",
            "NVIDIA RTX 2000 Ada Generation",
        ],
    ),
    (
        "AMPERE_24",
        &["NVIDIA RTX A5000", "NVIDIA L4", "NVIDIA GeForce RTX 3090"],
    ),
    ("ADA_24", &["NVIDIA GeForce RTX 4090"]),
    ("ADA_32_PRO", &["NVIDIA GeForce RTX 5090"]),
    ("AMPERE_48", &["NVIDIA A40", "NVIDIA RTX A6000"]),
    (
        "ADA_48_PRO",
        &["NVIDIA RTX 6000 Ada Generation", "NVIDIA L40", "NVIDIA L40S"],
    ),
    ("AMPERE_80", &["NVIDIA A100 80GB PCIe", "NVIDIA A100-SXM4-80GB"]),
    (
        "ADA_80_PRO",
        &["NVIDIA H100 PCIe", "NVIDIA H100 80GB HBM3", "NVIDIA H100 NVL"],
    ),
    ("HOPPER_141", &["NVIDIA H200"]),
    (
        "BLACKWELL_96",
        &[
            "NVIDIA RTX PRO 6000 Blackwell Server Edition",
            "NVIDIA RTX PRO 6000 Blackwell Workstation Edition",
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
        ],
    ),
    ("BLACKWELL_180", &["NVIDIA B200"]),
];

/// How alike two words must be for a "did you mean" (1 is equal).
const ALIKE: f64 = 0.75;

/// `gpu_ids`: pools first, then exclusions; what is not known is only doubted.
pub fn gpu_ids(diags: &mut Diagnostics, path: &AttributePath, datum: &Datum) {
    let items = texts(Type::List, path, datum);
    let names_no_pool = items
        .iter()
        .all(|(_, item)| item.is_some_and(|item| item.starts_with('-')));
    let mut seen: Vec<&str> = Vec::new();
    let mut excluding = false;
    for (at, item) in items {
        let Some(item) = item else { continue };
        if let Err(problem) = one_item(item) {
            invalid(diags, at, "gpu_ids", &problem, &format!("{item:?}"));
            continue;
        }
        if seen.contains(&item) {
            doubtful(diags, at.clone(), "gpu_ids", &format!("{item:?} is listed twice"));
        }
        seen.push(item);
        match item.strip_prefix('-') {
            Some(excluded) => {
                excluding = true;
                exclusion(diags, at, excluded);
            }
            None if excluding => {
                let problem = "pools come first, in order of priority, and exclusions after them";
                invalid(
                    diags,
                    at,
                    "gpu_ids",
                    problem,
                    &format!("{item:?} after an exclusion"),
                );
            }
            None => pool(diags, at, item),
        }
    }
    if names_no_pool && datum.is_wholly_known() {
        let problem = "it must name at least one GPU pool, such as \"AMPERE_16\", besides what it excludes";
        invalid(diags, path.clone(), "gpu_ids", problem, &datum.to_string());
    }
}

fn exclusion(diags: &mut Diagnostics, at: AttributePath, excluded: &str) {
    if POOLS.iter().any(|(pool, _)| *pool == excluded) {
        let problem = "an exclusion names one GPU type, such as \"-NVIDIA RTX A4500\", not a pool; leave the pool out \
                       of the list instead";
        invalid(diags, at, "gpu_ids", problem, &format!("\"-{excluded}\""));
        return;
    }
    let types = || POOLS.iter().flat_map(|(_, types)| types.iter().copied());
    if !types().any(|known| known == excluded) {
        let hint = hint(excluded, types());
        let problem = format!(
            "{excluded:?} is not a GPU type that this provider knows, and Runpod ignores an exclusion that matches \
             nothing{hint}"
        );
        doubtful(diags, at, "gpu_ids", &problem);
    }
}

fn pool(diags: &mut Diagnostics, at: AttributePath, item: &str) {
    if POOLS.iter().any(|(pool, _)| *pool == item) {
        return;
    }
    let problem = match POOLS.iter().find(|(_, types)| types.contains(&item)) {
        Some((pool, _)) => format!("{item:?} is a GPU type, not a pool; did you mean its pool, \"{pool}\"?"),
        None => format!(
            "{item:?} is not a GPU pool that this provider knows{}",
            hint(item, POOLS.iter().map(|(pool, _)| *pool))
        ),
    };
    doubtful(diags, at, "gpu_ids", &problem);
}

fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let alike = |other: &str| strsim::jaro_winkler(&word.to_uppercase(), &other.to_uppercase());
    let best = known
        .map(|other| (alike(other), other))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match best {
        Some((likeness, other)) if likeness >= ALIKE => format!("; did you mean \"{other}\"?"),
        _ => String::new(),
    }
}

/// One element of a list that the API joins with commas.
pub fn one_item(text: &str) -> Result<(), String> {
    if text.trim_start_matches('-').trim().is_empty() {
        return Err("an element must not be empty".to_owned());
    }
    if text.contains(',') {
        return Err("an element must not contain a comma; write one a list element".to_owned());
    }
    if text.trim() != text {
        return Err("an element must not begin or end with blanks".to_owned());
    }
    Ok(())
}

/// A CUDA version as the API has it: `major.minor`.
pub fn cuda_version(text: &str) -> Result<(), String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((major, minor)) if digits(major) && digits(minor) => Ok(()),
        _ => Err("a CUDA version is written major.minor, such as \"12.4\"".to_owned()),
    }
}

/// A CPU instance: flavour, vCPUs, memory in GB (API facts 2.5).
pub fn instance_id(text: &str) -> Result<(), String> {
    one_item(text)?;
    if text.starts_with("cpu") {
        return Ok(());
    }
    Err("an instance id begins with \"cpu\", such as \"cpu3c-2-4\" (flavour, vCPUs, GB of memory)".to_owned())
}

/// The rules that tie attributes together.
pub fn together(diags: &mut Diagnostics, config: &Attributes) {
    compute(diags, config);
    volumes(diags, config);
    workers(diags, config);
    if config.get("min_cuda_version").is_value() && config.get("allowed_cuda_versions").is_value() {
        let detail = "Both allowed_cuda_versions and min_cuda_version are set. Runpod takes both today; its next API \
                      takes only one of them, so prefer one.";
        warn_at(
            diags,
            AttributePath::new("min_cuda_version"),
            "Two rules for CUDA versions",
            detail,
        );
    }
}

fn compute(diags: &mut Diagnostics, config: &Attributes) {
    let (gpu, cpu) = (config.get("gpu_ids"), config.get("instance_ids"));
    if gpu.is_null() && cpu.is_null() {
        let detail = "Neither gpu_ids nor instance_ids is set. Set gpu_ids to the GPU pools to use in order of \
                      priority, such as [\"AMPERE_16\"], or instance_ids for a CPU endpoint, such as [\"cpu3c-2-4\"].";
        error_at(
            diags,
            AttributePath::new("gpu_ids"),
            "No kind of worker is chosen",
            detail,
        );
    }
    let Value::Value(instances) = cpu else { return };
    if instances == &Datum::Many(Vec::new()) {
        let problem = "it must name at least one instance, such as \"cpu3c-2-4\", or be left out";
        invalid(
            diags,
            AttributePath::new("instance_ids"),
            "instance_ids",
            problem,
            "[]",
        );
    }
    if gpu.is_value() {
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
    if config.get("network_volume_id").is_value() && config.get("network_volume_ids").is_value() {
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

/// `workers_min` must not exceed `workers_max`, where both are known.
fn workers(diags: &mut Diagnostics, values: &Attributes) {
    if let (Some(min), Some(max)) = (values.integer("workers_min"), values.integer("workers_max"))
        && min > max
    {
        let problem = format!("it must not exceed workers_max, which is {max}");
        invalid(
            diags,
            AttributePath::new("workers_min"),
            "workers_min",
            &problem,
            &min.to_string(),
        );
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
    // Where both are configured, that alone has been checked.
    if min <= max || (config.min.is_some() && config.max.is_some()) {
        return;
    }
    let (name, problem, given) = if config.min.is_some() && config.min != applied.min {
        let problem =
            format!("it must not exceed workers_max, which is {max} at Runpod; set workers_max too");
        ("workers_min", problem, min)
    } else if config.max.is_some() && config.max != applied.max {
        let problem =
            format!("it must not be below workers_min, which is {min} at Runpod; set workers_min too");
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

/// `workers_min` must not exceed the 3 that Runpod sets at creation where `workers_max` is left out (API facts 2.3).
pub fn workers_by_default(diags: &mut Diagnostics, config: &Attributes) {
    if let (Some(min), Value::Null) = (config.integer("workers_min"), config.get("workers_max"))
        && min > 3
    {
        let problem = "Runpod sets workers_max to 3 where it is left out; set workers_max too";
        invalid(
            diags,
            AttributePath::new("workers_min"),
            "workers_min",
            problem,
            &min.to_string(),
        );
    }
}
