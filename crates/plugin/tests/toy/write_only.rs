//! Write-only attributes, whose value is in the configuration and nowhere else, and deprecations.

use serde_json::{Value as Json, json};

use crate::{
    client::{Client, about, account, answer, errors, pack, unpack_unknown, wire},
    support::Process,
};

/// Makes the toy note what it has been given.
const TELL: Option<&str> = Some("tell");

/// A configuration with both secrets.
fn config(on: Option<&str>) -> Json {
    account(json!({
        "name": "n",
        "password_wo": "correct horse",
        "login": { "user": "u", "key_wo": "battery staple" },
        "on": on,
    }))
}

/// The state that comes of it, or with the secrets that a provider's code leaks into it.
fn state(on: Option<&str>, secret: Option<&str>) -> Json {
    account(json!({
        "id": "id-n",
        "name": "n",
        "password_wo": secret,
        "login": { "user": "u", "key_wo": secret },
        "on": on,
    }))
}

async fn plan(client: &mut Client, prior: &Json, proposed: &Json) -> wire::plan_resource_change::Response {
    let request = wire::plan_resource_change::Request {
        type_name: "toy_account".to_owned(),
        prior_state: pack(prior),
        // Terraform leaves the secrets in it.
        proposed_new_state: pack(proposed),
        config: pack(&config(proposed["on"].as_str())),
        ..Default::default()
    };
    answer(client.rpc.plan_resource_change(request)).await
}

async fn apply(client: &mut Client, prior: &Json, planned: &Json) -> wire::apply_resource_change::Response {
    let request = wire::apply_resource_change::Request {
        type_name: "toy_account".to_owned(),
        prior_state: pack(prior),
        planned_state: pack(planned),
        config: pack(&config(planned["on"].as_str())),
        ..Default::default()
    };
    answer(client.rpc.apply_resource_change(request)).await
}

