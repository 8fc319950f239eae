//! The model holds for anything: what the API can return, and what the schema accepts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::{option, prelude::*};
use tf_provider::{Diagnostics, value::Value};

use super::{
    model::{self, Echo},
    rules,
    schema::ATTRIBUTES,
};
use crate::{
    attribute::Mode,
    value::{Attributes, Datum},
};
use runpod::{Endpoint, EndpointWrite};

/// What a write makes of an endpoint: what it names over what there was, and defaults at creation.
fn save(write: &EndpointWrite, before: &Endpoint) -> Endpoint {
    let is_cpu = write.instance_ids.is_some() || before.is_cpu();
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (network_volume_id, network_volume_ids) = match write.volume_ids() {
        None => (
            before.network_volume_id.clone(),
            before.network_volume_ids.clone(),
        ),
        Some(_) if some(write.network_volume_id.clone()).is_some() => {
            (write.network_volume_id.clone(), vec![])
        }
        Some(ids) => (None, ids.into_iter().map(str::to_owned).collect()),
    };
    Endpoint {
        id: "i02xupws21hp6i".to_owned(),
        name: write.name.clone().unwrap_or(before.name.clone()),
        template_id: write.template_id.clone().or(before.template_id.clone()),
        gpu_ids: write.gpu_ids.clone().unwrap_or(before.gpu_ids.clone()),
        gpu_count: write.gpu_count.or(before.gpu_count).or((!is_cpu).then_some(1)),
        instance_ids: write.instance_ids.clone().unwrap_or(before.instance_ids.clone()),
        kind: before
            .kind
            .clone()
            .or(write.kind.clone())
            .or(Some("QB".to_owned())),
        workers_min: write.workers_min.or(before.workers_min).or(Some(0)),
        workers_max: write.workers_max.or(before.workers_max).or(Some(3)),
        idle_timeout: write.idle_timeout.or(before.idle_timeout).or(Some(10)),
        scaler_type: write
            .scaler_type
            .clone()
            .or(before.scaler_type.clone())
            .or(Some("QUEUE_DELAY".to_owned())),
        scaler_value: write.scaler_value.or(before.scaler_value).or(Some(4.0)),
        execution_timeout_ms: write.execution_timeout_ms.or(before.execution_timeout_ms),
        flashboot: write.flashboot.clone().or(before.flashboot.clone()),
        locations: write.locations.clone().unwrap_or(before.locations.clone()),
        network_volume_id,
        network_volume_ids,
        allowed_cuda_versions: write
            .allowed_cuda_versions
            .clone()
            .unwrap_or(before.allowed_cuda_versions.clone()),
        min_cuda_version: some(write.min_cuda_version.clone().or(before.min_cuda_version.clone())),
        ..Endpoint::default()
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn some_of(items: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(items, 0..=items.len()).prop_map(|items| texts(&items))
}

fn volumes() -> impl Strategy<Value = (Option<String>, Vec<String>)> {
    let one = || Some("agv6w2qcg7".to_owned());
    prop_oneof![
        Just((None, vec![])),
        Just((one(), vec![])),
        Just((one(), texts(&["agv6w2qcg7"]))),
        Just((None, texts(&["agv6w2qcg7"]))),
        Just((None, texts(&["agv6w2qcg7", "bbv6w2qcg7"]))),
    ]
}

prop_compose! {
    /// Any endpoint that the API can return.
    fn any_endpoint()(
        name in "[a-zA-Z][a-zA-Z0-9 -]{2,12}( -fb)?",
        gpu_ids in proptest::sample::subsequence(vec!["AMPERE_16", "ADA_24", "HOPPER_141"], 1..=3).prop_shuffle(),
        is_cpu in any::<bool>(),
        numbers in (option::of(1..8_i64), option::of(0..3_i64), option::of(3..9_i64), option::of(1..3600_i64), option::of(1..99_i64)),
        execution_timeout_ms in option::of(0..700_000_i64),
        kind in option::of(prop_oneof![Just("QB".to_owned()), Just("LB".to_owned())]),
        scaler_type in option::of(prop_oneof![Just("QUEUE_DELAY".to_owned()), Just("REQUEST_COUNT".to_owned())]),
        flashboot in option::of(prop_oneof![Just("OFF".to_owned()), Just("FLASHBOOT".to_owned())]),
        locations in some_of(&["US", "EU-RO-1", "CZ"]),
        (network_volume_id, network_volume_ids) in volumes(),
        allowed_cuda_versions in some_of(&["12.4", "12.8", "13.0"]),
        min_cuda_version in option::of(Just("12.4".to_owned())),
    ) -> Endpoint {
        Endpoint {
            id: "i02xupws21hp6i".to_owned(),
            name,
            template_id: Some("xkhgg72fuo".to_owned()),
            gpu_ids: if is_cpu { vec![] } else { texts(&gpu_ids) },
            gpu_count: numbers.0.filter(|_| !is_cpu),
            instance_ids: if is_cpu { texts(&["cpu3c-2-4"]) } else { vec![] },
            kind,
            workers_min: numbers.1,
            workers_max: numbers.2,
            idle_timeout: numbers.3,
            scaler_type,
            scaler_value: numbers.4.map(|value| value as f64),
            execution_timeout_ms,
            flashboot,
            locations,
            network_volume_id,
            network_volume_ids,
            allowed_cuda_versions,
            min_cuda_version,
            ..Endpoint::default()
        }
    }
}

fn imported(endpoint: &Endpoint) -> Attributes {
    model::refresh(&Attributes::default(), &Echo::default(), endpoint).0
}

/// A configuration that asks for what the endpoint has, in part: some optional attributes are left out.
fn configuration(endpoint: &Endpoint, left_out: &[bool]) -> Attributes {
    let mut config = imported(endpoint);
    config.set("id", Value::Null);
    let optional = ATTRIBUTES.iter().filter(|row| row.mode == Mode::OptionalComputed);
    for (row, _) in optional.zip(left_out).filter(|(_, left_out)| **left_out) {
        config.set(row.name, Value::Null);
    }
    config
}

/// The plan of a create: what is left out is unknown.
fn planned(config: &Attributes) -> Attributes {
    let mut planned = config.clone();
    planned.set("id", Value::Unknown);
    let is_cpu = config.get("instance_ids").is_value();
    for row in ATTRIBUTES.iter().filter(|row| row.mode == Mode::OptionalComputed) {
        if config.get(row.name).is_null() && !(is_cpu && row.name == "gpu_count") {
            planned.set(row.name, Value::Unknown);
        }
    }
    planned
}

/// What Terraform proposes where nothing changed: the configuration, and for computed attributes left out the state.
fn proposed(config: &Attributes, state: &Attributes) -> Attributes {
    let mut proposed = config.clone();
    proposed.set("id", state.get("id").clone());
    for row in ATTRIBUTES.iter().filter(|row| row.mode == Mode::OptionalComputed) {
        if config.get(row.name).is_null() {
            proposed.set(row.name, state.get(row.name).clone());
        }
    }
    proposed
}

proptest! {
    /// state → input → API → state changes nothing, and an update that changes nothing sends nothing.
    #[test]
    fn an_endpoint_survives_the_round_trip(endpoint in any_endpoint()) {
        let state = imported(&endpoint);
        let change = model::to_update(&state, &state, &Echo::default(), &endpoint);
        prop_assert!(change.write.is_none() && change.drifted.is_empty());
        let again = save(&EndpointWrite::default(), &endpoint);
        let (refreshed, _) = model::refresh(&state, &Echo::default(), &again);
        for row in &ATTRIBUTES {
            // What the API did not tell before the save, it may fill in with its default.
            if !state.get(row.name).is_null() {
                prop_assert_eq!(refreshed.get(row.name), state.get(row.name), "{}", row.name);
            }
        }
    }

    /// What the schema accepts plans clean right after it was applied, and is read as it was written.
    #[test]
    fn a_configuration_plans_clean_after_it_was_applied(
        endpoint in any_endpoint(),
        left_out in proptest::collection::vec(any::<bool>(), 10),
        respelled in any::<bool>(),
    ) {
        let config = configuration(&endpoint, &left_out);
        let mut diags = Diagnostics::default();
        ATTRIBUTES.iter().for_each(|row| row.check(&mut diags, &config));
        rules::together(&mut diags, &config);
        prop_assert_eq!(&diags.errors, &vec![]);

        let planned = planned(&config);
        let mut created = save(&model::to_create(&planned), &Endpoint::default());
        if respelled {
            created.name = format!("{} -fb", created.name);
            created.locations.reverse();
            created.execution_timeout_ms = created.execution_timeout_ms.filter(|limit| *limit != 0);
        }
        let (state, echo, deviations) = model::settle(&planned, &created);
        prop_assert!(deviations.is_empty(), "{:?}", deviations);
        for row in &ATTRIBUTES {
            prop_assert!(!state.get(row.name).is_unknown(), "{} stays unknown", row.name);
            if config.get(row.name).is_value() {
                prop_assert_eq!(state.get(row.name), config.get(row.name), "{} is not as configured", row.name);
            }
        }
        let (refreshed, echo) = model::refresh(&state, &echo, &created);
        prop_assert_eq!(&refreshed, &state);
        let proposed = proposed(&config, &refreshed);
        prop_assert_eq!(&proposed, &state);

        // Once the API no longer holds its echo, that is drift.
        created.name = "renamed in the console".to_owned();
        let (drifted, _) = model::refresh(&state, &echo, &created);
        prop_assert_eq!(drifted.text("name"), Some("renamed in the console"));
    }

    /// Only what the plan showed differs afterwards.
    #[test]
    fn an_update_changes_only_what_was_planned(
        endpoint in any_endpoint(),
        row in 0..ATTRIBUTES.len(),
        other in any_endpoint(),
    ) {
        let row = &ATTRIBUTES[row];
        let (prior, wanted) = (imported(&endpoint), imported(&other));
        let is_fixed = row.replaces || ["gpu_ids", "instance_ids", "gpu_count", "template_id"].contains(&row.name);
        let is_volume = row.name.starts_with("network_volume");
        let is_decided_by_api = row.mode == Mode::OptionalComputed && wanted.get(row.name).is_null();
        prop_assume!(!is_fixed && !is_decided_by_api);
        let mut planned = prior.clone();
        for name in [row.name, "network_volume_id", "network_volume_ids"] {
            if name == row.name || is_volume {
                planned.set(name, wanted.get(name).clone());
            }
        }
        let change = model::to_update(&prior, &planned, &Echo::default(), &endpoint);
        let Some(input) = change.write else { return Ok(()) };
        let (state, _, deviations) = model::settle(&planned, &save(&input, &endpoint));
        let expected = |name: &&str| !prior.get(name).is_null();
        let deviating: Vec<&str> = deviations.iter().map(|deviation| deviation.name).filter(expected).collect();
        prop_assert_eq!(deviating, Vec::<&str>::new());
        prop_assert_eq!(state, planned);
    }
}

#[test]
fn a_change_since_the_plan_is_left_alone_and_told() {
    let endpoint = save(
        &EndpointWrite {
            name: Some("sdxl".to_owned()),
            ..EndpointWrite::default()
        },
        &Endpoint::default(),
    );
    let prior = imported(&endpoint);
    let mut planned = prior.clone();
    planned.set("idle_timeout", Value::Value(Datum::Integer(60)));
    let fresh = Endpoint {
        workers_max: Some(7),
        ..endpoint
    };
    let change = model::to_update(&prior, &planned, &Echo::default(), &fresh);
    let write = change.write.unwrap();
    assert_eq!((write.workers_max, write.idle_timeout), (None, Some(60)));
    assert_eq!(
        change
            .drifted
            .iter()
            .map(|deviation| deviation.name)
            .collect::<Vec<_>>(),
        ["workers_max"]
    );
}
