//! REST v2: templates, network volumes, registry credentials, secrets.

use runpod_emulator::StoredTemplate;
use serde_json::{Value, json};

use crate::client::Client;

#[test]
fn templates() {
    let client = Client::start();
    let body = json!({"name": "t", "image": "me/t:1", "serverless": true, "env": {"A": "=\n\u{1f600}"},
        "entrypoint": ["/bin/sh", "-c"], "cmd": ["echo a"], "ports": ["80/http"]});
    let made = client.done(201, "POST", "/templates", body);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        made,
        json!({"id": id, "name": "t", "image": "me/t:1", "disk": 20, "ports": ["80/http"],
            "args": r#"{"cmd":["echo a"],"entrypoint":["/bin/sh","-c"]}"#, "cmd": ["echo a"],
            "entrypoint": ["/bin/sh", "-c"], "env": {"A": "=\n\u{1f600}"}, "registry": null, "serverless": true,
            "public": false, "category": "NVIDIA", "startSsh": true, "startJupyter": true,
            "allowedCudaVersions": []})
    );
    let path = format!("/templates/{id}");
    let mut wanted = made.clone();
    wanted["category"] = json!("CPU");
    wanted["cmd"] = json!(["ls"]);
    wanted["args"] = json!(r#"{"cmd":["ls"],"entrypoint":["/bin/sh","-c"]}"#);
    assert_eq!(
        client.done(200, "PATCH", &path, json!({"category": "CPU", "cmd": ["ls"]})),
        wanted
    );
    assert_eq!(client.done(200, "GET", &path, Value::Null), wanted);
    let graphql = client.query("{ myself { podTemplates { id name category } } }");
    let rows = graphql.data("/myself/podTemplates");
    assert!(
        rows.as_array()
            .unwrap()
            .contains(&json!({"id": id, "name": "t", "category": "CPU"}))
    );
    let taken = json!({"name": "t", "image": "x"});
    assert_eq!(
        client.problem("POST", "/templates", taken),
        (400, json!("Template name must be unique"))
    );
    let mount = json!({"name": "m", "image": "x", "mounts": {"persistent": {"size": 10, "path": "/data"}}});
    let mounted = client.done(201, "POST", "/templates", mount.clone());
    assert_eq!(mounted["mounts"], mount["mounts"]);
    for (body, error) in [
        (
            json!({"mounts": {"persistent": {"size": 20}}}),
            "$.mounts.persistent: missing property 'path'",
        ),
        (
            json!({"mounts": {"network": []}}),
            "$.mounts: additional properties 'network' not allowed",
        ),
    ] {
        let (status, errors) = client.problem("PATCH", &path, body);
        assert_eq!(status, 422);
        assert!(errors.as_array().unwrap().contains(&json!(error)), "{errors}");
    }
    assert_eq!(client.rest("DELETE", &path, Value::Null).status, 204);
    assert_eq!(
        client.problem("GET", &path, Value::Null),
        (404, json!("template not found"))
    );
    let public = client.add_template(StoredTemplate {
        is_runpod: true,
        is_public: true,
        ..StoredTemplate::default()
    });
    let path = format!("/templates/{public}");
    assert_eq!(client.rest("GET", &path, Value::Null).status, 200);
    assert_eq!(client.problem("PATCH", &path, json!({"disk": 1})).0, 404);
    assert_eq!(client.problem("DELETE", &path, Value::Null).0, 404);
    let official = client.done(200, "GET", "/catalog/templates", Value::Null);
    assert_eq!(official["templates"][0]["id"], json!(public));
}

#[test]
fn a_template_in_use_stays() {
    let client = Client::start();
    let made = client.made(json!({}));
    let bound = client
        .endpoint(made["id"].as_str().unwrap())
        .unwrap()
        .template_id
        .unwrap();
    let path = format!("/templates/{bound}");
    assert_eq!(
        client.problem("DELETE", &path, Value::Null),
        (400, json!("The template is in use."))
    );
    client.rest(
        "DELETE",
        &format!("/serverless/{}", made["id"].as_str().unwrap()),
        Value::Null,
    );
    assert_eq!(client.problem("DELETE", &path, Value::Null).0, 404);
}

#[test]
fn network_volumes() {
    let client = Client::start();
    let body = json!({"name": "v", "size": 4096, "dataCenter": "EUR-IS-1"});
    let made = client.done(201, "POST", "/network-volumes", body);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        made,
        json!({"id": id, "name": "v", "size": 4096, "dataCenter": "EUR-IS-1", "type": "STANDARD"})
    );
    let fast = json!({"name": "v", "size": 10, "dataCenter": "EUR-IS-3"});
    assert_eq!(
        client.done(201, "POST", "/network-volumes", fast)["type"],
        json!("HIGH_PERFORMANCE")
    );
    for (place, kind) in [
        ("EU-FR-1", json!(null)),
        ("EU-RO-1", json!("HIGH_PERFORMANCE")),
        ("nowhere", json!(null)),
    ] {
        let mut body = json!({"name": "v", "size": 10, "dataCenter": place});
        if !kind.is_null() {
            body["type"] = kind;
        }
        let (status, text) = client.problem("POST", "/network-volumes", body);
        assert_eq!(status, 400);
        assert!(text.as_str().unwrap().contains("EUR-IS-1"), "{text}");
    }
    let path = format!("/network-volumes/{id}");
    assert_eq!(
        client.problem("PATCH", &path, json!({"size": 10})),
        (400, json!("A network volume cannot shrink"))
    );
    assert_eq!(
        client.problem("PATCH", &path, json!({})).1,
        json!(["$: minProperties: got 0, want 1"])
    );
    assert_eq!(
        client.problem("PATCH", &path, json!({"dataCenter": "EU-RO-1"})).0,
        422
    );
    assert_eq!(
        client.done(200, "PATCH", &path, json!({"name": "w"}))["name"],
        json!("w")
    );
    let user = client.made(json!({"networkVolumes": [id]}));
    assert_eq!(
        client.problem("DELETE", &path, Value::Null),
        (400, json!("The network volume is in use."))
    );
    client.rest(
        "DELETE",
        &format!("/serverless/{}", user["id"].as_str().unwrap()),
        Value::Null,
    );
    assert_eq!(client.rest("DELETE", &path, Value::Null).status, 204);
    assert_eq!(client.problem("DELETE", &path, Value::Null).0, 404);
    let listed = client.done(200, "GET", "/network-volumes", Value::Null);
    assert_eq!(listed["networkVolumes"].as_array().unwrap().len(), 4);
    assert_eq!(listed.get("pagination"), None);
}

