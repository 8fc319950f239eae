//! Each attribute: written at creation, changed in place, changed by somebody else, and taken out again.

use std::collections::BTreeSet;

use runpod_emulator::{FlashBootType, Omitted, SAMPLE_TEMPLATE, StoredEndpoint, StoredTemplate};
use serde_json::{Value, json};
use terraform_provider_runpod::endpoint::schema::ATTRIBUTES;

use crate::support::{Cli, World};

/// An attribute with what it is first, what it becomes, and how the API's side shows it.
struct Case {
    attribute: &'static str,
    before: &'static str,
    after: &'static str,
    stored: fn(&StoredEndpoint) -> Value,
    edited: fn(&mut StoredEndpoint),
    is_kept: bool,
}

const TEMPLATE: &str = "second0tpl";

/// Every attribute that can be changed in place. Where `is_kept`, taking it out leaves the API's value alone; else it
/// clears it.
fn cases() -> Vec<Case> {
    vec![
        Case {
            attribute: "name",
            before: r#""first name -fb""#,
            after: r#""second name""#,
            stored: |row| json!(row.name),
            edited: |row| row.name = "console name".to_owned(),
            is_kept: true,
        },
        Case {
            attribute: "template_id",
            before: r#""xkhgg72fuo""#,
            after: r#""second0tpl""#,
            stored: |row| json!(row.template_id),
            edited: |row| row.template_id = Some(SAMPLE_TEMPLATE.to_owned()),
            is_kept: true,
        },
        Case {
            attribute: "gpu_ids",
            before: r#"["AMPERE_16", "AMPERE_24"]"#,
            after: r#"["ADA_24", "AMPERE_16", "-NVIDIA RTX A4500"]"#,
            stored: |row| {
                json!(
                    row.gpu_ids
                        .as_deref()
                        .unwrap_or_default()
                        .split(',')
                        .collect::<Vec<_>>()
                )
            },
            edited: |row| row.gpu_ids = Some("AMPERE_48".to_owned()),
            is_kept: true,
        },
        Case {
            attribute: "gpu_count",
            before: "2",
            after: "4",
            stored: |row| json!(row.gpu_count),
            edited: |row| row.gpu_count = 1,
            is_kept: true,
        },
        Case {
            attribute: "instance_ids",
            before: r#"["cpu3c-2-4"]"#,
            after: r#"["cpu3g-4-16", "cpu3c-2-4"]"#,
            stored: |row| json!(row.instance_ids),
            edited: |row| row.instance_ids = vec!["cpu5c-2-4".to_owned()],
            is_kept: true,
        },
        Case {
            attribute: "workers_min",
            before: "1",
            after: "0",
            stored: |row| json!(row.workers_min),
            edited: |row| row.workers_min = 2,
            is_kept: true,
        },
        Case {
            attribute: "workers_max",
            before: "2",
            after: "1",
            stored: |row| json!(row.workers_max),
            edited: |row| row.workers_max = 3,
            is_kept: true,
        },
        Case {
            attribute: "idle_timeout",
            before: "5",
            after: "3600",
            stored: |row| json!(row.idle_timeout),
            edited: |row| row.idle_timeout = 77,
            is_kept: true,
        },
        Case {
            attribute: "scaler_type",
            before: r#""REQUEST_COUNT""#,
            after: r#""QUEUE_DELAY""#,
            stored: |row| json!(row.scaler_type),
            edited: |row| row.scaler_type = "REQUEST_COUNT".to_owned(),
            is_kept: true,
        },
        Case {
            attribute: "scaler_value",
            before: "7",
            after: "1",
            stored: |row| json!(row.scaler_value),
            edited: |row| row.scaler_value = 9,
            is_kept: true,
        },
        Case {
            attribute: "execution_timeout_ms",
            before: "600000",
            after: "0",
            stored: |row| json!(row.execution_timeout_ms),
            edited: |row| row.execution_timeout_ms = Some(5000),
            is_kept: true,
        },
        Case {
            attribute: "flashboot",
            before: r#""FLASHBOOT""#,
            after: r#""PRIORITY_FLASHBOOT""#,
            stored: |row| json!(row.flash_boot_type),
            edited: |row| row.flash_boot_type = Some(FlashBootType::Off),
            is_kept: true,
        },
        Case {
            attribute: "locations",
            before: r#"["EU-RO-1", "US"]"#,
            after: r#"["EUR-IS-1"]"#,
            stored: |row| {
                json!(
                    row.locations
                        .as_deref()
                        .map(|text| text.split(',').collect::<Vec<_>>())
                )
            },
            edited: |row| row.locations = Some("CA-MTL-1,US".to_owned()),
            is_kept: false,
        },
        Case {
            attribute: "network_volume_id",
            before: r#""agv6w2qcg7""#,
            after: r#""us2ks7vol0""#,
            stored: |row| json!(volumes(row).first()),
            edited: |row| {
                row.network_volume_id = Some("eur1is3vol".to_owned());
                row.network_volume_ids = vec!["eur1is3vol".to_owned()];
            },
            is_kept: false,
        },
        Case {
            attribute: "network_volume_ids",
            before: r#"["agv6w2qcg7", "us2ks7vol0"]"#,
            after: r#"["eur1is3vol", "us2ks7vol0"]"#,
            stored: |row| json!(volumes(row)),
            edited: |row| row.network_volume_ids = vec!["agv6w2qcg7".to_owned(), "eur1is3vol".to_owned()],
            is_kept: false,
        },
        Case {
            attribute: "allowed_cuda_versions",
            before: r#"["12.1", "12.4"]"#,
            after: r#"["12.8"]"#,
            stored: |row| {
                json!(
                    row.allowed_cuda_versions
                        .as_deref()
                        .map(|text| text.split(',').collect::<Vec<_>>())
                )
            },
            edited: |row| row.allowed_cuda_versions = Some("11.8,12.2".to_owned()),
            is_kept: false,
        },
        Case {
            attribute: "min_cuda_version",
            before: r#""12.4""#,
            after: r#""12.8""#,
            stored: |row| json!(row.min_cuda_version),
            edited: |row| row.min_cuda_version = Some("11.8".to_owned()),
            is_kept: false,
        },
    ]
}

