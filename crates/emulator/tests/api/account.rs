//! Templates, network volumes, registry credentials, secrets and the catalogue.

use runpod_emulator::{SAMPLE_TEMPLATE, SAMPLE_VOLUMES, StoredEndpoint, StoredTemplate, StoredVolume};
use serde_json::{Value, json};

use crate::client::{Client, Reply};

fn save_template(client: &Client, input: Value) -> Reply {
    let query = "mutation($input: SaveTemplateInput) { saveTemplate(input: $input) { id name imageName isServerless \
                 dockerArgs containerRegistryAuthId volumeInGb } }";
    client.send(client.request(query, json!({ "input": input })))
}

fn template(name: &str) -> Value {
    json!({"name": name, "imageName": "a/b:1", "containerDiskInGb": 5, "volumeInGb": 0, "dockerArgs": "",
        "env": [], "isServerless": true, "containerRegistryAuthId": "auth"})
}

#[test]
fn a_template_is_rewritten_as_a_whole() {
    let client = Client::start();
    let saved = save_template(&client, template("one")).data("/saveTemplate");
    let endpoint = client.add_endpoint(StoredEndpoint {
        template_id: saved["id"].as_str().map(Into::into),
        ..StoredEndpoint::default()
    });
    let mut changed = template("one");
    changed["id"] = saved["id"].clone();
    changed.as_object_mut().unwrap().remove("containerRegistryAuthId");
    let again = save_template(&client, changed).data("/saveTemplate");
    assert_eq!(
        (
            &saved["containerRegistryAuthId"],
            &again["containerRegistryAuthId"]
        ),
        (&json!("auth"), &Value::Null)
    );
    assert_eq!(
        client.endpoint(&endpoint).unwrap().version,
        2,
        "the endpoint runs the new template"
    );
}

#[test]
fn template_names_are_unique() {
    let client = Client::start();
    save_template(&client, template("one")).data("/saveTemplate");
    let reply = save_template(&client, template("one"));
    assert_eq!(
        (reply.status, reply.message().as_str()),
        (200, "Template name must be unique")
    );
    assert_eq!(reply.json()["data"], json!({"saveTemplate": null}));
    let mut bare = template("two");
    bare.as_object_mut().unwrap().remove("dockerArgs");
    assert_eq!(save_template(&client, bare).status, 400);
}

#[test]
fn a_template_in_use_stays() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::default());
    let query = "mutation { deleteTemplate(templateName: \"My Serverless Template\") }";
    assert_eq!(client.query(query).code(), "RUNPOD");
    client.remove(&id);
    assert_eq!(client.query(query).data("/deleteTemplate"), Value::Null);
    assert!(client.query(query).json()["errors"].is_array());
}

#[test]
fn an_endpoint_switches_its_template() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::default());
    let other = client.add_template(StoredTemplate {
        name: "other".into(),
        ..StoredTemplate::default()
    });
    let switch = |endpoint: &str, template: &str| {
        let query = "mutation Mutation($input: UpdateEndpointTemplateInput) { updateEndpointTemplate(input: $input) \
                     { id templateId } }";
        client.send(client.request(
            query,
            json!({"input": {"endpointId": endpoint, "templateId": template}}),
        ))
    };
    let expected = json!({"id": id, "templateId": other});
    assert_eq!(switch(&id, &other).data("/updateEndpointTemplate"), expected);
    assert_eq!(client.endpoint(&id).unwrap().version, 2);
    switch(&id, &other).data("/updateEndpointTemplate");
    assert_eq!(client.endpoint(&id).unwrap().version, 2);
    assert_eq!(switch(&id, "gone").message(), "Unable to find template");
    assert!(
        switch(&id, "pod8template")
            .message()
            .starts_with("Serverless endpoints cannot use pod templates.")
    );
    assert_eq!(
        switch("gone", &other).json()["data"],
        json!({"updateEndpointTemplate": null})
    );
}

#[test]
fn templates_are_read_alone_and_together() {
    let client = Client::start();
    let query = "query($id: String!) { podTemplate(id: $id) { id name ports portsConfig { port name } } }";
    assert_eq!(
        client
            .send(client.request(query, json!({"id": "gone"})))
            .data("/podTemplate"),
        Value::Null
    );
    let read = client
        .send(client.request(query, json!({"id": SAMPLE_TEMPLATE})))
        .data("/podTemplate/name");
    assert_eq!(read, "My Serverless Template");
    let mine = client
        .query("{ myself { podTemplates { id isServerless } } }")
        .data("/myself/podTemplates");
    assert_eq!(mine.as_array().unwrap().len(), 2);
}

