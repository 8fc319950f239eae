//! The admin routes under `/_emulator/`: the console, the log and the faults for those outside the process.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{delete, get, patch, post},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    account::{
        console::ConsoleRow,
        rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume},
        store::Store,
        switches::Switches,
    },
    faults::fault::Fault,
    world::World,
};

type Shared = State<Arc<World>>;
type Reply = Result<Json<Value>, (StatusCode, Json<Value>)>;

/// The admin routes of a world.
pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/_emulator/state", get(state))
        .route("/_emulator/requests", get(requests).delete(clear_requests))
        .route(
            "/_emulator/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .merge(rows::<StoredEndpoint>("endpoints"))
        .merge(rows::<StoredTemplate>("templates"))
        .merge(rows::<StoredVolume>("volumes"))
        .merge(rows::<StoredRegistryAuth>("registries"))
        .merge(rows::<StoredSecret>("secrets"))
        .route("/_emulator/keys", get(keys).post(add_key))
        .route("/_emulator/keys/{key}", delete(revoke_key))
        .route("/_emulator/account", patch(edit_account))
        .route("/_emulator/switches", get(switches).patch(edit_switches))
        .route("/_emulator/parked", get(parked))
        .route("/_emulator/release", post(release))
        .with_state(world)
}

fn bad(error: impl ToString) -> (StatusCode, Json<Value>) {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error.to_string()})))
}

fn missing<T: ConsoleRow>(id: &str) -> (StatusCode, Json<Value>) {
    (
        StatusCode::NOT_FOUND,
        Json(json!({"error": format!("there is no {} {id}", T::NOUN)})),
    )
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, (StatusCode, Json<Value>)> {
    serde_json::from_value(value).map_err(bad)
}

fn kept<T>(world: &World, change: impl FnOnce(&mut Store) -> T) -> Result<T, (StatusCode, Json<Value>)> {
    world.accounts.own.console(change).map_err(bad)
}

/// A value with the top-level keys of a patch written over its own.
fn merged<T: Serialize + DeserializeOwned>(old: &T, changes: Value) -> Result<T, (StatusCode, Json<Value>)> {
    let mut value = serde_json::to_value(old).map_err(bad)?;
    let (Value::Object(kept), Value::Object(changes)) = (&mut value, changes) else {
        return Err(bad("the body must be a JSON object"));
    };
    kept.extend(changes);
    read(value)
}

async fn state(State(world): Shared) -> Json<Value> {
    let store = world.accounts.own.store();
    Json(json!({"account": store.data, "switches": store.switches}))
}

async fn requests(State(world): Shared) -> Json<Value> {
    let log = world.log();
    Json(json!({"requests": log.records(), "peakConcurrency": log.peak()}))
}

async fn clear_requests(State(world): Shared) -> Json<Value> {
    world.log().clear();
    Json(json!({}))
}

async fn faults(State(world): Shared) -> Json<Value> {
    Json(world.plan().dump())
}

async fn add_fault(State(world): Shared, Json(body): Json<Value>) -> Reply {
    let fault: Fault = read(body)?;
    let id = world.add_fault(fault).map_err(bad)?;
    Ok(Json(json!({"id": id})))
}

async fn clear_faults(State(world): Shared) -> Json<Value> {
    world.plan().clear();
    Json(json!({}))
}

#[derive(Deserialize)]
struct Count {
    #[serde(default = "once")]
    count: usize,
}

fn once() -> usize {
    1
}

/// The routes of one kind of row.
fn rows<T: ConsoleRow>(name: &str) -> Router<Arc<World>> {
    Router::new()
        .route(&format!("/_emulator/{name}"), post(add::<T>))
        .route(
            &format!("/_emulator/{name}/{{id}}"),
            patch(edit::<T>).delete(remove::<T>),
        )
}

async fn add<T: ConsoleRow>(
    State(world): Shared,
    Query(count): Query<Count>,
    Json(body): Json<Value>,
) -> Reply {
    let row: T = read(body)?;
    if count.count > 1 && !row.id().is_empty() {
        return Err(bad(format!("several rows cannot share an id: {}", T::NOUN)));
    }
    let ids = kept(&world, |store| {
        (0..count.count)
            .map(|_| store.put(row.clone()))
            .collect::<Vec<_>>()
    })?;
    Ok(Json(json!({"id": ids.first(), "ids": ids})))
}

async fn edit<T: ConsoleRow>(State(world): Shared, Path(id): Path<String>, Json(body): Json<Value>) -> Reply {
    let edited = kept(&world, |store| {
        let change = |row: &mut T| {
            *row = merged(row, body)?;
            serde_json::to_value(row).map_err(bad)
        };
        store.edit(&id, change).unwrap_or_else(|| Err(missing::<T>(&id)))
    })??;
    Ok(Json(edited))
}

async fn remove<T: ConsoleRow>(State(world): Shared, Path(id): Path<String>) -> Reply {
    if kept(&world, |store| store.take::<T>(&id))? {
        Ok(Json(json!({})))
    } else {
        Err(missing::<T>(&id))
    }
}

async fn keys(State(world): Shared) -> Json<Value> {
    let keys = world.accounts.keys();
    Json(json!({"owner": keys.owner, "restricted": keys.restricted, "other": keys.other}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    key: String,
    #[serde(default)]
    of: Of,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
enum Of {
    #[default]
    Owner,
    Restricted,
    Other,
}

async fn add_key(State(world): Shared, Json(body): Json<Value>) -> Reply {
    let new: NewKey = read(body)?;
    {
        let mut keys = world.accounts.keys();
        let list = match new.of {
            Of::Owner => &mut keys.owner,
            Of::Restricted => &mut keys.restricted,
            Of::Other => &mut keys.other,
        };
        list.push(new.key);
    }
    Ok(keys(State(world)).await)
}

async fn revoke_key(State(world): Shared, Path(key): Path<String>) -> Json<Value> {
    world.accounts.keys().revoke(&key);
    keys(State(world)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    quota: Option<i32>,
    balance: Option<f64>,
}

async fn edit_account(State(world): Shared, Json(body): Json<Value>) -> Reply {
    let account: Account = read(body)?;
    let now = kept(&world, |store| {
        store.data.quota = account.quota.unwrap_or(store.data.quota);
        store.data.balance = account.balance.unwrap_or(store.data.balance);
        json!({"quota": store.data.quota, "balance": store.data.balance})
    })?;
    Ok(Json(now))
}

async fn switches(State(world): Shared) -> Json<Value> {
    Json(json!(world.accounts.own.store().switches))
}

async fn edit_switches(State(world): Shared, Json(body): Json<Value>) -> Reply {
    let switches: Switches = merged(&world.accounts.own.store().switches.clone(), body)?;
    switches.check().map_err(bad)?;
    let shown = json!(switches);
    world.switch(|old| *old = switches);
    Ok(Json(shown))
}

#[derive(Deserialize)]
struct ParkedWait {
    #[serde(default)]
    timeout_ms: u64,
}

/// How many requests are parked, after waiting for one for up to `timeout_ms`.
async fn parked(State(world): Shared, Query(wait): Query<ParkedWait>) -> Json<Value> {
    let waiting = Arc::clone(&world);
    let span = Duration::from_millis(wait.timeout_ms);
    let _ = tokio::task::spawn_blocking(move || waiting.holds.wait(1, span)).await;
    Json(json!({"parked": world.holds.count()}))
}

async fn release(State(world): Shared) -> Json<Value> {
    Json(json!({"released": world.holds.release()}))
}
