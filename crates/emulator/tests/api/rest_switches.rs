//! REST v2: each switch shows both of its sides.

use runpod_emulator::{
    BoundTemplate, Contract, CountryCodes, EnvVar, GraphqlEnd, ListOrder, Options, StoredEndpoint,
    UnknownExclusion,
};
use serde_json::{Value, json};

use crate::client::{Client, input, rest_body};

fn path(row: &Value) -> String {
    format!("/serverless/{}", row["id"].as_str().unwrap())
}

#[test]
fn what_a_create_and_a_patch_do() {
    let client = Client::start();
    client.switches(|switches| {
        switches.timeout_default = 300_000;
        switches.unknown_exclusion = UnknownExclusion::Accepted;
        switches.create_status = 202;
    });
    let gpu = json!({"pools": ["AMPERE_16"], "excludedTypes": ["NVIDIA L4"]});
    let made = client.done(202, "POST", "/serverless", rest_body(json!({"gpu": gpu})));
    assert_eq!(made["timeout"], json!(300_000));
    client.switches(|switches| {
        switches.patch_drops_exclusions = true;
        switches.rename_touches_template = false;
        switches.create_status = 201;
    });
    let patched = client.done(200, "PATCH", &path(&made), json!({"name": "other"}));
    assert_eq!(patched["gpu"].get("excludedTypes"), None);
    assert!(client.templates().iter().any(|row| row.name == "plain-template"));
    let cpu = client.made(json!({"gpu": null, "cpu": [{"id": "cpu3c", "vcpuCount": 2}]}));
    client.done(200, "PATCH", &path(&cpu), json!({"timeout": 1}));
    client.switches(|switches| switches.cpu_patch_fails = true);
    assert_eq!(
        client.problem("PATCH", &path(&cpu), json!({"timeout": 2})),
        (400, json!("gpuId(s) is required for a gpu endpoint"))
    );
}

#[test]
fn an_equal_patch_is_a_release_or_not() {
    let client = Client::start();
    let made = client.made(json!({}));
    let version = || client.endpoint(made["id"].as_str().unwrap()).unwrap().version;
    client.done(
        200,
        "PATCH",
        &path(&made),
        json!({"workers": {"max": 2}, "timeout": 9}),
    );
    assert_eq!(version(), 1);
    client.done(200, "PATCH", &path(&made), json!({"image": "me/worker:1"}));
    assert_eq!(version(), 2);
    client.switches(|switches| switches.equal_patch_releases = false);
    client.done(200, "PATCH", &path(&made), json!({"image": "me/worker:1"}));
    assert_eq!(version(), 2);
    client.done(200, "PATCH", &path(&made), json!({"image": "me/worker:2"}));
    assert_eq!(version(), 3);
}

#[test]
fn what_reads_leave_out_and_add() {
    let client = Client::start();
    let made = client.made(json!({}));
    let read = || client.done(200, "GET", &path(&made), Value::Null);
    client.switches(|switches| switches.omit_optional_keys = true);
    let short = read();
    for key in [
        "type",
        "requestUrls",
        "gpu",
        "image",
        "disk",
        "args",
        "cmd",
        "ports",
        "env",
        "registry",
    ] {
        assert_eq!(short.get(key), None, "{key}");
    }
    assert_eq!(short["id"], made["id"]);
    client.switches(|switches| {
        switches.omit_optional_keys = false;
        switches.extra_read_fields = true;
        switches.injected_env = vec![EnvVar::new("RUNPOD_X", "1")];
    });
    let long = read();
    assert_eq!(long["futureField"], json!({"nested": [1, null]}));
    assert_eq!(long["env"], json!({"RUNPOD_X": "1"}));
    client.switches(|switches| {
        switches.injected_env_in_rest = false;
        switches.omit_empty_args = true;
    });
    assert_eq!((&read()["env"], read().get("args")), (&json!({}), None));
    client.switches(|switches| {
        switches.omit_empty_args = false;
        switches.null_empty_args = true;
    });
    assert_eq!(read().get("args"), Some(&Value::Null));
    let template = "/templates/xkhgg72fuo";
    assert_eq!(client.done(200, "GET", template, Value::Null).get("mounts"), None);
    client.switches(|switches| switches.omit_empty_mounts = false);
    assert_eq!(
        client.done(200, "GET", template, Value::Null)["mounts"],
        json!({})
    );
    client.switches(|switches| switches.unknown_enum_words = true);
    let center = client.done(200, "GET", "/catalog/datacenters/OC-AU-1", Value::Null);
    assert_eq!(center["region"], json!("ORBIT"));
}

#[test]
fn bodies_that_are_too_large() {
    let client = Client::start();
    let large = json!({"name": "s", "value": "v".repeat(200_000)});
    client.done(201, "POST", "/account/secrets", large.clone());
    client.switches(|switches| switches.body_limit = Some(102_400));
    assert_eq!(client.problem("POST", "/account/secrets", large).0, 413);
    client.made(json!({}));
}

