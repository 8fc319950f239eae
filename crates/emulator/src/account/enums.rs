//! The closed sets of values the API knows, as the rows store them (API facts 1.1).

use serde::{Deserialize, Serialize};

/// How fast a cold worker starts: `Endpoint.flashBootType`.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashBootType {
    /// FlashBoot is off.
    #[serde(rename = "OFF")]
    Off,
    /// FlashBoot is on.
    #[serde(rename = "FLASHBOOT")]
    Flashboot,
    /// FlashBoot with reserved capacity.
    #[serde(rename = "PRIORITY_FLASHBOOT")]
    PriorityFlashboot,
}

/// What the workers of an endpoint compute on; fixed when the endpoint is created (API facts 2.5).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub enum ComputeKind {
    /// Workers with GPUs.
    #[default]
    Gpu,
    /// Workers without.
    Cpu,
}

impl ComputeKind {
    /// The spelling of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gpu => "GPU",
            Self::Cpu => "CPU",
        }
    }
}

/// A certification that the data centre of a worker must hold.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compliance {
    #[serde(rename = "GDPR")]
    Gdpr,
    #[serde(rename = "ISO_IEC_27001")]
    IsoIec27001,
    #[serde(rename = "ISO_14001")]
    Iso14001,
    #[serde(rename = "PCI_DSS")]
    PciDss,
    #[serde(rename = "HITRUST")]
    Hitrust,
    #[serde(rename = "SOC_1_TYPE_2")]
    Soc1Type2,
    #[serde(rename = "SOC_2_TYPE_2")]
    Soc2Type2,
    #[serde(rename = "SOC_3_TYPE_2")]
    Soc3Type2,
    #[serde(rename = "ITAR")]
    Itar,
    #[serde(rename = "FISMA_HIGH")]
    FismaHigh,
    #[serde(rename = "HIPAA")]
    Hipaa,
}

impl Compliance {
    /// The spelling of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gdpr => "GDPR",
            Self::IsoIec27001 => "ISO_IEC_27001",
            Self::Iso14001 => "ISO_14001",
            Self::PciDss => "PCI_DSS",
            Self::Hitrust => "HITRUST",
            Self::Soc1Type2 => "SOC_1_TYPE_2",
            Self::Soc2Type2 => "SOC_2_TYPE_2",
            Self::Soc3Type2 => "SOC_3_TYPE_2",
            Self::Itar => "ITAR",
            Self::FismaHigh => "FISMA_HIGH",
            Self::Hipaa => "HIPAA",
        }
    }
}

/// The file system behind a network volume.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StorageType {
    #[serde(rename = "CEPH_FS")]
    CephFs,
    #[serde(rename = "DDN")]
    Ddn,
    #[serde(rename = "MOOSE_FS")]
    MooseFs,
    #[serde(rename = "ONE_FS")]
    OneFs,
    #[serde(rename = "PURE")]
    Pure,
    #[serde(rename = "VAST")]
    Vast,
}

/// How fast the storage of a network volume is (V2 5.2).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum VolumeType {
    #[default]
    #[serde(rename = "STANDARD")]
    Standard,
    #[serde(rename = "HIGH_PERFORMANCE")]
    HighPerformance,
}

impl VolumeType {
    /// The spelling of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::HighPerformance => "HIGH_PERFORMANCE",
        }
    }
}

/// The hardware a template is meant for.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TemplateCategory {
    #[serde(rename = "CPU")]
    Cpu,
    #[serde(rename = "GPU")]
    Gpu,
    #[serde(rename = "NVIDIA")]
    Nvidia,
    #[serde(rename = "AMD")]
    Amd,
}

impl FlashBootType {
    /// The spelling of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Flashboot => "FLASHBOOT",
            Self::PriorityFlashboot => "PRIORITY_FLASHBOOT",
        }
    }
}

impl TemplateCategory {
    /// The spelling of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Gpu => "GPU",
            Self::Nvidia => "NVIDIA",
            Self::Amd => "AMD",
        }
    }
}
