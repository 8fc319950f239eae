//! Updates that wipe nothing: every field that a save can carry was set in the console, one attribute changes, and
//! nothing else differs afterwards.

use runpod_emulator::{
    Blank, Compliance, Effect, Emulator, EnvVar, Fault, FlashBootType, Omitted, Root, SAMPLE_TEMPLATE,
    StoredEndpoint, StoredTemplate, TemplateOnUpdate, VolumeOrder,
};

use crate::support::{Cli, World};

/// One attribute's change: the case's name, the attribute with its values before and after in HCL, where an empty
/// one leaves it out, and what the change does to the endpoint.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&mut StoredEndpoint),
);

const LOCATIONS: &str = r#"["US-KS-2", "EU-RO-1"]"#;
const CUDA: &str = r#"["12.8", "12.4"]"#;
const VOLUMES: &str = r#"["agv6w2qcg7", "us2ks7vol0"]"#;

/// The attributes that have no default at Runpod, as the endpoints of the console have them.
const COMMON: [(&str, &str); 6] = [
    ("template_id", "\"xkhgg72fuo\""),
    ("gpu_ids", r#"["AMPERE_16", "AMPERE_24", "-NVIDIA RTX A4500"]"#),
    ("locations", LOCATIONS),
    ("network_volume_ids", VOLUMES),
    ("allowed_cuda_versions", CUDA),
    ("min_cuda_version", "\"12.4\""),
];

/// Changes of an endpoint that has everything.
const RICH: &[Case] = &[
    ("name", "name", "\"name\"", "\"renamed\"", |row| {
        row.name = "renamed".into()
    }),
    (
        "template",
        "template_id",
        "\"xkhgg72fuo\"",
        "\"other8tmpl\"",
        |row| {
            row.template_id = Some("other8tmpl".into());
        },
    ),
    ("gpus", "gpu_ids", COMMON[1].1, r#"["AMPERE_24"]"#, |row| {
        row.gpu_ids = Some("AMPERE_24".into())
    }),
    ("gpu-count", "gpu_count", "", "3", |row| row.gpu_count = 3),
    ("workers-min", "workers_min", "", "2", |row| row.workers_min = 2),
    ("workers-max", "workers_max", "", "6", |row| {
        (row.workers_max, row.workers_standby) = (6, 6)
    }),
    ("idle", "idle_timeout", "", "43", |row| row.idle_timeout = 43),
    ("scaler-type", "scaler_type", "", "\"QUEUE_DELAY\"", |row| {
        row.scaler_type = "QUEUE_DELAY".into()
    }),
    ("scaler-value", "scaler_value", "", "10", |row| {
        row.scaler_value = 10
    }),
    ("execution", "execution_timeout_ms", "", "0", |row| {
        row.execution_timeout_ms = Some(0)
    }),
    ("flashboot", "flashboot", "", "\"FLASHBOOT\"", |row| {
        row.flash_boot_type = Some(FlashBootType::Flashboot)
    }),
    ("flashboot-off", "flashboot", "", "\"OFF\"", |row| {
        row.flash_boot_type = Some(FlashBootType::Off)
    }),
    ("locations", "locations", LOCATIONS, "[\"US\"]", |row| {
        row.locations = Some("US".into())
    }),
    ("anywhere", "locations", LOCATIONS, "", |row| row.locations = None),
    (
        "volumes",
        "network_volume_ids",
        VOLUMES,
        r#"["eur1is3vol"]"#,
        |row| {
            row.network_volume_ids = vec!["eur1is3vol".into()];
        },
    ),
    ("no-volumes", "network_volume_ids", VOLUMES, "", |row| {
        row.network_volume_ids = vec![]
    }),
    ("cuda", "allowed_cuda_versions", CUDA, "[\"12.9\"]", |row| {
        row.allowed_cuda_versions = Some("12.9".into())
    }),
    ("any-cuda", "allowed_cuda_versions", CUDA, "", |row| {
        row.allowed_cuda_versions = None
    }),
    ("min-cuda", "min_cuda_version", "\"12.4\"", "\"12.6\"", |row| {
        row.min_cuda_version = Some("12.6".into())
    }),
    ("no-min-cuda", "min_cuda_version", "\"12.4\"", "", |row| {
        row.min_cuda_version = None
    }),
];

