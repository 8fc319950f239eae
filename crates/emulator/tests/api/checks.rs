//! What happens before a resolver runs: shape first, then the key, with the words of the real API.

use runpod_emulator::Options;
use serde_json::{Value, json};

use crate::client::{Client, Reply, http, input};

fn anonymous(client: &Client, query: &str, variables: Value) -> Reply {
    let body = json!({"query": query, "variables": variables}).to_string();
    client.send(
        client
            .http
            .post(client.url())
            .header("content-type", "application/json")
            .body(body),
    )
}

#[track_caller]
fn invalid(query: &str, variables: Value, message: &str, code: &str) {
    let reply = anonymous(&Client::start(), query, variables);
    assert_eq!((reply.status, reply.code().as_str()), (400, code), "{reply:?}");
    let found = reply.message();
    assert!(found.contains(message), "{found}");
}

const SAVE: &str = "mutation($input: EndpointInput!) { saveEndpoint(input: $input) { id } }";

#[test]
fn unknown_fields_of_types() {
    let code = "GRAPHQL_VALIDATION_FAILED";
    let text = "Cannot query field \"workers\" on type \"Endpoint\".";
    invalid("{ myself { endpoints { workers } } }", json!({}), text, code);
    let text = "Cannot query field \"dataCenterIds\" on type \"Endpoint\".";
    invalid(
        "{ myself { endpoints { dataCenterIds } } }",
        json!({}),
        text,
        code,
    );
    let text = "Cannot query field \"serverlessEndpoints\" on type \"Query\".";
    invalid("{ serverlessEndpoints { id } }", json!({}), text, code);
    let text = "Cannot query field \"nope\" on type \"Endpoint\".";
    let query = "query { myself { endpoints { ...F } } } fragment F on Endpoint { id nope }";
    invalid(query, json!({}), text, code);
}

#[test]
fn selections_must_fit_their_types() {
    let code = "GRAPHQL_VALIDATION_FAILED";
    let text = "Field \"pods\" of type \"[Pod]\" must have a selection of subfields.";
    invalid("{ myself { endpoints { pods } } }", json!({}), text, code);
    let text = "Field \"deleteEndpoint\" must not have a selection since type \"Void\" has no subfields.";
    invalid(
        "mutation { deleteEndpoint(id: \"x\") { id } }",
        json!({}),
        text,
        code,
    );
}

#[test]
fn unknown_input_fields() {
    let text = "Field \"dataCenterId\" is not defined by type \"NetworkVolumeIdsInput\".";
    let volumes = json!([{"networkVolumeId": "a", "dataCenterId": "b"}]);
    invalid(
        SAVE,
        json!({"input": {"name": "abc", "networkVolumeIds": volumes}}),
        text,
        "BAD_USER_INPUT",
    );
    let query = "mutation { saveEndpoint(input: {name: \"abc\", networkVolumeIds: [{networkVolumeId: \"a\", \
                 dataCenterId: \"b\"}]}) { id } }";
    invalid(query, json!({}), text, "GRAPHQL_VALIDATION_FAILED");
    for field in ["flashboot", "computeType", "workersStandby", "gpuTypeIds"] {
        let mut input = json!({"name": "abc"});
        input[field] = json!(1);
        let text = format!("Field \"{field}\" is not defined by type \"EndpointInput\".");
        invalid(SAVE, json!({ "input": input }), &text, "BAD_USER_INPUT");
    }
}

#[test]
fn wrong_types_of_variables() {
    let code = "BAD_USER_INPUT";
    let text = "Variable \"$input\" of required type \"EndpointInput!\" was not provided.";
    invalid(SAVE, json!({}), text, code);
    let text = "Field \"name\" of required type \"String!\" was not provided.";
    invalid(SAVE, json!({"input": {}}), text, code);
    let text = "Int cannot represent non-integer value: \"3\"";
    invalid(
        SAVE,
        json!({"input": {"name": "abc", "workersMax": "3"}}),
        text,
        code,
    );
    let text = "String cannot represent a non string value: 5";
    invalid(SAVE, json!({"input": {"name": 5}}), text, code);
    let text = "Value \"ON\" does not exist in \"FlashBootType\" enum.";
    invalid(
        SAVE,
        json!({"input": {"name": "abc", "flashBootType": "ON"}}),
        text,
        code,
    );
    let text = "Expected type \"NetworkVolumeIdsInput\" to be an object.";
    invalid(
        SAVE,
        json!({"input": {"name": "abc", "networkVolumeIds": ["a"]}}),
        text,
        code,
    );
    let text = "Expected non-nullable type \"String!\" not to be null.";
    invalid(SAVE, json!({"input": {"name": null}}), text, code);
    let text = "got invalid value 5 at \"input.networkVolumeIds[1].networkVolumeId\"";
    let volumes = json!([{"networkVolumeId": "a"}, {"networkVolumeId": 5}]);
    invalid(
        SAVE,
        json!({"input": {"name": "abc", "networkVolumeIds": volumes}}),
        text,
        code,
    );
}

#[test]
fn wrong_literals_and_arguments() {
    let code = "GRAPHQL_VALIDATION_FAILED";
    let text = "Enum \"FlashBootType\" cannot represent non-enum value: \"OFF\".";
    let query = "mutation { saveEndpoint(input: {name: \"abc\", flashBootType: \"OFF\"}) { id } }";
    invalid(query, json!({}), text, code);
    let text = "Field \"EndpointInput.name\" of required type \"String!\" was not provided.";
    invalid(
        "mutation { saveEndpoint(input: {}) { id } }",
        json!({}),
        text,
        code,
    );
    let text = "Unknown argument \"name\" on field \"User.endpoint\".";
    invalid(
        "{ myself { endpoint(name: \"x\") { id } } }",
        json!({}),
        text,
        code,
    );
    let text = "Field \"endpoint\" argument \"id\" of type \"String!\" is required, but it was not provided.";
    invalid("{ myself { endpoint { id } } }", json!({}), text, code);
}

