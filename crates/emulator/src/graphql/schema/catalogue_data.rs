//! A small, realistic catalogue: data centres, GPU memory, CPU flavours (API facts 2.4, 2.5, 2.9).

use crate::graphql::schema::catalogue::DataCenterRegion;

/// Data centres: id, place, region, whether they have network volumes.
pub(crate) const DATA_CENTERS: &[(&str, &str, DataCenterRegion, bool)] = &[
    ("EU-RO-1", "Romania", DataCenterRegion::Europe, true),
    ("EU-CZ-1", "Czech Republic", DataCenterRegion::Europe, true),
    ("EU-SE-1", "Sweden", DataCenterRegion::Europe, true),
    ("EU-NL-1", "Netherlands", DataCenterRegion::Europe, true),
    ("EU-FR-1", "France", DataCenterRegion::Europe, false),
    ("EUR-IS-1", "Iceland", DataCenterRegion::Europe, true),
    ("EUR-IS-2", "Iceland", DataCenterRegion::Europe, true),
    ("EUR-IS-3", "Iceland", DataCenterRegion::Europe, true),
    ("EUR-NO-1", "Norway", DataCenterRegion::Europe, true),
    ("CA-MTL-1", "Canada", DataCenterRegion::NorthAmerica, true),
    ("CA-MTL-3", "Canada", DataCenterRegion::NorthAmerica, true),
    ("US-CA-2", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-GA-1", "United States", DataCenterRegion::NorthAmerica, false),
    ("US-GA-2", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-IL-1", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-KS-2", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-NC-1", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-TX-3", "United States", DataCenterRegion::NorthAmerica, true),
    ("US-WA-1", "United States", DataCenterRegion::NorthAmerica, true),
    ("AP-JP-1", "Japan", DataCenterRegion::Asia, true),
    ("OC-AU-1", "Australia", DataCenterRegion::Oceania, false),
];

/// The memory in GB of the GPU types of a pool.
pub(crate) fn pool_memory(pool: &str) -> i32 {
    match pool {
        "AMPERE_16" => 16,
        "AMPERE_24" | "ADA_24" => 24,
        "ADA_32_PRO" => 32,
        "AMPERE_48" | "ADA_48_PRO" => 48,
        "BLACKWELL_96" => 96,
        "HOPPER_141" => 141,
        "BLACKWELL_180" => 180,
        _ => 80,
    }
}

/// CPU flavours: id, group, fewest and most vCPUs, GB of memory per vCPU, GB of disk per vCPU.
pub(crate) const CPU_FLAVORS: &[(&str, &str, f64, i32, f64, i32)] = &[
    ("cpu3c", "Compute-Optimized", 2.0, 32, 2.0, 10),
    ("cpu3g", "General Purpose", 2.0, 32, 4.0, 10),
    ("cpu5c", "Compute-Optimized", 2.0, 32, 2.0, 15),
];