#[test]
fn network_volumes() {
    let client = Client::start();
    let create =
        "mutation($input: CreateNetworkVolumeInput!) { createNetworkVolume(input: $input) { id size } }";
    let input = json!({"input": {"name": "v", "size": 10, "dataCenterId": "EU-RO-1"}});
    let id = client
        .send(client.request(create, input))
        .data("/createNetworkVolume/id");
    let input = json!({"input": {"name": "v", "size": 10, "dataCenterId": "NO-WHERE-1"}});
    assert_eq!(client.send(client.request(create, input)).code(), "RUNPOD");
    let update =
        "mutation($input: UpdateNetworkVolumeInput!) { updateNetworkVolume(input: $input) { size } }";
    let sized = |size: i32| client.send(client.request(update, json!({"input": {"id": id, "size": size}})));
    assert_eq!(sized(20).data("/updateNetworkVolume/size"), 20);
    assert!(sized(15).json()["errors"].is_array(), "a volume only grows");
    let delete = "mutation($input: DeleteNetworkVolumeInput!) { deleteNetworkVolume(input: $input) }";
    let gone = |id: &Value| client.send(client.request(delete, json!({"input": {"id": id}})));
    assert_eq!(gone(&id).data("/deleteNetworkVolume"), Value::Null);
    let used = SAMPLE_VOLUMES[0].0;
    client.add_endpoint(StoredEndpoint {
        network_volume_ids: vec![used.into()],
        ..StoredEndpoint::default()
    });
    assert!(gone(&json!(used)).message().contains("in use"));
    client.add_volume(StoredVolume {
        id: "mine".into(),
        ..StoredVolume::default()
    });
    let list =
        client.query("{ myself { networkVolumes { id name size dataCenterId dataCenter { name } } } }");
    assert_eq!(list.data("/myself/networkVolumes/3/id"), "mine");
}

#[test]
fn registry_credentials() {
    let client = Client::start();
    let create =
        "mutation { saveRegistryAuth(input: {name: \"n\", username: \"u\", password: \"p\"}) { id name } }";
    let id = client.query(create).data("/saveRegistryAuth/id");
    assert!(
        client.query(create).json()["errors"].is_array(),
        "names are unique"
    );
    let list = client.query("{ myself { containerRegistryCreds { id name } } }");
    assert_eq!(
        list.data("/myself/containerRegistryCreds"),
        json!([{"id": id, "name": "n"}])
    );
    let update = format!(
        "mutation {{ updateRegistryAuth(input: {{id: {id}, username: \"v\", password: \"q\"}}) {{ id }} }}"
    );
    assert_eq!(client.query(&update).data("/updateRegistryAuth/id"), id);
    let delete = format!("mutation {{ deleteRegistryAuth(registryAuthId: {id}) }}");
    assert_eq!(client.query(&delete).data("/deleteRegistryAuth"), Value::Null);
    assert!(client.query(&delete).json()["errors"].is_array());
}

#[test]
fn secrets() {
    let client = Client::start();
    let create = "mutation { secretCreate(input: { value: \"my-secret-value\", name: \"my-secret\" }) { id name description } }";
    let made = client.query(create).data("/secretCreate");
    assert_eq!(
        (&made["name"], &made["description"]),
        (&json!("my-secret"), &Value::Null)
    );
    let id = &made["id"];
    let describe = format!(
        "mutation {{ secretDescriptionUpdate(input: {{id: {id}, description: \"d\"}}) {{ description }} }}"
    );
    assert_eq!(
        client
            .query(&describe)
            .data("/secretDescriptionUpdate/description"),
        "d"
    );
    let revalue =
        format!("mutation {{ secretValueUpdate(input: {{id: {id}, value: \"w\"}}) {{ id updatedAt }} }}");
    assert!(
        client
            .query(&revalue)
            .data("/secretValueUpdate/updatedAt")
            .is_string()
    );
    let list = client.query("{ myself { secrets { id name description createdAt updatedAt } } }");
    assert_eq!(list.data("/myself/secrets/0/id"), *id);
    let delete = format!("mutation {{ secretDelete(id: {id}) }}");
    assert_eq!(client.query(&delete).data("/secretDelete"), Value::Null);
}

#[test]
fn the_catalogue() {
    let client = Client::start();
    let reply = client.query(
        "{ serverlessGpuPools { id gpuTypeIds } gpuTypes(input: {id: \"NVIDIA L4\"}) { id displayName memoryInGb \
         lowestPrice(input: {gpuCount: 1}) { stockStatus uninterruptablePrice } } dataCenters { id location \
         gpuAvailability(input: {gpuCount: 1, secureCloud: true}) { gpuTypeId stockStatus available } } \
         cpuFlavors { id ramMultiplier } cpuTypes { id } }",
    );
    assert_eq!(reply.data("/serverlessGpuPools/0/id"), "AMPERE_16");
    assert_eq!(reply.data("/gpuTypes/0/memoryInGb"), 24);
    assert_eq!(reply.data("/dataCenters/0/id"), "EU-RO-1");
    let all = client.query("{ gpuTypes { id } }").data("/gpuTypes");
    assert!(all.as_array().unwrap().contains(&json!({"id": "unknown"})));
}

#[test]
fn the_account() {
    let client = Client::start();
    client.set_quota(12);
    client.set_balance(3.5);
    let reply = client
        .query("{ myself { id email clientBalance maxServerlessConcurrency currentSpendPerHr pubKey } }");
    assert_eq!(reply.data("/myself/clientBalance"), 3.5);
    assert_eq!(reply.data("/myself/maxServerlessConcurrency"), 12);
}
