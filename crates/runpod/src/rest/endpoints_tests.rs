//! Endpoints to REST's JSON and back, and from one API to the other.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::{option, prelude::*, sample::subsequence};
use serde_json::from_value;

use super::*;
use crate::{
    ContainerWrite, Env,
    asked::{asked, is_as_asked},
    graphql::{
        input::EndpointInput,
        saved::{NetworkVolumeIds, Row as GraphQlRow, Saved},
        scalar::{CommaList, FlashBootType},
    },
};

/// What the API makes of a body on top of a row (V2 3.1): a merge, in which pools clear exclusions.
fn merge(row: &Value, body: &Value) -> Value {
    let mut row = row.clone();
    for (name, value) in body.as_object().unwrap() {
        match name.as_str() {
            "gpu" => {
                if value.get("pools").is_some() {
                    row["gpu"]["excludedTypes"] = json!([]);
                }
                for (name, value) in value.as_object().unwrap() {
                    row["gpu"][name] = value.clone();
                }
            }
            "workers" => {
                for (name, value) in value.as_object().unwrap() {
                    row["workers"][name] = value.clone();
                }
            }
            "args" => {
                row["args"] = value.clone();
                row["cmd"] = json!(value.as_str().unwrap().split_whitespace().collect::<Vec<_>>());
                row["entrypoint"] = json!([]);
            }
            "cmd" | "entrypoint" => {
                let mut stored: Value = serde_json::from_str(row["args"].as_str().unwrap())
                    .unwrap_or_else(|_| json!({"cmd": [], "entrypoint": []}));
                stored[name] = value.clone();
                let none = stored["cmd"] == json!([]) && stored["entrypoint"] == json!([]);
                row["args"] = if none {
                    json!("")
                } else {
                    json!(stored.to_string())
                };
                row["cmd"] = stored["cmd"].clone();
                row["entrypoint"] = stored["entrypoint"].clone();
            }
            _ => row[name] = value.clone(),
        }
    }
    let is_hidden = row["type"] == "QUEUE" && row["scaling"]["type"] == "REQUEST_COUNT";
    if is_hidden {
        row["workers"].as_object_mut().unwrap().remove("idleTimeout");
    }
    row
}

fn empty(is_cpu: bool) -> Value {
    let gpu = if is_cpu {
        Value::Null
    } else {
        json!({"pools": [], "count": 1, "allowedCudaVersions": [], "minCudaVersion": null})
    };
    json!({
        "id": "i02xupws21hp6i", "gpu": gpu, "workers": {"min": 0, "max": 3, "idleTimeout": 10}, "args": "", "cmd": [],
        "entrypoint": [], "ports": [], "env": {}, "registry": null, "dataCenterIds": [], "networkVolumes": [],
        "flashboot": "OFF", "createdAt": "2026-10-01T00:00:00Z"
    })
}