fn volumes(row: &StoredEndpoint) -> BTreeSet<String> {
    row.network_volume_ids
        .iter()
        .chain(&row.network_volume_id)
        .cloned()
        .collect()
}

/// A resource named after the attribute, with this value for it, or without it where there is none.
fn resource(case: &Case, value: Option<&str>) -> String {
    let mut lines = vec![
        ("name", format!("{:?}", case.attribute)),
        ("template_id", format!("{SAMPLE_TEMPLATE:?}")),
        ("workers_max", "2".to_owned()),
    ];
    if case.attribute != "instance_ids" {
        lines.push(("gpu_ids", r#"["AMPERE_16"]"#.to_owned()));
    }
    lines.retain(|(name, _)| *name != case.attribute);
    lines.extend(value.map(|value| (case.attribute, value.to_owned())));
    let lines: String = lines
        .iter()
        .map(|(name, value)| format!("  {name} = {value}\n"))
        .collect();
    format!(
        "resource \"runpod_endpoint\" \"{}\" {{\n{lines}}}\n",
        case.attribute
    )
}

fn address(case: &Case) -> String {
    format!("runpod_endpoint.{}", case.attribute)
}

fn configuration(cases: &[Case], value: impl Fn(&Case) -> Option<&'static str>) -> String {
    cases.iter().map(|case| resource(case, value(case))).collect()
}

/// An expression of HCL, which for these values is JSON, as Terraform and the API give it back.
fn expected(hcl: &str) -> Value {
    serde_json::from_str(hcl).unwrap()
}

/// As a set, where the order of a list means nothing to a set.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let items: BTreeSet<String> = items.iter().map(Value::to_string).collect();
            json!(items)
        }
        other => other.clone(),
    }
}

