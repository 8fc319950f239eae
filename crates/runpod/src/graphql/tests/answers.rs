//! Which data can be trusted: an answer counts only whole, and an endpoint is absent only by its own null.

use runpod_emulator::{Effect, Fault, Root, StoredEndpoint};
use serde_json::{Value, json};

use super::{CREATE, DELETE, LIST, SWITCH_TEMPLATE, UPDATE, client, emulator, failure, json};
use crate::{
    Error, Kind,
    graphql::{
        calls::{EndpointCalls, Lookup},
        fake::call,
    },
};

/// What a read by id makes of this answer.
async fn found(answer: Value) -> Result<Lookup, Error> {
    let emulator = emulator();
    emulator.fault(Fault::on(Root::Any).then(json(&answer)));
    client(&emulator).look_up(&call(), "i02xupws21hp6i").await
}

fn error_at(path: Value, message: &str) -> Value {
    json!([{"message": message, "path": path, "extensions": {"code": "RUNPOD"}}])
}

#[tokio::test]
async fn an_endpoint_is_absent_only_by_its_own_null() {
    let absent = |said: Option<&str>| Lookup::Absent {
        said: said.map(str::to_owned),
    };
    let its_own = error_at(json!(["myself", "endpoint"]), "Something");
    let missing = json!({"myself": {"endpoint": null}});
    assert_eq!(
        found(json!({"data": null})).await.unwrap_err().kind,
        Kind::Incomplete
    );
    assert_eq!(found(json!({"data": missing})).await.unwrap(), absent(None));
    assert_eq!(
        found(json!({"data": missing, "errors": []})).await.unwrap(),
        absent(None)
    );
    assert_eq!(
        found(json!({"data": missing, "errors": its_own})).await.unwrap(),
        absent(Some("Something"))
    );
    let others = [
        error_at(json!(["myself"]), "Something"),
        error_at(Value::Null, "Something"),
        error_at(json!(["myself", "endpoint", "env"]), "Something"),
        error_at(json!(["myself", "endpoint"]), "Unauthorized"),
    ];
    for errors in others {
        let answer = json!({"data": missing, "errors": errors});
        assert!(found(answer.clone()).await.is_err(), "{answer}");
    }
    for data in [
        json!({"myself": null}),
        json!({"myself": {}}),
        json!({}),
        json!([]),
    ] {
        let answer = json!({"data": data, "errors": its_own});
        assert!(found(answer.clone()).await.is_err(), "{answer}");
    }
}

/// An endpoint as it is answered, null in all fields but these.
fn endpoint(fields: Value) -> Value {
    const FIELDS: [&str; 27] = [
        "id",
        "name",
        "templateId",
        "gpuIds",
        "gpuCount",
        "instanceIds",
        "type",
        "workersMin",
        "workersMax",
        "idleTimeout",
        "scalerType",
        "scalerValue",
        "executionTimeoutMs",
        "flashBootType",
        "locations",
        "networkVolumeId",
        "networkVolumeIds",
        "allowedCudaVersions",
        "minCudaVersion",
        "createdAt",
        "pods",
        "workersPFBTarget",
        "requestTTL",
        "flashEnvironmentId",
        "env",
        "template",
        "binding",
    ];
    FIELDS.iter().map(|name| (*name, fields[name].clone())).collect()
}

/// What a read by id makes of this endpoint.
async fn answered(fields: Value) -> Result<Lookup, Error> {
    found(json!({"data": {"myself": {"endpoint": endpoint(fields)}}})).await
}

#[tokio::test]
async fn an_endpoint_is_found_by_its_own_id_alone() {
    let found = answered(json!({"id": "i02xupws21hp6i"})).await.unwrap();
    assert!(matches!(found, Lookup::Found(saved) if saved.row.id() == "i02xupws21hp6i"));
    for id in [json!("another"), json!(null), json!("")] {
        let failure = answered(json!({"id": id})).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Incomplete);
        assert!(failure.message.contains("another endpoint"), "{failure}");
    }
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_told_by_its_place_alone() {
    let env = json!([{"key": "HF_TOKEN", "value": ["hf_secret"]}]);
    for (field, value) in [
        ("env", env),
        ("name", json!({"hf_secret": 1})),
        ("pods", json!("hf_secret")),
    ] {
        let failure = answered(json!({"id": "i02xupws21hp6i", field: value}))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, Kind::Incomplete);
        assert!(failure.message.contains("myself.endpoint"), "{failure}");
        assert!(!format!("{failure:?}").contains("hf_secret"), "{failure:?}");
    }
}

