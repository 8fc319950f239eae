//! Every switch, on both its sides: what nobody knows about the real API must be testable either way.

use runpod_emulator::{
    Blank, EnvVar, FlashBootDefault, FlashBootType, NameSuffix, Omitted, StoredEndpoint, Switches,
    TemplateOnUpdate, UnknownEndpoint, VolumeOrder,
};
use serde_json::{Value, json};

use crate::client::{Client, http};

fn with(change: impl FnOnce(&mut Switches)) -> Client {
    let client = Client::start();
    client.switches(change);
    client
}

#[test]
fn what_an_update_leaves_out() {
    for (rule, flash_boot, volume) in [
        (Omitted::Keep, json!("FLASHBOOT"), json!("agv6w2qcg7")),
        (Omitted::Reset, json!("OFF"), Value::Null),
    ] {
        let client = with(|switches| {
            switches.omitted_flash_boot_type = rule;
            switches.omitted_network_volume_id = rule;
            switches.omitted_env = rule;
        });
        let id = client.add_endpoint(StoredEndpoint {
            flash_boot_type: Some(FlashBootType::Flashboot),
            network_volume_id: Some("agv6w2qcg7".into()),
            env: vec![EnvVar::new("A", "1")],
            ..StoredEndpoint::default()
        });
        let saved = client.create(json!({ "id": id }));
        assert_eq!(
            (&saved["flashBootType"], &saved["networkVolumeId"]),
            (&flash_boot, &volume),
            "{rule:?}"
        );
        assert_eq!(
            client.endpoint(&id).unwrap().env.is_empty(),
            rule == Omitted::Reset
        );
    }
}

#[test]
fn flash_boot_of_a_new_endpoint() {
    for (rule, expected) in [
        (FlashBootDefault::Null, Value::Null),
        (FlashBootDefault::Off, json!("OFF")),
        (FlashBootDefault::Flashboot, json!("FLASHBOOT")),
    ] {
        let client = with(|switches| switches.flash_boot_default = rule);
        assert_eq!(client.create(json!({}))["flashBootType"], expected);
        assert_eq!(
            client.create(json!({"flashBootType": "PRIORITY_FLASHBOOT"}))["flashBootType"],
            "PRIORITY_FLASHBOOT"
        );
    }
}

#[test]
fn template_id_in_an_update() {
    let client = Client::start();
    let other = client.add_template(runpod_emulator::StoredTemplate {
        name: "other".into(),
        ..Default::default()
    });
    let id = client.add_endpoint(StoredEndpoint::default());
    assert_eq!(
        client.create(json!({"id": id, "templateId": "gone"}))["templateId"],
        "xkhgg72fuo"
    );
    assert_eq!(
        client.create(json!({"id": id, "templateId": other}))["templateId"],
        "xkhgg72fuo"
    );
    client.switches(|switches| switches.template_on_update = TemplateOnUpdate::Switches);
    assert_eq!(
        client.refusal(json!({"id": id, "templateId": "gone"})),
        "Unable to find template"
    );
    assert_eq!(
        client.create(json!({"id": id, "templateId": other}))["templateId"],
        json!(other)
    );
    assert_eq!(
        client.create(json!({"id": id, "templateId": null}))["templateId"],
        json!(other)
    );
}

#[test]
fn names_and_flash_boot() {
    for (rule, sent, flash_boot, expected) in [
        (NameSuffix::Verbatim, "name -fb", "OFF", "name -fb"),
        (NameSuffix::Verbatim, "name", "FLASHBOOT", "name"),
        (NameSuffix::Appended, "name", "FLASHBOOT", "name -fb"),
        (NameSuffix::Appended, "name -fb", "FLASHBOOT", "name -fb"),
        (NameSuffix::Appended, "name", "OFF", "name"),
        (NameSuffix::Stripped, "name -fb", "FLASHBOOT", "name"),
    ] {
        let client = with(|switches| switches.name_suffix = rule);
        assert_eq!(
            client.create(json!({"name": sent, "flashBootType": flash_boot}))["name"],
            expected,
            "{rule:?}"
        );
    }
}

#[test]
fn unset_strings() {
    for (rule, expected) in [(Blank::Null, Value::Null), (Blank::Empty, json!(""))] {
        let saved = with(|switches| switches.blank = rule).create(json!({}));
        for field in ["locations", "allowedCudaVersions", "minCudaVersion"] {
            assert_eq!(saved[field], expected, "{field}");
        }
    }
}

#[test]
fn gpu_ids_normalised_or_not() {
    let text = " AMPERE_24, AMPERE_16,AMPERE_24,-NVIDIA L4 ";
    assert_eq!(
        Client::start().create(json!({"gpuIds": text}))["gpuIds"],
        "AMPERE_24,AMPERE_16,-NVIDIA L4"
    );
    let client = with(|switches| switches.normalize_gpu_ids = false);
    assert_eq!(client.create(json!({"gpuIds": text}))["gpuIds"], text);
    let client = with(|switches| switches.known_pools_only = false);
    assert_eq!(
        client.create(json!({"gpuIds": "FUTURE_500"}))["gpuIds"],
        "FUTURE_500"
    );
}