#[test]
fn switches_that_no_api_could_be_at() {
    let client = Client::start();
    for (body, words) in [
        (json!({"createStatus": 1000}), "200, 201 or 202"),
        (json!({"inUseStatus": 204}), "between 400 and 499"),
        (json!({"nope": true}), "nope"),
    ] {
        let request = client
            .http
            .patch(client.admin_url("switches"))
            .body(body.to_string());
        let reply = client.send(request.header("content-type", "application/json"));
        assert_eq!(
            (reply.status, reply.text.contains(words)),
            (400, true),
            "{reply:?}"
        );
    }
}

#[test]
fn country_codes() {
    let client = Client::start();
    let made = client.create(json!({"locations": "IS,EU-RO-1"}));
    let read = |codes| {
        client.switches(|switches| switches.country_codes = codes);
        client.done(200, "GET", &path(&made), Value::Null)["dataCenterIds"].clone()
    };
    assert_eq!(read(CountryCodes::Verbatim), json!(["IS", "EU-RO-1"]));
    assert_eq!(read(CountryCodes::Dropped), json!(["EU-RO-1"]));
    assert_eq!(
        read(CountryCodes::Expanded),
        json!(["EUR-IS-1", "EUR-IS-2", "EUR-IS-3", "EU-RO-1"])
    );
}

#[test]
fn the_old_contract() {
    let client = Client::start();
    client.switches(|switches| switches.contract = Contract::V290);
    let made = client.made(json!({"args": "a b"}));
    assert_eq!((&made["args"], made.get("cmd")), (&json!("a b"), None));
    let (_, errors) = client.problem("POST", "/serverless", rest_body(json!({"cmd": ["a"]})));
    assert_eq!(errors, json!(["$: additional properties 'cmd' not allowed"]));
    assert_eq!(client.problem("GET", "/account/secrets", Value::Null).0, 404);
    assert_eq!(
        client
            .problem("GET", &format!("{}/builds", path(&made)), Value::Null)
            .0,
        404
    );
}

#[test]
fn names_that_are_taken() {
    let client = Client::start();
    client.made(json!({}));
    client.made(json!({}));
    let template = json!({"name": "t", "image": "x"});
    let registry = json!({"name": "r", "username": "u", "password": "p"});
    let volume = json!({"name": "v", "size": 10, "dataCenter": "EU-RO-1"});
    for (path, body) in [
        ("/templates", &template),
        ("/registries", &registry),
        ("/network-volumes", &volume),
    ] {
        client.done(201, "POST", path, body.clone());
    }
    let refused = |path: &str, body: &Value| client.rest("POST", path, body.clone()).status == 400;
    assert!(refused("/templates", &template) && refused("/registries", &registry));
    client.switches(|switches| {
        switches.duplicate_endpoint_names = false;
        switches.duplicate_template_names = true;
        switches.duplicate_registry_names = true;
        switches.duplicate_volume_names = false;
    });
    assert!(!refused("/templates", &template) && !refused("/registries", &registry));
    assert!(refused("/network-volumes", &volume) && refused("/serverless", &rest_body(json!({}))));
}

#[test]
fn deletions_that_are_refused() {
    let client = Client::start();
    let made = client.made(json!({"networkVolumes": ["us2ks7vol0"]}));
    client.switches(|switches| switches.in_use_status = 409);
    assert_eq!(
        client
            .problem("DELETE", "/network-volumes/us2ks7vol0", Value::Null)
            .0,
        409
    );
    client.rest("DELETE", &path(&made), Value::Null);
    client.switches(|switches| switches.in_use_attempts = 2);
    let delete = || {
        client
            .rest("DELETE", "/network-volumes/us2ks7vol0", Value::Null)
            .status
    };
    assert_eq!([delete(), delete(), delete(), delete()], [409, 409, 204, 404]);
    let registry = json!({"name": "r", "username": "u", "password": "p"});
    let id = client.done(201, "POST", "/registries", registry)["id"].clone();
    client.switches(|switches| {
        switches.in_use_attempts = 0;
        switches.used_registry_kept = false;
    });
    let made = client.made(json!({"registry": id}));
    let status = client
        .rest(
            "DELETE",
            &format!("/registries/{}", id.as_str().unwrap()),
            Value::Null,
        )
        .status;
    assert_eq!(status, 204);
    assert_eq!(
        client.done(200, "GET", &path(&made), Value::Null)["registry"],
        Value::Null
    );
}

