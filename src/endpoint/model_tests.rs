//! State and API agree for anything: what either API can return, and what the schema accepts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use proptest::{option, prelude::*};
use runpod::{
    Container, ContainerWrite,
    endpoints::{Endpoint, EndpointWrite},
};
use tf_provider::{Diagnostics, value::Value};

use super::{EndpointNoun, schema::ATTRIBUTES, together};
use crate::{
    container::CONTAINER,
    managed::{
        attribute::Mode,
        reconcile,
        value::{Attributes, Datum},
    },
};

type Echo = BTreeMap<String, Value<Datum>>;

/// Which API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Through {
    GraphQl,
    Rest,
}

/// A container with this command as the API shows it: lists are stored as JSON, and a text is told taken apart.
fn with_command(args: Option<String>, entrypoint: Vec<String>, cmd: Vec<String>) -> Container {
    let is_in_lists = !entrypoint.is_empty() || !cmd.is_empty();
    let words = args
        .iter()
        .flat_map(|text| text.split_whitespace().map(str::to_owned));
    let stored = is_in_lists.then(|| serde_json::json!({"entrypoint": entrypoint, "cmd": cmd}).to_string());
    Container {
        cmd: if is_in_lists { cmd } else { words.collect() },
        args: args.or(stored),
        entrypoint,
        is_in_lists,
        ..Container::default()
    }
}

/// What a write leaves behind of a container.
fn save_container(write: &ContainerWrite, before: &Container) -> Container {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let list = |new: &Option<Vec<String>>, old: &Vec<String>| new.clone().unwrap_or_else(|| old.clone());
    // What a text is told taken apart is no list that would stay.
    let told = |list: &Vec<String>| if before.is_in_lists { list.clone() } else { vec![] };
    let lists = (
        list(&write.entrypoint, &told(&before.entrypoint)),
        list(&write.cmd, &told(&before.cmd)),
    );
    let is_list = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let becomes_lists = is_list(&write.entrypoint) || is_list(&write.cmd);
    let command = match &write.args {
        Some(text) if !text.is_empty() => with_command(Some(text.clone()), vec![], vec![]),
        _ if becomes_lists || before.is_in_lists => with_command(None, lists.0, lists.1),
        Some(_) => with_command(None, vec![], vec![]),
        None => with_command(before.args.clone(), vec![], vec![]),
    };
    Container {
        image: write.image.clone().or(before.image.clone()),
        disk: write.disk.or(before.disk).or(Some(5)),
        ports: list(&write.ports, &before.ports),
        env: write.env.clone().unwrap_or_else(|| before.env.clone()),
        registry_id: match &write.registry_id {
            Some(_) => some(&write.registry_id),
            None => before.registry_id.clone(),
        },
        ..command
    }
}

/// What a write leaves behind, as both APIs do it: what is not named stays, or is the default at creation.
fn save(write: &EndpointWrite, before: &Endpoint) -> Endpoint {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let text =
        |new: &Option<String>, old: &Option<String>| new.as_ref().map_or_else(|| old.clone(), |_| some(new));
    let list = |new: &Option<Vec<String>>, old: &Vec<String>| new.clone().unwrap_or_else(|| old.clone());
    let mut after = Endpoint {
        id: "i02xupws21hp6i".to_owned(),
        name: write.name.clone().unwrap_or_else(|| before.name.clone()),
        template_id: write.template_id.clone().or(before.template_id.clone()),
        container: save_container(&write.container, &before.container),
        gpu_ids: list(&write.gpu_ids, &before.gpu_ids),
        gpu_count: write.gpu_count.or(before.gpu_count).or(Some(1)),
        instance_ids: list(&write.instance_ids, &before.instance_ids),
        kind: write
            .kind
            .clone()
            .or(before.kind.clone())
            .or(Some("QB".to_owned())),
        workers_min: write.workers_min.or(before.workers_min).or(Some(0)),
        workers_max: write.workers_max.or(before.workers_max).or(Some(3)),
        idle_timeout: write.idle_timeout.or(before.idle_timeout).or(Some(10)),
        scaler_type: text(&write.scaler_type, &before.scaler_type).or(Some("QUEUE_DELAY".to_owned())),
        scaler_value: write.scaler_value.or(before.scaler_value).or(Some(4.0)),
        execution_timeout_ms: write.execution_timeout_ms.or(before.execution_timeout_ms),
        flashboot: text(&write.flashboot, &before.flashboot),
        locations: list(&write.locations, &before.locations),
        allowed_cuda_versions: list(&write.allowed_cuda_versions, &before.allowed_cuda_versions),
        min_cuda_version: text(&write.min_cuda_version, &before.min_cuda_version),
        ..before.clone()
    };
    if let Some(ids) = write.volume_ids() {
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        let is_single = write
            .network_volume_id
            .as_deref()
            .is_some_and(|id| !id.is_empty());
        after.network_volume_id = (is_single && ids.len() == 1).then(|| ids[0].clone());
        after.network_volume_ids = if is_single { vec![] } else { ids };
    }
    if !after.instance_ids.is_empty() {
        after.gpu_ids.clear();
    }
    after
}

