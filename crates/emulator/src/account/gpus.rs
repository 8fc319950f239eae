//! GPU pools and the rules for `gpuIds`, the list of pools and exclusions (API facts 2.4).

use super::refusal::Refusal;

/// The pools by priority of the catalogue, each with the ids of its GPU types.
pub(crate) const POOLS: &[(&str, &[&str])] = &[
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

fn members(pool: &str) -> Option<&'static [&'static str]> {
    POOLS.iter().find(|(id, _)| *id == pool).map(|(_, types)| *types)
}

/// Checks the `gpuIds` of a GPU endpoint and gives the text to store.
///
/// # Errors
/// When nothing is asked for, a pool is unknown (unless `known_only` is off), a pool is excluded, or
/// the exclusions leave no GPU.
pub(crate) fn checked(text: Option<&str>, normalize: bool, known_only: bool) -> Result<String, Refusal> {
    let text = text.unwrap_or_default();
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return Err(Refusal::new("gpuId(s) is required for a gpu endpoint"));
    }
    let excluded: Vec<&str> = parts.iter().filter_map(|part| part.strip_prefix('-')).collect();
    let pools: Vec<&str> = parts
        .iter()
        .filter(|part| !part.starts_with('-'))
        .copied()
        .collect();
    if let Some(pool) = excluded.iter().find(|id| members(id).is_some()) {
        return Err(Refusal::new(format!(
            "{pool} is a GPU pool; only GPU types can be excluded"
        )));
    }
    if pools.is_empty() {
        return Err(Refusal::new("gpuIds excludes GPU types but names no GPU pool"));
    }
    if let Some(pool) = pools.iter().find(|pool| members(pool).is_none())
        && known_only
    {
        return Err(Refusal::new(format!("{pool} is not a GPU pool")));
    }
    let some_left = pools.iter().any(|pool| {
        members(pool).is_none_or(|types| types.iter().any(|gpu_type| !excluded.contains(gpu_type)))
    });
    if !some_left {
        return Err(Refusal::new("gpuIds excludes every GPU type of its pools"));
    }
    Ok(if normalize {
        parts.join(",")
    } else {
        text.to_owned()
    })
}
