//! `/v2/catalog`: GPU types, CPU flavours and data centres (V2 6).

use serde_json::{Value, json};

use super::{
    bodies::VOLUME_TYPES,
    call::{Call, Done},
    catalog_filter::{StockFilter, words},
    problem::Problem,
};
use crate::account::catalogue::{
    CPU_FLAVORS, CpuFlavor, DATA_CENTERS, DataCenter, GpuType, REGIONS, cpu_flavor, data_center, gpu_types,
};

/// The CUDA versions that machines have.
const CUDA_VERSIONS: [&str; 4] = ["12.4", "12.6", "12.8", "12.9"];
/// The most GPUs of one worker.
const MAX_GPUS: i32 = 8;

impl Call<'_> {
    pub(super) fn gpu_types(&self) -> Done {
        let filter = StockFilter::of_gpus(self.request)?;
        let mut rows = gpu_types();
        // A type that no data centre of the asked countries has drops out of the list.
        if let Some(filter) = filter.as_ref().filter(|filter| !filter.countries.is_empty()) {
            rows.retain(|row| !gpu_stock(row, filter).1.is_empty());
        }
        let rows: Vec<Value> = rows.iter().map(|row| self.gpu(row, filter.as_ref())).collect();
        Ok((200, Some(json!({ "gpus": rows }))))
    }

    pub(super) fn gpu_type(&self, id: &str) -> Done {
        let filter = StockFilter::of_gpus(self.request)?;
        let row = gpu_types().into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| Problem::missing("gpu type"))?;
        Ok((200, Some(self.gpu(&row, filter.as_ref()))))
    }

    pub(super) fn cpu_types(&self) -> Done {
        let filter = StockFilter::of_cpus(self.request)?;
        let rows: Vec<Value> = CPU_FLAVORS.iter().map(|row| cpu(row, filter.as_ref())).collect();
        Ok((200, Some(json!({ "cpus": rows }))))
    }

    pub(super) fn cpu_type(&self, id: &str) -> Done {
        let filter = StockFilter::of_cpus(self.request)?;
        let row = cpu_flavor(id).ok_or_else(|| Problem::missing("cpu type"))?;
        Ok((200, Some(cpu(row, filter.as_ref()))))
    }

    pub(super) fn data_centers(&self) -> Done {
        let include = self.data_center_include()?;
        let region_words: Vec<&str> = REGIONS.iter().map(|(_, text)| *text).collect();
        let regions = words(self.request, "regions", &region_words)?;
        let volume_types = words(self.request, "networkVolumeTypes", VOLUME_TYPES)?;
        let compliance = self.request.items("compliance");
        let global = match self.request.query("globalNetwork") {
            None => None,
            Some(text) => {
                let error = "query.globalNetwork: got string, want boolean";
                let flag = text.parse::<bool>();
                Some(flag.map_err(|_| Problem::shape(vec![error.into()]))?)
            }
        };
        let suits = |row: &&DataCenter| {
            let offers = |word: &String| row.volume_types.iter().any(|kind| kind.as_str() == word);
            let holds = |word: &&str| row.compliance.iter().any(|item| item.as_str() == *word);
            (regions.is_empty() || regions.iter().any(|word| word == row.region.as_str()))
                && (volume_types.is_empty() || volume_types.iter().any(offers))
                && compliance.iter().all(holds)
                && global.is_none_or(|wanted| wanted)
        };
        let rows = DATA_CENTERS.iter().filter(suits);
        let rows: Vec<Value> = rows.map(|row| self.center(row, &include)).collect();
        Ok((200, Some(json!({ "dataCenters": rows }))))
    }

    pub(super) fn data_center(&self, id: &str) -> Done {
        let include = self.data_center_include()?;
        let row = data_center(id).ok_or_else(|| Problem::missing("data center"))?;
        Ok((200, Some(self.center(row, &include))))
    }

    fn data_center_include(&self) -> Result<Vec<String>, Problem> {
        words(self.request, "include", &["GPU_AVAILABILITY", "CPU_AVAILABILITY"])
    }

    fn gpu(&self, row: &GpuType, filter: Option<&StockFilter>) -> Value {
        let manufacturer = if self.switches.unknown_enum_words && row.manufacturer == "AMD" {
            "NEXTGEN"
        } else {
            row.manufacturer
        };
        let mut shown = json!({
            "id": row.id, "name": row.name, "pool": row.pool, "manufacturer": manufacturer,
            "memory": row.memory, "secure": true, "community": true,
            "price": {"secure": row.secure_price, "community": row.community_price},
            "maxCount": {"secure": MAX_GPUS, "community": 4},
        });
        if let (Some(price), Some(map)) = (
            row.serverless_price,
            shown.get_mut("price").and_then(Value::as_object_mut),
        ) {
            map.insert("serverless".into(), json!(price));
        }
        if let (Some(filter), Some(map)) = (filter, shown.as_object_mut()) {
            let (stock, places) = gpu_stock(row, filter);
            map.insert("availability".into(), json!(stock));
            if !places.is_empty() {
                let places: Vec<_> = places
                    .iter()
                    .map(|id| json!({"id": id, "name": id, "availability": stock}))
                    .collect();
                map.insert("dataCenters".into(), json!(places));
            }
            let wanted = &filter.cuda_versions;
            let versions = CUDA_VERSIONS
                .iter()
                .filter(|version| wanted.is_empty() || wanted.iter().any(|item| item == *version));
            let versions: Vec<_> = versions
                .map(|version| json!({"version": version, "available": stock != "NONE"}))
                .collect();
            map.insert("cudaVersions".into(), json!(versions));
        }
        shown
    }

    fn center(&self, row: &DataCenter, include: &[String]) -> Value {
        let volume_types: Vec<_> = row.volume_types.iter().map(|kind| kind.as_str()).collect();
        let compliance: Vec<_> = row.compliance.iter().map(|item| item.as_str()).collect();
        let region = if self.switches.unknown_enum_words && row.id == "OC-AU-1" {
            "ORBIT"
        } else {
            row.region.as_str()
        };
        let mut shown = json!({
            "id": row.id, "name": row.id, "region": region, "globalNetwork": true,
            "networkVolumeTypes": volume_types, "compliance": compliance,
        });
        let includes = |word: &str| include.iter().any(|item| item == word);
        let Some(map) = shown.as_object_mut() else {
            return shown;
        };
        if includes("GPU_AVAILABILITY") {
            let here = gpu_types()
                .into_iter()
                .filter(|kind| kind.data_centers.contains(&row.id));
            let here: Vec<_> = here
                .map(|kind| json!({"id": kind.id, "name": kind.name, "availability": kind.stock}))
                .collect();
            map.insert("gpuAvailability".into(), json!(here));
        }
        if includes("CPU_AVAILABILITY") {
            let here = CPU_FLAVORS.iter();
            let here: Vec<_> = here
                .map(|kind| json!({"id": kind.id, "name": kind.name, "availability": "HIGH"}))
                .collect();
            map.insert("cpuAvailability".into(), json!(here));
        }
        shown
    }
}