/// The same endpoint as the API shows it.
fn shown(endpoint: &Endpoint, through: Through) -> Endpoint {
    let mut shown = endpoint.clone();
    match through {
        Through::GraphQl => {
            shown.template_id = shown.template_id.or(Some("own0template".to_owned()));
            shown.template_is_own = endpoint.template_id.is_none();
            shown.container = Container::default();
        }
        Through::Rest => {
            shown.network_volume_ids = endpoint.volume_ids().into_iter().map(str::to_owned).collect();
            shown.network_volume_id = None;
            shown
                .container
                .image
                .get_or_insert("of/the-template:1".to_owned());
            shown.template_id = None;
            if shown.scaler_type.as_deref() == Some("REQUEST_COUNT") && shown.kind.as_deref() == Some("QB") {
                shown.idle_timeout = None;
            }
        }
    }
    shown
}

fn subset(items: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(items, least..=items.len())
        .prop_shuffle()
        .prop_map(|items| items.into_iter().map(str::to_owned).collect())
}

fn one_of(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(items).prop_map(str::to_owned)
}

fn volumes() -> impl Strategy<Value = (Option<String>, Vec<String>)> {
    let id = |id: &str| id.to_owned();
    prop_oneof![
        Just((None, vec![])),
        Just((Some(id("agv6w2qcg7")), vec![])),
        Just((Some(id("agv6w2qcg7")), vec![id("agv6w2qcg7")])),
        Just((None, vec![id("agv6w2qcg7")])),
        Just((None, vec![id("agv6w2qcg7"), id("bbv6w2qcg7")])),
    ]
}

prop_compose! {
    /// The container of an endpoint with an image.
    fn any_container()(
        image in "[a-z]{1,8}/[a-z]{1,8}:[0-9]",
        args in option::of("[a-z -]{1,12}[a-z]"),
        commands in (subset(&["python", "-u"], 0), subset(&["handler.py", "--fast"], 0)),
        disk in 1_i64..100,
        ports in subset(&["80/http", "22/tcp"], 0),
        env in proptest::collection::btree_map("[A-Z_]{1,6}", ".{0,8}", 0..4),
        registry_id in option::of("[a-z0-9]{8}"),
    ) -> Endpoint {
        let (entrypoint, cmd) = if args.is_some() { (vec![], vec![]) } else { commands };
        let container = Container {
            image: Some(image),
            disk: Some(disk),
            ports,
            env: env.into_iter().collect(),
            registry_id,
            ..with_command(args, entrypoint, cmd)
        };
        Endpoint { container, ..Endpoint::default() }
    }
}

