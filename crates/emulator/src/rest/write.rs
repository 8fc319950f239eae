//! From a body whose shape is checked to what the account takes.

use serde_json::Value;

use super::schema::whole;
use crate::account::{
    enums::{FlashBootType, TemplateCategory, VolumeType},
    inputs::Sent,
    patch_inputs::{ContainerWrite, EndpointWrite, GpuWrite, ScalingWrite, TemplateWrite},
    rows::EnvVar,
};

/// The text of a key.
pub(crate) fn text(body: &Value, key: &str) -> Option<String> {
    Some(body.get(key)?.as_str()?.to_owned())
}

/// The whole number of a key.
pub(crate) fn number(body: &Value, key: &str) -> Option<i32> {
    let Value::Number(number) = body.get(key)? else {
        return None;
    };
    i32::try_from(whole(number)?).ok()
}

/// The texts of a key.
pub(crate) fn texts(body: &Value, key: &str) -> Option<Vec<String>> {
    let items = body.get(key)?.as_array()?.iter();
    Some(items.filter_map(|item| Some(item.as_str()?.to_owned())).collect())
}

/// The volume type of a body.
pub(crate) fn volume_type(body: &Value) -> Option<VolumeType> {
    serde_json::from_value(body.get("type")?.clone()).ok()
}

fn container(body: &Value) -> ContainerWrite {
    let env = body.get("env").and_then(Value::as_object).map(|map| {
        let pairs = map.iter();
        pairs
            .filter_map(|(key, value)| Some(EnvVar::new(key, value.as_str()?)))
            .collect()
    });
    let registry: Sent<String> = body
        .get("registry")
        .map(|value| value.as_str().map(str::to_owned));
    ContainerWrite {
        image: text(body, "image"),
        args: text(body, "args"),
        entrypoint: texts(body, "entrypoint"),
        cmd: texts(body, "cmd"),
        disk: number(body, "disk"),
        ports: texts(body, "ports"),
        env,
        registry,
    }
}

/// What a body says of an endpoint.
pub(crate) fn endpoint(body: &Value) -> EndpointWrite {
    let gpu = body.get("gpu").map(|gpu| GpuWrite {
        pools: texts(gpu, "pools"),
        excluded_types: texts(gpu, "excludedTypes"),
        count: number(gpu, "count"),
        allowed_cuda_versions: texts(gpu, "allowedCudaVersions"),
        min_cuda_version: text(gpu, "minCudaVersion"),
    });
    let cpu = body.get("cpu").and_then(Value::as_array).map(|items| {
        let pair = |item: &Value| Some((text(item, "id")?, number(item, "vcpuCount")?));
        items.iter().filter_map(pair).collect()
    });
    let scaling = body.get("scaling").and_then(|scaling| {
        let value = scaling.get("queueDelay").or_else(|| scaling.get("requestCount"));
        Some(ScalingWrite {
            kind: text(scaling, "type")?,
            value: value?.as_f64()?,
        })
    });
    let workers = body.get("workers").unwrap_or(&Value::Null);
    let flashboot = body.get("flashboot");
    EndpointWrite {
        name: text(body, "name"),
        kind: text(body, "type").map(|kind| if kind == "LOAD_BALANCER" { "LB" } else { "QB" }.to_owned()),
        template_id: text(body, "templateId").filter(|id| !id.is_empty()),
        container: container(body),
        gpu,
        cpu,
        workers_min: number(workers, "min"),
        workers_max: number(workers, "max"),
        idle_timeout: number(workers, "idleTimeout"),
        scaling,
        data_center_ids: texts(body, "dataCenterIds"),
        network_volumes: texts(body, "networkVolumes"),
        timeout: number(body, "timeout"),
        flashboot: flashboot.and_then(|word| serde_json::from_value::<FlashBootType>(word.clone()).ok()),
    }
}

/// What a body says of a template.
pub(crate) fn template(body: &Value) -> TemplateWrite {
    let persistent = body.pointer("/mounts/persistent");
    let flag = |key: &str| body.get(key).and_then(Value::as_bool);
    let category = body.get("category");
    TemplateWrite {
        name: text(body, "name"),
        container: container(body),
        persistent: persistent.and_then(|mount| Some((number(mount, "size")?, text(mount, "path")?))),
        serverless: flag("serverless"),
        public: flag("public"),
        category: category.and_then(|word| serde_json::from_value::<TemplateCategory>(word.clone()).ok()),
        start_ssh: flag("startSsh"),
        start_jupyter: flag("startJupyter"),
        allowed_cuda_versions: texts(body, "allowedCudaVersions"),
    }
}
