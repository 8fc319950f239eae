//! The catalogue (V2 6): GPU types, CPU flavours and data centres, with prices and stock. All of it is read-only.

use serde::Deserialize;

use super::{Action, Api, Call, Error, Operation, rest::Rest};

const fn operation(name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, Action::List, name, does)
}

const GPU_TYPES: Operation = operation("GET /v2/catalog/gpus", "list the GPU types");
const CPU_TYPES: Operation = operation("GET /v2/catalog/cpus", "list the CPU types");
const DATA_CENTERS: Operation = operation("GET /v2/catalog/datacenters", "list the data centres");

/// What the stock is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Serverless workers.
    Serverless,
    /// Pods.
    Pod,
}

impl Product {
    /// The API's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Serverless => "SERVERLESS",
            Self::Pod => "POD",
        }
    }
}

/// A type of GPU. Prices are in USD an hour for one GPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GpuType {
    /// Such as `NVIDIA GeForce RTX 4090`.
    pub id: String,
    /// Such as `RTX 4090`.
    pub name: String,
    /// The serverless pool that it is in.
    pub pool: Option<String>,
    /// `NVIDIA`, `AMD` or `UNKNOWN`.
    pub manufacturer: Option<String>,
    /// GB.
    pub memory: Option<i64>,
    /// None where it is in no pool that the account may use.
    pub price_serverless: Option<f64>,
    /// On secure cloud.
    pub price_secure: Option<f64>,
    /// On community cloud.
    pub price_community: Option<f64>,
    /// `NONE`, `LOW`, `MEDIUM` or `HIGH`, where a product was asked for.
    pub stock: Option<String>,
    /// The data centres that have it in stock, where a product was asked for.
    pub data_center_ids: Vec<String>,
}

/// A flavour of CPU. Prices are in USD an hour for one vCPU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CpuType {
    /// Such as `cpu5c`.
    pub id: String,
    /// Such as `Compute-Optimized`.
    pub name: String,
    /// Its generation.
    pub group: Option<String>,
    /// Fewest vCPUs of an instance.
    pub vcpu_min: Option<i64>,
    /// Most vCPUs of an instance.
    pub vcpu_max: Option<i64>,
    /// GB for each vCPU.
    pub ram_gb_per_vcpu: Option<f64>,
    /// For serverless workers.
    pub price_serverless_per_vcpu: Option<f64>,
    /// On secure cloud.
    pub price_secure_per_vcpu: Option<f64>,
}