#[test]
fn reads_that_lag() {
    let client = Client::start();
    client.switches(|switches| {
        switches.reads_before_created = 1;
        switches.reads_before_deleted = 1;
    });
    let registry = json!({"name": "r", "username": "u", "password": "p"});
    for (list, key, body) in [
        ("/serverless", "endpoints", rest_body(json!({}))),
        ("/templates", "templates", json!({"name": "t", "image": "x"})),
        (
            "/network-volumes",
            "networkVolumes",
            json!({"name": "v", "size": 10, "dataCenter": "EU-RO-1"}),
        ),
        ("/registries", "registries", registry),
        ("/account/secrets", "secrets", json!({"name": "s", "value": "v"})),
    ] {
        let id = client.done(201, "POST", list, body)["id"].clone();
        let one = format!("{list}/{}", id.as_str().unwrap());
        let listed = || {
            let rows = client.done(200, "GET", list, Value::Null);
            rows[key].as_array().unwrap().iter().any(|row| row["id"] == id)
        };
        assert_eq!(client.rest("GET", &one, Value::Null).status, 404, "{list}");
        assert!(listed(), "{list}");
        assert_eq!(client.rest("DELETE", &one, Value::Null).status, 204, "{list}");
        assert!(listed(), "{list}");
        assert!(!listed(), "{list}");
        assert_eq!(client.rest("GET", &one, Value::Null).status, 404, "{list}");
    }
}

#[test]
fn lists_in_order() {
    let client = Client::start();
    let ids = client.add_endpoints(6, |number| StoredEndpoint::named(format!("e{number}")));
    let rest = || {
        let rows = client.done(200, "GET", "/serverless", Value::Null);
        let rows = rows["endpoints"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!((rest() == ids, client.listed() == ids), (false, true));
    client.switches(|switches| switches.list_order = ListOrder::Insertion);
    assert_eq!((rest() == ids, client.listed() == ids), (true, true));
    client.switches(|switches| switches.list_order = ListOrder::Shuffled);
    assert_eq!((rest() == ids, client.listed() == ids), (false, false));
}

#[test]
fn bound_templates() {
    let client = Client::start();
    client.made(json!({}));
    let count = || {
        let rows = client.done(200, "GET", "/templates", Value::Null);
        rows["templates"].as_array().unwrap().len()
    };
    assert_eq!(count(), 3);
    client.switches(|switches| switches.bound_templates_listed = false);
    assert_eq!(count(), 2);
    client.switches(|switches| switches.bound_template = BoundTemplate::Refused);
    let one = client.create(json!({"name": "one"}));
    assert_eq!(
        client.refusal(json!({"name": "two"})),
        "The template is bound to another endpoint."
    );
    client.save(input(json!({"name": "one", "id": one["id"]})));
    client.switches(|switches| switches.bound_template = BoundTemplate::Moves);
    let two = client.create(json!({"name": "two"}));
    let template = client
        .templates()
        .into_iter()
        .find(|row| row.id == "xkhgg72fuo")
        .unwrap();
    assert_eq!(template.bound_endpoint_id.as_deref(), two["id"].as_str());
}

#[test]
fn a_graphql_deletion_takes_the_bound_template_or_not() {
    for (taken, left) in [(false, 3), (true, 2)] {
        let client = Client::start();
        client.switches(|switches| {
            switches.delete_takes_bound_template = taken;
            switches.delete = runpod_emulator::DeleteRule::Lax;
        });
        let made = client.made(json!({}));
        client
            .delete(made["id"].as_str().unwrap())
            .data("/deleteEndpoint");
        assert_eq!(client.templates().len(), left);
    }
}

#[test]
fn graphql_ends() {
    let client = Client::start();
    for (end, status) in [(GraphqlEnd::Gone, 410), (GraphqlEnd::NotFound, 404)] {
        client.switches(|switches| switches.graphql_end = end);
        let reply = client.query("{ myself { id } }");
        assert_eq!(reply.status, status);
        assert!(serde_json::from_str::<Value>(&reply.text).is_err(), "plain text");
        assert_eq!(client.rest("GET", "/serverless", Value::Null).status, 200);
    }
}

#[test]
fn another_users_key() {
    let client = Client::with(Options {
        keys: vec!["rpa_one".into(), "rpa_rotated".into()],
        other_keys: vec!["rpa_other".into()],
        ..Options::default()
    });
    let made = client.made(json!({}));
    let user = |key: &str| {
        let query = json!({"query": "{ myself { id endpoints { id } podTemplates { id } } }"}).to_string();
        let request = client
            .http
            .post(client.url())
            .header("content-type", "application/json")
            .body(query);
        client.send(request.bearer_auth(key)).data("/myself")
    };
    let read = |key: &str| {
        let url = format!("{}{}", client.rest_url(), path(&made));
        client.send(client.http.get(url).bearer_auth(key)).status
    };
    assert_eq!(user("rpa_one"), user("rpa_rotated"));
    assert_eq!(
        (read("rpa_one"), read("rpa_rotated"), read("rpa_other")),
        (200, 200, 404)
    );
    let other = user("rpa_other");
    assert_ne!(other["id"], user("rpa_one")["id"]);
    assert_eq!(
        (&other["endpoints"], &other["podTemplates"]),
        (&json!([]), &json!([]))
    );
    let url = format!("{}/serverless", client.rest_url());
    let body = rest_body(json!({})).to_string();
    let request = client
        .http
        .post(url)
        .bearer_auth("rpa_other")
        .header("content-type", "application/json");
    assert_eq!(client.send(request.body(body)).status, 201);
    assert_eq!(client.endpoints().len(), 1, "the other account is another");
}
