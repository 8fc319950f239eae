//! The public catalogue: GPU types, pools, CPU flavours and data centres (API facts 1.7).

use async_graphql::{ComplexObject, Enum, InputObject, SimpleObject};

use super::enums::{Compliance, DataCenterRegion};
use crate::account::{catalogue, gpus::POOLS};

macro_rules! closed_set {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $(#[graphql(name = $text)] $variant),* }
    };
}

closed_set!(Availability { Available = "AVAILABLE", Unavailable = "UNAVAILABLE" });
closed_set!(MachineProduct { Podcloud = "PODCLOUD", Cluster = "CLUSTER", Serverless = "SERVERLESS" });

#[derive(InputObject, Clone, Debug)]
pub(crate) struct GpuTypeFilter {
    pub(crate) id: Option<String>,
    pub(crate) ids: Option<Vec<String>>,
    pub(crate) cluster: Option<bool>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct GpuLowestPriceInput {
    pub(crate) gpu_count: i32,
    pub(crate) country_code: Option<String>,
    pub(crate) data_center_id: Option<String>,
    pub(crate) include_ai_api: Option<bool>,
    pub(crate) min_disk: Option<i32>,
    pub(crate) min_download: Option<i32>,
    pub(crate) min_memory_in_gb: Option<i32>,
    pub(crate) min_upload: Option<i32>,
    pub(crate) min_vcpu_count: Option<i32>,
    pub(crate) secure_cloud: Option<bool>,
    pub(crate) support_public_ip: Option<bool>,
    pub(crate) total_disk: Option<i32>,
    pub(crate) cuda_version: Option<String>,
    pub(crate) allowed_cuda_versions: Option<Vec<Option<String>>>,
    pub(crate) min_cuda_version: Option<String>,
    pub(crate) compliance: Option<Vec<Option<Compliance>>>,
    pub(crate) is_cluster: Option<bool>,
    pub(crate) pod_count: Option<i32>,
    pub(crate) throughput: Option<i32>,
    pub(crate) global_network: Option<bool>,
    pub(crate) machine_products: Option<Vec<Option<MachineProduct>>>,
}

#[derive(SimpleObject, Clone, Debug, Default)]
pub(crate) struct GpuTypeDataCenterAvailability {
    data_center_id: Option<String>,
    support_network_volumes: Option<bool>,
    availability: Option<Availability>,
}

#[derive(SimpleObject, Clone, Debug, Default)]
pub(crate) struct GpuTypeCudaVersion {
    cuda_version: Option<String>,
    availability: Option<Availability>,
}

#[derive(SimpleObject, Clone, Debug, Default)]
pub(crate) struct LowestPrice {
    gpu_name: Option<String>,
    gpu_type_id: Option<String>,
    minimum_bid_price: Option<f64>,
    uninterruptable_price: Option<f64>,
    cluster_price: Option<f64>,
    min_memory: Option<i32>,
    min_vcpu: Option<i32>,
    rental_percentage: Option<f64>,
    rented_count: Option<i32>,
    total_count: Option<i32>,
    stock_status: Option<String>,
    min_download: Option<i32>,
    min_disk: Option<i32>,
    min_upload: Option<i32>,
    country_code: Option<String>,
    support_public_ip: Option<bool>,
    compliance: Option<Vec<Option<Compliance>>>,
    max_gpu_count: Option<i32>,
    max_unreserved_gpu_count: Option<i32>,
    available_gpu_counts: Option<Vec<Option<i32>>>,
    gpu_type_datacenters: Option<Vec<Option<GpuTypeDataCenterAvailability>>>,
    gpu_type_cuda_versions: Option<Vec<Option<GpuTypeCudaVersion>>>,
}

#[derive(SimpleObject, Clone, Debug, Default)]
#[graphql(complex)]
pub(crate) struct GpuType {
    id: Option<String>,
    display_name: Option<String>,
    manufacturer: Option<String>,
    memory_in_gb: Option<i32>,
    cuda_cores: Option<i32>,
    secure_cloud: Option<bool>,
    community_cloud: Option<bool>,
    secure_price: Option<f64>,
    community_price: Option<f64>,
    community_spot_price: Option<f64>,
    secure_spot_price: Option<f64>,
    max_gpu_count: Option<i32>,
    max_gpu_count_community_cloud: Option<i32>,
    max_gpu_count_secure_cloud: Option<i32>,
    min_pod_gpu_count: Option<i32>,
    one_week_price: Option<f64>,
    one_month_price: Option<f64>,
    three_month_price: Option<f64>,
}

#[ComplexObject]
impl GpuType {
    async fn lowest_price(&self, input: Option<GpuLowestPriceInput>) -> Option<LowestPrice> {
        let count = f64::from(input.map_or(1, |input| input.gpu_count));
        Some(LowestPrice {
            gpu_name: self.display_name.clone(),
            gpu_type_id: self.id.clone(),
            minimum_bid_price: self.community_spot_price.map(|price| price * count),
            uninterruptable_price: self.community_price.map(|price| price * count),
            rented_count: Some(10),
            total_count: Some(40),
            stock_status: Some("High".into()),
            ..LowestPrice::default()
        })
    }
}

impl GpuType {
    /// The GPU types that a filter leaves, the pseudo entry `unknown` among them.
    pub(crate) fn list(filter: Option<&GpuTypeFilter>) -> Vec<Self> {
        let known = catalogue::gpu_types().into_iter().map(|row| Self::read(&row));
        let pseudo = Self {
            id: Some("unknown".into()),
            display_name: Some("unknown".into()),
            memory_in_gb: Some(0),
            ..Self::default()
        };
        let wanted = |row: &Self| {
            let id = row.id.as_deref().unwrap_or_default();
            filter.is_none_or(|filter| {
                filter.id.as_deref().is_none_or(|one| one == id)
                    && filter
                        .ids
                        .as_ref()
                        .is_none_or(|ids| ids.iter().any(|one| one == id))
            })
        };
        known.chain([pseudo]).filter(wanted).collect()
    }

