//! A small, realistic catalogue: GPU types, CPU flavours and data centres, with prices and stock
//! (API facts 2.4, 2.5, 2.9; V2 6). Prices are in dollars an hour for one GPU or vCPU.

use super::{
    enums::{Compliance, VolumeType},
    gpus::POOLS,
};

/// A part of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    NorthAmerica,
    Asia,
    Europe,
    MiddleEast,
    Africa,
    SouthAmerica,
    Oceania,
    Antarctica,
    Unknown,
}

/// All regions with the spelling of the API.
pub(crate) const REGIONS: &[(Region, &str)] = &[
    (Region::NorthAmerica, "NORTH_AMERICA"),
    (Region::SouthAmerica, "SOUTH_AMERICA"),
    (Region::Europe, "EUROPE"),
    (Region::Asia, "ASIA"),
    (Region::MiddleEast, "MIDDLE_EAST"),
    (Region::Africa, "AFRICA"),
    (Region::Oceania, "OCEANIA"),
    (Region::Antarctica, "ANTARCTICA"),
    (Region::Unknown, "UNKNOWN"),
];

impl Region {
    /// The spelling of the API.
    pub(crate) fn as_str(self) -> &'static str {
        REGIONS
            .iter()
            .find(|(region, _)| *region == self)
            .map_or("UNKNOWN", |(_, text)| text)
    }
}

/// A data centre.
#[derive(Debug)]
pub(crate) struct DataCenter {
    pub(crate) id: &'static str,
    /// The country as people write it.
    pub(crate) country: &'static str,
    pub(crate) country_code: &'static str,
    pub(crate) region: Region,
    /// What network volumes it offers, its primary type first; none when it has no storage.
    pub(crate) volume_types: &'static [VolumeType],
    pub(crate) compliance: &'static [Compliance],
}

const STANDARD: &[VolumeType] = &[VolumeType::Standard];
const BOTH: &[VolumeType] = &[VolumeType::Standard, VolumeType::HighPerformance];
const FAST: &[VolumeType] = &[VolumeType::HighPerformance];
const NONE: &[VolumeType] = &[];

const fn place(
    id: &'static str,
    country: &'static str,
    country_code: &'static str,
    region: Region,
    volume_types: &'static [VolumeType],
) -> DataCenter {
    DataCenter {
        id,
        country,
        country_code,
        region,
        volume_types,
        compliance: &[Compliance::Soc2Type2, Compliance::IsoIec27001],
    }
}

/// All data centres.
pub(crate) const DATA_CENTERS: &[DataCenter] = &[
    place("EU-RO-1", "Romania", "RO", Region::Europe, STANDARD),
    place("EU-CZ-1", "Czech Republic", "CZ", Region::Europe, BOTH),
    place("EU-SE-1", "Sweden", "SE", Region::Europe, STANDARD),
    place("EU-NL-1", "Netherlands", "NL", Region::Europe, STANDARD),
    place("EU-FR-1", "France", "FR", Region::Europe, NONE),
    place("EUR-IS-1", "Iceland", "IS", Region::Europe, BOTH),
    place("EUR-IS-2", "Iceland", "IS", Region::Europe, STANDARD),
    place("EUR-IS-3", "Iceland", "IS", Region::Europe, FAST),
    place("EUR-NO-1", "Norway", "NO", Region::Europe, BOTH),
    place("CA-MTL-1", "Canada", "CA", Region::NorthAmerica, STANDARD),
    place("CA-MTL-3", "Canada", "CA", Region::NorthAmerica, STANDARD),
    place("US-CA-2", "United States", "US", Region::NorthAmerica, BOTH),
    place("US-GA-1", "United States", "US", Region::NorthAmerica, NONE),
    place("US-GA-2", "United States", "US", Region::NorthAmerica, STANDARD),
    place("US-IL-1", "United States", "US", Region::NorthAmerica, STANDARD),
    place("US-KS-2", "United States", "US", Region::NorthAmerica, BOTH),
    place("US-NC-1", "United States", "US", Region::NorthAmerica, STANDARD),
    place("US-TX-3", "United States", "US", Region::NorthAmerica, STANDARD),
    place("US-WA-1", "United States", "US", Region::NorthAmerica, STANDARD),
    place("AP-JP-1", "Japan", "JP", Region::Asia, STANDARD),
    place("OC-AU-1", "Australia", "AU", Region::Oceania, NONE),
];

/// The data centre of this id.
pub(crate) fn data_center(id: &str) -> Option<&'static DataCenter> {
    DATA_CENTERS.iter().find(|row| row.id == id)
}

