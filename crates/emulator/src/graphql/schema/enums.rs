//! The closed sets of the account as GraphQL enums, one mirror each.

use async_graphql::Enum;

use crate::account::{catalogue, enums};

/// How fast a cold worker starts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "enums::FlashBootType")]
pub(crate) enum FlashBootType {
    #[graphql(name = "OFF")]
    Off,
    #[graphql(name = "FLASHBOOT")]
    Flashboot,
    #[graphql(name = "PRIORITY_FLASHBOOT")]
    PriorityFlashboot,
}

/// A certification of a data centre.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "enums::Compliance")]
pub(crate) enum Compliance {
    #[graphql(name = "GDPR")]
    Gdpr,
    #[graphql(name = "ISO_IEC_27001")]
    IsoIec27001,
    #[graphql(name = "ISO_14001")]
    Iso14001,
    #[graphql(name = "PCI_DSS")]
    PciDss,
    #[graphql(name = "HITRUST")]
    Hitrust,
    #[graphql(name = "SOC_1_TYPE_2")]
    Soc1Type2,
    #[graphql(name = "SOC_2_TYPE_2")]
    Soc2Type2,
    #[graphql(name = "SOC_3_TYPE_2")]
    Soc3Type2,
    #[graphql(name = "ITAR")]
    Itar,
    #[graphql(name = "FISMA_HIGH")]
    FismaHigh,
    #[graphql(name = "HIPAA")]
    Hipaa,
}

/// The file system behind a network volume.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "enums::StorageType")]
pub(crate) enum StorageType {
    #[graphql(name = "CEPH_FS")]
    CephFs,
    #[graphql(name = "DDN")]
    Ddn,
    #[graphql(name = "MOOSE_FS")]
    MooseFs,
    #[graphql(name = "ONE_FS")]
    OneFs,
    #[graphql(name = "PURE")]
    Pure,
    #[graphql(name = "VAST")]
    Vast,
}

/// The hardware a template is meant for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "enums::TemplateCategory")]
pub(crate) enum TemplateCategory {
    #[graphql(name = "CPU")]
    Cpu,
    #[graphql(name = "GPU")]
    Gpu,
    #[graphql(name = "NVIDIA")]
    Nvidia,
    #[graphql(name = "AMD")]
    Amd,
}

/// A part of the world.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "catalogue::Region")]
pub(crate) enum DataCenterRegion {
    #[graphql(name = "NORTH_AMERICA")]
    NorthAmerica,
    #[graphql(name = "ASIA")]
    Asia,
    #[graphql(name = "EUROPE")]
    Europe,
    #[graphql(name = "MIDDLE_EAST")]
    MiddleEast,
    #[graphql(name = "AFRICA")]
    Africa,
    #[graphql(name = "SOUTH_AMERICA")]
    SouthAmerica,
    #[graphql(name = "OCEANIA")]
    Oceania,
    #[graphql(name = "ANTARCTICA")]
    Antarctica,
    #[graphql(name = "UNKNOWN")]
    Unknown,
}
