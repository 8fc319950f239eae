//! Identities: on every path, with states and Terraforms that have none, and never another one.

use serde_json::{Value as Json, json};

use crate::{
    client::{Client, account, answer, errors, pack, unpack, wire},
    support::Process,
};

const TYPE: &str = "toy_account";
/// What an object that has become another one reads like to users.
const CHANGED: &str = "Unexpected Identity Change";

fn identity(id: &str, zone: Option<&str>) -> Json {
    json!({ "id": id, "zone": zone })
}

fn pack_identity(identity: &Json) -> Option<wire::ResourceIdentityData> {
    (!identity.is_null()).then(|| wire::ResourceIdentityData {
        identity_data: pack(identity),
    })
}

/// Null where there is none.
fn unpack_identity(identity: &Option<wire::ResourceIdentityData>) -> Json {
    identity
        .as_ref()
        .map_or(Json::Null, |identity| unpack(&identity.identity_data))
}

fn state(on: Option<&str>, zone: Option<&str>) -> Json {
    account(json!({ "id": "id-n", "name": "n", "zone": zone, "on": on }))
}

async fn refresh(client: &mut Client, state: &Json, identity: &Json) -> wire::read_resource::Response {
    let request = wire::read_resource::Request {
        type_name: TYPE.to_owned(),
        current_state: pack(state),
        current_identity: pack_identity(identity),
        ..Default::default()
    };
    answer(client.rpc.read_resource(request)).await
}

async fn plan(
    client: &mut Client,
    prior: &Json,
    proposed: &Json,
    identity: &Json,
) -> wire::plan_resource_change::Response {
    let request = wire::plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: pack(prior),
        proposed_new_state: pack(proposed),
        config: pack(proposed),
        prior_identity: pack_identity(identity),
        ..Default::default()
    };
    answer(client.rpc.plan_resource_change(request)).await
}

async fn apply(
    client: &mut Client,
    prior: &Json,
    planned: &Json,
    identity: &Json,
) -> wire::apply_resource_change::Response {
    let request = wire::apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: pack(prior),
        planned_state: pack(planned),
        config: pack(planned),
        planned_identity: pack_identity(identity),
        ..Default::default()
    };
    answer(client.rpc.apply_resource_change(request)).await
}

async fn import(client: &mut Client, id: &str, identity: &Json) -> wire::import_resource_state::Response {
    let request = wire::import_resource_state::Request {
        type_name: TYPE.to_owned(),
        id: id.to_owned(),
        identity: pack_identity(identity),
        ..Default::default()
    };
    answer(client.rpc.import_resource_state(request)).await
}