prop_compose! {
    /// Any endpoint that both APIs can hold.
    fn any_endpoint()(
        container in prop_oneof![
            Just(Endpoint { template_id: Some("xkhgg72fuo".to_owned()), ..Endpoint::default() }),
            any_container(),
        ],
        name in "[a-zA-Z][a-zA-Z0-9 -]{2,12}( -fb)?",
        gpus in (subset(&["AMPERE_16", "ADA_24", "HOPPER_141"], 1), subset(&["-NVIDIA L4", "-NVIDIA RTX A4500"], 0)),
        is_cpu in any::<bool>(),
        numbers in (1_i64..8, 0_i64..3, 3_i64..9, 1_i64..3600, 1_u32..99),
        execution_timeout_ms in option::of(0_i64..700_000),
        words in (one_of(&["QB", "LB"]), one_of(&["QUEUE_DELAY", "REQUEST_COUNT"]), option::of(one_of(&["OFF", "FLASHBOOT"]))),
        locations in subset(&["US-KS-2", "EU-RO-1"], 0),
        (network_volume_id, network_volume_ids) in volumes(),
        allowed_cuda_versions in subset(&["12.4", "12.8", "13.0"], 0),
        min_cuda_version in option::of(Just("12.4".to_owned())),
    ) -> Endpoint {
        let min_cuda_version = min_cuda_version.filter(|_| allowed_cuda_versions.is_empty());
        Endpoint {
            id: "i02xupws21hp6i".to_owned(),
            name,
            gpu_ids: if is_cpu { vec![] } else { gpus.0.into_iter().chain(gpus.1).collect() },
            gpu_count: (!is_cpu).then_some(numbers.0),
            instance_ids: if is_cpu { vec!["cpu3c-2-4".to_owned()] } else { vec![] },
            kind: Some(words.0),
            workers_min: Some(numbers.1),
            workers_max: Some(numbers.2),
            idle_timeout: Some(numbers.3),
            scaler_type: Some(words.1),
            scaler_value: Some(numbers.4.into()),
            execution_timeout_ms,
            flashboot: words.2,
            locations,
            network_volume_id,
            network_volume_ids,
            allowed_cuda_versions,
            min_cuda_version,
            ..container
        }
    }
}

fn any_api() -> impl Strategy<Value = Through> {
    prop_oneof![Just(Through::GraphQl), Just(Through::Rest)]
}

/// The state of an endpoint that was read through an API, in a state that knows its container.
fn state_of(endpoint: &Endpoint, through: Through) -> Attributes {
    let mut known = Attributes::default();
    let container = reconcile::found::<EndpointNoun>(endpoint, &known);
    for name in ["template_id", "image"] {
        if endpoint.template_id.is_some() == (name == "template_id") {
            known.set(name, container.get(name).clone());
        }
    }
    let through = if endpoint.template_id.is_none() {
        Through::Rest
    } else {
        through
    };
    reconcile::refresh::<EndpointNoun>(&known, &Echo::default(), &shown(endpoint, through)).0
}

/// A configuration that asks for what the endpoint has, in part: some optional attributes are left out.
fn configuration(state: &Attributes, left_out: &[bool]) -> Attributes {
    let mut config = state.clone();
    for row in ATTRIBUTES.iter().filter(|row| !row.is_configurable()) {
        config.set(row.name, Value::Null);
    }
    config.set("id", Value::Null);
    let optional = ATTRIBUTES.iter().filter(|row| row.mode == Mode::OptionalComputed);
    for (row, _) in optional.zip(left_out).filter(|(_, left_out)| **left_out) {
        config.set(row.name, Value::Null);
    }
    config
}

/// What Terraform proposes: the configuration, and for computed attributes left out what `otherwise` says.
fn proposed(config: &Attributes, otherwise: impl Fn(&str) -> Value<Datum>) -> Attributes {
    let mut proposed = config.clone();
    proposed.set("id", otherwise("id"));
    for row in ATTRIBUTES.iter().filter(|row| row.is_of_resource()) {
        let is_computed = matches!(row.mode, Mode::OptionalComputed | Mode::Computed);
        if is_computed && config.get(row.name).is_null() {
            proposed.set(row.name, otherwise(row.name));
        }
    }
    proposed
}

