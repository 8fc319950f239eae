//! The closed sets of values the API knows, shared by the schema and the stored rows (API facts 1.1).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// How fast a cold worker starts: `Endpoint.flashBootType`.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashBootType {
    /// FlashBoot is off.
    #[graphql(name = "OFF")]
    #[serde(rename = "OFF")]
    Off,
    /// FlashBoot is on.
    #[graphql(name = "FLASHBOOT")]
    #[serde(rename = "FLASHBOOT")]
    Flashboot,
    /// FlashBoot with reserved capacity.
    #[graphql(name = "PRIORITY_FLASHBOOT")]
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
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compliance {
    #[graphql(name = "GDPR")]
    #[serde(rename = "GDPR")]
    Gdpr,
    #[graphql(name = "ISO_IEC_27001")]
    #[serde(rename = "ISO_IEC_27001")]
    IsoIec27001,
    #[graphql(name = "ISO_14001")]
    #[serde(rename = "ISO_14001")]
    Iso14001,
    #[graphql(name = "PCI_DSS")]
    #[serde(rename = "PCI_DSS")]
    PciDss,
    #[graphql(name = "HITRUST")]
    #[serde(rename = "HITRUST")]
    Hitrust,
    #[graphql(name = "SOC_1_TYPE_2")]
    #[serde(rename = "SOC_1_TYPE_2")]
    Soc1Type2,
    #[graphql(name = "SOC_2_TYPE_2")]
    #[serde(rename = "SOC_2_TYPE_2")]
    Soc2Type2,
    #[graphql(name = "SOC_3_TYPE_2")]
    #[serde(rename = "SOC_3_TYPE_2")]
    Soc3Type2,
    #[graphql(name = "ITAR")]
    #[serde(rename = "ITAR")]
    Itar,
    #[graphql(name = "FISMA_HIGH")]
    #[serde(rename = "FISMA_HIGH")]
    FismaHigh,
    #[graphql(name = "HIPAA")]
    #[serde(rename = "HIPAA")]
    Hipaa,
}

/// The file system behind a network volume.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StorageType {
    #[graphql(name = "CEPH_FS")]
    #[serde(rename = "CEPH_FS")]
    CephFs,
    #[graphql(name = "DDN")]
    #[serde(rename = "DDN")]
    Ddn,
    #[graphql(name = "MOOSE_FS")]
    #[serde(rename = "MOOSE_FS")]
    MooseFs,
    #[graphql(name = "ONE_FS")]
    #[serde(rename = "ONE_FS")]
    OneFs,
    #[graphql(name = "PURE")]
    #[serde(rename = "PURE")]
    Pure,
    #[graphql(name = "VAST")]
    #[serde(rename = "VAST")]
    Vast,
}

/// The hardware a template is meant for.
#[derive(Enum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TemplateCategory {
    #[graphql(name = "CPU")]
    #[serde(rename = "CPU")]
    Cpu,
    #[graphql(name = "GPU")]
    #[serde(rename = "GPU")]
    Gpu,
    #[graphql(name = "NVIDIA")]
    #[serde(rename = "NVIDIA")]
    Nvidia,
    #[graphql(name = "AMD")]
    #[serde(rename = "AMD")]
    Amd,
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
