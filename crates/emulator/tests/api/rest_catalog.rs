//! REST v2: the catalogue.

use serde_json::{Value, json};

use crate::client::Client;

fn find(list: &Value, id: &str) -> Value {
    let rows = list.as_array().unwrap();
    rows.iter()
        .find(|row| row["id"] == id)
        .unwrap_or_else(|| panic!("no {id}"))
        .clone()
}

#[test]
fn gpu_types() {
    let client = Client::start();
    let all = client.done(200, "GET", "/catalog/gpus", Value::Null);
    assert_eq!(
        find(&all["gpus"], "NVIDIA GeForce RTX 4090"),
        json!({"id": "NVIDIA GeForce RTX 4090", "name": "RTX 4090", "pool": "ADA_24", "manufacturer": "NVIDIA",
            "memory": 24, "secure": true, "community": true, "maxCount": {"secure": 8, "community": 4},
            "price": {"secure": 0.24, "community": 0.192, "serverless": 0.36}})
    );
    let outside = find(&all["gpus"], "NVIDIA GeForce RTX 3070");
    assert_eq!(
        (&outside["pool"], outside["price"].get("serverless")),
        (&Value::Null, None)
    );
    let path = "/catalog/gpus/NVIDIA%20L4?include=AVAILABILITY&product=SERVERLESS&countryCodes=IS,NO";
    let stocked = client.done(200, "GET", path, Value::Null);
    let places = stocked["dataCenters"].as_array().unwrap();
    assert!(!places.is_empty());
    assert!(
        places
            .iter()
            .all(|row| row["id"].as_str().unwrap().starts_with("EUR-")),
        "{stocked}"
    );
    assert_ne!(stocked["availability"], json!("NONE"));
    for query in [
        "count=9",
        "countryCodes=ZZ",
        "cudaVersions=9.9",
        "minCudaVersion=13",
    ] {
        let path = format!("/catalog/gpus/NVIDIA%20L4?include=AVAILABILITY&product=SERVERLESS&{query}");
        let empty = client.done(200, "GET", &path, Value::Null);
        assert_eq!(
            (&empty["availability"], empty.get("dataCenters")),
            (&json!("NONE"), None),
            "{query}"
        );
    }
    let few = "/catalog/gpus?include=AVAILABILITY&product=POD&countryCodes=JP&cudaVersions=12.8";
    let few = client.done(200, "GET", few, Value::Null);
    let rows = few["gpus"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.len() < all["gpus"].as_array().unwrap().len());
    assert_eq!(
        (&rows[0]["dataCenters"][0]["id"], &rows[0]["cudaVersions"]),
        (
            &json!("AP-JP-1"),
            &json!([{"version": "12.8", "available": true}])
        )
    );
    for (query, status) in [
        ("include=AVAILABILITY", 400),
        ("product=POD", 400),
        ("count=2", 400),
        (
            "include=AVAILABILITY&product=POD&cudaVersions=12.4&minCudaVersion=12.4",
            400,
        ),
        ("include=STOCK&product=POD", 422),
        ("include=AVAILABILITY&product=pod", 422),
        ("include=AVAILABILITY&product=POD&countryCodes=us", 422),
        ("include=AVAILABILITY&product=POD&count=0", 422),
        ("include=AVAILABILITY&product=POD&cudaVersions=12", 422),
        ("include=AVAILABILITY&product=POD&minCudaVersion=x", 422),
        ("include=AVAILABILITY&product=POD,", 422),
    ] {
        let path = format!("/catalog/gpus?{query}");
        assert_eq!(client.problem("GET", &path, Value::Null).0, status, "{query}");
    }
    assert_eq!(client.problem("GET", "/catalog/gpus/none", Value::Null).0, 404);
    assert_eq!(
        client.rest("GET", "/catalog/gpus?unknown=1", Value::Null).status,
        200
    );
}

#[test]
fn cpu_types_and_data_centers() {
    let client = Client::start();
    let all = client.done(200, "GET", "/catalog/cpus", Value::Null);
    assert_eq!(
        find(&all["cpus"], "cpu5g"),
        json!({"id": "cpu5g", "name": "General Purpose", "group": "Gen 5", "vcpu": {"min": 2, "max": 32},
            "ramGbPerVcpu": 4, "price": {"securePerVcpu": 0.06, "serverlessPerVcpu": 0.045}})
    );
    let path = "/catalog/cpus/cpu3c?include=AVAILABILITY&product=SERVERLESS&vcpuCount=64";
    assert_eq!(
        client.done(200, "GET", path, Value::Null)["availability"],
        json!("NONE")
    );
    let odd = "/catalog/cpus?include=AVAILABILITY&product=POD&vcpuCount=3";
    assert_eq!(client.problem("GET", odd, Value::Null).0, 422);

    let all = client.done(200, "GET", "/catalog/datacenters", Value::Null);
    assert_eq!(
        find(&all["dataCenters"], "EU-RO-1"),
        json!({"id": "EU-RO-1", "name": "EU-RO-1", "region": "EUROPE", "globalNetwork": true,
            "networkVolumeTypes": ["STANDARD"], "compliance": ["SOC_2_TYPE_2", "ISO_IEC_27001"]})
    );
    let path =
        "/catalog/datacenters?regions=EUROPE&networkVolumeTypes=HIGH_PERFORMANCE&include=GPU_AVAILABILITY";
    let some = client.done(200, "GET", path, Value::Null);
    let ids: Vec<_> = some["dataCenters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    assert_eq!(ids, ["EU-CZ-1", "EUR-IS-1", "EUR-IS-3", "EUR-NO-1"]);
    assert!(
        !some["dataCenters"][0]["gpuAvailability"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        client
            .problem("GET", "/catalog/datacenters?regions=MOON", Value::Null)
            .0,
        422
    );
    assert_eq!(
        client.problem("GET", "/catalog/datacenters/none", Value::Null).0,
        404
    );
}