/// A data centre.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataCenter {
    /// Such as `EU-RO-1`.
    pub id: String,
    /// Such as `EU Romania 1`.
    pub name: String,
    /// Such as `EUROPE`.
    pub region: Option<String>,
    /// Whether it has the network between data centres.
    pub global_network: Option<bool>,
    /// The kinds of network volumes that it has.
    pub network_volume_types: Vec<String>,
    /// Its certifications.
    pub compliance: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GpuRow {
    id: String,
    name: String,
    pool: Option<String>,
    manufacturer: Option<String>,
    memory: Option<i64>,
    price: Option<GpuPrice>,
    availability: Option<String>,
    data_centers: Option<Vec<Place>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GpuPrice {
    secure: Option<f64>,
    community: Option<f64>,
    serverless: Option<f64>,
}

#[derive(Deserialize)]
struct Place {
    id: String,
    availability: Option<String>,
}

impl Place {
    /// Whether there is any; what is not said is not denied.
    fn has_stock(&self) -> bool {
        self.availability.as_deref() != Some("NONE")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CpuRow {
    id: String,
    name: String,
    group: Option<String>,
    vcpu: Option<Vcpus>,
    ram_gb_per_vcpu: Option<f64>,
    price: Option<CpuPrice>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vcpus {
    min: Option<i64>,
    max: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CpuPrice {
    secure_per_vcpu: Option<f64>,
    serverless_per_vcpu: Option<f64>,
}

impl From<GpuRow> for GpuType {
    fn from(row: GpuRow) -> Self {
        let price = row.price.unwrap_or_default();
        Self {
            id: row.id,
            name: row.name,
            pool: row.pool,
            manufacturer: row.manufacturer,
            memory: row.memory,
            price_serverless: price.serverless,
            price_secure: price.secure,
            price_community: price.community,
            stock: row.availability,
            data_center_ids: row
                .data_centers
                .into_iter()
                .flatten()
                .filter(Place::has_stock)
                .map(|place| place.id)
                .collect(),
        }
    }
}

impl From<CpuRow> for CpuType {
    fn from(row: CpuRow) -> Self {
        let (vcpu, price) = (row.vcpu.unwrap_or_default(), row.price.unwrap_or_default());
        Self {
            id: row.id,
            name: row.name,
            group: row.group,
            vcpu_min: vcpu.min,
            vcpu_max: vcpu.max,
            ram_gb_per_vcpu: row.ram_gb_per_vcpu,
            price_serverless_per_vcpu: price.serverless_per_vcpu,
            price_secure_per_vcpu: price.secure_per_vcpu,
        }
    }
}

/// What Runpod offers.
pub struct Catalog {
    rest: Rest,
}

impl Catalog {
    pub(crate) fn new(rest: Rest) -> Self {
        Self { rest }
    }

    /// The types of GPU; with a product, their stock, too.
    ///
    /// # Errors
    ///
    /// Those of a read.
    pub async fn gpu_types(&self, call: &Call, product: Option<Product>) -> Result<Vec<GpuType>, Error> {
        let query = product.map(|product| [("include", "AVAILABILITY"), ("product", product.name())]);
        let query = query.as_ref().map_or(&[][..], |query| query);
        let path = ["catalog", "gpus"];
        let rows: Vec<GpuRow> = self.rest.list(GPU_TYPES, call, &path, query, "gpus").await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The flavours of CPU.
    ///
    /// # Errors
    ///
    /// Those of a read.
    pub async fn cpu_types(&self, call: &Call) -> Result<Vec<CpuType>, Error> {
        let path = ["catalog", "cpus"];
        let rows: Vec<CpuRow> = self.rest.list(CPU_TYPES, call, &path, &[], "cpus").await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The data centres.
    ///
    /// # Errors
    ///
    /// Those of a read.
    pub async fn data_centers(&self, call: &Call) -> Result<Vec<DataCenter>, Error> {
        let path = ["catalog", "datacenters"];
        self.rest
            .list(DATA_CENTERS, call, &path, &[], "dataCenters")
            .await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::fixture::{Answer, Fixture, call};
    use serde_json::json;

    #[tokio::test]
    async fn gpu_types_have_their_stock_where_a_product_is_asked_for() {
        let row = json!({
            "id": "NVIDIA GeForce RTX 4090", "name": "RTX 4090", "pool": "ADA_24", "manufacturer": "NVIDIA", "memory": 24,
            "secure": true, "community": true, "price": {"secure": 0.44, "community": 0.31, "serverless": 1.1},
            "maxCount": {"secure": 8, "community": 4}, "availability": "LOW",
            "dataCenters": [
                {"id": "EU-RO-1", "name": "x", "availability": "LOW"}, {"id": "US-KS-2", "name": "y", "availability": "NONE"},
                {"id": "EU-SE-1", "name": "z"}
            ]
        });
        let answer = Answer::json(
            200,
            &json!({"gpus": [row, {"id": "a", "name": "b", "pool": null}]}),
        );
        let fixture = Fixture::answering([answer]).await;
        let catalog = Catalog::new(fixture.rest(0));
        let types = catalog
            .gpu_types(&call(), Some(Product::Serverless))
            .await
            .unwrap();
        let (first, second) = (types.first().unwrap(), types.get(1).unwrap());
        assert_eq!(
            (
                first.pool.as_deref(),
                first.stock.as_deref(),
                first.price_serverless
            ),
            (Some("ADA_24"), Some("LOW"), Some(1.1))
        );
        assert_eq!(first.data_center_ids, ["EU-RO-1", "EU-SE-1"]);
        assert_eq!((&second.pool, second.price_secure), (&None, None));
        catalog.gpu_types(&call(), None).await.unwrap();
        assert_eq!(
            fixture.lines(),
            [
                "GET /v2/catalog/gpus?include=AVAILABILITY&product=SERVERLESS",
                "GET /v2/catalog/gpus"
            ]
        );
    }

    #[tokio::test]
    async fn cpu_types_and_data_centres_are_read() {
        let cpus = json!({"cpus": [{
            "id": "cpu5c", "name": "Compute-Optimized", "group": "Gen 5", "vcpu": {"min": 2, "max": 32},
            "ramGbPerVcpu": 2.5, "price": {"securePerVcpu": 0.04, "serverlessPerVcpu": 0.03}
        }]});
        let places = json!({"dataCenters": [{
            "id": "EU-RO-1", "name": "EU Romania 1", "region": "EUROPE", "globalNetwork": true,
            "networkVolumeTypes": ["STANDARD"], "compliance": ["GDPR"]
        }]});
        let fixture = Fixture::answering([Answer::json(200, &cpus), Answer::json(200, &places)]).await;
        let catalog = Catalog::new(fixture.rest(0));
        let cpu = catalog.cpu_types(&call()).await.unwrap().pop().unwrap();
        assert_eq!((cpu.vcpu_max, cpu.ram_gb_per_vcpu), (Some(32), Some(2.5)));
        let place = catalog.data_centers(&call()).await.unwrap().pop().unwrap();
        assert_eq!(
            (place.global_network, place.network_volume_types),
            (Some(true), vec!["STANDARD".to_owned()])
        );
    }
}