#[test]
fn the_order_of_volumes() {
    let sent = ["us2ks7vol0", "agv6w2qcg7", "eur1is3vol"];
    for (rule, expected) in [
        (VolumeOrder::Kept, sent),
        (VolumeOrder::Shuffled, ["eur1is3vol", "us2ks7vol0", "agv6w2qcg7"]),
        (VolumeOrder::Sorted, ["agv6w2qcg7", "eur1is3vol", "us2ks7vol0"]),
    ] {
        let client = with(|switches| switches.volume_order = rule);
        let saved = client.create(json!({"networkVolumeIds": sent.map(|id| json!({"networkVolumeId": id}))}));
        let read = saved["networkVolumeIds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["networkVolumeId"].clone());
        assert_eq!(read.collect::<Vec<_>>(), expected);
        assert!(saved["networkVolumeIds"][0]["dataCenterId"].is_string());
    }
}

#[test]
fn one_volume_in_two_forms() {
    let client = Client::start();
    let list = json!({"networkVolumeIds": [{"networkVolumeId": "agv6w2qcg7"}]});
    let single = json!({"networkVolumeId": "agv6w2qcg7"});
    assert_eq!(client.create(list.clone())["networkVolumeId"], Value::Null);
    assert_eq!(client.create(single.clone())["networkVolumeIds"], json!([]));
    client.switches(|switches| {
        switches.single_volume_shown = true;
        switches.legacy_volume_listed = true;
    });
    assert_eq!(client.create(list)["networkVolumeId"], "agv6w2qcg7");
    let shown = json!([{"networkVolumeId": "agv6w2qcg7", "dataCenterId": "EU-RO-1"}]);
    assert_eq!(client.create(single)["networkVolumeIds"], shown);
}

#[test]
fn the_execution_timeout_of_a_new_endpoint() {
    assert_eq!(Client::start().create(json!({}))["executionTimeoutMs"], 0);
    let client = with(|switches| switches.unset_execution_timeout_is_zero = false);
    assert_eq!(client.create(json!({}))["executionTimeoutMs"], Value::Null);
}

#[test]
fn a_new_endpoint_shows_late() {
    let client = with(|switches| switches.reads_before_created = 2);
    let id = client.create(json!({}))["id"].as_str().unwrap().to_owned();
    assert!(client.listed().is_empty());
    assert_eq!(client.get(&id).json()["data"]["myself"]["endpoint"], Value::Null);
    assert_eq!(client.listed(), [id.as_str()]);
    assert_eq!(client.get(&id).data("/myself/endpoint/id"), json!(id));
}

#[test]
fn a_deleted_endpoint_lingers() {
    let client = with(|switches| switches.reads_before_deleted = 2);
    let id = client.add_endpoint(StoredEndpoint {
        workers_max: 0,
        ..StoredEndpoint::default()
    });
    client.delete(&id).data("/deleteEndpoint");
    assert_eq!(client.listed(), [id.as_str()]);
    assert_eq!(client.get(&id).data("/myself/endpoint/id"), json!(id));
    assert!(client.listed().is_empty());
    assert!(client.get(&id).json()["errors"].is_array());
}

#[test]
fn an_unknown_endpoint() {
    let client = Client::start();
    let reply = client.get("gone");
    assert_eq!(
        (reply.status, &reply.json()["data"]["myself"]),
        (200, &json!({"endpoint": null}))
    );
    assert_eq!(reply.code(), "INTERNAL_SERVER_ERROR");
    assert_eq!(
        reply.message(),
        "Something went wrong. Please try again later or contact support."
    );
    assert_eq!(reply.json()["errors"][0]["path"], json!(["myself", "endpoint"]));
    client.switches(|switches| {
        switches.unknown_message = "No such endpoint".into();
        switches.unknown_code = "NOT_FOUND".into();
    });
    let reply = client.get("gone");
    assert_eq!(
        (reply.message().as_str(), reply.code().as_str()),
        ("No such endpoint", "NOT_FOUND")
    );
    client.switches(|switches| switches.unknown_endpoint = UnknownEndpoint::Null);
    assert_eq!(client.get("gone").data("/myself/endpoint"), Value::Null);
}

#[test]
fn injected_variables() {
    let client = with(|switches| switches.injected_env.push(EnvVar::new("RUNPOD_X", "1")));
    let env = client.create(json!({}))["env"].clone();
    assert_eq!(env[1], json!({"key": "RUNPOD_X", "value": "1"}));
}

#[test]
fn the_firewall_can_be_switched_off() {
    let client = with(|switches| switches.user_agent_check = false);
    let request = http().build().unwrap().post(client.url()).body("{}");
    assert_eq!(client.send(request).status, 400);
}