/// Whether this is one of the ways in which the API holds nothing.
fn is_none(value: &Value) -> bool {
    [Value::Null, json!(""), json!([]), json!([""])].contains(value)
}

/// What both sides have of a resource: the state's attributes and the API's row.
struct Sides<'a> {
    case: &'a Case,
    state: Value,
    row: StoredEndpoint,
}

fn sides<'a>(world: &World, cases: &'a [Case]) -> Vec<Sides<'a>> {
    let mut states = world.states();
    let sides = cases.iter().map(|case| {
        let state = states.remove(&address(case)).unwrap();
        let row = world.emulator.endpoint(state["id"].as_str().unwrap()).unwrap();
        Sides { case, state, row }
    });
    sides.collect()
}

/// Both sides of each resource have the value that the case has there; answers the ids.
#[track_caller]
fn both_have(world: &World, cases: &[Case], hcl: fn(&Case) -> &'static str) -> Vec<String> {
    let sides = sides(world, cases).into_iter().map(|Sides { case, state, row }| {
        let expected = sorted(&expected(hcl(case)));
        assert_eq!(
            sorted(&state[case.attribute]),
            expected,
            "{} in the state",
            case.attribute
        );
        assert_eq!(
            sorted(&(case.stored)(&row)),
            expected,
            "{} in the API",
            case.attribute
        );
        row.id
    });
    sides.collect()
}