/// The stock of a GPU type under a filter, and where it is.
fn gpu_stock(row: &GpuType, filter: &StockFilter) -> (&'static str, Vec<&'static str>) {
    let major_minor =
        |text: &str| -> Vec<u32> { text.split('.').filter_map(|part| part.parse().ok()).collect() };
    let floor = filter.min_cuda_version.as_deref().map(major_minor);
    let has_cuda = CUDA_VERSIONS.iter().any(|version| {
        let listed =
            filter.cuda_versions.is_empty() || filter.cuda_versions.iter().any(|wanted| wanted == version);
        listed && floor.as_ref().is_none_or(|floor| major_minor(version) >= *floor)
    });
    let is_sold = row.pool.is_some() || filter.products.iter().any(|product| product != "SERVERLESS");
    if filter.count > MAX_GPUS || !has_cuda || !is_sold {
        return ("NONE", Vec::new());
    }
    let inside = |id: &&str| {
        let code = data_center(id).map(|center| center.country_code);
        filter.countries.is_empty()
            || filter
                .countries
                .iter()
                .any(|country| Some(country.as_str()) == code)
    };
    let places: Vec<_> = row.data_centers.iter().copied().filter(inside).collect();
    (if places.is_empty() { "NONE" } else { row.stock }, places)
}

fn cpu(row: &CpuFlavor, filter: Option<&StockFilter>) -> Value {
    let mut shown = json!({
        "id": row.id, "name": row.name, "group": row.group,
        "vcpu": {"min": row.min_vcpu, "max": row.max_vcpu}, "ramGbPerVcpu": row.ram_per_vcpu,
        "price": {"securePerVcpu": row.secure_price, "serverlessPerVcpu": row.serverless_price},
    });
    if let (Some(filter), Some(map)) = (filter, shown.as_object_mut()) {
        let stock = if filter.count > row.max_vcpu {
            "NONE"
        } else {
            "HIGH"
        };
        map.insert("availability".into(), json!(stock));
        if stock != "NONE" {
            let places = DATA_CENTERS.iter();
            let places: Vec<_> = places
                .map(|center| json!({"id": center.id, "name": center.id, "availability": stock}))
                .collect();
            map.insert("dataCenters".into(), json!(places));
        }
    }
    shown
}
