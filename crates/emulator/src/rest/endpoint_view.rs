//! How a stored endpoint reads on REST v2: a view that hides what GraphQL alone knows (V2 2.1, 8, 11.4).

use serde_json::{Map, Value, json};

use crate::account::{
    catalogue::DATA_CENTERS,
    command::Command,
    container::overlaid,
    enums::ComputeKind,
    rows::{StoredEndpoint, StoredTemplate},
    switches::{Contract, CountryCodes, Switches, VolumeOrder},
};

/// What the API shows of a row and the template behind it.
pub(crate) fn view(
    switches: &Switches,
    jobs_url: &str,
    row: &StoredEndpoint,
    template: Option<&StoredTemplate>,
) -> Value {
    let mut shown = json!({
        "id": row.id,
        "name": row.name,
        "type": type_word(&row.kind),
        "requestUrls": request_urls(switches, jobs_url, row, template),
        "gpu": gpu(row),
        "workers": workers(row),
        "scaling": scaling(row),
        "dataCenterIds": data_centers(switches, row),
        "networkVolumes": volumes(switches, row),
        "timeout": row.execution_timeout_ms.unwrap_or(0),
        "flashboot": row.flash_boot_type.map_or("OFF", |kind| kind.as_str()),
        "createdAt": row.created_at,
    });
    if let Some(map) = shown.as_object_mut() {
        if row.compute_type == ComputeKind::Cpu {
            map.insert("cpu".into(), cpu(row));
        }
        container(switches, template, map);
        let mut env = template.map(|template| template.env.clone()).unwrap_or_default();
        env = overlaid(&env, &row.env);
        if switches.injected_env_in_rest {
            env = overlaid(&env, &switches.injected_env);
        }
        let pairs = env.into_iter().map(|item| (item.key, Value::String(item.value)));
        map.insert("env".into(), Value::Object(pairs.collect()));
        reshape(switches, map);
    }
    shown
}

fn type_word(kind: &str) -> &str {
    match kind {
        "QB" => "QUEUE",
        "LB" => "LOAD_BALANCER",
        other => other,
    }
}

/// The container of a template, but for its variables.
pub(crate) fn container(
    switches: &Switches,
    template: Option<&StoredTemplate>,
    map: &mut Map<String, Value>,
) {
    let unset = StoredTemplate::default();
    let row = template.unwrap_or(&unset);
    let ports = row.ports.as_deref().unwrap_or_default();
    let ports: Vec<_> = ports
        .split(',')
        .map(str::trim)
        .filter(|port| !port.is_empty())
        .collect();
    map.insert(
        "image".into(),
        json!(row.image_name.as_deref().unwrap_or_default()),
    );
    map.insert("args".into(), json!(row.docker_args));
    map.insert("disk".into(), json!(row.container_disk_in_gb));
    map.insert("ports".into(), json!(ports));
    map.insert("registry".into(), json!(row.container_registry_auth_id));
    if switches.contract == Contract::Newest {
        let command = Command::of(&row.docker_args);
        map.insert("cmd".into(), json!(command.cmd));
        map.insert("entrypoint".into(), json!(command.entrypoint));
    }
}

/// Leaves out and adds what the switches want of a read.
pub(crate) fn reshape(switches: &Switches, map: &mut Map<String, Value>) {
    if map.get("args").is_some_and(|args| args == "") {
        if switches.omit_empty_args {
            map.remove("args");
        } else if switches.null_empty_args {
            map.insert("args".into(), Value::Null);
        }
    }
    if switches.omit_optional_keys {
        // An endpoint's container is among it, a template's is not (V2 2.1, 5.1).
        if map.contains_key("workers") {
            for key in ["type", "requestUrls", "gpu", "cpu", "image", "disk"] {
                map.remove(key);
            }
        }
        let may_be_none = ["args", "cmd", "entrypoint", "ports", "env", "registry"];
        let is_none = |value: &Value| [json!(""), json!([]), json!({}), Value::Null].contains(value);
        map.retain(|key, value| !(may_be_none.contains(&key.as_str()) && is_none(value)));
    }
    if switches.extra_read_fields {
        map.insert("futureField".into(), json!({"nested": [1, null]}));
        for key in ["gpu", "workers"] {
            if let Some(Value::Object(inner)) = map.get_mut(key) {
                inner.insert("futureField".into(), json!("new"));
            }
        }
    }
}

