//! What was asked for of an endpoint, in a form that can be kept and compared again, and the parts of it that other
//! nouns share.

use serde_json::{Value, json};

use super::{Endpoint, EndpointWrite, Env};

/// [`Collection::asked`] of endpoints.
pub(crate) fn asked(write: &EndpointWrite) -> Value {
    let list = |list: &Option<Vec<String>>| json!(list);
    let all = json!({
        "name": write.name, "templateId": write.template_id, "image": write.image, "args": write.args,
        "entrypoint": list(&write.entrypoint), "cmd": list(&write.cmd), "disk": write.disk,
        "ports": list(&write.ports), "env": write.env.as_ref().map(Env::digests), "registry": write.registry_id,
        "gpuIds": list(&write.gpu_ids), "gpuCount": write.gpu_count, "instanceIds": list(&write.instance_ids),
        "type": write.kind, "workersMin": write.workers_min, "workersMax": write.workers_max,
        "idleTimeout": write.idle_timeout, "scalerType": write.scaler_type, "scalerValue": write.scaler_value,
        "executionTimeoutMs": write.execution_timeout_ms, "flashBootType": write.flashboot,
        "locations": list(&write.locations), "networkVolumeIds": write.volume_ids(),
        "allowedCudaVersions": list(&write.allowed_cuda_versions), "minCudaVersion": write.min_cuda_version,
    });
    without_nulls(all)
}

/// The object without the fields that are null.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

/// [`Collection::is_as_asked`] of endpoints: lists are compared as sets, and more variables than were asked for may
/// be there, since the platform adds some.
pub(crate) fn is_as_asked(asked: &Value, endpoint: &Endpoint) -> bool {
    let some = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    // REST v2 alone tells the container, and there no ports are none.
    let of_container = |list: &[String]| endpoint.image.is_some().then(|| json!(list));
    let found = |field: &str| -> Option<Value> {
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        let number = |number: Option<i64>| number.map(|number| json!(number));
        match field {
            "templateId" => text(&endpoint.template_id),
            "image" => text(&endpoint.image),
            "args" => text(&endpoint.args),
            "entrypoint" => some(&endpoint.entrypoint),
            "cmd" => some(&endpoint.cmd),
            "disk" => number(endpoint.disk),
            "ports" => of_container(&endpoint.ports),
            "registry" => text(&endpoint.registry_id),
            "gpuIds" => Some(json!(endpoint.gpu_ids)),
            "gpuCount" => number(endpoint.gpu_count),
            "instanceIds" => Some(json!(endpoint.instance_ids)),
            "type" => text(&endpoint.kind),
            "workersMin" => number(endpoint.workers_min),
            "workersMax" => number(endpoint.workers_max),
            "idleTimeout" => number(endpoint.idle_timeout),
            "scalerType" => text(&endpoint.scaler_type),
            "scalerValue" => endpoint.scaler_value.map(|value| json!(value)),
            "executionTimeoutMs" => number(endpoint.execution_timeout_ms),
            "flashBootType" => text(&endpoint.flashboot),
            "locations" => Some(json!(endpoint.locations)),
            "networkVolumeIds" => Some(json!(endpoint.volume_ids())),
            "allowedCudaVersions" => Some(json!(endpoint.allowed_cuda_versions)),
            "minCudaVersion" => text(&endpoint.min_cuda_version),
            _ => None,
        }
    };
    let asked = asked.as_object().into_iter().flatten();
    asked.into_iter().all(|(field, asked)| match field.as_str() {
        "name" => asked
            .as_str()
            .is_some_and(|name| bare(name) == bare(&endpoint.name)),
        "env" => endpoint.image.is_none() || has_variables(asked, &endpoint.env),
        _ => found(field).is_none_or(|found| unordered(asked) == unordered(&found)),
    })
}

/// A name without the suffix that the API may add or drop (API facts 4.6).
fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_suffix(" -fb").unwrap_or(name)
}

/// Whether all variables are there that were asked for, given as digests.
pub(crate) fn has_variables(asked: &Value, env: &Env) -> bool {
    let found = env.digests();
    let asked = asked.as_object().into_iter().flatten();
    asked
        .into_iter()
        .all(|(name, digest)| found.get(name) == Some(digest))
}

/// A value as a sorted list of parts: a list's items, or a single part. Numbers are compared as numbers.
pub(crate) fn unordered(value: &Value) -> Vec<String> {
    let part = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    };
    let mut parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(part).collect(),
        other => vec![part(other)],
    };
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_holds_no_value_of_a_variable_and_nothing_that_was_not_asked() {
        let write = EndpointWrite {
            name: Some("sdxl".to_owned()),
            env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
            ..EndpointWrite::default()
        };
        let asked = asked(&write);
        assert!(!asked.to_string().contains("hf_secret"), "{asked}");
        let fields: Vec<&String> = asked
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(fields, ["env", "name"]);
    }

    #[test]
    fn an_endpoint_is_as_asked_in_any_order_and_with_more_variables() {
        let write = EndpointWrite {
            name: Some("sdxl".to_owned()),
            gpu_ids: Some(vec!["ADA_24".to_owned(), "-NVIDIA L4".to_owned()]),
            scaler_value: Some(4.0),
            env: Some(Env::from([("A", "1")])),
            network_volume_id: Some("agv6w2qcg7".to_owned()),
            ..EndpointWrite::default()
        };
        let endpoint = Endpoint {
            name: "sdxl -fb".to_owned(),
            image: Some("a".to_owned()),
            gpu_ids: vec!["-NVIDIA L4".to_owned(), "ADA_24".to_owned()],
            scaler_value: Some(4.0),
            env: Env::from([("A", "1"), ("RUNPOD", "x")]),
            network_volume_ids: vec!["agv6w2qcg7".to_owned()],
            ..Endpoint::default()
        };
        let asked = asked(&write);
        assert!(is_as_asked(&asked, &endpoint));
        let others = [
            Endpoint {
                gpu_ids: vec!["ADA_24".to_owned()],
                ..endpoint.clone()
            },
            Endpoint {
                scaler_value: Some(4.5),
                ..endpoint.clone()
            },
            Endpoint {
                env: Env::from([("A", "2")]),
                ..endpoint.clone()
            },
            Endpoint {
                network_volume_ids: vec![],
                ..endpoint.clone()
            },
        ];
        for other in others {
            assert!(!is_as_asked(&asked, &other), "{other:?}");
        }
    }
}