/// A GPU type.
#[derive(Clone, Debug)]
pub(crate) struct GpuType {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// The serverless pool it belongs to.
    pub(crate) pool: Option<&'static str>,
    pub(crate) manufacturer: &'static str,
    /// In GB.
    pub(crate) memory: i32,
    pub(crate) secure_price: f64,
    pub(crate) community_price: f64,
    pub(crate) serverless_price: Option<f64>,
    /// The ids of the data centres that have it.
    pub(crate) data_centers: Vec<&'static str>,
    /// `NONE`, `LOW`, `MEDIUM` or `HIGH`.
    pub(crate) stock: &'static str,
}

/// GPU types that no pool holds: id, maker, memory in GB.
const OUTSIDE_POOLS: &[(&str, &str, i32)] = &[
    ("NVIDIA GeForce RTX 3070", "NVIDIA", 8),
    ("AMD Instinct MI300X OAM", "AMD", 192),
];

/// All GPU types, those of the pools first.
pub(crate) fn gpu_types() -> Vec<GpuType> {
    let pooled = POOLS.iter().flat_map(|(pool, types)| {
        let of_pool = move |id: &&'static str| (*id, "NVIDIA", pool_memory(pool), Some(*pool));
        types.iter().map(of_pool)
    });
    let outside = OUTSIDE_POOLS
        .iter()
        .map(|(id, maker, memory)| (*id, *maker, *memory, None));
    pooled.chain(outside).enumerate().map(gpu_type).collect()
}

fn gpu_type(
    (at, (id, manufacturer, memory, pool)): (usize, (&'static str, &'static str, i32, Option<&'static str>)),
) -> GpuType {
    let secure_price = f64::from(memory) / 100.0;
    // Every third data centre lacks a type, another third for each, so that places and types both matter.
    let has = DATA_CENTERS
        .iter()
        .enumerate()
        .filter(|(place, _)| (place + at) % 3 != 0);
    GpuType {
        id,
        name: id
            .trim_start_matches("NVIDIA ")
            .trim_start_matches("GeForce ")
            .trim_start_matches("AMD "),
        pool,
        manufacturer,
        memory,
        secure_price,
        community_price: secure_price * 0.8,
        serverless_price: pool.map(|_| secure_price * 1.5),
        data_centers: has.map(|(_, row)| row.id).collect(),
        stock: ["HIGH", "MEDIUM", "LOW"].get(at % 3).unwrap_or(&"HIGH"),
    }
}

/// The memory in GB of the GPU types of a pool.
fn pool_memory(pool: &str) -> i32 {
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

/// A CPU flavour.
#[derive(Debug)]
pub(crate) struct CpuFlavor {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) group: &'static str,
    pub(crate) min_vcpu: i32,
    pub(crate) max_vcpu: i32,
    /// Memory in GB for each vCPU.
    pub(crate) ram_per_vcpu: i32,
    /// Disk in GB for each vCPU.
    pub(crate) disk_per_vcpu: i32,
    pub(crate) secure_price: f64,
    pub(crate) serverless_price: f64,
}

const fn flavor(
    id: &'static str,
    name: &'static str,
    group: &'static str,
    ram_per_vcpu: i32,
    disk_per_vcpu: i32,
    secure_price: f64,
) -> CpuFlavor {
    CpuFlavor {
        id,
        name,
        group,
        min_vcpu: 2,
        max_vcpu: 32,
        ram_per_vcpu,
        disk_per_vcpu,
        secure_price,
        serverless_price: secure_price * 0.75,
    }
}

/// All CPU flavours.
pub(crate) const CPU_FLAVORS: &[CpuFlavor] = &[
    flavor("cpu3c", "Compute-Optimized", "Gen 3", 2, 10, 0.04),
    flavor("cpu3g", "General Purpose", "Gen 3", 4, 10, 0.05),
    flavor("cpu3m", "Memory-Optimized", "Gen 3", 8, 10, 0.06),
    flavor("cpu5c", "Compute-Optimized", "Gen 5", 2, 15, 0.05),
    flavor("cpu5g", "General Purpose", "Gen 5", 4, 15, 0.06),
    flavor("cpu5m", "Memory-Optimized", "Gen 5", 8, 15, 0.07),
];

/// The CPU flavour of this id.
pub(crate) fn cpu_flavor(id: &str) -> Option<&'static CpuFlavor> {
    CPU_FLAVORS.iter().find(|row| row.id == id)
}