fn request_urls(
    switches: &Switches,
    jobs_url: &str,
    row: &StoredEndpoint,
    template: Option<&StoredTemplate>,
) -> Value {
    let id = &row.id;
    if row.kind == "LB" {
        let mut env = template
            .into_iter()
            .flat_map(|template| &template.env)
            .chain(&row.env);
        let path = env
            .rfind(|item| item.key == "HEALTH_CHECK_PATH")
            .map_or("/ping", |item| item.value.as_str());
        let base = format!("https://{id}.api.runpod.ai");
        return json!({"base": base, "health": format!("{base}{path}")});
    }
    let base = if switches.own_request_urls {
        jobs_url
    } else {
        "https://api.runpod.ai/v2"
    };
    let of = |path: &str| format!("{base}/{id}/{path}");
    json!({
        "run": of("run"), "runSync": of("runsync"), "status": of("status/{job_id}"),
        "stream": of("stream/{job_id}"), "cancel": of("cancel/{job_id}"), "retry": of("retry/{job_id}"),
        "purgeQueue": of("purge-queue"), "health": of("health"),
    })
}

fn gpu(row: &StoredEndpoint) -> Value {
    if row.compute_type == ComputeKind::Cpu {
        return Value::Null;
    }
    let parts = |text: &Option<String>| -> Vec<String> {
        let parts = text.as_deref().unwrap_or_default().split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let ids = parts(&row.gpu_ids);
    let excluded: Vec<_> = ids.iter().filter_map(|part| part.strip_prefix('-')).collect();
    let pools: Vec<_> = ids.iter().filter(|part| !part.starts_with('-')).collect();
    let mut gpu = json!({
        "pools": pools,
        "count": row.gpu_count,
        "allowedCudaVersions": parts(&row.allowed_cuda_versions),
        "minCudaVersion": row.min_cuda_version,
    });
    if let (false, Some(map)) = (excluded.is_empty(), gpu.as_object_mut()) {
        map.insert("excludedTypes".into(), json!(excluded));
    }
    gpu
}

fn cpu(row: &StoredEndpoint) -> Value {
    let read = |id: &String| {
        let mut parts = id.split('-');
        let flavor = parts.next().unwrap_or_default();
        let mut number = || {
            parts
                .next()
                .and_then(|part| part.parse::<i32>().ok())
                .unwrap_or(1)
        };
        json!({"id": flavor, "vcpuCount": number(), "memory": number()})
    };
    row.instance_ids.iter().map(read).collect()
}

fn workers(row: &StoredEndpoint) -> Value {
    let mut workers = json!({"min": row.workers_min, "max": row.workers_max});
    let is_hidden = row.kind == "QB" && row.scaler_type == "REQUEST_COUNT";
    if let (false, Some(map)) = (is_hidden, workers.as_object_mut()) {
        map.insert("idleTimeout".into(), json!(row.idle_timeout));
    }
    workers
}

fn scaling(row: &StoredEndpoint) -> Value {
    if row.scaler_type == "REQUEST_COUNT" {
        return json!({"type": "REQUEST_COUNT", "requestCount": row.scaler_value});
    }
    match row.queue_delay {
        Some(seconds) => json!({"type": row.scaler_type, "queueDelay": seconds}),
        None => json!({"type": row.scaler_type, "queueDelay": row.scaler_value}),
    }
}

fn data_centers(switches: &Switches, row: &StoredEndpoint) -> Vec<String> {
    let text = row.locations.as_deref().unwrap_or_default();
    let places = text.split(',').map(str::trim).filter(|place| !place.is_empty());
    let mut ids = Vec::new();
    for place in places {
        let is_country = place.len() == 2;
        match switches.country_codes {
            CountryCodes::Dropped if is_country => {}
            CountryCodes::Expanded if is_country => {
                let inside = DATA_CENTERS.iter().filter(|center| center.country_code == place);
                ids.extend(inside.map(|center| center.id.to_owned()));
            }
            _ => ids.push(place.to_owned()),
        }
    }
    if ids.is_empty() {
        ids.clone_from(&row.data_center_ids);
    }
    ids
}

fn volumes(switches: &Switches, row: &StoredEndpoint) -> Vec<String> {
    let mut ids = row.network_volume_ids.clone();
    ids.extend(
        row.network_volume_id
            .clone()
            .filter(|id| !row.network_volume_ids.contains(id)),
    );
    match switches.volume_order {
        VolumeOrder::Kept => {}
        VolumeOrder::Shuffled if ids.is_empty() => {}
        VolumeOrder::Shuffled => ids.rotate_right(1),
        VolumeOrder::Sorted => ids.sort(),
    }
    ids
}