#[tokio::test]
async fn a_list_counts_only_whole() {
    let one = endpoint(json!({"id": "one"}));
    let row = "the list has a row without an endpoint";
    let holes = [
        (json!({"endpoints": [one, null], "id": "user_1"}), row),
        (
            json!({"endpoints": [one, endpoint(json!({}))], "id": "user_1"}),
            row,
        ),
        (
            json!({"endpoints": [endpoint(json!({"id": ""}))], "id": "user_1"}),
            row,
        ),
        (json!({"endpoints": null, "id": "user_1"}), "at myself.endpoints"),
        (json!({"id": "user_1"}), "at myself"),
    ];
    for (user, message) in holes {
        let answer = json(&json!({"data": {"myself": user}}));
        let failure = failure(LIST, answer).await;
        assert_eq!(failure.kind, Kind::Incomplete, "{user}");
        assert!(failure.message.contains(message), "{failure}");
    }
}

#[tokio::test]
async fn partial_data_is_an_error() {
    let emulator = emulator();
    let id = emulator.add_endpoint(StoredEndpoint::named("sdxl"));
    let client = client(&emulator);
    for path in ["myself.endpoints.0", "myself"] {
        emulator.fault(Fault::on(Root::MyselfEndpoints).then(Effect::partial(path)));
        let failure = client.list(&call()).await.unwrap_err();
        assert_eq!(failure.kind, Kind::TryAgainLater, "{path}");
    }
    for path in ["myself.endpoint.env", "myself"] {
        emulator.fault(Fault::on(Root::MyselfEndpoint).then(Effect::partial(path)));
        let failure = client.look_up(&call(), &id).await.unwrap_err();
        assert_eq!(failure.kind, Kind::TryAgainLater, "{path}");
    }
    let account = client.list(&call()).await.unwrap();
    assert_eq!(account.by_id(&id).unwrap().name, "sdxl");
}

#[tokio::test]
async fn an_error_within_the_result_of_a_write_does_not_unmake_it() {
    let missing = json!({"saveEndpoint": null});
    let made = json!({"saveEndpoint": endpoint(json!({"id": "made"}))});
    let within = json!(["saveEndpoint", "pods"]);
    let rows = [
        (made.clone(), within.clone(), "Something"),
        (made.clone(), within.clone(), "Unauthorized"),
        (made.clone(), within.clone(), "Unable to find template"),
        (made, json!(["saveEndpoint"]), "Something"),
        // A field that may not be null takes the whole result away.
        (json!(null), within.clone(), "Something"),
        (missing, within, "Unauthorized"),
    ];
    for (data, path, message) in rows {
        let answer = json!({"data": data, "errors": error_at(path, message)});
        let failure = failure(CREATE, json(&answer)).await;
        assert!(failure.is_ambiguous(), "{failure:?} after {answer}");
    }
    let refused = json!({"data": null, "errors": error_at(json!(["saveEndpoint"]), "Something")});
    let failure = failure(CREATE, json(&refused)).await;
    assert!(!failure.is_ambiguous(), "{failure:?}");
}

#[tokio::test]
async fn a_write_that_does_not_return_its_endpoint_is_ambiguous() {
    let rows = [
        (CREATE, json!({"saveEndpoint": {"id": null}})),
        (CREATE, json!({"saveEndpoint": {"id": ""}})),
        (UPDATE, json!({"saveEndpoint": null})),
        (SWITCH_TEMPLATE, json!({"updateEndpointTemplate": null})),
        (DELETE, json!("deleted")),
    ];
    for (operation, data) in rows {
        let failure = failure(operation, json(&json!({"data": data}))).await;
        assert_eq!(
            (&failure.kind, failure.is_ambiguous()),
            (&Kind::Incomplete, true),
            "{data}"
        );
    }
}

#[tokio::test]
async fn a_delete_succeeds_with_null_and_with_its_older_spellings() {
    for said in [json!(null), json!(""), json!(true)] {
        let emulator = emulator();
        emulator.fault(Fault::on(Root::Any).then(json(&json!({"data": {"deleteEndpoint": said}}))));
        client(&emulator).delete(&call(), "here").await.unwrap();
    }
}