#[tokio::test]
async fn the_schemas_are_those_of_the_resources_with_an_identity() {
    let process = Process::start();
    let request = wire::get_resource_identity_schemas::Request {};
    let schemas = answer(process.client().await.rpc.get_resource_identity_schemas(request)).await;
    assert!(schemas.diagnostics.is_empty(), "{:?}", schemas.diagnostics);
    let types: Vec<_> = schemas.identity_schemas.keys().collect();
    assert_eq!(types, [TYPE]);
    let schema = &schemas.identity_schemas[TYPE];
    assert_eq!(schema.version, 1);
    let attributes: Vec<_> = schema
        .identity_attributes
        .iter()
        .map(|it| (it.name.as_str(), it.required_for_import, it.optional_for_import))
        .collect();
    assert_eq!(attributes, [("id", true, false), ("zone", false, true)]);
    assert!(
        schema
            .identity_attributes
            .iter()
            .all(|it| it.r#type == b"\"string\"")
    );
}

#[tokio::test]
async fn an_object_gets_its_identity_when_it_is_created_whatever_becomes_of_the_create() {
    let process = Process::start();
    let mut client = process.client().await;
    let proposed = account(json!({ "name": "n", "zone": "z" }));
    let planned = plan(&mut client, &Json::Null, &proposed, &Json::Null).await;
    assert_eq!(planned.planned_identity, None);
    for (on, failures) in [(None, 0), (Some("saved"), 1), (Some("error"), 1)] {
        let planned = account(json!({ "name": "n", "zone": "z", "on": on }));
        let created = apply(&mut client, &Json::Null, &planned, &Json::Null).await;
        assert_eq!(errors(&created.diagnostics).len(), failures);
        assert_eq!(
            unpack_identity(&created.new_identity),
            identity("id-n", Some("z")),
            "{on:?}"
        );
    }
    let nothing = account(json!({ "name": "n", "on": "nothing" }));
    let created = apply(&mut client, &Json::Null, &nothing, &Json::Null).await;
    assert_eq!(created.new_identity, None);
}

#[tokio::test]
async fn a_replacement_gets_an_identity_of_its_own() {
    let process = Process::start();
    let mut client = process.client().await;
    let (before, old) = (identity("id-old", Some("z")), state(None, Some("z")));
    let planned = plan(&mut client, &old, &state(Some("replace"), Some("z")), &before).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    // Terraform hands the identity of the first plan to the second one.
    let proposed = account(json!({ "name": "n", "zone": "z" }));
    let again = plan(&mut client, &Json::Null, &proposed, &before).await;
    assert_eq!(again.planned_identity, None);
    let created = apply(&mut client, &Json::Null, &proposed, &before).await;
    assert!(created.diagnostics.is_empty(), "{:?}", created.diagnostics);
    assert_eq!(
        unpack_identity(&created.new_identity),
        identity("id-n", Some("z"))
    );
}

#[tokio::test]
async fn an_identity_goes_through_read_plan_and_apply() {
    let process = Process::start();
    let mut client = process.client().await;
    let (own, state) = (identity("id-n", Some("z")), state(None, Some("z")));
    let read = refresh(&mut client, &state, &own).await;
    assert_eq!(unpack_identity(&read.new_identity), own);
    let planned = plan(&mut client, &state, &state, &own).await;
    assert_eq!(unpack_identity(&planned.planned_identity), own);
    let updated = apply(&mut client, &state, &state, &own).await;
    assert!(updated.diagnostics.is_empty(), "{:?}", updated.diagnostics);
    assert_eq!(unpack_identity(&updated.new_identity), own);
    let destroy = plan(&mut client, &state, &Json::Null, &own).await;
    assert_eq!(unpack_identity(&destroy.planned_identity), own);
    let destroyed = apply(&mut client, &state, &Json::Null, &own).await;
    assert!(destroyed.diagnostics.is_empty(), "{:?}", destroyed.diagnostics);
    assert_eq!(unpack(&destroyed.new_state), Json::Null);
}

#[tokio::test]
async fn what_fails_takes_no_identity_away() {
    let process = Process::start();
    let mut client = process.client().await;
    let own = identity("id-n", Some("z"));
    let failing = state(Some("error"), Some("z"));
    let read = refresh(&mut client, &failing, &own).await;
    assert_eq!(unpack_identity(&read.new_identity), own);
    for on in ["error", "saved", "nothing"] {
        let updated = apply(&mut client, &failing, &state(Some(on), Some("z")), &own).await;
        assert_eq!(errors(&updated.diagnostics).len(), 1, "{on}");
        assert_eq!(unpack_identity(&updated.new_identity), own, "{on}");
    }
    let destroyed = apply(&mut client, &failing, &Json::Null, &own).await;
    assert_eq!(unpack_identity(&destroyed.new_identity), own);
    // A state that has lost it does not lose it for Terraform, too.
    let lost = refresh(&mut client, &state(Some("lost"), Some("z")), &own).await;
    assert!(lost.diagnostics.is_empty(), "{:?}", lost.diagnostics);
    assert_eq!(unpack_identity(&lost.new_identity), own);
}

#[tokio::test]
async fn a_state_without_an_identity_works_everywhere_and_gets_one() {
    let process = Process::start();
    let mut client = process.client().await;
    let (none, own) = (Json::Null, identity("id-n", Some("z")));
    let plain = state(None, Some("z"));
    let refreshed = refresh(&mut client, &plain, &none).await;
    assert_eq!(unpack_identity(&refreshed.new_identity), own);
    let gone = refresh(&mut client, &state(Some("gone"), Some("z")), &none).await;
    assert!(gone.diagnostics.is_empty(), "{:?}", gone.diagnostics);
    assert_eq!(unpack(&gone.new_state), Json::Null);
    // Without a refresh before it, too.
    let planned = plan(&mut client, &plain, &plain, &none).await;
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    assert_eq!(unpack_identity(&planned.planned_identity), own);
    for (on, failures) in [(None, 0), (Some("error"), 1), (Some("saved"), 1)] {
        let updated = apply(&mut client, &plain, &state(on, Some("z")), &none).await;
        assert_eq!(errors(&updated.diagnostics).len(), failures);
        assert_eq!(unpack_identity(&updated.new_identity), own, "{on:?}");
    }
    let nothing = apply(&mut client, &plain, &state(Some("nothing"), Some("z")), &none).await;
    assert_eq!(unpack(&nothing.new_state), plain);
    let destroyed = apply(&mut client, &plain, &Json::Null, &none).await;
    assert!(destroyed.diagnostics.is_empty(), "{:?}", destroyed.diagnostics);
}

#[tokio::test]
async fn an_identity_never_changes() {
    let process = Process::start();
    let mut client = process.client().await;
    let (own, prior) = (identity("id-n", Some("z")), state(None, Some("z")));

    let current = state(Some("moved"), Some("z"));
    let moved = refresh(&mut client, &current, &own).await;
    assert_eq!(errors(&moved.diagnostics), [CHANGED]);
    assert_eq!(
        (unpack(&moved.new_state), unpack_identity(&moved.new_identity)),
        (current, own.clone())
    );

    let proposed = state(Some("plan-other-identity"), Some("z"));
    let planned = plan(&mut client, &prior, &proposed, &own).await;
    assert_eq!(errors(&planned.diagnostics), [CHANGED]);
    assert_eq!(planned.planned_state, None);

    // With an identity and without one.
    for stored in [&own, &Json::Null] {
        let planned = state(Some("other-identity"), Some("z"));
        let updated = apply(&mut client, &prior, &planned, stored).await;
        assert_eq!(errors(&updated.diagnostics), [CHANGED]);
        assert_eq!(unpack(&updated.new_state), prior);
        assert_eq!(unpack_identity(&updated.new_identity), *stored);
    }
}

#[tokio::test]
async fn what_an_import_did_not_know_may_become_known() {
    let process = Process::start();
    let mut client = process.client().await;
    let imported = identity("id-n", None);
    let read = refresh(&mut client, &state(Some("moved"), None), &imported).await;
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    assert_eq!(
        unpack_identity(&read.new_identity),
        identity("id-n", Some("elsewhere"))
    );
}

#[tokio::test]
async fn an_import_by_id_or_by_identity_gives_the_identity() {
    let process = Process::start();
    let mut client = process.client().await;
    let own = identity("id-n", None);
    for (id, by) in [("id-n", &Json::Null), ("", &own)] {
        let answer = import(&mut client, id, by).await;
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        let [imported] = &answer.imported_resources[..] else {
            panic!("{:?}", answer.imported_resources)
        };
        assert_eq!(imported.type_name, TYPE);
        assert_eq!(unpack(&imported.state)["id"], "id-n");
        assert_eq!(unpack_identity(&imported.identity), own);
    }
}

#[tokio::test]
async fn an_import_by_identity_that_finds_nothing_or_something_else_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    for (by, error) in [
        (identity("id-n", Some("nowhere")), "there is no such zone"),
        (identity("", None), "An import needs an id"),
        (identity("nonsense", None), "The provider gave no answer"),
        // What comes of it is in no zone.
        (identity("id-n", Some("z")), CHANGED),
    ] {
        let answer = import(&mut client, "", &by).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert!(answer.imported_resources.is_empty());
    }
}

