//! What crosses the border, either way: values, private state, diagnostics, and what is not registered.

use serde_json::{Value as Json, json};

use crate::{
    client::{Client, about, errors, object, pack, pack_unknown, unpack, unpack_unknown, wire},
    support::Process,
};

#[tokio::test]
async fn an_attribute_has_a_type_or_a_nested_type() {
    let process = Process::start();
    let mut schema = process.client().await.schema().await;
    assert!(schema.diagnostics.is_empty());
    let block = schema
        .resource_schemas
        .remove("toy_object")
        .unwrap()
        .block
        .unwrap();
    let nested: Vec<_> = block
        .attributes
        .iter()
        .filter(|attribute| attribute.nested_type.is_some())
        .collect();
    let names: Vec<_> = nested.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(names, ["disk", "ports"]);
    for attribute in &block.attributes {
        let nested = attribute.nested_type.is_some();
        assert_eq!(attribute.r#type.is_empty(), nested, "{}", attribute.name);
    }
}

#[tokio::test]
async fn nested_attributes_are_created_as_they_were_planned() {
    let process = Process::start();
    let given = json!({
        "name": "n",
        "disk": { "kind": "ssd", "size": 20 },
        "ports": { "web": { "protocol": "tcp" }, "none": { "protocol": null } },
    });
    let answer = process.client().await.create(given.clone()).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let mut created = object(given);
    created["id"] = json!("id-n");
    assert_eq!(unpack(&answer.new_state), created);
}

#[tokio::test]
async fn a_plan_tells_unknown_from_null() {
    let process = Process::start();
    let proposed = object(json!({
        "name": "<unknown>",
        "disk": { "kind": "ssd", "size": "<unknown>" },
        "ports": "<unknown>",
    }));
    let request = wire::plan_resource_change::Request {
        type_name: "toy_object".to_owned(),
        prior_state: pack(&Json::Null),
        proposed_new_state: pack_unknown(&proposed),
        config: pack_unknown(&proposed),
        ..Default::default()
    };
    let plan = process.client().await.rpc.plan_resource_change(request).await;
    let plan = plan.unwrap().into_inner();
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    let mut planned = proposed;
    planned["id"] = json!("<unknown>");
    assert_eq!(unpack_unknown(&plan.planned_state), planned);
}

#[tokio::test]
async fn a_plan_names_what_requires_replacement() {
    let process = Process::start();
    let mut client = process.client().await;
    let prior = object(json!({ "id": "id-n", "name": "n", "size": 1 }));
    let renamed = object(json!({ "id": "id-n", "name": "m", "size": 1 }));
    let resized = object(json!({ "id": "id-n", "name": "n", "size": 2 }));
    let replace = client.plan(&prior, &renamed, &[]).await.requires_replace;
    assert_eq!(replace.len(), 1);
    assert_eq!(steps(&replace[0]), ["name"]);
    assert!(
        client
            .plan(&prior, &resized, &[])
            .await
            .requires_replace
            .is_empty()
    );
}

#[tokio::test]
async fn private_state_goes_from_plan_to_apply_to_read_and_back() {
    let process = Process::start();
    let mut client = process.client().await;
    let proposed = object(json!({ "name": "n" }));
    let plan = client.plan(&Json::Null, &proposed, &[]).await;
    let created = client.apply(&Json::Null, &proposed, &plan.planned_private).await;
    let state = unpack(&created.new_state);
    let read = client.read(&state, &created.private).await;
    let plan = client.plan(&state, &state, &read.private).await;
    let updated = client.apply(&state, &state, &plan.planned_private).await;
    let private: Json = rmp_serde::from_slice(&updated.private).unwrap();
    // It counts updates, so all of them have handed it on.
    assert_eq!(private, json!({ "count": 1 }));
}

#[tokio::test]
async fn a_message_of_more_than_64_mib_passes_both_ways() {
    let process = Process::start();
    let blob = "b".repeat((64 << 20) + 1);
    let answer = process
        .client()
        .await
        .create(json!({ "name": "n", "blob": blob }))
        .await;
    assert!(answer.diagnostics.is_empty());
    assert!(unpack(&answer.new_state)["blob"] == json!(blob));
}

/// A message that says that it has 256 MiB and one byte.
const TOO_LONG: &str = "\0\x10\0\0\x01";
const OUT_OF_RANGE: &str = "11";

#[tokio::test]
async fn a_message_of_more_than_256_mib_is_refused() {
    let process = Process::start();
    let mut client = process.client().await;
    let status = client.status("/tfplugin6.Provider/ReadResource", TOO_LONG).await;
    assert_eq!(status.as_deref(), Some(OUT_OF_RANGE));
}

/// The steps of a path, keys in brackets.
fn steps(path: &wire::AttributePath) -> Vec<String> {
    use wire::attribute_path::step::Selector;
    let steps = path.steps.iter();
    let steps = steps.map(|step| match step.selector.clone().unwrap() {
        Selector::AttributeName(name) => name,
        Selector::ElementKeyString(key) => format!("[{key}]"),
        Selector::ElementKeyInt(index) => format!("[{index}]"),
    });
    steps.collect()
}

#[tokio::test]
async fn a_diagnostic_has_its_severity_and_its_path() {
    let process = Process::start();
    let mut client = process.client().await;
    let ports = json!({ "web": { "protocol": "carrier pigeon" } });
    let diagnostics = client
        .validate(&object(json!({ "name": "forbidden", "ports": ports })))
        .await;
    let [error, warning] = &diagnostics[..] else {
        panic!("{diagnostics:?}")
    };
    let severity = |diagnostic: &wire::Diagnostic| diagnostic.severity();
    assert_eq!(severity(error), wire::diagnostic::Severity::Error);
    assert_eq!(steps(error.attribute.as_ref().unwrap()), ["name"]);
    assert_eq!(severity(warning), wire::diagnostic::Severity::Warning);
    let path = steps(warning.attribute.as_ref().unwrap());
    assert_eq!(path, ["ports", "[web]", "protocol"]);
}

#[tokio::test]
async fn a_read_only_attribute_in_a_configuration_is_an_error_of_its_attribute() {
    let process = Process::start();
    let mut client = process.client().await;
    let provider = json!({ "greeting": null, "token": null, "session": "mine" });
    for (diagnostics, name) in [
        (
            client
                .validate(&object(json!({ "id": "mine", "name": "n" })))
                .await,
            "id",
        ),
        (
            client
                .validate_data_source("toy_status", &json!({ "behaviour": null, "stopped": false }))
                .await,
            "stopped",
        ),
        (client.validate_provider(&provider).await, "session"),
    ] {
        assert_eq!(errors(&diagnostics), [format!("{name} is read-only")]);
        assert_eq!(about(&diagnostics[0]), Some(name));
        assert!(diagnostics[0].detail.contains("Remove it"), "{diagnostics:?}");
    }
    // It is told together with what the provider itself finds.
    let both = client
        .validate(&object(json!({ "id": "mine", "name": "forbidden" })))
        .await;
    assert_eq!(errors(&both), ["id is read-only", "this name is forbidden"]);
}

#[tokio::test]
async fn an_unknown_value_of_a_read_only_attribute_is_an_error_too() {
    let process = Process::start();
    let request = wire::validate_resource_config::Request {
        type_name: "toy_object".to_owned(),
        config: pack_unknown(&object(json!({ "id": "<unknown>", "name": "n" }))),
        ..Default::default()
    };
    let answer = process.client().await.rpc.validate_resource_config(request).await;
    assert_eq!(
        errors(&answer.unwrap().into_inner().diagnostics),
        ["id is read-only"]
    );
}

#[tokio::test]
async fn the_plan_of_a_replacement_keeps_the_private_state_of_the_old_object() {
    let process = Process::start();
    let mut client = process.client().await.about("toy_plain");
    let proposed = object(json!({}));
    let old = rmp_serde::to_vec(&json!({ "count": 1 })).unwrap();
    let plan = client.plan(&Json::Null, &proposed, &old).await;
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    assert_eq!(plan.planned_private, old);
    let none = rmp_serde::to_vec(&()).unwrap();
    let plan = client.plan(&Json::Null, &proposed, &[]).await;
    assert_eq!(plan.planned_private, none);
}

#[tokio::test]
async fn a_private_state_that_cannot_be_read_is_none() {
    let process = Process::start();
    let mut client = process.client().await;
    let state = object(json!({ "id": "id-n", "name": "n" }));
    let planned = object(json!({ "id": "id-n", "name": "n", "size": 1 }));
    let none = rmp_serde::to_vec(&()).unwrap();
    for private in [&b"\x81\xa1x\x01"[..], b"{\"a\": 1}", b"\xc1", b"garbage"] {
        let read = client.read(&state, private).await;
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        assert_eq!((unpack(&read.new_state), &read.private), (state.clone(), &none));
        let plan = client.plan(&state, &planned, private).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        let plan = client.plan(&state, &Json::Null, private).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        for (prior, planned) in [(&Json::Null, &planned), (&state, &planned), (&state, &Json::Null)] {
            let applied = client.apply(prior, planned, private).await;
            assert!(applied.diagnostics.is_empty(), "{:?}", applied.diagnostics);
        }
    }
}

#[tokio::test]
async fn a_value_of_another_type_is_an_error_of_its_attribute() {
    let process = Process::start();
    let answer = process
        .client()
        .await
        .create(json!({ "name": "n", "size": "hunter2" }))
        .await;
    let [error] = &answer.diagnostics[..] else {
        panic!("{:?}", answer.diagnostics)
    };
    assert_eq!(about(error), Some("size"));
    assert!(!error.detail.contains("hunter2"), "{error:?}");
    assert_eq!(unpack(&answer.new_state), Json::Null);
}

#[tokio::test]
async fn no_backtrace_reaches_users() {
    let process = Process::start_with(|command| _ = command.env("RUST_BACKTRACE", "1"));
    // tf-provider itself says that there is no import, and appends a backtrace to it.
    let answer = process.client().await.about("toy_plain").import("x").await;
    assert_eq!(errors(&answer.diagnostics), ["Import is not supported"]);
    assert_eq!(answer.diagnostics[0].detail, "");
}

#[tokio::test]
async fn an_import_finds_an_object_by_its_id() {
    let process = Process::start();
    let answer = process.client().await.import("id-n").await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let [imported] = &answer.imported_resources[..] else {
        panic!("{:?}", answer.imported_resources)
    };
    assert_eq!(imported.type_name, "toy_object");
    assert_eq!(
        unpack(&imported.state),
        object(json!({ "id": "id-n", "name": "n" }))
    );
}

#[tokio::test]
async fn an_import_that_finds_nothing_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    for (id, error) in [
        ("nonsense", "The provider gave no answer"),
        ("", "An import needs an id"),
    ] {
        let answer = client.import(id).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert!(answer.imported_resources.is_empty());
    }
}