fn read(row: Value) -> Endpoint {
    from_value::<Row>(row).unwrap().into()
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn some_of(items: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(items, 0..=items.len()).prop_map(|items| texts(&items))
}

prop_compose! {
    fn command()(
        choice in 0..3,
        text in "[a-z]{1,5}( [a-z]{1,5})?",
        entrypoint in some_of(&["sh", "-c"]),
        cmd in some_of(&["python", "x.py"]),
    ) -> (Option<String>, Vec<String>, Vec<String>) {
        match choice {
            0 => (None, vec![], vec![]),
            1 => (Some(text), vec![], vec![]),
            _ => (None, entrypoint, cmd),
        }
    }
}

prop_compose! {
    /// A write that asks for everything that an endpoint of REST's can have.
    fn any_write()(
        is_cpu in any::<bool>(),
        is_balanced in any::<bool>(),
        is_counted in any::<bool>(),
        pools in subsequence(vec!["AMPERE_16", "ADA_24", "HOPPER_141"], 1..=3),
        excluded in some_of(&["-NVIDIA L4", "-NVIDIA RTX A4500"]),
        numbers in (1..8_i64, 0..3_i64, 3..9_i64, 1..3600_i64, 1..99_i32, 0..700_000_i64, 1..99_i64),
        half in any::<bool>(),
        flashboot in subsequence(vec!["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"], 1),
        locations in some_of(&["EU-RO-1", "US-TX-3"]),
        volumes in some_of(&["agv6w2qcg7", "bbv6w2qcg7"]),
        cuda in option::of(any::<bool>()),
        (args, entrypoint, cmd) in command(),
        ports in some_of(&["80/http", "22/tcp"]),
        env in proptest::collection::btree_map("[A-Z]{1,3}", ".{0,5}", 0..3),
        registry in option::of("[a-z]{4}"),
    ) -> EndpointWrite {
        let is_counted = is_balanced || is_counted;
        let fraction = if half && !is_counted { 0.5 } else { 0.0 };
        EndpointWrite {
            name: Some("sdxl".to_owned()),
            container: ContainerWrite {
                image: Some(format!("image:{}", numbers.0)),
                args: Some(args.unwrap_or_default()),
                entrypoint: Some(entrypoint),
                cmd: Some(cmd),
                disk: Some(numbers.6),
                ports: Some(ports),
                env: Some(Env(env)),
                registry_id: Some(registry.unwrap_or_default()),
            },
            gpu_ids: (!is_cpu).then(|| [texts(&pools), excluded].concat()),
            gpu_count: (!is_cpu).then_some(numbers.0),
            instance_ids: is_cpu.then(|| texts(&["cpu3c-2-4", "cpu5g-4-16"])),
            kind: Some(if is_balanced { "LB" } else { "QB" }.to_owned()),
            workers_min: Some(numbers.1),
            workers_max: Some(numbers.2),
            idle_timeout: (is_balanced || !is_counted).then_some(numbers.3),
            scaler_type: Some(if is_counted { "REQUEST_COUNT" } else { "QUEUE_DELAY" }.to_owned()),
            scaler_value: Some(f64::from(numbers.4) + fraction),
            execution_timeout_ms: Some(numbers.5),
            flashboot: flashboot.first().map(|kind| (*kind).to_owned()),
            locations: Some(locations),
            network_volume_ids: Some(volumes),
            allowed_cuda_versions: (!is_cpu).then(|| if cuda == Some(true) { texts(&["12.4", "12.8"]) } else { vec![] }),
            min_cuda_version: (!is_cpu).then(|| if cuda == Some(false) { "12.4".to_owned() } else { String::new() }),
            ..EndpointWrite::default()
        }
    }
}

/// The write, where it asks for places at all: that there be none is sent whatever a read shows.
fn with_places(write: EndpointWrite) -> EndpointWrite {
    let locations = write.locations.clone().filter(|places| !places.is_empty());
    EndpointWrite { locations, ..write }
}

#[test]
fn that_there_be_no_places_is_sent_though_a_read_shows_none() {
    let fresh = read(merge(&empty(false), &json!({"name": "sdxl", "scaling": {}})));
    let write = EndpointWrite {
        locations: Some(vec![]),
        ..EndpointWrite::default()
    };
    assert_eq!(
        Value::Object(EndpointNoun::update(&fresh, &write)),
        json!({"dataCenterIds": []})
    );
}

/// What the container is that the write asks for: lists are stored as JSON, and a text is told taken apart.
fn container_asked_for(write: &ContainerWrite) -> Container {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (entrypoint, cmd) = (write.entrypoint.clone().unwrap(), write.cmd.clone().unwrap());
    let is_in_lists = !entrypoint.is_empty() || !cmd.is_empty();
    let text = some(&write.args);
    let words = text
        .iter()
        .flat_map(|text| text.split_whitespace().map(str::to_owned));
    Container {
        image: write.image.clone(),
        cmd: if is_in_lists { cmd.clone() } else { words.collect() },
        args: text.or(is_in_lists.then(|| json!({"cmd": cmd, "entrypoint": entrypoint}).to_string())),
        entrypoint,
        is_in_lists,
        disk: write.disk,
        ports: write.ports.clone().unwrap(),
        env: write.env.clone().unwrap(),
        registry_id: some(&write.registry_id),
    }
}

/// What the endpoint is that the write asks for.
fn asked_for(write: &EndpointWrite) -> Endpoint {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    Endpoint {
        id: "i02xupws21hp6i".to_owned(),
        name: write.name.clone().unwrap(),
        container: container_asked_for(&write.container),
        gpu_ids: list(&write.gpu_ids),
        gpu_count: write.gpu_count,
        instance_ids: list(&write.instance_ids),
        kind: write.kind.clone(),
        workers_min: write.workers_min,
        workers_max: write.workers_max,
        idle_timeout: write.idle_timeout,
        scaler_type: write.scaler_type.clone(),
        scaler_value: write.scaler_value,
        execution_timeout_ms: write.execution_timeout_ms,
        flashboot: write.flashboot.clone(),
        locations: list(&write.locations),
        network_volume_ids: list(&write.network_volume_ids),
        allowed_cuda_versions: list(&write.allowed_cuda_versions),
        min_cuda_version: some(&write.min_cuda_version),
        created_at: Some("2026-10-01T00:00:00Z".to_owned()),
        ..Endpoint::default()
    }
}

/// The row that GraphQL shows of what REST has stored (V2 8.1); it knows no container.
fn over_graphql(endpoint: &Endpoint) -> GraphQlRow {
    let commas = |items: &[String]| (!items.is_empty()).then(|| CommaList::of(items));
    let number = |number: Option<i64>| number.map(|number| number as i32);
    let volumes = endpoint.network_volume_ids.iter().map(|id| {
        Some(NetworkVolumeIds {
            network_volume_id: Some(id.clone()),
        })
    });
    GraphQlRow {
        id: Some(endpoint.id.clone()),
        name: Some(endpoint.name.clone()),
        template_id: Some("private".to_owned()),
        gpu_ids: commas(&endpoint.gpu_ids),
        gpu_count: number(endpoint.gpu_count).or(Some(1)),
        instance_ids: Some(endpoint.instance_ids.iter().cloned().map(Some).collect()),
        kind: endpoint.kind.clone(),
        workers_min: number(endpoint.workers_min),
        workers_max: number(endpoint.workers_max),
        idle_timeout: number(endpoint.idle_timeout).or(Some(10)),
        scaler_type: endpoint.scaler_type.clone(),
        scaler_value: endpoint.scaler_value.map(|value| value as i32),
        execution_timeout_ms: number(endpoint.execution_timeout_ms),
        flash_boot_type: endpoint.flashboot.as_deref().map(FlashBootType::from_name),
        locations: commas(&endpoint.locations),
        network_volume_id: None,
        network_volume_ids: Some(volumes.collect()),
        allowed_cuda_versions: commas(&endpoint.allowed_cuda_versions),
        min_cuda_version: endpoint.min_cuda_version.clone(),
        created_at: None,
        binding: None,
    }
}

proptest! {
    #[test]
    fn what_is_created_is_read_as_it_was_asked_for(write in any_write()) {
        let row = merge(&empty(write.instance_ids.is_some()), &EndpointNoun::create(&write));
        let endpoint = read(row);
        prop_assert_eq!(&endpoint, &asked_for(&write));
        prop_assert!(is_as_asked(endpoints::ASKED, &asked(endpoints::ASKED, &write), &endpoint));
        prop_assert_eq!(EndpointNoun::update(&endpoint, &with_places(write)), Map::new());
    }

    #[test]
    fn an_update_makes_of_one_endpoint_another_of_its_kind(from in any_write(), mut to in any_write()) {
        prop_assume!(from.instance_ids.is_some() == to.instance_ids.is_some());
        prop_assume!(from.kind == to.kind);
        to.kind = None;
        let row = merge(&empty(from.instance_ids.is_some()), &EndpointNoun::create(&from));
        let fresh = read(row.clone());
        let body = Value::Object(EndpointNoun::update(&fresh, &to));
        to.kind = from.kind.clone();
        let mut now = read(merge(&row, &body));
        let wanted = asked_for(&to);
        // Their order means nothing, so that no call is made for it.
        for (now, wanted) in [
            (&mut now.locations, &wanted.locations),
            (&mut now.network_volume_ids, &wanted.network_volume_ids),
            (&mut now.allowed_cuda_versions, &wanted.allowed_cuda_versions),
        ] {
            if same_set(now, wanted) {
                *now = wanted.clone();
            }
        }
        prop_assert_eq!(now, wanted);
        prop_assert!(body.pointer("/gpu/excludedTypes").is_none() || body.pointer("/gpu/pools").is_some());
        prop_assert_eq!(body.pointer("/gpu/pools").is_some(), body.pointer("/gpu/count").is_some());
        prop_assert!(body.get("type").is_none() && body.get("templateId").is_none());
    }

    #[test]
    fn what_one_api_wrote_the_other_reads_alike(write in any_write()) {
        let rest = read(merge(&empty(write.instance_ids.is_some()), &EndpointNoun::create(&write)));
        prop_assume!(rest.scaler_value.unwrap().fract() == 0.0);
        let row = over_graphql(&rest);
        let graphql = row.endpoint();
        let shared = Endpoint {
            template_id: Some("private".to_owned()),
            idle_timeout: graphql.idle_timeout,
            created_at: None,
            container: Container::default(),
            ..rest.clone()
        };
        prop_assert_eq!(&graphql, &shared);
        // What GraphQL read is no change over REST, and what REST read is none over GraphQL.
        let as_read = EndpointWrite {
            template_id: None, container: ContainerWrite::default(), kind: None,
            ..with_places(write)
        };
        prop_assert_eq!(EndpointNoun::update(&rest, &as_read), Map::new());
        let saved = Saved { row, ..Saved::default() };
        prop_assert_eq!(EndpointInput::update(&saved, &as_read), None);
    }
}

#[test]
fn a_create_sends_what_is_given_and_what_the_api_demands() {
    let write = EndpointWrite {
        name: Some("sdxl".to_owned()),
        template_id: Some("xkhgg72fuo".to_owned()),
        gpu_ids: Some(texts(&["-NVIDIA L4", "AMPERE_24"])),
        locations: Some(vec![]),
        ..EndpointWrite::default()
    };
    assert_eq!(
        EndpointNoun::create(&write),
        json!({
            "name": "sdxl", "type": "QUEUE", "templateId": "xkhgg72fuo",
            "gpu": {"pools": ["AMPERE_24"], "excludedTypes": ["NVIDIA L4"], "count": 1},
            "scaling": {"type": "QUEUE_DELAY", "queueDelay": 4}, "timeout": 0
        })
    );
    let balanced = EndpointWrite {
        kind: Some("LB".to_owned()),
        instance_ids: Some(texts(&["cpu3c-2-4"])),
        ..EndpointWrite::default()
    };
    assert_eq!(
        EndpointNoun::create(&balanced),
        json!({
            "type": "LOAD_BALANCER", "cpu": [{"id": "cpu3c", "vcpuCount": 2}],
            "scaling": {"type": "REQUEST_COUNT", "requestCount": 4}, "timeout": 0
        })
    );
}

#[test]
fn a_template_is_applied_as_often_as_it_is_asked_for() {
    let fresh = read(merge(&empty(false), &json!({"name": "sdxl", "scaling": {}})));
    let write = EndpointWrite {
        template_id: Some("xkhgg72fuo".to_owned()),
        ..EndpointWrite::default()
    };
    assert_eq!(
        Value::Object(EndpointNoun::update(&fresh, &write)),
        json!({"templateId": "xkhgg72fuo"})
    );
}

#[test]
fn what_the_api_leaves_out_or_has_learnt_since_is_survived() {
    let bare = read(json!({"id": "a", "name": "b"}));
    assert_eq!(
        bare,
        Endpoint {
            id: "a".to_owned(),
            name: "b".to_owned(),
            ..Endpoint::default()
        }
    );
    let strange = read(json!({
        "id": "a", "name": "b", "type": "RT", "gpu": null, "cpu": [{"id": "cpu9x", "vcpuCount": 2}, {"id": "cpu3m", "vcpuCount": 2}],
        "scaling": {"type": "MAGIC", "queueDelay": 0.5}, "flashboot": "TURBO", "workers": {"max": 1}
    }));
    assert_eq!(strange.kind.as_deref(), Some("RT"));
    assert_eq!(strange.instance_ids, ["cpu9x-2", "cpu3m-2-16"]);
    assert_eq!(
        (strange.scaler_type.as_deref(), strange.scaler_value),
        (Some("MAGIC"), Some(0.5))
    );
    assert_eq!(strange.flashboot.as_deref(), Some("TURBO"));
}

#[test]
fn a_scaler_on_requests_has_no_fraction_and_one_on_delay_keeps_it() {
    assert_eq!(
        scaling("QUEUE_DELAY", 0.5),
        json!({"type": "QUEUE_DELAY", "queueDelay": 0.5})
    );
    assert_eq!(
        scaling("REQUEST_COUNT", 4.0),
        json!({"type": "REQUEST_COUNT", "requestCount": 4})
    );
}