/// An endpoint on which the console has set all that a save can carry.
fn rich(name: &str) -> StoredEndpoint {
    StoredEndpoint {
        name: name.into(),
        template_id: Some(SAMPLE_TEMPLATE.into()),
        gpu_ids: Some("AMPERE_16,AMPERE_24,-NVIDIA RTX A4500".into()),
        gpu_count: 2,
        workers_min: 1,
        workers_max: 5,
        workers_standby: 5,
        workers_pfb_target: 2,
        idle_timeout: 42,
        scaler_type: "REQUEST_COUNT".into(),
        scaler_value: 9,
        execution_timeout_ms: Some(600_000),
        request_ttl: Some(300_000),
        locations: Some("EU-RO-1,US-KS-2".into()),
        data_center_ids: vec!["EU-RO-1".into(), "US-KS-2".into()],
        network_volume_ids: vec!["us2ks7vol0".into(), "agv6w2qcg7".into()],
        allowed_cuda_versions: Some("12.4,12.8".into()),
        min_cuda_version: Some("12.4".into()),
        flash_boot_type: Some(FlashBootType::PriorityFlashboot),
        env: vec![
            EnvVar::new("OWN", "1"),
            EnvVar::new("key1", "over the template's"),
        ],
        model_references: vec![format!("https://huggingface.co/org/model:{}", "a".repeat(40))],
        compliance: vec![Compliance::Gdpr],
        flash_environment_id: Some("flashenv1".into()),
        hub_release_id: Some("hubrelease1".into()),
        ..StoredEndpoint::default()
    }
}

/// The endpoint's block in HCL, with one attribute set so, or left out where the value is empty.
fn block(case: &str, common: &[(&str, &str)], attribute: &str, value: &str) -> String {
    let name = format!("{case:?}");
    let lines = std::iter::once(("name", name.as_str()))
        .chain(common.iter().copied())
        .filter(|(other, _)| *other != attribute)
        .chain((!value.is_empty()).then_some((attribute, value)));
    let lines: String = lines
        .map(|(name, value)| format!("  {name} = {value}\n"))
        .collect();
    format!("resource \"runpod_endpoint\" {case:?} {{\n{lines}}}\n")
}

/// A world in which there is room for everything, and another template.
fn world() -> World {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    world.emulator.add_template(StoredTemplate {
        id: "other8tmpl".into(),
        name: "other".into(),
        ..StoredTemplate::default()
    });
    world
}

/// A kind of endpoint: the attributes that it has in HCL, how the console has set it, and its cases.
struct Kind {
    common: &'static [(&'static str, &'static str)],
    row: fn(&str) -> StoredEndpoint,
    cases: &'static [Case],
}

const KINDS: [Kind; 3] = [
    Kind {
        common: &COMMON,
        row: rich,
        cases: RICH,
    },
    Kind {
        common: &SINGLE_COMMON,
        row: single,
        cases: SINGLE,
    },
    Kind {
        common: &CPU_COMMON,
        row: cpu,
        cases: CPU,
    },
];

/// An endpoint whose volume was attached through the older field.
fn single(name: &str) -> StoredEndpoint {
    StoredEndpoint {
        network_volume_id: Some("agv6w2qcg7".into()),
        network_volume_ids: vec![],
        ..rich(name)
    }
}

const SINGLE_COMMON: [(&str, &str); 6] = {
    let mut common = COMMON;
    common[3] = ("network_volume_id", "\"agv6w2qcg7\"");
    common
};

const SINGLE: &[Case] = &[
    ("single-idle", "idle_timeout", "", "43", |row| {
        row.idle_timeout = 43
    }),
    (
        "single-volume",
        "network_volume_id",
        "\"agv6w2qcg7\"",
        "\"us2ks7vol0\"",
        |row| row.network_volume_id = Some("us2ks7vol0".into()),
    ),
    ("single-none", "network_volume_id", "\"agv6w2qcg7\"", "", |row| {
        row.network_volume_id = None;
    }),
];

/// A CPU endpoint.
fn cpu(name: &str) -> StoredEndpoint {
    StoredEndpoint {
        idle_timeout: 42,
        workers_max: 4,
        workers_standby: 4,
        request_ttl: Some(1),
        ..StoredEndpoint::cpu(name)
    }
}

const CPU_COMMON: [(&str, &str); 2] = [COMMON[0], ("instance_ids", "[\"cpu3c-2-4\"]")];

const CPU: &[Case] = &[
    ("cpu-idle", "idle_timeout", "", "43", |row| row.idle_timeout = 43),
    (
        "cpu-instances",
        "instance_ids",
        "[\"cpu3c-2-4\"]",
        r#"["cpu5c-4-8", "cpu3c-2-4"]"#,
        |row| row.instance_ids = vec!["cpu5c-4-8".into(), "cpu3c-2-4".into()],
    ),
];