#[test]
fn variables_must_be_declared_used_and_fit() {
    let code = "GRAPHQL_VALIDATION_FAILED";
    invalid(
        "query Q { myself { endpoint(id: $id) { id } } }",
        json!({}),
        "Variable \"$id\" is not defined",
        code,
    );
    invalid(
        "query Q($id: String) { myself { id } }",
        json!({}),
        "Variable \"$id\" is never used",
        code,
    );
    let text = "Variable \"$id\" of type \"String\" used in position expecting type \"String!\".";
    invalid(
        "query($id: String) { myself { endpoint(id: $id) { id } } }",
        json!({"id": "x"}),
        text,
        code,
    );
    invalid(
        "query($x: Nope) { myself { endpoint(id: $x) { id } } }",
        json!({}),
        "Unknown type \"Nope\".",
        code,
    );
}

#[test]
fn documents_that_cannot_be_read() {
    invalid("{ myself {", json!({}), "Syntax Error", "GRAPHQL_PARSE_FAILED");
    let text = "Must provide operation name if query contains multiple operations.";
    invalid(
        "query A { myself { id } } query B { myself { id } }",
        json!({}),
        text,
        "OPERATION_RESOLUTION_FAILURE",
    );
    let client = Client::start();
    for body in ["[]", "{}", "{", "{\"query\":\"\"}", "{\"query\":5}"] {
        let request = client
            .http
            .post(client.url())
            .header("content-type", "application/json")
            .body(body);
        let reply = client.send(request);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "BAD_REQUEST"),
            "{body}"
        );
    }
    let reply = client.send(
        client
            .http
            .post(client.url())
            .body("{\"query\":\"{ myself { id } }\"}"),
    );
    assert_eq!(reply.status, 400);
    assert_eq!(client.send(client.http.get(client.url())).status, 405);
}

#[test]
fn introspection_is_off_but_typename_works() {
    let code = "INTROSPECTION_DISABLED";
    invalid(
        "{ __schema { types { name } } }",
        json!({}),
        "introspection",
        code,
    );
    invalid(
        "{ __type(name: \"User\") { name } }",
        json!({}),
        "introspection",
        code,
    );
    let reply = Client::start().query("{ __typename myself { __typename } }");
    assert_eq!(
        reply.data(""),
        json!({"__typename": "Query", "myself": {"__typename": "User"}})
    );
}

#[test]
fn a_key_in_the_header_or_in_the_address() {
    let client = Client::start();
    assert_eq!(
        client.query("{ myself { id } }").data("/myself/id"),
        "user_2emulator"
    );
    let body = json!({"query": "{ myself { id } }"}).to_string();
    let url = format!("{}?api_key=rpa_emulator", client.url());
    let request = client
        .http
        .post(url)
        .header("content-type", "application/json")
        .body(body);
    assert_eq!(client.send(request).data("/myself/id"), "user_2emulator");
    assert!(client.requests()[1].uri.ends_with("?api_key=rpa_emulator"));
}

#[test]
fn no_key() {
    let client = Client::start();
    let reply = anonymous(&client, "{ myself { id } }", json!({}));
    assert_eq!(
        (reply.status, reply.text.as_str()),
        (200, r#"{"data":{"myself":null}}"#)
    );
    let reply = anonymous(&client, SAVE, json!({"input": input(json!({}))}));
    assert_eq!(
        (reply.status, reply.message().as_str(), reply.code().as_str()),
        (200, "Unauthorized", "RUNPOD")
    );
    assert!(client.endpoints().is_empty());
    let query = "{ gpuTypes { id } dataCenters { id } serverlessGpuPools { id gpuTypeIds } }";
    assert!(
        anonymous(&client, query, json!({}))
            .data("/gpuTypes")
            .as_array()
            .unwrap()
            .len()
            > 10
    );
}

#[test]
fn an_unknown_key_and_a_restricted_one() {
    let client = Client::with(Options {
        restricted_keys: vec!["rpa_small".into()],
        ..Options::default()
    });
    let body = json!({"query": "{ myself { id } }"}).to_string();
    let request = |key: &str| {
        client
            .http
            .post(client.url())
            .header("content-type", "application/json")
            .bearer_auth(key)
            .body(body.clone())
    };
    assert_eq!(client.send(request("rpa_stranger")).status, 401);
    let reply = client.send(request("rpa_small"));
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(
        (&body["data"]["myself"], &body["errors"][0]["path"]),
        (&Value::Null, &json!(["myself"]))
    );
    assert_eq!(
        (reply.message().as_str(), reply.code().as_str()),
        ("Unauthorized", "RUNPOD")
    );
}

#[test]
fn shape_is_checked_before_the_key() {
    let client = Client::start();
    let request = client
        .http
        .post(client.url())
        .header("content-type", "application/json");
    let request = request
        .bearer_auth("rpa_stranger")
        .body(json!({"query": "{ nope }"}).to_string());
    assert_eq!(client.send(request).status, 400);
}

#[test]
fn the_firewall_wants_an_honest_user_agent() {
    let client = Client::start();
    let plain = http().build().unwrap();
    for agent in [None, Some("Python-urllib/3.12"), Some("")] {
        let mut request = plain.post(client.url()).bearer_auth(client.key());
        if let Some(agent) = agent {
            request = request.header("user-agent", agent);
        }
        let reply = client.send(request.header("content-type", "application/json").body("{}"));
        assert_eq!(
            (reply.status, reply.text.as_str()),
            (403, "error code: 1010"),
            "{agent:?}"
        );
    }
}