/// The attributes that a plan changes, by resource.
#[track_caller]
fn changed(plan: &Value, case: &Case) -> BTreeSet<String> {
    let change = crate::support::planned(plan, &address(case));
    assert_eq!(change["actions"], json!(["update"]), "{}", case.attribute);
    assert_eq!(change["after_unknown"], json!({}), "{}", case.attribute);
    let (before, after) = (
        change["before"].as_object().unwrap(),
        change["after"].as_object().unwrap(),
    );
    after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

fn only(case: &Case) -> BTreeSet<String> {
    BTreeSet::from([case.attribute.to_owned()])
}

fn populated(world: &World) {
    world.emulator.set_quota(200);
    world.emulator.add_template(StoredTemplate {
        id: TEMPLATE.to_owned(),
        name: "second".to_owned(),
        is_serverless: true,
        ..StoredTemplate::default()
    });
}

#[test]
fn every_attribute_that_can_be_changed_in_place_has_a_case() {
    let cases: BTreeSet<&str> = cases().iter().map(|case| case.attribute).collect();
    // Those of a container are REST v2's.
    let of_rest = [
        "image",
        "template_revision",
        "args",
        "entrypoint",
        "cmd",
        "disk",
        "ports",
        "env",
        "registry_id",
    ];
    let in_place = ATTRIBUTES
        .iter()
        .filter(|row| row.is_configurable() && !row.replaces && !of_rest.contains(&row.name));
    assert_eq!(cases, in_place.map(|row| row.name).collect());
}

on_both! {
    fn every_attribute_is_changed_in_place(world) {
        populated(world);
        let cases = cases();
        world.write(&configuration(&cases, |case| Some(case.before)));
        world.apply();
        let ids = both_have(world, &cases, |case| case.before);
        world.plans_clean();

        world.write(&configuration(&cases, |case| Some(case.after)));
        let plan = world.plan_json();
        for case in &cases {
            assert_eq!(changed(&plan, case), only(case));
        }
        world.apply();
        assert_eq!(both_have(world, &cases, |case| case.after), ids);
        world.plans_clean();
    }

    fn what_somebody_else_changed_is_shown_and_put_right(world) {
        populated(world);
        let cases = cases();
        world.write(&configuration(&cases, |case| Some(case.after)));
        world.apply();
        for Sides { case, row, .. } in sides(world, &cases) {
            world.emulator.edit(&row.id, |row| (case.edited)(row));
        }
        let plan = world.plan_json();
        for case in &cases {
            assert_eq!(changed(&plan, case), only(case));
        }
        world.apply();
        both_have(world, &cases, |case| case.after);
        world.plans_clean();
    }

    fn what_is_left_out_is_cleared_or_kept(world) {
        populated(world);
        let optional = ["name", "template_id", "gpu_ids", "instance_ids"];
        let cases: Vec<Case> = cases().into_iter().filter(|case| !optional.contains(&case.attribute)).collect();
        world.write(&configuration(&cases, |case| Some(case.before)));
        world.apply();
        let before = sides(world, &cases);

        world.write(&configuration(&cases, |_| None));
        world.apply();
        for (Sides { case, state, row: now }, before) in sides(world, &cases).into_iter().zip(before) {
            if case.is_kept {
                assert_eq!(now, before.row, "{} is left as it was", case.attribute);
                assert_eq!(sorted(&state[case.attribute]), sorted(&expected(case.before)));
            } else {
                assert_eq!(state[case.attribute], Value::Null, "{} in the state", case.attribute);
                assert!(is_none(&(case.stored)(&now)), "{} in the API: {now:?}", case.attribute);
            }
        }
        world.plans_clean();
    }

    fn what_only_terraform_knows_is_changed_without_a_call(world) {
        let with = |timeouts: &str| format!(
            "resource \"runpod_endpoint\" \"x\" {{\n  name = \"timed\"\n  template_id = \"xkhgg72fuo\"\n  \
             gpu_ids = [\"AMPERE_16\"]\n{timeouts}}}\n"
        );
        world.write(&with(""));
        world.apply();
        let before = world.emulator.endpoints();
        world.write(&with("  timeouts = { create = \"5m\", delete = \"1h30m\" }\n"));
        world.plans_changes().says("0 to add, 1 to change, 0 to destroy");
        world.apply();
        assert_eq!(world.emulator.endpoints(), before);
        assert_eq!(world.emulator.requests_for("saveEndpoint").len(), 1);
        assert_eq!(world.state("runpod_endpoint.x")["timeouts"]["delete"], "1h30m");
        world.plans_clean();
        world.destroy();
    }
}

const SINGLE: &str = "network_volume_id = \"agv6w2qcg7\"";
const LISTED: &str = "network_volume_ids = [\"agv6w2qcg7\"]";
const SEVERAL: &str = "network_volume_ids = [\"agv6w2qcg7\", \"us2ks7vol0\"]";

/// How an endpoint's volumes are attached, one after the other, before they are detached.
const ATTACHED: [[&str; 2]; 6] = [
    [SINGLE, SINGLE],
    [LISTED, LISTED],
    [SEVERAL, SEVERAL],
    [SINGLE, LISTED],
    [LISTED, SINGLE],
    [SEVERAL, SINGLE],
];

/// However the API shows a single volume, and whatever it makes of the older field being left out.
#[test]
fn volumes_are_detached_through_whichever_attribute_they_were_attached() {
    let world = World::new(Cli::Older);
    for (shown, listed, omitted) in [
        (false, false, Omitted::Reset),
        (true, false, Omitted::Keep),
        (false, true, Omitted::Reset),
        (true, true, Omitted::Keep),
    ] {
        world.emulator.switches(|switches| {
            switches.single_volume_shown = shown;
            switches.legacy_volume_listed = listed;
            switches.omitted_network_volume_id = omitted;
        });
        for step in [Some(0), Some(1), None] {
            let volumes = |row: &[&'static str; 2]| step.map_or("", |step: usize| row[step]);
            let blocks = ATTACHED.iter().enumerate().map(|(number, row)| {
                format!(
                    "resource \"runpod_endpoint\" \"x{number}\" {{\n  name = \"store\"\n  template_id = \
                     {SAMPLE_TEMPLATE:?}\n  gpu_ids = [\"AMPERE_16\"]\n  workers_max = 1\n  {}\n}}\n",
                    volumes(row)
                )
            });
            world.write(&blocks.collect::<String>());
            world.apply().does_not_say("Warning: network_volume");
            world.plans_clean();
        }
        for row in world.emulator.endpoints() {
            assert!(volumes(&row).is_empty(), "{row:?}");
        }
        world.destroy();
    }
}