/// The endpoint without what is Runpod's affair: which changes count as a release, orders that mean nothing, and
/// whether the older field's one volume is listed too.
fn tidy(mut row: StoredEndpoint) -> StoredEndpoint {
    row.version = 0;
    row.network_volume_ids.sort();
    if row.network_volume_ids.iter().eq(&row.network_volume_id) {
        row.network_volume_ids.clear();
    }
    row.env.sort_by(|one, other| one.key.cmp(&other.key));
    row
}

/// Imports an endpoint for each case, changes the attribute of each, and compares the endpoints with what should be.
fn only_what_the_plan_showed_differs(prepare: impl FnOnce(&Emulator)) {
    let world = world();
    prepare(&world.emulator);
    let cases: Vec<(&Kind, &Case)> = KINDS
        .iter()
        .flat_map(|kind| kind.cases.iter().map(move |case| (kind, case)))
        .collect();
    let (mut ids, mut before, mut after) = (Vec::new(), String::new(), String::new());
    for (kind, (case, attribute, was, is, _)) in &cases {
        let id = world.emulator.add_endpoint((kind.row)(case));
        before += &format!("import {{\n  to = runpod_endpoint.{case}\n  id = {id:?}\n}}\n");
        before += &block(case, kind.common, attribute, was);
        after += &block(case, kind.common, attribute, is);
        ids.push(id);
    }
    world.write(&before);
    world.apply().says(&format!(
        "{} imported, 0 added, 0 changed, 0 destroyed",
        cases.len()
    ));
    let saves = || world.emulator.requests_for("saveEndpoint").len();
    assert_eq!(saves(), 0, "an import saves nothing");

    let stored = |id: &String| tidy(world.emulator.endpoint(id).unwrap());
    let expected: Vec<StoredEndpoint> = ids.iter().map(stored).collect();
    world.write(&after);
    world
        .apply()
        .says(&format!("0 added, {} changed, 0 destroyed", cases.len()));
    for ((_, (case, .., change)), (id, mut expected)) in cases.iter().zip(ids.iter().zip(expected)) {
        change(&mut expected);
        assert_eq!(stored(id), tidy(expected), "{case}");
    }
    world.emulator.clear_requests();
    world.apply().says("0 added, 0 changed, 0 destroyed");
    assert_eq!(saves(), 0, "nothing to change, nothing saved");
}

#[test]
fn an_update_changes_nothing_else_by_default() {
    only_what_the_plan_showed_differs(|_| {});
}

#[test]
fn an_update_changes_nothing_else_where_omission_is_otherwise() {
    only_what_the_plan_showed_differs(|emulator| {
        emulator.switches(|switches| {
            switches.omitted_flash_boot_type = Omitted::Keep;
            switches.omitted_network_volume_id = Omitted::Keep;
            switches.omitted_env = Omitted::Reset;
            switches.template_on_update = TemplateOnUpdate::Switches;
            switches.blank = Blank::Empty;
            switches.volume_order = VolumeOrder::Sorted;
            switches.single_volume_shown = true;
            switches.legacy_volume_listed = true;
            switches.unset_execution_timeout_is_zero = false;
        });
    });
}

#[test]
fn an_update_changes_nothing_else_where_one_volume_shows_in_both_fields() {
    only_what_the_plan_showed_differs(|emulator| {
        emulator.switches(|switches| {
            switches.single_volume_shown = true;
            switches.legacy_volume_listed = true;
        });
    });
}

#[test]
fn an_update_changes_nothing_else_where_all_that_is_left_out_is_reset() {
    only_what_the_plan_showed_differs(|emulator| {
        emulator.switches(|switches| switches.omitted_env = Omitted::Reset);
    });
}

#[test]
fn an_update_whose_answer_is_lost_changes_nothing_else() {
    only_what_the_plan_showed_differs(|emulator| {
        let updates = Fault::on(Root::SaveEndpoint).update().times(8);
        emulator.fault(updates.then(Effect::CloseAfterCommit));
    });
}

#[test]
fn an_update_keeps_what_the_console_changed_between_plan_and_apply_and_tells_of_it() {
    let world = world();
    let id = world.emulator.add_endpoint(rich("drifting"));
    let import = format!("import {{\n  to = runpod_endpoint.drifting\n  id = {id:?}\n}}\n");
    world.write(&(import + &block("drifting", &COMMON, "idle_timeout", "43")));
    world.terraform(&["plan", "-out=planned"]).ok();
    world.emulator.edit(&id, |row| row.scaler_value = 77);
    let ran = world.terraform(&["apply", "-no-color", "planned"]);
    ran.ok()
        .says("scaler_value has changed since the plan")
        .says("77 (was 9)");
    let row = world.emulator.endpoint(&id).unwrap();
    assert_eq!((row.idle_timeout, row.scaler_value), (43, 77));
}