#[tokio::test]
async fn a_moved_state_has_its_identity_even_if_it_leaves_attributes_out() {
    let process = Process::start();
    let mut client = process.client().await.about(TYPE);
    let moved = client
        .move_state("other_account", &json!({ "id": "id-n" }).to_string())
        .await;
    assert!(moved.diagnostics.is_empty(), "{:?}", moved.diagnostics);
    assert_eq!(unpack_identity(&moved.target_identity), identity("id-n", None));
    assert_eq!(unpack(&moved.target_state), json!({ "id": "id-n" }));
}

async fn upgrade(
    client: &mut Client,
    version: i64,
    stored: &[u8],
) -> wire::upgrade_resource_identity::Response {
    let request = wire::upgrade_resource_identity::Request {
        type_name: TYPE.to_owned(),
        version,
        raw_identity: Some(wire::RawState {
            json: stored.to_vec(),
            ..Default::default()
        }),
    };
    answer(client.rpc.upgrade_resource_identity(request)).await
}

#[tokio::test]
async fn an_identity_of_an_older_version_is_upgraded_or_left_to_the_next_read() {
    let process = Process::start();
    let mut client = process.client().await;
    let own = identity("id-n", None);
    for (version, stored, expected) in [
        // Terraform takes a state without an identity for one of version 0.
        (0, &b""[..], &Json::Null),
        (0, b"null", &Json::Null),
        (0, b"{\"key\": \"id-n\"}", &own),
        (0, b"{\"other\": \"id-n\"}", &Json::Null),
        (1, b"{\"id\": \"id-n\", \"gone\": 1}", &own),
        (1, b"{", &Json::Null),
        (2, b"", &Json::Null),
    ] {
        let answer = upgrade(&mut client, version, stored).await;
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        assert_eq!(unpack_identity(&answer.upgraded_identity), *expected);
    }
    let newer = upgrade(&mut client, 2, b"{\"id\": \"id-n\"}").await;
    assert_eq!(
        errors(&newer.diagnostics),
        ["The stored identity is of a newer provider"]
    );
}