    fn read(row: &catalogue::GpuType) -> Self {
        let price = row.secure_price;
        Self {
            id: Some(row.id.into()),
            display_name: Some(row.name.into()),
            manufacturer: Some(
                if row.manufacturer == "NVIDIA" {
                    "Nvidia"
                } else {
                    row.manufacturer
                }
                .into(),
            ),
            memory_in_gb: Some(row.memory),
            secure_cloud: Some(true),
            community_cloud: Some(true),
            secure_price: Some(price),
            community_price: Some(row.community_price),
            community_spot_price: Some(price * 0.5),
            secure_spot_price: Some(price * 0.6),
            max_gpu_count: Some(8),
            ..Self::default()
        }
    }
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct ServerlessGpuPool {
    id: Option<String>,
    gpu_type_ids: Option<Vec<Option<String>>>,
}

impl ServerlessGpuPool {
    pub(crate) fn list() -> Vec<Self> {
        let row = |(id, types): &(&str, &[&str])| Self {
            id: Some((*id).into()),
            gpu_type_ids: Some(types.iter().map(|id| Some((*id).into())).collect()),
        };
        POOLS.iter().map(row).collect()
    }
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct GpuAvailabilityInput {
    pub(crate) gpu_count: Option<i32>,
    pub(crate) min_disk: Option<i32>,
    pub(crate) min_memory_in_gb: Option<i32>,
    pub(crate) min_vcpu_count: Option<i32>,
    pub(crate) secure_cloud: Option<bool>,
    pub(crate) allowed_cuda_versions: Option<Vec<Option<String>>>,
    pub(crate) min_cuda_version: Option<String>,
    pub(crate) include_ai_api: Option<bool>,
    pub(crate) machine_products: Option<Vec<Option<MachineProduct>>>,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct GpuAvailability {
    available: Option<bool>,
    stock_status: Option<String>,
    gpu_type_id: Option<String>,
    gpu_type_display_name: Option<String>,
    display_name: Option<String>,
    id: Option<String>,
}

#[derive(SimpleObject, Clone, Debug)]
#[graphql(complex)]
pub(crate) struct DataCenter {
    id: Option<String>,
    name: Option<String>,
    location: Option<String>,
    listed: Option<bool>,
    storage_support: Option<bool>,
    global_network: Option<bool>,
    region: Option<DataCenterRegion>,
    compliance: Option<Vec<Option<Compliance>>>,
}

#[ComplexObject]
impl DataCenter {
    async fn gpu_availability(
        &self,
        input: Option<GpuAvailabilityInput>,
    ) -> Option<Vec<Option<GpuAvailability>>> {
        let least = input.and_then(|input| input.min_memory_in_gb).unwrap_or(0);
        let rows = GpuType::list(None)
            .into_iter()
            .filter(|row| row.memory_in_gb.unwrap_or(0) >= least.max(1));
        let read = |row: GpuType| GpuAvailability {
            available: Some(true),
            stock_status: Some("High".into()),
            gpu_type_id: row.id.clone(),
            gpu_type_display_name: row.display_name.clone(),
            display_name: row.display_name,
            id: row.id,
        };
        Some(rows.map(|row| Some(read(row))).collect())
    }
}

impl DataCenter {
    pub(crate) fn all() -> Vec<Self> {
        catalogue::DATA_CENTERS.iter().map(Self::read).collect()
    }

    pub(crate) fn find(id: &str) -> Option<Self> {
        catalogue::data_center(id).map(Self::read)
    }

    fn read(row: &catalogue::DataCenter) -> Self {
        Self {
            id: Some(row.id.into()),
            name: Some(row.id.into()),
            location: Some(row.country.into()),
            listed: Some(true),
            storage_support: Some(!row.volume_types.is_empty()),
            global_network: Some(true),
            region: Some(row.region.into()),
            compliance: Some(row.compliance.iter().map(|item| Some((*item).into())).collect()),
        }
    }
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct CpuType {
    id: Option<String>,
    display_name: Option<String>,
}

impl CpuType {
    pub(crate) fn list() -> Vec<Self> {
        let row = |id: &str| Self {
            id: Some(id.into()),
            display_name: Some(id.into()),
        };
        [
            "AMD EPYC 7763 64-Core Processor",
            "AMD EPYC 9754 128-Core Processor",
        ]
        .map(row)
        .into()
    }
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct CpuFlavorInput {
    pub(crate) id: Option<String>,
    pub(crate) sls_only: Option<bool>,
    pub(crate) is_sls: Option<bool>,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct CpuFlavor {
    id: Option<String>,
    group_id: Option<String>,
    group_name: Option<String>,
    display_name: Option<String>,
    min_vcpu: Option<f64>,
    max_vcpu: Option<i32>,
    vcpu_burstable: Option<bool>,
    ram_multiplier: Option<f64>,
    disk_limit_per_vcpu: Option<i32>,
}

impl CpuFlavor {
    pub(crate) fn list(filter: Option<&CpuFlavorInput>) -> Vec<Self> {
        let id = filter.and_then(|filter| filter.id.as_deref());
        let wanted = catalogue::CPU_FLAVORS
            .iter()
            .filter(|row| id.is_none_or(|id| id == row.id));
        let read = |row: &catalogue::CpuFlavor| Self {
            id: Some(row.id.into()),
            group_id: Some(row.id.into()),
            group_name: Some(row.name.into()),
            display_name: Some(row.name.into()),
            min_vcpu: Some(f64::from(row.min_vcpu)),
            max_vcpu: Some(row.max_vcpu),
            vcpu_burstable: Some(false),
            ram_multiplier: Some(f64::from(row.ram_per_vcpu)),
            disk_limit_per_vcpu: Some(row.disk_per_vcpu),
        };
        wanted.map(read).collect()
    }
}
