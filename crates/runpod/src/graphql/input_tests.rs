//! An update changes what it names and nothing else, whatever the API resets over what is left out.
#![allow(clippy::unwrap_used)]

use proptest::{option, prelude::*, sample::subsequence};

use super::*;
use crate::graphql::saved::{NetworkVolumeIds, Template};

/// What `saveEndpoint` does with an input: defaults over what is left out, but for what it is known to keep
/// (API facts 2.3).
fn save(input: &EndpointInput, before: &Row) -> Row {
    let some = |list: &CommaList| !list.items().is_empty();
    let list = match &input.network_volume_ids {
        None => before.network_volume_ids.clone(),
        Some(ids) => Some(ids.iter().map(|id| Some(volume(&id.network_volume_id))).collect()),
    };
    Row {
        id: Some("i02xupws21hp6i".to_owned()),
        name: Some(input.name.clone()),
        template_id: before.template_id.clone().or(input.template_id.clone()),
        gpu_ids: input.gpu_ids.clone().filter(|_| input.instance_ids.is_none()),
        gpu_count: input.gpu_count.or(Some(1)),
        instance_ids: Some(input.instance_ids.iter().flatten().cloned().map(Some).collect()),
        kind: before
            .kind
            .clone()
            .or(input.kind.clone())
            .or(Some("QB".to_owned())),
        workers_min: input.workers_min.or(Some(0)),
        workers_max: input.workers_max.or(Some(3)),
        idle_timeout: input.idle_timeout.or(Some(10)),
        scaler_type: input.scaler_type.clone().or(Some("QUEUE_DELAY".to_owned())),
        scaler_value: input.scaler_value.or(Some(4)),
        execution_timeout_ms: input.execution_timeout_ms.or(before.execution_timeout_ms),
        flash_boot_type: input.flash_boot_type.clone(),
        locations: input.locations.clone().filter(some),
        network_volume_id: input.network_volume_id.clone().filter(|id| !id.is_empty()),
        network_volume_ids: list,
        allowed_cuda_versions: input
            .allowed_cuda_versions
            .clone()
            .or(before.allowed_cuda_versions.clone()),
        min_cuda_version: input.min_cuda_version.clone().or(before.min_cuda_version.clone()),
        created_at: before.created_at.clone(),
        binding: None,
    }
}

fn volume(id: &str) -> NetworkVolumeIds {
    NetworkVolumeIds {
        network_volume_id: Some(id.to_owned()),
    }
}

fn commas(items: &'static [&'static str]) -> impl Strategy<Value = Option<CommaList>> {
    option::of(subsequence(items, 0..=items.len()).prop_map(CommaList::of))
}

fn volumes() -> impl Strategy<Value = (Option<String>, Option<Vec<Option<NetworkVolumeIds>>>)> {
    let (one, two) = ("agv6w2qcg7", "bbv6w2qcg7");
    prop_oneof![
        Just((None, None)),
        Just((Some(String::new()), Some(vec![]))),
        Just((Some(one.to_owned()), None)),
        Just((Some(one.to_owned()), Some(vec![Some(volume(one))]))),
        Just((None, Some(vec![Some(volume(one))]))),
        Just((None, Some(vec![Some(volume(one)), Some(volume(two))]))),
    ]
}

prop_compose! {
    /// Any row that the API can return, as a read by id gives it.
    fn any_saved()(
        name in "[a-zA-Z][a-zA-Z0-9 -]{2,12}( -fb)?",
        gpu_ids in subsequence(vec!["AMPERE_16", "ADA_24", "HOPPER_141", "-NVIDIA L4"], 1..=4),
        is_cpu in any::<bool>(),
        numbers in (1..8, 0..3, 3..9, 1..3600, 1..99),
        limit in option::of(0..700_000),
        words in (subsequence(vec!["QB", "LB"], 1), subsequence(vec!["QUEUE_DELAY", "REQUEST_COUNT"], 1)),
        flash_boot_type in prop_oneof![Just(FlashBootType::Off), Just(FlashBootType::FlashBoot)],
        locations in commas(&["US", "EU-RO-1", "CZ"]),
        (network_volume_id, network_volume_ids) in volumes(),
        allowed_cuda_versions in commas(&["12.4", "12.8", "13.0"]),
        min_cuda_version in option::of(prop_oneof![Just(String::new()), Just("12.4".to_owned())]),
        workers_pfb_target in option::of(0..5),
    ) -> Saved {
        Saved {
            row: Row {
                id: Some("i02xupws21hp6i".to_owned()),
                name: Some(name),
                template_id: Some("xkhgg72fuo".to_owned()),
                gpu_ids: (!is_cpu).then(|| CommaList::of(gpu_ids)),
                gpu_count: Some(numbers.0),
                instance_ids: Some(if is_cpu { vec![Some("cpu3c-2-4".to_owned())] } else { vec![] }),
                kind: words.0.first().map(|kind| (*kind).to_owned()),
                workers_min: Some(numbers.1),
                workers_max: Some(numbers.2),
                idle_timeout: Some(numbers.3),
                scaler_type: words.1.first().map(|kind| (*kind).to_owned()),
                scaler_value: Some(numbers.4),
                execution_timeout_ms: limit,
                flash_boot_type: Some(flash_boot_type),
                locations,
                network_volume_id,
                network_volume_ids,
                allowed_cuda_versions,
                min_cuda_version,
                created_at: None,
                binding: None,
            },
            workers_pfb_target,
            ..Saved::default()
        }
    }
}