/// Asserts that nothing secret is in a state, and gives what the provider's code has seen.
fn seen(state: &Option<wire::DynamicValue>) -> String {
    let bytes = state.clone().unwrap();
    for bytes in [&bytes.msgpack, &bytes.json] {
        let text = String::from_utf8_lossy(bytes).replace("correct horse battery staple", "");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let state = unpack_unknown(state);
    assert_eq!(state["password_wo"], Json::Null);
    assert_eq!(state["login"]["key_wo"], Json::Null);
    state["seen"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_schema_says_what_is_write_only_and_what_is_deprecated() {
    let process = Process::start();
    let mut schema = process.client().await.schema().await;
    assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    let block = schema
        .resource_schemas
        .remove("toy_account")
        .unwrap()
        .block
        .unwrap();
    let find = |name: &str| block.attributes.iter().find(|it| it.name == name).unwrap();
    let login = find("login").nested_type.as_ref().unwrap();
    let key = login.attributes.iter().find(|it| it.name == "key_wo").unwrap();
    assert!(find("password_wo").write_only && key.write_only);
    assert!(!find("name").write_only && !find("login").write_only);
    let email = find("email");
    assert!(email.deprecated);
    assert_eq!(email.deprecation_message, "Use name instead.");
    // Terraform 1.15 refuses a provider that sends one without the other.
    for attribute in &block.attributes {
        assert_eq!(
            attribute.deprecated,
            !attribute.deprecation_message.is_empty(),
            "{}",
            attribute.name
        );
    }
    let status = schema
        .data_source_schemas
        .remove("toy_status")
        .unwrap()
        .block
        .unwrap();
    assert_eq!(status.deprecation_message, "Ask the toy itself.");
    let provider = schema.provider.unwrap().block.unwrap();
    let token = provider.attributes.iter().find(|it| it.name == "token").unwrap();
    assert!(token.deprecated && token.deprecation_message == "Use greeting.");
}

#[tokio::test]
async fn the_providers_code_sees_the_value_in_the_configuration_alone_and_no_plan_or_state_has_it() {
    let process = Process::start();
    let mut client = process.client().await;
    let secrets = "correct horse battery staple";

    let planned = plan(&mut client, &Json::Null, &config(TELL)).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    assert_eq!(
        seen(&planned.planned_state),
        format!("proposed null null config {secrets}")
    );
    let prior = state(TELL, None);
    let planned = plan(&mut client, &state(TELL, Some("old")), &config(TELL)).await;
    assert_eq!(
        seen(&planned.planned_state),
        format!("prior null null proposed null null config {secrets}")
    );

    let created = apply(&mut client, &Json::Null, &state(TELL, Some("old"))).await;
    assert!(created.diagnostics.is_empty(), "{:?}", created.diagnostics);
    assert_eq!(
        seen(&created.new_state),
        format!("planned null null config {secrets}")
    );
    let updated = apply(&mut client, &prior, &state(TELL, Some("old"))).await;
    assert_eq!(
        seen(&updated.new_state),
        format!("prior null null planned null null config {secrets}")
    );

    let read = client
        .about("toy_account")
        .read(&state(TELL, Some("old")), &[])
        .await;
    assert_eq!(seen(&read.new_state), "current null null");
}

#[tokio::test]
async fn no_state_beside_an_error_has_the_value() {
    let process = Process::start();
    let mut client = process.client().await;
    for on in ["saved", "error", "nothing"] {
        let planned = state(Some(on), None);
        let created = apply(&mut client, &Json::Null, &planned).await;
        assert_eq!(errors(&created.diagnostics).len(), 1, "{on}");
        if on != "nothing" {
            seen(&created.new_state);
        }
        // Not even one that Terraform itself should not have.
        let updated = apply(&mut client, &state(Some(on), Some("hunter2")), &planned).await;
        assert_eq!(errors(&updated.diagnostics).len(), 1, "{on}");
        seen(&updated.new_state);
    }
    let state = state(Some("error"), Some("hunter2"));
    let destroyed = apply(&mut client, &state, &Json::Null).await;
    seen(&destroyed.new_state);
    let read = client.about("toy_account").read(&state, &[]).await;
    assert_eq!(errors(&read.diagnostics), ["as told"]);
    seen(&read.new_state);
}

#[tokio::test]
async fn no_imported_upgraded_or_moved_state_has_the_value() {
    let process = Process::start();
    let mut client = process.client().await.about("toy_account");
    let imported = client.import("id-n").await;
    seen(&imported.imported_resources[0].state);
    let stored = state(TELL, Some("hunter2")).to_string();
    for version in [1, 2] {
        seen(&client.upgrade(version, &stored).await.upgraded_state);
    }
    seen(&client.move_state("other_account", &stored).await.target_state);
}

async fn validate(client: &mut Client, config: Json, allowed: bool) -> Vec<wire::Diagnostic> {
    let request = wire::validate_resource_config::Request {
        type_name: "toy_account".to_owned(),
        config: pack(&config),
        client_capabilities: Some(wire::ClientCapabilities {
            write_only_attributes_allowed: allowed,
            ..Default::default()
        }),
    };
    answer(client.rpc.validate_resource_config(request))
        .await
        .diagnostics
}

#[tokio::test]
async fn a_terraform_that_would_store_the_value_is_refused_it() {
    const SENTENCE: &str = "Write-only attributes are only supported in Terraform 1.11 and later";
    let process = Process::start();
    let mut client = process.client().await;
    assert!(validate(&mut client, config(TELL), true).await.is_empty());
    let refused = validate(&mut client, config(TELL), false).await;
    assert_eq!(errors(&refused), [SENTENCE, SENTENCE]);
    let names: Vec<_> = refused.iter().map(about).collect();
    assert_eq!(names, [Some("login"), Some("password_wo")]);
    let refused = format!("{refused:?}");
    assert!(
        !refused.contains("horse") && !refused.contains("staple"),
        "{refused}"
    );
    let without = account(json!({ "name": "n", "login": { "user": "u", "key_wo": null } }));
    assert!(validate(&mut client, without, false).await.is_empty());
}

#[tokio::test]
async fn a_replacement_may_be_for_a_write_only_attribute() {
    let process = Process::start();
    let mut client = process.client().await;
    let on = Some("replace");
    let planned = plan(&mut client, &state(on, None), &config(on)).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    assert_eq!(planned.requires_replace.len(), 1);
    seen(&planned.planned_state);
}