proptest! {
    /// The same state under the other API plans clean: written through one, read through the other.
    #[test]
    fn an_endpoint_reads_alike_through_both_apis(endpoint in any_endpoint(), first in any_api()) {
        let state = state_of(&endpoint, first);
        for through in [Through::GraphQl, Through::Rest] {
            let (read, _) = reconcile::refresh::<EndpointNoun>(&state, &Echo::default(), &shown(&endpoint, through));
            for row in ATTRIBUTES.iter().filter(|row| row.is_configurable()) {
                let (was, is) = (state.get(row.name), read.get(row.name));
                prop_assert!(was == is || was.is_null() && row.mode == Mode::OptionalComputed, "{}: {:?} {:?}", row.name, was, is);
            }
        }
    }

    /// An update that changes nothing writes nothing, whichever API shows the endpoint.
    #[test]
    fn an_update_without_a_change_writes_nothing(endpoint in any_endpoint(), first in any_api(), through in any_api()) {
        let state = state_of(&endpoint, first);
        let change = reconcile::to_update::<EndpointNoun>(&state, &state, &state, &Echo::default(), &shown(&endpoint, through));
        prop_assert!(!change.differs, "{:?}", change.write);
    }

    /// What the schema accepts plans clean right after it was applied, and is read as it was written.
    #[test]
    fn a_configuration_plans_clean_after_it_was_applied(
        endpoint in any_endpoint(),
        first in any_api(),
        left_out in proptest::collection::vec(any::<bool>(), 10),
        respelled in any::<bool>(),
    ) {
        let through = if endpoint.template_id.is_none() { Through::Rest } else { first };
        let config = configuration(&state_of(&endpoint, through), &left_out);
        let mut diags = Diagnostics::default();
        ATTRIBUTES.iter().for_each(|row| row.check(&mut diags, &config));
        together::check(&mut diags, &config);
        prop_assert_eq!(&diags.errors, &vec![]);

        let mut planned = proposed(&config, |_| Value::Unknown);
        if config.has("instance_ids") {
            planned.set("gpu_count", Value::Null);
        }
        if config.has("template_id") {
            planned.set("disk", Value::Null);
        }
        let write = reconcile::to_create::<EndpointNoun>(&config, &planned);
        let mut created = shown(&save(&write, &Endpoint::default()), through);
        if respelled {
            created.name = format!("{} -fb", created.name.trim_end_matches(" -fb"));
            created.locations.reverse();
            created.execution_timeout_ms = created.execution_timeout_ms.filter(|limit| *limit != 0);
            created.min_cuda_version = created.min_cuda_version.or(Some(String::new()));
        }
        let (state, echo, deviations) = reconcile::settle::<EndpointNoun>(&planned, &created);
        prop_assert!(deviations.is_empty(), "{:?}", deviations);
        for row in ATTRIBUTES.iter().filter(|row| row.is_of_resource()) {
            prop_assert!(!state.get(row.name).is_unknown(), "{} stays unknown", row.name);
            if config.get(row.name).is_value() {
                prop_assert_eq!(state.get(row.name), config.get(row.name), "{} is not as configured", row.name);
            }
        }
        let (refreshed, echo) = reconcile::refresh::<EndpointNoun>(&state, &echo, &created);
        prop_assert_eq!(&refreshed, &state);
        prop_assert_eq!(&proposed(&config, |name| refreshed.get(name).clone()), &state);

        // Once the API no longer holds its echo, that is drift.
        created.name = "renamed in the console".to_owned();
        let (drifted, _) = reconcile::refresh::<EndpointNoun>(&state, &echo, &created);
        prop_assert_eq!(drifted.text("name"), Some("renamed in the console"));
    }

    /// Whatever else the API stored is told at once, and is a difference at the next read.
    #[test]
    fn another_value_than_was_asked_for_is_told_and_is_drift(
        endpoint in any_endpoint(), other in any_endpoint(), first in any_api(),
    ) {
        let through = if endpoint.template_id.is_none() { Through::Rest } else { first };
        let planned = state_of(&endpoint, through);
        let others = shown(&other, through);
        let found = reconcile::found::<EndpointNoun>(&others, &planned);
        let (state, echo, deviations) = reconcile::settle::<EndpointNoun>(&planned, &others);
        let (read, _) = reconcile::refresh::<EndpointNoun>(&state, &echo, &others);
        for row in ATTRIBUTES.iter().filter(|row| row.is_configurable()) {
            let (wanted, is) = (planned.get(row.name), found.get(row.name));
            let is_told = deviations.iter().any(|deviation| deviation.name == row.name);
            if is.is_unknown() || row.same(wanted, is) || row.is_echo(wanted, is) {
                prop_assert!(!is_told, "{}", row.name);
                prop_assert!(wanted.is_null() || read.get(row.name) == wanted, "{}", row.name);
            } else {
                prop_assert!(is_told, "{} {:?} {:?}", row.name, wanted, is);
                prop_assert_ne!(read.get(row.name), wanted, "{}", row.name);
            }
        }
    }

    /// Only what the plan showed is written.
    #[test]
    fn an_update_changes_only_what_was_planned(
        endpoint in any_endpoint(), other in any_endpoint(), first in any_api(),
    ) {
        let through = if endpoint.template_id.is_none() { Through::Rest } else { first };
        let (prior, wanted) = (state_of(&endpoint, through), state_of(&other, through));
        let before = shown(&endpoint, through);
        for row in ATTRIBUTES.iter().filter(|row| row.is_configurable() && !row.replaces) {
            let is_container = CONTAINER.contains(&row.name);
            let is_kind = ["gpu_ids", "instance_ids", "gpu_count", "template_id", "image"].contains(&row.name);
            let is_decided_by_api = row.mode == Mode::OptionalComputed && wanted.get(row.name).is_null();
            if is_kind || is_decided_by_api || is_container && endpoint.container.image.is_some() != other.container.image.is_some() {
                continue;
            }
            let mut planned = prior.clone();
            // Attributes that exclude each other change together.
            let together = [&["network_volume_id", "network_volume_ids"][..], &["args", "entrypoint", "cmd"]];
            let names = together.into_iter().find(|names| names.contains(&row.name));
            for name in names.unwrap_or(&[row.name]) {
                planned.set(name, wanted.get(name).clone());
            }
            let config = configuration(&planned, &[false; 10]);
            super::idle_timeout_of_plan(&prior, &config, &mut planned);
            let change = reconcile::to_update::<EndpointNoun>(&prior, &planned, &config, &Echo::default(), &before);
            prop_assert!(change.drifted.is_empty(), "{:?}", change.drifted);
            let after = shown(&save(&change.write, &endpoint), through);
            let (state, _, deviations) = reconcile::settle::<EndpointNoun>(&planned, &after);
            prop_assert!(deviations.is_empty(), "{}: {:?}", row.name, deviations);
            for (name, value) in planned.0.iter().filter(|(_, value)| !value.is_unknown()) {
                prop_assert_eq!(state.get(name), value, "{}", name);
            }
        }
    }
}

#[test]
fn a_change_since_the_plan_is_left_alone_and_told() {
    let endpoint = Endpoint {
        template_id: Some("xkhgg72fuo".to_owned()),
        ..save(
            &EndpointWrite {
                name: Some("sdxl".to_owned()),
                ..EndpointWrite::default()
            },
            &Endpoint::default(),
        )
    };
    let prior = state_of(&endpoint, Through::GraphQl);
    let mut planned = prior.clone();
    planned.set("idle_timeout", Value::Value(Datum::Integer(60)));
    let fresh = Endpoint {
        workers_max: Some(7),
        ..shown(&endpoint, Through::GraphQl)
    };
    let change = reconcile::to_update::<EndpointNoun>(&prior, &planned, &planned, &Echo::default(), &fresh);
    assert_eq!(
        (change.write.workers_max, change.write.idle_timeout),
        (None, Some(60))
    );
    let drifted: Vec<_> = change.drifted.iter().map(|deviation| deviation.name).collect();
    assert_eq!(drifted, ["workers_max"]);
}