#[tokio::test]
async fn a_type_that_is_not_registered_is_an_error_and_takes_nothing_away() {
    let process = Process::start();
    let mut gone: Client = process.client().await.about("toy_gone");
    let state = json!({ "id": "x" });
    let read = gone.read(&state, b"private").await;
    let apply = gone.apply(&state, &Json::Null, b"private").await;
    for (left, private) in [
        (&read.new_state, &read.private),
        (&apply.new_state, &apply.private),
    ] {
        assert_eq!(
            (unpack(left), private.as_slice()),
            (state.clone(), &b"private"[..])
        );
    }
    for diagnostics in [
        gone.validate(&state).await,
        gone.upgrade(0, "{}").await.diagnostics,
        read.diagnostics,
        gone.plan(&state, &state, &[]).await.diagnostics,
        apply.diagnostics,
        gone.import("x").await.diagnostics,
    ] {
        assert_eq!(errors(&diagnostics), ["Unknown resource toy_gone"]);
    }
    let answer = gone.read_data_source("toy_gone", &state).await;
    assert_eq!(errors(&answer.diagnostics), ["Unknown data source toy_gone"]);
}

/// The RPCs that are served: all but those of ephemeral resources and state stores.
const SERVED: [&str; 24] = [
    "GetMetadata",
    "GetProviderSchema",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "UpgradeResourceState",
    "GetResourceIdentitySchemas",
    "UpgradeResourceIdentity",
    "ConfigureProvider",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ReadDataSource",
    "GenerateResourceConfig",
    "ListResource",
    "ValidateListResourceConfig",
    "GetFunctions",
    "CallFunction",
    "PlanAction",
    "InvokeAction",
    "ValidateActionConfig",
    "StopProvider",
];
const EMPTY_MESSAGE: &str = "\0\0\0\0\0";
const UNIMPLEMENTED: &str = "12";

#[tokio::test]
async fn an_rpc_that_is_not_served_is_unimplemented() {
    let process = Process::start();
    let mut client = process.client().await;
    let protocol = include_str!("../../proto/tfplugin6.proto");
    let rpcs = protocol
        .lines()
        .filter_map(|line| line.trim().strip_prefix("rpc ")?.split('(').next());
    let mut served = Vec::new();
    for rpc in rpcs {
        let status = client
            .status(&format!("/tfplugin6.Provider/{rpc}"), EMPTY_MESSAGE)
            .await;
        if status.as_deref() != Some(UNIMPLEMENTED) {
            assert_eq!(status, None, "{rpc}");
            served.push(rpc);
        }
    }
    assert_eq!(served, SERVED);
}