/// The write that asks for all that the endpoint has.
pub fn write_of(endpoint: &Endpoint) -> EndpointWrite {
    EndpointWrite {
        name: Some(endpoint.name.clone()),
        template_id: endpoint.template_id.clone(),
        gpu_ids: (!endpoint.is_cpu()).then(|| endpoint.gpu_ids.clone()),
        gpu_count: endpoint.gpu_count,
        instance_ids: endpoint.is_cpu().then(|| endpoint.instance_ids.clone()),
        kind: endpoint.kind.clone(),
        workers_min: endpoint.workers_min,
        workers_max: endpoint.workers_max,
        idle_timeout: endpoint.idle_timeout,
        scaler_type: endpoint.scaler_type.clone(),
        scaler_value: endpoint.scaler_value,
        execution_timeout_ms: Some(endpoint.execution_timeout_ms.unwrap_or_default()),
        flashboot: endpoint.flashboot.clone(),
        locations: Some(endpoint.locations.clone()),
        network_volume_id: Some(endpoint.network_volume_id.clone().unwrap_or_default()),
        network_volume_ids: match &endpoint.network_volume_id {
            Some(_) => None,
            None => Some(endpoint.network_volume_ids.clone()),
        },
        allowed_cuda_versions: Some(endpoint.allowed_cuda_versions.clone()),
        min_cuda_version: Some(endpoint.min_cuda_version.clone().unwrap_or_default()),
        ..EndpointWrite::default()
    }
}

/// As they are told apart: which of the two fields a single volume stands in means nothing, nor does the order of some
/// lists, nor 0 against none where none is no limit.
fn told(endpoint: &Endpoint) -> Endpoint {
    let sorted = |items: Vec<String>| {
        let mut items = items;
        items.sort();
        items
    };
    let volumes = endpoint.volume_ids().into_iter().map(str::to_owned).collect();
    Endpoint {
        network_volume_id: None,
        network_volume_ids: sorted(volumes),
        locations: sorted(endpoint.locations.clone()),
        allowed_cuda_versions: sorted(endpoint.allowed_cuda_versions.clone()),
        execution_timeout_ms: Some(endpoint.execution_timeout_ms.unwrap_or_default()),
        ..endpoint.clone()
    }
}

proptest! {
    #[test]
    fn what_an_endpoint_has_asks_for_no_save_and_makes_the_same_endpoint(saved in any_saved()) {
        let endpoint = saved.row.endpoint();
        let write = write_of(&endpoint);
        prop_assert_eq!(EndpointInput::update(&saved, &write), None);
        prop_assert_eq!(EndpointInput::update(&saved, &EndpointWrite::default()), None);
        let made = save(&EndpointInput::create(&write), &Row::default()).endpoint();
        prop_assert_eq!(told(&made), told(&endpoint));
        let again = save(&saved.resave(), &saved.row).endpoint();
        prop_assert_eq!(told(&again), told(&endpoint));
    }

    #[test]
    fn an_update_makes_of_one_endpoint_another_of_its_kind(saved in any_saved(), other in any_saved()) {
        let (from, mut to) = (saved.row.endpoint(), other.row.endpoint());
        prop_assume!(from.is_cpu() == to.is_cpu());
        to.kind = from.kind.clone();
        let now = match EndpointInput::update(&saved, &write_of(&to)) {
            Some(input) => {
                prop_assert_eq!(input.workers_pfb_target, saved.workers_pfb_target);
                prop_assert_eq!(input.request_ttl, Some(NullableInt(None)));
                save(&input, &saved.row).endpoint()
            }
            None => from.clone(),
        };
        prop_assert_eq!(told(&now), told(&to));
    }

    #[test]
    fn an_update_of_one_field_leaves_all_others(saved in any_saved(), workers_max in 10..20_i64) {
        let write = EndpointWrite { workers_max: Some(workers_max), ..EndpointWrite::default() };
        let input = EndpointInput::update(&saved, &write).unwrap();
        let now = save(&input, &saved.row).endpoint();
        let expected = Endpoint { workers_max: Some(workers_max), ..saved.row.endpoint() };
        prop_assert_eq!(told(&now), told(&expected));
    }
}

#[test]
fn the_variables_of_the_template_are_not_saved_as_the_endpoints_own() {
    let variable = |key: &str, value: &str| {
        Some(EnvironmentVariable {
            key: Some(key.to_owned()),
            value: Some(value.to_owned()),
        })
    };
    let saved = Saved {
        env: Some(vec![variable("A", "template's"), variable("B", "own"), None]),
        template: Some(Template {
            env: Some(vec![variable("A", "template's"), variable("B", "template's")]),
        }),
        ..Saved::default()
    };
    let env = saved.resave().env.unwrap();
    assert_eq!(
        env,
        [EnvironmentVariableInput {
            key: "B".to_owned(),
            value: "own".to_owned()
        }]
    );
    assert!(
        !format!("{saved:?} {env:?}").contains("own"),
        "values are not shown"
    );
}

#[test]
fn a_number_without_a_fraction_is_what_graphql_gets() {
    assert_eq!(whole(Some(4.4)), Some(4));
    assert_eq!(whole(Some(1e12)), None);
    assert_eq!(whole(None), None);
}