#[test]
fn registries() {
    let client = Client::start();
    let body = json!({"name": "hub", "username": "me", "password": "secret"});
    let made = client.done(201, "POST", "/registries", body.clone());
    let id = made["id"].as_str().unwrap();
    assert_eq!(made, json!({"id": id, "name": "hub"}));
    assert_eq!(client.problem("POST", "/registries", body).0, 400);
    let long = json!({"name": "x".repeat(192), "username": "me", "password": "secret"});
    let (_, errors) = client.problem("POST", "/registries", long);
    assert_eq!(errors, json!(["$.name: maxLength: got 192, want 191"]));
    let path = format!("/registries/{id}");
    assert_eq!(client.done(200, "GET", &path, Value::Null), made);
    assert_eq!(client.problem("PATCH", &path, json!({})).0, 405);
    let endpoint = client.made(json!({"registry": id}));
    assert_eq!(client.problem("DELETE", &path, Value::Null).0, 400);
    let endpoint = format!("/serverless/{}", endpoint["id"].as_str().unwrap());
    assert_eq!(
        client.done(200, "PATCH", &endpoint, json!({"registry": null}))["registry"],
        Value::Null
    );
    let template = client.done(
        201,
        "POST",
        "/templates",
        json!({"name": "t", "image": "x", "registry": id}),
    );
    assert_eq!(client.rest("DELETE", &path, Value::Null).status, 204);
    let template = format!("/templates/{}", template["id"].as_str().unwrap());
    assert_eq!(
        client.done(200, "GET", &template, Value::Null)["registry"],
        Value::Null
    );
    let arn = "arn:aws:ecr:us-east-1:123456789012:repository/app";
    let made = client.done(201, "POST", "/registries/delegations", json!({"resource": arn}));
    assert_eq!(
        (&made["awsRegion"], &made["repository"]),
        (&json!("us-east-1"), &json!("app"))
    );
    let path = format!("/registries/delegations/{}", made["id"].as_str().unwrap());
    assert_eq!(
        client.done(200, "GET", "/registries/delegations", Value::Null)["delegations"],
        json!([made])
    );
    assert_eq!(client.rest("DELETE", &path, Value::Null).status, 204);
    assert_eq!(client.problem("DELETE", &path, Value::Null).0, 404);
}

#[test]
fn secrets() {
    let client = Client::start();
    let body = json!({"name": "db_Pass.1", "value": "hunter2", "description": "d"});
    let made = client.done(201, "POST", "/account/secrets", body.clone());
    let id = made["id"].as_str().unwrap();
    let mut wanted = json!({"id": id, "name": "db_Pass.1", "description": "d", "valueLastUpdatedAt": null,
        "createdAt": made["createdAt"]});
    assert_eq!(made, wanted);
    assert_eq!(client.secrets()[0].value, "hunter2");
    assert_eq!(client.problem("POST", "/account/secrets", body).0, 409);
    let path = format!("/account/secrets/{id}");
    let described = client.done(200, "PATCH", &path, json!({"description": ""}));
    wanted["description"] = Value::Null;
    assert_eq!(described, wanted, "a description is no new value");
    let rotated = client.done(200, "PATCH", &path, json!({"value": "hunter2"}));
    assert!(rotated["valueLastUpdatedAt"].is_string());
    let found = client.done(200, "GET", "/account/secrets?name=DB_pass.1", Value::Null);
    assert_eq!(found["secrets"], json!([rotated]));
    assert_eq!(
        client.done(200, "GET", "/account/secrets?name=other", Value::Null)["secrets"],
        json!([])
    );
    for (body, status) in [
        (json!({"name": "RUNPOD_x", "value": "v"}), 422),
        (json!({"name": "1x", "value": "v"}), 422),
        (json!({"name": "x", "value": ""}), 422),
        (json!({"name": "x"}), 422),
    ] {
        assert_eq!(client.problem("POST", "/account/secrets", body).0, status);
    }
    assert_eq!(client.problem("PATCH", &path, json!({"name": "y"})).0, 422);
    let graphql = client
        .query("{ myself { secrets { id name } } }")
        .data("/myself/secrets");
    assert_eq!(graphql, json!([{"id": id, "name": "db_Pass.1"}]));
    assert_eq!(client.rest("DELETE", &path, Value::Null).status, 204);
    assert_eq!(
        client.problem("GET", &path, Value::Null),
        (404, json!("secret not found"))
    );
    let keys = json!({"keys": ["ssh-ed25519 AAAA me"]});
    assert_eq!(client.done(200, "PUT", "/account/ssh-keys", keys.clone()), keys);
    assert_eq!(
        client
            .problem("PUT", "/account/ssh-keys", json!({"keys": ["x"]}))
            .0,
        422
    );
}
